"""Stations with the same figures."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from testigo.stats.duplicates import duplicates


def test_rows_with_the_same_figures_stand_in_one_group_largest_first() -> None:
    votes = np.array([[5, 3, 1], [50, 30, 10], [5, 3, 1], [50, 30, 10], [5, 3, 1], [50, 31, 9]])
    found = duplicates(votes, votes.sum(axis=1))
    assert found.groups == ((1, 3), (0, 2, 4))
    assert (found.n, found.statistic, found.flagged) == (6, 5, (0, 1, 2, 3, 4))
    assert found.reported


def test_two_choices_and_the_valid_votes_agree_more_often_than_all_figures() -> None:
    votes = np.array([[50, 30, 10, 0], [50, 30, 0, 10], [9, 8, 7, 6]])
    found = duplicates(votes, votes.sum(axis=1))
    assert (found.statistic, found.triples, found.reported) == (0, 2, False)


def test_stations_without_votes_are_not_copies_of_each_other() -> None:
    votes = np.zeros((4, 3), np.int64)
    assert duplicates(votes, votes.sum(axis=1)).groups == ()


def test_one_pair_among_many_thousand_stations_is_listed_and_not_reported() -> None:
    votes = np.column_stack([np.arange(5000), np.arange(5000)[::-1] + 7])
    votes[17] = votes[4711]
    found = duplicates(votes, votes.sum(axis=1))
    assert found.groups == ((17, 4711),)
    assert not found.reported


@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3), max_size=40))
def test_the_groups_are_those_of_a_dictionary(rows: list[tuple[int, int, int]]) -> None:
    votes = np.array(rows, np.int64).reshape(len(rows), 3)
    by_figures: dict[tuple[int, ...], list[int]] = {}
    for number, figures in enumerate(rows):
        if any(figures):
            by_figures.setdefault(figures, []).append(number)
    expected = {tuple(group) for group in by_figures.values() if len(group) > 1}
    assert set(duplicates(votes, votes.sum(axis=1)).groups) == expected
