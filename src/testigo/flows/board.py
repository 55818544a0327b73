"""The steward's board: what came in, what waits and since which seal, who keys how, and what a person must look at."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from testigo.core.decision import decide
from testigo.core.dossier import Dossier, PhotoSeen
from testigo.core.entry import DeskRules, Differs, Settled, SheetState, Waiting, answer_of, is_drawn_again, photos_keyed
from testigo.core.ids import AreaId, Digest, StationCode, area_of
from testigo.core.records import Photo
from testigo.core.state import dossiers, fold, photos_seen, sheet_states
from testigo.ports import World
from testigo.stats.agreement import rate_at_most

MOST_LISTED = 100
READ_BY_MACHINE = frozenset({"figures"})


@dataclass(frozen=True, slots=True)
class Queue:
    """Photos in one state: how many, and for how many seals the oldest of them has waited (None if none was sealed)."""

    photos: tuple[Digest, ...]
    oldest: int | None


@dataclass(frozen=True, slots=True)
class AreaRow:
    """Stations of an area: expected (None where nobody knows), with anything held, counted, held back."""

    area: AreaId
    name: str
    expected: int | None
    received: int
    counted: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class ClerkRow:
    """What one alias keyed: entries, those on settled photos, and those of them that said what was settled."""

    alias: str
    entries: int
    settled: int
    agreed: int


@dataclass(frozen=True, slots=True)
class Again:
    """Of the sheets on which two agreed, those that the seed draws to be keyed once more, blind: how many, how many of
    them were keyed again, how many of these say something else, and the share of wrong ones at most, at 95%.
    """

    drawn: int
    keyed: int
    differ: int
    at_most: float | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A station that waits for a person: the codes of its findings, and its photos."""

    station: StationCode
    codes: tuple[str, ...]
    photos: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The state of the night. `sealed` counts seals, `to_seal` records that wait for the next one.

    `loose` are photos that belong to no station that anybody named. Conflicts and loose photos are at most 100 each;
    `conflicts_in_all` and `loose_in_all` count all. `drawn` are the areas of the level that has boundaries, if one has.
    """

    photos: int
    unread: Queue
    to_key: Queue
    differ: Queue
    settled: int
    by_machine: int
    sealed: int
    to_seal: int
    areas: tuple[AreaRow, ...]
    drawn: tuple[AreaRow, ...]
    nation: AreaRow
    clerks: tuple[ClerkRow, ...]
    again: Again
    conflicts: tuple[Conflict, ...]
    conflicts_in_all: int
    loose: tuple[Digest, ...]
    loose_in_all: int


def board(world: World) -> Board:
    """What the records, sealed or waiting, say of the night, from the whole log. `KeptBoard` says the same sooner."""
    records = tuple(world.views.records())
    state = fold(records)
    sizes = [head.size for head in world.journal.heads()]
    born = {
        record.sha256: bisect_right(sizes, number)
        for number, (_, record) in reversed(tuple(enumerate(records)))
        if isinstance(record, Photo)
    }
    seen = photos_seen(state)
    desk = sheet_states(state, world.election.desk)
    keyed = {one: found for photo, found in desk.items() for one in photos_keyed(photo, found)} | dict(desk)
    queues: dict[str, list[Digest]] = defaultdict(list)
    for photo in seen:
        if photo.photo not in state.withheld:
            queues[place_of(photo, keyed.get(photo.photo))].append(photo.photo)
    loose = tuple(photo for photo in queues["loose"])
    held = dossiers(state, world.register, world.election.desk)
    conflicts = [found for dossier in held.values() if (found := conflict_in(world, dossier)) is not None]

    def queue(name: str) -> Queue:
        waited = [len(sizes) - born[photo] for photo in queues[name] if born[photo] < len(sizes)]
        return Queue(tuple(queues[name]), max(waited, default=None))

    nation, *areas = _areas(world, held, 1)
    return Board(
        len(seen),
        queue("unread"),
        queue("to key"),
        queue("differ"),
        len(queues["settled"]),
        len(queues["machine"]),
        len(sizes),
        world.journal.waiting(),
        tuple(areas),
        _drawn(world, held),
        nation,
        _clerks(desk),
        again_in(desk, world.election.desk),
        tuple(conflicts[:MOST_LISTED]),
        len(conflicts),
        loose[:MOST_LISTED],
        len(loose),
    )


def place_of(photo: PhotoSeen, found: SheetState | None) -> str:
    """Where a photo stands: `unread`, `to key`, `differ`, `settled`, `machine` (read without people) or `loose`."""
    match found:
        case Settled():
            return "settled"
        case Differs():
            return "differ"
        case Waiting(entries=entries) if entries:
            return "to key"
    if photo.outcome == "waiting":
        return "unread"
    if photo.outcome in READ_BY_MACHINE:
        return "machine"
    return "to key" if photo.claimed or photo.named else "loose"


def _drawn(world: World, held: Mapping[StationCode, Dossier]) -> tuple[AreaRow, ...]:
    rules = world.election.places.boundaries
    return () if rules is None else _areas(world, held, world.election.areas.levels.index(rules.level) + 1)[1:]


def _areas(world: World, held: Mapping[StationCode, Dossier], depth: int) -> tuple[AreaRow, ...]:
    """The nation, then its areas of this many levels down, by their code."""
    first = world.election.contests[0].id
    status = {code: result.status for (code, contest), (_, result) in world.views.results().items() if contest == first}
    listed: Counter[AreaId] = Counter()
    received, counted, quarantined = Counter[AreaId](), Counter[AreaId](), Counter[AreaId]()
    for code, station in world.register.stations.items():
        for area in {area_of(()), area_of(station.areas[:depth])}:
            listed[area] += 1
            received[area] += code in held
            counted[area] += status.get(code) == "counted"
            quarantined[area] += status.get(code) == "quarantined"
    return tuple(
        AreaRow(
            area,
            world.register.names.get(area, area),
            world.register.expected(area, listed[area]),
            received[area],
            counted[area],
            quarantined[area],
        )
        for area in sorted(listed)
    )


def keyed_in(found: SheetState | None) -> Iterator[tuple[str, bool, bool]]:
    """For each entry of a sheet who made it, whether the sheet is settled, and whether it says what was settled."""
    for _, entry in () if found is None else found.entries:
        if isinstance(found, Settled):
            same = dict(entry.counts) == dict(found.answer.counts) and entry.station == found.answer.station
            yield entry.clerk, True, same and entry.problem == found.answer.problem
        else:
            yield entry.clerk, False, False


def _clerks(desk: Mapping[Digest, SheetState]) -> tuple[ClerkRow, ...]:
    made, settled, agreed = Counter[str](), Counter[str](), Counter[str]()
    for found in desk.values():
        for alias, is_settled, agrees in keyed_in(found):
            made[alias] += 1
            settled[alias] += is_settled
            agreed[alias] += agrees
    return tuple(ClerkRow(alias, made[alias], settled[alias], agreed[alias]) for alias in sorted(made))


def again_in(desk: Mapping[Digest, SheetState], rules: DeskRules) -> Again:
    """What keying once more found among these sheets."""
    agreed = {photo: found for photo, found in desk.items() if isinstance(found, Settled) and found.by == "entries"}
    drawn = [found for photo, found in agreed.items() if is_drawn_again(photo, rules)]
    keyed = [found for found in drawn if len(found.entries) > rules.entries]
    differ = sum(any(answer_of(entry) != found.answer for _, entry in found.entries) for found in keyed)
    return Again(len(drawn), len(keyed), differ, rate_at_most(differ, len(keyed)) if keyed else None)


def conflict_in(world: World, dossier: Dossier) -> Conflict | None:
    """What keeps a station's figures from being counted; None if nothing does."""
    codes: set[str] = set()
    for contest in world.election.contests:
        outcome = decide(dossier, contest, world.election, world.forms)
        if outcome.status == "quarantined":
            codes |= {finding.code for finding in outcome.findings if finding.weight == "hold"}
    photos = tuple(photo.photo for photo in dossier.photos)
    return Conflict(dossier.station.code, tuple(sorted(codes)), photos) if codes else None
