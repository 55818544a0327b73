"""What announced totals can and cannot be, given the documented sheets: bounds, a joint certificate, hygiene.

A bulletin says that it covers a part of the stations, without saying which. Every bound gives it the benefit of the
doubt: of all the ways to choose the stations inside it takes the one that suits the bulletin best. Assumes that the
documented sheets are genuine; it shows that two statements cannot both be true, not which of them is.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from testigo.errors import BadUsage

Ints = NDArray[np.int64]
WHOLE_PPM = 1_000_000
_WEIGHT_BITS = 34
_MOST_VOTES = 1 << 24


def stations_left_out(coverage: Fraction, stations: int) -> int:
    """The stations that a bulletin with this coverage (0 to 1) may leave out, at most: ceil((1 - p) * M).

    Raises:
        BadUsage: the coverage is not from 0 to 1.
    """
    _check_coverage(coverage)
    return math.ceil((1 - coverage) * stations)


def decimals_of_ppm(ppm: int) -> int:
    """The decimals with which a coverage was announced as a percentage: 968,700 ppm is 96.87%, so 2; 0 for 80%."""
    percent = Fraction(ppm, WHOLE_PPM // 100)
    return next(d for d in range(5) if (percent * 10**d).denominator == 1)


def stations_inside(coverage: Fraction, stations: int, decimals: int) -> tuple[int, int]:
    """The least and the most stations that are this coverage when told as a percentage with so many decimals.

    With e half a unit of the last decimal: from ceil((p - e) * M) to floor((p + e) * M), ends included, within 0 to M.
    96.87% of 30,026 stations are 29,085 to 29,087, and 80% are 23,871 to 24,170.

    Raises:
        BadUsage: the coverage is not from 0 to 1, or no whole number of stations has it.
    """
    _check_coverage(coverage)
    half = Fraction(1, 2 * 100 * 10**decimals)
    least = max(0, math.ceil((coverage - half) * stations))
    most = min(stations, math.floor((coverage + half) * stations))
    if least > most:
        raise BadUsage(f"coverage: no number of stations is {float(coverage):.{decimals + 2}%} of {stations}")
    return least, most


def least_inside(votes: Ints, left_out: int) -> int:
    """The documented votes of one choice that a bulletin must contain at least, if it leaves out so many stations.

    `votes` (n,) at each documented station. Most charitably the stations left out are those with most votes:
    sum(v) - sum of the `left_out` largest. More announced than that proves nothing; less is impossible.
    """
    kept = max(0, len(votes) - left_out)
    return int(np.sort(votes)[:kept].sum())


def most_coverage(votes: Ints, announced: int, stations: int) -> Fraction:
    """The greatest coverage that agrees with an announced figure: how many documented stations, smallest first, fit.

    `votes` (n,) of the choice at the documented stations, of `stations` in all; the others are taken as inside.
    """
    fit = int(np.searchsorted(np.cumsum(np.sort(votes)), announced, side="right"))
    return Fraction(fit + stations - len(votes), stations)


@dataclass(frozen=True, slots=True)
class Needed:
    """What an announced figure needs from undocumented stations against what can be left for them, in votes.

    `by_register` are the registered voters of those stations, None where not known; `by_total` the announced total less
    the least documented votes inside, None where no coverage was announced.
    """

    needed: int
    undocumented: int
    by_register: int | None
    by_total: int | None

    @property
    def possible(self) -> bool:
        """False where more is needed than one of the limits leaves."""
        return all(limit is None or self.needed <= limit for limit in (self.by_register, self.by_total))

    @property
    def per_station(self) -> Fraction | None:
        """Votes needed from each undocumented station on average; None where there is none."""
        return Fraction(self.needed, self.undocumented) if self.undocumented else None


def needed_from_undocumented(
    announced: int,
    documented: int,
    undocumented: int,
    *,
    missing_registered: int | None,
    announced_total: int,
    valid: Ints,
    left_out: int | None,
) -> Needed:
    """The votes that `undocumented` stations must hold for an announced figure, even if all documented ones are inside.

    `documented` votes of the choice; `valid` (n,) votes of all choices at each documented station; `left_out` stations
    that the bulletin may leave out, None where it names no coverage. Below 0 needed: more is documented than announced.
    """
    by_total = None if left_out is None else announced_total - least_inside(valid, left_out)
    return Needed(announced - documented, undocumented, missing_registered, by_total)


@dataclass(frozen=True, slots=True)
class Certificate:
    """The least number of votes of a bulletin that must be wrong, whatever stations are inside.

    `bound` is exact: it follows from `weights`, one a choice from -1 to 1, by `bound_of_weights`, which anyone can work
    out with a sort and sums. `least_wrong` is the next whole number. `too_many` and `too_few` are announced votes above
    and below what is possible, by choice, rounded; another split of the same sum may do as well.
    """

    least_wrong: int
    bound: Fraction
    weights: tuple[Fraction, ...]
    too_many: tuple[int, ...]
    too_few: tuple[int, ...]
    status: str


def least_wrong_votes(
    votes: Ints,
    announced: Sequence[int],
    *,
    inside: tuple[int, int],
    undocumented: int,
    missing_registered: int,
    cap: Fraction = Fraction(1),
) -> Certificate:
    """The joint certificate over all choices: a linear programme, solved by HiGHS and then confirmed exactly.

    `votes` (n, choices) of the documented stations, `announced` (choices,), `inside` the least and the most stations in
    the bulletin, `undocumented` stations with `missing_registered` voters, of whom a share `cap` voted at most.
    x_i in [0, 1] says how far sheet i is inside, y_c >= 0 are votes at undocumented stations, m in [0, undocumented]
    of those are inside; minimise sum(s+ + s-) so that sum_i x_i v_ci + y_c + s+_c - s-_c = O_c,
    sum_c y_c <= cap * missing, least <= sum_i x_i + m <= most. Parts of sheets are allowed, so it is a lower bound.
    Sheets with the same figures share a column, which changes nothing.

    Raises:
        BadUsage: the numbers do not fit together, or the solver gives no solution that its own dual confirms.
    """
    _check_programme(votes, announced, inside, undocumented, missing_registered, cap)
    kinds, sizes = np.unique(votes, axis=0, return_counts=True)
    choices, columns = votes.shape[1], len(kinds)
    none, same = np.zeros((choices, 1)), np.eye(choices)
    exact = csr_array(np.hstack([kinds.T, same, none, same, -same]))
    ones, zeros = np.ones(columns), np.zeros(columns)
    rest = np.zeros(2 * choices)
    bounds = csr_array(
        np.vstack(
            [
                np.concatenate([zeros, np.ones(choices), [0], rest]),
                np.concatenate([ones, np.zeros(choices), [1], rest]),
                -np.concatenate([ones, np.zeros(choices), [1], rest]),
            ]
        )
    )
    most = np.concatenate([sizes, np.full(choices, np.inf), [undocumented], np.full(2 * choices, np.inf)])
    solved = linprog(
        np.concatenate([np.zeros(columns + choices + 1), np.ones(2 * choices)]),
        A_ub=bounds,
        b_ub=[float(cap * missing_registered), inside[1], -inside[0]],
        A_eq=exact,
        b_eq=announced,
        bounds=np.column_stack([np.zeros(len(most)), most]),
        method="highs",
    )
    if solved.status != 0:
        raise BadUsage(f"least number of wrong votes: the programme has no solution: {solved.message}")
    scale = 1 << _WEIGHT_BITS
    weights = tuple(Fraction(round(min(1.0, max(-1.0, w)) * scale), scale) for w in solved.eqlin.marginals)
    bound = bound_of_weights(
        votes, announced, weights, inside=inside, undocumented=undocumented, most_votes=cap * missing_registered
    )
    bound = max(Fraction(0), bound)
    if abs(solved.fun - float(bound)) > 1 + 1e-7 * sum(announced):
        raise BadUsage(f"least number of wrong votes: the solver says {solved.fun:.1f}, its dual {float(bound):.1f}")
    split = [round(float(part)) for part in solved.x[-2 * choices :]]
    return Certificate(
        math.ceil(bound), bound, weights, tuple(split[:choices]), tuple(split[choices:]), str(solved.message)
    )


def bound_of_weights(
    votes: Ints,
    announced: Sequence[int],
    weights: Sequence[Fraction],
    *,
    inside: tuple[int, int],
    undocumented: int,
    most_votes: Fraction,
) -> Fraction:
    """A number of votes that must be wrong at least, proved by these weights w_c from -1 to 1: weak duality, exact.

    With s_c = O_c - sum_i x_i v_ci - y_c: sum |s_c| >= sum w_c s_c >= w.O - max_x sum_i x_i (w.v_i) - max_y w.y.
    The first maximum takes the stations with the largest w.v_i: those above 0, but no fewer than
    least - undocumented and no more than most. The second is `most_votes` (at undocumented stations) times the largest
    weight, or 0.

    Raises:
        BadUsage: a weight is outside -1 to 1.
    """
    if any(abs(weight) > 1 for weight in weights):
        raise BadUsage("weights of a certificate: expected -1 to 1")
    scale = math.lcm(*(weight.denominator for weight in weights))
    if scale > 1 << _WEIGHT_BITS:
        raise BadUsage(f"weights of a certificate: expected a common denominator up to 2^{_WEIGHT_BITS}")
    whole = np.array([int(weight * scale) for weight in weights], np.int64)
    value = np.sort(votes @ whole)[::-1]
    taken = min(max(int(np.count_nonzero(value > 0)), inside[0] - undocumented), inside[1], len(value))
    chosen = value[: max(0, taken)]
    # In two parts, for the sum of a large country is beyond 64 bits.
    documented = (int((chosen >> 32).sum()) << 32) + int((chosen & 0xFFFFFFFF).sum())
    stated = sum((weight * figure for weight, figure in zip(weights, announced, strict=True)), Fraction(0))
    return stated - Fraction(documented, scale) - most_votes * max(Fraction(0), *weights)


def _check_programme(
    votes: Ints, announced: Sequence[int], inside: tuple[int, int], undocumented: int, registered: int, cap: Fraction
) -> None:
    if votes.shape[1] != len(announced):
        raise BadUsage(f"announced: expected {votes.shape[1]} figures, came {len(announced)}")
    if votes.size and (votes.min() < 0 or votes.max() * votes.shape[1] > _MOST_VOTES):
        raise BadUsage(f"votes of a station: expected 0 to {_MOST_VOTES // votes.shape[1]}")
    if not 0 <= inside[0] <= inside[1] or inside[0] > len(votes) + undocumented:
        raise BadUsage(f"stations inside: expected at most {len(votes) + undocumented}, came {inside[0]}-{inside[1]}")
    if min(undocumented, registered) < 0 or not 0 <= cap <= 1:
        raise BadUsage("undocumented stations: expected numbers of 0 or more and a turnout cap from 0 to 1")


def _check_coverage(coverage: Fraction) -> None:
    if not 0 <= coverage <= 1:
        raise BadUsage(f"coverage: expected 0 to 1, came {coverage}")


@dataclass(frozen=True, slots=True)
class ShareCheck:
    """An announced percentage against the one worked out: does it agree when rounded half up, and when cut off?"""

    name: str
    announced: Fraction
    worked_out: Fraction
    decimals: int
    rounded: bool
    cut: bool


def check_shares(votes: Mapping[str, int], shares: Mapping[str, str]) -> tuple[ShareCheck, ...]:
    """Each announced percentage (text as printed, like 51.95) against votes * 100 / total of all `votes`.

    Raises:
        BadUsage: a share names nothing of `votes`, is no number, or there are no votes.
    """
    total = sum(votes.values())
    unknown = sorted(set(shares) - set(votes))
    if unknown or total <= 0:
        raise BadUsage(f"announced shares: expected votes for each of them, none for {', '.join(unknown) or 'any'}")
    checks = []
    for name, text in shares.items():
        decimals = len(text.partition(".")[2])
        step = Fraction(1, 10**decimals)
        exact = Fraction(100 * votes[name], total)
        announced = _percent(text)
        rounded = math.floor(exact / step + Fraction(1, 2)) * step
        cut = math.floor(exact / step) * step
        checks.append(ShareCheck(name, announced, exact, decimals, announced == rounded, announced == cut))
    return tuple(checks)


def sum_of_shares(shares: Mapping[str, str]) -> Fraction:
    """What the announced percentages add up to, in percent."""
    return sum((_percent(text) for text in shares.values()), Fraction(0))


def _percent(text: str) -> Fraction:
    try:
        return Fraction(text)
    except ValueError:
        raise BadUsage(f"announced share: expected a percentage like 51.95, came {text!r}") from None


@dataclass(frozen=True, slots=True)
class Growth:
    """A later bulletin against an earlier one, all in votes.

    `added` by name; `fallen` are the names whose figure fell, which cannot be. `before` and `after` are the votes per
    station of the earlier bulletin and of the stations added since; None where a coverage is not named or did not grow.
    """

    added: Mapping[str, int]
    fallen: tuple[str, ...]
    before: Fraction | None
    after: Fraction | None

    @property
    def shares_added(self) -> Mapping[str, Fraction]:
        """Each name's share of the votes added; empty where none were."""
        total = sum(self.added.values())
        return {name: Fraction(number, total) for name, number in self.added.items()} if total > 0 else {}


def growth(
    earlier: Mapping[str, int],
    later: Mapping[str, int],
    *,
    earlier_stations: Fraction | None = None,
    later_stations: Fraction | None = None,
) -> Growth:
    """How the figures grew between two bulletins, for the names that both have; stations are coverage times number."""
    names = [name for name in chain(later) if name in earlier]
    added = {name: later[name] - earlier[name] for name in names}
    before = after = None
    if earlier_stations:
        before = sum(earlier.values()) / earlier_stations
        if later_stations is not None and later_stations > earlier_stations:
            after = sum(added.values()) / (later_stations - earlier_stations)
    return Growth(added, tuple(name for name in names if added[name] < 0), before, after)
