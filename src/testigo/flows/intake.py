"""`testigo intake`: photos come in; what is refused is refused by name and cause, and the rest goes on."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from testigo.core.ids import Digest, StationCode
from testigo.core.records import Photo
from testigo.errors import BadPhoto
from testigo.flows.ahead import in_order
from testigo.ports import Master, Reader, World

_BATCH = 64
MOST_BYTES = 100_000_000
"""A file that is larger is refused before it is opened; the limit of one photo is lower."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is no photo for us: its name, a stable cause, and a sentence."""

    name: str
    cause: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PhotosTaken:
    """What happened to the files: photos that are new, those that were held already, and those refused.

    `doubles` are names of files that hold the same photo as an earlier file of this run, with that file's name.
    """

    new: int
    held: int
    refused: tuple[Refused, ...]
    doubles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Opened:
    path: Path
    masters: tuple[Master, ...]
    scan: Digest | None
    refused: Refused | None


def files_of(places: Iterable[Path]) -> tuple[Path, ...]:
    """The files of these places, folders with all that they contain, in the order of their names; hidden ones left out.

    Raises:
        BadPhoto: a place is not there.
    """
    found: list[Path] = []
    for place in places:
        if place.is_dir():
            inside = (path for path in place.rglob("*") if path.is_file() and not path.name.startswith("."))
            found += sorted(inside)
        elif place.is_file():
            found.append(place)
        else:
            raise BadPhoto("missing", f"{place}: expected a file or a folder, there is none")
    return tuple(dict.fromkeys(found))


def intake(
    world: World,
    files: Sequence[Path],
    claims: Mapping[str, StationCode],
    executor: Executor,
    reader: Reader,
    progress: Callable[[int], None],
) -> PhotosTaken:
    """What these files added. `claims` are the stations that senders named, by file name; `open_file` strips a file.

    A photo's bytes are held durably before its record is written; a crash loses at most work, and running the same
    again ends well.
    """
    new = held = 0
    refused: list[Refused] = []
    records: list[Photo] = []
    first: dict[Digest, str] = {}
    doubles: list[tuple[str, str]] = []
    for opened in in_order(executor, lambda path: _open(path, reader), files):
        if opened.refused is not None:
            refused.append(opened.refused)
        for page, master in enumerate(opened.masters, 1):
            sha256 = world.blobs.put(master.data)
            if first.setdefault(sha256, opened.path.name) != opened.path.name:
                doubles.append((opened.path.name, first[sha256]))
            records.append(_photo(sha256, master, page, claims.get(opened.path.name), opened.scan))
        if len(records) >= _BATCH:
            added = world.journal.append(records)
            new, held, records = new + added, held + len(records) - added, []
        progress(1)
    added = world.journal.append(records)
    return PhotosTaken(new + added, held + len(records) - added, tuple(refused), tuple(doubles))


def _open(path: Path, reader: Reader) -> _Opened:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadPhoto("huge", f"{path.stat().st_size:,} bytes; expected at most {MOST_BYTES:,}")
        data = path.read_bytes()
        masters = reader.masters(data)
        scan = Digest(hashlib.sha256(data).hexdigest()) if data.startswith(b"%PDF-") else None
        return _Opened(path, masters, scan, None)
    except BadPhoto as error:
        return _Opened(path, (), None, Refused(path.name, error.cause, str(error)))
    except OSError as error:
        return _Opened(path, (), None, Refused(path.name, "unreadable", f"the file cannot be read: {error.strerror}"))


def _photo(sha256: Digest, master: Master, page: int, station: StationCode | None, scan: Digest | None) -> Photo:
    return Photo(
        sha256, len(master.data), master.media, master.width, master.height, master.orient, master.method, page,
        station, scan,
    )  # fmt: skip


def refusals_by_cause(refused: Iterable[Refused]) -> Iterator[tuple[str, tuple[Refused, ...]]]:
    """The refused files, grouped by their cause."""
    listed = sorted(refused, key=lambda one: (one.cause, one.name))
    for cause in dict.fromkeys(one.cause for one in listed):
        yield cause, tuple(one for one in listed if one.cause == cause)
