"""Estimates from a sample: exact where all are drawn, right as often as they say, honest about what did not arrive."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import t as student

from testigo.errors import BadUsage
from testigo.stats.quick_count import Drawn, neighbours_joined, quick_count
from testigo.stats.sample import DESIGNS, Design, draw, half_width, pilot_of

Ints = NDArray[np.int64]
STATIONS, AREAS = 600, 12
TRIALS = 400


def population(seed: int) -> tuple[Ints, Ints, Ints]:
    """Votes (stations, 3 choices), area and registered voters of stations whose areas and stations differ in taste."""
    rng = np.random.default_rng(seed)
    area = np.sort(rng.integers(0, AREAS, STATIONS)).astype(np.int64)
    registered = rng.integers(100, 700, STATIONS).astype(np.int64)
    taste = rng.normal(0.3, 0.35, AREAS)[area] + rng.normal(0, 0.45, STATIONS)
    share = 1 / (1 + np.exp(-taste))
    cast = rng.binomial(registered, 0.65)
    first = rng.binomial(cast, 0.92 * share)
    second = rng.binomial(cast - first, 0.9)
    return np.stack([first, second, cast - first - second], axis=1).astype(np.int64), area, registered


def sampled(design: Design, number: int, seed: str, votes: Ints, area: Ints, registered: Ints) -> tuple[Drawn, Ints]:
    """The drawn stations with their votes, all arrived, and their rows."""
    codes = [f"{n:04}" for n in range(len(votes))]
    sample = draw(design, codes, [(f"{one:02}",) for one in area], number, seed)
    rows = np.array([pick.row for pick in sample.picks], np.int64)
    stratum = np.array([pick.stratum for pick in sample.picks], np.int64)
    sizes = np.array([one.stations for one in sample.strata], np.int64)
    return Drawn(design, stratum, sizes, votes[rows], np.ones(len(rows), np.bool_), registered[rows]), rows


@pytest.mark.parametrize("design", DESIGNS)
def test_a_sample_of_all_stations_is_the_result(design: Design) -> None:
    votes, area, registered = population(1)
    found = quick_count(sampled(design, STATIONS, "1", votes, area, registered)[0])
    truth = votes.sum(axis=0) / votes.sum()
    for interval, share in zip(found.shares, truth, strict=True):
        assert (interval.value, interval.low, interval.high) == pytest.approx((share, share, share), abs=1e-12)
    assert found.lead.low == pytest.approx(found.lead.high, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS)
def test_intervals_hold_the_truth_as_often_as_they_say(design: Design) -> None:
    votes, area, registered = population(2)
    truth = votes.sum(axis=0) / votes.sum()
    lead = truth[0] - truth[1]
    held = [0, 0]
    for trial in range(TRIALS):
        found = quick_count(sampled(design, 90, f"{trial}", votes, area, registered)[0])
        held[0] += found.shares[0].low <= truth[0] <= found.shares[0].high
        held[1] += found.lead.low <= lead <= found.lead.high
    # Three standard errors of 400 trials at .95 are .033; systematic intervals may be wider, never narrower.
    for hits in held:
        assert hits / TRIALS >= 0.95 - 0.033
        assert hits / TRIALS <= (1 if design == "systematic" else 0.95 + 0.033)


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS)
def test_estimates_are_right_on_average_and_as_wide_as_planned(design: Design) -> None:
    votes, area, registered = population(3)
    valid = votes.sum(axis=1)
    truth = float(votes[:, 0].sum() / valid.sum())
    found = [quick_count(sampled(design, 90, f"{n}", votes, area, registered)[0]) for n in range(200)]
    value, half = np.array([[one.shares[0].value, (one.shares[0].high - one.shares[0].low) / 2] for one in found]).T
    assert abs(value.mean() - truth) < 4 * value.std() / 200**0.5
    pilot = pilot_of(votes[:, 0], 0 * valid, valid, area)
    # The plan has the normal quantile, the interval that of t: 1 to 3% more with 90 stations.
    assert half.mean() == pytest.approx(half_width(pilot.scatter(design, 90), 90, STATIONS), rel=0.06)


def test_a_small_sample_is_what_the_formulas_say() -> None:
    votes = np.array([[60, 40], [30, 50], [45, 45]], np.int64)
    one = Drawn("simple", np.zeros(3, np.int64), np.array([30]), votes, np.ones(3, np.bool_), None)
    p = 135 / 270
    z = votes[:, 0] - p * votes.sum(axis=1)
    error = (30**2 * (1 - 3 / 30) * z.var(ddof=1) / 3) ** 0.5 / (30 * 90)
    found = quick_count(one, 0.9)
    assert found.shares[0].value == p
    assert found.shares[0].high == pytest.approx(p + student.ppf(0.95, 2) * error)
    along = quick_count(replace(one, design="systematic"), 0.9)
    error *= (float(np.sum(np.diff(z) ** 2) / 4) / z.var(ddof=1)) ** 0.5
    assert along.shares[0].high == pytest.approx(min(1, p + student.ppf(0.95, 8 / 5) * error))


def test_two_strata_count_by_their_stations() -> None:
    votes = np.array([[10, 90], [20, 80], [90, 10], [80, 20]], np.int64)
    here = np.ones(4, np.bool_)
    found = quick_count(Drawn("stratified", np.array([0, 0, 1, 1]), np.array([30, 10]), votes, here, None))
    assert found.shares[0].value == pytest.approx((30 * 15 + 10 * 85) / 4000)
    # The variances are as 30 * 28 to 10 * 8 with one degree each.
    assert found.degrees == pytest.approx((840 + 80) ** 2 / (840**2 + 80**2), rel=1e-9)
    assert found.leading == (1, 0)


def test_strata_with_too_few_arrivals_go_together_with_a_neighbour() -> None:
    stratum = np.array([0, 0, 1, 2, 2, 4], np.int64)
    joined, stations, lacking = neighbours_joined(stratum, np.array([10, 20, 30, 40, 50]))
    assert joined.tolist() == [0, 0, 1, 1, 1, 1]
    assert (stations.tolist(), lacking) == ([10, 140], 3)


def test_a_stratum_of_one_station_that_arrived_needs_no_neighbour() -> None:
    joined, stations, lacking = neighbours_joined(np.array([0, 1, 1]), np.array([1, 20]))
    assert (joined.tolist(), stations.tolist(), lacking) == ([0, 1, 1], [1, 20], 0)


def test_if_all_arrive_the_worst_case_is_the_interval() -> None:
    found = quick_count(sampled("stratified", 80, "4", *population(4))[0])
    assert found.worst is not None
    assert found.worst_lead is not None
    assert [(one.low, one.high) for one in found.worst] == [(one.low, one.high) for one in found.shares]
    assert found.worst_lead.low == pytest.approx(found.lead.low)
    assert found.arrived == found.drawn == 80


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(DESIGNS), st.integers(0, 10**6), st.integers(0, 40))
def test_whatever_missing_stations_hold_the_worst_case_holds_the_whole_sample(
    design: Design, seed: int, missing: int
) -> None:
    votes, area, registered = population(5)
    whole, _ = sampled(design, 80, f"{seed}", votes, area, registered)
    arrived = np.ones(80, np.bool_)
    arrived[np.random.default_rng(seed).permutation(80)[:missing]] = False
    full, part = quick_count(whole), quick_count(replace(whole, arrived=arrived))
    assert part.worst is not None
    assert part.worst_lead is not None
    assert part.arrived == 80 - missing
    for share, bounds in zip(full.shares, part.worst, strict=True):
        assert bounds.low <= share.value <= bounds.high
    first = part.leading[0]
    leads = [full.shares[first].value - one.value for c, one in enumerate(full.shares) if c != first]
    assert part.worst_lead.low <= min(leads) <= part.worst_lead.high


def test_stations_that_stay_away_for_what_they_voted_mislead_the_interval_and_not_the_worst_case() -> None:
    votes, area, registered = population(6)
    truth = votes.sum(axis=0) / votes.sum()
    shares = votes[:, 0] / votes.sum(axis=1)
    misled, held = 0, 0
    for trial in range(100):
        whole, rows = sampled("simple", 120, f"{trial}", votes, area, registered)
        found = quick_count(replace(whole, arrived=shares[rows] > np.quantile(shares, 0.3)))
        assert found.worst is not None
        misled += not found.shares[0].low <= truth[0] <= found.shares[0].high
        held += found.worst[0].low <= truth[0] <= found.worst[0].high
    assert (misled, held) == (100, 100)


def test_without_registered_voters_there_is_no_worst_case() -> None:
    whole, _ = sampled("simple", 50, "1", *population(7))
    found = quick_count(replace(whole, most=None))
    assert (found.worst, found.worst_lead) == (None, None)


def test_what_did_not_arrive_is_not_looked_at() -> None:
    whole, _ = sampled("simple", 50, "1", *population(8))
    arrived = np.arange(50) >= 9
    other = np.where(arrived[:, None], whole.votes, 10**6)
    assert quick_count(replace(whole, arrived=arrived)) == quick_count(replace(whole, arrived=arrived, votes=other))


def test_more_confidence_makes_wider_intervals_that_stay_shares() -> None:
    whole, _ = sampled("simple", 4, "1", *population(9))
    narrow, wide = quick_count(whole, 0.8), quick_count(whole, 0.999)
    for a, b in zip(narrow.shares, wide.shares, strict=True):
        assert 0 <= b.low <= a.low <= a.value == b.value <= a.high <= b.high <= 1


def test_a_sample_that_cannot_be_is_refused() -> None:
    whole, _ = sampled("simple", 10, "1", *population(10))
    with pytest.raises(BadUsage, match="1 of 10 drawn ones arrived"):
        quick_count(replace(whole, arrived=np.arange(10) == 3))
    with pytest.raises(BadUsage, match="two choices or more"):
        quick_count(replace(whole, votes=whole.votes[:, :1]))
    with pytest.raises(BadUsage, match="one row for every drawn station"):
        quick_count(replace(whole, votes=whole.votes[:9]))
    with pytest.raises(BadUsage, match="no more drawn stations than the stratum has"):
        quick_count(replace(whole, stations=np.array([9])))
    with pytest.raises(BadUsage, match="confidence: expected"):
        quick_count(whole, 95)
