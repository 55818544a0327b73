"""Pictures of an assessment as SVG made on the server: no script, no inline style; what they show also stands as text.

Every picture is `role="img"` with its sentence as label. Colours come from classes of site.css, so they follow light
and dark; lengths are in the units of the view box.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 96, 24, 14, 40
LEVELS = 6
"""Shades of a fingerprint."""

_FRAME = Markup('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>')
_TEXT = Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>')
_LINE = Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>')


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its range, what stands below or beside it, and where it has marks with their words."""

    low: float
    high: float
    title: str
    marks: tuple[tuple[float, str], ...]

    def part(self, value: float) -> float:
        """Where the value stands between the ends, 0 to 1; values outside stand at the ends."""
        span = self.high - self.low
        return min(1.0, max(0.0, (value - self.low) / span)) if span else 0.0


def _x(axis: Axis, value: float) -> float:
    return LEFT + axis.part(value) * (WIDTH - LEFT - RIGHT)


def _y(axis: Axis, value: float) -> float:
    return TOP + (1 - axis.part(value)) * (HEIGHT - TOP - BOTTOM)


def _axes(across: Axis, up: Axis) -> Markup:
    parts = [_LINE.format("axis", LEFT, TOP, LEFT, HEIGHT - BOTTOM)]
    parts.append(_LINE.format("axis", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM))
    for value, word in across.marks:
        parts.append(_TEXT.format(_x(across, value), HEIGHT - BOTTOM + 15, "middle", word))
    for value, word in up.marks:
        parts.append(_LINE.format("grid", LEFT, _y(up, value), WIDTH - RIGHT, _y(up, value)))
        parts.append(_TEXT.format(LEFT - 6, _y(up, value) + 4, "end", word))
    parts.append(_TEXT.format((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "middle", across.title))
    return Markup("").join(parts)


def _framed(title: str, body: Markup, width: int = WIDTH, height: int = HEIGHT) -> Markup:
    return _FRAME.format(width, height, title, body)


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a plot: its points in the units of the axes, a colour (empty for that of text), and its name."""

    points: tuple[tuple[float, float], ...]
    colour: str
    name: str


def line_plot(
    title: str, across: Axis, up: Axis, lines: Sequence[Line], band: Sequence[tuple[float, float, float]] = ()
) -> Markup:
    """Lines over a frame, a band (x, low, high) behind them, the zero of `up` drawn strongly where it is inside."""
    parts = [_axes(across, up)]
    if band:
        edge = [(_x(across, x), _y(up, low)) for x, low, _ in band]
        edge += [(_x(across, x), _y(up, high)) for x, _, high in reversed(band)]
        parts.append(Markup('<path class="band" d="{}Z"/>').format(_path(edge)))
    if up.low < 0 < up.high:
        parts.append(_LINE.format("zero", LEFT, _y(up, 0), WIDTH - RIGHT, _y(up, 0)))
    for line in lines:
        points = [(_x(across, x), _y(up, y)) for x, y in line.points]
        stroke = Markup(' stroke="{}"').format(line.colour) if line.colour else Markup("")
        style = "line" if line.colour else "line plain"
        parts.append(Markup('<path class="{}" d="{}"{}/>').format(style, _path(points), stroke))
        x, y = points[-1]
        parts.append(_TEXT.format(x - 4, max(TOP + 10, y - 6), "end", line.name))
    return _framed(title, Markup("").join(parts))


def fingerprint_plot(title: str, across: Axis, up: Axis, counts: Sequence[Sequence[int]]) -> Markup:
    """Squares of a two-dimensional histogram, darker where more stations are; `counts[column][row]` from the origin."""
    columns, rows = len(counts), len(counts[0]) if counts else 0
    most = max((n for column in counts for n in column), default=0)
    width, height = (WIDTH - LEFT - RIGHT) / max(1, columns), (HEIGHT - TOP - BOTTOM) / max(1, rows)
    shades: list[list[str]] = [[] for _ in range(LEVELS)]
    for i, column in enumerate(counts):
        for j, number in enumerate(column):
            if number:
                level = min(LEVELS - 1, int(LEVELS * (number / most) ** 0.5))
                x, y = LEFT + i * width, HEIGHT - BOTTOM - (j + 1) * height
                shades[level].append(f"M{x:.1f} {y:.1f}h{width:.1f}v{height:.1f}h-{width:.1f}z")
    squares = Markup("").join(
        Markup('<path class="cell" fill-opacity="{:.2f}" d="{}"/>').format((level + 1) / LEVELS, "".join(paths))
        for level, paths in enumerate(shades)
        if paths
    )
    return _framed(title, squares + _axes(across, up))


@dataclass(frozen=True, slots=True)
class Tile:
    """One area of a tile map: a short label, its full name with the figures, and how much of it is counted, 0 to 1.

    `part` is None where nobody knows how many stations the area has.
    """

    label: str
    title: str
    part: float | None
    page: str


def tile_map(title: str, tiles: Sequence[Tile], across: int = 8) -> Markup:
    """Areas as equal squares in the order of their names, filled from below as far as they are counted.

    Equal squares, since a drawn map shows land and not stations; unknown coverage is hatched by a dashed edge.
    """
    side, gap = 76, 4
    parts = []
    for number, tile in enumerate(tiles):
        x, y = (number % across) * (side + gap), (number // across) * (side + gap)
        filled = 0.0 if tile.part is None else min(1.0, tile.part) * side
        parts.append(
            Markup(
                '<a href="{}"><title>{}</title><rect class="tile{}" x="{}" y="{}" width="{}" height="{}"/>'
                '<rect class="filled" x="{}" y="{:.1f}" width="{}" height="{:.1f}"/>'
                '<text x="{}" y="{}" text-anchor="middle">{}</text></a>'
            ).format(
                tile.page,
                tile.title,
                " unknown" if tile.part is None else "",
                x,
                y,
                side,
                side,
                x,
                y + side - filled,
                side,
                filled,
                x + side / 2,
                y + side / 2 + 4,
                tile.label,
            )
        )
    rows = -(-len(tiles) // across)
    width, height = min(len(tiles), across) * (side + gap) - gap, rows * (side + gap) - gap
    framed = _framed(title, Markup("").join(parts), max(side, width), max(side, height))
    # A picture has no links in it; a group of them may.
    return Markup(str(framed).replace('role="img"', 'role="group"', 1))  # noqa: S704
