"""The public copy of a photo whose form shows personal data: covered in grey, and encoded anew.

Covered is all that the form calls personal, with a margin, and all that lies beside the pages that were found: a second
sheet, a document, a hand. What cannot be located well enough is not shown at all: the caller gets nothing.
"""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.vision.layout import Layout, Rect
from testigo.vision.load import Pixels, grey_of, plain_jpeg
from testigo.vision.page import FoundPage, flatten
from testigo.vision.refine import Bend, Points, Printed, bends, dark_lines, look_for

MARGIN_MM = 3.0
"""Covered around a personal region at least, but for where figures stand: handwriting leaves its lines."""
MM_FROM_PRINT = 20.0
"""For each such distance from all print the margin grows by a millimetre: nothing there says how the paper lies."""
MOST_DRIFT_MM = 2.0
"""A photo with a page that is located less well is not shown."""

_GREY = (128, 128, 128)
_STEP_MM = 4.0
_BORDER_MM = 0.5
_FEWEST_SEEN, _NEAREST = 24, 16
_LOOKED_FOR_MM = 2.5
_FOUND = 0.5


def covered_copy(photo: Pixels, pages: Sequence[FoundPage], flats: Sequence[Pixels] | None = None) -> bytes | None:
    """The upright photo (blue, green, red) as a JPEG without metadata, its personal parts and surroundings covered.

    `pages` are all that were found in it, `flats` what `flatten` makes of them, where the caller has it. The same photo
    and pages give the same bytes. None where no page was found, or one of them is not located well enough.
    """
    hidden = hidden_parts(photo, pages, flats)
    if hidden is None:
        return None
    shown = photo.copy()
    shown[hidden] = _GREY
    return plain_jpeg(shown)


def hidden_parts(
    photo: Pixels, pages: Sequence[FoundPage], flats: Sequence[Pixels] | None = None
) -> NDArray[np.bool_] | None:
    """Which pixels of the photo are covered, (height, width); the arguments and None as in `covered_copy`."""
    straight = [None] * len(pages) if flats is None else flats
    margins = [margins_mm(photo, page, flat) for page, flat in zip(pages, straight, strict=True)]
    located = [(page, some) for page, some in zip(pages, margins, strict=True) if some is not None]
    if not pages or len(located) < len(pages):
        return None
    hidden = np.full(photo.shape[:2], 255, np.uint8)
    for page, _ in located:
        _paint(hidden, page, Rect(0, 0, 1, 1), 0.0, 0)
    for page, some in located:
        for region, margin in zip(page.reference.layout.personal, some, strict=True):
            _paint(hidden, page, region, margin, 255)
    for page, _ in located:
        for figure in figures_of(page.reference.layout):
            _paint(hidden, page, figure, -_BORDER_MM, 0)
    for page, _ in located:
        for region in page.reference.layout.personal:
            _paint(hidden, page, region, 0.0, 255)
    return hidden > 0


def figures_of(layout: Layout) -> tuple[Rect, ...]:
    """Where figures stand: the margin of a personal region beside them leaves them open."""
    boxes = [box.rect for box in layout.boxes]
    return (*boxes, *(one.rect for one in layout.columns), *(one.rect for one in layout.words))


def margins_mm(photo: Pixels, page: FoundPage, flat: Pixels | None = None) -> tuple[float, ...] | None:
    """How far each personal region of the page must be grown, in millimetres of paper, so that it is covered for sure.

    That is `MARGIN_MM`, a part for the distance from all print (`MM_FROM_PRINT`), and the drift: how far regions may
    stand from where the page's geometry says. It is the most of three: how the geometry changes with every second
    printed crossing alone (a jackknife by halves), how it changes with the print inside of the regions, which the proof
    of a page leaves out, and how far the sixteen crossings next to a region are from their places.

    None where the drift is over `MOST_DRIFT_MM`, or too little is seen to tell.
    """
    regions = page.reference.layout.personal
    if not regions:
        return ()
    flat = flatten(photo, page) if flat is None else flat
    lines = dark_lines(grey_of(flat))
    whole, unit = page.reference.whole, _pixels_per_mm(page)
    places, gaps = _seen(lines, whole, _LOOKED_FOR_MM * unit)
    if len(places) < _FEWEST_SEEN:
        return None
    edges = [_edge(page, region, MARGIN_MM) for region in regions]
    # The page is flat already, so that a geometry that says the same moves nothing.
    proof = np.flatnonzero(page.reference.proof)
    others = bends(lines, whole, [proof[0::2], proof[1::2], slice(None)])
    drift = max(float(np.linalg.norm(bend.at(np.vstack(edges)), axis=1).max()) for bend in others)
    distances = [np.linalg.norm(edge[:, None] - places[None], axis=2) for edge in edges]
    for away in distances:
        nearest = np.argsort(away.min(axis=0), kind="stable")[:_NEAREST]
        drift = max(drift, float(np.median(gaps[nearest])))
    if drift > MOST_DRIFT_MM * unit:
        return None
    return tuple(MARGIN_MM + drift / unit + float(away.min(axis=1).max()) / unit / MM_FROM_PRINT for away in distances)


def _seen(lines: Pixels, printed: Printed, reach: float) -> tuple[Points, NDArray[np.float64]]:
    """The printed crossings (n, 2) that are seen in the flat page's dark lines, and how far each is from its place."""
    width, height = printed.size
    found, likeness = look_for(lines, printed, Bend(width, height, np.zeros((10, 2))), reach)
    seen = likeness >= _FOUND
    return printed.points[seen], np.linalg.norm(found - printed.points, axis=1)[seen]


def _paint(hidden: Pixels, page: FoundPage, part: Rect, grown_mm: float, value: int) -> None:
    """Fills a part of the page, grown by so much (less than 0: made smaller), where it stands in the photo."""
    corners = page.in_photo(_edge(page, part, grown_mm))
    cv2.fillPoly(hidden, [np.rint(corners).astype(np.int32)], (value,))


def _edge(page: FoundPage, part: Rect, grown_mm: float) -> Points:
    """Points (n, 2) of the straight page around a part grown by so much, a few millimetres apart: lines may be bent."""
    unit = _pixels_per_mm(page)
    left, upper, right, lower = part.in_pixels(*page.reference.printed.size)
    grown = max(grown_mm * unit, -min(right - left, lower - upper) / 2)
    left, upper, right, lower = left - grown, upper - grown, right + grown, lower + grown
    corners = np.array([[left, upper], [right, upper], [right, lower], [left, lower], [left, upper]])
    pieces = []
    for start, end in pairwise(corners):
        count = max(1, round(float(np.linalg.norm(end - start)) / (_STEP_MM * unit)))
        pieces.append(start + np.arange(count)[:, None] / count * (end - start))
    return np.vstack(pieces)


def _pixels_per_mm(page: FoundPage) -> float:
    return page.reference.printed.size[0] / page.reference.layout.paper_mm[0]
