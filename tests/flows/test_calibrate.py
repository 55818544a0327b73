"""`calibrate`: screens tried on elections like the town's; the outcome can be registered."""

import pytest
from town import STATIONS, table

from testigo.assessment.calibrated import calibration_from_json
from testigo.commands.calibrate import say_calibration
from testigo.core.records import Register
from testigo.errors import BadUsage
from testigo.flows.calibrate import accepted_population, calibrate_home, elections_in_all, keep_calibration
from testigo.flows.report import report
from testigo.flows.seal import seal
from testigo.ports import World
from testigo.stats.simulate import RECIPES
from testigo.verification.places import CALIBRATION_FILE


@pytest.fixture
def filled(world: World) -> World:
    report(world, "north", "a.csv", table(STATIONS))
    return world


def registered(world: World) -> list[Register]:
    records = (record for _, record in world.views.records())
    return [record for record in records if isinstance(record, Register) and record.name == CALIBRATION_FILE]


def test_the_accepted_results_are_imitated_in_their_wards(filled: World) -> None:
    like = accepted_population(filled)
    assert like.votes.tolist() == [[20 + n, 30 - n] for n in range(1, 9)]
    assert like.centre.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert like.registered.tolist() == [300] * 8
    assert accepted_population(filled, "council").votes.tolist() == [[5 * n + 7, 30] for n in range(1, 9)]


def test_a_seal_changes_nothing_in_what_is_measured(filled: World) -> None:
    before = calibrate_home(filled, clean=4, seed=3)
    seal(filled)
    assert calibrate_home(filled, clean=4, seed=3) == before


def test_progress_is_told_of_every_election(filled: World) -> None:
    told: list[int] = []
    found = calibrate_home(filled, clean=8, seed=1, done=told.append)
    assert sum(told) == elections_in_all(8) == 8 + 2 * len(RECIPES)
    assert (found.stations, found.screens[0].clean.elections) == (8, 8)


def test_a_calibration_that_is_kept_is_a_registered_file_of_the_log(filled: World) -> None:
    found = calibrate_home(filled, clean=2, seed=1)
    assert registered(filled) == []
    keep_calibration(filled, found)
    seal(filled)
    (record,) = registered(filled)
    assert calibration_from_json(filled.blobs.open(record.sha256)) == found


def test_a_calibration_is_told_with_its_decisions(filled: World, capsys: pytest.CaptureFixture[str]) -> None:
    say_calibration(calibrate_home(filled, clean=4, seed=1))
    told = capsys.readouterr().out
    assert "8 stations, 4 clean elections, seed 1" in told
    assert sum("refused" in line for line in told.splitlines()) == 4
    assert "homogeneity" in told


def test_a_contest_that_is_not_there_and_a_home_without_results_are_refused(world: World) -> None:
    with pytest.raises(BadUsage, match="mayor, council; came queen"):
        calibrate_home(world, clean=1, seed=1, contest="queen")
    with pytest.raises(BadUsage, match="0 stations with votes"):
        calibrate_home(world, clean=1, seed=1)
    with pytest.raises(BadUsage, match="at least 1, came 0"):
        calibrate_home(world, clean=0, seed=1)
