"""Figures written in a column without boxes: the rows, and in each row a small picture of all that may be a digit.

The printed rules of the table and the dashes that fill the space before a figure are taken out first; what is left is
grouped by height into rows and cut through the thinnest ink, more often than digits can part. A row may be struck out
as a whole: that is said, and its digits are not to be counted.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from testigo.vision.load import Pixels

Box = tuple[int, int, int, int]

SIDE = 40
_WINDOW = 1.35
_MOST_SLANT = 12.0


@dataclass(frozen=True, slots=True)
class Piece:
    """What may be one digit: the ink between two cuts of its row, counted from 0 at the left.

    `box` is (x0, y0, x1, y1) in pixels of the crop, `pixels` (40, 40) with paper at 255 and `ruled` the same with the
    printed rules left in, which may have taken a bar of the digit with them; `likely` says how well its
    size is a digit's, up to 1, and `dust` how well it is that of ink that is none.
    """

    start: int
    end: int
    box: Box
    pixels: Pixels
    ruled: Pixels
    likely: float
    dust: float


@dataclass(frozen=True, slots=True)
class FreeRow:
    """One written row and all the pieces it can be cut in. `struck` says that a line runs through it."""

    box: Box
    pieces: tuple[Piece, ...]
    struck: bool


@dataclass(frozen=True, slots=True)
class _Column:
    """A crop turned level: its ink on white without and with the printed rules, where ink is, where rules and dashes
    were, and the height of a digit."""

    even: Pixels
    ruled: Pixels
    ink: Pixels
    rules: Pixels
    digit_height: float


def find_rows(crop: Pixels, *, row_height: float, fewest: int = 1, most: int = 6) -> tuple[FreeRow, ...]:
    """The written rows of a crop (grey or colour) from top to bottom; `row_height` is the form's, in pixels.

    A row has from `fewest` to `most` digits: the same number twice where the form asks for leading zeros.
    Boxes are in pixels of the crop after it was turned level, which moves nothing by more than its slant.
    """
    column = _column(crop, row_height)
    rows = (_row(column, row, fewest, most) for row in _rows_of(column, row_height))
    # A single speck is a row only where single digits are: a padded figure never shrinks to less than two parts.
    return tuple(row for row in rows if row is not None)


def _column(crop: Pixels, row_height: float) -> _Column:
    red = crop if crop.ndim == 2 else np.ascontiguousarray(crop[:, :, 2])
    level = _turned(red, _slant(_depth(red, row_height), row_height))
    depth = _depth(level, row_height)
    ink = _ink(depth)
    rules = _rules(ink, row_height)
    even = np.asarray(255 - depth, np.uint8)
    clean = np.asarray(cv2.inpaint(even, cv2.dilate(rules, np.ones((3, 3), np.uint8)), 3, cv2.INPAINT_TELEA), np.uint8)
    rest = np.asarray(cv2.subtract(ink, rules), np.uint8)
    left = np.maximum(rest, _bridges(ink, rules, rest))
    heights = [
        part[3] - part[1] for part in _components(left) if 0.3 * row_height < part[3] - part[1] < 1.4 * row_height
    ]
    return _Column(clean, even, left, rules, float(np.median(heights)) if heights else 0.6 * row_height)


def _depth(grey: Pixels, row_height: float) -> Pixels:
    """How much darker than the paper around, 0 to 255, a shadow or not."""
    breadth = max(9, round(0.5 * row_height)) | 1
    quiet = cv2.GaussianBlur(grey, (0, 0), max(0.6, row_height / 110))
    paper = cv2.GaussianBlur(
        cv2.morphologyEx(quiet, cv2.MORPH_CLOSE, np.ones((breadth, breadth), np.uint8)), (0, 0), breadth / 4
    )
    ratio = quiet.astype(np.float32) / np.maximum(paper, 16)
    return np.asarray(np.clip((1 - ratio) * 255, 0, 255), np.uint8)


def _ink(depth: Pixels) -> Pixels:
    """Ink (255) and paper (0): Otsu's threshold among what is darker than a watermark."""
    strong = depth[depth > 16]
    if strong.size < 20:
        return np.zeros_like(depth)
    level, _ = cv2.threshold(strong.reshape(1, -1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    sure = depth > 0.85 * level
    # A pen's faint passages count where they hang together with sure ink.
    _, labels = cv2.connectedComponents(np.asarray(depth > 0.6 * level, np.uint8), connectivity=8)
    kept = np.zeros(int(labels.max()) + 1, bool)
    kept[labels[sure]] = True
    kept[0] = False
    return np.asarray(kept[labels], np.uint8) * np.uint8(255)


def _slant(depth: Pixels, row_height: float) -> float:
    """How far the printed rules rise to the right, in degrees: the median of the long flat lines, by their length."""
    found = cv2.HoughLinesP(
        _ink(depth), 1, np.pi / 720, 40, minLineLength=1.2 * row_height, maxLineGap=0.1 * row_height
    )
    if found is None:
        return 0.0
    x0, y0, x1, y1 = np.asarray(found, np.float64).reshape(-1, 4).T
    angles = np.degrees(np.arctan2(y1 - y0, x1 - x0))
    lengths = np.hypot(x1 - x0, y1 - y0)
    flat = np.abs(angles) < _MOST_SLANT
    if not flat.any():
        return 0.0
    order = np.argsort(angles[flat])
    weight = np.cumsum(lengths[flat][order])
    return float(angles[flat][order][np.searchsorted(weight, weight[-1] / 2)])


def _turned(grey: Pixels, degrees: float) -> Pixels:
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    level = cv2.warpAffine(grey, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(level, np.uint8)


def _rules(ink: Pixels, row_height: float) -> Pixels:
    """Long flat and long upright lines: no stroke of a digit is as long and as straight."""
    # Thickened across, so that a line that is not quite level stays one run.
    flat_ink = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    upright_ink = cv2.dilate(ink, np.ones((1, 5), np.uint8))
    flat = cv2.morphologyEx(flat_ink, cv2.MORPH_OPEN, np.ones((1, max(9, round(0.72 * row_height))), np.uint8))
    upright = cv2.morphologyEx(upright_ink, cv2.MORPH_OPEN, np.ones((max(9, round(1.15 * row_height)), 1), np.uint8))
    lines = np.asarray(cv2.bitwise_and(np.maximum(flat, upright), ink), np.uint8)
    return np.asarray(np.maximum(_grown(lines, ink, row_height), cv2.bitwise_and(upright, ink)), np.uint8)


def _grown(lines: Pixels, ink: Pixels, row_height: float) -> Pixels:
    """The lines with their ends: thin flat ink that goes on where a line was no longer straight enough."""
    thin = max(4, round(0.11 * row_height))
    thick = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((thin, 1), np.uint8))
    flat = cv2.subtract(ink, thick)
    flat = cv2.morphologyEx(
        cv2.dilate(flat, np.ones((2, 1))), cv2.MORPH_OPEN, np.ones((1, max(3, round(0.1 * row_height))))
    )
    flat = cv2.bitwise_and(flat, ink)
    grown = lines
    for _ in range(max(1, round(0.15 * row_height))):
        grown = np.maximum(lines, cv2.bitwise_and(cv2.dilate(grown, np.ones((3, 5), np.uint8)), flat))
    # The upper and lower half of a line of which the middle was taken.
    return np.asarray(np.maximum(grown, cv2.bitwise_and(cv2.dilate(grown, np.ones((5, 3), np.uint8)), flat)), np.uint8)


def _bridges(ink: Pixels, rules: Pixels, left: Pixels) -> Pixels:
    """Ink of a removed line where a stroke enters it from above and leaves it below."""
    reach = np.ones((5, 1), np.uint8)
    from_above = cv2.dilate(left, reach, anchor=(0, 4), iterations=2)
    from_below = cv2.dilate(left, reach, anchor=(0, 0), iterations=2)
    return np.asarray(cv2.bitwise_and(cv2.bitwise_and(from_above, from_below), cv2.bitwise_and(ink, rules)), np.uint8)


def _components(ink: Pixels) -> list[Box]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    return [(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:count]]


def _rows_of(column: _Column, row_height: float) -> list[list[Box]]:
    """Pieces of ink that may be a digit or some, row by row from the top, each row from left to right."""
    parts = [part for part in _components(column.ink) if part[3] - part[1] > 0.15 * column.digit_height]
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


def _bands(column: _Column, parts: Sequence[Box], row_height: float) -> list[tuple[int, int]]:
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
    peaks: list[int] = []
    for y in np.argsort(-broad):
        if broad[y] < 0.3 * broad.max() or broad[y] == 0:
            break
        before, after = broad[max(0, y - 1)], broad[min(height - 1, y + 1)]
        if broad[y] >= max(before, after) and all(abs(y - other) > 0.55 * row_height for other in peaks):
            peaks.append(int(y))
    peaks.sort()
    if not peaks:
        return []
    edges = [low + int(np.argmin(fine[low:high])) for low, high in pairwise(peaks)]
    around = round(0.75 * row_height)
    uppers = [max(0, peak - around, edge) for peak, edge in zip(peaks, [0, *edges], strict=True)]
    lowers = [min(height, peak + around, edge) for peak, edge in zip(peaks, [*edges, height], strict=True)]
    return list(zip(uppers, lowers, strict=True))


def _within(column: _Column, part: Box, upper: int, lower: int) -> Box | None:
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


def _row(column: _Column, parts: list[Box], fewest: int, most: int) -> FreeRow | None:
    """The row that these parts make; None where they are too little for one."""
    joined = _joined([_without_tail(column, part) for part in parts])
    if sum(box[2] - box[0] for box in joined) < 0.5 * fewest * 0.4 * column.digit_height:
        return None
    edges = _cuts(column, joined)
    pieces = tuple(_pieces(column, edges, most))
    if not pieces:
        return None
    x0, y0 = min(box[0] for box in joined), min(box[1] for box in joined)
    x1, y1 = max(box[2] for box in joined), max(box[3] for box in joined)
    return FreeRow((x0, y0, x1, y1), pieces, _is_struck(column.rules, joined))


def _cuts(column: _Column, parts: Sequence[Box]) -> list[list[Box]]:
    """Each part cut upright wherever there is less ink than on both sides: more often than digits can part."""
    found = []
    least = max(2, round(0.1 * column.digit_height))
    for x0, y0, x1, y1 in parts:
        profile = np.asarray(column.ink[y0:y1, x0:x1] > 0, np.float64).sum(axis=0)
        smooth = gaussian_filter1d(profile, 0.03 * column.digit_height)
        places = [0]
        for x in range(least, x1 - x0 - least):
            near = smooth[max(0, x - least) : x + least + 1]
            if smooth[x] <= near.min() and x - places[-1] >= least and smooth[x] < 0.6 * column.digit_height:
                places.append(x)
        places.append(x1 - x0)
        found.append([_tight(column.ink, (x0 + a, y0, x0 + b, y1)) for a, b in pairwise(places)])
    return found


def _pieces(column: _Column, parts: Sequence[Sequence[Box]], digits: int) -> Iterator[Piece]:
    """Neighbouring cuts put together, as long as that is no broader than a digit can be."""
    boxes = [box for part in parts for box in part]
    high = column.digit_height
    for start, first in enumerate(boxes):
        box = first
        for end in range(start + 1, len(boxes) + 1):
            other = boxes[end - 1]
            box = min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])
            ratio = (box[2] - box[0]) / high
            if end - start > 1 and (ratio > 1.3 or other[0] - boxes[end - 2][2] > 0.3 * high):
                break
            broad = math.exp(-0.5 * (math.log(max(ratio, 0.02) / 0.75) / 0.4) ** 2)
            narrow = 0.6 * math.exp(-0.5 * (math.log(max(ratio, 0.02) / 0.2) / 0.5) ** 2)
            tall = min(1.0, (box[3] - box[1]) / (0.75 * high))
            dust = 0.2 * max(0.0, 1 - ratio / 0.5) * max(0.0, 1 - (box[3] - box[1]) / (0.8 * high))
            pixels, ruled = picture_of(column.even, box), picture_of(column.ruled, box)
            yield Piece(start, end, box, pixels, ruled, max(broad, narrow) * tall**2, dust + 1e-4)


def _without_tail(column: _Column, part: Box) -> Box:
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
    band = rules[round(top + 0.25 * (bottom - top)) : round(bottom - 0.3 * (bottom - top)), x0:x1]
    return bool(band.size) and float((band > 0).any(axis=0).mean()) > 0.9


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
