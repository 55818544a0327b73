"""The journal in SQL: records wait in a spool, a seal gives them numbers without gaps, in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

from sqlalchemy import Connection, Engine, Select, Table, delete, func, insert, select, union, update
from sqlalchemy.dialects import postgresql, sqlite

from testigo.core.ids import Digest, StationCode
from testigo.core.records import Record, Result, decode_record, encode_record, own_record
from testigo.ports import Head
from testigo.store.engine import begin_alone, make_tables
from testigo.store.rows import photos_of, stations_of, view_rows
from testigo.store.schema import ABOUT, BESIDE, CHANGED, HEAD, KEYED, LEAF, METADATA, PHOTO, READING, RESULT, VIEWS
from testigo.tlog.merkle import leaf_hash, root_of

_CHUNK = 5000
Leaf = tuple[Digest, bytes, Record | None]


class SqlJournal:
    """A `Journal` in SQLite or PostgreSQL. Appending is one transaction, sealing is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        make_tables(engine, METADATA)

    def close(self) -> None:
        """Ends the connections: to be done before somebody copies or replaces the file of a database."""
        self._engine.dispose()

    def append(self, records: Iterable[Record]) -> int:
        """See `ports.Journal`."""
        with self._changing() as connection:
            return _append(connection, records)

    def seal(self, results: Iterable[Record]) -> Head:
        """See `ports.Journal`."""
        with self._changing() as connection:
            _append(connection, results)
            connection.execute(delete(CHANGED))
            size = connection.scalar(select(func.count()).where(LEAF.c.number.is_not(None))) or 0
            unsealed = LEAF.c.number.is_(None)
            decided = select(LEAF.c.digest, LEAF.c.entry).where(unsealed, LEAF.c.kind == "result")
            decided = decided.order_by(LEAF.c.digest)
            _put_in_force(connection, [(row.digest, bytes(row.entry)) for row in connection.execute(decided)])
            batch = _number_waiting(connection, size)
            hashes = connection.scalars(_numbered_digests()).all()
            head = Head(len(hashes), root_of([bytes.fromhex(digest) for digest in hashes]))
            if batch:
                connection.execute(insert(HEAD).values(size=head.size, root=head.root.hex()))
            return head

    def heads(self) -> tuple[Head, ...]:
        """See `ports.Journal`."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(HEAD.c.size, HEAD.c.root).order_by(HEAD.c.size)).all()
        return tuple(Head(row.size, bytes.fromhex(row.root)) for row in rows)

    def entries(self, start: int, stop: int) -> Sequence[bytes]:
        """See `ports.Journal`."""
        wanted = select(LEAF.c.entry).where(LEAF.c.number >= start, LEAF.c.number < stop).order_by(LEAF.c.number)
        with self._engine.connect() as connection:
            return [bytes(entry) for entry in connection.scalars(wanted)]

    def leaf_hashes(self) -> Sequence[bytes]:
        """See `ports.Journal`."""
        with self._engine.connect() as connection:
            return [bytes.fromhex(digest) for digest in connection.scalars(_numbered_digests())]

    def waiting(self) -> int:
        """See `ports.Journal`."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).where(LEAF.c.number.is_(None))) or 0

    def beyond(self, size: int) -> Sequence[bytes]:
        """See `ports.Journal`."""
        later = LEAF.c.number.is_(None) | (LEAF.c.number >= size)
        with self._engine.connect() as connection:
            return [
                bytes(entry) for entry in connection.scalars(select(LEAF.c.entry).where(later).order_by(LEAF.c.digest))
            ]

    def restore(self, batches: Iterable[tuple[Head, Sequence[bytes]]]) -> None:
        """See `ports.Journal`."""
        with self._changing() as connection:
            spool = [bytes(e) for e in connection.scalars(select(LEAF.c.entry).where(LEAF.c.number.is_(None)))]
            for table in (LEAF, HEAD, CHANGED, *VIEWS):
                connection.execute(delete(table))
            size = 0
            for head, entries in batches:
                batch = [_leaf(entry) for entry in entries]
                _store(connection, batch)
                _put_in_force(connection, [(digest, entry) for digest, entry, _ in batch])
                _number_waiting(connection, size)
                size = head.size
                connection.execute(insert(HEAD).values(size=head.size, root=head.root.hex()))
            waiting = [_leaf(entry) for entry in spool]
            _mark_changed(connection, _store_new(connection, waiting))

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """One transaction that no other writer shares, from its first question on."""
        with self._engine.begin() as connection:
            begin_alone(connection)
            yield connection


def _numbered_digests() -> Select[str]:
    return select(LEAF.c.digest).where(LEAF.c.number.is_not(None)).order_by(LEAF.c.number)


def _leaf(entry: bytes) -> Leaf:
    return Digest(leaf_hash(entry).hex()), entry, decode_record(entry)


def _append(connection: Connection, records: Iterable[Record]) -> int:
    source, added = iter(records), 0
    while chunk := list(islice(source, _CHUNK)):
        encoded = [(encode_record(record), record) for record in chunk]
        leaves = [(Digest(leaf_hash(entry).hex()), entry, record) for entry, record in encoded]
        new = _store_new(connection, leaves)
        _mark_changed(connection, new)
        added += len(new)
    return added


def _store_new(connection: Connection, leaves: Iterable[Leaf]) -> list[Leaf]:
    unique = {leaf[0]: leaf for leaf in leaves}
    held = set(connection.scalars(select(LEAF.c.digest).where(LEAF.c.digest.in_(list(unique)))))
    new = [leaf for digest, leaf in unique.items() if digest not in held]
    _store(connection, new)
    return new


def _store(connection: Connection, leaves: Sequence[Leaf]) -> None:
    rows: dict[str, tuple[Table, list[Mapping[str, object]]]] = {}
    entries: list[Mapping[str, object]] = []
    for digest, entry, record in leaves:
        kind = "unknown" if record is None else type(record).__name__.lower()
        entries.append({"digest": digest, "number": None, "kind": kind, "entry": entry})
        for table, row in view_rows(digest, record):
            rows.setdefault(table.name, (table, []))[1].append(row)
    _insert_absent(connection, LEAF, entries)
    for table, made in rows.values():
        _insert_absent(connection, table, made)


def _insert_absent(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        connection.execute(_dialect_insert(connection)(table).on_conflict_do_nothing(), rows)


def _dialect_insert(connection: Connection) -> Callable[[Table], sqlite.Insert | postgresql.Insert]:
    return sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert


def _mark_changed(connection: Connection, leaves: Iterable[Leaf]) -> None:
    leaves = list(leaves)
    stations = {station for _, _, record in leaves for station in stations_of(record)}
    stations |= _also_concerned(connection, {photo for _, _, record in leaves for photo in photos_of(record)})
    _insert_absent(connection, CHANGED, [{"station": station} for station in sorted(stations)])


def _also_concerned(connection: Connection, photos: set[Digest]) -> set[StationCode]:
    """The stations that anything names which is held about these photos, or about photos that were keyed with them:
    what people keyed may be of another one."""
    names, found = sorted(photos | _keyed_together(connection, sorted(photos))), set[StationCode]()
    for start in range(0, len(names), _CHUNK):
        some = names[start : start + _CHUNK]
        records = union(
            select(PHOTO.c.digest).where(PHOTO.c.sha256.in_(some)),
            select(READING.c.digest).where(READING.c.photo.in_(some)),
            select(KEYED.c.digest).where(KEYED.c.photo.in_(some)),
            select(BESIDE.c.digest).where(BESIDE.c.photo.in_(some)),
        )
        stations = select(ABOUT.c.station).where(ABOUT.c.digest.in_(records)).distinct()
        found.update(StationCode(station) for station in connection.scalars(stations))
    return found


def _keyed_together(connection: Connection, photos: Sequence[Digest]) -> set[Digest]:
    """The photos that stand in one entry or ruling with one of these."""
    found = set[str]()
    for start in range(0, len(photos), _CHUNK):
        some = photos[start : start + _CHUNK]
        with_them = union(
            select(BESIDE.c.digest).where(BESIDE.c.photo.in_(some)),
            select(BESIDE.c.digest).join(KEYED, KEYED.c.digest == BESIDE.c.digest).where(KEYED.c.photo.in_(some)),
        )
        found.update(connection.scalars(select(KEYED.c.photo).where(KEYED.c.digest.in_(with_them))))
        found.update(connection.scalars(select(BESIDE.c.photo).where(BESIDE.c.digest.in_(with_them))))
    return {Digest(photo) for photo in found}


def _number_waiting(connection: Connection, size: int) -> int:
    """How many leaves of the spool got numbers, from `size` on, in the order of their hashes."""
    order = func.row_number().over(order_by=LEAF.c.digest) - 1 + size
    places = select(LEAF.c.digest, order.label("place")).where(LEAF.c.number.is_(None)).subquery()
    numbered = update(LEAF).where(LEAF.c.digest == places.c.digest).values(number=places.c.place)
    return connection.execute(numbered).rowcount


def _put_in_force(connection: Connection, results: Sequence[tuple[str, bytes]]) -> None:
    """The results of a batch, by leaf hash and bytes, are in force from now on."""
    rows = []
    for digest, entry in results:
        record = own_record(entry)
        if isinstance(record, Result):
            rows.append({"station": record.station, "contest": record.contest, "digest": digest})
    if rows:
        put = _dialect_insert(connection)(RESULT)
        connection.execute(
            put.on_conflict_do_update(index_elements=["station", "contest"], set_={"digest": put.excluded.digest}), rows
        )
