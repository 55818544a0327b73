"""Bounds, sizes and verdicts of audits."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from testigo.errors import BadUsage
from testigo.stats.audit import (
    Ints,
    advice,
    contest,
    contest_taints,
    digitisation,
    equal_probability_bound,
    overstatements,
    pair,
    running,
    size_bounds,
    taints,
)


def ints(*values: int) -> Ints:
    return np.array(values, np.int64)


def small_contest() -> dict[str, Ints]:
    return {"a": ints(60, 50, 10), "b": ints(30, 40, 20), "c": ints(5, 5, 5)}


def test_the_bound_of_a_station_is_its_margin_and_its_ballots() -> None:
    assert size_bounds(ints(30, 10, -10), ints(100, 100, 40)).tolist() == [130, 110, 30]


def test_a_margin_beyond_the_ballots_is_refused() -> None:
    with pytest.raises(BadUsage, match="came 41 of 40 in row 1"):
        size_bounds(ints(30, 41), ints(100, 40))


def test_missing_stations_lower_the_margin_of_a_pair() -> None:
    one = pair("a", "b", ints(30, 10, -10), ints(100, 100, 40), missing_votes=12)
    assert (one.margin, one.limit, one.bound) == (30, 18, Fraction(270, 18))


def test_the_rival_that_is_closest_needs_the_most() -> None:
    plan = contest(small_contest(), ints(100, 100, 40))
    assert [one.rival for one in plan.pairs] == ["b", "c"]
    assert plan.pairs[plan.hardest].rival == "b"
    assert plan.sizes.tolist() == [130, 110, 30]
    assert plan.bound == Fraction(270, 30)


def test_a_rival_who_could_lead_with_what_is_missing_needs_a_full_count() -> None:
    with pytest.raises(BadUsage, match="b could lead a with the 30 votes that are missing"):
        contest(small_contest(), ints(100, 100, 40), missing_votes=30)


def test_a_station_without_its_paper_has_taint_one() -> None:
    found = taints(ints(0, 13, -26, 0), ints(130, 130, 130, 130), np.array([False, False, False, True]))
    assert found.tolist() == [0.0, 0.1, -0.2, 1.0]


def test_an_error_beyond_its_bound_says_that_the_ballots_were_wrong() -> None:
    with pytest.raises(BadUsage, match="expected an error of 130 votes at most, came 131 in draw 2"):
        taints(ints(0, 131), ints(130, 130))


votes = st.lists(
    st.tuples(*[st.integers(0, 30)] * 3, st.integers(0, 20), *[st.integers(0, 40)] * 3), min_size=1, max_size=12
)


@given(votes)
def test_the_mean_taint_of_an_untrue_outcome_is_no_less_than_the_test_assumes(rows: list[tuple[int, ...]]) -> None:
    """The law that the whole audit rests on, on elections whose audited figures are anything that the ballots allow."""
    table = np.array(rows, np.int64)
    reported, ballots = table[:, :3], table[:, :3].sum(axis=1) + table[:, 3]
    audited = np.minimum(table[:, 4:], ballots[:, None] // 3)
    try:
        plan = contest(dict(zip("abc", reported.T, strict=True)), ballots)
    except BadUsage:
        return
    leader = "abc".index(plan.pairs[0].leader)
    errors = []
    for one in plan.pairs:
        rival = "abc".index(one.rival)
        errors.append(overstatements(reported[:, leader] - reported[:, rival], audited[:, leader] - audited[:, rival]))
    drawn = np.flatnonzero(plan.sizes > 0)
    found = contest_taints(plan, drawn, [e[drawn] for e in errors])
    assert (found <= 1).all()
    mean = (found * plan.sizes[drawn]).sum() / plan.sizes.sum()
    untrue = any(int(e.sum()) >= one.limit for e, one in zip(errors, plan.pairs, strict=True))
    if untrue:
        assert mean >= float(1 / plan.bound) * (1 - 1e-9)


def test_both_directions_of_the_net_error_take_bounds_of_both() -> None:
    margins, ballots = ints(30, -10), ints(100, 40)
    one, both = digitisation(margins, ballots, 20), digitisation(margins, ballots, 20, two_sided=True)
    assert (one.sizes.tolist(), one.bound, one.risk_each(0.05)) == ([130, 30], Fraction(160, 20), 0.05)
    assert (both.sizes.tolist(), both.bound, both.risk_each(0.05)) == ([130, 50], Fraction(180, 20), 0.025)
    assert equal_probability_bound(one.sizes, 20) == Fraction(260, 20)


def test_a_limit_of_no_votes_is_refused() -> None:
    with pytest.raises(BadUsage, match="expected 1 vote or more, came 0"):
        digitisation(ints(1), ints(2), 0)


def test_what_the_draws_say_is_told_by_both_tests_after_each_of_them() -> None:
    seen = running("kaplan-markov", [np.zeros(3)], Fraction(2), 0.05)
    assert seen.kaplan_markov == pytest.approx((0.5, 0.25, 0.125))
    assert len(seen.capped) == 3
    assert seen.more == 2


def test_of_two_directions_the_slower_one_is_told() -> None:
    over, under = np.array([0.0, 0.5]), np.array([0.0, -0.5])
    seen = running("kaplan-markov", [over, under], Fraction(2), 0.025)
    assert seen.kaplan_markov == pytest.approx((0.5, 0.5))
    assert seen.more == 5


def test_a_limit_that_no_error_can_reach_needs_no_draw() -> None:
    assert running("capped", [np.zeros(0)], Fraction(1, 2), 0.05).more == 0


def test_a_sample_larger_than_the_election_is_a_full_count() -> None:
    assert [advice(0, 13, 5), advice(4, 2, 6), advice(5, 2, 6), advice(None, 2, 6)] == [
        "stop",
        "go on",
        "full count",
        "full count",
    ]


def election_with_wrong_sheets(seed: int, wrong: int) -> tuple[dict[str, Ints], dict[str, Ints], NDArray[np.int64]]:
    """200 stations in which `a` leads as reported; on the paper of the first `wrong` stations `b` has a's votes."""
    rng = np.random.default_rng(seed)
    ballots = rng.integers(200, 600, 200)
    a = rng.binomial(ballots, 0.54)
    reported = {"a": a, "b": ballots - a}
    paper = {
        "a": np.where(np.arange(200) < wrong, 0, a),
        "b": np.where(np.arange(200) < wrong, ballots, ballots - a),
    }
    return reported, paper, ballots


def test_a_leader_who_does_not_lead_on_paper_passes_no_more_often_than_the_risk_limit() -> None:
    reported, paper, ballots = election_with_wrong_sheets(4, 15)
    assert paper["a"].sum() <= paper["b"].sum()
    plan = contest(reported, ballots)
    error = overstatements(reported["a"] - reported["b"], paper["a"] - paper["b"])
    rng, audits, limit = np.random.default_rng(7), 400, 0.05
    passed = {"kaplan-markov": 0, "capped": 0}
    for _ in range(audits):
        drawn = rng.choice(200, 120, p=plan.sizes / plan.sizes.sum())
        seen = running("capped", [contest_taints(plan, drawn, [error[drawn]])], plan.bound, limit)
        passed["kaplan-markov"] += seen.kaplan_markov[-1] <= limit
        passed["capped"] += seen.capped[-1] <= limit
    assert max(passed.values()) / audits <= limit + 3 * math.sqrt(limit * (1 - limit) / audits)
