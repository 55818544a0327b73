"""A column of figures without boxes, made level: its ink on white paper with and without the printed rules.

The printed rules of the table and the dashes that fill the space before a figure are found as what is longer and
straighter than any stroke of a digit; where a stroke crosses them, its ink stays.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from testigo.vision.load import Pixels, grey_of

Box = tuple[int, int, int, int]

_MOST_SLANT = 12.0


@dataclass(frozen=True, slots=True)
class Column:
    """A crop turned level: its ink on white without and with the printed rules, where ink is, where rules and dashes
    were, and the height of a digit."""

    even: Pixels
    ruled: Pixels
    ink: Pixels
    rules: Pixels
    digit_height: float


def column_of(crop: Pixels, row_height: float) -> Column:
    """The column in a crop (grey or colour); `row_height` is the form's, in pixels."""
    grey = grey_of(crop)
    return level_column(_turned(grey, _slant(_depth(grey, row_height), row_height)), row_height)


def level_column(level: Pixels, row_height: float) -> Column:
    """The same of a grey crop whose rules are level already."""
    depth = _depth(level, row_height)
    ink = _ink(depth)
    rules = _rules(ink, row_height)
    even = np.asarray(255 - depth, np.uint8)
    clean = np.asarray(cv2.inpaint(even, cv2.dilate(rules, np.ones((3, 3), np.uint8)), 3, cv2.INPAINT_TELEA), np.uint8)
    rest = np.asarray(cv2.subtract(ink, rules), np.uint8)
    left = np.maximum(rest, _bridges(ink, rules, rest))
    heights = [
        part[3] - part[1] for part in components(left) if 0.3 * row_height < part[3] - part[1] < 1.4 * row_height
    ]
    return Column(clean, even, left, rules, float(np.median(heights)) if heights else 0.6 * row_height)


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


def components(ink: Pixels) -> list[Box]:
    """The boxes of all ink that hangs together."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    return [(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:count]]
