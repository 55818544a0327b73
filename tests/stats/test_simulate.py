"""Simulated elections look like the one they imitate; recipes change what they say they change."""

import numpy as np
import pytest
from numpy.typing import NDArray

from testigo.errors import BadUsage
from testigo.stats.homogeneity import homogeneity
from testigo.stats.simulate import DOCTORED_SHARE, PHI, RECIPES, Population, clean_election, doctored, population

Ints = NDArray[np.int64]


def city(stations: int = 4000) -> Population:
    """Two large choices, three small ones; four stations a centre; the voters of every second station are known."""
    rng = np.random.default_rng(11)
    centre = np.arange(stations) // 4
    rate = rng.uniform(0.4, 0.8, stations // 4)[centre]
    shares = np.column_stack([rate, 0.96 - rate, *[np.full(stations, part) for part in (0.02, 0.015, 0.005)]])
    valid = rng.integers(100, 700, stations)
    registered = np.where(np.arange(stations) % 2, -1, valid * 3 // 2)
    return population(rng.multinomial(valid, shares).astype(np.int64), 1000 + 3 * centre, registered)


@pytest.fixture(scope="module")
def like() -> Population:
    return city()


def test_the_same_stream_gives_the_same_election_and_another_one_another(like: Population) -> None:
    here, there = (clean_election(like, np.random.default_rng([7, 0, 1])) for _ in range(2))
    assert np.array_equal(here, there)
    assert not np.array_equal(here, clean_election(like, np.random.default_rng([7, 0, 2])))


def test_a_clean_election_has_the_shares_and_sizes_of_the_one_it_imitates(like: Population) -> None:
    votes = clean_election(like, np.random.default_rng(1))
    assert votes.shape == like.votes.shape
    assert votes.min() >= 0
    assert votes.sum(axis=0) / votes.sum() == pytest.approx(like.votes.sum(axis=0) / like.votes.sum(), abs=0.005)
    assert np.corrcoef(votes.sum(axis=1), like.valid)[0, 1] > 0.99
    assert np.corrcoef(votes[:, 0] / votes.sum(axis=1), like.votes[:, 0] / like.valid)[0, 1] > 0.9


def test_no_station_has_more_votes_than_known_voters(like: Population) -> None:
    votes = clean_election(like, np.random.default_rng(2))
    known = like.registered > 0
    assert (votes.sum(axis=1)[known] <= like.registered[known]).all()


def test_stations_of_a_centre_scatter_as_much_as_is_said(like: Population) -> None:
    phi = []
    for number in range(5):
        votes = clean_election(like, np.random.default_rng([3, number]))
        found = homogeneity(votes[:, 0], votes.sum(axis=1), like.centre)
        assert found is not None
        phi.append(found.statistic)
    assert np.mean(phi) == pytest.approx(PHI, abs=4 * PHI * np.sqrt(2 / 3000 / 5))


def test_a_choice_without_votes_stays_without(like: Population) -> None:
    votes = like.votes.copy()
    votes[:, 2:] = 0
    without = population(votes, like.centre, None)
    assert clean_election(without, np.random.default_rng(1))[:, 2:].sum() == 0
    two = population(votes[:, :2], like.centre, None)
    assert clean_election(two, np.random.default_rng(1)).shape[1] == 2


def test_stations_without_votes_are_not_imitated() -> None:
    found = population(np.array([[0, 0], [3, 4], [5, 6]]), np.array([1, 9, 9]), None)
    assert found.votes.tolist() == [[3, 4], [5, 6]]
    assert (found.centre.tolist(), found.registered.tolist()) == ([0, 0], [-1, -1])


@pytest.mark.parametrize("votes", [np.zeros((3, 2), np.int64), np.ones((3, 1), np.int64)])
def test_an_election_without_votes_or_choices_cannot_be_imitated(votes: Ints) -> None:
    with pytest.raises(BadUsage, match="two choices"):
        population(votes, np.zeros(3, np.int64), None)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_changes_only_its_stations_and_never_below_zero(like: Population, recipe: str) -> None:
    votes = clean_election(like, np.random.default_rng(4))
    before = votes.copy()
    changed, rows = doctored(recipe, votes, np.random.default_rng(5))
    assert np.array_equal(votes, before)
    assert len(rows) == round(DOCTORED_SHARE * len(votes))
    others = np.ones(len(votes), np.bool_)
    others[rows] = False
    assert np.array_equal(changed[others], votes[others])
    assert (changed[rows] != votes[rows]).any(axis=1).mean() > 0.8
    assert changed.min() >= 0


@pytest.mark.parametrize("recipe", ["switch", "round percentages", "invented digits"])
def test_recipes_that_move_votes_keep_the_totals_of_a_station(like: Population, recipe: str) -> None:
    changed, _ = doctored(recipe, like.votes, np.random.default_rng(6))
    assert np.array_equal(changed.sum(axis=1), like.valid)
    assert np.array_equal(changed[:, 2:], like.votes[:, 2:])


def test_each_recipe_does_what_its_name_says(like: Population) -> None:
    made = {recipe: doctored(recipe, like.votes, np.random.default_rng(8)) for recipe in RECIPES}
    changed, rows = made["stuffing"]
    assert (changed[rows].sum(axis=1) / like.valid[rows]).mean() == pytest.approx(1.3, abs=0.01)
    changed, rows = made["switch"]
    assert changed[rows, 0].sum() / like.votes[rows, 0].sum() == pytest.approx(0.8, abs=0.01)
    changed, rows = made["round percentages"]
    share = 100 * changed[rows, 1] / like.valid[rows]
    assert (np.abs(share - np.round(share)) * like.valid[rows] <= 51).all()
    changed, rows = made["invented digits"]
    assert (changed[rows, 1] % 10 == 0).mean() < 0.06
    changed, rows = made["copied sheets"]
    sheets = {tuple(sheet) for sheet in like.votes.tolist()}
    assert all(tuple(sheet) in sheets for sheet in changed[rows].tolist())


def test_an_unknown_recipe_is_refused(like: Population) -> None:
    with pytest.raises(BadUsage, match="stuffing, switch"):
        doctored("erasing", like.votes, np.random.default_rng(1))
