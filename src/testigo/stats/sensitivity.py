"""The result for other assumptions about the missing stations, and whether late sheets are like early ones.

A pattern-mixture display: what the missing stations hold is not known, so the national shares are told as a function of
what is assumed of them. Source: R. J. A. Little, Journal of the American Statistical Association 88 (1993) 125.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from testigo.errors import BadUsage

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Mixture:
    """`inside` are the shares of each choice assumed in the missing stations, `whole` those of all stations."""

    inside: tuple[float, ...]
    whole: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The collected votes of each choice, and the valid votes that the missing stations are taken to hold."""

    collected: tuple[int, ...]
    missing: float

    @property
    def leading(self) -> tuple[int, int]:
        """The positions of the two choices with most collected votes."""
        order = np.argsort(-np.array(self.collected), kind="stable")
        return int(order[0]), int(order[1])

    @property
    def alike(self) -> tuple[float, ...]:
        """The collected shares."""
        total = sum(self.collected)
        return tuple(votes / total for votes in self.collected)

    def mixed(self, inside: tuple[float, ...]) -> Mixture:
        """The shares of all stations if the missing ones vote so."""
        total = sum(self.collected) + self.missing
        return Mixture(
            inside, tuple((v + self.missing * part) / total for v, part in zip(self.collected, inside, strict=True))
        )

    def given(self, part: float) -> tuple[float, ...]:
        """Shares in which the leader has `part`, the other choices what they collected, and the second the rest.

        Raises:
            BadUsage: the other choices leave less than that.
        """
        first, second = self.leading
        inside = list(self.alike)
        others = sum(share for place, share in enumerate(inside) if place not in (first, second))
        if not 0 <= part <= 1 - others + _ROUNDING:
            raise BadUsage(f"share of the leader in missing stations: expected 0 to {1 - others:.4f}, came {part}")
        inside[first], inside[second] = part, max(0.0, 1 - others - part)
        return tuple(inside)

    def tipping_point(self) -> float | None:
        """The leader's share in the missing stations at which the lead vanishes; None where no share does that.

        L + W d = S + W (1 - o - d), with o the others' share: d = (1 - o - (L - S) / W) / 2.
        """
        if self.missing <= 0:
            return None
        first, second = self.leading
        others = 1 - self.alike[first] - self.alike[second]
        lead = self.collected[first] - self.collected[second]
        point = (1 - others - lead / self.missing) / 2
        return point if point >= 0 else None


def sensitivity(votes: Ints, missing_stations: int) -> Sensitivity:
    """The display for `votes` (n, choices) of the collected stations and missing stations of their mean size.

    Raises:
        BadUsage: fewer than two choices, or no votes.
    """
    if votes.shape[1] < 2 or votes.sum() == 0 or missing_stations < 0:
        raise BadUsage("sensitivity: expected two choices or more, votes, and 0 missing stations or more")
    mean = float(votes.sum()) / len(votes)
    return Sensitivity(tuple(int(total) for total in votes.sum(axis=0)), missing_stations * mean)


def shares_of(votes: Ints, rows: Bools) -> tuple[float, ...] | None:
    """The shares of each choice over some stations; None where they hold no votes."""
    total = votes[rows].sum()
    return tuple((votes[rows].sum(axis=0) / total).tolist()) if total else None


def smallest_tenth(votes: Ints, cluster: Ints) -> Bools:
    """The stations of the tenth of the centres with fewest valid votes."""
    index = np.unique(cluster, return_inverse=True)[1]
    sizes = np.bincount(index, votes.sum(axis=1))
    chosen: Bools = (sizes <= np.quantile(sizes, 0.1))[index]
    return chosen


@dataclass(frozen=True, slots=True)
class Late:
    """Shares of each choice in early and late stations, and the difference of the leader's with its standard error."""

    early: tuple[float, ...]
    late: tuple[float, ...]
    stations: int
    difference: float
    error: float

    @property
    def z(self) -> float:
        """The difference in standard errors; far from 0 says that what arrived is no random part of all."""
        return self.difference / self.error if self.error else 0.0


def late_arrivals(votes: Ints, cluster: Ints, late: Bools) -> Late | None:
    """Whether late stations vote like early ones; None where one of the two holds no votes or fewer than two centres.

    Two ratios, each with the linearised error of centres: var = n / (n - 1) sum_j (v_j - s n_j)^2 / N^2.
    """
    early_shares, late_shares = shares_of(votes, ~late), shares_of(votes, late)
    if early_shares is None or late_shares is None:
        return None
    leader = int(votes.sum(axis=0).argmax())
    variances = [_variance(votes[rows], leader, cluster[rows]) for rows in (~late, late)]
    known = [one for one in variances if one is not None]
    if len(known) < len(variances):
        return None
    difference = late_shares[leader] - early_shares[leader]
    return Late(early_shares, late_shares, int(late.sum()), difference, float(sum(known)) ** 0.5)


def _variance(votes: Ints, choice: int, cluster: Ints) -> float | None:
    index = np.unique(cluster, return_inverse=True)[1]
    centres = int(index.max()) + 1
    if centres < 2:
        return None
    valid = votes.sum(axis=1)
    share = votes[:, choice].sum() / valid.sum()
    residual = np.bincount(index, votes[:, choice] - share * valid)
    return float(centres / (centres - 1) * (residual**2).sum() / float(valid.sum()) ** 2)
