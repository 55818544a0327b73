"""`testigo sample draw` and `estimate`: which stations a quick count asks, and what those that arrived say."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from testigo.assessment.claims import Layer
from testigo.core.dossier import figures_of
from testigo.core.ids import StationCode
from testigo.errors import BadUsage
from testigo.flows.audit_case import contest_named
from testigo.flows.sample_folder import QuickSample, Terms, read_sample, register_digest, sample_of, write_sample
from testigo.flows.sample_plan import counted_now
from testigo.ports import World
from testigo.stats.quick_count import Drawn, QuickCount, quick_count
from testigo.stats.sample import DESIGNS, Design


def draw_sample(
    world: World, folder: Path, *, seed: str, stations: int, design: Design = "stratified", level: str | None = None
) -> QuickSample:
    """The stations of a quick count, with their work list in `folder`; strata are areas of `level`, or the largest.

    Raises:
        BadUsage: the number, the seed or the level cannot be, or the folder holds other files.
        BadAssessment: the folder holds another sample.
    """
    if design not in DESIGNS:
        raise BadUsage(f"--design: expected one of {', '.join(DESIGNS)}; came {design}")
    if level is not None and design != "stratified":
        raise BadUsage(f"--level {level}: only a stratified sample is drawn by areas, this one is {design}")
    if design == "stratified" and level is None:
        level = next(iter(world.election.areas.levels), None)
        if level is None:
            raise BadUsage("--design stratified: expected an election with areas; draw a simple sample")
    listed = len(world.register.stations)
    terms = Terms(
        world.election.id, world.election.origin, register_digest(world), listed, design, level, stations, seed
    )  # fmt: skip
    found = sample_of(terms, world)
    write_sample(folder, found, world.register)
    return found


@dataclass(frozen=True, slots=True)
class SampleResult:
    """What the arrived stations of a sample say.

    `layer` is that of the intervals: `design` where every drawn station arrived, else `model`; the worst case is always
    `design`. `choices` in the order of the shares. `missing` are drawn stations without an accepted result. `expected`
    are the stations of the nation, None where nobody knows; the sample speaks of the listed ones.
    """

    terms: Terms
    contest: str
    choices: tuple[str, ...]
    found: QuickCount
    confidence: float
    layer: Layer
    missing: tuple[StationCode, ...]
    strata: tuple[tuple[str, int, int], ...]
    expected: int | None


def estimate(world: World, folder: Path, *, contest: str | None = None, confidence: float = 0.95) -> SampleResult:
    """The result that the sample of this folder says, from the accepted results held now.

    Raises:
        BadAssessment: a file of the folder is wrong, or of another election.
        BadUsage: there is no such contest, or too few stations arrived.
    """
    drawn = read_sample(folder, world)
    wanted = contest_named(world.election, contest)
    choices = [choice.id for choice in wanted.choices]
    counted = counted_now(world, wanted)
    votes = np.zeros((len(drawn.drawn), len(choices)), np.int64)
    arrived = np.zeros(len(drawn.drawn), np.bool_)
    for row, station in enumerate(drawn.drawn):
        stated = figures_of(wanted, counted.get(station, {}))
        if all(choice in stated for choice in choices):
            votes[row] = [stated[choice] for choice in choices]
            arrived[row] = True
    registered = [world.register.stations[station].registered for station in drawn.drawn]
    known = all(one is not None or here for one, here in zip(registered, arrived, strict=True))
    most = np.array([one or 0 for one in registered], np.int64) if known else None
    stratum = np.array([pick.stratum for pick in drawn.sample.picks], np.int64)
    parts = drawn.sample.strata
    sizes = np.array([part.stations for part in parts], np.int64)
    found = quick_count(Drawn(drawn.terms.design, stratum, sizes, votes, arrived, most), confidence)
    here = np.bincount(stratum[arrived], minlength=len(parts)).tolist()
    return SampleResult(
        drawn.terms,
        wanted.id,
        tuple(choices),
        found,
        confidence,
        "design" if arrived.all() else "model",
        tuple(station for station, came in zip(drawn.drawn, arrived, strict=True) if not came),
        tuple((part.name, part.drawn, came) for part, came in zip(parts, here, strict=True)),
        world.register.expected_nation,
    )
