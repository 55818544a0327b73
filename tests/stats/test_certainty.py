"""Certainty: what is certain stays so, columns equal the plain definition, and ties are never certain."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from testigo.errors import BadUsage
from testigo.stats import certainty as ct

Ints = NDArray[np.int64]
CAPS = (Fraction(1), Fraction(9, 10), Fraction(2, 3))


@st.composite
def elections(draw: st.DrawFn, most_stations: int = 12) -> tuple[Ints, Ints]:
    """Votes (n, choices) and registered voters (n,), no station with more votes than voters."""
    choices = draw(st.integers(2, 4))
    one = st.lists(st.integers(0, 30), min_size=choices, max_size=choices)
    votes = draw(st.lists(one, min_size=1, max_size=most_stations))
    absent = draw(st.lists(st.integers(0, 20), min_size=len(votes), max_size=len(votes)))
    table = np.array(votes, np.int64)
    return table, table.sum(axis=1) + np.array(absent, np.int64)


def totals_of(votes: Ints) -> dict[str, int]:
    return {f"c{number}": int(total) for number, total in enumerate(votes.sum(axis=0))}


@settings(deadline=None)
@given(elections(), st.data())
def test_once_certain_no_further_sheet_changes_who_leads(election: tuple[Ints, Ints], data: st.DataObject) -> None:
    votes, registered = election
    order = np.array(data.draw(st.permutations(range(len(votes)))), np.int64)
    seen: str | None = None
    for arrived in range(len(votes) + 1):
        now = ct.certainty_of(totals_of(votes[order[:arrived]]), int(registered[order[arrived:]].sum()))
        assert seen is None or (now.certain and now.leader == seen)
        seen = now.leader if now.certain else None
    curve = ct.curve_by_order(order, votes, registered)
    certain = [arrived for arrived, left in enumerate(curve.slack) if left > 0]
    assert curve.first == (certain[0] if certain else None)


@settings(deadline=None)
@given(elections(), st.integers(0, 40), st.sampled_from(CAPS))
def test_the_curve_is_the_certainty_of_every_prefix(election: tuple[Ints, Ints], never: int, cap: Fraction) -> None:
    votes, registered = election
    order = np.arange(len(votes), dtype=np.int64)[::-1].copy()
    curve = ct.curve_by_order(order, votes, registered, never, cap=cap)
    for arrived in range(len(votes) + 1):
        missing = int(registered[order[arrived:]].sum()) + never
        assert curve.slack[arrived] == ct.certainty_of(totals_of(votes[order[:arrived]]), missing, cap=cap).slack


@settings(deadline=None)
@given(elections(), st.data())
def test_a_batch_is_as_many_stations_of_the_order(election: tuple[Ints, Ints], data: st.DataObject) -> None:
    votes, registered = election
    batch = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=len(votes), max_size=len(votes))), np.int64)
    by_batch = ct.curve_by_batch(batch, votes, registered, 3)
    order = np.argsort(batch, kind="stable")
    order = order[batch[order] >= 0]
    by_order = ct.curve_by_order(order, votes, registered, 3)
    ends = [int(np.count_nonzero((batch >= 0) & (batch < number))) for number in range(batch.max() + 2)]
    assert by_batch.slack.tolist() == [by_order.slack[end] for end in ends]


@settings(deadline=None)
@given(elections(20), st.data())
def test_areas_in_columns_equal_the_definition(election: tuple[Ints, Ints], data: st.DataObject) -> None:
    votes, registered = election
    n = len(votes)
    area = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), np.int64)
    collected = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), np.bool_)
    unknown = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), np.bool_)
    known = np.where(unknown, -1, registered)
    found = ct.certainty_by_area(area, votes, known, collected, CAPS, areas=5)
    for number in range(5):
        here = area == number
        absent = known[here & ~collected]
        for place, cap in enumerate(CAPS):
            plain = ct.certainty_of(totals_of(votes[here & collected]), int(absent[absent >= 0].sum()), cap=cap)
            assert f"c{found.leader[number]}" == plain.leader
            assert (found.lead[number], found.missing[number]) == (plain.lead, plain.missing)
            assert found.slack[place, number] == plain.slack
            assert found.framed[number] == bool((absent >= 0).all())
            assert found.certain[place, number] == (plain.certain and found.framed[number])


@settings(deadline=None)
@given(elections(), st.integers(0, 200))
def test_a_sure_majority_is_a_sure_lead(election: tuple[Ints, Ints], missing: int) -> None:
    totals = totals_of(election[0])
    majority, lead = ct.majority_certainty_of(totals, missing), ct.certainty_of(totals, missing)
    assert majority.slack <= lead.slack
    if majority.certain:
        assert 2 * totals[majority.leader] > sum(totals.values()) + missing


def test_a_lead_of_exactly_what_is_missing_is_not_certain() -> None:
    assert ct.slack(100, 100) == 0
    assert not ct.certainty_of({"A": 150, "B": 50}, 100).certain
    assert ct.certainty_of({"A": 151, "B": 50}, 100).certain
    assert ct.slack(90, 101, Fraction(9, 10)) == 0, "90.9 votes are 90"


def test_a_tie_is_never_certain_and_the_first_named_leads() -> None:
    tie = ct.certainty_of({"A": 3, "B": 7, "C": 7}, 0)
    assert (tie.leader, tie.rival, tie.lead, tie.slack, tie.certain) == ("B", "C", 0, 0, False)
    assert tie.share_needed is None
    assert tie.tie_turnout is None


def test_with_votes_cast_known_no_turnout_is_told() -> None:
    known = ct.certainty_of_votes_cast({"A": 60, "B": 30}, 110)
    assert (known.missing, known.slack, known.share_needed) == (20, 10, Fraction(3, 2))
    assert known.tie_turnout is None
    with pytest.raises(BadUsage, match="at least the 90 collected, came 80"):
        ct.certainty_of_votes_cast({"A": 60, "B": 30}, 80)


def test_numbers_out_of_range_are_refused() -> None:
    with pytest.raises(BadUsage, match="two choices or more, came 1"):
        ct.certainty_of({"A": 1}, 0)
    with pytest.raises(BadUsage, match="0 to 1, came 11/10"):
        ct.slack(1, 1, Fraction(11, 10))
    with pytest.raises(BadUsage, match="0 or more, came -1"):
        ct.slack(1, -1)
    with pytest.raises(BadUsage, match="at most 10 in all, the collected stations have 12"):
        ct.missing_registered(10, known=9, unknown_stations=1, ballots_of_unknown=3)


def test_ballots_stand_in_for_unknown_voters_as_a_lower_bound() -> None:
    assert ct.missing_registered(100, known=60) == ct.MissingVoters(40, exact=True)
    assert ct.missing_registered(100, known=60, unknown_stations=2, ballots_of_unknown=15) == ct.MissingVoters(
        25, exact=False
    )


def test_of_conflicting_readings_the_worst_for_the_leader_counts() -> None:
    one, two = {"A": 300, "B": 100, "C": 0}, {"A": 310, "B": 105, "C": 20}
    assert ct.worst_reading([one, two], "A", "B") is one
    assert ct.worst_reading([one, two], "A", "C") is two
    with pytest.raises(BadUsage, match="each with A and B"):
        ct.worst_reading([one, {"A": 3}], "A", "B")


@settings(deadline=None)
@given(st.integers(1, 3), elections(6), st.data())
def test_worst_leads_in_columns_equal_the_worst_readings(
    count: int, election: tuple[Ints, Ints], data: st.DataObject
) -> None:
    votes, _ = election
    shifts = data.draw(st.lists(st.integers(0, 9), min_size=count * votes.size, max_size=count * votes.size))
    readings = votes[None] + np.array(shifts, np.int64).reshape(count, *votes.shape)
    flags = data.draw(st.lists(st.booleans(), min_size=count * len(votes), max_size=count * len(votes)))
    known = np.array(flags, np.bool_).reshape(count, len(votes))
    leads = ct.worst_leads(readings, known, 0)
    for choice in range(votes.shape[1]):
        plain = 0
        for station in range(len(votes)):
            named = [
                {str(c): int(v) for c, v in enumerate(readings[r, station])} for r in range(count) if known[r, station]
            ]
            if named:
                worst = ct.worst_reading(named, "0", str(choice))
                plain += worst["0"] - worst[str(choice)]
        assert leads[choice] == plain


def test_more_votes_than_voters_can_undo_certainty_and_the_curve_says_so() -> None:
    votes = np.array([[10, 0], [0, 40], [60, 0]], np.int64)
    curve = ct.curve_by_order(np.arange(3), votes, np.array([5, 3, 5], np.int64))
    assert curve.slack.tolist() == [-13, 2, 25, 30]
    assert curve.first == 3, "the lead after the first station is another one's after the second"


def test_random_orders_are_the_same_for_a_seed_and_none_where_nothing_is_certain() -> None:
    votes = np.tile(np.array([[60, 30]], np.int64), (40, 1))
    registered = np.full(40, 100, np.int64)
    drawn = ct.random_arrivals(votes, registered, 500, stations=50, orders=7, seed=3, caps=CAPS)
    assert drawn == ct.random_arrivals(votes, registered, 500, stations=50, orders=7, seed=3, caps=CAPS)
    # All stations alike: certain once 30 k > 100 (45 - k), so after 35 whatever the order.
    assert drawn[0].needed == (35,) * 7
    assert drawn[0].share() == Fraction(35, 50)
    assert drawn[2].needed < drawn[0].needed
    (never,) = ct.random_arrivals(votes, registered, 1200, stations=52, orders=3, seed=3)
    assert (never.needed, never.share()) == ((), None)


def test_a_quantile_is_the_smallest_number_that_so_many_orders_needed() -> None:
    drawn = ct.RandomArrivals(Fraction(1), 100, (10, 20, 30, 40))
    asked = [Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(51, 100), Fraction(1)]
    assert [drawn.share(quantile) for quantile in asked] == [Fraction(n, 100) for n in (10, 10, 20, 30, 40)]
