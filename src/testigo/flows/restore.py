"""`testigo restore`: a backup into a home that has the election, the log and the blobs already."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from testigo.core.backup import Backup, Cell, without
from testigo.core.ids import Digest
from testigo.core.records import Act, Photo, Record, Result, Supersede, decode_record
from testigo.errors import BadHome, BrokenStore
from testigo.flows.leaf import leaf_of
from testigo.flows.rebuild import rebuild
from testigo.ports import World
from testigo.private import Private

ENDED = "sessions ended"
"""The steward's act that ends somebody's sessions for good; its detail `of` is the alias."""
_OF_SESSIONS = frozenset({"session", "claim", "draft"})


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: rows of the private store, and records that were not there. Left out: `closed` sessions and
    invitations of staff, and `lost` records of photos whose bytes are not in the home's blobs.
    """

    rows: int
    records: int
    closed: int
    lost: int


def restore(world: World, private: Private, backup: Backup, *, replace: bool, sessions: bool) -> Restored:
    """Puts the backup in. A database that is empty is made from the log first.

    Staff are signed in as before, under the aliases that the log knows, but for those whose sessions the log says were
    ended; without `sessions` nobody is. Invitations of staff stay out: which were used since, nobody can tell.

    Raises:
        BadHome: the backup is of another election or log, the home's log is older than the backup or another history,
            or the private store is not empty and is not to be replaced. Nothing was changed.
    """
    mine, its = (world.election.origin, world.signer.vkey), (backup.origin, backup.log)
    if mine != its:
        raise BadHome(f"{world.home}: expected the home of {its[0]} with the key {its[1]}, it is {mine[0]}, {mine[1]}")
    if not replace and any(private.rows().values()):
        raise BadHome(f"{world.home}: people have used this home already; --replace puts the backup in the place of it")
    if not world.journal.heads():
        rebuild(world)
    _check_history(world, backup)
    held = tuple(_facts(backup))
    lost = {one.sha256 for one in held if isinstance(one, Photo) and not world.blobs.has(one.sha256)}
    gone = {leaf_of(record) for record in held if not lost.isdisjoint(_photos_of(record))}
    kept = [record for record in held if leaf_of(record) not in gone and not _corrects_one_of(record, gone)]
    ended = _ended(record for _, record in world.views.records()) | _ended(held)

    def closed(table: str, row: Mapping[str, Cell]) -> bool:
        if table == "invitation":
            return row["role"] != "volunteer"
        return table in _OF_SESSIONS and (not sessions or row["alias"] in ended)

    rows = without(backup.rows, closed)
    added = world.journal.append(kept)
    private.replace(rows)
    before, after = (sum(map(len, some.values())) for some in (backup.rows, rows))
    return Restored(after, added, before - after, len(held) - len(kept))


def _check_history(world: World, backup: Backup) -> None:
    roots = {head.size: head.root.hex() for head in world.journal.heads()}
    newest = max(roots)
    if newest < backup.size:
        raise BadHome(
            f"{world.home}: its log holds {newest} records, it held {backup.size} when the backup was made: sealing an "
            "older log would sign a second history. Bring the newest copy of log/ and run `testigo rebuild`"
        )
    if roots.get(backup.size) != backup.root:
        raise BadHome(f"{world.home}: its log had another root when it held {backup.size} records: another history")


def _facts(backup: Backup) -> Iterator[Record]:
    """The records that waited; results are decided anew by the next seal."""
    for entry in backup.waiting:
        record = decode_record(entry.encode())
        if record is None:
            raise BrokenStore(
                "the backup holds a record of a kind that a later testigo wrote: restore it with that one"
            )
        if not isinstance(record, Result):
            yield record


def _photos_of(record: Record) -> set[Digest]:
    """The photos that a record is, or is about."""
    if isinstance(record, Photo):
        return {record.sha256}
    named = (getattr(record, "photo", None), *getattr(record, "beside", ()))
    return {photo for photo in named if photo is not None}


def _corrects_one_of(record: Record, gone: set[Digest]) -> bool:
    return isinstance(record, Supersede) and not gone.isdisjoint((record.old, record.new))


def _ended(records: Iterable[Record | None]) -> set[Cell]:
    return {record.detail.get("of") for record in records if isinstance(record, Act) and record.act == ENDED}
