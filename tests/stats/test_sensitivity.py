"""What follows from other assumptions about missing stations, and whether late sheets are like early ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testigo.errors import BadUsage
from testigo.stats.sensitivity import Sensitivity, late_arrivals, sensitivity, shares_of, smallest_tenth


def test_missing_stations_of_mean_size_under_an_assumption() -> None:
    found = sensitivity(np.array([[60, 30, 10], [40, 50, 10]], np.int64), 1)
    assert (found.collected, found.missing, found.leading) == ((100, 80, 20), 100.0, (0, 1))
    assert found.mixed((0.0, 0.9, 0.1)).whole == pytest.approx((100 / 300, 170 / 300, 30 / 300))
    assert found.mixed(found.alike).whole == pytest.approx(found.alike)


@given(st.lists(st.integers(1, 500), min_size=2, max_size=5), st.integers(1, 2000), st.floats(0, 1), st.floats(0, 1))
def test_the_table_is_monotone_and_the_others_keep_their_share(
    collected: list[int], missing: int, one: float, other: float
) -> None:
    display = Sensitivity(tuple(collected), float(missing))
    first, second = display.leading
    room = display.alike[first] + display.alike[second]
    low, high = sorted((one * room, other * room))
    less, more = display.mixed(display.given(low)).whole, display.mixed(display.given(high)).whole
    assert less[first] <= more[first] + 1e-12
    assert less[second] >= more[second] - 1e-12
    assert sum(more) == pytest.approx(1)
    rest = [place for place in range(len(collected)) if place not in (first, second)]
    assert [more[place] for place in rest] == pytest.approx([display.alike[place] for place in rest])


@given(st.lists(st.integers(1, 500), min_size=2, max_size=4), st.integers(1, 5000))
def test_at_the_tipping_point_the_lead_vanishes_and_below_it_is_lost(collected: list[int], missing: int) -> None:
    display = Sensitivity(tuple(collected), float(missing))
    first, second = display.leading
    point = display.tipping_point()
    lead = display.collected[first] - display.collected[second]
    if point is None:
        worst = display.mixed(display.given(0.0)).whole
        assert worst[first] >= worst[second] - 1e-9
        assert lead > 0
        return
    whole = display.mixed(display.given(point)).whole
    assert whole[first] == pytest.approx(whole[second], abs=1e-9)


def test_nothing_missing_tips_nothing_and_impossible_shares_are_refused() -> None:
    assert Sensitivity((10, 5), 0.0).tipping_point() is None
    with pytest.raises(BadUsage, match=r"expected 0 to 0\.9000"):
        Sensitivity((50, 40, 10), 5.0).given(0.95)
    with pytest.raises(BadUsage, match="two choices"):
        sensitivity(np.array([[3], [4]], np.int64), 1)


def test_the_smallest_tenth_are_whole_centres() -> None:
    cluster = np.repeat(np.arange(10), 2)
    votes = np.stack([np.arange(20), np.zeros(20)], axis=1).astype(np.int64)
    assert np.flatnonzero(smallest_tenth(votes, cluster)).tolist() == [0, 1]


def test_late_sheets_that_differ_are_told_in_standard_errors() -> None:
    rng = np.random.default_rng(3)
    cluster = np.repeat(np.arange(300), 2)
    late = np.repeat(np.arange(300) >= 200, 2)
    share = np.where(late, 0.5, 0.6)
    first = rng.binomial(200, share)
    found = late_arrivals(np.stack([first, 200 - first], axis=1).astype(np.int64), cluster, late)
    assert found is not None
    assert found.stations == 200
    assert found.difference == pytest.approx(-0.1, abs=0.01)
    assert found.z < -20
    same = rng.binomial(200, 0.6, 600)
    alike = late_arrivals(np.stack([same, 200 - same], axis=1).astype(np.int64), cluster, late)
    assert alike is not None
    assert abs(alike.z) < 4


def test_no_late_sheets_no_comparison() -> None:
    votes = np.array([[5, 5], [6, 4], [7, 3]], np.int64)
    assert late_arrivals(votes, np.arange(3), np.array([False, False, False])) is None
    assert late_arrivals(votes, np.arange(3), np.array([False, False, True])) is None
    assert shares_of(votes * 0, np.array([True, True, True])) is None
