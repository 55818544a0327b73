"""Tests that are refused: published often, and wrong for votes of polling stations.

They stand here so that `testigo calibrate` can show how often each raises an alarm in clean elections. Nothing else
imports this module; a test holds that.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from testigo.stats.homogeneity import homogeneity

Ints = NDArray[np.int64]
LEVEL = 0.05


def benford_first_digit(counts: Ints) -> float:
    """p of the first digits against log10(1 + 1/d): stations are of like size, so it cannot hold."""
    used = counts[counts >= 1]
    first = used // _power_below(used)
    return _chi_squared_p(np.bincount(first, minlength=10)[1:], np.log10(1 + 1 / np.arange(1, 10)))


def benford_second_digit(counts: Ints) -> float:
    """p of the second digits against sum over k of log10(1 + 1/(10 k + d)) (Mebane 2006), counts from 10 on."""
    used = counts[counts >= 10]
    second = used // (_power_below(used) // 10) % 10
    tens = 10 * np.arange(1, 10)[:, None] + np.arange(10)
    return _chi_squared_p(np.bincount(second, minlength=10), np.log10(1 + 1 / tens).sum(axis=0))


def last_digit_uniform(counts: Ints) -> float:
    """p of the last digits against 1/10 each (Beber and Scacco 2012), counts from 100 on."""
    used = counts[counts >= 100]
    return _chi_squared_p(np.bincount(used % 10, minlength=10), np.full(10, 0.1))


def homogeneity_chi_squared(part: Ints, valid: Ints, centre: Ints) -> float:
    """p of the chi-squared test within centres as if phi were 1: voters of one table are no independent draws."""
    found = homogeneity(part, valid, centre)
    return 1.0 if found is None else float(special.chdtrc(found.df, found.chi2))


def _chi_squared_p(observed: Ints, shares: NDArray[np.float64]) -> float:
    """p of Pearson's chi-squared; 1 where there is nothing to look at."""
    expected = shares * observed.sum()
    if not observed.sum():
        return 1.0
    return float(special.chdtrc(len(observed) - 1, ((observed - expected) ** 2 / expected).sum()))


def _power_below(counts: Ints) -> Ints:
    """The largest power of ten that is not above each count."""
    powers = 10 ** np.arange(19, dtype=np.int64)
    found: Ints = powers[np.searchsorted(powers, counts, side="right") - 1]
    return found
