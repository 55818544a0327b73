"""How sure a reading must be to count, found on sheets that people have settled, and the error that then remains.

The thresholds are chosen on one half of the sheets and what they cost is measured on the other: a threshold looks
better on the sheets it was chosen for than it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from testigo.core.arithmetic import Rule
from testigo.core.ids import Counts, FieldId
from testigo.errors import BadUsage
from testigo.stats.agreement import clopper_pearson, rate_at_most
from testigo.stats.fields import FieldCells
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


@dataclass(frozen=True, slots=True)
class Step:
    """What one pair of thresholds does to n sheets: so many accepted, so many of them wrong.

    [low, high] is the exact 95% interval of the share of wrong sheets among the accepted, `at_most` its 95% bound.
    """

    ratio: float
    accept_ppm: int
    n: int
    accepted: int
    wrong: int
    low: float
    high: float
    at_most: float


@dataclass(frozen=True, slots=True)
class Tuned:
    """The thresholds that were chosen on `chosen_on` sheets, and what they do to the others. `curve` is over all."""

    chosen: Step
    measured: Step
    curve: tuple[Step, ...]


def judged(
    fields: Sequence[FieldCells], rules: Sequence[Rule], settled: Counts, base: Thresholds
) -> dict[float, Judged]:
    """A sheet's reading beside its settled figures, for every ratio of RATIOS; other fields are not compared."""
    found = {}
    for ratio in RATIOS:
        sheet = read_sheet(fields, rules, thresholds=replace(base, accept_posterior=0, likelihood_ratio=ratio))
        asked: list[FieldId] = [one.field for one in fields if one.field in settled]
        right = all(sheet.counts.get(field) == settled[field] for field in asked)
        ppm = round(MILLION * sheet.posterior * (1 - sheet.unexamined)) if sheet.verdict == "sure" else None
        found[ratio] = Judged(ppm, right)
    return found


def step(sheets: Sequence[Mapping[float, Judged]], ratio: float, accept_ppm: int) -> Step:
    """What these thresholds do to the sheets."""
    accepted = [one for sheet in sheets if (one := sheet[ratio]).ppm is not None and one.ppm >= accept_ppm]
    wrong = sum(not one.right for one in accepted)
    n = len(accepted)
    return Step(ratio, accept_ppm, len(sheets), n, wrong, *clopper_pearson(wrong, n), rate_at_most(wrong, n))


def tuned(sheets: Sequence[Mapping[float, Judged]], target: float) -> Tuned:
    """The thresholds under which most sheets are accepted and the bound of the wrong ones is at most `target`.

    Where so few sheets cannot show that for any thresholds, those are chosen whose bound is least, and of equal ones
    the strictest: one sheet in n without an error shows no more than about 3/n.

    Raises:
        BadUsage: fewer than two sheets.
    """
    if len(sheets) < 2:
        raise BadUsage(f"tuning: expected at least two settled sheets, came {len(sheets)}")
    one_half, other = sheets[0::2], sheets[1::2]
    steps = [step(one_half, ratio, accept) for ratio in RATIOS for accept in ACCEPT]
    within = [one for one in steps if one.accepted and one.at_most <= target]
    if within:
        chosen = max(within, key=lambda one: (one.accepted, one.ratio, one.accept_ppm))
    else:
        chosen = min(steps, key=lambda one: (one.wrong > 0, one.at_most, -one.ratio, -one.accept_ppm))
    curve = tuple(step(sheets, chosen.ratio, accept) for accept in ACCEPT)
    return Tuned(chosen, step(other, chosen.ratio, chosen.accept_ppm), curve)
