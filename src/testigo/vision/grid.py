"""The rows and cells that are printed within a part of a page, so that nobody has to count or place them.

A cell is a patch of paper that is bounded by lines or by a tint. Patches of about one size that stand in rows and
columns are a grid; writing may cut some of them in two, and worn lines may join some.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.vision.layout import Rect
from testigo.vision.load import Pixels, grey_of

_MOST_ROWS, _MOST_CELLS = 60, 9
_REACH = 0.012
_LIGHT = (0.92, 0.86, 0.78)
_LEAST_SIDE = 10
_LEAST_FULL = 0.5
_ALIKE = 0.25
_EVEN, _STEP_EVEN = 0.15, 0.06
_MOST_FREE = 0.3
_LEAST_THERE = 0.6
_NO_GAP = 0.08

Patches = NDArray[np.float64]
"""Left, upper, right, lower edge (n, 4) in pixels."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Equal rows of equal cells in `rect`; `gap` is the part of the step from row to row that is between two rows."""

    rect: Rect
    rows: int
    cells: int
    gap: float


def grids_in(page: Pixels, rect: Rect) -> tuple[Grid, ...]:
    """The printed rows and cells that fill about this part of a page (grey or colour), from the top.

    One grid where all rows are of one height and step, else one for each run of rows that are. Cells may stand outside
    `rect` by a hundredth of the page; none where they are not even, or leave much of `rect` free.
    """
    grey = grey_of(page)
    height, width = grey.shape
    left, upper, right, lower = rect.in_pixels(width, height)
    reach = round(_REACH * max(width, height))
    x0, y0 = max(0, round(left) - reach), max(0, round(upper) - reach)
    part = grey[y0 : min(height, round(lower) + reach), x0 : min(width, round(right) + reach)]
    if min(part.shape) < 2 * _LEAST_SIDE:
        return ()
    looked = [_cells_of(_patches(part, least)) for least in _LIGHT]
    filling = [one for one in looked if one is not None and _fills(one, right - left, lower - upper, reach)]
    if not filling:
        return ()
    found = max(filling, key=lambda one: one.there)
    return tuple(
        Grid(Rect((x + x0) / width, (y + y0) / height, w / width, h / height), rows, found.cells, gap)
        for (x, y, w, h), rows, gap in _runs(found)
    )


@dataclass(frozen=True, slots=True)
class _Cells:
    """Where columns of equal cells begin and end, and the edges of their rows, in pixels.

    `there` is the share of these cells that were seen as such, and of patches that are cells, whichever is less.
    """

    left: float
    right: float
    tops: NDArray[np.float64]
    bottoms: NDArray[np.float64]
    cells: int
    there: float


def _fills(found: _Cells, wide: float, high: float, reach: int) -> bool:
    """Whether the cells take up what was drawn, but for what a hand draws too much."""
    free_wide, free_high = wide - (found.right - found.left), high - (found.bottoms[-1] - found.tops[0])
    return bool(free_wide <= max(_MOST_FREE * wide, 2 * reach) and free_high <= max(_MOST_FREE * high, 2 * reach))


def _patches(part: Pixels, least: float) -> Patches:
    """The patches at least so light, in parts of the lightest near them, that do not go on beyond the part."""
    smooth = cv2.GaussianBlur(part, (0, 0), 1.1)
    size = max(25, min(part.shape) // 3) | 1
    paper = cv2.GaussianBlur(cv2.dilate(smooth, np.ones((size, size), np.uint8)), (0, 0), size / 4)
    light = np.asarray(smooth > least * paper.astype(np.float32), np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(light, connectivity=4)
    height, width = part.shape
    kept = []
    for x, y, w, h, area in stats[1:count].tolist():
        inside = x > 0 and y > 0 and x + w < width and y + h < height
        if inside and min(w, h) >= _LEAST_SIDE and area >= _LEAST_FULL * w * h:
            kept.append((x, y, x + w, y + h))
    return np.array(kept, np.float64).reshape(-1, 4)


def _cells_of(patches: Patches) -> _Cells | None:
    """What the patches that are cells have in common; None where they make no columns."""
    if not len(patches):
        return None
    tall = patches[:, 3] - patches[:, 1]
    # Cells are the patches that there are most of; the figures' own loops and halves of cells are smaller.
    usual = _usual(tall)
    patches = patches[np.abs(tall - usual) <= _ALIKE * usual]
    if not len(patches):
        return None
    tops, bottoms = _bands(patches[:, 1], patches[:, 3])
    wide = _usual(patches[:, 2] - patches[:, 0])
    left, right = _outermost(patches[:, 0], wide), -_outermost(-patches[:, 2], wide)
    line = _line(patches, wide)
    cells = round((right - left + line) / (wide + line))
    step = (right - left + line) / max(cells, 1)
    if len(tops) > _MOST_ROWS or not 1 <= cells <= _MOST_CELLS or abs(step - wide - line) > _EVEN * step:
        return None
    # Every patch begins where a cell begins, but for halves of cells.
    starts = (patches[:, 0] - left) / step
    fits = (np.abs(starts - starts.round()) <= _EVEN) & (np.abs(patches[:, 2] - patches[:, 0] - wide) <= _ALIKE * wide)
    there = min(float(fits.mean()), float(fits.sum()) / (len(tops) * cells))
    if there < _LEAST_THERE:
        return None
    return _Cells(left - line / 2, right + line / 2, tops - line / 2, bottoms + line / 2, cells, there)


def _outermost(edges: NDArray[np.float64], wide: float) -> float:
    """The usual place of the edges that are as far out as any."""
    return float(np.median(edges[edges < edges.min() + wide / 3]))


def _runs(found: _Cells) -> Iterator[tuple[tuple[float, float, float, float], int, float]]:
    """Every run of even rows: its x, y, width and height in pixels, its rows, and its gap."""
    first = 0
    while first < len(found.tops):
        last = first
        while last + 1 < len(found.tops) and _is_even(np.diff(found.tops[first : last + 2])):
            last += 1
        upper, rows = float(found.tops[first]), last - first + 1
        high = float(np.median((found.bottoms - found.tops)[first : last + 1]))
        pitch = (float(found.tops[last]) - upper) / (rows - 1) if rows > 1 else high
        gap = max(0.0, 1 - high / pitch)
        gap = round(gap, 4) if gap > _NO_GAP else 0.0
        yield (found.left, upper, found.right - found.left, pitch * (rows - gap)), rows, gap
        first = last + 1


def _usual(sizes: NDArray[np.float64]) -> float:
    """The size that most others are near to; of several the largest."""
    near = (np.abs(sizes[:, None] - sizes[None, :]) <= _ALIKE / 2 * sizes[:, None]).sum(axis=1)
    return float(np.median(sizes[near == near.max()])) if len(sizes) > 2 else float(sizes.max())


def _bands(tops: NDArray[np.float64], bottoms: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Upper and lower edges of the rows."""
    groups: list[list[int]] = []
    for index in np.argsort(tops).tolist():
        middle = (tops[index] + bottoms[index]) / 2
        if groups and middle < np.median(bottoms[groups[-1]]):
            groups[-1].append(index)
        else:
            groups.append([index])
    upper = np.array([np.median(tops[group]) for group in groups], np.float64)
    return upper, np.array([np.median(bottoms[group]) for group in groups], np.float64)


def _is_even(steps: NDArray[np.float64]) -> bool:
    middle = float(np.median(steps))
    return bool((np.abs(steps - middle) <= max(2.0, _STEP_EVEN * middle)).all())


def _line(patches: Patches, wide: float) -> float:
    """How thick the lines between neighbours are, in pixels: in a row where there are any, else in a column."""
    high = float(np.median(patches[:, 3] - patches[:, 1]))
    for along, across, most in ((0, 1, wide / 3), (1, 0, high / 3)):
        between = [
            other[along] - one[along + 2]
            for one in patches
            for other in patches
            if abs(one[across] - other[across]) < high / 2 and 0 < other[along] - one[along + 2] < most
        ]
        if between:
            return float(np.median(between))
    return 2.0
