"""`testigo read`: every photo that this reader has not read yet gets its reading."""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

from testigo.core.election import Election
from testigo.core.ids import Digest
from testigo.core.reading import Showing, covered_rendition, open_rendition, reading_of, showing
from testigo.core.records import Photo, Reading, Record, Rendition
from testigo.flows.ahead import in_order
from testigo.flows.handwriting import with_pages
from testigo.flows.joined import Part, joined, part_of
from testigo.ports import Reader, Sight, World
from testigo.stats.posterior import MILLION, Thresholds

_BATCH = 64
READER, VERSION = "codes", "1"
BY_HAND = "codes+digits"
"""The reader of elections with forms whose boxes are read."""


@dataclass(frozen=True, slots=True)
class PhotosRead:
    """How many photos were read, by outcome: `figures`, `doubtful`, `station`, `foreign`, `nothing`.

    `shown` counts how their public copies are: `open`, `covered` where personal data is covered, `held` where there is
    none.
    """

    outcomes: Mapping[str, int]
    shown: Mapping[Showing, int]


def read(world: World, executor: Executor, reader: Reader, progress: Callable[[int], None]) -> PhotosRead:
    """Readings and public copies of all photos that this reader has not read; what was read before a crash stays read.

    The executor's workers get a photo's hash and open the bytes themselves. Photos of single pages of a sheet are read
    together at the end (`flows/joined.py`).
    """
    reader_id = reader_of(world)
    unread = world.views.photos_unread(reader_id, VERSION)
    photos = world.views.photos()
    outcomes: Counter[str] = Counter()
    shown: Counter[Showing] = Counter()
    records: list[Record] = []
    parts: list[Part] = []

    def look(sha256: Digest) -> tuple[Digest, Sight]:
        return sha256, reader.read(world.blobs.open(sha256), photos[sha256].orient)

    for sha256, sight in in_order(executor, look, unread):
        codes, reading = readings_of(world, photos[sha256], sight)
        part = part_of(codes, reading, sight.pages, world.forms)
        found = {page.form for page in sight.pages}
        how = showing(reading, found, world.forms, covered=sight.covered is not None)
        shown[how] += 1
        records += _rendition(world, photos[sha256], sight, how)
        if part is None:
            outcomes[reading.outcome] += 1
            records.append(reading)
        else:
            # It stays unread until the other pages of its sheet are known, also after a crash.
            parts.append(part)
        if len(records) >= _BATCH:
            world.journal.append(records)
            records = []
        progress(1)
    world.journal.append(records)
    fresh = {part.alone.photo for part in parts}

    def again(sha256: Digest) -> Part | None:
        _, sight = look(sha256)
        return part_of(*readings_of(world, photos[sha256], sight), sight.pages, world.forms)

    for some in joined(world, parts, again, thresholds_of(world.election)):
        outcomes.update(one.outcome for one in some if isinstance(one, Reading) and one.photo in fresh)
        world.journal.append(some)
    return PhotosRead(outcomes, shown)


def readings_of(world: World, photo: Photo, sight: Sight) -> tuple[Reading, Reading]:
    """What a photo's codes say, and what it says with its pages, looked at alone."""
    texts = [(code.symbology, code.text) for code in sight.codes]
    codes = reading_of(photo.sha256, texts, sight.phash, world.forms, reader_of(world), VERSION)
    return codes, with_pages(codes, photo.station, sight.pages, world.forms, thresholds_of(world.election))


def _rendition(world: World, photo: Photo, sight: Sight, how: Showing) -> tuple[Rendition, ...]:
    """The record of the photo's public copy, whose bytes are held before; none where it is not shown."""
    if how == "open":
        return (open_rendition(photo),)
    if how == "held" or sight.covered is None:
        return ()
    return (covered_rendition(photo.sha256, world.blobs.put(sight.covered), len(sight.covered)),)


def unread_count(world: World) -> int:
    """How many photos wait for this reader."""
    return len(world.views.photos_unread(reader_of(world), VERSION))


def reader_of(world: World) -> str:
    """The name of the reader of this election: what it read is not read again by the same."""
    return BY_HAND if any(form.by_hand for form in world.forms.values()) else READER


def thresholds_of(election: Election) -> Thresholds:
    """When figures read from handwriting are sure in this election."""
    rules = election.reading
    return Thresholds(accept_posterior=rules.sure_ppm, likelihood_ratio=rules.least_ratio_ppm / MILLION)
