"""Tally marks counted: upright strokes, each fifth one across the four before it; with the probability of every count.

A stroke is upright where ink goes through most of the marks' height along a steep line. Strokes whose gaps are bridged
by ink are a group that is struck across. What fits the pattern (single strokes, and groups of four with a stroke
across) is nearly certain; all else (three or five uprights under one stroke, strokes that touch) leaves several counts
open. The probabilities were set on synthetic strips: nothing here was measured on real sheets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.core.ids import FieldId
from testigo.stats.fields import ValueEvidence
from testigo.vision.load import Pixels, grey_of

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MISTAKEN: Final = 0.01
"""How probable it is that the marks are not what was counted, such as marks of another kind or struck-out groups."""
_MARK: Final = 40
_LEAST_CONTRAST: Final = 26
_STEEP: Final = 0.88
_PLAIN: Final = 0.95
_SLANTS: Final = np.linspace(-0.4, 0.4, 17)
_NEAR: Final = np.linspace(-0.1, 0.1, 7)


def tally_counts(strip: Pixels) -> Mapping[int, float] | None:
    """The probability of each count of the marks in a strip (grey or colour, dark on light); None where no ink is.

    Counts of less than one in a million are left out. An empty strip is not a count of zero: it may not have been used.
    """
    ink = _marks_of(strip)
    if ink is None:
        return None
    strokes = _uprights(ink)
    groups = _groups(ink, strokes)
    found = np.ones(1)
    for place, group in enumerate(groups):
        found = np.convolve(found, _meanings(group, last=place == len(groups) - 1))
    found /= found.sum()
    return {int(count): float(found[count]) for count in np.flatnonzero(found > 1e-6)}


def tally_evidence(strip: Pixels, field: FieldId, *, mistaken: float = MISTAKEN) -> ValueEvidence | None:
    """What the marks say of a field's number; None where there are none.

    The likelihood of a count is (1 - mistaken) times its probability, and mistaken / 1000 more for every number: marks
    that are no tallies speak for none.
    """
    counts = tally_counts(strip)
    if counts is None:
        return None
    floor = mistaken / 1000
    logs = {count: log((1 - mistaken) * part + floor) for count, part in counts.items()}
    return ValueEvidence(field, "tallies", logs, log(floor))


def _marks_of(strip: Pixels) -> Mask | None:
    """Where ink is, without printed lines, scaled so that marks are 40 pixels high; None where there is none."""
    grey = grey_of(strip)
    ink = _ink_of(grey)
    ink = _without_lines(ink)
    rows = np.flatnonzero(ink.sum(axis=1) > 0)
    if ink.sum() < 0.3 * grey.shape[0] or not len(rows):
        return None
    weight = np.cumsum(ink.sum(axis=1)) / ink.sum()
    top, end = int(np.searchsorted(weight, 0.02)), int(np.searchsorted(weight, 0.98)) + 1
    if end - top < grey.shape[0] / 5:
        return None
    scale = _MARK / (end - top)
    part = np.ascontiguousarray(grey[top:end])
    size = max(1, round(part.shape[1] * scale)), _MARK
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return _without_specks(_without_lines(_ink_of(np.asarray(cv2.resize(part, size, interpolation=way), np.uint8))))


def _ink_of(grey: Pixels) -> Mask:
    breadth = max(15, grey.shape[0] // 3) | 1
    soft = cv2.GaussianBlur(grey, (0, 0), 0.7)
    paper = cv2.GaussianBlur(cv2.morphologyEx(soft, cv2.MORPH_CLOSE, np.ones((breadth, breadth))), (0, 0), breadth / 4)
    below = paper.astype(np.float64) - soft
    depth = float(np.percentile(below, 99))
    return np.asarray(below > max(_LEAST_CONTRAST, 0.35 * depth), np.bool_)


def _without_lines(ink: Mask) -> Mask:
    """Ink but for runs along a row that are longer than a group is wide: printed lines."""
    height, width = ink.shape
    length = min(width, round(2.2 * height))
    flat = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, max(3, length)), np.uint8))
    return np.asarray(ink & (cv2.dilate(flat, np.ones((3, 1), np.uint8)) == 0), np.bool_)


@dataclass(frozen=True, slots=True)
class _Stroke:
    """An upright stroke: its middle's column; `plain` says that it is as broad as others and dark all along."""

    column: float
    plain: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """Upright strokes whose gaps are bridged by ink; `plain` where all of them are."""

    uprights: int
    plain: bool


def _without_specks(ink: Mask) -> Mask:
    _, labels, found, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    tall = found[:, cv2.CC_STAT_HEIGHT] >= _MARK // 4
    tall[0] = False
    return np.asarray(tall[labels], np.bool_)


def _uprights(ink: Mask) -> tuple[_Stroke, ...]:
    """The upright strokes from the left."""
    band = np.arange(_MARK // 4, _MARK - _MARK // 4)
    profiles = [_along(ink, band, slant) for slant in _SLANTS]
    # Most strokes of one hand lean alike: there the profile is all peaks and valleys.
    usual = float(_SLANTS[int(np.argmax([float(np.square(profile).sum()) for profile in profiles]))])
    best = np.max([_along(ink, band, usual + more) for more in _NEAR], axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (best >= _STEEP).astype(np.int8), [0]])))
    spans = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    usual_width = float(np.median([end - start for start, end in spans])) if spans else 1.0
    found: list[_Stroke] = []
    for start, end in spans:
        # Two strokes that touch are one broad one.
        parts = max(1, round((end - start) / (2.2 * usual_width)))
        plain = end - start <= 1.6 * usual_width and float(best[start:end].max()) >= _PLAIN
        found += [_Stroke(start + (part + 0.5) * (end - start) / parts - 0.5, plain) for part in range(parts)]
    return tuple(found)


def _along(ink: Mask, band: NDArray[np.intp], slant: float) -> Floats:
    """For every column the share of ink along the line through it that leans by `slant` pixels a row."""
    width = ink.shape[1]
    shifts = np.rint(slant * (band - _MARK / 2)).astype(np.intp)
    places = np.arange(width)[None, :] + shifts[:, None]
    inside = (places >= 0) & (places < width)
    hit = np.asarray(ink[band[:, None], np.clip(places, 0, width - 1)], np.bool_) & inside
    return np.asarray(hit.mean(axis=0), np.float64)


def _groups(ink: Mask, strokes: Sequence[_Stroke]) -> tuple[_Group, ...]:
    groups: list[_Group] = []
    for place, stroke in enumerate(strokes):
        if place and _bridged(ink, strokes[place - 1].column, stroke.column):
            groups[-1] = _Group(groups[-1].uprights + 1, groups[-1].plain and stroke.plain)
        else:
            groups.append(_Group(1, stroke.plain))
    return tuple(groups)


def _bridged(ink: Mask, left: float, right: float) -> bool:
    """Whether ink leads from one stroke to the next between them; where they meet at an end does not count."""
    start, end = max(0, round(left) - 1), round(right) + 2
    between = np.ascontiguousarray(ink[_MARK // 8 : _MARK - _MARK // 8, start:end]).astype(np.uint8)
    _, labels = cv2.connectedComponents(between, connectivity=8)
    rows = slice(between.shape[0] // 2 - 4, between.shape[0] // 2 + 4)
    ours, theirs = (set(np.unique(labels[rows, columns]).tolist()) - {0} for columns in (slice(0, 3), slice(-3, None)))
    return bool(ours & theirs)


def _meanings(group: _Group, *, last: bool) -> Floats:
    """The probability of each count that a group can mean, by index."""
    whole, rest = divmod(group.uprights, 4)
    match group.uprights:
        case 1:
            likely = {1: 0.997, 0: 0.002, 2: 0.001} if group.plain else {1: 0.7, 2: 0.25, 0: 0.05}
        case 2:
            # The last strokes may touch without being struck across.
            likely = {2: 0.45, 3: 0.2, 5: 0.35} if last else {5: 0.6, 2: 0.2, 3: 0.1, 4: 0.1}
        case 3:
            likely = {5: 0.7, 4: 0.15, 3: 0.15} if last else {5: 0.85, 4: 0.08, 3: 0.07}
        case _ if rest == 0:
            sure = 0.995 if group.plain else 0.85
            likely = {5 * whole: sure, 5 * whole + 1: 0.6 * (1 - sure), 5 * whole - 1: 0.4 * (1 - sure)}
        case _:
            likely = {5 * whole + rest: 0.45, 5 * (whole + 1): 0.45, 5 * whole + rest + 1: 0.1}
    found = np.zeros(max(likely) + 1)
    found[list(likely)] = list(likely.values())
    return found
