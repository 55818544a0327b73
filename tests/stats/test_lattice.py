"""Whole percentages: the exact law, and what is reported."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from testigo.errors import BadUsage
from testigo.stats.lattice import BINS, SHIFTS, WINDOWS, bin_chances, lattice, upper_tail

Ints = NDArray[np.int64]


def stations(seed: int, n: int = 4000) -> tuple[Ints, Ints]:
    rng = np.random.default_rng(seed)
    whole = rng.integers(100, 800, n)
    return rng.binomial(whole, rng.uniform(0.2, 0.9, n)), whole


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(100, 900), st.floats(0, 1)), min_size=1, max_size=5))
def test_the_chance_of_a_bin_is_the_binomial_sum_over_its_counts(drawn: list[tuple[int, float]]) -> None:
    n = np.array([whole for whole, _ in drawn])
    k = np.array([round(rate * whole) for whole, rate in drawn])
    chances = bin_chances(k, n)
    for station, (parts, whole) in enumerate(zip(k.tolist(), n.tolist(), strict=True)):
        counts = np.arange(whole + 1)
        bins = counts * 2000 // whole % BINS
        expected = np.bincount(bins, stats.binom.pmf(counts, whole, parts / whole), BINS)
        assert chances[:, station] == pytest.approx(expected, abs=1e-10)


def test_the_tail_is_that_of_all_outcomes_written_out() -> None:
    chances = np.array([0.1, 0.5, 0.75, 0.0, 1.0])
    for observed in range(7):
        total = 0.0
        for outcome in itertools.product((0, 1), repeat=5):
            if sum(outcome) >= observed:
                total += float(np.prod([p if hit else 1 - p for hit, p in zip(outcome, chances, strict=True)]))
        assert upper_tail(chances, observed) == pytest.approx(total)


def test_the_tail_of_equal_chances_is_binomial_to_its_far_end() -> None:
    for observed in (150, 200, 300, 500):
        expected = stats.binom.sf(observed - 1, 1500, 0.1)
        assert upper_tail(np.full(1500, 0.1), observed) == pytest.approx(expected, rel=1e-9, abs=1e-28)


def test_binomial_stations_have_a_small_z_on_every_lattice() -> None:
    for seed in range(5):
        found = lattice(*stations(seed))
        assert found is not None
        assert found.n == 4000
        assert max(abs(hits.z) for hits in (*found.whole, *found.fives)) < 4
        assert not found.reported
        assert found.flagged == ()


def test_small_denominators_alone_are_not_reported() -> None:
    """With 100 to 110 votes a tenth of all shares lies near a whole percentage."""
    rng = np.random.default_rng(9)
    whole = rng.choice([100, 100, 101, 105, 110], 3000)
    found = lattice(rng.binomial(whole, 0.6), whole)
    assert found is not None
    assert found.whole[0].observed > 1000
    assert not found.reported


def test_stations_set_to_whole_percentages_are_reported_and_flagged() -> None:
    part, whole = stations(6)
    doctored = np.arange(0, 4000, 10)
    part[doctored] = np.round(whole[doctored] * np.round(100 * part[doctored] / whole[doctored]) / 100)
    found = lattice(part, whole)
    assert found is not None
    assert found.reported
    assert found.statistic > 5
    assert found.statistic > max(found.shifted)
    near = np.abs(100 * part / whole - np.round(100 * part / whole)) < 0.05
    assert found.flagged == tuple(np.flatnonzero(near).tolist())
    assert found.whole[0].p < 1e-6


def test_a_lattice_beside_whole_percentages_is_not_reported() -> None:
    """The same crowding three tenths further is no sign of round percentages."""
    part, whole = stations(7)
    doctored = np.arange(0, 4000, 10)
    part[doctored] = np.round(whole[doctored] * (np.floor(100 * part[doctored] / whole[doctored]) + 0.3) / 100)
    found = lattice(part, whole)
    assert found is not None
    assert not found.reported
    assert max(found.shifted) > 5 > abs(found.statistic)


def test_the_windows_of_shifted_lattices_meet_no_whole_percentage() -> None:
    assert min(SHIFTS) - max(WINDOWS) >= max(WINDOWS)
    assert max(SHIFTS) + max(WINDOWS) <= 100 - max(WINDOWS)


def test_shares_of_none_and_all_cannot_scatter() -> None:
    found = lattice(np.array([0, 150, 0]), np.array([120, 150, 900]))
    assert found is not None
    assert [(hits.observed, hits.expected, hits.z, hits.p) for hits in found.whole] == [(3, 3.0, 0.0, 1.0)] * 2


def test_small_stations_and_impossible_shares_take_no_part() -> None:
    assert lattice(np.array([5, 300]), np.array([99, 200])) is None
    with pytest.raises(BadUsage, match="part 2, whole 1"):
        lattice(np.array([5, 3]), np.array([99]))
