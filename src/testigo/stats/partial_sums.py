"""Distributions of sums of figures over sparse supports: convolution term by term, without a Fourier transform.

Products of non-negative numbers keep their relative precision, which a transform would not: the sums that matter on a
sheet are often a millionth of the largest. `plus` is np.add for probabilities and np.maximum for the best reading.
Partial sums below FLOOR times the largest, or beyond the MOST_PARTIAL heaviest, are pruned, and what they weigh is
counted in `lost`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FLOOR = 1e-18
MOST_PARTIAL = 4096
MOST_SPAN = 1 << 21
"""Partial sums that lie within this distance are added up in place, others by sorting."""


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


def added(partial: Partial, said: Weighted, factor: int, plus: np.ufunc) -> Partial:
    """The distribution of a partial sum with one more term."""
    if not len(said.values) or not len(partial.values):
        return Partial(np.zeros(0, dtype=np.int64), np.zeros(0))
    sums = np.add.outer(factor * said.values, partial.values).ravel()
    weights = np.multiply.outer(said.weights, partial.weights).ravel()
    low = int(sums.min())
    span = int(sums.max()) - low + 1
    if span <= MOST_SPAN:
        room = np.zeros(span)
        plus.at(room, sums - low, weights)
        places = np.flatnonzero(room)
        return _pruned(places + low, room[places])
    order = np.argsort(sums, kind="stable")
    sums, weights = sums[order], weights[order]
    starts = np.flatnonzero(np.append(True, sums[1:] != sums[:-1]))
    return _pruned(sums[starts], plus.reduceat(weights, starts))


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
    """As `_window` for the sum of two partial sums, without making their convolution."""
    few, many = (before, after) if len(before.values) <= len(after.values) else (after, before)
    if not len(few.values):
        return np.zeros(len(points))
    found = window(many, np.subtract.outer(points, few.values), low, high, plus)
    joined: Floats = plus.reduce(found * few.weights, axis=1)
    return joined
