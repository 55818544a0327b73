"""Bounds on bulletins: the truth is never called impossible, and every bound equals its plain definition."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from testigo.errors import BadUsage
from testigo.stats import impossibility as im

Ints = NDArray[np.int64]


def station_votes(least: int = 1, most: int = 8) -> st.SearchStrategy[Ints]:
    one = st.tuples(*[st.integers(0, 60)] * 3)
    return st.lists(one, min_size=least, max_size=most).map(lambda rows: np.array(rows, np.int64))


@settings(max_examples=60, deadline=None)
@given(station_votes(2, 14), st.data())
def test_true_totals_of_any_part_are_possible_by_every_bound(votes: Ints, data: st.DataObject) -> None:
    stations = len(votes)
    inside = np.array(data.draw(st.lists(st.booleans(), min_size=stations, max_size=stations)), np.bool_)
    documented = np.array(data.draw(st.lists(st.booleans(), min_size=stations, max_size=stations)), np.bool_)
    covered, told = int(inside.sum()), votes[inside].sum(axis=0)
    voters = int(votes[~documented].sum())
    undocumented = int((~documented).sum())
    found = im.least_wrong_votes(
        votes[documented],
        [int(figure) for figure in told],
        inside=(covered, covered),
        undocumented=undocumented,
        missing_registered=voters,
    )
    assert found.least_wrong == 0
    assert found.bound == 0
    assert found.too_many == found.too_few == (0, 0, 0)
    left_out = im.stations_left_out(Fraction(covered, stations), stations)
    for choice in range(3):
        column, figure = votes[documented, choice], int(told[choice])
        assert im.least_inside(column, left_out) <= figure
        assert im.most_coverage(column, figure, stations) >= Fraction(covered, stations)
        assert im.needed_from_undocumented(
            figure,
            int(column.sum()),
            undocumented,
            missing_registered=voters,
            announced_total=int(told.sum()),
            valid=votes[documented].sum(axis=1),
            left_out=left_out,
        ).possible


@settings(deadline=None)
@given(station_votes(), st.integers(0, 9))
def test_the_least_inside_is_the_least_of_all_choices_of_stations(votes: Ints, left_out: int) -> None:
    column = votes[:, 0]
    kept = max(0, len(column) - left_out)
    assert im.least_inside(column, left_out) == min(sum(map(int, some)) for some in combinations(column, kept))


@settings(max_examples=40, deadline=None)
@given(station_votes(1, 6), st.tuples(*[st.integers(0, 300)] * 3), st.integers(0, 3), st.integers(0, 80))
def test_the_certificate_is_no_more_than_what_any_choice_of_stations_leaves_wrong(
    votes: Ints, announced: tuple[int, int, int], undocumented: int, voters: int
) -> None:
    inside = (max(0, len(votes) - 2), len(votes))
    found = im.least_wrong_votes(
        votes, announced, inside=inside, undocumented=undocumented, missing_registered=voters, cap=Fraction(1, 2)
    )
    spare = voters // 2
    best = sum(announced) + int(votes.sum())
    for size in range(max(0, inside[0] - undocumented), inside[1] + 1):
        for some in combinations(range(len(votes)), size):
            gaps = [figure - int(have) for figure, have in zip(announced, votes[list(some)].sum(axis=0), strict=True)]
            above = sum(gap for gap in gaps if gap > 0)
            best = min(best, max(0, above - spare) - sum(gap for gap in gaps if gap < 0))
    assert 0 <= found.least_wrong <= best
    assert sum(found.too_many) + sum(found.too_few) == pytest.approx(float(found.bound), abs=3.1)


@settings(deadline=None)
@given(station_votes(1, 6), st.tuples(*[st.integers(-8, 8)] * 3), st.tuples(*[st.integers(0, 300)] * 3))
def test_any_weights_prove_no_more_than_the_best_ones(
    votes: Ints, eighths: tuple[int, int, int], announced: tuple[int, int, int]
) -> None:
    best = im.least_wrong_votes(votes, announced, inside=(1, len(votes)), undocumented=1, missing_registered=7)
    proved = im.bound_of_weights(
        votes,
        announced,
        [Fraction(n, 8) for n in eighths],
        inside=(1, len(votes)),
        undocumented=1,
        most_votes=Fraction(7),
    )
    assert proved <= best.bound + Fraction(1, 1000)


def test_a_figure_below_what_must_be_inside_is_wrong_by_the_difference() -> None:
    votes = np.array([[10, 1], [20, 1], [30, 1]], np.int64)
    found = im.least_wrong_votes(votes, (20, 2), inside=(2, 2), undocumented=0, missing_registered=0)
    assert (found.least_wrong, found.too_many, found.too_few) == (10, (0, 0), (10, 0))


def test_without_documented_sheets_only_the_voters_limit_a_bulletin() -> None:
    found = im.least_wrong_votes(
        np.zeros((0, 2), np.int64), (70, 50), inside=(3, 3), undocumented=3, missing_registered=100
    )
    assert found.least_wrong == 20


def test_a_programme_whose_numbers_do_not_fit_is_refused() -> None:
    votes = np.array([[1, 2]], np.int64)
    with pytest.raises(BadUsage, match="expected at most 2, came 3-3"):
        im.least_wrong_votes(votes, (1, 2), inside=(3, 3), undocumented=1, missing_registered=5)
    with pytest.raises(BadUsage, match="expected 2 figures, came 3"):
        im.least_wrong_votes(votes, (1, 2, 3), inside=(1, 1), undocumented=1, missing_registered=5)
    with pytest.raises(BadUsage, match="expected -1 to 1"):
        im.bound_of_weights(
            votes, (1, 2), (Fraction(2), Fraction(0)), inside=(1, 1), undocumented=0, most_votes=Fraction(0)
        )


def test_a_coverage_is_an_interval_of_whole_stations() -> None:
    assert [im.decimals_of_ppm(ppm) for ppm in (800_000, 968_700, 500, 999_999, 1_000_000)] == [0, 2, 2, 4, 0]
    assert im.stations_inside(Fraction(9687, 10_000), 30_026, 2) == (29_085, 29_087)
    assert im.stations_inside(Fraction(4, 5), 30_026, 0) == (23_871, 24_170)
    assert im.stations_inside(Fraction(1), 100, 0) == (100, 100)
    assert im.stations_left_out(Fraction(8, 10), 30_026) == 6_006
    assert im.stations_left_out(Fraction(7, 10), 10) == 3, "exact: no rounding error makes it 4"
    with pytest.raises(BadUsage, match="no number of stations"):
        im.stations_inside(Fraction(1, 3), 2, 2)
    with pytest.raises(BadUsage, match="0 to 1, came 3/2"):
        im.stations_left_out(Fraction(3, 2), 10)


@settings(deadline=None)
@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 3))
def test_the_true_number_of_stations_is_inside_its_announced_coverage(part: int, stations: int, decimals: int) -> None:
    part = min(part, stations)
    exact = Fraction(part, stations)
    told = Fraction((exact * 100 * 10**decimals + Fraction(1, 2)) // 1, 100 * 10**decimals)
    least, most = im.stations_inside(told, stations, decimals)
    assert least <= part <= most


def test_more_needed_than_either_limit_leaves_is_impossible() -> None:
    valid = np.array([10, 20, 30], np.int64)

    def needed(voters: int | None, left_out: int | None) -> im.Needed:
        return im.needed_from_undocumented(
            70, 40, 3, missing_registered=voters, announced_total=75, valid=valid, left_out=left_out
        )

    assert needed(None, None).possible
    assert needed(29, None).possible is False
    assert (needed(None, 1).by_total, needed(None, 1).possible) == (45, True)
    assert (needed(None, 0).by_total, needed(None, 0).possible) == (15, False)
    assert needed(None, None).per_station == 10


def test_shares_are_held_against_rounding_and_cutting() -> None:
    votes = {"A": 2, "B": 1, "C": 0}
    checks = {check.name: check for check in im.check_shares(votes, {"A": "66.6", "B": "33.3", "C": "0.1"})}
    assert (checks["A"].rounded, checks["A"].cut) == (False, True)
    assert (checks["B"].rounded, checks["B"].cut) == (True, True)
    assert (checks["C"].rounded, checks["C"].cut) == (False, False)
    assert checks["A"].worked_out == Fraction(200, 3)
    assert im.sum_of_shares({"A": "66.6", "B": "33.3"}) == Fraction("99.9")
    with pytest.raises(BadUsage, match="none for D"):
        im.check_shares(votes, {"D": "1"})
    with pytest.raises(BadUsage, match=r"a percentage like 51\.95, came '5,1'"):
        im.sum_of_shares({"A": "5,1"})


def test_a_figure_that_falls_between_bulletins_is_named() -> None:
    found = im.growth({"A": 10, "B": 9}, {"A": 16, "B": 8}, earlier_stations=Fraction(2), later_stations=Fraction(7, 2))
    assert (found.added, found.fallen) == ({"A": 6, "B": -1}, ("B",))
    assert (found.before, found.after) == (Fraction(19, 2), Fraction(10, 3))
    assert found.shares_added == {"A": Fraction(6, 5), "B": Fraction(-1, 5)}
    bare = im.growth({"A": 10}, {"A": 10}, earlier_stations=Fraction(2), later_stations=Fraction(2))
    assert (bare.after, bare.shares_added) == (None, {})
