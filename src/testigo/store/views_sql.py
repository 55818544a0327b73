"""The named questions in SQL."""

from collections.abc import Container, Iterator, Mapping, Sequence

from sqlalchemy import Engine, Select, case, select

from testigo.core.ids import Digest, StationCode
from testigo.core.records import Photo, Record, Report, Result, own_record
from testigo.store.schema import ABOUT, BESIDE, CHANGED, KEYED, LEAF, PHOTO, READING, REPORT, RESULT, SUPERSEDED, TAKEN

_CHUNK = 5000


class SqlViews:
    """`Views` over the tables that `SqlJournal` fills."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def records(self) -> Iterator[tuple[Digest, Record | None]]:
        """See `ports.Views`."""
        waiting_last = case((LEAF.c.number.is_(None), 1), else_=0)
        yield from self._decoded(
            select(LEAF.c.digest, LEAF.c.entry).order_by(waiting_last, LEAF.c.number, LEAF.c.digest)
        )

    def records_since(self, size: int, known: Container[Digest]) -> Iterator[tuple[Digest, Record | None]]:
        """See `ports.Views`."""
        sealed = self._texts(select(LEAF.c.digest).where(LEAF.c.number >= size).order_by(LEAF.c.number))
        waiting = self._texts(select(LEAF.c.digest).where(LEAF.c.number.is_(None)).order_by(LEAF.c.digest))
        fresh = [digest for digest in (*sealed, *waiting) if digest not in known]
        for start in range(0, len(fresh), _CHUNK):
            some = fresh[start : start + _CHUNK]
            found = dict(self._decoded(select(LEAF.c.digest, LEAF.c.entry).where(LEAF.c.digest.in_(some))))
            yield from ((Digest(digest), found[Digest(digest)]) for digest in some)

    def records_about(self, stations: Sequence[StationCode]) -> Iterator[tuple[Digest, Record | None]]:
        """See `ports.Views`."""
        photos: set[str] = set()
        for start in range(0, len(stations), _CHUNK):
            some = select(ABOUT.c.digest).where(ABOUT.c.station.in_(stations[start : start + _CHUNK]))
            photos.update(self._texts(select(PHOTO.c.sha256).where(PHOTO.c.digest.in_(some))))
            photos.update(self._texts(select(READING.c.photo).where(READING.c.digest.in_(some))))
            photos.update(self._texts(select(KEYED.c.photo).where(KEYED.c.digest.in_(some))))
            photos.update(self._texts(select(BESIDE.c.photo).where(BESIDE.c.digest.in_(some))))
            reports = select(REPORT.c.digest).where(REPORT.c.digest.in_(some))
            yield from self._decoded(select(LEAF.c.digest, LEAF.c.entry).where(LEAF.c.digest.in_(reports)))
        names = sorted(photos | self._keyed_with(sorted(photos)))
        for start in range(0, len(names), _CHUNK):
            some_photos = names[start : start + _CHUNK]
            taken = select(PHOTO.c.digest).where(PHOTO.c.sha256.in_(some_photos))
            read = select(READING.c.digest).where(READING.c.photo.in_(some_photos))
            keyed = select(KEYED.c.digest).where(KEYED.c.photo.in_(some_photos))
            wanted = LEAF.c.digest.in_(taken.union(read, keyed))
            yield from self._decoded(select(LEAF.c.digest, LEAF.c.entry).where(wanted))
        yield from self._decoded(select(LEAF.c.digest, LEAF.c.entry).where(LEAF.c.kind == "supersede"))

    def _keyed_with(self, photos: Sequence[str]) -> set[str]:
        """The photos of sheets that were keyed with these beside them."""
        found: set[str] = set()
        for start in range(0, len(photos), _CHUNK):
            some = select(BESIDE.c.digest).where(BESIDE.c.photo.in_(photos[start : start + _CHUNK]))
            found.update(self._texts(select(KEYED.c.photo).where(KEYED.c.digest.in_(some))))
        return found

    def photos_unread(self, reader: str, version: str | None = None) -> tuple[Digest, ...]:
        """See `ports.Views`."""
        read = select(READING.c.photo).where(READING.c.reader == reader)
        if version is not None:
            read = read.where(READING.c.version == version)
        unread = select(PHOTO.c.sha256).where(PHOTO.c.sha256.not_in(read)).distinct().order_by(PHOTO.c.sha256)
        return tuple(Digest(sha256) for sha256 in self._texts(unread))

    def photos(self) -> Mapping[Digest, Photo]:
        """See `ports.Views`."""
        wanted = select(LEAF.c.digest, LEAF.c.entry).where(LEAF.c.kind == "photo").order_by(LEAF.c.digest.desc())
        return {record.sha256: record for _, record in self._decoded(wanted) if isinstance(record, Photo)}

    def photos_sealed(self, size: int) -> tuple[tuple[int, Digest], ...]:
        """See `ports.Views`."""
        wanted = select(LEAF.c.number, PHOTO.c.sha256).join(PHOTO, PHOTO.c.digest == LEAF.c.digest)
        with self._engine.connect() as connection:
            found = connection.execute(wanted.where(LEAF.c.number >= size).order_by(LEAF.c.number))
            return tuple((int(row.number), Digest(row.sha256)) for row in found)

    def stations_held(self) -> tuple[StationCode, ...]:
        """See `ports.Views`."""
        return tuple(StationCode(s) for s in self._texts(select(ABOUT.c.station).distinct().order_by(ABOUT.c.station)))

    def table_taken(self, source: str, table: Digest) -> bool:
        """See `ports.Views`."""
        wanted = select(TAKEN.c.source).where(TAKEN.c.source == source, TAKEN.c.table_sha256 == table)
        return bool(self._texts(wanted))

    def current_reports(self, source: str) -> Mapping[StationCode, tuple[Digest, Report]]:
        """See `ports.Views`."""
        old = select(SUPERSEDED.c.old)
        rows = select(REPORT.c.digest).where(
            REPORT.c.source == source, REPORT.c.taken == 1, REPORT.c.digest.not_in(old)
        )
        found: dict[StationCode, tuple[Digest, Report]] = {}
        for digest, record in self._decoded(select(LEAF.c.digest, LEAF.c.entry).where(LEAF.c.digest.in_(rows))):
            if isinstance(record, Report) and record.station is not None:
                found[record.station] = (digest, record)
        return found

    def results(self) -> Mapping[tuple[StationCode, str], tuple[Digest, Result]]:
        """See `ports.Views`."""
        joined = select(LEAF.c.digest, LEAF.c.entry).join(RESULT, RESULT.c.digest == LEAF.c.digest)
        found: dict[tuple[StationCode, str], tuple[Digest, Result]] = {}
        for digest, record in self._decoded(joined.order_by(RESULT.c.station, RESULT.c.contest)):
            if isinstance(record, Result):
                found[record.station, record.contest] = (digest, record)
        return found

    def stations_to_decide(self) -> tuple[StationCode, ...]:
        """See `ports.Views`."""
        return tuple(StationCode(s) for s in self._texts(select(CHANGED.c.station).order_by(CHANGED.c.station)))

    def _texts(self, wanted: Select[str]) -> Sequence[str]:
        with self._engine.connect() as connection:
            return connection.scalars(wanted).all()

    def _decoded(self, wanted: Select[str, bytes]) -> Iterator[tuple[Digest, Record | None]]:
        with self._engine.connect() as connection:
            for digest, entry in connection.execute(wanted):
                yield Digest(digest), own_record(bytes(entry))
