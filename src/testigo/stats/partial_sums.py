"""Distributions of sums of figures over sparse supports: convolution term by term, without a Fourier transform.

Products of non-negative numbers keep their relative precision, which a transform would not: the sums that matter on a
sheet are often a millionth of the largest. `plus` is np.add for probabilities and np.maximum for the best reading.
Partial sums below FLOOR times the largest, or beyond the MOST_PARTIAL heaviest, are pruned, and what they weigh is
counted in `lost`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bounds = tuple[float, float]
"""The least and the greatest value, both included."""

ANYWHERE: Bounds = (-math.inf, math.inf)
FLOOR = 1e-18
MOST_PARTIAL = 4096
MOST_SPAN = 1 << 21
"""Partial sums that lie within this distance are added up in place, others by sorting."""
GAPS = 12
"""Where at least one number in so many has a weight, a whole stretch of them is taken at once, gaps included."""


@dataclass(frozen=True, eq=False, slots=True)
class Weighted:
    """Numbers ascending with weights, and the weight of no number."""

    values: Ints
    weights: Floats
    absent: float

    def total(self, plus: np.ufunc) -> float:
        """All numbers' weight together: their sum, or the largest."""
        return float(plus.reduce(self.weights)) if len(self.weights) else 0.0


@dataclass(frozen=True, eq=False, slots=True)
class Partial:
    """The distribution of a sum of terms, ascending; `lost` is the share that pruning dropped."""

    values: Ints
    weights: Floats
    lost: float = 0.0


ZERO = Partial(np.zeros(1, dtype=np.int64), np.ones(1))
"""The sum of no terms."""


def added(partial: Partial, said: Weighted, factor: int, plus: np.ufunc, within: Bounds = ANYWHERE) -> Partial:
    """The distribution of a partial sum with one more term, as far as it lies within these bounds."""
    if not len(said.values) or not len(partial.values):
        return Partial(np.zeros(0, dtype=np.int64), np.zeros(0))
    # A factor of nought makes one number of all of them.
    term = Partial(factor * said.values, said.weights) if factor else Partial(ZERO.values, np.array([said.total(plus)]))
    few, many = term, partial
    if len(few.values) > len(many.values):
        few, many = many, few
    first, size = _reach(many.values)
    low, few_size = _reach(few.values)
    span = size + few_size - 1
    if span <= MOST_SPAN and size <= GAPS * len(many.values):
        dense = np.zeros(size)
        dense[many.values - first] = many.weights
        room = np.zeros(span)
        for start, weight in zip((few.values - low).tolist(), few.weights.tolist(), strict=True):
            part = room[start : start + size]
            plus(part, weight * dense, out=part)
        return _pruned(*_listed(room, low + first, within))
    sums = np.add.outer(few.values, many.values).ravel()
    weights = np.multiply.outer(few.weights, many.weights).ravel()
    if span <= MOST_SPAN:
        room = np.zeros(span)
        plus.at(room, sums - (low + first), weights)
        return _pruned(*_listed(room, low + first, within))
    order = np.argsort(sums, kind="stable")
    sums, weights = sums[order], weights[order]
    starts = np.flatnonzero(np.append(True, sums[1:] != sums[:-1]))
    found = sums[starts]
    fits = (found >= within[0]) & (found <= within[1])
    return _pruned(found[fits], plus.reduceat(weights, starts)[fits])


def bounds_of(low: int | None, high: int | None, others: Sequence[Bounds]) -> Bounds:
    """Where a partial sum must lie if the other terms, each within its reach, are to bring it to low..high."""
    least = -math.inf if low is None else low - sum(most for _, most in others)
    most = math.inf if high is None else high - sum(least for least, _ in others)
    return least, most


def reach_of(said: Weighted, factor: int) -> Bounds:
    """The least and the greatest that factor times these numbers can be."""
    if not len(said.values):
        return 0, 0
    ends = (factor * int(said.values[0]), factor * int(said.values[-1]))
    return min(ends), max(ends)


def _listed(room: Floats, first: int, within: Bounds) -> tuple[Ints, Floats]:
    """The numbers from `first` on that have a weight and lie within the bounds."""
    start = int(max(within[0] - first, 0)) if within[0] > -math.inf else 0
    end = int(max(within[1] - first + 1, 0)) if within[1] < math.inf else len(room)
    places = np.flatnonzero(room[start:end]) + start
    return places + first, room[places]


def _reach(values: Ints) -> tuple[int, int]:
    """The least of these numbers, and how many lie from it to the greatest one."""
    low = int(values.min())
    return low, int(values.max()) - low + 1


def _pruned(values: Ints, weights: Floats) -> Partial:
    heavy = weights > FLOOR * float(weights.max(initial=0.0))
    if int(heavy.sum()) > MOST_PARTIAL:
        heavy &= weights >= np.partition(weights, -MOST_PARTIAL)[-MOST_PARTIAL]
    total = float(weights.sum())
    lost = float(weights[~heavy].sum()) / total if total > 0 else 0.0
    return Partial(values[heavy], weights[heavy], lost)


def window(partial: Partial, points: Ints, low: int | None, high: int | None, plus: np.ufunc) -> Floats:
    """For every point the weight of partial sums s with low <= s - point <= high."""
    if not len(partial.values):
        return np.zeros(points.shape)
    if low is None or high is None:
        return _beyond(partial, points, low, high, plus)
    first, last = int(partial.values[0]), int(partial.values[-1])
    found = np.zeros(points.shape)
    if last - first <= MOST_SPAN:
        room = np.zeros(last - first + 3)
        room[partial.values - first + 1] = partial.weights
        for shift in range(low, high + 1):
            found = plus(found, room[np.clip(points + (shift - first + 1), 0, len(room) - 1)])
        return found
    for shift in range(low, high + 1):
        places = np.minimum(np.searchsorted(partial.values, points + shift), len(partial.values) - 1)
        found = plus(found, np.where(partial.values[places] == points + shift, partial.weights[places], 0.0))
    return found


def _beyond(partial: Partial, points: Ints, low: int | None, high: int | None, plus: np.ufunc) -> Floats:
    if low is None:
        assert high is not None
        ends = np.searchsorted(partial.values, points + high, side="right")
        running = np.append(0.0, plus.accumulate(partial.weights))
        return running[ends]
    starts = np.searchsorted(partial.values, points + low, side="left")
    running = np.append(plus.accumulate(partial.weights[::-1])[::-1], 0.0)
    return running[starts]


def joined(before: Partial, after: Partial, points: Ints, low: int | None, high: int | None, plus: np.ufunc) -> Floats:
    """As `window` for the sum of two partial sums, without making their convolution."""
    few, many = (before, after) if len(before.values) <= len(after.values) else (after, before)
    if not len(few.values) or not len(points):
        return np.zeros(len(points))
    first, size = _reach(points)
    least, reach = _reach(few.values)
    if reach <= GAPS * len(few.values) and size + reach <= MOST_SPAN:
        backwards = np.zeros(reach)
        backwards[least + reach - 1 - few.values] = few.weights
        start = first - least - reach + 1
        held = window(many, np.arange(start, start + size + reach - 1, dtype=np.int64), low, high, plus)
        return np.array([plus.reduce(backwards * held[at : at + reach]) for at in (points - first).tolist()])
    found = window(many, np.subtract.outer(points, few.values), low, high, plus)
    reduced: Floats = plus.reduce(found * few.weights, axis=1)
    return reduced
