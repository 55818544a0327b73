"""A screen: stations of one centre against each other, and the work list of columns that were likely exchanged.

Voters of a centre are given to its stations by chance (by surname or number), so its stations have about one rate for
each choice. They scatter a little more than binomially; how much more is measured on the election itself (phi), never
assumed to be 1: the chi-squared test with phi = 1 raises a false alarm in every clean election that was simulated.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from testigo.stats.shapes import same_length

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FAMILY_ERROR = 0.05
"""Chance of any flagged station in a clean election where normal tails hold (Bonferroni)."""
MOST_PHI = 1.35
"""From here on phi is reported; the calibration tells how often that happens in clean elections like this one."""
SURE_PHI = 1.5
"""Single stations are reported if they would be flagged even with so large a phi: the tails are heavier than normal."""
BACK = 3.0
"""An exchange brings a station back when both exchanged figures then lie within this |z|."""


@dataclass(frozen=True, slots=True)
class Homogeneity:
    """One choice within centres. `n` stations in `df` + number of centres; `statistic` is phi = `chi2` / `df`.

    `flagged` are the rows with |z| above `limit`, largest first, `z` theirs; `largest` is the largest |z| of all.
    """

    n: int
    df: int
    chi2: float
    statistic: float
    limit: float
    largest: float
    flagged: tuple[int, ...]
    z: tuple[float, ...]

    @property
    def reported(self) -> bool:
        """Whether the scatter as a whole is more than clean elections show."""
        return self.statistic > MOST_PHI

    @property
    def beyond(self) -> tuple[int, ...]:
        """The flagged rows that are reported: the others are a work list, as clean elections have some of them too."""
        least = self.limit * max(1.0, SURE_PHI / self.statistic) ** 0.5
        return tuple(row for row, z in zip(self.flagged, self.z, strict=True) if abs(z) > least)


@dataclass(frozen=True, slots=True)
class Swap:
    """A flagged station that comes back when the figures of the choices `a` and `b` are exchanged.

    `before` and `after` are the larger |z| of the two as stated and as exchanged.
    """

    row: int
    a: int
    b: int
    before: float
    after: float


def homogeneity(part: Ints, valid: Ints, centre: Ints) -> Homogeneity | None:
    """How the stations of each centre scatter around its rate of one choice; None where no centre has two stations.

    `part` (n,) votes of the choice, `valid` (n,) votes of all choices, `centre` (n,) any whole number that a centre's
    stations share. With p = the centre's pooled rate, chi2 = sum (k - np)^2 / (np(1 - p)) over centres with several
    stations and 0 < p < 1; df = stations less centres (Pearson 1900; phi as in McCullagh and Nelder 1989, 4.5).
    A centre whose rate is 0 or 1 adds to df and not to chi2: it cannot scatter.

    Raises:
        BadUsage: the columns have different lengths.
    """
    same_length("homogeneity", part=part, valid=valid, centre=centre)
    groups = _groups(centre)
    chi2, df, used = _chi_squared(part, valid, groups)
    if df == 0 or chi2 == 0.0:
        return None
    phi = chi2 / df
    z = np.where(used, within_centre_z(part, valid, centre, phi), np.nan)
    n = int(used.sum())
    limit = bonferroni_limit(n)
    size = np.nan_to_num(np.abs(z))
    rows = np.flatnonzero(size > limit)
    rows = rows[np.argsort(-size[rows], kind="stable")]
    return Homogeneity(
        n, df, chi2, phi, limit, float(size.max()), tuple(rows.tolist()), tuple(z[rows].tolist())
    )  # fmt: skip


def within_centre_z(part: Ints, valid: Ints, centre: Ints, phi: float) -> Floats:
    """Each station's distance from the other stations of its centre in standard errors, (n,); NaN where it has none.

    With q the rate of the others (leaving the station out, so that it cannot hide itself) and m their valid votes:
    z = (k - nq) / sqrt(phi q(1 - q)(n + n^2/m)), the error of a prediction: n from the station's own scatter, n^2/m
    from that of q. Where the others have 0 or all votes the variance is 0 and z is NaN.
    """
    groups = _groups(centre)
    others = np.bincount(groups, valid)[groups] - valid
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = (np.bincount(groups, part)[groups] - part) / others
        variance = phi * rate * (1 - rate) * (valid + valid**2 / others)
        z: Floats = (part - valid * rate) / np.sqrt(variance)
    z[~np.isfinite(z)] = np.nan
    return z


def bonferroni_limit(n: int) -> float:
    """The |z| that any of `n` standard normal numbers exceeds with probability FAMILY_ERROR at most."""
    return float(-special.ndtri(FAMILY_ERROR / (2 * max(n, 1))))


def swaps(votes: Ints, valid: Ints, centre: Ints, leading: tuple[int, ...] | None = None) -> tuple[Swap, ...]:
    """The work list of likely exchanged columns: flagged stations that an exchange of two figures brings back.

    `votes` (n, choices). A station is flagged by the choices `leading`, the two with most votes if None; every choice
    with which a flagged figure could have been exchanged is tried, and the exchange that fits best is named. A station
    is listed only if all its flagged figures take part in the exchange. In a centre of two stations both may be listed:
    the figures cannot tell which of them is exchanged, the sheets can. Sorted by `before`, largest first.

    Raises:
        BadUsage: the columns have different lengths.
    """
    same_length("swaps", votes=votes, valid=valid, centre=centre)
    choices = votes.shape[1]
    chosen = leading_choices(votes) if leading is None else leading
    flags = np.zeros(votes.shape, np.bool_)
    for choice in chosen:
        found = homogeneity(votes[:, choice], valid, centre)
        if found is not None:
            flags[list(found.flagged), choice] = True
    rows = np.flatnonzero(flags.any(axis=1))
    if not len(rows):
        return ()
    fit = [_Fit(votes[:, choice], valid, centre, rows) for choice in range(choices)]
    best = np.full(len(rows), np.inf)
    pair = np.zeros((len(rows), 2), np.int64)
    for a, b in combinations(range(choices), 2):
        if not {a, b} & set(chosen):
            continue
        after = np.maximum(np.abs(fit[a].z_of(votes[rows, b])), np.abs(fit[b].z_of(votes[rows, a])))
        elsewhere = flags[rows].sum(axis=1) - flags[rows, a] - flags[rows, b] > 0
        better = (after < best) & ~elsewhere & (flags[rows, a] | flags[rows, b])
        best[better] = after[better]
        pair[better] = a, b
    listed = []
    for position in np.flatnonzero(best <= BACK).tolist():
        row, (a, b) = int(rows[position]), pair[position].tolist()
        before = max(abs(float(fit[one].z_of(votes[rows, one])[position])) for one in (a, b))
        listed.append(Swap(row, a, b, before, float(best[position])))
    return tuple(sorted(listed, key=lambda swap: (-swap.before, swap.row)))


def leading_choices(votes: Ints) -> tuple[int, ...]:
    """The two choices with most votes, the larger first; fewer where there are fewer."""
    return tuple(np.argsort(-votes.sum(axis=0), kind="stable")[:2].tolist())


class _Fit:
    """What the other stations of their centres say of one choice at some rows."""

    def __init__(self, part: Ints, valid: Ints, centre: Ints, rows: Ints) -> None:
        groups = _groups(centre)
        chi2, df, _ = _chi_squared(part, valid, groups)
        others = (np.bincount(groups, valid)[groups] - valid)[rows]
        rate = (np.bincount(groups, part)[groups] - part)[rows] / others
        self._expected = valid[rows] * rate
        variance = max(chi2 / df, 1.0) * rate * (1 - rate) * (valid[rows] + valid[rows] ** 2 / others)
        # Of a choice with next to no votes a single vote would be far out; one vote is the least error.
        self._error = np.sqrt(np.maximum(variance, 1.0))

    def z_of(self, stated: Ints) -> Floats:
        z: Floats = (stated - self._expected) / self._error
        return z


def _groups(centre: Ints) -> Ints:
    groups: Ints = np.unique(centre, return_inverse=True)[1].astype(np.int64)
    return groups


def _chi_squared(part: Ints, valid: Ints, groups: Ints) -> tuple[float, int, NDArray[np.bool_]]:
    """chi2, its degrees of freedom, and which stations were compared."""
    sizes = np.bincount(groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = (np.bincount(groups, part) / np.bincount(groups, valid))[groups]
    used = (sizes[groups] > 1) & (rate > 0) & (rate < 1) & (valid > 0)
    k, n, p = part[used], valid[used], rate[used]
    return float(((k - n * p) ** 2 / (n * p * (1 - p))).sum()), int((sizes[sizes > 1] - 1).sum()), used
