"""`testigo setup`, `seal`, `rebuild` and `rekey`."""

from pathlib import Path

from testigo.commands.options import FlagOption, HomeOption
from testigo.errors import BrokenStore
from testigo.flows.rebuild import rebuild
from testigo.flows.seal import seal
from testigo.terminal import number, say, warn
from testigo.wiring import POLICY_FILE, home_of, make_home, open_home, rebuilt_equals, renewed_opener, writing


def setup_command(
    election: Path,
    *,
    home: HomeOption = None,
    tables: Path | None = None,
    rehearsal: FlagOption = False,
    database: str | None = None,
    blobs: str | None = None,
    copies: str | None = None,
) -> None:
    """Make a home for an election: keys, policy file, database, and a log that begins with the rules.

    Parameters
    ----------
    election
        The election's folder, with election.toml and its forms.
    home
        Where the home is made; TESTIGO_HOME if not given.
    tables
        Folder of published tables, for elections whose station register is derived from them.
    rehearsal
        Make a rehearsal: its log and key have another name, and every page says so.
    database
        The address of an empty PostgreSQL database, postgresql://USER@HOST/NAME; SQLite in the home if not given.
    blobs
        Keep photos in a bucket of S3 or a compatible store, s3://BUCKET/PREFIX, which has to be there; a folder in the
        home if not given. Endpoint and credentials come from AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and
        AWS_SECRET_ACCESS_KEY each time and are kept nowhere.
    copies
        Where a second copy of every photo is held before anybody is promised it: the whole path of a folder, best on
        another disk or machine, or s3://BUCKET/PREFIX. No second copy if not given.
    """
    world, prepared = make_home(
        election, home_of(home), tables, rehearsal=rehearsal, database=database, blobs=blobs, copies=copies
    )
    for note in prepared.notes:
        warn(f"note: {note}")
    say(
        f"{world.election.name}: {number(prepared.stations)} stations, "
        f"{number(len(prepared.folder.forms))} forms; home {world.home}"
    )
    say("Publish this key where people can compare it, apart from the bundle; who verifies needs it from there:")
    say(f"  {world.signer.vkey}")
    say(f"  policy file: {world.home / POLICY_FILE}")


def seal_command(*, home: HomeOption = None) -> None:
    """Close the batch: what waits becomes leaves of the log, with the results that follow, and is signed."""
    world = open_home(home_of(home))
    with writing(world.home):
        before = max((head.size for head in world.journal.heads()), default=0)
        head = seal(world)
    say(f"log: {number(head.size)} records ({number(head.size - before)} new), root {head.root.hex()}")


def rebuild_command(*, home: HomeOption = None, check: FlagOption = False) -> None:
    """Make the database anew from the public files of the log.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    check
        Change nothing: rebuild into a spare database and say whether it equals the present one.
    """
    world = open_home(home_of(home))
    with writing(world.home):
        if check:
            different = rebuilt_equals(world)
            if different:
                raise BrokenStore(f"rebuild: the database differs from the log in the tables {', '.join(different)}")
            say("rebuild: the database is what the log says")
            return
        head = rebuild(world)
    say(f"rebuild: the database was made anew from {number(head.size)} records of the log")


def rekey_command(*, home: HomeOption = None) -> None:
    """Make a new key that phones seal their photos for; what waits sealed for an older one still opens.

    Servers may run meanwhile; phones get the new key with the page of one that was started afterwards.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    """
    opener, older = renewed_opener(open_home(home_of(home)))
    say(f"phones seal for the key {opener.public.hex()[:16]} once every server was started anew")
    say(f"{number(older)} older keys stay in keys/ and open what waits on phones; make a backup with --with-keys")
