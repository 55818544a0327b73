"""A screen: last digits against what a smoothed histogram of the same counts expects.

Last digits of counts are not uniform where counts are small or steep: the published test against 1/10 raises a false
alarm in two of three clean elections for a choice with few votes. Here the expectation comes from the histogram itself,
smoothed with a Gaussian kernel: neighbouring counts are about equally frequent, whatever the digit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, special

from testigo.stats.shapes import same_length

Ints = NDArray[np.int64]
LEAST = 100
"""Smaller counts are left out: there the histogram bends within ten votes."""
BANDWIDTH = 8.0
BESIDE = (4.0, 15.0)
"""Bandwidths in votes, standard deviations of the kernel; the other two show how much hangs on it."""
LEVEL = 0.025
"""Two leading choices are looked at, so each at half of 5%."""
FEWEST = 50
"""Fewer counts than this are not tested: five for each digit, the usual least of a chi-squared test."""


@dataclass(frozen=True, slots=True)
class LastDigits:
    """`observed` and `expected` counts by last digit 0 to 9; `statistic` is their chi-squared with 9 df, `p` its tail.

    `beside` are the p of the other bandwidths, in the order of BESIDE. Nothing is flagged: the digits of one sheet say
    nothing.
    """

    n: int
    statistic: float
    p: float
    observed: tuple[int, ...]
    expected: tuple[float, ...]
    beside: tuple[float, ...]

    @property
    def flagged(self) -> tuple[int, ...]:
        """Always empty."""
        return ()

    @property
    def reported(self) -> bool:
        """Whether the digits differ at every bandwidth."""
        return max(self.p, *self.beside) < LEVEL


def last_digit(counts: Ints) -> LastDigits | None:
    """The last digits of these counts (n,), those from LEAST on; None where they are fewer than FEWEST.

    The whole histogram is smoothed and then cut at LEAST, so that the cut bends nothing. The expectation is scaled to
    the number of counts; chi2 = sum (o - e)^2 / e.

    Raises:
        BadUsage: the counts are not whole numbers.
    """
    same_length("last digit", counts=counts)
    used = counts[counts >= LEAST]
    if len(used) < FEWEST:
        return None
    observed = np.bincount(used % 10, minlength=10)
    histogram = np.bincount(counts[counts >= 0]).astype(np.float64)
    statistic, p, expected = _test(observed, histogram, BANDWIDTH)
    beside = tuple(_test(observed, histogram, width)[1] for width in BESIDE)
    return LastDigits(len(used), statistic, p, tuple(observed.tolist()), expected, beside)


def _test(observed: Ints, histogram: NDArray[np.float64], bandwidth: float) -> tuple[float, float, tuple[float, ...]]:
    # Beyond the largest count the kernel still has weight: it gets room, whole tens of it.
    room = np.zeros(10 * int(bandwidth))
    smooth = ndimage.gaussian_filter1d(np.concatenate([histogram, room]), bandwidth, mode="constant")
    smooth[:LEAST] = 0
    expected = np.bincount(np.arange(len(smooth)) % 10, smooth, 10)
    expected *= observed.sum() / expected.sum()
    statistic = float(((observed - expected) ** 2 / expected).sum())
    return statistic, float(special.chdtrc(9, statistic)), tuple(expected.tolist())
