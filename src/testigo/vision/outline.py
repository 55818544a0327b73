"""A sheet that nobody prepared: where its corners may be, the sheet made straight, and the blank that is made of it."""

import math
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.vision.layout import Layout, Rect
from testigo.vision.load import Pixels, grey_of

Corners = NDArray[np.float64]
"""Four points (4, 2) in pixels: upper left, upper right, lower right, lower left of the sheet."""

_SIDE = 900
_LEAST_SHARE = 0.15
_LEAST_FULL = 0.9
_SCANNED = 0.94
_INSET = 0.12
_PAPER = 85
_MOST_SIDE = 3200


def outline(photo: Pixels) -> Corners | None:
    """The corners of the sheet in a photo (grey or colour), a proposal for a person; None where no sheet stands out.

    The sheet is the largest bright area whose hull is nearly a quadrilateral, at least a seventh of the photo.
    """
    grey = grey_of(photo)
    scale = min(1.0, _SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    height, width = small.shape
    # Print and figures disappear, the sheet's edge stays.
    smooth = cv2.morphologyEx(cv2.GaussianBlur(small, (0, 0), 2), cv2.MORPH_CLOSE, np.ones((17, 17), np.uint8))
    _, bright = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    bright = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    quad = _quad_of(hull)
    if quad is None or cv2.contourArea(hull) < _LEAST_SHARE * width * height:
        return None
    if cv2.contourArea(hull) < _LEAST_FULL * cv2.contourArea(quad.astype(np.float32)):
        return None
    if cv2.contourArea(quad.astype(np.float32)) > _SCANNED * width * height:
        return whole(photo)
    return from_upper_left((quad + 0.5) / scale - 0.5)


def whole(photo: Pixels) -> Corners:
    """The corners of the photo itself: a scan shows nothing but the sheet."""
    height, width = photo.shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


def _quad_of(hull: NDArray[np.integer[Any] | np.floating[Any]]) -> Corners | None:
    """The hull with so many corners cut that four are left; None where that does not happen."""
    length = cv2.arcLength(hull, True)
    for part in np.linspace(0.01, 0.1, 19):
        corners = cv2.approxPolyDP(hull, part * length, True)
        if len(corners) == 4:
            return np.asarray(corners, np.float64).reshape(4, 2)
        if len(corners) < 4:
            return None
    return None


def from_upper_left(corners: Corners) -> Corners:
    """The same corners clockwise, first that one which is nearest to the upper left of the picture."""
    middle = corners.mean(axis=0)
    around = np.argsort(np.arctan2(*(corners - middle).T[::-1]))
    clockwise = corners[around]
    return np.roll(clockwise, -int(clockwise.sum(axis=1).argmin()), axis=0)


def straight_size(corners: Corners, paper_mm: tuple[float, float]) -> tuple[int, int]:
    """Width and height in pixels of the straight sheet: as fine as the photo shows it, within what is of use."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    per_mm = max(max(sides[0], sides[2]) / paper_mm[0], max(sides[1], sides[3]) / paper_mm[1])
    scale = min(max(float(per_mm), 4.0), 8.0, _MOST_SIDE / max(paper_mm))
    return max(1, round(scale * paper_mm[0])), max(1, round(scale * paper_mm[1]))


def straighten(photo: Pixels, corners: Corners, size: tuple[int, int]) -> Pixels:
    """The sheet with these corners as a straight picture of `size` (width, height) pixels, white beyond the photo."""
    width, height = size
    there = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    homography = cv2.getPerspectiveTransform(corners.astype(np.float32), there)
    # Where the sheet is reduced, its fine lines are kept by smoothing first.
    longest = float(np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1).max())
    smaller = longest / max(size)
    smooth = cv2.GaussianBlur(photo, (0, 0), 0.4 * smaller) if smaller > 1.3 else photo
    flat = cv2.warpPerspective(smooth, homography, size, flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    return np.asarray(flat, np.uint8)


def blank_of(page: Pixels, layout: Layout, more: Sequence[Rect] = ()) -> Pixels:
    """The page without what this sheet says: cells, free columns, personal parts and `more` become paper; grey.

    Printed lines of cells stay. What is cleared takes the tone of the paper around it, so that no new edges are drawn.
    """
    grey = grey_of(page).copy()
    height, width = grey.shape
    for box in layout.boxes:
        for index in range(box.cells):
            left, upper, right, lower = box.cell(index).in_pixels(width, height)
            inset = max(2.0, _INSET * min(right - left, lower - upper))
            _clear(grey, (left + inset, upper + inset, right - inset, lower - inset))
    for part in (*layout.personal, *(column.rect for column in layout.columns), *more):
        _clear(grey, part.in_pixels(width, height))
    return grey


def _clear(grey: Pixels, part: tuple[float, float, float, float]) -> None:
    height, width = grey.shape
    left, upper = max(0, math.floor(part[0])), max(0, math.floor(part[1]))
    right, lower = min(width, math.ceil(part[2])), min(height, math.ceil(part[3]))
    if right > left and lower > upper:
        grey[upper:lower, left:right] = round(float(np.percentile(grey[upper:lower, left:right], _PAPER)))
