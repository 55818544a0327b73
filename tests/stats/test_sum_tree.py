"""Exact inference on trees of sums, against all readings written out."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_sheets import TREES, Sheet, assert_best_two, enumerate_readings, random_values, rules_of, said, sheets

from testigo.core.ids import FieldId
from testigo.errors import BadUsage
from testigo.stats.partial_sums import ZERO as NOTHING
from testigo.stats.partial_sums import Weighted, added, bounds_of, joined, reach_of, window
from testigo.stats.sum_tree import infer_tree
from testigo.stats.sums import is_forest, log_weight, sums_of, tree_part


@given(sheets(TREES))
@settings(max_examples=60, deadline=None)
def test_the_inference_on_a_tree_is_that_of_all_readings_written_out(sheet: Sheet) -> None:
    assert is_forest(sheet.sums, len(sheet.values))
    found, every = infer_tree(sheet.values, sheet.sums), enumerate_readings(sheet)
    assert_best_two(found, every)
    assert found.log_mass == pytest.approx(math.log(every.mass), abs=1e-9)
    assert found.breaking == pytest.approx(every.breaking, abs=1e-9)
    assert found.unexamined <= 1e-9
    for place, marginal in enumerate(found.marginals):
        assert sum(marginal.values()) == pytest.approx(1, abs=1e-12)
        for value, mass in marginal.items():
            assert mass == pytest.approx(every.marginal(place, value), abs=1e-9)


@given(sheets(TREES))
@settings(max_examples=25, deadline=None)
def test_the_weight_of_a_reading_is_the_product_of_its_factors(sheet: Sheet) -> None:
    every = enumerate_readings(sheet)
    for reading, weight in list(zip(every.readings, every.weights, strict=True))[::7]:
        own = log_weight(sheet.values, sheet.sums, reading)
        assert (own == -math.inf and weight == 0) or own == pytest.approx(math.log(weight), abs=1e-9)


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_fields_of_hundreds_with_many_numbers_agree_with_all_readings_written_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    fields = tuple(random_values(rng, 14, 999, absent=True) for _ in range(3))
    # Totals near what is likely, so that the sum holds now and then.
    total = said({int(a + b): float(rng.random()) for a in fields[0].values[:9] for b in fields[1].values[:3]}, 0.1)
    sheet = Sheet((fields[0], fields[1], total), rules_of("a + b = c"), 0.01)
    found, every = infer_tree(sheet.values, sheet.sums), enumerate_readings(sheet)
    assert_best_two(found, every)
    assert found.breaking == pytest.approx(every.breaking, abs=1e-9)


def test_of_readings_that_weigh_the_same_one_is_named_and_not_a_mixture() -> None:
    half = said({1: 0.5, 2: 0.5})
    sheet = Sheet((half, half, said({3: 1.0})), rules_of("a + b = c"), 0.01)
    found = infer_tree(sheet.values, sheet.sums)
    assert found.best in {(1, 2, 3), (2, 1, 3)}
    assert found.posterior == pytest.approx(found.second)
    assert_best_two(found, enumerate_readings(sheet))


def test_a_field_that_says_no_number_makes_the_others_neither_more_nor_less_credible() -> None:
    sheet = Sheet((said({1: 0.8, 2: 0.2}), said({5: 0.6, 6: 0.4}), said({}, 1.0)), rules_of("a + b = c"), 0.01)
    found = infer_tree(sheet.values, sheet.sums)
    assert found.best == (1, 5, None)
    assert found.marginals[0] == pytest.approx({1: 0.8, 2: 0.2, None: 0.0})
    assert found.breaking == 0


def test_a_sheet_without_rules_or_with_one_reading_has_its_own_probabilities() -> None:
    free = infer_tree((said({3: 0.7, 4: 0.3}), said({}, 1.0)), ())
    assert free.best == (3, None)
    assert [free.posterior, free.second] == pytest.approx([0.7, 0.3])
    only = infer_tree((said({3: 1.0}),), Sheet((said({3: 1.0}),), rules_of("a = 4"), 0.01).sums)
    assert only.best == (3,)
    assert [only.posterior, only.second, only.breaking] == pytest.approx([1, 0, 1])


def test_what_the_fields_left_out_bounds_what_the_inference_did_not_see() -> None:
    rng = np.random.default_rng(4)
    whole = tuple(random_values(rng, 12, 30, absent=True) for _ in range(3))
    full = enumerate_readings(Sheet(whole, rules_of("a + b = c"), 0.01))
    for keep in (3, 6, 9):
        few = []
        for one in whole:
            order = np.sort(np.argsort(-one.weights)[:keep])
            tail = float(one.weights.sum() - one.weights[order].sum())
            few.append(type(one)(one.values[order], one.weights[order], 0.0, 0.0, one.absent, tail, 0.0))
        found = infer_tree(few, Sheet(whole, rules_of("a + b = c"), 0.01).sums)
        seen = math.exp(found.log_mass) / full.mass
        assert 1 - seen <= found.unexamined
        assert found.unexamined < 1


def test_the_same_sheet_gives_the_same_bytes() -> None:
    rng = np.random.default_rng(9)
    fields = tuple(random_values(rng, 200, 999, absent=True) for _ in range(5))
    sheet = Sheet(fields, rules_of("a + b = c", "c + d = e"), 0.01)
    assert repr(infer_tree(fields, sheet.sums)) == repr(infer_tree(fields, sheet.sums))


def test_rules_become_sums_with_bounds_constants_and_spans() -> None:
    rules = (*rules_of("a + 2 * b + 3 = c + 1"), *rules_of("a <= 5"), *rules_of("a + b >= c", tolerance=2))
    equal, most, least = sums_of(rules, [FieldId(n) for n in "abc"], [1, 2, 3], 0.01)
    assert (equal.terms, equal.low, equal.high) == (((0, 1), (1, 2), (2, -1)), -2, -2)
    assert [equal.breaks, equal.unknown] == pytest.approx([1e-5, 1e-3])
    assert (most.terms, most.low, most.high, most.breaks, most.unknown) == (((0, 1),), None, 5, 0.01, 1.0)
    assert (least.low, least.high) == (-2, None)


def test_a_rule_of_other_fields_or_an_impossible_eps_is_refused() -> None:
    with pytest.raises(BadUsage, match="rule R0: expected fields that were read, came b"):
        sums_of(rules_of("a = b"), [FieldId("a")], [1], 0.01)
    for eps in (0.0, 1.0):
        with pytest.raises(BadUsage, match="eps"):
            sums_of((), [], [], eps)


def test_a_forest_is_told_from_a_loop_and_its_part_has_equations_first() -> None:
    tree = Sheet((said({1: 1.0}),) * 5, rules_of("a + b = c", "c + d = e"), 0.01).sums
    loop = Sheet((said({1: 1.0}),) * 4, rules_of("a <= b", "b <= c", "a + b = c", "c + a = d"), 0.01).sums
    assert is_forest(tree, 5)
    assert not is_forest(loop, 4)
    assert tree_part(loop, 4) == (2,)


@pytest.mark.parametrize("plus", [np.add, np.maximum])
@pytest.mark.parametrize("stretch", [1, 40, 100_000_000])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=12, deadline=None)
def test_partial_sums_are_those_of_all_pairs_whatever_lies_between(plus: np.ufunc, stretch: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    few, many = (
        Weighted(np.sort(rng.choice(40, size, replace=False)) * stretch, rng.random(size), 0.0) for size in (6, 25)
    )
    made = added(added(NOTHING, few, -1, plus), many, 2, plus)
    expected: dict[int, float] = {}
    for a, wa in zip(few.values.tolist(), few.weights.tolist(), strict=True):
        for b, wb in zip(many.values.tolist(), many.weights.tolist(), strict=True):
            expected[2 * b - a] = float(plus(expected.get(2 * b - a, 0.0), wa * wb))
    assert dict(zip(made.values.tolist(), made.weights.tolist(), strict=True)) == pytest.approx(expected)
    for low, high in ((0, 0), (-3, 1), (None, 2 * stretch), (stretch, None)):
        points = np.array([-5, 0, 3, 11], dtype=np.int64) * stretch
        fits = [
            [
                weight
                for value, weight in expected.items()
                if (low is None or value - p >= low) and (high is None or value - p <= high)
            ]
            for p in points.tolist()
        ]
        sums = pytest.approx([float(plus.reduce(some)) if some else 0.0 for some in fits])
        assert window(made, points, low, high, plus) == sums
        assert joined(added(NOTHING, few, -1, plus), added(NOTHING, many, 2, plus), points, low, high, plus) == sums
        reach = [reach_of(many, 2)]
        cut = added(NOTHING, few, -1, plus, bounds_of(low, high, reach))
        assert window(added(cut, many, 2, plus), np.array([0]), low, high, plus) == pytest.approx(
            window(made, np.array([0]), low, high, plus)
        )
