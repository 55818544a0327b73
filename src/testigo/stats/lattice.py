"""A screen: more stations with whole percentages than chance gives.

Who invents figures often starts from a round percentage (Kobak, Shpilkin, Pshenichnikov, Annals of Applied Statistics
10:54, 2016). Small denominators make whole percentages common by themselves, so nothing is compared with a smooth
curve: each station's votes are thought to be drawn again, binomially around its own share, and the chance that the new
share lies near a whole percentage is a finite sum. No simulation, no seed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import special

from testigo.stats.shapes import same_length

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LEAST = 100
"""Stations with fewer votes (or voters) are left out: their shares have few possible values."""
BIN = 5
"""Shares are put into bins of so many hundredths of a percentage point; every edge of a window is an edge of a bin."""
WINDOWS = (5, 10)
"""Half-widths in hundredths of a percentage point. A window holds its lower edge and not its upper one."""
BINS, POINT = 100, 20
"""Shares are looked at modulo five percentage points, which holds whole percentages and multiples of five; POINT bins
are one percentage point."""
SHIFTS = tuple(range(20, 81, 5))
"""Where the control lattices lie, in hundredths of a point above whole percentages; their windows meet none of them."""
MOST_Z = 5.0
_REACH = 7.0
_BLOCK = 256
_GROUP = 256


@dataclass(frozen=True, slots=True)
class Hits:
    """Stations within `window` (hundredths of a point) of a lattice: seen, and expected if votes scatter binomially.

    The number is Poisson-binomial: mean sum P, variance sum P(1 - P); `p` is its exact upper tail P(X >= observed).
    """

    window: int
    observed: int
    expected: float
    z: float
    p: float


@dataclass(frozen=True, slots=True)
class Lattice:
    """Whole percentages and multiples of five, one `Hits` for each of WINDOWS.

    `statistic` is the smaller z of whole percentages; `shifted` the largest z of all shifted lattices, by window.
    `flagged` are the rows on whole percentages (smaller window) where the screen is reported, else none.
    """

    n: int
    statistic: float
    whole: tuple[Hits, ...]
    fives: tuple[Hits, ...]
    shifted: tuple[float, ...]
    reported: bool
    flagged: tuple[int, ...]


def lattice(part: Ints, whole: Ints) -> Lattice | None:
    """Whether shares `part` of `whole` (both (n,)) lie on whole percentages too often; None where no station is large.

    Reported only if |z| > 5 at both windows and z above that of every shifted lattice: with several choices and windows
    a z of 3 is nothing, and what also happens beside whole percentages has another cause.

    Raises:
        BadUsage: the columns have different lengths.
    """
    same_length("lattice", part=part, whole=whole)
    rows = np.flatnonzero((whole >= LEAST) & (part >= 0) & (part <= whole))
    if not len(rows):
        return None
    k, n = part[rows], whole[rows]
    chances = bin_chances(k, n)
    bins = _bin_of(k, n)
    seen = np.bincount(bins, minlength=BINS)
    # Whole percentages and their shifted lattices repeat with every point: one point of bins says it all.
    points, seen_points = chances.reshape(-1, POINT, len(rows)).sum(axis=0), seen.reshape(-1, POINT).sum(axis=0)
    on_points = tuple(_hits(seen_points, points, window) for window in WINDOWS)
    on_fives = tuple(_hits(seen, chances, window) for window in WINDOWS)
    shifted = tuple(max(_z(seen_points, points, shift, window)[2] for shift in SHIFTS) for window in WINDOWS)
    reported = all(hits.z > max(MOST_Z, other) for hits, other in zip(on_points, shifted, strict=True))
    near = np.isin(bins % POINT, _bins_within(0, WINDOWS[0], POINT))
    return Lattice(
        len(rows),
        min(hits.z for hits in on_points),
        on_points,
        on_fives,
        shifted,
        reported,
        tuple(rows[near].tolist()) if reported else (),
    )


def bin_chances(k: Ints, n: Ints) -> Floats:
    """The chance of each bin of the share modulo five points under Bin(n, k/n), (BINS, stations).

    Finite sums of the binomial law over all counts within _REACH standard deviations (and 10 votes) of k; what lies
    further out has a chance below 1e-11.
    """
    chances = np.zeros((BINS, len(k)))
    # Stations of like scatter together: the rectangle of counts around k has little that is not needed.
    order = np.argsort(k * (n - k) / n, kind="stable")
    # Outside 0 to n a count has no chance: the logarithm of its factorial is infinite.
    room = int(_REACH * np.sqrt(n.max()) / 2) + 12
    top = int(n.max())
    edge = np.full(room, np.inf)
    factorials = np.concatenate([edge, special.gammaln(np.arange(top + 1) + 1.0), edge])
    for start in range(0, len(k), _BLOCK):
        block = order[start : start + _BLOCK]
        kb, nb = k[block], n[block]
        rate = kb / nb
        reach = int(_REACH * np.sqrt((nb * rate * (1 - rate)).max())) + 10
        near = np.arange(-reach, reach + 1)
        windows = sliding_window_view(factorials, 2 * reach + 1)
        log_chance = windows[kb - reach + room] + windows[nb - kb - reach + room][:, ::-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = np.log(rate) - np.log1p(-rate)
            # At k itself, then one step of the odds for every vote further.
            log_chance = (
                special.xlogy(kb, rate) + special.xlog1py(nb - kb, -rate) + factorials[nb + room] - log_chance.T
            )
            chance = np.exp(log_chance + near[:, None] * odds)
        # A rate of 0 or 1 cannot scatter.
        sure = (kb == 0) | (kb == nb)
        chance[:, sure] = near[:, None] == 0
        cell = _bin_of(kb + near[:, None], nb) + BINS * np.arange(len(block))
        chances[:, block] = np.bincount(cell.ravel(), chance.ravel(), len(block) * BINS).reshape(len(block), BINS).T
    return chances


def upper_tail(chances: Floats, observed: int) -> float:
    """P(X >= observed) for the number X of successes of independent trials with these chances.

    The law of X by dynamic programming: trial after trial in many groups side by side, then the groups two by two. What
    is below 1e-30 at either end of a law is cut.
    """
    groups = np.zeros((-(-len(chances) // _GROUP), _GROUP))
    groups.ravel()[: len(chances)] = chances
    law = np.zeros((_GROUP + 1, len(groups)))
    law[0] = 1
    for trial in range(_GROUP):
        p = groups[:, trial]
        step = law[: trial + 1] * p
        law[: trial + 1] -= step
        law[1 : trial + 2] += step
    laws = [_cut(0, law[:, group]) for group in range(len(groups))] or [(0, np.ones(1))]
    while len(laws) > 1:
        pairs = zip(laws[::2], laws[1::2], strict=False)
        laws = [_cut(a[0] + b[0], np.convolve(a[1], b[1])) for a, b in pairs] + laws[len(laws) // 2 * 2 :]
    start, final = laws[0]
    return float(min(1.0, final[max(0, observed - start) :].sum()))


def _cut(start: int, law: Floats) -> tuple[int, Floats]:
    kept = np.flatnonzero(law > 1e-30)
    return start + int(kept[0]), law[kept[0] : kept[-1] + 1]


def _bin_of(k: Ints, n: Ints) -> Ints:
    """The bin of 100 k / n modulo five points.

    The quotient of two floats is exact where it is whole, and else at least 1 / n away from it: no share falls beside
    its bin while n is below a hundred million.
    """
    found: Ints = np.floor(k * (100.0 * 100 / BIN) / n).astype(np.int64) % BINS
    return found


def _bins_within(centre: int, window: int, period: int) -> list[int]:
    """The bins of a lattice with this period (in bins) within the window of `centre` (hundredths of a point)."""
    return sorted({edge // BIN % period for edge in range(centre - window, centre + window, BIN)})


def _z(seen: Ints, chances: Floats, centre: int, window: int) -> tuple[int, Floats, float]:
    """Stations seen, each station's chance, and z, within the window of a point of the lattice."""
    bins = _bins_within(centre, window, len(seen))
    observed, chance = int(seen[bins].sum()), np.clip(chances[bins].sum(axis=0), 0, 1)
    variance = float((chance * (1 - chance)).sum())
    return observed, chance, float((observed - chance.sum()) / np.sqrt(variance)) if variance > 0 else 0.0


def _hits(seen: Ints, chances: Floats, window: int) -> Hits:
    observed, chance, z = _z(seen, chances, 0, window)
    return Hits(window, observed, float(chance.sum()), z, upper_tail(chance, observed))
