"""Which rows of the views a record makes; the same for a new record and for a rebuild."""

from collections.abc import Iterator

from sqlalchemy import Table

from testigo.core.ids import Digest, StationCode
from testigo.core.records import Act, Entry, Photo, Reading, Record, Report, Ruling, Supersede
from testigo.store.schema import ABOUT, BESIDE, KEYED, PHOTO, READING, REPORT, SUPERSEDED, TAKEN

TABLE_ACT = "table"
"""The act that says a table was taken in to its end; its detail names source and table."""


def view_rows(digest: Digest, record: Record | None) -> Iterator[tuple[Table, dict[str, object]]]:
    """The rows of the views that follow from one record; results in force are not among them."""
    match record:
        case Report():
            yield REPORT, {"digest": digest, "source": record.source, "taken": int(record.aside is None)}
        case Reading():
            reading: dict[str, object] = {"digest": digest, "photo": record.photo}
            reading |= {"reader": record.reader, "version": record.version}
            yield READING, reading
        case Entry() | Ruling():
            yield KEYED, {"digest": digest, "photo": record.photo}
            for photo in dict.fromkeys(record.beside):
                yield BESIDE, {"digest": digest, "photo": photo}
        case Photo():
            yield PHOTO, {"digest": digest, "sha256": record.sha256}
        case Supersede():
            yield SUPERSEDED, {"digest": digest, "old": record.old}
        case Act(act="table"):
            source, table = str(record.detail["source"]), str(record.detail["table"])
            yield TAKEN, {"digest": digest, "source": source, "table_sha256": table}
    for station in stations_of(record):
        yield ABOUT, {"digest": digest, "station": station}


def stations_of(record: Record | None) -> tuple[StationCode, ...]:
    """The stations that a piece of evidence concerns; none for other records."""
    match record:
        case Report(station=station) if station is not None and record.aside is None:
            return (station,)
        case Photo(station=station) if station is not None:
            return (station,)
        case Entry() | Ruling():
            return (record.station,) if record.station else ()
        case Reading():
            named = {*record.stations, *((record.station,) if record.station else ())}
            return tuple(StationCode(station) for station in sorted(named))
        case _:
            return ()


def photos_of(record: Record | None) -> tuple[Digest, ...]:
    """The photos that a record is about: stations that other records name for them are concerned too."""
    match record:
        case Entry() | Ruling():
            return (record.photo, *record.beside)
        case Reading():
            return (record.photo,)
        case Photo():
            return (record.sha256,)
        case _:
            return ()
