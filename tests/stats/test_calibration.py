"""Screens are calm in clean elections and see what they are made for; refused tests are not calm."""

import ast
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from testigo.errors import BadUsage
from testigo.stats import refused
from testigo.stats.calibration import Calibrated, Calibration, rate_of
from testigo.stats.simulate import RECIPES, Population, population
from testigo.stats.trials import REFUSED, SCREENS, alarms_of, calibrate

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def like() -> Population:
    """2,400 stations in 600 centres, of the sizes that polling stations have."""
    rng = np.random.default_rng(11)
    centre = np.arange(2400) // 4
    rate = rng.uniform(0.4, 0.8, 600)[centre]
    shares = np.column_stack([rate, 0.96 - rate, *[np.full(2400, part) for part in (0.02, 0.015, 0.005)]])
    valid = np.clip(rng.normal(430, 110, 2400), 80, 900).astype(np.int64)
    return population(rng.multinomial(valid, shares).astype(np.int64), centre, None)


@pytest.fixture(scope="module")
def measured(like: Population) -> Calibration:
    return calibrate(like, clean=20, each=4, seed=5)


def by_name(found: Calibration) -> dict[str, Calibrated]:
    return {one.screen: one for one in found.screens}


def test_every_screen_and_every_refused_test_is_measured_on_every_kind_of_election(measured: Calibration) -> None:
    assert [one.screen for one in measured.screens] == [*SCREENS, *REFUSED]
    assert (measured.seed, measured.stations) == (5, 2400)
    for one in measured.screens:
        assert one.clean.elections == 20
        assert [(recipe, rate.elections) for recipe, rate in one.detected] == [(recipe, 4) for recipe in RECIPES]


def test_screens_seldom_alarm_in_clean_elections(measured: Calibration) -> None:
    assert [one.screen for one in measured.screens if not one.refused and one.clean.alarms > 4] == []
    assert by_name(measured)["homogeneity"].clean.alarms == 0


def test_benford_and_phi_of_1_alarm_in_every_clean_election(measured: Calibration) -> None:
    found = by_name(measured)
    for name in ("first digit, Benford", "homogeneity, phi = 1"):
        assert found[name].clean.alarms == 20
        assert not found[name].reported


def test_what_is_made_for_a_recipe_sees_it(measured: Calibration) -> None:
    seen = {(one.screen, recipe): rate.alarms for one in measured.screens for recipe, rate in one.detected}
    for recipe in ("stuffing", "switch", "round percentages", "copied sheets"):
        assert seen["homogeneity", recipe] == 4
        assert seen["outliers", recipe] == 4
    assert seen["duplicates", "copied sheets"] == 4
    assert seen["homogeneity", "invented digits"] == 0


def test_the_same_seed_measures_the_same_and_more_elections_begin_with_the_same_ones(like: Population) -> None:
    told: list[int] = []
    first = calibrate(like, clean=2, each=1, seed=9, done=told.append)
    assert sum(told) == 2 + len(RECIPES)
    assert calibrate(like, clean=2, each=1, seed=9) == first
    more = by_name(calibrate(like, clean=3, each=1, seed=9))
    for one in first.screens:
        assert more[one.screen].detected == one.detected
        assert more[one.screen].clean.alarms - one.clean.alarms in (0, 1)


def test_a_screen_with_false_alarms_in_more_than_a_tenth_is_not_reported() -> None:
    assert Calibrated("a", False, rate_of(20, 200), ()).reported
    assert not Calibrated("a", False, rate_of(21, 200), ()).reported
    assert not Calibrated("a", True, rate_of(0, 200), ()).reported


def test_a_rate_has_the_interval_of_clopper_and_pearson() -> None:
    none = rate_of(0, 200)
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 200))
    some = rate_of(7, 50)
    exact = stats.binomtest(7, 50).proportion_ci(method="exact")
    assert [some.low, some.high] == pytest.approx([exact.low, exact.high])


def test_a_calibration_without_elections_is_refused(like: Population) -> None:
    with pytest.raises(BadUsage, match="0 clean"):
        calibrate(like, clean=0, each=1, seed=1)


def test_small_elections_raise_no_alarm_and_no_error() -> None:
    votes = np.array([[5, 3], [4, 4], [0, 9]])
    found = alarms_of(votes, np.array([1, 1, 2]))
    assert [name for name in SCREENS if found[name]] == []


def test_the_digits_of_benfords_own_numbers_pass_and_equal_ones_do_not() -> None:
    powers = np.floor(10 ** np.random.default_rng(1).uniform(2, 6, 20_000)).astype(np.int64)
    assert refused.benford_first_digit(powers) > 0.001
    assert refused.benford_second_digit(powers) > 0.001
    assert refused.last_digit_uniform(powers) > 0.001
    same = np.full(500, 321)
    assert max(refused.benford_first_digit(same), refused.benford_second_digit(same)) < 1e-9
    assert refused.benford_first_digit(np.zeros(5, np.int64)) == 1.0


def test_nothing_but_the_trials_knows_the_refused_tests_and_nothing_but_the_command_knows_the_trials(
    project: Path,
) -> None:
    known: dict[str, set[str]] = {"testigo.stats.refused": set(), "testigo.stats.trials": set()}
    for path in (project / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names += [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
            for module in known.keys() & set(names):
                known[module].add(path.relative_to(project / "src").as_posix())
    assert known == {
        "testigo.stats.refused": {"testigo/stats/trials.py"},
        "testigo.stats.trials": {"testigo/flows/calibrate.py"},
    }
