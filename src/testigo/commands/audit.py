"""`testigo audit`: plan, draw, status."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from testigo.commands.options import FlagOption, HomeOption, JsonOption, print_json
from testigo.flows.audit import Status, draw, status
from testigo.flows.audit_case import DIGITISATION
from testigo.flows.audit_findings import FINDINGS
from testigo.flows.audit_folder import WORKSHEET
from testigo.flows.audit_plan import Plan, plan
from testigo.stats.martingale import Test
from testigo.terminal import number, say, table
from testigo.wiring import home_of, open_home

app = App(name="audit", help="Draw papers to look up, and what they say of the count.", help_format="plaintext")
Numbers = Annotated[tuple[int, ...], Parameter(consume_multiple=True, negative="")]
Risks = Annotated[tuple[float, ...], Parameter(consume_multiple=True, negative="")]
LEADS = "the leader leads every rival"


@app.command(name="plan", help="How many papers an audit would have to look up.")
def plan_command(
    *,
    home: HomeOption = None,
    of: str = DIGITISATION,
    contest: str | None = None,
    within: Numbers = (),
    risk: Risks = (0.1, 0.05, 0.01),
    both_directions: FlagOption = False,
    json_: JsonOption = False,
) -> None:
    """How many papers an audit would have to look up, for several claims and risks.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    of
        digitisation (our own figures against the papers), or an official source with a figure for each station.
    contest
        The contest; the first if not given.
    within
        Limits on the net error of the margin, in votes; shares of the margin if not given.
    risk
        The chance, at most, that the audit says yes where the claim is untrue.
    both_directions
        The net error in both directions, each at half the risk.
    json_
        Print JSON instead of a table.
    """
    world = open_home(home_of(home))
    found = plan(world, of, contest=contest, withins=within, risks=risk, both=both_directions)
    if json_:
        print_json(plan_json(found))
    else:
        say_plan(found)


@app.command(name="draw", help="Draw the stations to look up, from a seed that came after the log was sealed.")
def draw_command(
    folder: Path,
    *,
    seed: str,
    home: HomeOption = None,
    of: str = DIGITISATION,
    contest: str | None = None,
    risk: float = 0.05,
    within: int | None = None,
    both_directions: FlagOption = False,
    test: Test = "capped",
    draws: int | None = None,
) -> None:
    """Draw the stations to look up: audit.json, stations.csv, worksheet.html and findings.csv.

    Publish first, then make the seed in public (dice, a lottery), then draw. The same folder can be drawn again, with
    more draws too; what was filled in stays.

    Parameters
    ----------
    folder
        Where the audit's files go.
    seed
        The text of the seed, on one line.
    home
        The deployment's home; TESTIGO_HOME if not given.
    of
        digitisation (our own figures against the papers), or an official source with a figure for each station.
    contest
        The contest; the first if not given.
    risk
        The chance, at most, that the audit says yes where the claim is untrue.
    within
        Claim that the net error of the margin is below so many votes; if not given, that the leader leads every rival.
    both_directions
        The net error in both directions, each at half the risk.
    test
        capped survives papers that are wholly wrong or missing; kaplan-markov needs fewest draws where all agree.
    draws
        How many draws; as many as are needed where no paper differs if not given.
    """
    world = open_home(home_of(home))
    audit = draw(
        world, folder, seed=seed, of=of, contest=contest, risk=risk, within=within, both=both_directions, test=test,
        draws=draws,
    )  # fmt: skip
    say(f"{len(audit.draws)} draws, {len(audit.drawn)} stations of {number(len(audit.figures.stations))}")
    if audit.terms.missing is None:
        say("It is not known how many votes stations without figures hold: nothing is claimed of those.")
    say(f"Print {folder / WORKSHEET}, fill in {folder / FINDINGS}, then: testigo audit status {folder}")


@app.command(name="status", help="What the papers that were looked up say so far.")
def status_command(folder: Path, *, home: HomeOption = None, json_: JsonOption = False) -> None:
    """What the papers that were looked up say so far: the p-value after every draw, and whether to go on.

    Parameters
    ----------
    folder
        The folder of `testigo audit draw`; nothing else is needed.
    home
        A home whose log must still be the one that was audited.
    json_
        Print JSON instead of a table.
    """
    found = status(folder, None if home is None else open_home(home))
    if json_:
        print_json(status_json(found))
    else:
        say_status(found)


def say_plan(found: Plan) -> None:
    """The plan as a table."""
    say(f"{found.leader} leads {found.rival} by {number(found.margin)} votes at {number(found.full)} stations")
    if found.missing is None:
        say("It is not known how many votes stations without figures hold: nothing is claimed of those.")
    rows = [
        (
            LEADS if one.within is None else f"net error below {number(one.within)} votes",
            one.risk,
            _draws(one.kaplan_markov, found.full),
            _draws(one.capped, found.full),
        )
        for one in found.sizes
    ]
    table("", ("claim", "risk", "draws, kaplan-markov", "draws, capped"), rows)
    say("Draws if no paper differs; a difference needs more.")


def _draws(needed: int | None, full: int) -> str:
    return f"full count ({number(full)})" if needed is None or needed > full else number(needed)


def plan_json(found: Plan) -> object:
    """The same as plain values; null draws mean that only a full count can tell."""
    return {
        "leader": found.leader,
        "rival": found.rival,
        "margin": found.margin,
        "stations": found.full,
        "missing_votes": found.missing,
        "sizes": [
            {"within": one.within, "risk": one.risk, "kaplan_markov": one.kaplan_markov, "capped": one.capped}
            for one in found.sizes
        ],
    }


def say_status(found: Status) -> None:
    """The draws looked up so far, the p-value after each by both tests, and the verdict."""
    say(claim_of(found))
    rows = [
        (str(one.draw), one.station, "missing" if one.error is None else f"{one.error:+,}", f"{one.taint:.4f}",
         f"{a:.4f}", f"{b:.4f}")
        for one, a, b in zip(found.seen, found.running.kaplan_markov, found.running.capped, strict=True)
    ]  # fmt: skip
    heads = ("draw", "station", "overstated by", "taint", "p, kaplan-markov", "p, capped")
    if rows:
        table("", heads, rows, left=2)
    else:
        say("No draw was looked up yet.")
    if found.ahead:
        say(f"{found.ahead} stations were looked up beyond the first that is not; they count once it is.")
    say(verdict_of(found))


def claim_of(found: Status) -> str:
    """The claim that is tested, in a sentence."""
    audit = found.audit
    claim = f"{audit.case.leader} leads every rival"
    if audit.terms.within is not None:
        least = "the net error of the margin" if audit.terms.both_directions else "the net overstatement of the margin"
        claim = f"{least} of {audit.case.leader} over {audit.case.rival} is below {number(audit.terms.within)} votes"
    half = " (half of it in each direction)" if audit.terms.both_directions else ""
    return (
        f"Claim: {claim} ({audit.terms.of}, {audit.terms.contest}); risk {audit.terms.risk}{half}, {audit.terms.test}"
    )


def verdict_of(found: Status) -> str:
    """What to do now, by the test that was chosen before the draw."""
    audit = found.audit
    if found.advice == "stop":
        return f"Stop: the limit is met after {len(found.seen)} draws."
    if found.advice == "full count":
        return (
            f"Full count: the sample would need more draws than there are stations ({len(audit.figures.stations):,})."
        )
    more = found.running.more or 0
    left = len(audit.draws) - len(found.seen)
    drawn = "" if more <= left else f"; draw on with --draws {len(found.seen) + more}"
    return f"Go on: about {more:,} more draws if no paper differs{drawn}."


def status_json(found: Status) -> object:
    """The same as plain values."""
    return {
        "claim": claim_of(found),
        "advice": found.advice,
        "more": found.running.more,
        "verdict": verdict_of(found),
        "draws": [
            {"draw": one.draw, "station": one.station, "error": one.error, "taint": one.taint, "p_kaplan_markov": a,
             "p_capped": b}
            for one, a, b in zip(found.seen, found.running.kaplan_markov, found.running.capped, strict=True)
        ],
    }  # fmt: skip
