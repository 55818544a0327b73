"""What a homography leaves, taken out: folds and a feeder's curvature shift printed lines by up to 16 pixels.

Every place where printed lines cross is looked for near where it should be, as the best normalised correlation of the
dark-line image. A smooth field through the shifts straightens the page, and how well the crossings are found, and how
far they agree with one smooth field, is the proof that the page is this form at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.vision.layout import Layout
from testigo.vision.load import Pixels

Points = NDArray[np.float64]

# All lengths below are for a page of this width in pixels and scale with it.
_WIDTH = 1760
_PATCH, _REACHES = 17, (18, 7)
_LINE_LENGTH, _LINE_BREADTH = 31, 15
_MOST_CROSSINGS, _MOST_CORNERS, _APART = 160, 60, 45
_RIDGE = (0.2, 0.6, 0.8)
_FOUND = 0.5
_FEWEST_SURE = 16
_FEWEST_POINTS = 12
_FEWEST_IN_PART = 8
_NEAR, _NEAR_SEEN = 3.0, 1.5
_PULLS_OVER, _HOLDS_STILL, _MOST_PULL = 90, 1.5, 7


@dataclass(frozen=True, slots=True)
class Look:
    """How crossings are looked for: within `reach` of their places, by the print up to `patch` around them."""

    reach: float
    patch: float


_FINE = Look(_REACHES[0], _PATCH)
COARSE = Look(45, 50)
"""For a guess that is some rows of a table off: more print around a crossing tells the rows apart."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed on a blank: its dark-line image, points (n, 2) in pixels where its lines cross, and whether some
    print within its cells is `red` or yellow."""

    lines: Pixels
    points: Points
    red: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the page in pixels."""
        return self.lines.shape[1], self.lines.shape[0]


@dataclass(frozen=True, slots=True)
class Bend:
    """A displacement field over a page: a cubic, `terms` (10, 2) in pixels for positions scaled to -1 to 1, and what it
    leaves near a fold: crossings seen at `places` (n, 2) pull the paper around them by `pulls` (n, 2) pixels.
    """

    width: int
    height: int
    terms: Points
    places: Points = field(default_factory=lambda: np.empty((0, 2)))
    pulls: Points = field(default_factory=lambda: np.empty((0, 2)))

    def at(self, points: Points) -> Points:
        """The shifts (n, 2) in pixels at these points (n, 2) of the page."""
        shifts: Points = _powers(points, self.width, self.height) @ self.terms
        return shifts + self._pulled(points) if len(self.places) else shifts

    def around(self, points: Points) -> Points:
        """As `at`, but for what is seen at the very points: what the others alone say of each."""
        shifts: Points = _powers(points, self.width, self.height) @ self.terms
        return shifts + self._pulled(points, own=0.0) if len(self.places) else shifts

    def times(self, ratio: float, width: int, height: int) -> "Bend":
        """The same field on a page that is larger by this ratio."""
        return Bend(width, height, self.terms * ratio, (self.places + 0.5) * ratio - 0.5, self.pulls * ratio)

    def _pulled(self, points: Points, own: float = 1.0) -> Points:
        """The mean pull of the crossings near by, less where there are few of them, none where there is none."""
        away = ((points[:, None] - self.places[None]) ** 2).sum(axis=2)
        near = np.where(away > 0, np.exp(-away / (2 * (_PULLS_OVER * self.width / _WIDTH) ** 2)), own)
        pulled: Points = near @ self.pulls / (near.sum(axis=1, keepdims=True) + _HOLDS_STILL)
        return pulled


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a page is this form. `likeness` is the mean correlation at the crossings, -1 to 1; `agreeing` the share
    of the crossings that stand where the smooth field says, 0 to 1, `weakest` the least such share in a part of the
    page and `nearby` in any dozen of neighbours; a quarter of the crossings correlates better than `clear`, so sharp a
    photo is; `residual` is their median distance to the field in pixels.
    """

    bend: Bend
    likeness: float
    agreeing: float
    weakest: float
    nearby: float
    clear: float
    residual: float


def reduced(whole: Printed, blank: Pixels, ratio: float) -> Printed:
    """What a blank (grey) offers in a smaller picture of it."""
    size = [round(side * ratio) for side in whole.size]
    small = np.asarray(cv2.resize(blank, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Printed(dark_lines(small), (whole.points + 0.5) * (np.array(size) / whole.size) - 0.5)


def is_proof(whole: Printed, layout: Layout) -> NDArray[np.bool_]:
    """Which crossings of a blank (n,) may prove that a photo shows it: those outside the personal regions."""
    width, height = whole.size
    edge = (_PATCH + 2) * width / _WIDTH
    points, keep = whole.points, np.ones(len(whole.points), np.bool_)
    for part in layout.personal:
        left, upper, right, lower = part.in_pixels(width, height)
        # Lines on the edge of a masked part are masked too.
        inside = (points[:, 0] > left - edge) & (points[:, 0] < right + edge)
        keep &= ~(inside & (points[:, 1] > upper - edge) & (points[:, 1] < lower + edge))
    return keep


def whole_print(blank: Pixels, layout: Layout) -> Printed:
    """What a blank page (grey) offers to hold on to, in personal regions as well."""
    lines = dark_lines(blank)
    height, width = lines.shape
    unit = width / _WIDTH
    points = _crossings(lines, unit)
    points = np.vstack([points, _box_corners(lines, layout, points, unit)])
    points = np.vstack([points, _corners(lines, points, unit)])
    edge = (_PATCH + 2) * unit
    keep = (
        (points[:, 0] > edge) & (points[:, 0] < width - edge) & (points[:, 1] > edge) & (points[:, 1] < height - edge)
    )
    return Printed(lines, points[keep])


def dark_lines(grey: Pixels) -> Pixels:
    """Strokes thinner than a printed line's breadth against their surroundings, 0 to 255, whatever the light is."""
    breadth = max(3, round(_LINE_BREADTH * grey.shape[1] / _WIDTH) | 1)
    kernel = np.ones((breadth, breadth), np.uint8)
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, kernel)
    depth = (paper.astype(np.float32) - grey) / (paper.astype(np.float32) + 8)
    return np.asarray(np.clip(depth * 320, 0, 255), np.uint8)


def refine(page: Pixels, printed: Printed, pixel: float = 1.0) -> Fit:
    """The field that takes printed crossings of the blank to where they stand on this page (grey, same size).

    `pixel` is the side of the photo's pixels on this page: nothing can be placed better than to a part of one.
    """
    lines = dark_lines(page)
    unit = printed.size[0] / _WIDTH
    if len(printed.points) < _FEWEST_POINTS:
        return Fit(_still(printed), 0.0, 0.0, 0.0, 0.0, 0.0, float("inf"))
    (bend,) = bends(lines, printed, (slice(None),))
    reach = max(_NEAR * unit, _NEAR_SEEN * pixel)
    found, likeness = look_for(lines, printed, bend, 2 * reach)
    gaps = np.linalg.norm(found - printed.points - bend.around(printed.points), axis=1)
    near = (gaps <= reach) & (likeness >= _FOUND)
    residual = float(np.median(gaps[near])) if near.any() else float("inf")
    clear = float(np.percentile(likeness, 75))
    shares = float(near.mean()), _weakest(printed, near), _nearby(printed, near)
    return Fit(bend, float(likeness.mean()), *shares, clear, residual)


def bends(lines: Pixels, printed: Printed, parts: Sequence[slice | NDArray[np.intp]]) -> tuple[Bend, ...]:
    """For each choice of the crossings the field that these alone ask for, on a page's dark-line image.

    All look the same way first, so that is done once for all of them.
    """
    width, height = printed.size
    unit = width / _WIDTH
    first, sure = look_for(lines, printed, _still(printed), _REACHES[0] * unit)
    made = []
    for part in parts:
        some = Printed(printed.lines, printed.points[part])
        if len(some.points) < _FEWEST_POINTS:
            made.append(_still(printed))
            continue
        bend = _fit(some.points, first[part] - some.points, sure[part], width, height)
        found, likeness = look_for(lines, some, bend, _REACHES[1] * unit)
        shifts = found - some.points
        made.append(_pulling(_fit(some.points, shifts, likeness, width, height), some.points, shifts, likeness))
    return tuple(made)


def _pulling(bend: Bend, points: Points, shifts: Points, likeness: NDArray[np.float64]) -> Bend:
    """The field with the pulls of the crossings that are seen a little beside it."""
    left = shifts - bend.at(points)
    sure = (likeness >= _FOUND) & (np.linalg.norm(left, axis=1) <= _MOST_PULL * bend.width / _WIDTH)
    return replace(bend, places=points[sure], pulls=left[sure])


def _still(printed: Printed) -> Bend:
    """A field that moves nothing."""
    return Bend(*printed.size, np.zeros((10, 2)))


def _weakest(printed: Printed, near: NDArray[np.bool_]) -> float:
    """The least share of agreeing crossings in any cell of a 4 × 4 grid that has enough of them.

    A revision of a form moves some rows and leaves the others: then one part disagrees as a whole.
    """
    places = np.floor(4 * printed.points / printed.size).clip(0, 3)
    shares = []
    for column in range(4):
        for row in range(4):
            here = (places[:, 0] == column) & (places[:, 1] == row)
            if int(here.sum()) >= _FEWEST_IN_PART:
                shares.append(float(near[here].mean()))
    return min(shares, default=float(near.mean()))


def _nearby(printed: Printed, near: NDArray[np.bool_]) -> float:
    """The least share of agreeing crossings among any dozen that are neighbours.

    Where a revision moves only the last row, its part of the page still agrees by half; around the row nothing does.
    """
    away = np.linalg.norm(printed.points[:, None] - printed.points[None], axis=2)
    neighbours = np.argsort(away, axis=1, kind="stable")[:, :_FEWEST_POINTS]
    return float(near[neighbours].mean(axis=1).min())


def align(page: Pixels, printed: Printed, look: Look = _FINE) -> NDArray[np.float64]:
    """The homography (3, 3) from the blank to this page (grey, same size) that the crossings themselves ask for.

    Features are matched at a reduced size and lie anywhere; the crossings are exact, and a homography, unlike a cubic
    field, also holds where a page shows nothing. The identity where too few crossings are found.
    """
    width = printed.size[0]
    found, likeness = look_for(dark_lines(page), printed, _still(printed), look.reach * width / _WIDTH, look.patch)
    sure = likeness >= _FOUND
    if int(sure.sum()) < _FEWEST_SURE:
        return np.eye(3)
    cv2.setRNGSeed(1)
    better, _ = cv2.findHomography(printed.points[sure], found[sure], cv2.USAC_MAGSAC, 4.0 * width / _WIDTH)
    return np.eye(3) if better is None else np.asarray(better, np.float64)


def look_for(
    lines: Pixels, printed: Printed, bend: Bend, reach: float, patch: float = _PATCH
) -> tuple[Points, NDArray[np.float64]]:
    """Where each crossing stands best within `reach` pixels of its place, and the correlation there, -1 to 1.

    `patch` is how far around a crossing the print is compared, in pixels of a page 1760 wide.
    A crossing whose surroundings are empty, or off the page, has correlation 0 and its own place.
    """
    half = round(patch * printed.size[0] / _WIDTH)
    around = max(1, round(reach))
    room = half + around
    blank = cv2.copyMakeBorder(printed.lines, half, half, half, half, cv2.BORDER_CONSTANT, value=0)
    padded = cv2.copyMakeBorder(lines, room, room, room, room, cv2.BORDER_CONSTANT, value=0)
    places = printed.points + bend.at(printed.points)
    found, likeness = places.copy(), np.zeros(len(places))
    for index, (point, place) in enumerate(zip(np.rint(printed.points), np.rint(places), strict=True)):
        column, row = int(point[0]), int(point[1])
        template = blank[row : row + 2 * half + 1, column : column + 2 * half + 1]
        x, y = int(place[0]), int(place[1])
        if not (0 <= x < lines.shape[1] and 0 <= y < lines.shape[0]):
            continue
        window = padded[y : y + 2 * room + 1, x : x + 2 * room + 1]
        if int(window.max()) < 24:
            continue
        scores = np.asarray(cv2.matchTemplate(window, template, cv2.TM_CCOEFF_NORMED), np.float32)
        _, best, _, (best_column, best_row) = cv2.minMaxLoc(scores)
        likeness[index] = best
        shift = _peak(scores, best_column, best_row) - around
        found[index] = np.rint(place) + shift + printed.points[index] - point
    return found, likeness


def _peak(scores: NDArray[np.float32], column: int, row: int) -> Points:
    """The top of a parabola through the best score and its neighbours, in pixels of the score image."""
    top = np.array([column, row], np.float64)
    for axis, (at, length) in enumerate(((column, scores.shape[1]), (row, scores.shape[0]))):
        if 0 < at < length - 1:
            low, mid, high = (
                (scores[row, at - 1], scores[row, at], scores[row, at + 1])
                if axis == 0
                else (scores[at - 1, column], scores[at, column], scores[at + 1, column])
            )
            curve = float(low - 2 * mid + high)
            if curve < 0:
                top[axis] += 0.5 * float(low - high) / curve
    return top


def _fit(points: Points, shifts: Points, likeness: NDArray[np.float64], width: int, height: int) -> Bend:
    """Weighted least squares, repeated with Tukey's biweight so that crossings covered by ink do not pull."""
    powers = _powers(points, width, height)
    base = np.clip(likeness - 0.3, 0, None)
    weights = base
    terms = np.zeros((10, 2))
    for spread in (12.0, 8.0, 5.0, 3.5, 3.0, 3.0):
        root = np.sqrt(weights)[:, None]
        # A little ridge keeps the cubic from swinging where no crossing holds it.
        ridge = np.diag([0, *[_RIDGE[0]] * 2, *[_RIDGE[1]] * 3, *[_RIDGE[2]] * 4])
        terms = np.linalg.lstsq(
            np.vstack([powers * root, ridge]), np.vstack([shifts * root, np.zeros((10, 2))]), rcond=None
        )[0]
        gaps = np.linalg.norm(shifts - powers @ terms, axis=1) / (spread * width / _WIDTH)
        weights = base * np.clip(1 - gaps**2, 0, None) ** 2
    return Bend(width, height, np.asarray(terms, np.float64))


def _powers(points: Points, width: int, height: int) -> Points:
    x, y = 2 * points[:, 0] / width - 1, 2 * points[:, 1] / height - 1
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3], axis=1)


def _box_corners(lines: Pixels, layout: Layout, crossings: Points, unit: float) -> Points:
    """The corners of the cells where the blank shows something: faint lines count most where the figures stand."""
    height, width = lines.shape
    half = round(_PATCH * unit)
    found: list[tuple[float, float]] = []
    for box in layout.boxes:
        left, upper, right, lower = box.rect.in_pixels(width, height)
        for x in np.linspace(left, right, box.cells + 1):
            for y in (upper, lower):
                near = np.hypot(crossings[:, 0] - x, crossings[:, 1] - y) < half
                column, row = max(0, round(float(x)) - half), max(0, round(y) - half)
                if not near.any() and (lines[row : row + 2 * half, column : column + 2 * half] > 48).sum() > half:
                    found.append((float(x), y))
    return np.array(found, np.float64).reshape(-1, 2)


def _corners(lines: Pixels, crossings: Points, unit: float) -> Points:
    """Other printed corners, of faint boxes and of letters, where no crossing is near: a form may have few lines."""
    free = np.full(lines.shape, 255, np.uint8)
    for x, y in np.rint(crossings).astype(int):
        cv2.circle(free, (int(x), int(y)), round(_APART * unit), 0, -1)
    corners = cv2.goodFeaturesToTrack(
        lines, _MOST_CORNERS, 0.08, _APART * unit, mask=free, blockSize=round(9 * unit) | 1
    )
    return np.empty((0, 2)) if corners is None else np.asarray(corners, np.float64).reshape(-1, 2)


def _crossings(lines: Pixels, unit: float) -> Points:
    """Where a long horizontal and a long vertical line meet: crosses, corners and branches, row by row."""
    ink = np.asarray(lines > 48, np.uint8)
    length = max(9, round(_LINE_LENGTH * unit))
    thick = np.ones((3, 3), np.uint8)
    flat = cv2.dilate(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)), thick, iterations=2)
    upright = cv2.dilate(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8)), thick, iterations=2)
    count, _, _, centres = cv2.connectedComponentsWithStats(cv2.bitwise_and(flat, upright))
    points = np.asarray(centres[1:count], np.float64).reshape(-1, 2)
    if len(points) > _MOST_CROSSINGS:
        points = points[np.linspace(0, len(points) - 1, _MOST_CROSSINGS).round().astype(int)]
    return points
