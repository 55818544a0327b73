"""A pen that never was: it is drawn along points by somebody in more or less of a hurry and leaves ink on paper."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

Picture = NDArray[np.uint8]
Path = NDArray[np.float64]

_STEPS = 14
"""Places between two points of a skeleton."""
_FINE = 4
"""Ink is drawn in so many times the paper's resolution."""
_MARGIN = 3

Colour = tuple[int, int, int]


@dataclass(frozen=True, eq=False, slots=True)
class Ink:
    """What a pen left around one cell: `cover` (0 to 255) is how much of the paper's light the ink takes.

    `left` and `top` say where the picture begins, in pixels from the cell's upper left corner; `colour` is that of the
    ink at its densest, blue, green, red.
    """

    cover: Picture
    left: int
    top: int
    colour: Colour

    def put_on(self, page: Picture, x: int, y: int) -> None:
        """Draws it on a page in blue, green, red whose cell begins at this pixel; what leaves the page is lost."""
        height, width = self.cover.shape
        x0, y0 = x + self.left, y + self.top
        inside = slice(max(0, y0), min(page.shape[0], y0 + height)), slice(max(0, x0), min(page.shape[1], x0 + width))
        part = page[inside]
        if part.size == 0:
            return
        cover = self.cover[inside[0].start - y0 : inside[0].stop - y0, inside[1].start - x0 : inside[1].stop - x0]
        light = 1 - cover[:, :, None] / 255 * (1 - np.array(self.colour) / 255)
        part[:] = np.rint(part * light).astype(np.uint8)


def path_of(points: Sequence[tuple[float, float]] | Path, haste: float) -> Path:
    """The way of a pen (n, 2) through points, where a point that is named twice is a corner.

    The curve is that of Catmull and Rom (1974). A pen has mass: `haste` (0 to 1) says how much the way is averaged
    over what was just drawn and what comes next, which rounds corners and makes loops smaller.
    """
    given = np.asarray(points, np.float64)
    corners = [place for place in range(1, len(given)) if np.array_equal(given[place], given[place - 1])]
    parts = [_through(part) for part in np.split(given, corners)]
    # Whoever is in no hurry stops at a corner.
    rest = round((1 - haste) * 0.6 * _STEPS)
    way = [np.concatenate([part, np.repeat(part[-1:], rest, axis=0)]) for part in parts[:-1]]
    whole = np.concatenate([*way, parts[-1]])
    smooth = gaussian_filter1d(whole, 0.2 + 0.55 * haste * _STEPS, axis=0, mode="nearest", truncate=3)
    smooth[0], smooth[-1] = whole[0], whole[-1]
    return np.asarray(smooth, np.float64)


def ink_of(
    ways: Sequence[Path],
    width: float,
    rng: np.random.Generator,
    *,
    colour: Colour,
    pressure: float,
    haste: float,
    unevenness: float,
) -> Ink:
    """The ink of some strokes, given in pixels from the cell's upper left corner; the pen is `width` pixels broad.

    `pressure` (0 to 1) is how dense the ink is. A quick pen is thinner where it runs and lifts at the end of a stroke;
    `unevenness` (0 to 1) is how much the ball skips.
    """
    everything = np.concatenate(list(ways))
    reach = width + _MARGIN
    left, top = (int(side) for side in np.floor(everything.min(axis=0) - reach))
    right, bottom = (int(side) for side in np.ceil(everything.max(axis=0) + reach))
    fine = np.zeros(((bottom - top) * _FINE, (right - left) * _FINE), np.uint8)
    for way in ways:
        _draw(fine, (way - (left, top)) * _FINE, width * _FINE, haste, rng)
    cover = cv2.resize(fine, (right - left, bottom - top), interpolation=cv2.INTER_AREA).astype(np.float32)
    grain = cv2.GaussianBlur(np.asarray(rng.standard_normal(cover.shape), np.float32), (0, 0), 0.8)
    cover *= np.clip(pressure * (1 - unevenness * np.abs(grain)), 0, 1)
    return Ink(np.rint(cover).astype(np.uint8), left, top, colour)


def _through(points: Path) -> Path:
    """Places on the smooth curve through points; on the straight line where there are two."""
    ends = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0, 1, _STEPS, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate([*pieces, points[-1:]])


def _draw(fine: Picture, way: Path, width: float, haste: float, rng: np.random.Generator) -> None:
    """One stroke; its breadth follows the pen's speed and a slow tremble of the pressure."""
    speed = np.hypot(*np.diff(way, axis=0, prepend=way[:1]).T)
    speed = gaussian_filter1d(speed, 3) / max(float(speed.mean()), 1e-6)
    wave = gaussian_filter1d(rng.standard_normal(len(way)), 8, mode="wrap") * 4
    breadth = width * np.clip(1 - 0.22 * haste * (speed - 1) + 0.07 * wave, 0.55, 1.4)
    fade = np.minimum(1, (len(way) - np.arange(len(way))) / (0.18 * len(way) + 1))
    breadth *= 1 - 0.5 * haste * (1 - fade)
    places = np.rint(way * 16).astype(int).tolist()
    for (x0, y0), (x1, y1), broad in zip(places, places[1:], breadth[1:].tolist(), strict=False):
        cv2.line(fine, (x0, y0), (x1, y1), 255, max(1, round(broad)), cv2.LINE_8, 4)
