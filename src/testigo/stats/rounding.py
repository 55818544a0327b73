"""Whether vote figures were worked out from percentages: exact arithmetic and an exact null probability.

What a hit says is "the vote figures were computed from percentages with d decimals"; it does not by itself say that the
percentages are untrue. Sources: A. Gelman, 31 July 2024; T. Tao, "What are the odds, II", 2 August 2024 (a posterior
would need P(evidence | other explanations) and priors, so the probability under the null is told and nothing else).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from testigo.errors import BadUsage

Mode = Literal["half-up", "down", "up"]
MODES: tuple[Mode, ...] = ("half-up", "down", "up")
LEAST_VOTES_PER_STEP = 20
"""Below so many votes a step of the percentages, hits by chance become common: nothing is claimed."""
MOST_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Match:
    """How vote figures lie to percentages of `decimals` decimals.

    `steps` are the nearest percentages in units of 1/G, G = 100 * 10^decimals; `residuals` = v - step * N / G in votes.
    `holds` is true where every figure is exactly what `mode` makes of its percentage.
    """

    decimals: int
    mode: Mode
    steps: tuple[int, ...]
    residuals: tuple[Fraction, ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class NullProbability:
    """The share of all ways to part the total into so many figures that match: `hits` of `ways`."""

    hits: int
    ways: int

    @property
    def value(self) -> Fraction:
        """The probability under figures spread evenly over all that add up to the total."""
        return Fraction(self.hits, self.ways)

    def corrected(self, tests: int) -> Fraction:
        """The probability after Bonferroni's correction for so many tests (precisions times modes), at most 1."""
        return min(Fraction(1), self.value * tests)


def match(votes: Sequence[int], decimals: int, mode: Mode = "half-up") -> Match:
    """How these figures, which add up to their total N, lie to percentages of so many decimals.

    v matches if v = mode(k * N / G) with k the nearest whole number to v * G / N.

    Raises:
        BadUsage: fewer than two figures, one below 0, or fewer than 20 votes a step (N < 20 * G).
    """
    total, grid = _ground(votes, decimals)
    steps = tuple(_divided(v * grid, total, "half-up") for v in votes)
    residuals = tuple(v - Fraction(k * total, grid) for v, k in zip(votes, steps, strict=True))
    holds = all(_divided(k * total, grid, mode) == v for v, k in zip(votes, steps, strict=True))
    return Match(decimals, mode, steps, residuals, holds)


def matching(
    votes: Sequence[int], decimals: Sequence[int] = range(MOST_DECIMALS + 1), modes: Sequence[Mode] = ("half-up",)
) -> tuple[Match, ...]:
    """Every match that holds, of these precisions and modes; precisions too fine for the total are left out.

    51.2% is 51.20% too: what matches at one precision matches at every finer one, so the first is the one to tell.
    """
    total = sum(votes)
    fit = [d for d in decimals if total >= LEAST_VOTES_PER_STEP * steps_of(d)]
    found = (match(votes, d, mode) for d in fit for mode in modes)
    return tuple(one for one in found if one.holds)


def null_probability(total: int, figures: int, decimals: int, mode: Mode = "half-up") -> NullProbability:
    """The exact probability that figures spread evenly over all ways to add up to `total` all match.

    With R_k = mode(k * N / G), two figures have N + 1 ways and hits #{i: R_i + R_(G-i) = N}; three have
    (N + 1)(N + 2) / 2 ways and hits #{(i, j): R_i + R_j + R_(G-i-j) = N}. No other k can stand in the last place:
    the last figure is (G - i - j) * N / G less two residuals of at most a vote each, and a step is 20 votes or more.

    Raises:
        BadUsage: other than two or three figures, or fewer than 20 votes a step.
    """
    if figures not in (2, 3):
        raise BadUsage(f"null probability: expected two or three figures (only those are counted out), came {figures}")
    grid = _grid(total, decimals)
    made = np.array([_divided(k * total, grid, mode) for k in range(grid + 1)], np.int64)
    if figures == 2:
        return NullProbability(int(np.count_nonzero(made + made[::-1] == total)), total + 1)
    over = made * grid - np.arange(grid + 1, dtype=np.int64) * total
    return NullProbability(_triples(over, mode), (total + 1) * (total + 2) // 2)


def _triples(over: NDArray[np.int64], mode: Mode) -> int:
    """#{(i, j): i + j <= G, R_i + R_j + R_(G-i-j) = N} where a_k = R_k * G - k * N is `over`.

    The sum is N where a_i + a_j + a_k = 0. For i + j + k = G the left side is a multiple of G, and a_k is the only
    number of its class modulo G from `least` to `least` + G - 1: so it is enough that -(a_i + a_j) lies there. For each
    i that counts the j of a prefix, 0 to G - i, with a_j in an interval: a prefix is one block of every power of two in
    its length, and blocks are sorted once for each power, so all takes G log^2 G steps rather than G^2.
    """
    grid = len(over) - 1
    least = {"half-up": -grid // 2 + 1, "down": -grid + 1, "up": 0}[mode]
    low, high = -(least + grid - 1) - over, -least - over
    length = np.arange(grid + 1, 0, -1, dtype=np.int64)
    levels = (grid + 1).bit_length()
    padded = np.zeros(1 << levels, np.int64)
    padded[: grid + 1] = over
    width = 8 * grid
    hits = 0
    for level in range(levels):
        blocks = np.sort(padded.reshape(-1, 1 << level), axis=1)
        start = np.arange(len(blocks), dtype=np.int64) * width + width // 2
        keys = (blocks + start[:, None]).ravel()
        asks = np.flatnonzero(length >> level & 1)
        middle = start[(length[asks] >> level) - 1]
        found = np.searchsorted(keys, middle + high[asks], "right") - np.searchsorted(keys, middle + low[asks], "left")
        hits += int(found.sum())
    return hits


def steps_of(decimals: int) -> int:
    """G: how many steps of a percentage with so many decimals make 100%."""
    return int(100 * 10**decimals)


def _ground(votes: Sequence[int], decimals: int) -> tuple[int, int]:
    if len(votes) < 2 or min(votes) < 0:
        raise BadUsage("percentages: expected two figures or more, none below 0")
    return sum(votes), _grid(sum(votes), decimals)


def _grid(total: int, decimals: int) -> int:
    if not 0 <= decimals <= MOST_DECIMALS:
        raise BadUsage(f"decimals of percentages: expected 0 to {MOST_DECIMALS}, came {decimals}")
    grid = steps_of(decimals)
    if total < LEAST_VOTES_PER_STEP * grid:
        raise BadUsage(
            f"percentages with {decimals} decimals: expected {LEAST_VOTES_PER_STEP * grid} votes or more, "
            f"came {total}: with fewer, matches by chance are common"
        )
    return grid


def _divided(p: int, q: int, mode: Mode) -> int:
    if mode == "half-up":
        return (2 * p + q) // (2 * q)
    return p // q if mode == "down" else -(-p // q)
