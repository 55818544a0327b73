"""The desk as the log leaves it, kept up to date by the records that came since it was last asked.

A night brings a record every second, and a desk is asked as often: to fold a whole log each time would take too long.
What is kept follows from the records alone; `tests/flows/test_desk_kept.py` compares it with a desk made anew.
"""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from testigo.core.entry import Differs, SheetState, Waiting, is_drawn_again, photos_keyed, state_of
from testigo.core.ids import Digest
from testigo.core.records import Entry, Photo, Reading, Ruling, Withhold
from testigo.core.sheets import SheetKey, Shot, Unit, pages_shown, read_surely, units_of
from testigo.core.state import State, corrected_evidence, photo_seen
from testigo.flows.board import READ_BY_MACHINE
from testigo.ports import World

NOTHING = Waiting(())
LAST = 3


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page of the desk is made from. The mappings may grow while they are looked at; the tuples stay.

    To key are photos whose figures no machine read surely, and settled ones that the seed drew (`drawn_again`). First
    come those that somebody has keyed, last those whose station nobody named; else in the order of their hashes.
    `groups` are the places in `to_key` where those of one urgency end.
    `forms` are the forms that machines recognised, `made` how many entries each alias has. Where pages of a sheet came
    in separate photos, one of them is to be keyed with those `beside` it; `shows` is the first page that each shows.
    """

    sheets: Mapping[Digest, SheetState]
    photos: Mapping[Digest, Photo]
    withheld: Mapping[Digest, object]
    forms: Mapping[Digest, str]
    wanted: Mapping[Digest, int]
    made: Mapping[str, int]
    to_key: tuple[Digest, ...]
    groups: tuple[int, ...]
    differing: tuple[Digest, ...]
    drawn_again: frozenset[Digest]
    beside: Mapping[Digest, tuple[Digest, ...]]
    shows: Mapping[Digest, int]

    def state_at(self, photo: Digest) -> SheetState:
        """The state of what is keyed with this photo: none yet where more pages came in than anybody has keyed."""
        found = self.sheets.get(photo, NOTHING)
        return found if self.beside.get(photo, found_beside(photo, found)) == found_beside(photo, found) else NOTHING

    def together(self, photo: Digest) -> tuple[Digest, ...]:
        """The photos of the sheet that is keyed with this one, which is the first."""
        return (photo, *self.beside.get(photo, found_beside(photo, self.sheets.get(photo, NOTHING))))


def found_beside(photo: Digest, found: SheetState) -> tuple[Digest, ...]:
    """The photos beside this one in the entries that count."""
    return photos_keyed(photo, found)[1:]


class KeptDesk:
    """The desk of one home, for many threads."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = Lock()
        self._version = (-1, -1)
        self._clear()

    def _clear(self) -> None:
        self._state = State()
        self._known: set[Digest] = set()
        self._size = 0
        self._corrected: frozenset[Digest] = frozenset()
        self._readings: dict[Digest, dict[Digest, Reading]] = defaultdict(dict)
        self._entries: dict[Digest, dict[Digest, Entry]] = defaultdict(dict)
        self._rulings: dict[Digest, dict[Digest, Ruling]] = defaultdict(dict)
        self._sheets: dict[Digest, SheetState] = {}
        self._photos: dict[Digest, Photo] = {}
        self._forms: dict[Digest, str] = {}
        self._made: Counter[str] = Counter()
        self._wanted: dict[Digest, int] = {}
        self._order: list[tuple[int, Digest]] = []
        self._differing: set[Digest] = set()
        self._again: set[Digest] = set()
        self._current: dict[Digest, tuple[Digest, Reading]] = {}
        self._key_of: dict[Digest, SheetKey] = {}
        self._members: dict[SheetKey, set[Digest]] = defaultdict(set)
        self._beside: dict[Digest, tuple[Digest, ...]] = {}
        self._shows: dict[Digest, int] = {}

    def present(self) -> Desk:
        """The desk now."""
        with self._lock:
            heads = self._world.journal.heads()
            version = (len(heads), self._world.journal.waiting())
            if version != self._version:
                self._catch_up(heads[-1].size if heads else 0)
                self._version = version
                self._desk = Desk(
                    self._sheets, self._photos, self._state.withheld, self._forms, self._wanted, self._made,
                    tuple(photo for _, photo in self._order), tuple(_ends(self._order)), tuple(sorted(self._differing)),
                    frozenset(self._again), self._beside, self._shows,
                )  # fmt: skip
            return self._desk

    def _catch_up(self, size: int) -> None:
        touched: set[Digest] = set()
        corrections = len(self._state.superseded)
        for digest, record in self._world.views.records_since(self._size, self._known):
            self._known.add(digest)
            self._state.take(digest, record)
            match record:
                case Photo() | Withhold():
                    touched.add(record.sha256)
                case Reading():
                    self._readings[record.photo][digest] = record
                    touched.add(record.photo)
                case Entry():
                    self._entries[record.photo][digest] = record
                    self._made[record.clerk] += 1
                    touched.add(record.photo)
                case Ruling():
                    self._rulings[record.photo][digest] = record
                    touched.add(record.photo)
        self._size = size
        if len(self._state.superseded) > corrections:
            # What a correction changes may be anywhere.
            self._corrected = corrected_evidence(self._state)
            touched |= {*self._state.photos, *self._entries, *self._rulings}
        sheets: set[SheetKey] = set()
        for photo in touched:
            sheets |= self._look(photo)
        for key in sheets:
            self._arrange(key)

    def _look(self, photo: Digest) -> set[SheetKey]:
        """Works out one photo anew; the sheets of several pages that this concerns."""
        rules, old = self._world.election.desk, self._corrected
        readings = [(digest, one) for digest, one in self._readings[photo].items() if digest not in old]
        current = max(readings, key=lambda one: one[0]) if readings else None
        reading = None if current is None else current[1]
        entries = [(digest, one) for digest, one in self._entries[photo].items() if digest not in old]
        rulings = [(digest, one) for digest, one in self._rulings[photo].items() if digest not in old]
        found: SheetState = NOTHING
        if entries or rulings:
            found = state_of(entries, rulings, rules, reading)
            self._sheets[photo] = found
        else:
            self._sheets.pop(photo, None)
        claims = self._state.photos.get(photo)
        if claims:
            self._photos[photo] = claims[0]
        if reading is not None and reading.form is not None:
            self._forms[photo] = reading.form
        else:
            self._forms.pop(photo, None)
        (self._differing.add if isinstance(found, Differs) else self._differing.discard)(photo)
        self._again.discard(photo)
        key = self._sheet_key(photo, claims, reading)
        before = self._key_of.pop(photo, None)
        if before is not None:
            self._members[before].discard(photo)
        if key is None or current is None:
            self._beside.pop(photo, None)
            self._shows.pop(photo, None)
            self._rank(photo, self._rank_of(photo, found, claims, reading))
        else:
            self._key_of[photo], self._current[photo] = key, current
            self._members[key].add(photo)
        return {one for one in (before, key) if one is not None}

    def _sheet_key(self, photo: Digest, claims: list[Photo] | None, reading: Reading | None) -> SheetKey | None:
        """The sheet of several pages that a photo shows some of; None where it is no such photo."""
        if not claims or reading is None or photo in self._state.withheld:
            return None
        form = reading.form or self._world.election.contests[0].form
        named = reading.station or min((one.station for one in claims if one.station is not None), default=None)
        several = form in self._world.forms and self._world.forms[form].pages > 1
        return (named, form) if named is not None and several else None

    def _arrange(self, key: SheetKey) -> None:
        """Works out anew which photos of a sheet are keyed together, and when."""
        form, members = self._world.forms[key[1]], sorted(self._members[key])
        surely = read_surely(form, [self._current[photo] for photo in members])
        shots = []
        for photo in members:
            found = self._sheets.get(photo)
            pages = pages_shown(form, self._photos[photo], self._current[photo][1])
            keyed = None if found is None else found_beside(photo, found)
            shots.append(Shot(photo, pages, photo in surely, keyed))
            self._shows[photo] = min(pages)
        units = {unit.photo: unit for unit in units_of(shots, form)}
        for photo in members:
            self._again.discard(photo)
            self._differing.discard(photo)
            unit = units.get(photo)
            if unit is None:
                self._beside.pop(photo, None)
                self._rank(photo, None)
                continue
            self._beside[photo] = unit.beside
            found = self._sheets.get(photo, NOTHING)
            if found_beside(photo, found) != unit.beside:
                found = NOTHING
            if isinstance(found, Differs):
                self._differing.add(photo)
            self._rank(photo, self._rank_of_unit(unit, found))

    def _rank_of_unit(self, unit: Unit, found: SheetState) -> int | None:
        """As `_rank_of`; a sheet of which a page is missing comes after all that are whole."""
        if isinstance(found, Waiting) and (found.entries or not unit.read):
            return -len(found.entries) if found.entries or unit.whole else LAST
        if not is_drawn_again(unit.photo, self._world.election.desk):
            return None
        if isinstance(found, Waiting):
            return 1
        self._again.add(unit.photo)
        return 2

    def _rank_of(
        self, photo: Digest, found: SheetState, claims: list[Photo] | None, reading: Reading | None
    ) -> int | None:
        """The photo's place among those to key, smaller ones first; None where it is none of them."""
        rules = self._world.election.desk
        if not claims or photo in self._state.withheld or reading is None:
            return None
        if not isinstance(found, Waiting):
            if is_drawn_again(photo, rules):
                self._again.add(photo)
                return 2
            return None
        seen = photo_seen(claims, reading)
        if found.entries:
            return -len(found.entries)
        if seen.outcome in READ_BY_MACHINE:
            return 1 if is_drawn_again(photo, rules) else None
        return 0 if seen.claimed or seen.named else 3

    def _rank(self, photo: Digest, rank: int | None) -> None:
        before = self._wanted.get(photo)
        if before == rank:
            return
        if before is not None:
            del self._order[bisect_left(self._order, (before, photo))]
        if rank is None:
            del self._wanted[photo]
        else:
            self._wanted[photo] = rank
            insort(self._order, (rank, photo))


def _ends(order: Sequence[tuple[int, Digest]]) -> Iterator[int]:
    """Where each run of one rank ends in pairs that are sorted by rank."""
    end = 0
    while end < len(order):
        end = bisect_left(order, (order[end][0] + 1, Digest("")), end)
        yield end


def desk_of(world: World) -> Desk:
    """The desk as the records, sealed or waiting, leave it."""
    return KeptDesk(world).present()
