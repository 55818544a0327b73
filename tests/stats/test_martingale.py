"""The sequential tests: equal to published values, and valid however often one looks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from testigo.errors import BadUsage
from testigo.stats.martingale import (
    TESTS,
    Test,
    alpha,
    capped_bet,
    draws_needed,
    kaplan_markov,
    log_wealth,
    p_values_of,
    stakes_of,
)

Floats = NDArray[np.float64]
U = 14_875_813 / 3_987_338


def published_taints() -> Floats:
    rng = np.random.default_rng(5)
    return np.where(rng.random(60) < 0.05, 0.04, 0.0)


def test_kaplan_markov_is_that_of_shangrla() -> None:
    # NonnegMean.kaplan_markov(g=0) of SHANGRLA on the same taints.
    found = kaplan_markov(published_taints(), U)[[0, 9, 59]]
    assert found == pytest.approx([7.31958314e-01, 4.78984008e-02, 9.07454199e-09], rel=1e-8)


def test_alpha_is_that_of_shangrla() -> None:
    # alpha_mart of SHANGRLA with eta = 0.999.
    found = alpha(published_taints(), U, 0.999)[[0, 9, 59]]
    assert found == pytest.approx([7.32691005e-01, 4.83690111e-02, 9.63048400e-09], rel=1e-8)


def test_alpha_that_expects_no_error_is_kaplan_markov() -> None:
    assert alpha(published_taints(), U, 1.0) == pytest.approx(kaplan_markov(published_taints(), U))


def test_draws_without_error_are_the_closed_form() -> None:
    margins = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
    assert [draws_needed("kaplan-markov", 1 + 1 / m, 0.05) for m in margins] == [601, 302, 152, 62, 32, 17]
    assert [draws_needed("kaplan-markov", 1 + 1 / m, 0.01) for m in margins] == [924, 463, 233, 95, 49, 26]
    assert [draws_needed("capped", bound, 0.05) for bound in (U, 136.6)] == [13, 544]


def test_one_lost_sheet_ends_kaplan_markov_and_not_the_capped_bet() -> None:
    taints = np.array([0.0, 1.0, *[0.0] * 40])
    assert kaplan_markov(taints, 2.0)[-1] == 0.5
    assert draws_needed("kaplan-markov", 2.0, 0.05, taints) is None
    assert capped_bet(taints, 2.0)[-1] < 1e-6


def test_a_bound_that_no_error_reaches_needs_no_draw() -> None:
    assert [draws_needed(test, 1.0, 0.05) for test in TESTS] == [0, 0]


def test_more_draws_than_anybody_makes_are_no_number() -> None:
    assert [draws_needed(test, 1e9, 0.05) for test in TESTS] == [None, None]


@pytest.mark.parametrize(("taints", "bound"), [([1.1], 2.0), ([math.nan], 2.0), ([0.0], 1.0), ([0.0], math.nan)])
def test_taints_above_one_and_bounds_of_one_are_refused(taints: list[float], bound: float) -> None:
    with pytest.raises(BadUsage, match="expected"):
        kaplan_markov(np.array(taints), bound)


def test_a_guess_below_the_null_mean_is_refused() -> None:
    with pytest.raises(BadUsage, match=r"eta: expected 0\.500000 to 1, came 0\.4"):
        alpha(np.zeros(1), 2.0, 0.4)


def test_stakes_that_could_lose_more_than_all_are_refused() -> None:
    with pytest.raises(BadUsage, match="stakes"):
        log_wealth(np.zeros(1), 2.0, np.array([2.1]))


taint_lists = st.lists(st.one_of(st.just(0.0), st.just(1.0), st.floats(-2, 1)), max_size=40)


@given(taint_lists, st.floats(1.01, 500), st.sampled_from(TESTS), st.floats(0.001, 0.5))
def test_the_draws_that_are_still_needed_are_enough_and_one_less_is_not(
    taints: list[float], bound: float, test: Test, risk: float
) -> None:
    t = np.array(taints)
    more = draws_needed(test, bound, risk, t)
    if more is None:
        assert test == "kaplan-markov"
        assert 1.0 in taints
        return
    p = p_values_of(test, np.concatenate([t, np.zeros(more)]), bound)
    assert not len(p) or p[-1] <= risk * (1 + 1e-6)
    if more:
        assert len(p) == 1 or p[-2] > risk * (1 - 1e-6)


@given(taint_lists, st.floats(1.01, 500), st.sampled_from(TESTS))
def test_p_values_never_rise_and_do_not_know_what_is_drawn_later(taints: list[float], bound: float, test: Test) -> None:
    t = np.array(taints)
    p = p_values_of(test, t, bound)
    assert (np.diff(p) <= 0).all()
    assert ((p >= 0) & (p <= 1)).all()
    half = len(t) // 2
    assert (p_values_of(test, t[:half], bound) == p[:half]).all()
    assert (stakes_of(test, t, bound) * (1 - 1 / bound) <= 1 + 1e-12).all()


def untrue_claims() -> dict[str, Floats]:
    """Taints of 400 equally likely stations whose mean is exactly 1 / bound (bound 4): the claim is just untrue."""
    concentrated = np.zeros(400)
    concentrated[:100] = 1.0
    mixed = np.concatenate([np.full(50, 1.0), np.full(100, 0.6), np.full(50, -0.2), np.zeros(200)])
    spread = np.full(400, 0.25)
    return {"concentrated": concentrated, "mixed": mixed, "spread": spread}


@pytest.mark.parametrize("shape", ["concentrated", "mixed", "spread"])
@pytest.mark.parametrize("test", TESTS)
def test_an_untrue_claim_passes_no_more_often_than_the_risk_limit(shape: str, test: Test) -> None:
    population = untrue_claims()[shape]
    assert population.mean() == pytest.approx(0.25)
    rng = np.random.default_rng(20)
    audits, limit = 800, 0.05
    passed = sum(p_values_of(test, rng.choice(population, 60), 4.0)[-1] <= limit for _ in range(audits))
    assert passed / audits <= limit + 3 * math.sqrt(limit * (1 - limit) / audits)


@pytest.mark.parametrize("test", TESTS)
def test_a_claim_that_is_far_from_untrue_passes_soon(test: Test) -> None:
    rng = np.random.default_rng(21)
    population = np.concatenate([np.full(5, 0.3), np.zeros(395)])
    passed = sum(p_values_of(test, rng.choice(population, 40), 4.0)[-1] <= 0.05 for _ in range(200))
    assert passed == 200
