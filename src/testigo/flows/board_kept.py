"""The steward's board, kept up to date by the records that came since it was last asked.

What is kept follows from the records alone; `tests/flows/test_board_kept.py` compares it with `board`, which folds the
whole log. A correction touches the photos and stations of the records that it is chained with, and nothing else.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable
from threading import Lock

from testigo.core.entry import Settled, SheetState, is_drawn_again
from testigo.core.ids import AreaId, Digest, StationCode, area_of
from testigo.core.records import Entry, Photo, Reading, Record, Report, Ruling, Supersede, Withhold
from testigo.core.state import State, dossiers, photos_seen, sheet_states
from testigo.flows.board import (
    MOST_LISTED,
    AreaRow,
    Board,
    ClerkRow,
    Conflict,
    Queue,
    again_in,
    conflict_in,
    keyed_in,
    place_of,
)
from testigo.ports import World


class KeptBoard:
    """The board of one home, for many threads."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = Lock()
        self._version = (-1, -1)
        self._size = 0
        self._known: set[Digest] = set()
        self._all = State()
        self._chains: dict[Digest, set[Digest]] = defaultdict(set)
        self._of_photo: dict[Digest, dict[Digest, Record]] = defaultdict(dict)
        self._reports: dict[StationCode, dict[Digest, Record]] = defaultdict(dict)
        self._photos: dict[StationCode, set[Digest]] = defaultdict(set)
        self._stations: dict[Digest, set[StationCode]] = defaultdict(set)
        self._born: dict[Digest, int] = {}
        self._sheets: dict[Digest, SheetState] = {}
        self._drawn: dict[Digest, SheetState] = {}
        self._made, self._settled, self._agreed = Counter[str](), Counter[str](), Counter[str]()
        self._place: dict[Digest, str] = {}
        self._queues: dict[str, list[Digest]] = defaultdict(list)
        self._conflicts: dict[StationCode, Conflict] = {}
        self._held: set[StationCode] = set()
        rules = world.election.places.boundaries
        self._largest = _Areas(world, 1)
        self._bounded = None if rules is None else _Areas(world, world.election.areas.levels.index(rules.level) + 1)

    def present(self) -> Board:
        """The board now."""
        with self._lock:
            heads = self._world.journal.heads()
            version = (len(heads), self._world.journal.waiting())
            if version != self._version:
                sizes = [head.size for head in heads]
                self._catch_up(sizes)
                if len(heads) != self._version[0]:
                    self._count()
                self._version = version
                self._board = self._made_of(len(heads), version[1])
            return self._board

    def _catch_up(self, sizes: list[int]) -> None:
        photos: set[Digest] = set()
        stations: set[StationCode] = set()
        corrected: set[Digest] = set()
        for digest, record in self._world.views.records_since(self._size, self._known):
            self._known.add(digest)
            self._all.take(digest, record)
            match record:
                case Withhold():
                    photos.add(record.sha256)
                case Report(station=station) if station is not None:
                    self._reports[station][digest] = record
                    stations.add(station)
                case Supersede():
                    self._chains[record.old].add(record.new)
                    self._chains[record.new].add(record.old)
                    corrected |= {record.old, record.new}
                case Photo() | Reading() | Entry() | Ruling():
                    photo = record.sha256 if isinstance(record, Photo) else record.photo
                    self._of_photo[photo][digest] = record
                    photos.add(photo)
                    for station in _named(record):
                        self._photos[station].add(photo)
                        self._stations[photo].add(station)
        for number, photo in self._world.views.photos_sealed(self._size):
            if sizes and number < sizes[-1]:
                self._born.setdefault(photo, bisect_right(sizes, number))
        self._size = sizes[-1] if sizes else 0
        for digest in self._chained(corrected):
            report = self._all.reports.get(digest)
            keyed = self._all.readings.get(digest) or self._all.entries.get(digest) or self._all.rulings.get(digest)
            if report is not None and report.station is not None:
                stations.add(report.station)
            if keyed is not None:
                photos.add(keyed.photo)
        for photo in photos:
            stations |= self._stations.get(photo, set())
        self._look_at_photos(photos)
        self._look_at_stations(stations)

    def _chained(self, some: set[Digest]) -> set[Digest]:
        """These records and all that corrections tie them to."""
        found, left = set(some), list(some)
        while left:
            fresh = self._chains[left.pop()] - found
            found |= fresh
            left += fresh
        return found

    def _about(self, photos: Iterable[Digest], stations: Iterable[StationCode] = ()) -> State:
        """The facts about these photos, and what reports say of these stations, with the corrections among them."""
        some = State()
        for facts in (*(self._of_photo[photo] for photo in photos), *(self._reports[one] for one in stations)):
            for digest, record in facts.items():
                some.take(digest, record)
        if self._all.superseded:
            for digest in (*some.reports, *some.readings, *some.entries, *some.rulings):
                last = digest
                while last in self._all.superseded and last not in some.superseded:
                    some.superseded[last] = self._all.superseded[last]
                    last = some.superseded[last].new
        return some

    def _look_at_photos(self, photos: set[Digest]) -> None:
        rules = self._world.election.desk
        some = self._about(photo for photo in photos if photo in self._of_photo)
        sheets, seen = sheet_states(some, rules), {one.photo: one for one in photos_seen(some)}
        for photo in photos:
            self._tell_clerks(self._sheets.pop(photo, None), -1)
            self._drawn.pop(photo, None)
            found = sheets.get(photo)
            if found is not None:
                self._sheets[photo] = found
                self._tell_clerks(found, 1)
                if isinstance(found, Settled) and is_drawn_again(photo, rules):
                    self._drawn[photo] = found
            shown = photo in seen and photo not in self._all.withheld
            self._put(photo, place_of(seen[photo], found) if shown else "")

    def _tell_clerks(self, found: SheetState | None, by: int) -> None:
        for alias, is_settled, agrees in keyed_in(found):
            self._made[alias] += by
            self._settled[alias] += by * is_settled
            self._agreed[alias] += by * agrees

    def _put(self, photo: Digest, place: str) -> None:
        before = self._place.get(photo, "")
        if before == place:
            return
        if before:
            del self._queues[before][bisect_left(self._queues[before], photo)]
        if place:
            insort(self._queues[place], photo)
        self._place[photo] = place

    def _look_at_stations(self, stations: set[StationCode]) -> None:
        photos = {photo for station in stations for photo in self._photos.get(station, ())}
        held = dossiers(self._about(photos, stations), self._world.register, self._world.election.desk)
        for code in stations & set(self._world.register.stations):
            self._conflicts.pop(code, None)
            dossier = held.get(code)
            for areas in (self._largest, self._bounded):
                if areas is not None:
                    areas.receive(code, (dossier is not None) - (code in self._held))
            if dossier is None:
                self._held.discard(code)
                continue
            self._held.add(code)
            conflict = conflict_in(self._world, dossier)
            if conflict is not None:
                self._conflicts[code] = conflict

    def _count(self) -> None:
        """Results change with a seal alone."""
        first = self._world.election.contests[0].id
        status = {
            code: result.status
            for (code, contest), (_, result) in self._world.views.results().items()
            if contest == first
        }
        for areas in (self._largest, self._bounded):
            if areas is not None:
                areas.count(status)

    def _made_of(self, sealed: int, waiting: int) -> Board:
        nation, *areas = self._largest.rows()
        loose = self._queues["loose"]
        return Board(
            len(self._all.photos),
            self._queue("unread", sealed),
            self._queue("to key", sealed),
            self._queue("differ", sealed),
            len(self._queues["settled"]),
            len(self._queues["machine"]),
            sealed,
            waiting,
            tuple(areas),
            () if self._bounded is None else self._bounded.rows()[1:],
            nation,
            tuple(
                ClerkRow(alias, made, self._settled[alias], self._agreed[alias])
                for alias, made in sorted(self._made.items())
                if made
            ),
            again_in(self._drawn, self._world.election.desk),
            tuple(self._conflicts[code] for code in sorted(self._conflicts)[:MOST_LISTED]),
            len(self._conflicts),
            tuple(loose[:MOST_LISTED]),
            len(loose),
        )

    def _queue(self, name: str, sealed: int) -> Queue:
        photos = self._queues[name]
        first = min((self._born.get(photo, sealed) for photo in photos), default=sealed)
        return Queue(tuple(photos), sealed - first if first < sealed else None)


class _Areas:
    """The nation and its areas of so many levels down, with what is held and counted of their stations."""

    def __init__(self, world: World, depth: int) -> None:
        self._register = world.register
        self._of = {
            code: tuple({area_of(()), area_of(station.areas[:depth])})
            for code, station in world.register.stations.items()
        }
        self._listed = Counter(area for areas in self._of.values() for area in areas)
        self._received, self._counted, self._quarantined = Counter[AreaId](), Counter[AreaId](), Counter[AreaId]()

    def receive(self, code: StationCode, by: int) -> None:
        for area in self._of[code]:
            self._received[area] += by

    def count(self, status: dict[StationCode, str]) -> None:
        self._counted = self._that_are("counted", status)
        self._quarantined = self._that_are("quarantined", status)

    def _that_are(self, wanted: str, status: dict[StationCode, str]) -> Counter[AreaId]:
        return Counter(area for code, said in status.items() if said == wanted for area in self._of.get(code, ()))

    def rows(self) -> tuple[AreaRow, ...]:
        return tuple(
            AreaRow(
                area, self._register.names.get(area, area), self._register.expected(area, self._listed[area]),
                self._received[area], self._counted[area], self._quarantined[area],
            )
            for area in sorted(self._listed)
        )  # fmt: skip


def _named(record: Photo | Reading | Entry | Ruling) -> set[StationCode]:
    """The stations that a record about a photo names."""
    named = {record.station, *(map(StationCode, record.stations) if isinstance(record, Reading) else ())}
    return {station for station in named if station}
