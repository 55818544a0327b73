"""Stations beside a tie, and the picture of turnout and share."""

import numpy as np
import pytest
from scipy import stats

from testigo.errors import BadUsage
from testigo.stats.fingerprint import fingerprint
from testigo.stats.jump import jump


def test_stations_are_counted_on_their_side_and_ties_on_none() -> None:
    first = np.array([502, 499, 500, 510, 489, 600])
    second = np.array([498, 501, 500, 490, 511, 400])
    found = jump(first, second, np.full(6, 1000))
    assert [(side.width, side.above, side.below) for side in found.sides] == [(5, 1, 1), (10, 1, 1), (20, 2, 1)]
    assert (found.n, found.p, found.reported, found.flagged) == (3, 1.0, False, ())


def test_a_lead_of_exactly_the_width_is_inside() -> None:
    found = jump(np.array([201]), np.array([200]), np.array([200]))
    assert [side.above for side in found.sides] == [1, 1, 1]
    found = jump(np.array([201]), np.array([200]), np.array([199]))
    assert [side.above for side in found.sides] == [0, 1, 1]


def test_an_empty_side_is_reported_with_the_stations_next_to_the_tie() -> None:
    rng = np.random.default_rng(1)
    lead = rng.integers(1, 40, 200)
    found = jump(500 + lead, 500 - lead, np.full(200, 1000))
    assert found.reported
    assert set(found.flagged) == set(np.flatnonzero(2 * lead <= 5).tolist())
    assert found.statistic == pytest.approx(stats.binomtest(found.n, found.n).pvalue)


def test_sides_that_are_drawn_alike_are_seldom_reported() -> None:
    rng = np.random.default_rng(2)
    reported = 0
    for _ in range(200):
        lead = rng.integers(-60, 61, 300)
        reported += jump(500 + lead, 500 - lead, np.full(300, 1000)).reported
    assert reported <= 20


def test_nothing_near_a_tie_says_nothing() -> None:
    found = jump(np.array([90]), np.array([10]), np.array([100]))
    assert (found.n, found.p, found.reported) == (0, 1.0, False)


def test_every_station_with_known_voters_falls_into_its_cell() -> None:
    part, valid = np.array([50, 100, 0, 33, 7]), np.array([100, 100, 100, 100, 0])
    ballots, registered = np.array([100, 200, 100, 60, 10]), np.array([200, 200, 300, 50, 100])
    found = fingerprint(part, valid, ballots, registered, bins=10)
    assert found is not None
    # Station 3 states more ballots than voters, station 4 has no valid votes.
    assert (found.n, found.unknown, found.beyond) == (3, 0, 1)
    assert [tuple(cell) for cell in np.argwhere(found.cells).tolist()] == [(3, 0), (5, 5), (9, 9)]
    assert found.cells.dtype == np.int64
    assert found.cells.sum() == 3


def test_without_known_voters_there_is_no_picture() -> None:
    column = np.array([10, 20])
    assert fingerprint(column, column, column, None) is None
    assert fingerprint(column, column, column, np.array([-1, -1])) is None
    found = fingerprint(column, column, column, np.array([-1, 40]))
    assert found is not None
    assert (found.n, found.unknown) == (1, 1)


def test_columns_of_different_lengths_are_refused_by_both() -> None:
    two, one = np.array([1, 2]), np.array([1])
    with pytest.raises(BadUsage, match="jump"):
        jump(two, one, two)
    with pytest.raises(BadUsage, match="fingerprint"):
        fingerprint(two, two, one, None)
