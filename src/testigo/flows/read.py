"""`testigo read`: every photo that the reader has not read yet gets its reading.

A newer version of the reader leaves what earlier ones read; it reads such photos anew where it is asked to, and its
readings supersede theirs (docs/adr/0015-readings-of-earlier-readers.md).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from types import MappingProxyType

from testigo.core.election import Election
from testigo.core.ids import Digest
from testigo.core.reading import Showing, covered_rendition, open_rendition, reading_of, showing
from testigo.core.records import Entry, Photo, Reading, Record, Rendition, Ruling, Supersede
from testigo.core.state import State, corrected_evidence, fold
from testigo.flows.ahead import in_order
from testigo.flows.handwriting import with_pages
from testigo.flows.joined import Part, joined, part_of
from testigo.flows.leaf import leaf_of
from testigo.ports import Reader, Sight, World
from testigo.stats.posterior import MILLION, Thresholds

_BATCH = 64
CODES, BY_HAND = "codes", "codes+digits"
"""The reader of elections with forms whose boxes are read, or none."""
VERSIONS: Mapping[str, str] = MappingProxyType({CODES: "1", BY_HAND: "2"})
"""The version of each reader: another one with whatever may change a reading of the same photo."""
AGAIN = "its photo was read anew by another version of the reader"


@dataclass(frozen=True, slots=True)
class PhotosRead:
    """How many photos were read, by outcome: `figures`, `doubtful`, `station`, `foreign`, `nothing`.

    `shown` counts how their public copies are: `open`, `covered` where personal data is covered, `held` where there is
    none.
    """

    outcomes: Mapping[str, int]
    shown: Mapping[Showing, int]


def read(
    world: World, executor: Executor, reader: Reader, progress: Callable[[int], None], *, again: bool = False
) -> PhotosRead:
    """Readings and public copies of all photos that this reader has not read; what was read before a crash stays read.

    With `again` also of those that an earlier version of it read and nobody keyed: the new readings supersede the old
    ones, and public copies stay as they are. The executor's workers get a photo's hash and open the bytes themselves.
    Photos of single pages of a sheet are read together at the end (`flows/joined.py`).
    """
    before = fold(world.views.records()) if again else State()
    unread = _to_read(world, before, again=again)
    photos = world.views.photos()
    superseded = _readings_in_force(before)
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
        if sha256 not in before.renditions:
            shown[how] += 1
            records += _rendition(world, photos[sha256], sight, how)
        if part is None:
            outcomes[reading.outcome] += 1
            records += _in_force([reading], superseded)
        else:
            # It stays unread until the other pages of its sheet are known, also after a crash.
            parts.append(part)
        if len(records) >= _BATCH:
            world.journal.append(records)
            records = []
        progress(1)
    world.journal.append(records)
    fresh = {part.alone.photo for part in parts}
    superseded = {photo: superseded[photo] for photo in fresh & superseded.keys()}

    def look_again(sha256: Digest) -> Part | None:
        _, sight = look(sha256)
        return part_of(*readings_of(world, photos[sha256], sight), sight.pages, world.forms)

    for some in joined(world, parts, look_again, thresholds_of(world.election)):
        outcomes.update(one.outcome for one in some if isinstance(one, Reading) and one.photo in fresh)
        world.journal.append(_in_force(some, superseded))
    return PhotosRead(outcomes, shown)


def readings_of(world: World, photo: Photo, sight: Sight) -> tuple[Reading, Reading]:
    """What a photo's codes say, and what it says with its pages, looked at alone."""
    texts = [(code.symbology, code.text) for code in sight.codes]
    reader_id = reader_of(world)
    codes = reading_of(photo.sha256, texts, sight.phash, world.forms, reader_id, VERSIONS[reader_id])
    return codes, with_pages(codes, photo.station, sight.pages, world.forms, thresholds_of(world.election))


def _rendition(world: World, photo: Photo, sight: Sight, how: Showing) -> tuple[Rendition, ...]:
    """The record of the photo's public copy, whose bytes are held before; none where it is not shown."""
    if how == "open":
        return (open_rendition(photo),)
    if how == "held" or sight.covered is None:
        return ()
    return (covered_rendition(photo.sha256, world.blobs.put(sight.covered), len(sight.covered)),)


def _in_force(records: Iterable[Record], superseded: Mapping[Digest, Sequence[Digest]]) -> Iterator[Record]:
    """These records, and after each reading of a photo that was read before what takes the older ones out of force."""
    for record in records:
        yield record
        if isinstance(record, Reading):
            yield from (Supersede(old, leaf_of(record), AGAIN) for old in superseded.get(record.photo, ()))


def _readings_in_force(state: State) -> Mapping[Digest, Sequence[Digest]]:
    """Photo to its readings that nothing superseded, by leaf hash."""
    found: dict[Digest, list[Digest]] = defaultdict(list)
    corrected = corrected_evidence(state)
    for digest in sorted(state.readings.keys() - corrected):
        found[state.readings[digest].photo].append(digest)
    return found


def unread_count(world: World, *, again: bool = False) -> int:
    """How many photos wait for this reader; with `again` also those that an earlier version read and nobody keyed."""
    return len(_to_read(world, fold(world.views.records()) if again else State(), again=again))


def earlier_count(world: World) -> int:
    """How many photos an earlier version of this reader read and nobody keyed."""
    reader = reader_of(world)
    unread = world.views.photos_unread(reader)
    if len(world.views.photos_unread(reader, VERSIONS[reader])) == len(unread):
        return 0
    return len({*_to_read(world, fold(world.views.records()), again=True)} - {*unread})


def _to_read(world: World, before: State, *, again: bool) -> tuple[Digest, ...]:
    reader = reader_of(world)
    if not again:
        return world.views.photos_unread(reader)
    # What people settled may rest on what the machine proposed.
    by_people: list[Entry | Ruling] = [*before.entries.values(), *before.rulings.values()]
    keyed = {photo for record in by_people for photo in (record.photo, *record.beside)}
    return tuple(photo for photo in world.views.photos_unread(reader, VERSIONS[reader]) if photo not in keyed)


def reader_of(world: World) -> str:
    """The name of the reader of this election: what it read is not read again by the same."""
    return BY_HAND if any(form.by_hand for form in world.forms.values()) else CODES


def thresholds_of(election: Election) -> Thresholds:
    """When figures read from handwriting are sure in this election."""
    rules = election.reading
    return Thresholds(accept_posterior=rules.sure_ppm, likelihood_ratio=rules.least_ratio_ppm / MILLION)
