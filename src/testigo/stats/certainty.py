"""Whether the stations that are still missing could change who leads: worst cases only, no probability.

Assumes that the collected sheets are genuine, that the frame (stations and their registered voters) is complete, and
that no station holds more ballots than registered voters. A turnout cap below 1 is an assumption of its own.
Sources: MOE Colombia, report on Venezuela, August 2024; Carter Center, final report, February 2025; the worst case over
what was not observed is Manski's bound (C. F. Manski, American Economic Review 80, 1990).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from testigo.errors import BadUsage

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Missing = Literal["registered", "votes"]

WHOLE = Fraction(1)
EVERYBODY_ELSE = ""
"""Stands for the rival of the majority rule: all other choices together."""
_FINEST_CAP = 1_000_000


@dataclass(frozen=True, slots=True)
class Certainty:
    """Whether the leader of a contest in an area can still be reached by anyone.

    `rival` is the choice with the least slack (EVERYBODY_ELSE under the majority rule); `lead` in votes. `missing` are
    the registered voters of the missing stations, or their votes, as `counted_in` says. `slack` in votes: above 0 the
    result cannot change. A tie is never certain.
    """

    leader: str
    rival: str
    lead: int
    missing: int
    counted_in: Missing
    cap: Fraction
    slack: int

    @property
    def certain(self) -> bool:
        """True where no vote that is still missing can change who leads."""
        return self.slack > 0

    @property
    def share_needed(self) -> Fraction | None:
        """The share of what is missing that would all have to be the rival's for a tie; above 1 is impossible.

        None where nothing is missing.
        """
        return Fraction(self.lead, self.missing) if self.missing else None

    @property
    def tie_turnout(self) -> Fraction | None:
        """The turnout of the missing stations at which all their votes for the rival would tie.

        The same number as `share_needed`, read as a turnout. None where nothing is missing, or where the registered
        voters of the missing stations are not known (`counted_in` votes).
        """
        return self.share_needed if self.counted_in == "registered" else None


def slack(lead: int, missing_registered: int, cap: Fraction = WHOLE) -> int:
    """The votes by which a lead outweighs all that is missing; above 0 it cannot change.

    `cap` is the turnout of the missing stations at most, 0 to 1: slack = lead - floor(cap * missing).

    Raises:
        BadUsage: the cap is not from 0 to 1, or fewer than 0 voters are missing.
    """
    if not 0 <= cap <= 1:
        raise BadUsage(f"turnout cap: expected 0 to 1, came {cap}")
    if missing_registered < 0:
        raise BadUsage(f"registered voters of missing stations: expected 0 or more, came {missing_registered}")
    return lead - int(cap * missing_registered)


def certainty_of(votes: Mapping[str, int], missing_registered: int, *, cap: Fraction = WHOLE) -> Certainty:
    """Whether the choice with most votes can still be reached by another, if all that is missing votes for that one.

    Of choices with equal votes the first of the mapping leads, with a lead of 0; the next is the rival.

    Raises:
        BadUsage: fewer than two choices, or numbers out of their range.
    """
    return _against_runner_up(votes, missing_registered, cap, "registered")


def certainty_of_votes_cast(votes: Mapping[str, int], votes_cast: int) -> Certainty:
    """The same where only the total of valid votes cast everywhere is known: what is missing are the others.

    Raises:
        BadUsage: fewer than two choices, or fewer votes cast than collected.
    """
    collected = sum(votes.values())
    if votes_cast < collected:
        raise BadUsage(f"votes cast: expected at least the {collected} collected, came {votes_cast}")
    return _against_runner_up(votes, votes_cast - collected, WHOLE, "votes")


def majority_certainty_of(votes: Mapping[str, int], missing_registered: int, *, cap: Fraction = WHOLE) -> Certainty:
    """Whether the leader's absolute majority (50% + 1 of valid votes) stands whatever is missing.

    The rival is everybody else: lead = v - (valid - v) = 2v - valid, and all that is missing votes for others.

    Raises:
        BadUsage: fewer than two choices, or numbers out of their range.
    """
    leader, _ = _first_two(votes)
    lead = 2 * votes[leader] - sum(votes.values())
    left = slack(lead, missing_registered, cap)
    return Certainty(leader, EVERYBODY_ELSE, lead, missing_registered, "registered", cap, left)


def _against_runner_up(votes: Mapping[str, int], missing: int, cap: Fraction, counted_in: Missing) -> Certainty:
    # What is missing is the same for every rival, so the one with most votes has the least slack.
    leader, rival = _first_two(votes)
    lead = votes[leader] - votes[rival]
    return Certainty(leader, rival, lead, missing, counted_in, cap, slack(lead, missing, cap))


def _first_two(votes: Mapping[str, int]) -> tuple[str, str]:
    if len(votes) < 2:
        raise BadUsage(f"certainty: expected two choices or more, came {len(votes)}")
    leader, rival = sorted(votes, key=lambda choice: -votes[choice])[:2]
    return leader, rival


@dataclass(frozen=True, slots=True)
class MissingVoters:
    """The registered voters of the missing stations; at most so many where `exact` is false."""

    registered: int
    exact: bool


def missing_registered(
    total_registered: int, *, known: int, unknown_stations: int = 0, ballots_of_unknown: int = 0
) -> MissingVoters:
    """The registered voters of the stations that have not arrived.

    `known` is the sum of registered voters of the collected stations where it is known; of the `unknown_stations`
    others the ballots are known, and registered >= ballots makes the result an upper bound:
    missing = total - sum of known registered - sum of ballots where unknown.

    Raises:
        BadUsage: the collected stations have more voters than the total.
    """
    left = total_registered - known - ballots_of_unknown
    if left < 0:
        raise BadUsage(
            f"registered voters: expected at most {total_registered} in all, "
            f"the collected stations have {known + ballots_of_unknown}"
        )
    return MissingVoters(left, exact=unknown_stations == 0)


def worst_reading(readings: Sequence[Mapping[str, int]], leader: str, rival: str) -> Mapping[str, int]:
    """Of several readings of one station the one that is worst for the leader against this rival (first of equals).

    Raises:
        BadUsage: there is no reading, or one lacks the leader or the rival (unread is not zero).
    """
    if not readings or any(choice not in reading for reading in readings for choice in (leader, rival)):
        raise BadUsage(f"readings of a station: expected one or more, each with {leader} and {rival}")
    return min(readings, key=lambda reading: reading[leader] - reading[rival])


def worst_leads(readings: Ints, known: Bools, leader: int) -> Ints:
    """The lead over every choice, (choices,), if at each station the reading worst for the leader is the right one.

    `readings` (readings, stations, choices) in votes, `known` (readings, stations) false where a station has no such
    reading; a station without any adds nothing. The worst is taken for every rival apart: sum_i min_r (v_rw - v_rl),
    so the lead over the leader itself is 0.
    """
    leads = readings[:, :, leader, None] - readings
    most = np.iinfo(np.int64).max
    worst = np.where(known[:, :, None], leads, most).min(axis=0)
    total: Ints = worst[known.any(axis=0)].sum(axis=0, dtype=np.int64)
    return total


@dataclass(frozen=True, slots=True)
class AreaCertainty:
    """Certainty of every area, in columns of length `areas`.

    `leader` is a column of the votes (the first of equals), `lead` in votes over the runner-up, `missing` registered
    voters of missing stations. `framed` is false where a missing station's voters are not known: nothing is certain
    there, and `missing` and `slack` leave those voters out. `slack` and `certain` are (caps, areas), in the order of
    `caps`.
    """

    caps: tuple[Fraction, ...]
    leader: Ints
    lead: Ints
    missing: Ints
    framed: Bools
    slack: Ints
    certain: Bools


def certainty_by_area(
    area: Ints,
    votes: Ints,
    registered: Ints,
    collected: Bools,
    caps: Sequence[Fraction] = (WHOLE,),
    *,
    areas: int | None = None,
) -> AreaCertainty:
    """The worst case of every area, from one row a station of the frame.

    `area` (n,) index from 0, `votes` (n, choices) looked at only where `collected` (n,), `registered` (n,) looked at
    only elsewhere, below 0 where not known. `areas` is the number of areas, as many as `area` needs where None.

    Raises:
        BadUsage: fewer than two choices, or a cap that is not from 0 to 1 in parts per million.
    """
    if votes.shape[1] < 2:
        raise BadUsage(f"certainty: expected two choices or more, came {votes.shape[1]}")
    size = areas if areas is not None else (int(area.max()) + 1 if len(area) else 0)
    arrived, absent = np.flatnonzero(collected), np.flatnonzero(~collected)
    totals = np.stack([_sums(area[arrived], votes[arrived, choice], size) for choice in range(votes.shape[1])], axis=1)
    voters = registered[absent]
    missing = _sums(area[absent], np.maximum(voters, 0), size)
    framed: Bools = _sums(area[absent], (voters < 0).astype(np.int64), size) == 0
    lead = _leads(totals)
    left = np.stack([lead - _capped(missing, cap) for cap in caps]) if caps else np.zeros((0, size), np.int64)
    leader: Ints = totals.argmax(axis=1).astype(np.int64)
    return AreaCertainty(tuple(caps), leader, lead, missing, framed, left, (left > 0) & framed)


def _sums(index: Ints, values: Ints, size: int) -> Ints:
    # bincount adds in float64: exact for whole numbers while a sum is below 2^53.
    total: Ints = np.bincount(index, weights=values, minlength=size).astype(np.int64)
    return total


def _leads(totals: Ints) -> Ints:
    first_two = np.partition(totals, totals.shape[1] - 2, axis=1)[:, -2:]
    lead: Ints = first_two[:, 1] - first_two[:, 0]
    return lead


def _capped(missing: Ints, cap: Fraction) -> Ints:
    if not 0 <= cap <= 1 or cap.denominator > _FINEST_CAP:
        raise BadUsage(f"turnout cap: expected 0 to 1 in parts per million, came {cap}")
    most: Ints = missing * cap.numerator // cap.denominator
    return most


@dataclass(frozen=True, slots=True)
class Curve:
    """The least slack after 0, 1, 2... arrivals (stations or batches), (arrivals + 1,) in votes.

    `first` is the number of arrivals from which on the result stayed certain, for the choice that leads in the end;
    None where it is not certain even after the last.
    """

    slack: Ints
    first: int | None


def curve_by_order(order: Ints, votes: Ints, registered: Ints, never: int = 0, *, cap: Fraction = WHOLE) -> Curve:
    """Certainty after every station, in this order of arrival.

    `order` (k,) station rows, each at most once; `votes` (n, choices); `registered` (n,) voters of each station (its
    ballots are a lower bound where they are not known: the slack is then too small, never too large); `never` are the
    registered voters of stations outside these columns. Rows that `order` does not name are missing to the end.
    """
    return _curve(votes[order], registered[order], int(registered.sum()) + never, cap)


def curve_by_batch(batch: Ints, votes: Ints, registered: Ints, never: int = 0, *, cap: Fraction = WHOLE) -> Curve:
    """Certainty after every batch; `batch` (n,) numbers the batch of each station from 0, below 0 never arrived."""
    arrived = np.flatnonzero(batch >= 0)
    index, batches = batch[arrived], int(batch.max(initial=-1)) + 1
    columns = [_sums(index, votes[arrived, choice], batches) for choice in range(votes.shape[1])]
    voters = _sums(index, registered[arrived], batches)
    return _curve(np.stack(columns, axis=1), voters, int(registered.sum()) + never, cap)


def _curve(votes: Ints, registered: Ints, total: int, cap: Fraction) -> Curve:
    return _curves(votes, registered, total, (cap,))[0]


def _curves(votes: Ints, registered: Ints, total: int, caps: Sequence[Fraction]) -> tuple[Curve, ...]:
    """One curve a cap; the sums over the arrivals are worked out once for all."""
    if votes.shape[1] < 2:
        raise BadUsage(f"certainty: expected two choices or more, came {votes.shape[1]}")
    sums = np.zeros((len(votes) + 1, votes.shape[1]), np.int64)
    np.cumsum(votes, axis=0, out=sums[1:])
    missing = np.full(len(votes) + 1, total, np.int64)
    missing[1:] -= np.cumsum(registered)
    leads = _leads(sums)
    ahead = sums[:, int(sums[-1].argmax())] == sums.max(axis=1)
    found = []
    for cap in caps:
        left = leads - _capped(missing, cap)
        open_at = np.flatnonzero((left <= 0) | ~ahead)
        first = int(open_at[-1]) + 1 if len(open_at) else 0
        found.append(Curve(left, first if first <= len(votes) else None))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class RandomArrivals:
    """After how many stations the result was certain, for every order drawn, ascending.

    Empty where it is not certain when all have arrived, which does not depend on the order.
    """

    cap: Fraction
    stations: int
    needed: tuple[int, ...]

    def share(self, quantile: Fraction = Fraction(1, 2)) -> Fraction | None:
        """The share of all stations after which this part of the orders was certain; None where none ever is.

        The smallest number that at least this part of the orders needed at most (nearest rank).
        """
        if not self.needed:
            return None
        rank = max(1, -int(-quantile * len(self.needed) // 1))
        return Fraction(self.needed[rank - 1], self.stations)


def random_arrivals(
    votes: Ints,
    registered: Ints,
    never: int = 0,
    *,
    stations: int,
    orders: int,
    seed: int,
    caps: Sequence[Fraction] = (WHOLE,),
) -> tuple[RandomArrivals, ...]:
    """When the result became certain had the stations come in random order; one value a cap.

    `votes` (n, choices) and `registered` (n,) of the collected stations, `never` registered voters elsewhere,
    `stations` the number of all stations, of which shares are told. An order sorts 64 random bits a station from PCG64,
    whose stream numpy keeps the same for ever.
    """
    source = np.random.PCG64(seed)
    needed: list[list[int]] = [[] for _ in caps]
    for _ in range(orders):
        order = np.argsort(source.random_raw(len(votes)), kind="stable")
        total = int(registered.sum()) + never
        for number, curve in enumerate(_curves(votes[order], registered[order], total, caps)):
            needed[number] += [] if curve.first is None else [curve.first]
    return tuple(RandomArrivals(cap, stations, tuple(sorted(some))) for cap, some in zip(caps, needed, strict=True))
