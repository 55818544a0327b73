"""`testigo setup`: from an election folder to a home whose log begins with the rules of the count."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from testigo.core.boundaries import boundaries_in
from testigo.core.election import election_from_toml
from testigo.core.ids import Digest
from testigo.core.records import Key, Record, Register
from testigo.core.register import register_from_csv, register_to_csv
from testigo.core.rows import judge_rows
from testigo.errors import BadElection
from testigo.flows.folder import ElectionFolder, read_folder
from testigo.flows.seal import seal
from testigo.ports import Tables, World
from testigo.verification.places import BOUNDARIES_FILE, ELECTION_FILE, STATIONS_FILE


@dataclass(frozen=True, slots=True)
class Prepared:
    """The files of a home's election: those of the folder and the stations, given or derived. `notes` tell what was
    noticed on the way."""

    folder: ElectionFolder
    files: Mapping[str, bytes]
    stations: int
    notes: tuple[str, ...]


def prepare(folder_path: Path, tables: Tables, tables_folder: Path | None) -> Prepared:
    """Every file that the count will rest on, checked.

    Raises:
        BadElection: a file of the folder is wrong, or a table that the register is derived from is missing.
        BadTable: such a table cannot be read.
    """
    folder = read_folder(folder_path)
    notes: tuple[str, ...] = ()
    if folder.election.register.file is not None:
        path = folder_path / folder.election.register.file
        try:
            stations = path.read_bytes()
        except OSError as error:
            raise BadElection(f"{path}: expected the station register, {error.strerror}") from None
        where = str(path)
    else:
        stations, notes = _derived(folder, tables, tables_folder)
        where = STATIONS_FILE
    try:
        text = stations.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadElection(f"{where}: expected UTF-8, byte {error.start} is none") from None
    register = register_from_csv(text, folder.election, where)
    boundaries_in(folder.files.get(BOUNDARIES_FILE, b""), folder.election, register, str(folder_path / BOUNDARIES_FILE))
    return Prepared(folder, {**folder.files, STATIONS_FILE: stations}, len(register.stations), notes)


def _derived(folder: ElectionFolder, tables: Tables, tables_folder: Path | None) -> tuple[bytes, tuple[str, ...]]:
    election = folder.election
    wanted = [election.source(source_id) for source_id in election.register.derive_from]
    files = ", ".join(str(source.file) for source in wanted)
    if tables_folder is None:
        raise BadElection(
            f"{ELECTION_FILE}: register.derive_from needs the tables {files}: give their folder: --tables"
        )
    judged = []
    for source in wanted:
        path = tables_folder / str(source.file)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise BadElection(f"{path}: expected the table of source {source.id}, {error.strerror}") from None
        rows = judge_rows(tables.rows(data, str(path), source, election), election, source, None)
        judged.append((source, rows))
    stations, names, notes = tables.derive_register(judged, election)
    return register_to_csv(stations, names, election).encode(), notes


def for_rehearsal(prepared: Prepared) -> Prepared:
    """The same election as a rehearsal: its log has another name, and so has its key.

    Raises:
        BadElection: election.toml has no line `[election]` alone on its line.
    """
    if prepared.folder.election.rehearsal:
        return prepared
    before, head, after = prepared.files[ELECTION_FILE].partition(b"\n[election]\n")
    if not head:
        raise BadElection(f"{ELECTION_FILE}: expected the line [election], to write `rehearsal = true` below it")
    changed = before + head + b"rehearsal = true\n" + after
    election = election_from_toml(changed.decode(), ELECTION_FILE)
    folder = replace(prepared.folder, election=election, files={**prepared.folder.files, ELECTION_FILE: changed})
    return replace(prepared, folder=folder, files={**prepared.files, ELECTION_FILE: changed})


def setup(world: World, files: Mapping[str, bytes]) -> None:
    """The log of a new home begins with its key and the hashes of its election's files, sealed before anything else."""
    records: list[Record] = [Key("log", world.signer.vkey)]
    for name, data in sorted(files.items()):
        records.append(Register(name, Digest(hashlib.sha256(data).hexdigest()), len(data)))
        world.blobs.put(data)
    world.journal.append(records)
    seal(world)
