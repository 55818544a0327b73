"""Finds the pages of a form in a photo, however it lies, and flattens them; says so when the photo shows another form.

A homography from matched features is a guess. It counts only where the page it draws has the shape of a page and the
printed crossings of the form stand where it says: other forms easily gather forty matching features.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.vision.cells import is_red
from testigo.vision.layout import Layout
from testigo.vision.load import Pixels, grey_of
from testigo.vision.refine import COARSE, Fit, Points, Printed, align, is_proof, reduced, refine, whole_print

Detector = Literal["akaze", "sift", "orb"]

# AKAZE finds most pages and is cheapest; the others are asked only where it fails.
_LADDER: tuple[tuple[Detector, int], ...] = (
    ("akaze", 800),
    ("akaze", 1320),
    ("sift", 1320),
    ("akaze", 2200),
    ("orb", 1320),
)
_REFERENCE_SIDE: Mapping[Detector, int] = MappingProxyType({"akaze": 800, "sift": 1056, "orb": 1056})
_RATIO = 0.8
_FEWEST_MATCHES = 10
_REPROJECTION = 5.0
# The print is compared in a picture about as fine as the photo, never finer than half the blank: a sharp blank looks
# unlike a blurred photo of it, and the smaller picture takes a part of the time.
_RATIOS, _LEAST_WIDTH, _FINER = (1 / 2, 1 / 3), 500, 0.9

# What a right page must reach. Measured on six sheets, some 90 photographs of them and 40 pages of other print: forms
# of the same print with other rows reach likeness 0.8 and agree by 0.7, but disagree as a whole in one part; and the
# sharper a photo is, the more of a right page agrees. See `_proves`.
LEAST_LIKENESS = 0.45
LEAST_AGREEING, MOST_AGREEING_ASKED = 0.5, 0.75
LEAST_WEAKEST, MOST_WEAKEST_ASKED = 0.2, 0.6
# Of twelve neighbours two at least: around a row that was moved there are none, or one by chance.
LEAST_NEARBY, MOST_NEARBY_ASKED = 0.1, 0.4
_SURELY_AGREEING = 0.7


@dataclass(frozen=True, slots=True)
class Features:
    """Points (n, 2) in full-size pixels and their descriptors (n, bytes or floats), None where there are no points."""

    points: Points
    descriptors: NDArray[np.integer[Any] | np.floating[Any]] | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A blank page made ready to be found: its layout, its print, and its features by detector.

    `whole` is all that is printed; its crossings that are `proof` (n,) make `printed`, which a page must show, and
    `smaller` are the same in smaller pictures, from the largest.
    """

    layout: Layout
    whole: Printed
    proof: NDArray[np.bool_]
    printed: Printed
    smaller: tuple[Printed, ...]
    features: tuple[tuple[Detector, Features], ...]

    def of(self, detector: Detector) -> Features:
        """The features that this detector found."""
        return dict(self.features)[detector]


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of a form in a photo. `to_photo` (3, 3) takes pixels of the straight page, after `bend`, to the photo's.

    `fit` is the proof; `detector` found it from `matches` matching features.
    """

    reference: Reference
    to_photo: NDArray[np.float64]
    fit: Fit
    detector: Detector
    matches: int

    @property
    def corners(self) -> Points:
        """The page's corners in the photo (4, 2): upper left, upper right, lower right, lower left of the page."""
        return _corners(self.to_photo, self.reference.printed.size)

    @property
    def turned(self) -> float:
        """How far the page is turned in the photo, clockwise, in degrees from -180 to 180."""
        across = self.corners[1] - self.corners[0]
        return math.degrees(math.atan2(across[1], across[0]))

    def in_photo(self, points: Points) -> Points:
        """Where these points (n, 2) of the straight page stand in the photo."""
        return _map(self.to_photo, points + self.fit.bend.at(points))


@dataclass(frozen=True, slots=True)
class NotThisForm:
    """Why no page was taken: `likeness` and `agreeing` of the best guess, 0 where there was none; its matches."""

    why: Literal["no features", "no shape of a page", "other print"]
    likeness: float = 0.0
    agreeing: float = 0.0
    matches: int = 0


def reference_of(blank: Pixels, layout: Layout) -> Reference:
    """A blank's picture (grey or colour) made ready: the slow part, done once for all photos."""
    grey = grey_of(blank)
    detectors: tuple[Detector, ...] = ("akaze", "sift", "orb")
    made = tuple((detector, _features(grey, detector, _REFERENCE_SIDE[detector])) for detector in detectors)
    whole = whole_print(grey, layout)
    proof = is_proof(whole, layout)
    printed = Printed(whole.lines, whole.points[proof], is_red(blank, layout))
    ratios = [ratio for ratio in _RATIOS if ratio * printed.size[0] >= _LEAST_WIDTH] or [1.0]
    return Reference(layout, whole, proof, printed, tuple(reduced(printed, grey, ratio) for ratio in ratios), made)


def find_page(photo: Pixels, reference: Reference) -> FoundPage | NotThisForm:
    """The clearest page of this form in the photo (grey or colour), or why there is none."""
    found = find_pages(photo, (reference,), most=1)
    return found[0] if isinstance(found, tuple) else found


def find_pages(photo: Pixels, references: Sequence[Reference], *, most: int = 2) -> tuple[FoundPage, ...] | NotThisForm:
    """Up to `most` pages of these forms that stand in the photo, or why there is none.

    Pages come from the top of the photo to its bottom, then from left to right; two may be of the same reference, as
    when two sheets are photographed side by side.
    """
    grey = grey_of(photo)
    best: tuple[FoundPage, ...] = ()
    refusal = NotThisForm("no features")
    for detector, side in _ladder(grey):
        pages, last = _rung(grey, references, detector, side, most)
        best = max(best, pages, key=_sureness)
        refusal = max(refusal, last, key=_closeness)
        # Features that no page explains may be those of a page that is too small in this reduction.
        complete = len(best) == most or last.matches < 2 * _FEWEST_MATCHES
        if best and complete and all(page.fit.agreeing >= _SURELY_AGREEING for page in best):
            break
    return tuple(sorted(best, key=_reading_order)) if best else refusal


def flatten(photo: Pixels, page: FoundPage) -> Pixels:
    """The page straight and upright, in the reference's size, grey or colour as the photo is, white beyond it.

    Pixels are interpolated by cubic curves (Keys 1981): straight lines between them blur a photo that is coarser than
    the reference, and of such photos fewer sheets were read.
    """
    width, height = page.reference.printed.size
    step = 48
    # The field is smooth: it is worked out on a coarse grid and interpolated.
    columns, rows = np.arange(0, width + step, step), np.arange(0, height + step, step)
    grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2).astype(np.float64)
    there = page.in_photo(grid).reshape(len(rows), len(columns), 2).astype(np.float32)
    # Sample i of an enlarged grid stands at i / step in the coarse one.
    fine_x, fine_y = np.meshgrid(np.arange(width, dtype=np.float32) / step, np.arange(height, dtype=np.float32) / step)
    x = cv2.remap(there[:, :, 0], fine_x, fine_y, cv2.INTER_LINEAR)
    y = cv2.remap(there[:, :, 1], fine_x, fine_y, cv2.INTER_LINEAR)
    flat = cv2.remap(photo, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=(255, 255, 255))
    return np.asarray(flat, np.uint8)


def _ladder(grey: Pixels) -> Iterator[tuple[Detector, int]]:
    """The rungs, without those that would only enlarge what an earlier one has seen."""
    longest = max(grey.shape)
    seen: set[tuple[Detector, int]] = set()
    for detector, side in _LADDER:
        rung = (detector, min(side, longest))
        if rung not in seen:
            seen.add(rung)
            yield rung


def _rung(
    grey: Pixels, references: Sequence[Reference], detector: Detector, side: int, most: int
) -> tuple[tuple[FoundPage, ...], NotThisForm]:
    """The pages that one detector finds, one after the other, and why it found no more."""
    seen = _features(grey, detector, side)
    pages: list[FoundPage] = []
    last = NotThisForm("no features")
    while len(pages) < most:
        looked = [_look(grey, reference, detector, seen, pages) for reference in references]
        taken = [one for one in looked if isinstance(one, FoundPage)]
        if not taken:
            last = max((one for one in looked if isinstance(one, NotThisForm)), key=_closeness, default=last)
            break
        pages.append(max(taken, key=lambda page: page.fit.likeness))
    return tuple(pages), last


def _sureness(pages: tuple[FoundPage, ...]) -> tuple[int, float]:
    return len(pages), min((page.fit.agreeing for page in pages), default=0.0)


def _closeness(refusal: NotThisForm) -> tuple[float, int]:
    return refusal.likeness, refusal.matches


def _look(
    grey: Pixels, reference: Reference, detector: Detector, seen: Features, pages: Sequence[FoundPage]
) -> FoundPage | NotThisForm:
    """One guess, checked: features outside the pages that are already taken, a homography, its shape, its print."""
    here, there = _matches(reference.of(detector), _outside(seen, pages))
    if len(here) < _FEWEST_MATCHES:
        return NotThisForm("no features", matches=len(here))
    cv2.setRNGSeed(1)
    guess, inside = cv2.findHomography(here, there, cv2.USAC_MAGSAC, _REPROJECTION, maxIters=4000, confidence=0.999)
    if guess is None or int(inside.sum()) < _FEWEST_MATCHES:
        return NotThisForm("no features", matches=len(here))
    to_photo = np.asarray(guess, np.float64)
    if not _is_page(to_photo, reference.printed.size, grey.shape):
        return NotThisForm("no shape of a page", matches=len(here))
    to_photo, fit = _fitted(grey, to_photo, reference)
    if not _proves(fit):
        return NotThisForm("other print", fit.likeness, fit.agreeing, len(here))
    return FoundPage(reference, to_photo, fit, detector, int(inside.sum()))


def _fitted(grey: Pixels, guess: NDArray[np.float64], reference: Reference) -> tuple[NDArray[np.float64], Fit]:
    """A better homography than the guess, and how the print that is found with it agrees with the form's."""
    size = reference.printed.size
    scale = math.sqrt(cv2.contourArea(_corners(guess, size).astype(np.float32)) / (size[0] * size[1]))
    fine = [one for one in reference.smaller if one.size[0] >= _FINER * scale * size[0]]
    printed = fine[-1] if fine else reference.smaller[0]
    ratio = printed.size[0] / size[0]
    # A photo that is much finer than the picture would lose its lines between the samples.
    less = min(1.0, 1.25 * ratio / scale)
    small = np.asarray(cv2.resize(grey, None, fx=less, fy=less, interpolation=cv2.INTER_AREA), np.uint8)
    to_small = _resized(small.shape[1] / grey.shape[1], small.shape[0] / grey.shape[0])
    to_size = _resized(size[0] / printed.size[0], size[1] / printed.size[1])
    from_photo = np.linalg.inv(to_small)
    coarse = reference.smaller[-1]
    to_coarse = _resized(size[0] / coarse.size[0], size[1] / coarse.size[1])
    there = to_small @ guess @ to_coarse
    nearer = there @ align(_straight(small, there, coarse), coarse, COARSE) @ np.linalg.inv(to_coarse)
    there = (nearer if _is_page(nearer, size, small.shape) else to_small @ guess) @ to_size
    better = there @ align(_straight(small, there, printed), printed)
    to_photo = from_photo @ better @ np.linalg.inv(to_size)
    if _is_page(to_photo, size, grey.shape):
        there = better
    else:
        to_photo = from_photo @ there @ np.linalg.inv(to_size)
    fit = refine(_straight(small, there, printed), printed, ratio / scale)
    return to_photo, replace(fit, bend=fit.bend.times(1 / ratio, *size), residual=fit.residual / ratio)


def _resized(across: float, down: float) -> NDArray[np.float64]:
    """Takes the pixels of a picture to those of the same picture that is larger by these ratios."""
    return np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5], [0, 0, 1]])


def _proves(fit: Fit) -> bool:
    """Whether the print that was found can only be this form's."""
    agreeing = min(max(fit.clear - 0.12, LEAST_AGREEING), MOST_AGREEING_ASKED)
    weakest = min(max(2 * fit.clear - 1.4, LEAST_WEAKEST), MOST_WEAKEST_ASKED)
    nearby = min(max(3 * fit.clear - 2.45, LEAST_NEARBY), MOST_NEARBY_ASKED)
    print_is_alike = fit.likeness >= LEAST_LIKENESS and fit.agreeing >= agreeing
    return print_is_alike and fit.weakest >= weakest and fit.nearby >= nearby


def _straight(grey: Pixels, to_photo: NDArray[np.float64], printed: Printed) -> Pixels:
    """The page as the homography alone shows it, in this size."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    flat = cv2.warpPerspective(grey, to_photo, printed.size, flags=flags, borderValue=255)
    return np.asarray(flat, np.uint8)


def _features(grey: Pixels, detector: Detector, side: int) -> Features:
    """Features of a picture whose long side is reduced to `side` pixels, never enlarged."""
    scale = min(1.0, side / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    points, descriptors = _maker(detector).detectAndCompute(small, None)
    where = np.array([point.pt for point in points], np.float64).reshape(-1, 2)
    return Features((where + 0.5) / scale - 0.5, None if descriptors is None else np.asarray(descriptors))


def _maker(detector: Detector) -> cv2.Feature2D:
    found: cv2.Feature2D
    match detector:
        case "sift":
            found = cv2.SIFT.create(nfeatures=6000)
        case "orb":
            found = cv2.ORB.create(nfeatures=6000, fastThreshold=10)
        case "akaze":
            # OpenCV 5 moved AKAZE to its contributed modules.
            home = cv2.xfeatures2d if hasattr(cv2, "xfeatures2d") and hasattr(cv2.xfeatures2d, "AKAZE") else cv2
            found = home.AKAZE.create()
    return found


def _outside(seen: Features, pages: Sequence[FoundPage]) -> Features:
    if not pages or seen.descriptors is None:
        return seen
    free = np.ones(len(seen.points), bool)
    for page in pages:
        outline = page.corners.astype(np.float32)
        free &= np.array([cv2.pointPolygonTest(outline, (float(x), float(y)), False) < 0 for x, y in seen.points])
    return Features(seen.points[free], seen.descriptors[free])


def _matches(blank: Features, photo: Features) -> tuple[Points, Points]:
    """Points of the blank and of the photo that match clearly better than with the blank's second best (Lowe 2004)."""
    if blank.descriptors is None or photo.descriptors is None or min(len(blank.points), len(photo.points)) < 2:
        return np.empty((0, 2)), np.empty((0, 2))
    norm = cv2.NORM_L2 if blank.descriptors.dtype == np.float32 else cv2.NORM_HAMMING
    pairs = cv2.BFMatcher(norm).knnMatch(photo.descriptors, blank.descriptors, k=2)
    clear = [first for first, second in pairs if first.distance < _RATIO * second.distance]
    return blank.points[[m.trainIdx for m in clear]], photo.points[[m.queryIdx for m in clear]]


def _is_page(to_photo: NDArray[np.float64], size: tuple[int, int], shape: tuple[int, ...]) -> bool:
    """A convex quadrilateral that is not mirrored, fills a fair part of the photo and lies mostly within it."""
    corners = _corners(to_photo, size)
    far = to_photo @ np.array([[0, size[0], size[0], 0], [0, 0, size[1], size[1]], [1, 1, 1, 1]], np.float64)
    if not np.isfinite(corners).all() or np.ptp(np.sign(far[2])) > 0:
        return False
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(sides, axis=1)
    if lengths.min() < 1:
        return False
    turns = sides[:, 0] * np.roll(sides, -1, axis=0)[:, 1] - sides[:, 1] * np.roll(sides, -1, axis=0)[:, 0]
    sines = turns / (lengths * np.roll(lengths, -1))
    aspect = (lengths[0] + lengths[2]) / (lengths[1] + lengths[3]) / (size[0] / size[1])
    opposite = max(lengths[0] / lengths[2], lengths[2] / lengths[0], lengths[1] / lengths[3], lengths[3] / lengths[1])
    if sines.min() < 0.5 or opposite > 2.5 or not 0.5 < aspect < 2:
        return False
    height, width = shape
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    area = abs(cv2.contourArea(corners.astype(np.float32)))
    seen, _ = cv2.intersectConvexConvex(corners.astype(np.float32), frame)
    return bool(area > 0.05 * width * height and seen > 0.7 * area)


def _corners(to_photo: NDArray[np.float64], size: tuple[int, int]) -> Points:
    width, height = size
    return _map(to_photo, np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64))


def _map(homography: NDArray[np.float64], points: Points) -> Points:
    far = np.hstack([points, np.ones((len(points), 1))]) @ homography.T
    with np.errstate(divide="ignore", invalid="ignore"):
        there: Points = far[:, :2] / far[:, 2:]
    return there


def _reading_order(page: FoundPage) -> tuple[float, float]:
    """From the top, then from the left, where pages that overlap by half in height stand side by side."""
    x, y = page.corners.mean(axis=0)
    tall = float(np.ptp(page.corners[:, 1]))
    return round(y / max(tall, 1.0)), float(x)
