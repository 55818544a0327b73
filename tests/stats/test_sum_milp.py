"""Inference where sums form loops, against all readings written out."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_sheets import LOOPS, TREES, Sheet, enumerate_readings, random_values, rules_of, said, sheets

from testigo.errors import BadUsage
from testigo.stats.partial_sums import Weighted
from testigo.stats.sum_milp import best_reading, infer_any
from testigo.stats.sum_samples import draw
from testigo.stats.sum_tree import infer_tree, upward
from testigo.stats.sums import is_forest

SAMPLES = 3_000
BY_CHANCE = 0.06
"""Six standard errors of a share of one half among SAMPLES draws, with what weights of unequal size add."""


@given(sheets(LOOPS + TREES))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_the_solver_finds_the_best_reading_and_the_next_ones_in_their_order(sheet: Sheet) -> None:
    every = enumerate_readings(sheet)
    found: list[tuple[int | None, ...]] = []
    for expected in every.weights[:3]:
        best = best_reading(sheet.values, sheet.sums, found)
        assert best is not None
        assert best not in found
        assert every.weight_of(best) == pytest.approx(expected, rel=1e-6)
        found.append(best)


def test_where_no_reading_is_left_the_solver_says_so() -> None:
    fields = (said({1: 1.0}), said({}, 1.0))
    only = best_reading(fields, ())
    assert only == (1, None)
    assert best_reading(fields, (), [(1, None)]) is None
    with pytest.raises(BadUsage, match="milp"):
        best_reading(fields, (), [(2, None)])


@given(sheets(LOOPS))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_on_loops_the_two_best_are_exact_beside_each_other_and_the_rest_is_within_chance(sheet: Sheet) -> None:
    assert not is_forest(sheet.sums, len(sheet.values))
    found, every = infer_any(sheet.values, sheet.sums, seed=1, samples=SAMPLES), enumerate_readings(sheet)
    assert every.weight_of(found.best) == pytest.approx(every.weights[0], rel=1e-9)
    if len(every.weights) > 1:
        assert found.second / found.posterior == pytest.approx(every.weights[1] / every.weights[0], rel=1e-9)
    # What was left open is told; where it is little, chance is little too.
    allowed = BY_CHANCE + found.unexamined
    assert found.posterior == pytest.approx(every.weights[0] / every.mass, abs=allowed)
    assert found.breaking == pytest.approx(every.breaking, abs=allowed)
    for place, marginal in enumerate(found.marginals):
        assert sum(marginal.values()) == pytest.approx(1, abs=1e-9)
        for value, mass in marginal.items():
            assert mass == pytest.approx(every.marginal(place, value), abs=allowed)


def test_on_two_crossing_totals_that_nearly_hold_the_estimate_is_close_and_says_so() -> None:
    near = [said({n: 0.8, n + 1: 0.15, n - 1: 0.05}) for n in (12, 30, 5, 7)]
    sheet = Sheet(
        (*near, said({54: 0.9, 44: 0.1})), rules_of("a + b + c + d = e", "a - b = c - 23", "a + d = 19"), 0.01
    )
    assert not is_forest(sheet.sums, 5)
    found, every = infer_any(sheet.values, sheet.sums, seed=3, samples=SAMPLES), enumerate_readings(sheet)
    assert found.best == (12, 30, 5, 7, 54)
    assert found.posterior == pytest.approx(every.weights[0] / every.mass, abs=0.005)
    assert found.log_mass == pytest.approx(math.log(every.mass), abs=0.005)
    assert found.unexamined < 0.02


@given(sheets(LOOPS))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_the_mass_is_within_what_is_told_to_be_unexamined(sheet: Sheet) -> None:
    found, every = infer_any(sheet.values, sheet.sums, seed=7, samples=400), enumerate_readings(sheet)
    missed = every.mass - math.exp(found.log_mass)
    assert missed <= every.mass * found.unexamined + 1e-12


@given(sheets(TREES))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_on_a_tree_the_estimate_and_the_exact_inference_agree(sheet: Sheet) -> None:
    exact = infer_tree(sheet.values, sheet.sums)
    found = infer_any(sheet.values, sheet.sums, seed=5, samples=SAMPLES)
    assert found.posterior == pytest.approx(exact.posterior, abs=BY_CHANCE)
    assert found.second == pytest.approx(exact.second, abs=BY_CHANCE)
    for ours, theirs in zip(found.marginals, exact.marginals, strict=True):
        for value, mass in theirs.items():
            assert ours.get(value, 0.0) == pytest.approx(mass, abs=BY_CHANCE)


@given(sheets(TREES))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_readings_are_drawn_as_often_as_they_are_probable(sheet: Sheet) -> None:
    every = enumerate_readings(sheet)
    up = upward([Weighted(one.values, one.weights, one.absent) for one in sheet.values], sheet.sums, np.add)
    drawn = draw(sheet.sums, up, np.random.default_rng(2), SAMPLES)
    assert drawn.total() == SAMPLES
    for reading, weight in zip(every.readings, every.weights, strict=True):
        share = weight / every.mass
        error = 6 * math.sqrt(share * (1 - share) / SAMPLES) + 6 / SAMPLES
        assert abs(drawn[reading] / SAMPLES - share) <= error
    assert set(drawn) <= set(every.readings)


@given(st.integers(0, 1_000))
@settings(max_examples=2, deadline=None, derandomize=True)
def test_the_same_seed_gives_the_same_bytes_and_another_one_another_sample(seed: int) -> None:
    rng = np.random.default_rng(seed)
    fields = tuple(random_values(rng, 6, 12, absent=True) for _ in range(5))
    sheet = Sheet(fields, rules_of(*LOOPS[1]), 0.3)
    one, again, other = (infer_any(fields, sheet.sums, seed=number, samples=500) for number in (8, 8, 9))
    assert repr(one) == repr(again)
    assert one.marginals != other.marginals
    assert one.best == other.best


def test_readings_that_no_draw_met_are_told_as_unexamined() -> None:
    # The tree prefers what the other sum forbids: hardly a draw fulfils it, so the sample says little of the others.
    nine = said({9: 0.999, 1: 0.0004, 2: 0.0003, 3: 0.0003})
    sheet = Sheet((nine, nine), rules_of("a = b", "a <= 3", "a + b <= 7"), 0.000_01)
    found = infer_any(sheet.values, sheet.sums, seed=1, samples=300)
    assert found.unexamined > 0.3
    with pytest.raises(BadUsage, match="samples"):
        infer_any(sheet.values, sheet.sums, seed=1, samples=1)
