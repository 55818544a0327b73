"""The adapters of every port, and a handful of records of every kind to ask them about."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from testigo.core.ids import Counts, Digest, FieldId, StationCode
from testigo.core.records import (
    Act,
    Entry,
    Key,
    Photo,
    Reading,
    Record,
    Register,
    Release,
    Rendition,
    Report,
    Result,
    Ruling,
    Supersede,
    Withhold,
    encode_record,
)
from testigo.ports import Journal, Views
from testigo.store.engine import sqlite_engine
from testigo.store.journal_sql import SqlJournal
from testigo.store.memory import MemoryJournal, MemoryViews
from testigo.store.views_sql import SqlViews
from testigo.tlog.merkle import leaf_hash

SOURCES, READER, VERSIONS = ("north", "south"), "codes", ("1", "2")
STATIONS = tuple(StationCode(f"S{n}") for n in range(5))


@dataclass(frozen=True)
class Store:
    """A journal with its views; `again` opens the same store once more, as another process would."""

    journal: Journal
    views: Views
    again: Callable[[], "Store"]


def sql_store(path: Path) -> Store:
    """SQLite in a file."""
    engine = sqlite_engine(path)
    return Store(SqlJournal(engine), SqlViews(engine), lambda: sql_store(path))


def engine_store(open_engine: Callable[[], Engine]) -> Store:
    """A database that `open_engine` opens, as every process does for itself."""
    engine = open_engine()
    return Store(SqlJournal(engine), SqlViews(engine), lambda: engine_store(open_engine))


def memory_store() -> Store:
    """Lists in memory."""
    journal = MemoryJournal()
    store = Store(journal, MemoryViews(journal), lambda: store)
    return store


def sha256_of(text: str) -> Digest:
    return Digest(hashlib.sha256(text.encode()).hexdigest())


def leaf_of(record: Record) -> Digest:
    """The leaf hash of a record."""
    return Digest(leaf_hash(encode_record(record)).hex())


def votes(ana: int) -> Counts:
    return {FieldId("ana"): ana, FieldId("bo"): 7}


def report_of(station: int, ana: int, *, source: str = "north", table: str = "t1", aside: str | None = None) -> Report:
    return Report(source, sha256_of(table), station + 2, STATIONS[station], votes(ana), aside)


def photo_of(name: str, claimed: int | None = None) -> Photo:
    station = None if claimed is None else STATIONS[claimed]
    return Photo(sha256_of(name), 1000, "image/jpeg", 30, 40, 1, "none", 1, station)


def reading_of(name: str, station: int | None = None, *, version: str = "1", others: tuple[int, ...] = ()) -> Reading:
    outcome = "nothing" if station is None else "figures"
    named = None if station is None else STATIONS[station]
    counts = None if station is None else votes(40)
    stations = tuple(str(STATIONS[n]) for n in others)
    return Reading(sha256_of(name), READER, version, outcome, "0" * 16, "sheet", 1, named, stations, counts)


def entry_of(name: str, clerk: str, station: int, ana: int) -> Entry:
    return Entry(sha256_of(name), clerk, "sheet", STATIONS[station], votes(ana))


def ruling_of(name: str, station: int) -> Ruling:
    return Ruling(sha256_of(name), "j-1", "sheet", STATIONS[station], votes(50), "as on the paper", ())


def result_of(station: int, ana: int, replaces: Digest | None = None) -> Result:
    return Result(STATIONS[station], "mayor", "counted", "north", (sha256_of("e"),), votes(ana), (), replaces)


def table_act(source: str, table: str) -> Act:
    return Act("table", {"source": source, "table": sha256_of(table), "rows": 3})


def some_of_each() -> tuple[Record, ...]:
    """Records of every kind, with the turns that a night brings: corrections, double claims, rows set aside."""
    old, new = report_of(0, 10), report_of(0, 12, table="t2")
    return (
        Key("log", "log.example+00000000+AAAA"),
        Register("election.toml", sha256_of("rules"), 77),
        old,
        new,
        Supersede(leaf_of(old), leaf_of(new), "north published other figures"),
        report_of(1, 20),
        report_of(1, 21, source="south"),
        report_of(2, 30, aside="duplicate-differs"),
        Report("north", sha256_of("t1"), 9, None, None, "bad-station", 'station = "?"'),
        table_act("north", "t1"),
        table_act("north", "t2"),
        photo_of("one", 3),
        photo_of("one", 4),
        photo_of("two"),
        photo_of("three", 1),
        reading_of("one", 3),
        reading_of("two", 4, others=(4, 2)),
        reading_of("three", version="2"),
        entry_of("two", "c-1", 4, 40),
        entry_of("two", "c-2", 0, 41),
        ruling_of("two", 0),
        Entry(sha256_of("three"), "c-3", "sheet", STATIONS[1], votes(1), beside=(sha256_of("two"), sha256_of("one"))),
        Rendition(sha256_of("one"), sha256_of("one"), 1000, "image/jpeg", "none"),
        Withhold(sha256_of("two"), "privacy"),
        Release(3, sha256_of("totals")),
    )


def answers(store: Store) -> Mapping[str, object]:
    """What a store says to every question that the ports name; in order where an order is promised."""
    journal, views = store.journal, store.views
    size = len(journal.leaf_hashes())
    return {
        "heads": journal.heads(),
        "entries": list(journal.entries(0, size)),
        "leaf_hashes": list(journal.leaf_hashes()),
        "waiting": journal.waiting(),
        "records": list(views.records()),
        "unread": [views.photos_unread(READER, version) for version in VERSIONS],
        "photos": dict(views.photos()),
        "held": views.stations_held(),
        "taken": [views.table_taken(source, sha256_of(table)) for source in SOURCES for table in ("t1", "t2")],
        # Flows never leave two rows of a source in force at one station; where there are two, either may be told.
        "reports": [sorted(views.current_reports(source)) for source in SOURCES],
        "results": list(views.results().items()),
        "to_decide": views.stations_to_decide(),
    }
