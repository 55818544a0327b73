"""`testigo report`: a published table becomes reports of its source; bad rows are kept apart, each with its cause."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from testigo.core.ids import Digest, StationCode
from testigo.core.records import Act, Record, Report, Supersede
from testigo.core.rows import Row, judge_rows
from testigo.flows.leaf import leaf_of
from testigo.flows.seal import published_sizes
from testigo.ports import World

TABLE_ACT = "table"


@dataclass(frozen=True, slots=True)
class TableTaken:
    """What happened to a table's rows. `again` says that the same table of this source had been taken in before.

    `gone` are stations that the source stated before and this table no longer has; their rows stay in force.
    """

    source: str
    table: Digest
    rows: int
    new: int
    unchanged: int
    corrected: int
    aside: tuple[Row, ...]
    gone: tuple[StationCode, ...]
    notes: tuple[str, ...]
    again: bool = False

    @property
    def causes(self) -> Mapping[str, int]:
        """How many rows were set aside for each cause."""
        return Counter(str(row.aside) for row in self.aside)


def report(world: World, source_id: str, name: str, data: bytes) -> TableTaken:
    """What a table adds to the log: all of it or, after a crash, nothing.

    Raises:
        BadElection: the election has no such source.
        BadTable: the bytes are no table, or it lacks columns.
        BrokenStore: the public log is ahead of the database, which then does not know what the source stated before.
    """
    published_sizes(world)
    source = world.election.source(source_id)
    table = Digest(hashlib.sha256(data).hexdigest())
    rows = judge_rows(world.tables.rows(data, name, source, world.election), world.election, source, world.register)
    aside = tuple(row for row in rows if row.aside is not None)
    if world.views.table_taken(source_id, table):
        taken = len(rows) - len(aside)
        return TableTaken(source_id, table, len(rows), 0, taken, 0, aside, (), (), again=True)
    before = world.views.current_reports(source_id)
    records: list[Record] = []
    seen: set[StationCode] = set()
    new = unchanged = corrected = 0
    for row in rows:
        record = Report(source_id, table, row.line, row.station, row.counts, row.aside, row.saw)
        if row.aside is not None or row.station is None:
            records.append(record)
            continue
        seen.add(row.station)
        old = before.get(row.station)
        if old is None:
            new += 1
        elif old[1].counts == row.counts:
            unchanged += 1
            continue
        else:
            corrected += 1
            digest = leaf_of(record)
            records.append(Supersede(old[0], digest, f"{source_id} published other figures"))
        records.append(record)
    named = seen | {row.station for row in aside if row.station is not None}
    gone = tuple(sorted(set(before) - named))
    detail: dict[str, int | str] = {"source": source_id, "table": table, "rows": len(rows), "new": new}
    detail |= {"unchanged": unchanged, "corrected": corrected, "aside": len(aside), "gone": len(gone)}
    records.append(Act(TABLE_ACT, detail))
    notes = world.tables.spelling_notes(rows, world.register, world.election)
    world.blobs.put(data)
    world.journal.append(records)
    return TableTaken(source_id, table, len(rows), new, unchanged, corrected, aside, gone, notes)
