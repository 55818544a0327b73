"""How well transcriptions agree, and how much error may remain where they do.

Two figures that are often printed are left out on purpose.

- Kappa and its relatives on raw counts: with hundreds of possible values chance agreement is next to nothing, so kappa
  repeats the rate of exact matches (0.97804 beside 0.9781 in a measured case).
- The product of two error rates as the rate of undetected errors: people err alike on the same hard cells. In a
  simulation with 1% errors each it was 20 to 40 times too small (4e-6 where 1e-4 of the cells were wrong alike). What
  agreed cells hide is estimated here by a third reading of a random sample of them.

Intervals are exact binomial ones: C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from testigo.errors import BadUsage

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def clopper_pearson(wrong: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact two-sided interval of a rate; [0, 1] where n is 0.

    low = Beta(a/2; k, n - k + 1), high = Beta(1 - a/2; k + 1, n - k), a = 1 - confidence.

    Raises:
        BadUsage: not 0 <= wrong <= n, or a confidence that is not between 0 and 1.
    """
    _check(wrong, n, confidence)
    tail = (1 - confidence) / 2
    low = 0.0 if wrong == 0 else float(stats.beta.ppf(tail, wrong, n - wrong + 1))
    high = 1.0 if wrong == n else float(stats.beta.ppf(1 - tail, wrong + 1, n - wrong))
    return low, high


def rate_at_most(wrong: int, n: int, confidence: float = 0.95) -> float:
    """The exact one-sided bound: with this confidence the rate is no higher. 1 - a^(1/n) where nothing was wrong.

    Raises:
        BadUsage: as `clopper_pearson`.
    """
    _check(wrong, n, confidence)
    return 1.0 if wrong == n else float(stats.beta.ppf(confidence, wrong + 1, n - wrong))


def _check(wrong: int, n: int, confidence: float) -> None:
    if not 0 <= wrong <= n:
        raise BadUsage(f"rate: expected 0 to {n} wrong of {n}, came {wrong}")
    if not 0 < confidence < 1:
        raise BadUsage(f"confidence: expected between 0 and 1, came {confidence}")


@dataclass(frozen=True, slots=True)
class Rate:
    """`wrong` of `n`, with the two-sided interval [low, high] and the one-sided `at_most` at one confidence.

    What counts as wrong (a difference, an error) is said by the function that gives it.
    """

    wrong: int
    n: int
    low: float
    high: float
    at_most: float

    @property
    def share(self) -> float | None:
        """wrong / n; None where nothing was compared."""
        return self.wrong / self.n if self.n else None


def rate(wrong: int, n: int, confidence: float = 0.95) -> Rate:
    """The rate with its intervals.

    Raises:
        BadUsage: as `clopper_pearson`.
    """
    low, high = clopper_pearson(wrong, n, confidence)
    return Rate(wrong, n, low, high, rate_at_most(wrong, n, confidence))


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two transcriptions of the same sheets: where they differ, by field, over all cells and by sheet.

    A cell counts where both state it. A sheet counts where both state one cell or more, and differs where one cell
    does. `overall` treats cells as independent, which those of one sheet are not: prefer `sheets` for a claim.
    """

    fields: tuple[Rate, ...]
    overall: Rate
    sheets: Rate


def agreement(here: Ints, there: Ints, stated: Bools, confidence: float = 0.95) -> Agreement:
    """How often two transcriptions differ. All have one row a sheet and one column a field.

    `stated` is true where both have a figure: unread is not zero, and not a difference either. With known answers in
    `there` the rates are error rates of `here`.

    Raises:
        BadUsage: the tables have different shapes.
    """
    if not here.shape == there.shape == stated.shape or here.ndim != 2:
        raise BadUsage(f"agreement: expected tables of one shape, came {here.shape}, {there.shape}, {stated.shape}")
    differ = (here != there) & stated
    by_field = zip(differ.sum(axis=0).tolist(), stated.sum(axis=0).tolist(), strict=True)
    return Agreement(
        tuple(rate(wrong, n, confidence) for wrong, n in by_field),
        rate(int(differ.sum()), int(stated.sum()), confidence),
        rate(int(differ.any(axis=1).sum()), int(stated.any(axis=1).sum()), confidence),
    )


@dataclass(frozen=True, slots=True)
class Remaining:
    """Errors among cells on which the others agreed, judged by a third reading of a random sample of them.

    `expected` and `at_most` are numbers of wrong cells among all the agreed ones (the second with the confidence
    asked for). A third reader who sees the first two, or errs on the same cells, makes both too small.
    """

    agreed: int
    sample: Rate
    expected: float | None
    at_most: int


def remaining_errors(agreed: int, sampled: int, wrong: int, confidence: float = 0.95) -> Remaining:
    """How many agreed cells are wrong all the same. `expected` is None where nothing was sampled.

    The bound takes the sample as drawn with replacement, which is safe: from a finite number of cells it is wider.

    Raises:
        BadUsage: more sampled than agreed, or as `clopper_pearson`.
    """
    if sampled > agreed:
        raise BadUsage(f"third reading: expected a sample of {agreed} agreed cells at most, came {sampled}")
    found = rate(wrong, sampled, confidence)
    expected = None if found.share is None else found.share * agreed
    return Remaining(agreed, found, expected, int(np.floor(found.at_most * agreed)))


def sample_for(at_most: float, allowed: int = 0, confidence: float = 0.95) -> int:
    """The least sample in which `allowed` errors or fewer still show that the rate is `at_most` or lower.

    Raises:
        BadUsage: a rate or a confidence that is not between 0 and 1, or fewer than 0 errors allowed.
    """
    if not 0 < at_most < 1 or allowed < 0:
        raise BadUsage(f"acceptance: expected a rate between 0 and 1 and 0 errors or more, came {at_most}, {allowed}")
    low, high = allowed, allowed + 1
    while rate_at_most(allowed, high, confidence) > at_most:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if rate_at_most(allowed, middle, confidence) > at_most:
            low = middle
        else:
            high = middle
    return high


def acceptance(
    samples: Sequence[int], allowed: Sequence[int] = (0,), confidence: float = 0.95
) -> tuple[tuple[int, int, float], ...]:
    """The table (errors, sample, rate at most) of acceptance sampling, where the errors fit into the sample."""
    return tuple((k, n, rate_at_most(k, n, confidence)) for k in allowed for n in samples if k <= n)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A lower estimate of how many errors there are, found and not found, with its standard deviation."""

    errors: float
    deviation: float


def errors_at_least(first: int, second: int, both: int) -> AtLeast:
    """A lower estimate of all errors, from what two inspections of the same sheets found alone and both.

    Chapman's (n1 + 1)(n2 + 1)/(m + 1) - 1 with variance (n1 + 1)(n2 + 1)(n1 - m)(n2 - m) / ((m + 1)^2 (m + 2)).
    Lower, because errors that are hard for one inspection are hard for the other: with uneven chances of being found
    it gave 53 where 60 was true. Source: D. G. Chapman, Univ. California Publ. Stat. 1 (1951) 131; G. A. F. Seber,
    Biometrics 26 (1970) 249.

    Raises:
        BadUsage: not 0 <= both <= first, second.
    """
    if not 0 <= both <= min(first, second):
        raise BadUsage(f"errors found: expected 0 to {min(first, second)} found by both, came {both}")
    product = (first + 1) * (second + 1)
    variance = product * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return AtLeast(product / (both + 1) - 1, float(np.sqrt(variance)))
