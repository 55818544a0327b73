"""Agreement of transcriptions, and what may remain among agreed cells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from testigo.errors import BadUsage
from testigo.stats.agreement import (
    AtLeast,
    acceptance,
    agreement,
    clopper_pearson,
    errors_at_least,
    rate,
    rate_at_most,
    remaining_errors,
    sample_for,
)


def test_the_exact_interval_is_the_published_one() -> None:
    assert clopper_pearson(7, 21_937) == pytest.approx((1.283e-4, 6.574e-4), rel=1e-3)
    assert clopper_pearson(0, 10)[0] == 0.0
    assert clopper_pearson(10, 10)[1] == 1.0


@given(st.integers(1, 400), st.data())
def test_the_interval_cuts_off_the_tails_of_the_binomial(n: int, data: st.DataObject) -> None:
    wrong = data.draw(st.integers(0, n))
    low, high = clopper_pearson(wrong, n)
    if wrong:
        assert stats.binom.sf(wrong - 1, n, low) == pytest.approx(0.025, rel=1e-6)
    if wrong < n:
        assert stats.binom.cdf(wrong, n, high) == pytest.approx(0.025, rel=1e-6)
        assert stats.binom.cdf(wrong, n, rate_at_most(wrong, n)) == pytest.approx(0.05, rel=1e-6)


def test_nothing_compared_says_nothing() -> None:
    nothing = rate(0, 0)
    assert (nothing.low, nothing.high, nothing.at_most, nothing.share) == (0.0, 1.0, 1.0, None)


@pytest.mark.parametrize(("wrong", "n", "confidence"), [(-1, 5, 0.95), (6, 5, 0.95), (1, 5, 1.0)])
def test_impossible_counts_are_refused(wrong: int, n: int, confidence: float) -> None:
    with pytest.raises(BadUsage, match="expected"):
        clopper_pearson(wrong, n, confidence)


def test_differences_are_counted_by_field_by_cell_and_by_sheet() -> None:
    here = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 0]])
    there = np.array([[1, 2, 4], [4, 9, 7], [7, 8, 5]])
    stated = np.array([[True, True, True], [True, True, True], [True, True, False]])
    found = agreement(here, there, stated)
    assert found.fields == (rate(0, 3), rate(1, 3), rate(2, 2))
    assert found.overall == rate(3, 8)
    assert found.sheets == rate(2, 3)


def test_an_unread_cell_is_no_difference() -> None:
    found = agreement(np.array([[0]]), np.array([[5]]), np.array([[False]]))
    assert (found.overall, found.sheets) == (rate(0, 0), rate(0, 0))


def test_tables_of_different_shapes_are_refused() -> None:
    with pytest.raises(BadUsage, match="one shape"):
        agreement(np.zeros((2, 2), np.int64), np.zeros((2, 3), np.int64), np.ones((2, 2), np.bool_))


def test_a_third_reading_tells_how_many_agreed_cells_may_be_wrong() -> None:
    found = remaining_errors(agreed=100_000, sampled=1_000, wrong=5)
    assert found.expected == pytest.approx(500)
    assert found.at_most == 1_048
    assert remaining_errors(100_000, 0, 0).expected is None
    assert remaining_errors(100_000, 0, 0).at_most == 100_000


def test_more_sampled_than_agreed_is_refused() -> None:
    with pytest.raises(BadUsage, match="10 agreed cells at most, came 11"):
        remaining_errors(10, 11, 0)


def test_the_acceptance_table_is_the_usual_one() -> None:
    found = {(k, n): at_most for k, n, at_most in acceptance((59, 100, 300, 1_000, 3_000), (0, 3, 5))}
    assert found[0, 59] == pytest.approx(0.0495, abs=5e-5)
    assert found[0, 100] == pytest.approx(1 - 0.05 ** (1 / 100))
    assert round(found[0, 300], 6) == 0.009936
    assert found[0, 3_000] == pytest.approx(0.000998, abs=1e-6)
    assert round(found[3, 300], 5) == 0.02564
    assert round(found[5, 1_000], 5) == 0.01048


@given(st.floats(0.001, 0.4), st.integers(0, 6))
def test_the_least_sample_is_enough_and_one_less_is_not(at_most: float, allowed: int) -> None:
    n = sample_for(at_most, allowed)
    assert rate_at_most(allowed, n) <= at_most
    assert n == allowed + 1 or rate_at_most(allowed, n - 1) > at_most


def test_an_error_rate_of_nothing_has_no_sample() -> None:
    with pytest.raises(BadUsage, match="between 0 and 1"):
        sample_for(0.0)


def test_two_inspections_give_chapmans_estimate() -> None:
    found = errors_at_least(54, 48, 43)
    assert found.errors == 60.25
    assert found.deviation == pytest.approx((55 * 49 * 11 * 5 / (44**2 * 45)) ** 0.5)
    assert errors_at_least(7, 7, 7) == AtLeast(7.0, 0.0)


def test_more_found_by_both_than_by_one_is_refused() -> None:
    with pytest.raises(BadUsage, match="expected 0 to 5 found by both, came 6"):
        errors_at_least(5, 9, 6)


def test_the_estimate_is_low_where_some_errors_are_hard_to_see() -> None:
    rng = np.random.default_rng(3)
    hard = rng.beta(1, 0.3, (300, 60))
    first, second = rng.random((300, 60)) < hard, rng.random((300, 60)) < hard
    pairs = zip(first, second, strict=True)
    found = [errors_at_least(int(a.sum()), int(b.sum()), int((a & b).sum())).errors for a, b in pairs]
    assert float(np.mean(found)) < 57
