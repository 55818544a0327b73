"""Digits drawn by a pen that follows points: the ways of writing them that differ between schools and countries.

A shape is some strokes, each a run of points in a box of 1 by 1 (x to the right, y down) through which a smooth curve
(Catmull-Rom) is drawn. Points are shaken, so that no two digits are the same. A 1 and a 7 are not listed but made: how
long a flag or a bar is, and how steep, has no few ways.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.float32]
Stroke = tuple[tuple[float, float], ...]
Shape = tuple[Stroke, ...]

_HEIGHT = 72

SHAPES: Mapping[int, tuple[str, ...]] = {
    0: (
        "50,0 12,22 5,60 30,100 75,95 95,50 80,10 50,0",
        "60,5 15,20 8,70 45,100 90,75 88,20 55,0 40,8",
        "70,12 35,0 5,40 20,92 60,100 95,60 85,15 60,4",
        "50,0 10,30 10,75 50,100 90,70 90,25 50,0 75,-10",
        "35,5 60,0 92,25 90,75 50,100 10,75 8,25 40,8",
    ),
    2: (
        "10,25 40,0 85,15 75,50 10,100; 10,100 95,97",
        "8,20 50,0 90,25 50,65 8,98 50,90 100,100",
        "10,25 45,0 88,25 50,75 15,98 5,82 30,80 60,98 100,90",
        "10,5 80,5 75,40 10,100; 10,100 90,100",
        "20,30 25,5 80,0 90,35 30,80 5,100; 5,100 100,95",
        "5,18 45,0 85,14 70,46 20,82 4,98 28,94 60,90 100,94",
        "0,26 18,4 60,0 84,20 56,60 4,98; 4,98 34,90 70,100 100,92",
    ),
    3: (
        "10,10 55,0 88,20 40,48; 40,48 95,62 80,95 30,100 5,85",
        "12,18 50,0 85,22 45,46 50,50 92,72 50,100 5,88",
        "10,2 90,2; 90,2 40,42; 40,42 95,60 75,97 5,92",
        "8,12 45,0 80,16 58,42 30,50 26,42 48,42 86,60 84,86 40,100 0,86",
        "14,6 60,2 82,20 52,42 42,48 74,56 90,80 46,100 0,100",
    ),
    4: (
        "60,0 5,65; 5,65 95,62; 68,30 62,100",
        "15,0 10,50 50,55 90,50; 75,0 70,100",
        "65,0 2,70; 2,70 100,70; 65,0 65,100",
        "25,5 5,55; 5,55 95,50; 85,10 60,100",
        "35,0 12,34 2,58 24,66 100,56; 76,34 62,70 46,100",
        "60,100 72,0; 72,0 0,62; 0,62 100,64",
        "12,0 4,36 14,54 50,56 94,50; 86,0 76,50 70,100",
    ),
    5: (
        "20,3 15,42; 15,42 70,38 95,70 55,100 5,90; 20,3 90,0",
        "90,0 25,5; 25,5 20,45; 20,45 75,45 85,80 40,100 5,92",
        "85,2 30,0 20,40 65,42 90,70 55,100 0,95",
        "95,0 30,8 15,35 50,50 75,75 40,100 5,90",
        "20,10 12,44 28,43 68,44 84,70 56,98 0,94; 30,2 65,-3 100,-6",
    ),
    6: (
        "75,0 25,30 5,75 40,100 88,80 65,52 15,65",
        "85,5 40,10 8,60 35,100 85,88 85,55 45,48 12,70",
        "55,0 15,50 20,95 70,98 85,65 50,52 20,75",
        "92,12 72,0 28,16 4,58 18,94 62,100 96,80 82,54 40,52 8,70",
        "62,0 18,34 2,76 30,100 74,92 74,70 42,66 16,84",
    ),
    8: (
        "85,15 45,0 15,22 50,48 90,75 50,100 8,78 50,48 85,15",
        "50,48 15,22 50,0 85,22 50,48 8,75 50,100 92,75 50,48",
        "80,8 30,5 25,35 75,65 70,97 20,95 25,62 85,10",
        "50,0 20,20 50,45 80,20 50,0; 50,45 8,70 50,100 92,70 50,45",
        "96,6 46,4 16,22 54,46 86,76 44,100 4,80 42,50 78,26 100,0",
        "40,50 84,20 52,0 18,20 64,52 84,80 44,100 4,80 42,48",
    ),
    9: (
        "85,30 50,50 10,30 40,0 85,15 85,30; 85,25 75,100",
        "88,15 45,0 10,25 40,50 85,28 85,60 60,95 15,95",
        "85,20 50,0 12,25 45,48 88,20 80,60 45,100",
        "80,8 30,2 10,35 55,45 85,10; 85,10 88,100",
        "82,18 48,0 6,20 14,46 60,46 86,18 68,60 26,100",
        "84,16 46,0 2,22 28,46 76,36 88,10 92,56 90,86 60,100 22,90",
        "76,2 26,6 4,28 26,48 70,42 92,12 86,54 74,100",
    ),
}
"""Of every digit but 1 and 7 its shapes: strokes parted by `;`, points as x,y in hundredths."""

PLAIN, FLAGGED, HOOKED, FOOTED, TAILED = range(5)


def shape_of(text: str) -> Shape:
    """The shape that a text of SHAPES says."""
    return tuple(
        tuple((int(x) / 100, int(y) / 100) for x, y in (point.split(",") for point in stroke.split()))
        for stroke in text.split(";")
    )


def drawn(shape: Shape, rng: np.random.Generator, *, width: float, shake: float, aspect: float, haste: float) -> Mask:
    """A shape as ink 1 on paper 0, drawn close around. `width` is the pen's in parts of the height."""
    side = _HEIGHT
    margin = 24
    canvas = np.zeros((side + 2 * margin, round(side * max(aspect, 0.9)) + 2 * margin), np.uint8)
    thick = max(1, round(width * side))
    least = min(0.0, *(x for stroke in shape for x, _ in stroke))
    shaken: dict[tuple[float, float], NDArray[np.float64]] = {}
    for stroke in shape:
        points = np.array([shaken.setdefault(at, np.array(at) + rng.normal(0, shake, 2)) for at in stroke])
        curve = _hasty(_through((points - (least, 0)) * (side * aspect, side) + margin), haste)
        cv2.polylines(canvas, [np.rint(curve * 8).astype(np.int32)], False, 255, thick, cv2.LINE_AA, 3)
    rows, columns = np.flatnonzero(canvas.any(axis=1)), np.flatnonzero(canvas.any(axis=0))
    return np.asarray(canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], np.float32) / 255


def _hasty(curve: NDArray[np.float64], haste: float) -> NDArray[np.float64]:
    """The curve with its corners cut; its ends stay."""
    if haste < 0.3:
        return curve
    reach = min(int(np.ceil(3 * haste)), len(curve) - 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / haste) ** 2)
    kernel = weights / weights.sum()
    before, behind = 2 * curve[:1] - curve[reach:0:-1], 2 * curve[-1:] - curve[-2 : -reach - 2 : -1]
    long = np.vstack([before, curve, behind])
    return np.stack([np.convolve(long[:, axis], kernel, "valid") for axis in (0, 1)], axis=1)


def _through(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A centripetal-like Catmull-Rom curve through points (n, 2), twelve steps between two of them."""
    if len(points) == 2:
        middle = points.mean(axis=0) + (points[1] - points[0])[::-1] * (-0.02, 0.02)
        points = np.vstack([points[0], middle, points[1]])
    ends = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    steps = np.linspace(0, 1, 12, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        pieces.append(
            0.5
            * (2 * b + (c - a) * steps + (2 * a - 5 * b + 4 * c - d) * steps**2 + (3 * b - a - 3 * c + d) * steps**3)
        )
    return np.vstack([*pieces, points[-1:]])


@dataclass(frozen=True, slots=True)
class Pen:
    """How one person writes all ten digits: the shapes that are theirs, and the pen's breadth in parts of the height.

    `shake` is the standard deviation of a shape's points from one time to the next, `aspect` the width of a box,
    `haste` how far corners are cut, in twelfths of the way between two points.
    """

    shapes: tuple[Shape, ...]
    breadth: float
    shake: float
    aspect: float
    haste: float

    def draw(self, digit: int, rng: np.random.Generator) -> Mask:
        """The digit as it is written now."""
        aspect = float(np.clip(self.aspect * np.exp(rng.normal(0, 0.08)), 0.35, 0.95))
        if digit in (1, 7):
            aspect = float(np.exp(rng.normal(0, 0.06)))
        return drawn(self.shapes[digit], rng, width=self.breadth, shake=self.shake, aspect=aspect, haste=self.haste)


def pen_of(rng: np.random.Generator) -> Pen:
    """Somebody's pen and ways. Two who learnt the same way still do not write it quite alike."""
    return Pen(
        shapes=tuple(_own(_way(digit, rng), rng, 0.015 if digit in (1, 7) else 0.03) for digit in range(10)),
        breadth=float(rng.uniform(0.035, 0.15)),
        shake=float(rng.uniform(0.004, 0.04)),
        aspect=float(rng.uniform(0.42, 0.85)),
        haste=float(5 * rng.random() ** 1.5),
    )


def any_shape(digit: int, rng: np.random.Generator) -> Mask:
    """A digit in one of its ways, by a pen of some breadth and a hand of some calm."""
    return pen_of(rng).draw(digit, rng)


def slashed(ink: Mask, rng: np.random.Generator) -> Mask:
    """A nought as some write it who must not be taken for an O: with a slash, short or long, or with a dot."""
    room = round(0.3 * ink.shape[0])
    canvas = cv2.copyMakeBorder(ink, room, room, room, room, cv2.BORDER_CONSTANT, value=0)
    height, width = ink.shape
    thick = max(2, round(float(rng.uniform(0.035, 0.13)) * height))
    middle = np.array((width / 2 + room, height / 2 + room))
    if rng.random() < 0.12:
        centre = middle + rng.normal(0, 0.04, 2) * (width, height)
        cv2.circle(canvas, (round(centre[0]), round(centre[1])), round(0.8 * thick), 1.0, -1, cv2.LINE_AA)
    else:
        reach = rng.uniform(0.55, 1.25) * np.array((width, -height)) / 2
        if rng.random() < 0.2:
            reach[0] = -reach[0]
        reach *= np.exp(rng.normal(0, 0.12, 2))
        ends = middle + rng.normal(0, 0.05, 2) * (width, height) + np.array((-1, 1))[:, None] * reach
        over = np.zeros(canvas.shape, np.uint8)
        cv2.polylines(over, [np.rint(ends * 8).astype(np.int32)], False, 255, thick, cv2.LINE_AA, 3)
        canvas = np.maximum(canvas, over.astype(np.float32) / 255)
    rows, columns = np.flatnonzero(canvas.max(axis=1) > 0.3), np.flatnonzero(canvas.max(axis=0) > 0.3)
    return np.asarray(canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], np.float32)


def _way(digit: int, rng: np.random.Generator) -> Shape:
    if digit == 1:
        return _one(rng)
    if digit == 7:
        return _seven(rng)
    shapes = SHAPES[digit]
    return shape_of(shapes[int(rng.integers(len(shapes)))])


def _own(shape: Shape, rng: np.random.Generator, moves: float) -> Shape:
    """The shape as one person learnt it, its points moved by so much: ends that meet still meet."""
    moved: dict[tuple[float, float], tuple[float, float]] = {}
    for stroke in shape:
        for x, y in stroke:
            moved.setdefault((x, y), (x + float(rng.normal(0, moves)), y + float(rng.normal(0, moves))))
    return tuple(tuple(moved[point] for point in stroke) for stroke in shape)


def _one(rng: np.random.Generator) -> Shape:
    """A 1, x in heights: a stem; before it nothing, a flag that falls away steeply, or a hook; under it nothing, a foot
    or a tail."""
    top, low = rng.uniform(-0.06, 0.1), rng.uniform(-0.08, 0.04)
    kind = int(rng.choice(5, p=(0.22, 0.36, 0.2, 0.16, 0.06)))
    bend = (top + low) / 2 + rng.normal(0, 0.015)
    stem: Stroke = ((top, 0.0), (bend, 0.5), (low, 1.0))
    strokes = [stem]
    if kind == TAILED:
        strokes = [(*stem[:2], (low, 0.9), (low + rng.uniform(0.1, 0.25), rng.uniform(0.88, 1.0)))]
    if kind == HOOKED:
        back = rng.uniform(0.05, 0.18)
        drop = back * rng.uniform(0.6, 1.3)
        strokes = [((top - back, drop), (top - 0.015, 0.0), (top + 0.02, 0.1), *stem[1:])]
    if kind == FLAGGED or (kind in (FOOTED, TAILED) and rng.random() < 0.75):
        length, angle = rng.uniform(0.12, 0.62), np.deg2rad(rng.uniform(38, 72))
        flag = (top - length * np.cos(angle), length * np.sin(angle))
        bow = (top + flag[0]) / 2 + rng.normal(0, 0.015), flag[1] / 2 + rng.uniform(-0.01, 0.05)
        strokes[0:1] = _joined((flag, bow, (top, 0.0)), strokes[0], rng)
    if kind == FOOTED:
        left, right = rng.uniform(0.1, 0.32), rng.uniform(0.1, 0.32)
        strokes.append(((low - left, 1.0 + rng.normal(0, 0.02)), (low, 0.99), (low + right, 1.0 + rng.normal(0, 0.02))))
    return tuple(strokes)


def _seven(rng: np.random.Generator) -> Shape:
    """A 7, x in heights: a bar that is nearly level, straight, waved or with a serif, and a stem, often crossed."""
    right, level = rng.uniform(0.4, 0.75), rng.uniform(-0.04, 0.08)
    corner = (right, level)
    bar: Stroke = ((0.0, level + rng.uniform(-0.05, 0.07)), (right / 2, level + rng.normal(0, 0.02)), corner)
    kind = rng.random()
    if kind < 0.2:
        bar = ((0.0, level + 0.08), (0.3 * right, level - 0.02), (0.65 * right, level + 0.05), corner)
    serif = ((bar[0][0] + rng.normal(0, 0.02), bar[0][1] + rng.uniform(0.08, 0.26)), bar[0])
    strokes = [serif] if 0.2 <= kind < 0.5 else []
    foot = right * rng.uniform(0.15, 0.6)
    middle = (foot + (right - foot) * rng.uniform(0.35, 0.6), 0.45)
    strokes += _joined(bar, (corner, middle, (foot + 0.01, 0.8), (foot, 1.0)), rng)
    if rng.random() < 0.42:
        y, reach = rng.uniform(0.4, 0.62), rng.uniform(0.1, 0.24)
        x = foot + (right - foot) * (1 - y) * 0.9
        strokes.append(((x - reach, y + rng.normal(0.02, 0.02)), (x + reach, y + rng.normal(-0.02, 0.02))))
    return tuple(strokes)


def _joined(first: Stroke, then: Stroke, rng: np.random.Generator) -> list[Stroke]:
    """Two strokes that meet, mostly in one move of the pen: then haste rounds the corner between them."""
    return [(*first, *then)] if rng.random() < 0.65 else [first, then]
