"""`testigo sample plan`: how many stations a quick count needs."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from testigo.assessment.case import ACCEPTED
from testigo.assessment.columns import figures_in_columns, stations_of
from testigo.core.election import Contest
from testigo.core.ids import Counts, StationCode
from testigo.errors import BadUsage
from testigo.flows.audit_case import contest_named
from testigo.flows.sample_folder import depth_of
from testigo.flows.tabulate import results_now
from testigo.ports import World
from testigo.stats.sample import (
    DESIGNS,
    FEWEST,
    Design,
    Pilot,
    as_if_voters,
    assumed_scatter,
    half_width,
    intraclass,
    needed,
    pilot_of,
)


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is supposed of an election of which nothing is known: valid votes a station, a share, the design effect."""

    votes: float
    share: float
    design_effect: float

    def given(self, voter: float) -> Callable[[Design, int], float]:
        """S / X of a figure whose voters have this variance: nothing is supposed of areas, so designs are alike."""
        return lambda design, number: assumed_scatter(voter, self.votes, self.design_effect)


@dataclass(frozen=True, slots=True)
class Need:
    """The stations that must arrive for a half-width of `margin`, by each of DESIGNS; `figure` is `share` or `lead`."""

    figure: str
    margin: float
    stations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Width:
    """The half-widths that so many arrived stations give, by each of DESIGNS, as parts of the valid votes.

    `voters` is what it would be if as many voters were drawn one by one.
    """

    figure: str
    stations: int
    halves: tuple[float, ...]
    voters: float


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """What a quick count would need. `frame` stations can be drawn; `known` of them have results, 0 if all is assumed.

    `leader` and `rival` are None where all is assumed. `design_effect` and `alike` (intraclass correlation) are of the
    share; `votes` are valid votes a station.
    """

    leader: str | None
    rival: str | None
    share: float
    frame: int
    known: int
    votes: float
    design_effect: float
    alike: float
    needs: tuple[Need, ...]
    widths: tuple[Width, ...]


def plan(
    world: World,
    *,
    contest: str | None,
    margins: Sequence[float],
    stations: Sequence[int],
    level: str | None,
    confidence: float,
    frame: int | None = None,
    assumed: Assumed | None = None,
) -> SamplePlan:
    """The stations for these margins, and the half-widths of these numbers of stations.

    The results held now stand for the election to come; with `assumed`, they are not looked at. `frame` is the number
    of stations of the coming election, that of the register if None.

    Raises:
        BadUsage: a number is out of its range, or there are too few results to learn from.
    """
    whole = frame or world.register.expected_nation or len(world.register.stations)
    for number in stations:
        if not 2 <= number <= whole:
            raise BadUsage(f"--stations: expected 2 to {whole}, came {number}")
    if assumed is not None:
        _check_assumed(assumed)
        # With two choices the lead is 2 p - 1: twice the scatter of the share, four times the variance of a voter.
        voter, votes = assumed.share * (1 - assumed.share), assumed.votes
        figures = {
            "share": _Figure(voter, votes, assumed.given(voter)),
            "lead": _Figure(4 * voter, votes, assumed.given(4 * voter)),
        }
        leader, rival, known, share, effect = None, None, 0, assumed.share, assumed.design_effect
    else:
        pilots, leader, rival, known = _pilots(world, contest_named(world.election, contest), level)
        figures = {name: _Figure(pilot.voter, pilot.votes, pilot.scatter) for name, pilot in pilots.items()}
        share, votes, effect = pilots["share"].value, pilots["share"].votes, pilots["share"].design_effect
    # Fewer could not be drawn by area: each gives at least so many that its scatter can be seen.
    depth = depth_of(world, level)
    in_areas = Counter(station.areas[: depth + 1] for station in world.register.stations.values())
    least = min(sum(min(FEWEST, number) for number in in_areas.values()), whole)
    needs = tuple(
        _need(name, one, margin, (least, whole), confidence) for name, one in figures.items() for margin in margins
    )
    widths = tuple(_width(name, one, number, whole, confidence) for name, one in figures.items() for number in stations)
    return SamplePlan(leader, rival, share, whole, known, votes, effect, intraclass(effect, votes), needs, widths)


@dataclass(frozen=True, slots=True)
class _Figure:
    """What a size is worked out from: variance of a voter, votes a station, S / X by design and number of stations."""

    voter: float
    votes: float
    scatter: Callable[[Design, int], float]


def _need(name: str, of: _Figure, margin: float, least_and_most: tuple[int, int], confidence: float) -> Need:
    least, whole = least_and_most
    plain = {design: needed(partial(of.scatter, design), whole, margin, confidence) for design in DESIGNS}
    asked = (max(least, number) if design == "stratified" else number for design, number in plain.items())
    return Need(name, margin, tuple(asked))


def _width(name: str, of: _Figure, number: int, whole: int, confidence: float) -> Width:
    halves = tuple(half_width(of.scatter(design, number), number, whole, confidence) for design in DESIGNS)
    return Width(name, number, halves, as_if_voters(of.voter, number * of.votes, confidence))


def _check_assumed(assumed: Assumed) -> None:
    if not (0 < assumed.share < 1 and assumed.votes >= 1 and assumed.design_effect > 0):
        raise BadUsage(
            "--share, --votes, --design-effect: expected a share between 0 and 1, 1 vote a station or more and an "
            f"effect above 0; came {assumed.share}, {assumed.votes}, {assumed.design_effect}"
        )


def _pilots(world: World, wanted: Contest, level: str | None) -> tuple[dict[str, Pilot], str, str, int]:
    """The share of the leader and the lead, of the results held now; who leads whom; the number of stations."""
    frame = stations_of(world.register)
    figures = figures_in_columns((ACCEPTED, ACCEPTED), counted_now(world, wanted).items(), wanted, frame)
    if len(wanted.choices) < 2 or len(figures.rows) < 4:
        raise BadUsage(
            f"plan: expected results of {wanted.id} at four stations or more to learn from, came {len(figures.rows)}; "
            "say what to suppose with --design-effect and --votes"
        )
    codes, known = frame.codes, world.register.stations
    along = sorted(range(len(figures.rows)), key=lambda n: (known[codes[figures.rows[n]]].areas, n))
    rows = np.array(along, np.int64)
    depth = depth_of(world, level)
    stratum = frame.areas[depth][figures.rows][rows] if frame.areas else np.zeros(len(rows), np.int64)
    first, second = np.argsort(-figures.totals, kind="stable")[:2].tolist()
    votes, valid = figures.votes[rows], figures.valid[rows]
    nothing = np.zeros(len(rows), np.int64)
    share = pilot_of(votes[:, first], nothing, valid, stratum)
    lead = pilot_of(votes[:, first], votes[:, second], valid, stratum)
    return {"share": share, "lead": lead}, wanted.choices[first].id, wanted.choices[second].id, len(rows)


def counted_now(world: World, wanted: Contest) -> dict[StationCode, Counts]:
    """The figures of a contest by station: results in force, and those that would be if what waits were sealed now."""
    results = results_now(world).items()
    return {
        station: result.counts for (station, of), result in results if of == wanted.id and result.status == "counted"
    }


def to_draw(stations: int, arrival: float, frame: int) -> int | None:
    """How many stations to draw so that so many arrive, if this part of them does; None where there are not so many.

    Raises:
        BadUsage: the rate is not above 0 and at most 1.
    """
    if not 0 < arrival <= 1:
        raise BadUsage(f"--arrival: expected a rate above 0 and at most 1, came {arrival}")
    drawn = math.ceil(stations / arrival - 1e-9)
    return drawn if drawn <= frame else None
