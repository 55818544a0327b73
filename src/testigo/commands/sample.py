"""`testigo sample`: plan, draw, estimate."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from testigo.commands.options import HomeOption, JsonOption, print_json
from testigo.commands.sample_says import design_told, estimate_json, plan_json, say_estimate, say_plan
from testigo.errors import BadUsage
from testigo.flows.sample import draw_sample, estimate
from testigo.flows.sample_folder import SAMPLE, WORKLIST
from testigo.flows.sample_plan import Assumed, plan
from testigo.stats.sample import Design
from testigo.terminal import number, say
from testigo.wiring import home_of, open_home

app = App(
    name="sample",
    help="A quick count: how many stations, which ones by a public seed, and what they say.",
    help_format="plaintext",
)
Points = Annotated[tuple[float, ...], Parameter(consume_multiple=True, negative="")]
Numbers = Annotated[tuple[int, ...], Parameter(consume_multiple=True, negative="")]


@app.command(name="plan", help="How many stations a quick count needs.")
def plan_command(
    *,
    home: HomeOption = None,
    contest: str | None = None,
    margin: Points = (2.0, 1.0, 0.5),
    stations: Numbers = (),
    level: str | None = None,
    confidence: float = 0.95,
    arrival: float = 1.0,
    frame: int | None = None,
    design_effect: float | None = None,
    votes: float | None = None,
    share: float = 0.5,
    json_: JsonOption = False,
) -> None:
    """How many stations a quick count needs for a wanted margin, and the margin that a number of stations gives.

    The results of the home stand for the coming election: use the home of an earlier one. Without any, say what to
    suppose with --design-effect and --votes.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    contest
        The contest; the first if not given.
    margin
        Wanted half-widths of the interval, in percentage points.
    stations
        Numbers of stations whose half-widths are shown.
    level
        The areas by which a stratified sample is drawn; the largest if not given.
    confidence
        How many of 100 such draws give an interval that holds the truth, as a part of 1.
    arrival
        Which part of the drawn stations is expected to arrive in time.
    frame
        Stations of the coming election; those of the home's register if not given.
    design_effect
        Suppose this: the variance of stations over that of as many voters; docs/statistics.md has a measured one.
    votes
        Suppose this: valid votes of a station.
    share
        Suppose this: the share of the leading choice.
    json_
        Print JSON instead of a table.
    """
    world = open_home(home_of(home))
    if (design_effect is None) != (votes is None):
        raise BadUsage("--design-effect and --votes: expected both or neither")
    assumed = None if design_effect is None or votes is None else Assumed(votes, share, design_effect)
    found = plan(
        world, contest=contest, margins=[one / 100 for one in margin], stations=stations, level=level,
        confidence=confidence, frame=frame, assumed=assumed,
    )  # fmt: skip
    if json_:
        print_json(plan_json(found, arrival))
    else:
        say_plan(found, arrival)


@app.command(name="draw", help="Draw the stations, from a seed that came after the register was published.")
def draw_command(
    folder: Path,
    *,
    seed: str,
    stations: int,
    home: HomeOption = None,
    design: Design = "stratified",
    level: str | None = None,
) -> None:
    """Draw the stations of a quick count: worklist.csv and sample.json.

    Publish the register first, then make the seed in public (dice, a lottery), then draw. Seed and register give the
    same stations to everybody; sample.json says how.

    Parameters
    ----------
    folder
        Where the sample's files go.
    seed
        The text of the seed, on one line.
    stations
        How many stations to draw.
    home
        The deployment's home; TESTIGO_HOME if not given.
    design
        simple: every set of stations has the same chance. stratified: so in each area, in proportion to its stations.
        systematic: evenly along the list of areas.
    level
        The areas by which a stratified sample is drawn; the largest if not given.
    """
    world = open_home(home_of(home))
    drawn = draw_sample(world, folder, seed=seed, stations=stations, design=design, level=level)
    terms = drawn.terms
    say(f"{number(len(drawn.drawn))} stations of {number(terms.frame)}, {design_told(terms.design, terms.level)}")
    if not world.register.complete:
        say("The register does not list every station: the sample speaks of those that it lists, and of no other.")
    say(f"Send people to the stations of {folder / WORKLIST}, publish {folder / SAMPLE}, take in what they report,")
    say(f"then: testigo sample estimate {folder}")


@app.command(name="estimate", help="What the stations of the sample say of the whole.")
def estimate_command(
    folder: Path,
    *,
    home: HomeOption = None,
    contest: str | None = None,
    confidence: float = 0.95,
    json_: JsonOption = False,
) -> None:
    """What the stations of the sample say of the whole: shares with intervals, and the worst case of those missing.

    Looks at the accepted results of drawn stations only, whatever else has arrived.

    Parameters
    ----------
    folder
        The folder of `testigo sample draw`.
    home
        The deployment's home; TESTIGO_HOME if not given.
    contest
        The contest; the first if not given.
    confidence
        How many of 100 such draws give an interval that holds the truth, as a part of 1.
    json_
        Print JSON instead of a table.
    """
    found = estimate(open_home(home_of(home)), folder, contest=contest, confidence=confidence)
    if json_:
        print_json(estimate_json(found))
    else:
        say_estimate(found)
