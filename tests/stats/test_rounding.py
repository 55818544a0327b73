"""Percent-first: matches are exact, the null probability equals a count of every way, thin totals are refused."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testigo.errors import BadUsage
from testigo.stats import rounding as ro


def figures_from(percent_steps: tuple[int, int], total: int, decimals: int) -> tuple[int, int, int]:
    """Two figures rounded half up from their percentages, the third is what is left."""
    grid = ro.steps_of(decimals)
    one, two = ((2 * step * total + grid) // (2 * grid) for step in percent_steps)
    return one, two, total - one - two


@settings(deadline=None)
@given(st.integers(0, 499), st.integers(0, 499), st.integers(20_000, 10**9))
def test_two_figures_made_from_percentages_lie_within_half_a_vote_of_them(one: int, two: int, total: int) -> None:
    figures = figures_from((one, two), total, 1)
    found = ro.match(figures, 1)
    assert found.steps[:2] == (one, two)
    assert all(abs(residual) <= Fraction(1, 2) for residual in found.residuals[:2])
    assert found.holds == (2 * abs(found.residuals[2]) < 1 or found.residuals[2] == Fraction(1, 2))


@settings(deadline=None)
@given(st.integers(0, 100), st.integers(2_000, 10**8), st.sampled_from(ro.MODES))
def test_a_mode_makes_what_it_says(step: int, total: int, mode: ro.Mode) -> None:
    exact = Fraction(step * total, 100)
    made = {"half-up": (exact + Fraction(1, 2)) // 1, "down": exact // 1, "up": -(-exact // 1)}[mode]
    found = ro.match((int(made), total - int(made)), 0, mode)
    assert found.steps[0] == step
    other = Fraction(total) - exact
    last = {"half-up": (other + Fraction(1, 2)) // 1, "down": other // 1, "up": -(-other // 1)}[mode]
    assert found.holds == (made + last == total)


@pytest.mark.parametrize("mode", ro.MODES)
@pytest.mark.parametrize("total", [2000, 2017, 2050])
def test_the_probability_is_a_count_of_every_way(total: int, mode: ro.Mode) -> None:
    made = {ro._divided(k * total, 100, mode) for k in range(101)}
    pairs = sum(1 for one in made if total - one in made)
    assert ro.null_probability(total, 2, 0, mode) == ro.NullProbability(pairs, total + 1)
    triples = sum(1 for one, two in product(made, made) if one + two <= total and total - one - two in made)
    assert ro.null_probability(total, 3, 0, mode) == ro.NullProbability(triples, (total + 1) * (total + 2) // 2)
    holding = sum(ro.match((one, total - one), 0, mode).holds for one in range(total + 1))
    assert holding == pairs


def test_a_coarse_match_is_a_match_of_every_finer_precision_that_the_total_allows() -> None:
    votes = (510_000, 390_000, 100_000)
    assert [found.decimals for found in ro.matching(votes)] == [0, 1, 2]
    assert ro.matching((510_003, 389_998, 99_999)) == ()


def test_what_cannot_be_said_is_refused() -> None:
    with pytest.raises(BadUsage, match="expected 20000 votes or more, came 19999"):
        ro.match((10_000, 9_999), 1)
    with pytest.raises(BadUsage, match=r"two or three figures .* came 4"):
        ro.null_probability(10**6, 4, 1)
    with pytest.raises(BadUsage, match="expected 0 to 4, came 5"):
        ro.match((10**9, 10**9), 5)
    with pytest.raises(BadUsage, match="two figures or more"):
        ro.match((10**9,), 0)


def test_the_correction_multiplies_and_stops_at_one() -> None:
    found = ro.NullProbability(1, 100)
    assert found.corrected(9) == Fraction(9, 100)
    assert found.corrected(900) == 1
