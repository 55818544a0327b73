"""What an audit of stations needs: how much each station could be wrong, how many to draw, what the draws say.

For station i, leader w and rival l let m = v_w - v_l be the reported margin, a the margin on the paper. The station is
overstated by e = m - a votes, and by no more than its bound u = m + b where at most b ballots lie there (all could be
the rival's). A claim is untrue only if the overstatements add up to its limit V or more:

- "w leads l": V is the reported margin of all stations, less what the missing stations could do in the worst case;
- "the net error of the margin is below X votes": V = X.

Draw stations with replacement, each with probability u / sum(u). The taint t = e / u of a draw is at most 1, and an
untrue claim makes its mean sum(e)/sum(u) >= V/sum(u) = 1/U, which `martingale.py` refutes. A station whose paper is
missing or refused has taint 1.

What such an audit is of: stations drawn from all of the election, against figures per station that were fixed before
the seed was drawn, audit the announced result; photos drawn from those that are held audit their digitisation only.
Source: P. B. Stark, arXiv 0905.1422 (2009): the maximum across-race relative overstatement (MACRO) and its bounds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from testigo.errors import BadUsage
from testigo.stats.martingale import MISSING, Floats, Test, draws_needed, p_values_of
from testigo.stats.shapes import same_length

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Advice = Literal["stop", "go on", "full count"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Leader against one rival: margins in votes, `sizes` the bounds u of the stations.

    `limit` is V: the reported margin less the worst case of the missing stations, or the X of a digitisation audit.
    """

    leader: str
    rival: str
    margin: int
    limit: int
    sizes: Ints

    @property
    def bound(self) -> Fraction | None:
        """U = sum(u) / V; None where V is not above 0: no sample can show it, only a full count."""
        return Fraction(int(self.sizes.sum()), self.limit) if self.limit > 0 else None


@dataclass(frozen=True, slots=True)
class Contest:
    """All rivals at once: `sizes` are whole numbers, one a station, to draw by; `bound` is U = sum(sizes) / V.

    `hardest` is the position in `pairs` of the rival with the largest bound of its own; its V is the V here.
    """

    pairs: tuple[Pair, ...]
    hardest: int
    sizes: Ints
    bound: Fraction


def overstatements(reported: Ints, audited: Ints) -> Ints:
    """e of every station: the reported margin less the margin on the paper, in votes; above 0 it helped the leader."""
    same_length("overstatements", reported=reported, audited=audited)
    return np.asarray(reported - audited, np.int64)


def size_bounds(margins: Ints, ballots: Ints) -> Ints:
    """u of every station: the most by which its margin can be overstated, with so many ballots at most.

    Give registered voters for `ballots` where the number of ballots is itself in doubt.

    Raises:
        BadUsage: columns of different lengths, or a station whose margin is beyond its ballots.
    """
    same_length("bounds", margins=margins, ballots=ballots)
    beyond = np.flatnonzero(np.abs(margins) > ballots)
    if len(beyond):
        first = int(beyond[0])
        raise BadUsage(
            f"bounds: expected a margin within the ballots, came {margins[first]} of {ballots[first]} in row {first}: "
            "take registered voters instead of ballots"
        )
    return np.asarray(margins + ballots, np.int64)


def pair(leader: str, rival: str, margins: Ints, ballots: Ints, missing_votes: int = 0) -> Pair:
    """The audit of "leader leads rival"; `missing_votes` all go to the rival in the worst case.

    Raises:
        BadUsage: as `size_bounds`.
    """
    total = int(margins.sum())
    return Pair(leader, rival, total, total - missing_votes, size_bounds(margins, ballots))


def contest(votes: Mapping[str, Ints], ballots: Ints, missing_votes: int = 0) -> Contest:
    """One sample for "the choice with most votes leads every other", and the rival that needs the most draws.

    By MACRO the size of a station is max over rivals l of u_l / V_l, here times the V of the hardest rival and rounded
    up to whole votes, which keeps it a bound.

    Raises:
        BadUsage: fewer than two choices, columns that do not fit, or a rival that leads in the worst case: only a full
            count can settle it then.
    """
    if len(votes) < 2:
        raise BadUsage(f"audit of a contest: expected two choices or more, came {len(votes)}")
    same_length("audit of a contest", ballots=ballots, **votes)
    leader = max(votes, key=lambda choice: int(votes[choice].sum()))
    pairs = tuple(
        pair(leader, rival, votes[leader] - votes[rival], ballots, missing_votes) for rival in votes if rival != leader
    )
    bounds = []
    for one in pairs:
        if one.bound is None:
            raise BadUsage(
                f"audit of a contest: {one.rival} could lead {leader} with the {missing_votes} votes that are missing "
                f"(margin {one.margin}): only a full count can tell"
            )
        bounds.append(one.bound)
    hardest = max(range(len(pairs)), key=bounds.__getitem__)
    limit = pairs[hardest].limit
    sizes = np.max([-(-one.sizes * limit // one.limit) for one in pairs], axis=0).astype(np.int64)
    return Contest(pairs, hardest, sizes, Fraction(int(sizes.sum()), limit))


def taints(errors: Ints, sizes: Ints, missing: Bools | None = None) -> Floats:
    """t = e / u of every drawn station, in the order of the draws; 1 where `missing` says so.

    Raises:
        BadUsage: an error is larger than its bound, so the number of ballots behind the bound was wrong.
    """
    _within_bounds(errors, sizes, missing)
    return _or_missing(errors / np.maximum(sizes, 1), missing)


def contest_taints(plan: Contest, drawn: Ints, errors: Sequence[Ints], missing: Bools | None = None) -> Floats:
    """The taints of the stations at the rows `drawn`: max over rivals of e_l / V_l, in units of the station's size.

    `errors` has the overstatements of the drawn stations for each of `plan.pairs`, in their order.

    Raises:
        BadUsage: as `taints`.
    """
    limit = plan.pairs[plan.hardest].limit
    sizes = np.maximum(plan.sizes[drawn], 1)
    each = []
    for one, found in zip(plan.pairs, errors, strict=True):
        _within_bounds(found, one.sizes[drawn], missing)
        each.append(found * (limit / one.limit) / sizes)
    return _or_missing(np.max(each, axis=0), missing)


def _within_bounds(errors: Ints, sizes: Ints, missing: Bools | None) -> None:
    same_length("taints", errors=errors, sizes=sizes)
    beyond = errors > sizes if missing is None else (errors > sizes) & ~missing
    if beyond.any():
        first = int(np.argmax(beyond))
        raise BadUsage(
            f"taints: expected an error of {sizes[first]} votes at most, came {errors[first]} in draw {first + 1}: "
            "more ballots lie there than the bound allows for"
        )


def _or_missing(found: Floats, missing: Bools | None) -> Floats:
    # Rounding may lift a quotient of equal numbers a hair above 1.
    return np.minimum(found if missing is None else np.where(missing, MISSING, found), 1.0)


@dataclass(frozen=True, slots=True)
class Digitisation:
    """An audit of "the net error of the margin is below `within` votes", in one direction or in both.

    `bound` = sum(sizes) / within. Two-sided, each direction is tested at half the risk, and `sizes` are bounds of both:
    u = b + |m|.
    """

    within: int
    sizes: Ints
    bound: Fraction
    two_sided: bool

    def risk_each(self, risk: float) -> float:
        """The risk limit of each direction."""
        return risk / 2 if self.two_sided else risk


def digitisation(margins: Ints, ballots: Ints, within: int, *, two_sided: bool = False) -> Digitisation:
    """The sizes to draw by, for a limit X = `within` in votes on the net error of a margin.

    One-sided: only errors that helped the leader (e > 0) count.

    Raises:
        BadUsage: a limit below 1, or as `size_bounds`.
    """
    if within < 1:
        raise BadUsage(f"limit of the net error: expected 1 vote or more, came {within}")
    sizes = size_bounds(margins, ballots)
    if two_sided:
        sizes = np.asarray(ballots + np.abs(margins), np.int64)
    return Digitisation(within, sizes, Fraction(int(sizes.sum()), within), two_sided)


def equal_probability_bound(sizes: Ints, limit: int) -> Fraction:
    """U = N max(u) / V of an audit that draws every station with the same probability; about twice as many draws."""
    return Fraction(len(sizes) * int(sizes.max()), limit)


@dataclass(frozen=True, slots=True)
class Running:
    """The p-values after every draw of both tests; where both directions are tested, the larger of the two.

    `more` is how many further draws without error the committed test needs; None where no number will do.
    """

    kaplan_markov: tuple[float, ...]
    capped: tuple[float, ...]
    more: int | None


def running(test: Test, directions: Sequence[Floats], bound: Fraction, risk: float) -> Running:
    """What the draws so far say; `directions` has the taints of the draws for each direction, `risk` is that of each.

    Raises:
        BadUsage: as the tests.
    """
    u = float(bound)
    if u <= 1:
        drawn = len(directions[0])
        return Running((0.0,) * drawn, (0.0,) * drawn, 0)
    found = [np.max([p_values_of(one, t, u) for t in directions], axis=0) for one in ("kaplan-markov", "capped")]
    needed = [draws_needed(test, u, risk, t) for t in directions]
    more = None if any(n is None for n in needed) else max(n for n in needed if n is not None)
    return Running(tuple(found[0].tolist()), tuple(found[1].tolist()), more)


def advice(more: int | None, drawn: int, stations: int) -> Advice:
    """Stop, go on, or count everything because the sample would need more draws than there are stations."""
    if more == 0:
        return "stop"
    return "go on" if more is not None and drawn + more <= stations else "full count"
