"""`testigo calibrate`."""

import sys

from testigo.assessment.calibrated import calibration_json
from testigo.commands.options import FlagOption, HomeOption, JsonOption
from testigo.flows.calibrate import calibrate_home, elections_in_all, keep_calibration
from testigo.stats.calibration import MOST_FALSE_ALARMS, Calibrated, Calibration, Rate
from testigo.terminal import number, progress, say, table
from testigo.wiring import home_of, open_home, writing


def calibrate_command(
    *,
    home: HomeOption = None,
    elections: int = 200,
    seed: int = 1,
    contest: str | None = None,
    keep: FlagOption = False,
    json_: JsonOption = False,
) -> None:
    """How often the screens raise alarms in simulated elections like this one, clean and doctored.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    elections
        Clean elections; a quarter as many are doctored by each recipe.
    seed
        The same number gives the same elections.
    contest
        The contest that is imitated; the first if not given.
    keep
        Register the calibration: assessments report the screens that it allows, from the next seal on.
    json_
        Print the calibration file instead of a table.
    """
    world = open_home(home_of(home))
    with progress("elections", elections_in_all(elections)) as done:
        found = calibrate_home(world, clean=elections, seed=seed, contest=contest, done=done)
    if keep:
        with writing(world.home):
            keep_calibration(world, found)
    if json_:
        sys.stdout.write(calibration_json(found).decode())
        return
    say_calibration(found)
    if keep:
        say("Kept: it is registered with the next seal.")


def say_calibration(found: Calibration) -> None:
    """The calibration as a table: a line a screen, then the refused tests."""
    first = found.screens[0]
    say(f"{number(found.stations)} stations, {number(first.clean.elections)} clean elections, seed {found.seed}")
    say(f"A screen that alarms in more than {MOST_FALSE_ALARMS:.0%} of the clean elections is not reported.")
    recipes = [recipe for recipe, _ in first.detected]
    rows = [
        (one.screen, _decision(one), _told(one.clean), *(f"{rate.value:.0%}" for _, rate in one.detected))
        for one in found.screens
    ]
    table("", ("screen", "decision", "false alarms, 95% interval", *recipes), rows, left=2)
    say("Under each recipe: how many of the elections that it doctored at one station in twenty raise an alarm.")


def _decision(one: Calibrated) -> str:
    if one.refused:
        return "refused"
    return "reported" if one.reported else "not reported"


def _told(rate: Rate) -> str:
    return f"{rate.value:.1%} ({rate.low:.1%} to {rate.high:.1%})"
