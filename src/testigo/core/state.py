"""What a log says as a whole: its records folded into photos, evidence and results, whatever the order in a batch."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from testigo.core.dossier import DESK_SOURCE, PHOTO_SOURCE, Dossier, Evidence, PhotoSeen
from testigo.core.entry import DeskRules, Settled, SheetState, photos_keyed, state_of
from testigo.core.ids import Digest, StationCode
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
)
from testigo.core.register import StationRegister


@dataclass(slots=True)
class State:
    """The facts of a log by what they are about; readings, entries, rulings and reports by their leaf hash.

    `results` holds the result of the latest batch for each station and contest. `unread_kinds` counts records of kinds
    that this program does not know.
    """

    registers: dict[str, Register] = field(default_factory=dict)
    photos: dict[Digest, list[Photo]] = field(default_factory=dict)
    renditions: dict[Digest, Rendition] = field(default_factory=dict)
    withheld: dict[Digest, Withhold] = field(default_factory=dict)
    reports: dict[Digest, Report] = field(default_factory=dict)
    readings: dict[Digest, Reading] = field(default_factory=dict)
    entries: dict[Digest, Entry] = field(default_factory=dict)
    rulings: dict[Digest, Ruling] = field(default_factory=dict)
    superseded: dict[Digest, Supersede] = field(default_factory=dict)
    results: dict[tuple[StationCode, str], tuple[Digest, Result]] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    releases: list[tuple[Digest, Release]] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    unread_kinds: Counter[str] = field(default_factory=Counter)

    def take(self, digest: Digest, record: Record | None) -> None:
        """Adds one record; records of one batch may come in any order, batches in theirs."""
        match record:
            case Report():
                self.reports[digest] = record
            case Result():
                self.results[record.station, record.contest] = (digest, record)
            case Reading():
                self.readings[digest] = record
            case Entry():
                self.entries[digest] = record
            case Ruling():
                self.rulings[digest] = record
            case Photo():
                self.photos.setdefault(record.sha256, []).append(record)
            case Rendition():
                self.renditions[record.photo] = record
            case Register():
                self.registers[record.name] = record
            case Withhold():
                self.withheld[record.sha256] = record
            case Supersede():
                self.superseded[record.old] = record
            case Act():
                self.acts.append(record)
            case Release():
                self.releases.append((digest, record))
            case Key():
                self.keys.append(record)
            case None:
                self.unread_kinds["unknown"] += 1


def fold(records: Iterable[tuple[Digest, Record | None]]) -> State:
    """The state after these records, given with their leaf hashes in the order of the log."""
    state = State()
    for digest, record in records:
        state.take(digest, record)
    return state


def corrects(state: State, correction: Supersede) -> bool:
    """Whether a `supersede` record does what it may: a report by one of its source and station, a reading by one of its
    photo, an entry by one of its photo and person, a ruling by one of its photo, and never in a circle. Others change
    nothing."""
    old, new = correction.old, correction.new
    if old in state.reports and new in state.reports:
        a, b = state.reports[old], state.reports[new]
        same = (a.source, a.station) == (b.source, b.station) and b.aside is None
    elif old in state.readings and new in state.readings:
        same = state.readings[old].photo == state.readings[new].photo
    elif old in state.entries and new in state.entries:
        x, y = state.entries[old], state.entries[new]
        same = (x.photo, x.clerk) == (y.photo, y.clerk)
    elif old in state.rulings and new in state.rulings:
        same = state.rulings[old].photo == state.rulings[new].photo
    else:
        return False
    seen = {old}
    while same and new in state.superseded:
        if new in seen:
            return False
        seen.add(new)
        new = state.superseded[new].new
    return same and new not in seen


def corrected_evidence(state: State) -> frozenset[Digest]:
    """The leaf hashes of reports, readings, entries and rulings that a later one corrects."""
    return frozenset(old for old, correction in state.superseded.items() if corrects(state, correction))


def current_readings(state: State) -> Mapping[Digest, tuple[Digest, Reading]]:
    """Photo to its reading that nothing superseded (leaf hash and record); of several the greatest leaf hash."""
    corrected = corrected_evidence(state)
    return {
        reading.photo: (digest, reading)
        for digest, reading in sorted(state.readings.items())
        if digest not in corrected
    }


def sheet_states(state: State, rules: DeskRules) -> Mapping[Digest, SheetState]:
    """In which state the desk is with every sheet that anybody keyed, by the hash of its photo, sorted.

    Where pages of a sheet came in separate photos, it is the first one that the entries name (`photos_keyed`).
    """
    old = corrected_evidence(state)
    readings = current_readings(state)
    entries: dict[Digest, list[tuple[Digest, Entry]]] = defaultdict(list)
    rulings: dict[Digest, list[tuple[Digest, Ruling]]] = defaultdict(list)
    for digest, entry in state.entries.items():
        if digest not in old:
            entries[entry.photo].append((digest, entry))
    for digest, ruling in state.rulings.items():
        if digest not in old:
            rulings[ruling.photo].append((digest, ruling))
    states = {}
    for photo in sorted({*entries, *rulings}):
        reading = readings[photo][1] if photo in readings else None
        states[photo] = state_of(entries[photo], rulings[photo], rules, reading)
    return states


def photos_seen(state: State) -> tuple[PhotoSeen, ...]:
    """Every photo with what its senders claimed and what its reading says (`waiting` where there is none yet)."""
    readings = current_readings(state)
    seen = []
    for sha256, photos in sorted(state.photos.items()):
        found = readings.get(sha256)
        seen.append(photo_seen(photos, None if found is None else found[1]))
    return tuple(seen)


def photo_seen(photos: Sequence[Photo], reading: Reading | None) -> PhotoSeen:
    """One photo, from all its claims (one or more) and its reading in force, if there is one."""
    sha256 = photos[0].sha256
    claimed = tuple(sorted({photo.station for photo in photos if photo.station is not None}))
    if reading is None:
        return PhotoSeen(sha256, claimed, None, (), "waiting", 0)
    stations = reading.stations or ((reading.station,) if reading.station else ())
    return PhotoSeen(sha256, claimed, reading.station, stations, reading.outcome, int(reading.phash or "0", 16))


def dossiers(state: State, register: StationRegister, rules: DeskRules) -> dict[StationCode, Dossier]:
    """The dossier of every station of the register that something is held about, in the order of the codes.

    What people settled about a photo stands in the place of what a machine read from it.
    """
    evidence: dict[StationCode, list[Evidence]] = defaultdict(list)
    photos: dict[StationCode, list[PhotoSeen]] = defaultdict(list)
    corrected: Counter[StationCode] = Counter()
    old = corrected_evidence(state)
    desk = sheet_states(state, rules)
    settled = {photo: found for photo, found in desk.items() if isinstance(found, Settled)}
    by_people = {one for photo, found in settled.items() for one in photos_keyed(photo, found)}
    for photo, found in _widest(settled):
        if found.answer.counts:
            answer, seen_by = found.answer, photos_keyed(photo, found)
            evidence[answer.station].append(
                Evidence(found.digest, "entry", DESK_SOURCE, answer.counts, answer.form, photo, (), seen_by)
            )
    for digest, report in state.reports.items():
        if report.station is None or report.counts is None or report.aside is not None:
            continue
        if digest in old:
            corrected[report.station] += 1
        else:
            evidence[report.station].append(Evidence(digest, "report", report.source, report.counts))
    for digest, reading in state.readings.items():
        if reading.outcome == "figures" and reading.station is not None and reading.counts is not None:
            if digest in old or reading.photo in by_people:
                continue
            evidence[reading.station].append(
                Evidence(digest, "reading", PHOTO_SOURCE, reading.counts, reading.form, reading.photo)
            )
    keyed = _keyed_stations(desk)
    for seen in photos_seen(state):
        concerned = {*seen.claimed, *(StationCode(one) for one in seen.stations), *keyed.get(seen.photo, ())}
        for station in concerned:
            photos[station].append(seen)
    return {
        code: Dossier(
            register.stations[code],
            tuple(sorted(evidence.get(code, ()), key=lambda one: one.digest)),
            tuple(photos.get(code, ())),
            corrected[code],
        )
        for code in sorted(set(evidence) | set(photos))
        if code in register.stations
    }


def _widest(settled: Mapping[Digest, Settled]) -> Iterator[tuple[Digest, Settled]]:
    """What people settled, without sheets of which they settled another time with more of their pages."""
    wide: dict[Digest, list[frozenset[Digest]]] = defaultdict(list)
    for photo, found in settled.items():
        photos = photos_keyed(photo, found)
        if found.beside:
            for one in photos:
                wide[one].append(frozenset(photos))
    for photo, found in settled.items():
        mine = frozenset(photos_keyed(photo, found))
        if not any(mine < other for other in wide.get(photo, ())):
            yield photo, found


def _keyed_stations(desk: Mapping[Digest, SheetState]) -> Mapping[Digest, set[StationCode]]:
    """Photo to the stations that people named for it."""
    named: dict[Digest, set[StationCode]] = defaultdict(set)
    for photo, found in desk.items():
        stations = {entry.station for _, entry in found.entries}
        if isinstance(found, Settled):
            stations.add(found.answer.station)
        for one in photos_keyed(photo, found):
            named[one] |= stations
    return named
