"""Sequential tests of an audit: what the draws so far say, at any moment, without a price for looking.

The hypothesis to be refuted is "the mean taint is 1 / `bound` or more", which is what it is when the audited claim is
untrue (`audit.py`). Each test plays a fair game against it. With X_j = 1 - t_j >= 0 and mu = 1 - 1/bound the
hypothesis says E[X_j | draws before] <= mu, so for any stake 0 <= l_j <= 1/mu that is fixed before draw j

    M_n = product over j <= n of (1 + l_j (X_j - mu))

is a non-negative supermartingale that starts at 1, and Ville's inequality gives P(M_n ever reaches 1/a) <= a.
1 / max(1, M_1, ..., M_n) is therefore a p-value at every n, and an audit may stop whenever it likes.

Sources: P. B. Stark, "Auditing a collection of races simultaneously", arXiv 0905.1422 (2009), Kaplan-Markov;
P. B. Stark, "ALPHA: audit that learns from previously hand-audited ballots", arXiv 2201.02707, section 2;
I. Waudby-Smith, P. B. Stark, A. Ramdas, "RiLACS", arXiv 2107.11323, section 3 (betting, approximate Kelly stakes).
Taints stand in the order of the draws, which are made with replacement; a missing or refused station has taint 1.
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from testigo.errors import BadUsage

Floats = NDArray[np.float64]
Test = Literal["kaplan-markov", "capped"]
TESTS: tuple[Test, ...] = ("kaplan-markov", "capped")

CAP = 0.75
"""The capped bet stakes at most this share of the largest stake that is allowed."""
PRIOR_TAINT = 0.001
PRIOR_WEIGHT = 50.0
MOST_DRAWS = 100_000
MISSING = 1.0
"""The taint of a station whose paper was not found or not shown."""


def log_wealth(taints: Floats, bound: float, stakes: Floats) -> Floats:
    """ln M_n after every draw, for stakes l_j that were each fixed before their draw.

    A stake of 1/mu that meets a taint of 1 loses everything: -inf from there on.

    Raises:
        BadUsage: a taint above 1 or not a number, a bound of 1 or less, or a stake out of [0, 1/mu].
    """
    t, mu = _checked(taints, bound)
    if len(stakes) != len(t) or (len(t) and (stakes.min() < 0 or stakes.max() * mu > 1 + 1e-12)):
        raise BadUsage(f"stakes: expected {len(t)} from 0 to {1 / mu:.6f}")
    # 1 + l (X - mu) is written so that the largest stake leaves X / mu and loses nothing to rounding.
    factors = np.maximum(1 - stakes * mu, 0) + stakes * (1 - t)
    with np.errstate(divide="ignore"):
        return np.asarray(np.cumsum(np.log(factors)), np.float64)


def p_values(wealth: Floats) -> Floats:
    """The running p-value 1 / max(1, M_1, ..., M_n) of `log_wealth`; it never rises."""
    return np.exp(-np.maximum(np.maximum.accumulate(wealth), 0)) if len(wealth) else np.empty(0)


def kaplan_markov(taints: Floats, bound: float) -> Floats:
    """The Kaplan-Markov p-value after every draw: 1 / M_n = product of (1 - 1/bound) / (1 - t_j).

    Everything is staked on every draw (l = 1/mu): the fewest draws where all agrees, and no way back after one taint
    of 1. Source: Stark 2009, section 3; the same as ALPHA with eta = 1.

    Raises:
        BadUsage: a taint above 1 or a bound of 1 or less.
    """
    return p_values(log_wealth(taints, bound, stakes_of("kaplan-markov", taints, bound)))


def alpha(taints: Floats, bound: float, eta: float) -> Floats:
    """The ALPHA p-value after every draw, for a fixed guess `eta` of the mean of X = 1 - t, between mu and 1.

    M_n multiplies (X/mu)(eta - mu)/(1 - mu) + (1 - eta)/(1 - mu), which is a bet of l = (eta/mu - 1)/(1 - mu).
    Source: arXiv 2201.02707, equation 4 with upper bound 1; sampling with replacement keeps mu constant.

    Raises:
        BadUsage: a taint above 1, a bound of 1 or less, or a guess out of its range.
    """
    t, mu = _checked(taints, bound)
    if not mu <= eta <= 1:
        raise BadUsage(f"eta: expected {mu:.6f} to 1, came {eta}")
    stake = min((eta / mu - 1) / (1 - mu), 1 / mu)
    return p_values(log_wealth(t, bound, np.full(len(t), stake)))


def capped_bet(taints: Floats, bound: float) -> Floats:
    """The p-value after every draw of a bet that learns from the draws before, and survives taints of 1.

    Raises:
        BadUsage: a taint above 1 or a bound of 1 or less.
    """
    return p_values(log_wealth(taints, bound, stakes_of("capped", taints, bound)))


def stakes_of(test: Test, taints: Floats, bound: float) -> Floats:
    """The stakes of a test, each from the draws before it only.

    The capped bet stakes l_j = (m - mu) / (v + (m - mu)^2), kept within [0, 0.75/mu], where m and v are the mean and
    the variance of X over the draws before, with a prior of 50 draws of mean 0.999 and variance 0.001.
    Source: approximate growth-rate adaptive bets, Waudby-Smith and Ramdas, arXiv 2010.09686, appendix B.3; the prior
    and the cap are this project's choice (any choice made before the draw keeps the risk limit).

    Raises:
        BadUsage: a taint above 1 or a bound of 1 or less.
    """
    t, mu = _checked(taints, bound)
    if test == "kaplan-markov":
        return np.full(len(t), 1 / mu)
    stakes = np.empty(len(t))
    total = spread = 0.0
    for j, x in enumerate(1 - t):
        mean, variance = _belief(j, total, spread)
        stakes[j] = _stake(mean, variance, mu)
        total += x
        spread += (x - mean) ** 2
    return stakes


def p_values_of(test: Test, taints: Floats, bound: float) -> Floats:
    """The p-value after every draw, by the test that is named."""
    return kaplan_markov(taints, bound) if test == "kaplan-markov" else capped_bet(taints, bound)


def draws_needed(test: Test, bound: float, risk: float, taints: Floats | None = None) -> int | None:
    """How many draws more reach p <= risk if every one of them agrees; `taints` are those of the draws so far.

    0 where the risk is met already, or where the bound is 1 or less (no error could make the claim untrue). None where
    no number up to 100,000 does. For Kaplan-Markov without errors n = ceil(ln risk / ln(1 - 1/bound)).

    Raises:
        BadUsage: a taint above 1 or a risk that is not between 0 and 1.
    """
    if not 0 < risk < 1:
        raise BadUsage(f"risk limit: expected between 0 and 1, came {risk}")
    if bound <= 1:
        return 0
    so_far, mu = _checked(np.empty(0) if taints is None else taints, bound)
    goal = -math.log(risk)
    stakes = stakes_of(test, so_far, bound)
    wealth = log_wealth(so_far, bound, stakes)
    if len(wealth) and wealth.max() >= goal:
        return 0
    now = float(wealth[-1]) if len(wealth) else 0.0
    if test == "kaplan-markov":
        needed = (goal - now) / -math.log1p(-1 / bound)
        return math.ceil(needed - 1e-9) if needed <= MOST_DRAWS else None
    return _capped_more(so_far, stakes, mu, now, goal)


def _capped_more(taints: Floats, stakes: Floats, mu: float, now: float, goal: float) -> int | None:
    total = spread = 0.0
    for j, x in enumerate(1 - taints):
        mean, _ = _belief(j, total, spread)
        total += x
        spread += (x - mean) ** 2
    seen = len(stakes)
    for more in range(1, MOST_DRAWS + 1):
        mean, variance = _belief(seen + more - 1, total, spread)
        stake = _stake(mean, variance, mu)
        now += math.log1p(stake * (1 - mu))
        if now >= goal:
            return more
        if _stays_capped(mean, variance, mu):
            rest = math.ceil((goal - now) / math.log1p(stake * (1 - mu)) - 1e-9)
            return more + rest if more + rest <= MOST_DRAWS else None
        total += 1.0
        spread += (1.0 - mean) ** 2
    return None


def _stays_capped(mean: float, variance: float, mu: float) -> bool:
    """True where every further draw without error is staked at the cap.

    Such draws raise the mean towards 1 and lower the variance; over / (variance + over^2) has one peak in `over`, so it
    stays above the cap if it is above it at both ends of what `over` can become.
    """
    return (1 - mean) ** 2 <= variance and _stake(mean, variance, mu) == _stake(1.0, variance, mu) == CAP / mu


def _belief(draws: int, total: float, spread: float) -> tuple[float, float]:
    weight = PRIOR_WEIGHT + draws
    return (PRIOR_WEIGHT * (1 - PRIOR_TAINT) + total) / weight, (PRIOR_WEIGHT * PRIOR_TAINT + spread) / weight


def _stake(mean: float, variance: float, mu: float) -> float:
    over = mean - mu
    return min(max(over / (variance + over * over), 0.0), CAP / mu)


def _checked(taints: Floats, bound: float) -> tuple[Floats, float]:
    t = np.asarray(taints, np.float64)
    if not bound > 1:
        raise BadUsage(f"bound: expected more than 1 (otherwise no error could matter), came {bound}")
    # A NaN is not below 1 either.
    if len(t) and not (t <= 1).all():
        raise BadUsage(f"taints: expected 1 at most, came {t[~(t <= 1)][0]}")
    return t, 1 - 1 / bound
