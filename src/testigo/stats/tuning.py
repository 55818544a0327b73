"""How sure a reading must be to count, found on sheets that people have settled, and the error that then remains.

The unit is the station. Several photos of one are no independent trials: they show one sheet, by one hand, and what is
misread in one is mostly misread in all. So a station is accepted where any of its readings is, and wrong where any of
its accepted readings is; the interval counts stations. Photos are counted beside it.

The thresholds are chosen on one half of the stations and what they cost is measured on the other: a threshold looks
better on the sheets it was chosen for than it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from testigo.core.arithmetic import Rule
from testigo.core.ids import Counts, FieldId
from testigo.errors import BadUsage
from testigo.stats.agreement import clopper_pearson, rate_at_most
from testigo.stats.fields import FieldCells, ValueEvidence
from testigo.stats.posterior import MILLION, Thresholds, read_sheet

ACCEPT = (500_000, 700_000, 800_000, 900_000, 950_000, 980_000, 990_000, 995_000, 999_000, 999_500, 999_900)
RATIOS = (0.1, 0.2, 0.5, 1.0)
"""No ratio under 0.1 is tried: below it, sheets that are wrong on paper were rewritten in silence."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A settled sheet under one likelihood ratio: the posterior of its reading in parts per million, None where the
    reading cannot be sure whatever the threshold, and whether its figures are the settled ones."""

    ppm: int | None
    right: bool


PhotoJudged = Mapping[float, Judged]
"""The sheet in a photo, read with its other pages where they came in other photos, by likelihood ratio."""
NEVER_SURE: PhotoJudged = MappingProxyType(dict.fromkeys(RATIOS, Judged(None, right=False)))


@dataclass(frozen=True, slots=True)
class Tally:
    """So many, so many of them accepted, so many of the accepted ones wrong."""

    n: int
    accepted: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Step:
    """What one pair of thresholds does to stations, and to their photos.

    [low, high] is the exact 95% interval of the share of wrong stations among the accepted, `at_most` its 95% bound.
    """

    ratio: float
    accept_ppm: int
    stations: Tally
    photos: Tally
    low: float
    high: float
    at_most: float


@dataclass(frozen=True, slots=True)
class Tuned:
    """The thresholds that were chosen on one half of the stations, and what they do to the others; `curve`: to all."""

    chosen: Step
    measured: Step
    curve: tuple[Step, ...]


def judged(
    fields: Sequence[FieldCells],
    rules: Sequence[Rule],
    settled: Counts,
    base: Thresholds,
    evidence: Sequence[ValueEvidence] = (),
) -> PhotoJudged:
    """A sheet's reading beside its settled figures, for every ratio of RATIOS; other fields are not compared, and where
    none is settled nothing is accepted."""
    found = {}
    asked: list[FieldId] = [one.field for one in fields if one.field in settled]
    for ratio in RATIOS:
        thresholds = replace(base, accept_posterior=0, likelihood_ratio=ratio)
        sheet = read_sheet(fields, rules, evidence, thresholds)
        right = all(sheet.counts.get(field) == settled[field] for field in asked)
        sure = sheet.verdict == "sure" and bool(asked)
        found[ratio] = Judged(round(MILLION * sheet.posterior * (1 - sheet.unexamined)) if sure else None, right)
    return found


def step(stations: Sequence[Sequence[PhotoJudged]], ratio: float, accept_ppm: int) -> Step:
    """What these thresholds do to the stations, each given by its photos."""
    accepted = [
        [one.right for photo in photos if (one := photo[ratio]).ppm is not None and one.ppm >= accept_ppm]
        for photos in stations
    ]
    n, wrong = sum(map(bool, accepted)), sum(not all(some) for some in accepted)
    of_photos = Tally(sum(map(len, stations)), sum(map(len, accepted)), sum(some.count(False) for some in accepted))
    of_stations = Tally(len(stations), n, wrong)
    return Step(ratio, accept_ppm, of_stations, of_photos, *clopper_pearson(wrong, n), rate_at_most(wrong, n))


def tuned(stations: Sequence[Sequence[PhotoJudged]], target: float) -> Tuned:
    """The thresholds under which most stations are accepted and the bound of the wrong ones is at most `target`.

    Where so few stations cannot show that for any thresholds, those are chosen whose bound is least, and of equal ones
    the strictest: one station in n without an error shows no more than about 3/n.

    Raises:
        BadUsage: fewer than two stations.
    """
    if len(stations) < 2:
        raise BadUsage(f"tuning: expected at least two settled stations, came {len(stations)}")
    one_half, other = stations[0::2], stations[1::2]
    steps = [step(one_half, ratio, accept) for ratio in RATIOS for accept in ACCEPT]
    within = [one for one in steps if one.stations.accepted and one.at_most <= target]
    if within:
        chosen = max(within, key=lambda one: (one.stations.accepted, one.photos.accepted, one.ratio, one.accept_ppm))
    else:
        chosen = min(steps, key=lambda one: (one.stations.wrong > 0, one.at_most, -one.ratio, -one.accept_ppm))
    curve = tuple(step(stations, chosen.ratio, accept) for accept in ACCEPT)
    return Tuned(chosen, step(other, chosen.ratio, chosen.accept_ppm), curve)
