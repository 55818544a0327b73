"""Areas where they lie, filled by their share of stations with a sheet: an equirectangular map without a library.

Borders are snapped to one grid, of half a pixel or more, so that no gap opens between neighbours. The map decorates the
table, which says the same.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians

from markupsafe import Markup

from testigo.core.boundaries import Land, Point
from testigo.core.ids import AreaId
from testigo.flows.board import AreaRow

WIDE, HIGH = 1280, 1120
"""The map's room, in half pixels."""
SIGN, LINE = 20, 36
"""How wide a sign of a label is and how high its line, in half pixels; on the safe side."""
LEAST_SIGNS = 6
"""A name that is cut to less says nothing."""
STEPS = (1, 25, 50, 75, 100)
"""Shares in percent at which the fill grows darker."""
GRIDS, MOST_CORNERS = (1, 2, 4, 8), 30_000
"""Steps of the grid in half pixels, and how many corners a map may have: some 200 kB."""
Spot = tuple[int, int]
Outline = list[list[Spot]]

_AREA = Markup('<path class="{kind}" d="{way}"><title>{told}</title></path>')
_LABEL = Markup('<text x="{x}" y="{y}" text-anchor="middle">{text}</text>')
_MAP = Markup(
    '<svg class="land" viewBox="-8 -8 {wide} {high}" role="img" aria-label="{told}"><defs><pattern id="unknown-land" '
    'width="16" height="16" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch" width="6" '
    'height="16"/></pattern></defs><g>{areas}</g><g aria-hidden="true">{labels}</g></svg>'
)


@dataclass(frozen=True, slots=True)
class _Place:
    """An area on the map: its outline as SVG, the middle of its widest part, and how wide it is there."""

    way: str
    middle: Spot
    wide: int


class LandMap:
    """A map that is worked out once and filled anew for every state of the night."""

    def __init__(self, land: Sequence[Land]) -> None:
        rings = _in_one_piece(land)
        points = [point for some in rings.values() for ring in some for point in ring]
        west, east = min(x for x, _ in points), max(x for x, _ in points)
        south, north = min(y for _, y in points), max(y for _, y in points)
        narrow = cos(radians((south + north) / 2))
        scale = min(WIDE / max((east - west) * narrow, 1e-9), HIGH / max(north - south, 1e-9))

        def spot(point: Point) -> Spot:
            return round((point[0] - west) * narrow * scale), round((north - point[1]) * scale)

        self._size = spot((east, south))
        spots = {area: [[spot(point) for point in ring] for ring in some] for area, some in rings.items()}
        self._places = {area: _place(some) for area, some in _snapped(spots).items()}

    def drawn(self, rows: Sequence[AreaRow], told: str) -> Markup:
        """The map with these rows, those of other areas left out; `told` is what it is called."""
        held: Mapping[AreaId, AreaRow] = {row.area: row for row in rows}
        shown = [(place, held[area]) for area, place in self._places.items() if area in held]
        wide, high = self._size
        areas = (_AREA.format(kind=step_of(row), way=place.way, told=_told(row)) for place, row in shown)
        labels = (label for place, row in shown for label in _labels(place, row))
        return _MAP.format(
            wide=wide + 16, high=high + 16, told=told, areas=Markup("").join(areas), labels=Markup("").join(labels)
        )


def step_of(row: AreaRow) -> str:
    """The class of an area's fill: `step0` (nothing) to `step5` (all), or `unknown` where nobody knows how many."""
    if not row.expected:
        return "unknown"
    return f"step{bisect_right(STEPS, _percent(row.received, row.expected))}"


def _percent(received: int, expected: int) -> int:
    # The first sheet shows, and the last is not there before it came.
    share = received * 100 // expected
    return min(max(share, 1 if received else 0), 100)


def _told(row: AreaRow) -> str:
    return f"{row.name}: {row.received} / {row.expected if row.expected is not None else '?'}"


def _labels(place: _Place, row: AreaRow) -> list[Markup]:
    """Name and share where they have room, the share alone where that has; a long name is cut."""
    share = f"{_percent(row.received, row.expected)}%" if row.expected else "?"
    signs = place.wide // SIGN
    if signs < len(share):
        return []
    name = row.name if len(row.name) <= signs else f"{row.name[: signs - 1].rstrip()}…"
    fitting = [name, share] if len(name) >= min(LEAST_SIGNS, len(row.name)) else [share]
    x, y = place.middle
    top = y + LINE // 3 - (LINE // 2) * (len(fitting) - 1)
    return [_LABEL.format(x=x, y=top + LINE * n, text=text) for n, text in enumerate(fitting)]


def _in_one_piece(land: Sequence[Land]) -> Mapping[AreaId, list[list[Point]]]:
    """The rings by area; a country on both sides of the date line goes on behind 180 degrees."""
    east = [x for one in land for ring in one.rings for x, _ in ring]
    behind = [x % 360 for x in east]
    shifted = max(east) - min(east) > 180 > max(behind) - min(behind)
    return {one.area: [[(x % 360 if shifted else x, y) for x, y in ring] for ring in one.rings] for one in land}


def _snapped(spots: Mapping[AreaId, Outline]) -> Mapping[AreaId, Outline]:
    """The outlines without repeats, on the finest grid on which all of them have few enough corners."""
    for grid in GRIDS:
        found = {
            area: [
                _without_repeats([(round(x / grid) * grid, round(y / grid) * grid) for x, y in ring]) for ring in some
            ]
            for area, some in spots.items()
        }
        if sum(len(ring) for some in found.values() for ring in some) <= MOST_CORNERS:
            break
    return {area: [ring for ring in some if len(ring) > 2] or [_dot(spots[area][0][0])] for area, some in found.items()}


def _dot(spot: Spot) -> list[Spot]:
    """What stands for an area that is too small to be seen."""
    x, y = spot
    return [(x - 6, y), (x, y - 6), (x + 6, y), (x, y + 6)]


def _place(rings: Outline) -> _Place:
    left, right, y = _widest(rings, max(rings, key=_room))
    return _Place("".join(map(_way, rings)), ((left + right) // 2, y), right - left)


def _without_repeats(ring: Sequence[Spot]) -> list[Spot]:
    """The ring, not closed, without spots that lie on the one before."""
    return [spot for before, spot in pairwise(ring) if spot != before]


def _room(ring: Sequence[Spot]) -> int:
    """The area of the rectangle around a ring."""
    xs, ys = zip(*ring, strict=True)
    return int((max(xs) - min(xs)) * (max(ys) - min(ys)))


def _widest(rings: Sequence[Sequence[Spot]], ring: Sequence[Spot]) -> tuple[int, int, int]:
    """Where a level line through the middle of a ring runs longest inside: from, to, and its height."""
    ys = [y for _, y in ring]
    level = (min(ys) + max(ys)) / 2 + 0.25
    crossed = sorted(
        x0 + (level - y0) * (x1 - x0) / (y1 - y0)
        for one in rings
        for (x0, y0), (x1, y1) in zip(one, [*one[1:], one[0]], strict=True)
        if (y0 > level) != (y1 > level)
    )
    inside = list(zip(crossed[::2], crossed[1::2], strict=True))
    if not inside:
        return ring[0][0], ring[0][0], ring[0][1]
    left, right = max(inside, key=lambda part: part[1] - part[0])
    return round(left), round(right), round(level)


def _way(ring: Sequence[Spot]) -> str:
    steps = "".join(f"l{x1 - x0} {y1 - y0}" for (x0, y0), (x1, y1) in pairwise(ring))
    return f"M{ring[0][0]} {ring[0][1]}{steps}z"
