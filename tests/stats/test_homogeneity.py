"""Stations of one centre against each other, and exchanged columns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from testigo.errors import BadUsage
from testigo.stats.homogeneity import (
    Homogeneity,
    bonferroni_limit,
    homogeneity,
    leading_choices,
    swaps,
    within_centre_z,
)

Ints = NDArray[np.int64]


def ints(*values: int) -> Ints:
    return np.array(values, np.int64)


def city(seed: int, centres: int = 300) -> tuple[Ints, Ints, Ints]:
    """Votes of three choices, valid votes and centres: four stations a centre, all of one rate."""
    rng = np.random.default_rng(seed)
    centre = np.repeat(np.arange(centres), 4)
    rate = rng.uniform(0.5, 0.8, centres)[centre]
    valid = rng.integers(200, 500, len(centre))
    votes = rng.multinomial(valid, np.column_stack([rate, 0.95 - rate, np.full(len(rate), 0.05)]))
    return votes.astype(np.int64), valid, centre


def test_phi_of_two_stations_is_the_textbook_chi_squared() -> None:
    found = homogeneity(ints(60, 40), ints(100, 100), ints(7, 7))
    assert found is not None
    table = stats.chi2_contingency([[60, 40], [40, 60]], correction=False)
    assert (found.n, found.df) == (2, 1)
    assert found.statistic == pytest.approx(table.statistic)


def test_stations_with_one_rate_have_a_phi_of_about_1_and_nothing_is_reported() -> None:
    votes, valid, centre = city(1)
    found = homogeneity(votes[:, 0], valid, centre)
    assert found is not None
    assert found.df == 900
    assert abs(found.statistic - 1) < 4 * np.sqrt(2 / 900)
    assert found.flagged == ()
    assert not found.reported


def test_stations_with_rates_of_their_own_are_reported() -> None:
    _votes, valid, centre = city(2)
    scattered = np.random.default_rng(3).binomial(valid, np.random.default_rng(4).uniform(0.4, 0.9, len(valid)))
    found = homogeneity(scattered, valid, centre)
    assert found is not None
    assert found.statistic > 10
    assert found.reported


def test_z_is_the_error_of_a_prediction_from_the_other_stations() -> None:
    z = within_centre_z(ints(90, 50, 40), ints(100, 100, 100), ints(1, 1, 1), 1.5)
    q = 90 / 200
    assert z[0] == pytest.approx((90 - 100 * q) / np.sqrt(1.5 * q * (1 - q) * (100 + 100**2 / 200)))


def test_a_station_alone_in_its_centre_has_no_z_and_no_part() -> None:
    part, valid, centre = ints(50, 52, 9), ints(100, 100, 100), ints(1, 1, 2)
    assert np.isnan(within_centre_z(part, valid, centre, 1.0)[2])
    found = homogeneity(part, valid, centre)
    assert found is not None
    assert found.n == 2
    assert homogeneity(ints(5, 9), ints(10, 10), ints(1, 2)) is None
    assert homogeneity(ints(), ints(), ints()) is None


def test_a_station_far_from_its_neighbours_is_flagged_and_is_the_largest() -> None:
    votes, valid, centre = city(5)
    part = votes[:, 0].copy()
    part[401] = valid[401] // 10
    found = homogeneity(part, valid, centre)
    assert found is not None
    assert found.flagged[0] == 401
    assert abs(found.z[0]) == found.largest > found.limit


def test_only_stations_far_beyond_the_limit_are_reported_the_others_are_a_work_list() -> None:
    near = Homogeneity(9, 6, 6.6, 1.1, 4.0, 9.0, (3, 5), (-9.0, 4.1))
    # 4.0 times the root of 1.5 / 1.1 is 4.67.
    assert near.beyond == (3,)
    wide = Homogeneity(9, 6, 12.0, 2.0, 4.0, 9.0, (3, 5), (-9.0, 4.1))
    assert wide.beyond == (3, 5)


def test_the_limit_is_bonferronis() -> None:
    assert 2 * stats.norm.sf(bonferroni_limit(18_084)) * 18_084 == pytest.approx(0.05)
    assert bonferroni_limit(18_084) == pytest.approx(4.6876, abs=1e-4)


@given(st.integers(0, 2**32), st.permutations(range(12)))
def test_neither_the_order_of_stations_nor_the_names_of_centres_matter(seed: int, order: list[int]) -> None:
    rng = np.random.default_rng(seed)
    valid = rng.integers(20, 400, 12)
    part, centre = rng.binomial(valid, 0.6), rng.integers(0, 4, 12)
    here = homogeneity(part, valid, centre)
    there = homogeneity(part[order], valid[order], 1000 - 7 * centre[order])
    assert (here is None) == (there is None)
    if here is not None and there is not None:
        assert there.statistic == pytest.approx(here.statistic)
        assert (there.n, there.df) == (here.n, here.df)


def test_an_exchange_of_two_columns_is_found_with_the_choices_that_were_exchanged() -> None:
    votes, valid, centre = city(6)
    for row, (a, b) in {17: (0, 1), 222: (1, 2), 903: (0, 2)}.items():
        votes[row, [a, b]] = votes[row, [b, a]]
    assert {(swap.row, swap.a, swap.b) for swap in swaps(votes, valid, centre)} == {
        (17, 0, 1),
        (222, 1, 2),
        (903, 0, 2),
    }


def test_a_flagged_station_that_no_exchange_brings_back_is_not_on_the_work_list() -> None:
    votes, valid, centre = city(7)
    votes[40] = valid[40] // 3
    votes[40, 0] += valid[40] % 3
    found = homogeneity(votes[:, 2], valid, centre)
    assert found is not None
    assert 40 in found.flagged
    assert swaps(votes, valid, centre, (2,)) == ()


def test_elections_with_one_rate_a_centre_have_an_empty_work_list() -> None:
    assert [swaps(*city(seed)) for seed in range(10, 20)] == [()] * 10


def test_exchanging_twice_leaves_nothing_to_find() -> None:
    votes, valid, centre = city(8)
    votes[[5, 6]] = votes[[5, 6]][:, [1, 0, 2]]
    votes[[5, 6]] = votes[[5, 6]][:, [1, 0, 2]]
    assert swaps(votes, valid, centre) == ()


def test_the_leading_choices_are_the_two_with_most_votes() -> None:
    assert leading_choices(np.array([[1, 9, 3], [1, 0, 4]])) == (1, 2)
    assert leading_choices(np.array([[4]])) == (0,)


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(BadUsage, match="part 2, valid 2, centre 1"):
        homogeneity(ints(1, 2), ints(3, 4), ints(1))
    with pytest.raises(BadUsage, match="float64"):
        homogeneity(np.array([1.5]), ints(3), ints(1))
