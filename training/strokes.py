"""Digits drawn by a pen that follows points: the ways of writing them that differ between schools and countries.

A shape is some strokes, each a run of points in a box of 1 by 1 (x to the right, y down) through which a smooth curve
(Catmull-Rom) is drawn. Points are shaken, so that no two digits are the same.
"""

from collections.abc import Mapping

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
        "50,0 10,30 10,75 50,100 90,70 90,25 50,0; 95,0 5,100",
    ),
    1: (
        "50,0 48,100",
        "62,0 40,100",
        "15,32 62,0; 62,0 58,100",
        "2,50 35,25 66,0; 66,0 60,100",
        "20,25 55,0; 55,0 52,100; 15,100 90,98",
        "5,45 60,0; 60,0 50,97; 10,97 50,95 95,100",
        "25,20 60,0; 60,0 50,85 70,98 95,90",
    ),
    2: (
        "10,25 40,0 85,15 75,50 10,100; 10,100 95,97",
        "8,20 50,0 90,25 50,65 8,98 50,90 100,100",
        "10,25 45,0 88,25 50,75 15,98 5,82 30,80 60,98 100,90",
        "10,5 80,5 75,40 10,100; 10,100 90,100",
        "20,30 25,5 80,0 90,35 30,80 5,100; 5,100 100,95",
    ),
    3: (
        "10,10 55,0 88,20 40,48; 40,48 95,62 80,95 30,100 5,85",
        "12,18 50,0 85,22 45,46 50,50 92,72 50,100 5,88",
        "10,2 90,2; 90,2 40,42; 40,42 95,60 75,97 5,92",
    ),
    4: (
        "60,0 5,65; 5,65 95,62; 68,30 62,100",
        "15,0 10,50 50,55 90,50; 75,0 70,100",
        "65,0 2,70; 2,70 100,70; 65,0 65,100",
        "25,5 5,55; 5,55 95,50; 85,10 60,100",
    ),
    5: (
        "20,3 15,42; 15,42 70,38 95,70 55,100 5,90; 20,3 90,0",
        "90,0 25,5; 25,5 20,45; 20,45 75,45 85,80 40,100 5,92",
        "85,2 30,0 20,40 65,42 90,70 55,100 0,95",
        "95,0 30,8 15,35 50,50 75,75 40,100 5,90",
    ),
    6: (
        "75,0 25,30 5,75 40,100 88,80 65,52 15,65",
        "85,5 40,10 8,60 35,100 85,88 85,55 45,48 12,70",
        "55,0 15,50 20,95 70,98 85,65 50,52 20,75",
    ),
    7: (
        "5,3 95,0; 95,0 40,100",
        "5,5 92,2; 92,2 55,50 40,100; 30,50 90,45",
        "5,20 10,3; 10,3 95,3; 95,3 35,100; 25,55 85,50",
        "5,15 30,0 60,12 95,0; 95,0 50,55 42,100",
        "10,8 50,0 90,10 75,50 50,100",
    ),
    8: (
        "85,15 45,0 15,22 50,48 90,75 50,100 8,78 50,48 85,15",
        "50,48 15,22 50,0 85,22 50,48 8,75 50,100 92,75 50,48",
        "80,8 30,5 25,35 75,65 70,97 20,95 25,62 85,10",
        "50,0 20,20 50,45 80,20 50,0; 50,45 8,70 50,100 92,70 50,45",
    ),
    9: (
        "85,30 50,50 10,30 40,0 85,15 85,30; 85,25 75,100",
        "88,15 45,0 10,25 40,50 85,28 85,60 60,95 15,95",
        "85,20 50,0 12,25 45,48 88,20 80,60 45,100",
        "80,8 30,2 10,35 55,45 85,10; 85,10 88,100",
    ),
}
"""Of every digit its shapes: strokes parted by `;`, points as x,y in hundredths."""


def shape_of(text: str) -> Shape:
    """The shape that a text of SHAPES says."""
    return tuple(
        tuple((int(x) / 100, int(y) / 100) for x, y in (point.split(",") for point in stroke.split()))
        for stroke in text.split(";")
    )


def drawn(shape: Shape, rng: np.random.Generator, *, width: float, shake: float) -> Mask:
    """A shape as ink 1 on paper 0, drawn close around. `width` is the pen's in parts of the height."""
    side = _HEIGHT
    margin = 16
    aspect = rng.uniform(0.45, 0.85)
    canvas = np.zeros((side + 2 * margin, round(side * aspect) + 2 * margin), np.uint8)
    thick = max(1, round(width * side))
    for stroke in shape:
        points = np.array(stroke) + rng.normal(0, shake, (len(stroke), 2))
        curve = _through(points * (side * aspect, side) + margin)
        cv2.polylines(canvas, [np.rint(curve * 8).astype(np.int32)], False, 255, thick, cv2.LINE_AA, 3)
    rows, columns = np.flatnonzero(canvas.any(axis=1)), np.flatnonzero(canvas.any(axis=0))
    return np.asarray(canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], np.float32) / 255


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


def any_shape(digit: int, rng: np.random.Generator) -> Mask:
    """A digit in one of its ways, by a pen of some breadth and a hand of some calm."""
    shapes = SHAPES[digit]
    shape = shape_of(shapes[int(rng.integers(len(shapes)))])
    return drawn(shape, rng, width=float(rng.uniform(0.04, 0.16)), shake=float(rng.uniform(0.005, 0.05)))
