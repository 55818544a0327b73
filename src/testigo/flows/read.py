"""`testigo read`: every photo that this reader has not read yet gets its reading."""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

from testigo.core.ids import Digest
from testigo.core.reading import open_rendition, reading_of
from testigo.core.records import Record
from testigo.flows.ahead import in_order
from testigo.ports import Reader, Sight, World

_BATCH = 64
READER, VERSION = "codes", "1"


@dataclass(frozen=True, slots=True)
class PhotosRead:
    """How many photos were read, by outcome: `figures`, `station`, `foreign`, `nothing`."""

    outcomes: Mapping[str, int]


def read(world: World, executor: Executor, reader: Reader, progress: Callable[[int], None]) -> PhotosRead:
    """Readings of all photos that have none by this reader; what was read before a crash stays read.

    The executor's workers get a photo's hash and open the bytes themselves.
    """
    unread = world.views.photos_unread(READER, VERSION)
    photos = world.views.photos()
    outcomes: Counter[str] = Counter()
    records: list[Record] = []

    def look(sha256: Digest) -> tuple[Digest, Sight]:
        return sha256, reader.read(world.blobs.open(sha256), photos[sha256].orient)

    for sha256, sight in in_order(executor, look, unread):
        codes = [(code.symbology, code.text) for code in sight.codes]
        reading = reading_of(sha256, codes, sight.phash, world.forms, READER, VERSION)
        rendition = open_rendition(photos[sha256], reading, world.forms)
        outcomes[reading.outcome] += 1
        records += [reading] if rendition is None else [reading, rendition]
        if len(records) >= _BATCH:
            world.journal.append(records)
            records = []
        progress(1)
    world.journal.append(records)
    return PhotosRead(outcomes)


def unread_count(world: World) -> int:
    """How many photos wait for this reader."""
    return len(world.views.photos_unread(READER, VERSION))
