"""Figures written in a column without boxes: where its rows are, and each row as a strip to be read as a whole.

What is left of the ink without the printed rules and dashes is grouped by height into rows. A row may be struck out as
a whole: that is said, and its digits are not to be counted.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from testigo.vision.free_column import Box, Column, column_of, components, level_column
from testigo.vision.load import Pixels

SIDE = 40
_DIGIT = 24
_SIZES = (0.87, 1.0, 1.15, 1.3)
_WINDOW = 1.35
_ROW_COSTS, _CROWDED = 0.3, 1.4
_FLAT = 0.14


@dataclass(frozen=True, slots=True)
class FreeRow:
    """One written row as strips (40, n) with paper at 255: without the printed rules, which may take a bar of a digit
    with them, and with; with and without what may be left of a dash; in four sizes. `struck` by a line."""

    box: Box
    strips: tuple[Pixels, ...]
    struck: bool


def find_rows(crop: Pixels, *, row_height: float, fewest: int = 1) -> tuple[FreeRow, ...]:
    """The written rows of a crop (grey or colour) from top to bottom; `row_height` is the form's, in pixels.

    A row has at least `fewest` digits.
    Boxes are in pixels of the crop after it was turned level, which moves nothing by more than its slant.
    """
    column = column_of(crop, row_height)
    rows = (_row(column, row, fewest) for row in _rows_of(column, row_height))
    # A single speck is a row only where single digits are: a padded figure never shrinks to less than two parts.
    return tuple(row for row in rows if row is not None)


def row_views(crop: Pixels, box: Box, *, row_height: float) -> tuple[Pixels, Pixels]:
    """The strips (40, n) of a row of a grey, level crop whose place is known: without and with the printed rules."""
    column = level_column(crop, row_height)
    return strip_of(column.even, box), strip_of(column.ruled, box)


def strip_of(even: Pixels, box: Box, size: float = 1.0) -> Pixels:
    """The figure in a box as a strip (40, n): digits 24 times `size` high, paper around, n a multiple of 4."""
    x0, y0, x1, y1 = box
    high = max(y1 - y0, 4)
    scale = size * _DIGIT / high
    room = 0.5 * high
    width = max(SIDE, 4 * math.ceil((x1 - x0 + 2 * room) * scale / 4))
    smooth = cv2.GaussianBlur(even, (0, 0), 0.4 / scale) if scale < 0.9 else even
    place = np.array([[scale, 0, scale * (room - x0)], [0, scale, SIDE / 2 - scale * (y0 + y1) / 2]])
    return np.asarray(cv2.warpAffine(smooth, place, (width, SIDE), borderValue=255), np.uint8)


def _rows_of(column: Column, row_height: float) -> list[list[Box]]:
    """Pieces of ink that may be a digit or some, row by row from the top, each row from left to right."""
    parts = [part for part in components(column.ink) if part[3] - part[1] > 0.15 * column.digit_height]
    border = _border(column.rules, row_height)
    parts = [
        part
        for part in parts
        if not (part[2] - part[0] < 0.3 * column.digit_height and _is_on(border, part, 0.08 * row_height))
        and not _is_beyond(border, part)
    ]
    rows = []
    for upper, lower in _bands(column, parts, row_height):
        pieces = [_within(column, part, upper, lower) for part in parts]
        row = _joined(sorted(piece for piece in pieces if piece is not None))
        tall, wide = 0.42 * column.digit_height, 0.06 * row_height
        rows.append([part for part in row if part[3] - part[1] >= tall and part[2] - part[0] >= wide])
    return [row for row in rows if row]


def _bands(column: Column, parts: Sequence[Box], row_height: float) -> list[tuple[int, int]]:
    """Upper and lower edge of each written row: rows are where ink is densest, and part where there is least."""
    height = column.ink.shape[0]
    # Filled: a 0 has least ink in its middle, where the row is.
    outlines, _ = cv2.findContours(column.ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    solid = np.asarray(cv2.drawContours(np.zeros_like(column.ink), outlines, -1, 255, -1), np.uint8)
    profile = np.zeros(height)
    for x0, y0, x1, y1 in parts:
        # A speck of a rule weighs less than a digit.
        weight = min(1.0, ((y1 - y0) / (0.5 * column.digit_height)) ** 2)
        profile[y0:y1] += weight * (solid[y0:y1, x0:x1] > 0).sum(axis=1)
    broad = gaussian_filter1d(profile, 0.14 * row_height)
    fine = gaussian_filter1d(profile, 0.05 * row_height)
    peaks = _peaks(broad, row_height)
    if not peaks:
        return []
    edges = [low + int(np.argmin(fine[low:high])) for low, high in pairwise(peaks)]
    around = round(0.75 * row_height)
    uppers = [max(0, peak - around, edge) for peak, edge in zip(peaks, [0, *edges], strict=True)]
    lowers = [min(height, peak + around, edge) for peak, edge in zip(peaks, [*edges, height], strict=True)]
    return list(zip(uppers, lowers, strict=True))


def _peaks(profile: NDArray[np.float64], row_height: float) -> list[int]:
    """The middles of rows: where there is ink, and no nearer to each other than rows of this form are.

    Of all choices the one with most ink in it, by its square root, for a row of thin 1s is a row; each row costs what a
    row must at least have, and more where it crowds the one before it.
    """
    top = float(profile.max())
    if top <= 0:
        return []
    gain = np.sqrt(profile / top) - _ROW_COSTS
    height = len(gain)
    best, before = gain.copy(), np.full(height, -1)
    reach = np.arange(1, height)
    crowded = _CROWDED * (np.maximum(1 - reach / row_height, 0) / 0.2) ** 2
    for y in range(1, height):
        other = best[y - 1 :: -1] - crowded[:y]
        place = int(np.argmax(other))
        if other[place] > 0:
            best[y], before[y] = gain[y] + other[place], y - 1 - place
    peaks = [int(np.argmax(best))]
    while before[peaks[-1]] >= 0:
        peaks.append(int(before[peaks[-1]]))
    return [peak for peak in reversed(peaks) if gain[peak] > 0]


def _within(column: Column, part: Box, upper: int, lower: int) -> Box | None:
    """What a part has in a row: all where it hardly leaves the row, a piece where it spans two, None if little."""
    x0, y0, x1, y1 = part
    inside = min(y1, lower) - max(y0, upper)
    if inside <= 0.5 * min(y1 - y0, 0.5 * column.digit_height):
        return None
    spill = 0.3 * column.digit_height
    top = y0 if upper - y0 < spill else upper
    bottom = y1 if y1 - lower < spill else lower
    return _narrow(column.ink, (x0, top, x1, bottom))


def _border(rules: Pixels, row_height: float) -> tuple[float, float] | None:
    """The column's right border as x = a + b y, from the upright rules in the right half; None where there is none."""
    upright = cv2.morphologyEx(rules, cv2.MORPH_OPEN, np.ones((max(9, round(0.6 * row_height)), 1), np.uint8))
    upright[:, : upright.shape[1] // 2] = 0
    y, x = np.nonzero(upright)
    if len(y) < 2 * row_height:
        return None
    slope, start = np.polyfit(y, x, 1)
    return float(start), float(slope)


def _is_on(border: tuple[float, float] | None, part: Box, reach: float) -> bool:
    if border is None:
        return False
    return abs((part[0] + part[2]) / 2 - border[0] - border[1] * (part[1] + part[3]) / 2) < reach


def _is_beyond(border: tuple[float, float] | None, part: Box) -> bool:
    return border is not None and part[0] > border[0] + border[1] * (part[1] + part[3]) / 2


def _row(column: Column, parts: list[Box], fewest: int) -> FreeRow | None:
    """The row that these parts make; None where they are too little for one."""
    joined = _joined([_without_tail(column, part) for part in parts])
    # From end to end: three 1s are thin, but they do not stand on one spot.
    if joined[-1][2] - joined[0][0] < 0.5 * fewest * 0.4 * column.digit_height:
        return None
    around = (*np.min(joined, axis=0)[:2].tolist(), *np.max(joined, axis=0)[2:].tolist())
    box = _upright(column, around)
    views = product((column.even, column.ruled), (box, around), _SIZES)
    strips = tuple(strip_of(even, seen, size) for even, seen, size in views)
    return FreeRow(box, strips, _is_struck(column.rules, joined))


def _upright(column: Column, box: Box) -> Box:
    """Where a box has strokes that are no thin flat line: what is left of a rule or dash does not make a row larger."""
    x0, y0, x1, y1 = box
    pen = max(3, round(_FLAT * column.digit_height))
    tall = cv2.morphologyEx(column.ink[y0:y1, x0:x1], cv2.MORPH_OPEN, np.ones((pen, 1), np.uint8))
    rows, columns = np.flatnonzero(tall.any(axis=1)), np.flatnonzero(tall.any(axis=0))
    if rows.size == 0:
        return box
    # The round of a digit ends in a flat stroke, as broad as the pen.
    edge = pen // 2
    upper, lower = max(y0, y0 + int(rows[0]) - edge), min(y1, y0 + int(rows[-1]) + 1 + edge)
    return max(x0, x0 + int(columns[0]) - edge), upper, min(x1, x0 + int(columns[-1]) + 1 + edge), lower


def _without_tail(column: Column, part: Box) -> Box:
    """The part without a thin flat end that is too long for a digit's own: what is left of a dash or a rule."""
    x0, y0, x1, y1 = part
    ink = column.ink[y0:y1, x0:x1] > 0
    extent = np.where(ink.any(axis=0), ink.shape[0] - ink[::-1].argmax(axis=0) - ink.argmax(axis=0), 0)
    tall = np.flatnonzero(extent > 0.22 * column.digit_height)
    if tall.size == 0:
        return part
    own = round(0.12 * column.digit_height)
    left = int(tall[0]) - own if tall[0] > 2 * own else 0
    right = int(tall[-1]) + 1 + own if x1 - x0 - tall[-1] > 2 * own else x1 - x0
    return _tight(column.ink, (x0 + left, y0, x0 + right, y1))


def _joined(parts: list[Box]) -> list[Box]:
    """Pieces of one digit (the bar of a 5) put together: those that stand over each other."""
    joined: list[Box] = []
    for part in parts:
        if joined:
            last = joined[-1]
            shared = min(last[2], part[2]) - max(last[0], part[0])
            if shared > 0.6 * min(last[2] - last[0], part[2] - part[0]):
                joined[-1] = (
                    min(last[0], part[0]),
                    min(last[1], part[1]),
                    max(last[2], part[2]),
                    max(last[3], part[3]),
                )
                continue
        joined.append(part)
    return joined


def _tight(ink: Pixels, box: Box) -> Box:
    """The box drawn close around its ink."""
    x0, y0, x1, y1 = box
    rows = np.flatnonzero(ink[y0:y1, x0:x1].any(axis=1))
    return box if rows.size == 0 else (x0, y0 + int(rows[0]), x1, y0 + int(rows[-1]) + 1)


def _narrow(ink: Pixels, box: Box) -> Box:
    """The box drawn close around its ink from the sides, then from above and below."""
    x0, y0, x1, y1 = _tight(ink, box)
    columns = np.flatnonzero(ink[y0:y1, x0:x1].any(axis=0))
    return (x0, y0, x1, y1) if columns.size == 0 else (x0 + int(columns[0]), y0, x0 + int(columns[-1]) + 1, y1)


def _is_struck(rules: Pixels, digits: Sequence[Box]) -> bool:
    """A line from the first digit to the last, through the middle of the row."""
    x0, x1 = min(box[0] for box in digits), max(box[2] for box in digits)
    inset = (x1 - x0) // 6
    x0, x1 = x0 + inset, x1 - inset
    top, bottom = (float(np.median([box[side] for box in digits])) for side in (1, 3))
    # A pen's line: of a printed rule or of digits' bars, a thread at most is left here.
    thick = max(2, round(0.05 * (bottom - top)))
    pen = cv2.morphologyEx(rules, cv2.MORPH_OPEN, np.ones((thick, 1), np.uint8))
    band = pen[round(top + 0.25 * (bottom - top)) : round(bottom - 0.3 * (bottom - top)), x0:x1]
    if band.size == 0:
        return False
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(band))
    return any(width > 0.85 * (x1 - x0) for width in stats[1:, cv2.CC_STAT_WIDTH].tolist())


def picture_of(even: Pixels, box: Box) -> Pixels:
    """The digit in the middle of (40, 40), as high as in a cell, with its neighbours out of sight."""
    x0, y0, x1, y1 = box
    alone: NDArray[np.uint8] = np.full_like(even, 255)
    edge = 2
    part = (slice(max(0, y0 - edge), y1 + edge), slice(max(0, x0 - edge), x1 + edge))
    alone[part] = even[part]
    scale = SIDE / (_WINDOW * max(y1 - y0, x1 - x0, 1))
    smooth = cv2.GaussianBlur(alone, (0, 0), 0.4 / scale) if scale < 0.9 else alone
    shift_x, shift_y = SIDE / 2 - scale * (x0 + x1) / 2, SIDE / 2 - scale * (y0 + y1) / 2
    place = np.array([[scale, 0, shift_x], [0, scale, shift_y]])
    return np.asarray(cv2.warpAffine(smooth, place, (SIDE, SIDE), borderValue=255), np.uint8)
