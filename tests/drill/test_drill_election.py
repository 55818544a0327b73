import tomllib
from pathlib import Path

import pytest

from testigo.errors import BadUsage
from testigo.flows.folder import read_folder
from testigo_drill.election import CHOICES, LINES, figures_of, make_election, stations_csv

DEMO = Path(__file__).resolve().parents[2] / "elections" / "demo"


def test_the_same_numbers_make_the_same_election() -> None:
    assert make_election(60, seed=3) == make_election(60, seed=3)
    assert make_election(60, seed=3) != make_election(60, seed=4)


@pytest.mark.parametrize("stations", [1, 2, 24, 300, 3000])
def test_every_station_has_its_own_code_and_figures_that_can_be_true(stations: int) -> None:
    election = make_election(stations, seed=1)
    assert len({station.code for station in election.stations}) == stations
    for station in election.stations:
        figures = station.figures
        assert station.code[:6] == "".join(station.areas)
        assert len(station.code) == 9
        assert figures == figures_of(figures.lines, figures.blank, figures.null)
        assert 150 <= station.registered <= 900
        assert min(figures.lines) >= 0
        assert figures.cast <= station.registered


def test_areas_have_the_sizes_of_a_country() -> None:
    election = make_election(300, seed=1)
    areas = [{station.areas[:depth] for station in election.stations} for depth in (1, 2, 3)]
    assert 3 <= len(areas[0]) <= 6
    assert 15 <= len(areas[1]) <= 25
    assert 100 <= len(areas[2]) <= 140
    assert set(election.names) == areas[0] | areas[1] | areas[2]


def test_some_names_are_not_ascii_and_one_is_written_from_right_to_left() -> None:
    names = " ".join(make_election(24, seed=1).names.values())
    assert any("\u00c0" <= letter <= "\u017f" for letter in names)
    assert any("\u0600" <= letter <= "\u06ff" for letter in names)


def test_stations_differ_more_than_chance_alone() -> None:
    stations = make_election(2000, seed=2).stations
    share = sum(s.figures.of_choices()["A"] for s in stations) / sum(s.figures.valid for s in stations)
    spread = sum(
        (s.figures.of_choices()["A"] - share * s.figures.valid) ** 2 / (s.figures.valid * share * (1 - share))
        for s in stations
        if s.figures.valid
    ) / len(stations)
    assert spread > 3


@pytest.mark.parametrize("stations", [0, -1, 200_001])
def test_an_election_of_an_impossible_size_is_refused(stations: int) -> None:
    with pytest.raises(BadUsage, match="stations"):
        make_election(stations, seed=1)


def test_the_demonstrations_register_is_the_election_of_24_stations() -> None:
    assert (DEMO / "stations.csv").read_text("utf-8") == stations_csv(make_election(24, seed=1))


def test_the_demonstrations_folder_knows_the_drills_ballot_lines() -> None:
    folder = read_folder(DEMO)
    (contest,) = folder.election.contests
    assert tuple((choice.id, choice.lines) for choice in contest.choices) == CHOICES
    form = tomllib.loads((DEMO / "forms/drill/form.toml").read_text("utf-8"))
    assert form["code"][0]["lists"]["lines"] == list(LINES)
    assert {box.field for box in folder.forms["drill"].boxes} == set(folder.forms["drill"].fields)
