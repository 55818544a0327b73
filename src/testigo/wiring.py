"""From a home to a World: the only module that knows every adapter."""

import fcntl
import hashlib
import os
import socket
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from testigo.cluster.local import cores, local_executor
from testigo.core.backup import Backup
from testigo.core.records import Key, Register, own_record
from testigo.core.register import register_from_csv
from testigo.errors import BadElection, BadHome, BadUsage
from testigo.flows.folder import read_folder
from testigo.flows.rebuild import rebuild
from testigo.flows.setup import Prepared, for_rehearsal, prepare, setup
from testigo.ports import Blobs, Opener, Reader, Signer, World
from testigo.private import Private
from testigo.store.blobs_copied import CopiedBlobs
from testigo.store.blobs_folder import FolderBlobs, write_whole
from testigo.store.engine import postgres_engine, sqlite_engine, tables_that_differ
from testigo.store.journal_sql import SqlJournal
from testigo.store.log_folder import FolderLog
from testigo.store.opener import FileOpener, is_older_key, make_intake_key, older_keys, renew_intake_key
from testigo.store.private_sql import SqlPrivate
from testigo.store.signer import FileSigner, make_key
from testigo.store.views_sql import SqlViews
from testigo.tables.files import FileTables
from testigo.verification.places import STATIONS_FILE, reference_name

HOME_VARIABLE = "TESTIGO_HOME"
KEY_FILE = "keys/log.pem"
POLICY_FILE = "policy.txt"
DATABASE_FILE = "testigo.sqlite"
PRIVATE_FILE = "private.sqlite"
DATABASE_ADDRESS_FILE = "database.txt"
BLOBS_ADDRESS_FILE = "blobs.txt"
COPIES_ADDRESS_FILE = "copies.txt"
PROMISE_KEY_FILE = "keys/promise.pem"
INTAKE_KEY_FILE = "keys/intake.pem"
KEYS = (KEY_FILE, PROMISE_KEY_FILE, INTAKE_KEY_FILE)
_MARK = "home.txt"


def home_of(given: Path | None) -> Path:
    """The home that a command works on: `--home`, else TESTIGO_HOME.

    Raises:
        BadHome: neither is given.
    """
    if given is not None:
        return given
    named = os.environ.get(HOME_VARIABLE)
    if not named:
        raise BadHome(
            f"expected --home DIR or {HOME_VARIABLE}; `testigo setup ELECTION_FOLDER --home DIR` makes a home"
        )
    return Path(named)


def make_home(
    election_folder: Path,
    home: Path,
    tables_folder: Path | None,
    *,
    rehearsal: bool = False,
    database: str | None = None,
    blobs: str | None = None,
    copies: str | None = None,
) -> tuple[World, Prepared]:
    """A home for this election, with its key, its policy file and a log that begins with the rules.

    The same folder again changes nothing; a setup that was cut short is finished. A rehearsal's log has another name.
    `database` is the address of a PostgreSQL database, None for SQLite in the home; `blobs` is `s3://BUCKET/PREFIX`,
    None for a folder in the home; `copies` is another such address, or the path of a folder, for a second copy.

    Raises:
        BadElection: a file of the folder is wrong.
        BadHome: the home belongs to another election, was set up from other files, or keeps its bytes elsewhere.
        BadUsage: `blobs` or `copies` is no such address.
        CannotWrite: the database or the bucket does not answer; the same call goes on when it does.
    """
    prepared = prepare(election_folder, FileTables(), tables_folder)
    if rehearsal:
        prepared = for_rehearsal(prepared)
    mark = home / _MARK
    if home.exists() and not mark.exists() and any(home.iterdir()) and not (home / KEY_FILE).exists():
        raise BadHome(f"{home}: expected an empty folder or a home, came a folder with other files")
    if blobs is not None:
        s3_blobs(blobs)
    if copies is not None:
        _place(copies)
    if mark.exists():
        _check_same(home, prepared, blobs, copies)
    else:
        home.mkdir(parents=True, exist_ok=True)
        places = {DATABASE_ADDRESS_FILE: database, BLOBS_ADDRESS_FILE: blobs, COPIES_ADDRESS_FILE: copies}
        for name, address in places.items():
            if address is not None:
                write_whole(home / name, f"{address}\n".encode())
        make_key(home / KEY_FILE)
        make_intake_key(home / INTAKE_KEY_FILE)
        for name, data in prepared.files.items():
            write_whole(home / "election" / name, data)
    world = open_home(home, finished=False)
    write_whole(home / POLICY_FILE, policy_text(world.signer.vkey).encode())
    with writing(home):
        setup(world, prepared.files)
    _mark(home, prepared.folder.election.id)
    return world, prepared


def _check_same(home: Path, prepared: Prepared, blobs: str | None, copies: str | None) -> None:
    for name, data in prepared.files.items():
        kept = home / "election" / name
        if not kept.exists() or kept.read_bytes() != data:
            raise BadHome(
                f"{home}: it was set up from another {name}; the rules of a count are fixed in its log. "
                "Set up another home for other rules"
            )
    kept_at = _line_of(home / BLOBS_ADDRESS_FILE)
    if blobs not in (None, kept_at):
        raise BadHome(f"{home}: it keeps its photos in {kept_at or 'its own folder'}; copy them before you change that")
    copied_at = _line_of(home / COPIES_ADDRESS_FILE)
    if copies not in (None, copied_at):
        raise BadHome(f"{home}: expected the copies of its photos at {copied_at or 'no place'}, came {copies}")


def policy_text(vkey: str) -> str:
    """The policy file of a deployment: whose signature a verifier asks for."""
    return f"# Who checks a bundle needs this from another place than the bundle.\nlog {vkey}\nquorum none\n"


def open_home(home: Path, *, finished: bool = True) -> World:
    """The World of a home.

    Raises:
        BadHome: there is no home here, or its setup was cut short.
        BadElection: a file of its election was changed since.
    """
    if not (home / KEY_FILE).exists() or (finished and not (home / _MARK).exists()):
        raise BadHome(f"{home}: expected a home; `testigo setup ELECTION_FOLDER --home {home}` makes one")
    folder = read_folder(home / "election")
    stations = home / "election" / STATIONS_FILE
    register = register_from_csv(stations.read_text("utf-8-sig"), folder.election, str(stations))
    engine = _engine(home, DATABASE_FILE)
    journal = SqlJournal(engine)
    _check_rules(home, journal)
    return World(
        home,
        folder.election,
        folder.forms,
        register,
        journal,
        SqlViews(engine),
        _blobs(home),
        FolderLog(home / "log"),
        FileSigner(home / KEY_FILE, folder.election.origin),
        FileTables(),
    )


def open_private(world: World) -> Private:
    """The private store of a home: sessions, invitations and what is on its way. Never in a bundle."""
    return SqlPrivate(_engine(world.home, PRIVATE_FILE))


def _engine(home: Path, file: str) -> Engine:
    """The database of a home: the PostgreSQL that it names, else this file of SQLite."""
    address = _line_of(home / DATABASE_ADDRESS_FILE)
    return sqlite_engine(home / file) if address is None else postgres_engine(address)


def _blobs(home: Path) -> Blobs:
    """The bytes of a home: in the bucket that it names, else in a folder; and a second copy where it names a place."""
    address, copies = _line_of(home / BLOBS_ADDRESS_FILE), _line_of(home / COPIES_ADDRESS_FILE)
    first = FolderBlobs(home / "blobs") if address is None else s3_blobs(address)
    return first if copies is None else CopiedBlobs(first, _place(copies))


def _place(address: str) -> Blobs:
    if address.startswith("s3://"):
        return s3_blobs(address)
    if not Path(address).is_absolute():
        raise BadUsage(f"--copies: expected s3://BUCKET/PREFIX or a folder's whole path, came {address}")
    return FolderBlobs(Path(address))


def s3_blobs(url: str) -> Blobs:
    """Bytes in a bucket, `s3://BUCKET/PREFIX`; endpoint and credentials are taken from AWS_* when it is first used.

    Raises:
        BadUsage: it is another kind of address, or the library is not installed.
    """
    try:
        from testigo.store.blobs_s3 import S3Blobs
    except ImportError as error:
        raise BadUsage(f"S3 needs its library (pip install 'testigo[s3]'): {error}") from None
    return S3Blobs(url)


def _line_of(file: Path) -> str | None:
    return file.read_text("utf-8").strip() if file.exists() else None


def promise_signer(world: World) -> Signer:
    """The key that signs promises, which is made when it is first needed; a record of the log names it."""
    make_key(world.home / PROMISE_KEY_FILE)
    signer = FileSigner(world.home / PROMISE_KEY_FILE, f"{world.election.origin}/promise")
    world.journal.append([Key("promise", signer.vkey)])
    return signer


def write_secret(path: Path, data: bytes) -> None:
    """The file holds these bytes, whole or not at all, and only its owner may read it."""
    write_whole(path, data, 0o600)


def private_keys(home: Path) -> dict[str, str]:
    """The home's private keys by file name, as PEM: whoever has them can sign in the name of this log."""
    paths = [home / name for name in KEYS if (home / name).exists()]
    if (home / INTAKE_KEY_FILE).exists():
        paths += older_keys(home / INTAKE_KEY_FILE)
    return {path.name: path.read_text("ascii") for path in paths}


def restored_home(home: Path, backup: Backup) -> World:
    """The World of a home for a backup. With keys in the backup a folder that holds election/, log/ and blobs/ is
    enough; keys that are there already stay as they are.

    Raises:
        BadHome: it is no home and the backup has no keys, it is another election's, or has other keys.
    """
    if not backup.keys or (home / _MARK).exists():
        return open_home(home)
    election = read_folder(home / "election").election
    if election.origin != backup.origin:
        raise BadHome(f"{home}: expected the election of {backup.origin}, it is that of {election.origin}")
    known = {Path(name).name for name in KEYS}
    folder = (home / KEY_FILE).parent
    wanted = {
        folder / name: pem
        for name, pem in backup.keys.items()
        if name in known or is_older_key(name, home / INTAKE_KEY_FILE)
    }
    for path, pem in wanted.items():
        if path.exists() and path.read_text("ascii") != pem:
            raise BadHome(f"{path}: expected the backup's key or none, it is another one")
    (home / KEY_FILE).parent.mkdir(exist_ok=True, mode=0o700)
    for path, pem in wanted.items():
        write_secret(path, pem.encode())
    world = open_home(home, finished=False)
    write_whole(home / POLICY_FILE, policy_text(world.signer.vkey).encode())
    _mark(home, election.id)
    return world


def _mark(home: Path, election_id: str) -> None:
    write_whole(home / _MARK, f"a testigo home of the election {election_id}\n".encode())


def photo_opener(world: World) -> Opener:
    """The key that opens sealed photos, which homes of an older make get when it is first needed."""
    make_intake_key(world.home / INTAKE_KEY_FILE)
    return FileOpener(world.home / INTAKE_KEY_FILE, world.election.origin)


def renewed_opener(world: World) -> tuple[Opener, int]:
    """The home's opener with a new key, and how many older ones there are, which open what was sealed for them."""
    make_intake_key(world.home / INTAKE_KEY_FILE)
    renew_intake_key(world.home / INTAKE_KEY_FILE)
    return photo_opener(world), len(older_keys(world.home / INTAKE_KEY_FILE))


def _check_rules(home: Path, journal: SqlJournal) -> None:
    """Holds when the home's election is the one that its log began with."""
    for head in journal.heads()[:1]:
        for entry in journal.entries(0, head.size):
            record = own_record(entry)
            if isinstance(record, Register):
                path = home / "election" / record.name
                if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != record.sha256:
                    raise BadElection(
                        f"{path}: expected the file that the log registered at setup, it was changed since; the rules "
                        "of a count are fixed in its log"
                    )


@contextmanager
def writing(home: Path) -> Iterator[None]:
    """Holds the home's writer lock: one process at a time appends, seals and publishes.

    Raises:
        BadHome: another process holds it.
    """
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadHome(f"{home}: another testigo command is writing here; wait for it to end") from None
        yield


def rebuilt_equals(world: World) -> tuple[str, ...]:
    """The tables in which a database rebuilt from the log differs from the home's; none when all is as it should be.

    Raises:
        BrokenStore: the log's files do not belong together.
    """
    with tempfile.TemporaryDirectory() as folder:
        spare_file = Path(folder) / DATABASE_FILE
        engine = sqlite_engine(spare_file)
        rebuild(replace(world, journal=SqlJournal(engine), views=SqlViews(engine)))
        present = _engine(world.home, DATABASE_FILE)
        try:
            return tables_that_differ(present, engine)
        finally:
            present.dispose()


@contextmanager
def photo_readers(world: World) -> Iterator[Reader]:
    """Readers of photos, with their child processes.

    Raises:
        BadUsage: the libraries for images are not installed.
    """
    try:
        from testigo.vision.photo_reader import PhotoReaders
    except ImportError as error:
        raise BadUsage(f"photos need the libraries for images (pip install 'testigo[vision]'): {error}") from None
    with PhotoReaders(world.forms, _blanks(world)) as reader:
        yield reader


@contextmanager
def reading_by(world: World, *, dask: str | None, jobs: int | None) -> Iterator[tuple[Reader, Executor]]:
    """A reader, and threads that ask it: child processes of this machine, or the cluster of a Dask scheduler.

    `dask` is the scheduler's address, None for this machine; `jobs` is how many photos at once, None for as many as
    there are cores, or workers.

    Raises:
        BadUsage: the libraries for images or for Dask are not installed, or no scheduler with workers answers.
    """
    if dask is None:
        with photo_readers(world) as reader, local_executor(jobs or cores()) as executor:
            yield reader, executor
        return
    try:
        from testigo.cluster.dask import dask_reader
        from testigo.vision.photo_reader import PhotoReaders
    except ImportError as error:
        raise BadUsage(
            f"--dask: reading on a cluster needs more libraries (pip install 'testigo[vision,dask]'): {error}"
        ) from None
    # The same home on the same machine has the same name, so that what a killed command left behind is replaced.
    place = f"{socket.gethostname()}:{world.home.resolve()}"
    name = f"testigo-{hashlib.sha256(place.encode()).hexdigest()[:16]}"
    make_reader = partial(PhotoReaders, world.forms, _blanks(world))
    with (
        dask_reader(dask, make_reader, world.blobs, name) as (distant, at_once),
        local_executor(jobs or at_once) as executor,
    ):
        yield distant, executor


def _blanks(world: World) -> dict[tuple[str, int], bytes]:
    """Pictures of empty pages by form and page; no bytes where photos show nothing but the page."""
    folder = world.home / "election"
    return {
        (form.id, page): b"" if name is None else (folder / reference_name(form.id, name)).read_bytes()
        for form in world.forms.values()
        for page, name in form.blanks()
    }
