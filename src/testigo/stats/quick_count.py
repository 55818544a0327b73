"""The result from a sample of stations: a share of each choice with an interval that rests on the draw alone.

Combined ratio estimator (W. G. Cochran, Sampling Techniques, 1977, section 6.11). In stratum h n_h of N_h stations are
drawn; with y votes of a choice and x valid votes of a station
    p = Y / X,  Y = sum_h N_h mean_h(y),  X = sum_h N_h mean_h(x),  z = y - p x
    variance of p = sum_h N_h^2 (1 - n_h/N_h) s_h^2 / n_h / X^2      (s_h^2 of z within the stratum, linearised)
A station is drawn as a whole, and z is one number a station: that its voters are alike is in s_h^2 (single-stage
clusters, chapter 9). The t quantile has the effective degrees of freedom of Satterthwaite (section 5.4).

A systematic sample has no unbiased variance (chapter 8). Taken here, along the list:
    s^2 = sum (z_i - z_(i+1))^2 / (2 (n - 1))
(K. M. Wolter, Introduction to Variance Estimation, 2007, 8.2, estimator v_2): too wide where areas differ, too narrow
only where the list has a period that the interval between draws hits. Its degrees of freedom, 2 (n-1)^2 / (3n - 4), are
those of the mean square successive difference (von Neumann, Kent, Bellinson, Hart, Ann. Math. Stat. 12, 1941).

Stations that were drawn and did not arrive break the draw. The interval then takes what arrived for a random part of
what was drawn in its stratum, which is a model and no longer chance. `worst` assumes only that a station holds no more
ballots than it can: the drawn stations that are missing give all of them to one side, or all to the others, and the
interval is that of the whole draw (Cochran, section 13.2).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from testigo.errors import BadUsage
from testigo.stats.estimate import Interval
from testigo.stats.sample import FEWEST, Design

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The drawn stations in the order of the draw, and the strata that they were drawn from.

    `stratum` (n,) points into `stations` (strata,), the number of all stations of each. `arrived` (n,); `votes`
    (n, choices) are looked at only there. `most` (n,) is how many ballots a station can hold at most, None where that
    is not known of each that did not arrive.
    """

    design: Design
    stratum: Ints
    stations: Ints
    votes: Ints
    arrived: Bools
    most: Ints | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a figure is at least and at most."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class QuickCount:
    """Shares of the valid votes by choice, and the `lead` of the first of `leading` over the second.

    `worst` are the shares whatever the missing stations of the sample hold, `worst_lead` the lead of the first over
    the rival that comes closest; both None where it is not known how many ballots these can hold. `together` strata had
    too few arrivals and were put together with their neighbours. `degrees` of freedom are those of the lead.
    """

    shares: tuple[Interval, ...]
    leading: tuple[int, int]
    lead: Interval
    worst: tuple[Bounds, ...] | None
    worst_lead: Bounds | None
    drawn: int
    arrived: int
    together: int
    degrees: float


def quick_count(sample: Drawn, confidence: float = 0.95) -> QuickCount:
    """The result that the arrived stations of a sample say; exact where all stations were drawn and arrived.

    Raises:
        BadUsage: fewer than two choices, fewer than two stations arrived, no votes, or a confidence outside 0 to 1.
    """
    _check(sample, confidence)
    here = sample.arrived
    stratum, stations, together = neighbours_joined(sample.stratum[here], sample.stations)
    votes = sample.votes[here]
    seen = _Draw(sample.design, stratum, stations, confidence)
    shares = tuple(seen.share(votes[:, c], votes.sum(axis=1))[0] for c in range(votes.shape[1]))
    order = sorted(range(len(shares)), key=lambda c: -shares[c].value)
    first, second = order[0], order[1]
    lead, degrees = seen.share(votes[:, first] - votes[:, second], votes.sum(axis=1), least=-1.0)
    worst, worst_lead = _worst(sample, first, confidence) if sample.most is not None else (None, None)
    return QuickCount(
        shares, (first, second), lead, worst, worst_lead, len(here), int(here.sum()), together, degrees
    )  # fmt: skip


def _check(sample: Drawn, confidence: float) -> None:
    n, arrived = len(sample.arrived), int(sample.arrived.sum())
    if sample.votes.shape[0] != n or len(sample.stratum) != n or (sample.most is not None and len(sample.most) != n):
        raise BadUsage("quick count: expected one row for every drawn station")
    if sample.votes.ndim != 2 or sample.votes.shape[1] < 2:
        raise BadUsage("quick count: expected a contest with two choices or more")
    if (np.bincount(sample.stratum, minlength=len(sample.stations)) > sample.stations).any():
        raise BadUsage("quick count: expected no more drawn stations than the stratum has")
    if arrived < min(FEWEST, int(sample.stations.sum())) or not sample.votes[sample.arrived].any():
        raise BadUsage(
            f"quick count: expected {FEWEST} stations with votes or more, {arrived} of {n} drawn ones arrived"
        )
    if not 0 < confidence < 1:
        raise BadUsage(f"confidence: expected a number between 0 and 1 such as 0.95, came {confidence}")


def neighbours_joined(stratum: Ints, stations: Ints) -> tuple[Ints, Ints, int]:
    """Strata in which enough arrived: those with fewer are put together with the next, the last with the one before.

    Enough are FEWEST, or all stations of the stratum. Gives the new stratum of each station (n,), the stations of each,
    and how many old strata had too few (collapsed strata: Cochran 1977, section 5A.12).
    """
    arrived = np.bincount(stratum, minlength=len(stations))
    groups: list[list[int]] = [[]]
    for h in range(len(stations)):
        groups[-1].append(h)
        if _enough(int(arrived[groups[-1]].sum()), int(stations[groups[-1]].sum())):
            groups.append([])
    rest = groups.pop()
    if groups:
        groups[-1] += rest
    else:
        groups = [rest]
    where = np.empty(len(stations), np.int64)
    for number, group in enumerate(groups):
        where[group] = number
    lacking = sum(not _enough(int(a), int(s)) for a, s in zip(arrived, stations, strict=True))
    return where[stratum], np.bincount(where, stations).astype(np.int64), lacking


def _enough(arrived: int, stations: int) -> bool:
    return arrived >= min(FEWEST, stations)


def _worst(sample: Drawn, first: int, confidence: float) -> tuple[tuple[Bounds, ...], Bounds]:
    """Shares and least lead if the missing stations of the sample gave all their voters to one side, or the other."""
    most = np.zeros(len(sample.arrived), np.int64) if sample.most is None else sample.most
    extra = np.where(sample.arrived, 0, most)
    votes = np.where(sample.arrived[:, None], sample.votes, 0)
    valid = votes.sum(axis=1) + extra
    whole = _Draw(sample.design, *neighbours_joined(sample.stratum, sample.stations)[:2], confidence)
    low = [whole.share(votes[:, c], valid)[0] for c in range(votes.shape[1])]
    high = [whole.share(votes[:, c] + extra, valid)[0] for c in range(votes.shape[1])]
    shares = tuple(Bounds(a.low, b.high) for a, b in zip(low, high, strict=True))
    rivals = [c for c in range(votes.shape[1]) if c != first]
    least, best = (
        [whole.share(votes[:, first] - votes[:, c] + side * extra, valid, least=-1.0)[0] for c in rivals]
        for side in (-1, 1)
    )
    return shares, Bounds(min(one.low for one in least), min(one.high for one in best))


class _Draw:
    """Weights of the stations, worked out once for all choices."""

    def __init__(self, design: Design, stratum: Ints, stations: Ints, confidence: float) -> None:
        self._design, self._stratum = design, stratum
        self._all = stations.astype(np.float64)
        self._n = np.bincount(stratum, minlength=len(stations)).astype(np.float64)
        self._weight = (self._all / self._n)[stratum]
        self._tail = (1 + confidence) / 2

    def share(self, figure: Ints, valid: Ints, *, least: float = 0.0) -> tuple[Interval, float]:
        """The figure as a part of the valid votes, with its interval within `least` and 1, and degrees of freedom."""
        total = float(self._weight @ valid)
        value = float(self._weight @ figure) / total
        parts, each = self._variances(figure - value * valid)
        variance = float(parts.sum()) / total**2
        # Satterthwaite: strata that scatter count by how much of the variance is theirs.
        degrees = float(parts.sum() ** 2 / (parts**2 / each).sum()) if variance > 0 else float(each.sum())
        half = float(student.ppf(self._tail, degrees)) * variance**0.5
        return Interval(value, max(least, value - half), min(1.0, value + half)), degrees

    def _variances(self, z: Floats) -> tuple[Floats, Floats]:
        """The variance of the total of z in each stratum, and its degrees of freedom."""
        n, size = self._n, len(self._n)
        if self._design == "systematic":
            square = np.array([float(np.sum(np.diff(z) ** 2)) / (2 * max(len(z) - 1, 1))])
            degrees = np.maximum(2 * (n - 1) ** 2 / np.maximum(3 * n - 4, 1), 1.0)
        else:
            mean = np.bincount(self._stratum, z, size) / n
            degrees = np.maximum(n - 1, 1.0)
            square = np.bincount(self._stratum, (z - mean[self._stratum]) ** 2, size) / degrees
        variances: Floats = self._all**2 * (1 - n / self._all) * square / n
        return variances, degrees
