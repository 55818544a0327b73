"""Figures in columns: unread is not zero, and only stations of the register stand in them."""

import numpy as np
from valley import STATIONS, TRUE, Valley, without

from testigo.assessment.columns import UNKNOWN, Figures, figures_in_columns, first_known
from testigo.core.ids import FieldId, StationCode


def columns(tables: dict[StationCode, dict[str, int]]) -> Figures:
    valley = Valley()
    counts = [(code, {FieldId(name): votes for name, votes in sheet.items()}) for code, sheet in tables.items()]
    return figures_in_columns(("x", "X"), counts, valley.election.contests[0], valley.case().stations)


def test_a_station_with_an_absent_choice_is_left_out_and_counted_as_such() -> None:
    figures = columns({"S01": {"ANA": 5, "BEN": 4}, "S02": {"ANA": 5, "BEN": 4, "CY": 0}})  # type: ignore[dict-item]
    assert figures.rows.tolist() == [1]
    assert figures.votes.tolist() == [[5, 4, 0]]
    assert figures.left_out == 1


def test_a_choice_with_one_of_its_lines_is_absent() -> None:
    figures = columns({"S01": {"ANA": 5, "BEN": 4, "C1": 7}, "S02": {"ANA": 5, "BEN": 4, "C1": 7, "C2": 1}})  # type: ignore[dict-item]
    assert figures.rows.tolist() == [1]
    assert figures.votes[0].tolist() == [5, 4, 8]


def test_a_station_without_any_figure_of_the_contest_is_not_even_left_out() -> None:
    figures = columns({"S01": {"pages": 2}})  # type: ignore[dict-item]
    assert (len(figures.rows), figures.left_out, figures.votes.shape) == (0, 0, (0, 3))


def test_a_station_outside_the_register_is_left_out() -> None:
    figures = columns({"S77": {"ANA": 5, "BEN": 4, "CY": 0}})  # type: ignore[dict-item]
    assert (len(figures.rows), figures.left_out) == (0, 1)


def test_rows_ascend_whatever_order_the_stations_came_in() -> None:
    sheet = {"ANA": 1, "BEN": 2, "CY": 3}
    there = columns({"S03": {**sheet, "ANA": 9}, "S01": sheet})  # type: ignore[dict-item]
    assert there.rows.tolist() == [0, 2]
    assert there.votes[:, 0].tolist() == [1, 9]
    assert there.totals.tolist() == [10, 4, 6]
    assert there.valid.tolist() == [6, 14]


def test_ballots_are_at_least_those_that_are_stated() -> None:
    sheet = {"ANA": 1, "BEN": 2, "CY": 3}
    figures = columns({"S01": {**sheet, "null": 4}, "S02": sheet})  # type: ignore[dict-item]
    assert figures.ballots.tolist() == [10, 6]


def test_voters_that_nobody_knows_are_unknown_not_zero() -> None:
    stations = Valley(voters=None).case().stations
    assert stations.registered.tolist() == [UNKNOWN] * len(STATIONS)


def test_every_station_knows_its_areas_from_the_largest_down() -> None:
    stations = Valley().case().stations
    wards, centres = stations.areas
    assert wards.tolist() == [0] * 12 + [1] * 12
    assert stations.area_ids[0] == ("0", "1")
    assert stations.area_ids[1] == ("0/0", "0/1", "0/2", "1/3", "1/4", "1/5")
    assert np.array_equal(stations.clusters, centres)
    assert stations.cluster_sizes.tolist() == [4] * 24


def test_smallest_areas_with_many_stations_are_towns_not_centres() -> None:
    assert Valley().case().stations.has_centres
    assert Valley(levels=("ward",)).case().stations.has_centres  # 12 stations in each is the limit
    assert not Valley(levels=()).case().stations.has_centres


def test_of_sources_taken_together_the_first_one_is_believed() -> None:
    north = {STATIONS[0]: {FieldId("ANA"): 1}}
    south = {STATIONS[0]: {FieldId("ANA"): 2}, STATIONS[1]: {FieldId("ANA"): 3}}
    assert first_known([north, south]) == {STATIONS[0]: {FieldId("ANA"): 1}, STATIONS[1]: {FieldId("ANA"): 3}}


def test_a_station_of_a_source_with_an_unread_choice_is_missing_in_its_collection() -> None:
    case = Valley({"north": without(STATIONS[4], "BEN")}).case()
    figures = case.collections(case.election.contests[0])["north"]
    assert (len(figures.rows), figures.left_out) == (len(TRUE) - 1, 1)
    assert 4 not in figures.rows
