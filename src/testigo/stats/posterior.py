"""The most probable figures of a sheet that obey its form's sums, and whether ink and sums suffice to be sure of them.

The sums are evidence, not dogma: the paper itself can be wrong. Plain maximum a posteriori rewrites about half of the
sheets whose paper breaks a sum, however the violation is modelled, because a misread cell is far more probable than a
wrong figure that no other cell explains. What protects them: arithmetic may only choose between readings that the ink
leaves open. The most probable reading takes the place of what the ink says (the free reading) only where its
probability by the ink, all its changes together, is at least `likelihood_ratio` of that one's; otherwise the sheet is
told as broken, with the sum, and shown as the ink says it.

One way to bend a sheet is left, and no posterior sees it: a cell is wrong on paper, another cell of the same sum is
open to the ink, and by chance the one makes up for the other. One digit of c can put a sum out by 18 c amounts (1 to 9
of each place, too much or too little), so an open cell makes up for a wrong one in about one sheet of 18 c; where a
second sum tells of the open cell and must agree, in one of (18 c)^2. So a choice against the ink that no further sum
confirms is shown, but never sure: people look at the cell (`unconfirmed_ratio`).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from testigo.core.arithmetic import Rule, evaluate
from testigo.core.ids import Counts, FieldId
from testigo.errors import BadUsage
from testigo.stats.confirmed import checked_twice, confirmed
from testigo.stats.fields import CLASSES, FieldCells, FieldValues, ValueEvidence, best_spelling, field_values
from testigo.stats.sum_milp import infer_any
from testigo.stats.sum_tree import infer_tree
from testigo.stats.sums import Inference, Reading, is_forest, sums_of

Verdict = Literal["sure", "look", "people"]
Why = Literal["read", "chosen by sums", "unconfirmed", "doubtful", "unchecked", "incomplete", "contradicted", "broken"]
MILLION = 1_000_000
MOST_LOG = 700.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a reading must reach. `accept_posterior` and `doubt` are parts per million.

    `likelihood_ratio`: arithmetic may put other numbers in the fields' places only if the fields by themselves give
    them together at least this part of the probability of the numbers that they say. `unconfirmed_ratio`: the same, for
    a reading that is to be sure though no sum is left to confirm the choice; 1, as usual, asks that the ink prefers
    nothing else. `eps`: how often a sum on paper does not hold. `doubt`: cells with at least so much doubt are to be
    looked at; beyond `most_cells` of them people read the sheet.
    `contradiction`: cells and other evidence contradict a number that they give less than this part of the probability
    of the one that they prefer. `keep`: so many numbers of a field are followed. `samples`: where sums form no tree.
    """

    accept_posterior: int = 900_000
    likelihood_ratio: float = 0.1
    unconfirmed_ratio: float = 1.0
    eps: float = 0.01
    doubt: int = 50_000
    contradiction: float = 0.001
    most_cells: int = 6
    keep: int = 256
    samples: int = 2_000


USUAL = Thresholds()


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that the most probable reading takes for another class than the free reading.

    `cell` counts from 0 at the left, `free` and `chosen` are names of classes. `ratio` is P(chosen) / P(free) of the
    cell, `field_ratio` that of the field's two numbers, other evidence included: the product of all changed fields'
    must reach the threshold.
    """

    field: FieldId
    cell: int
    free: str
    chosen: str
    ratio: float
    field_ratio: float


@dataclass(frozen=True, slots=True)
class DoubtfulCell:
    """A cell to look at; `doubt` is the posterior mass of readings with another digit, or no number, there."""

    field: FieldId
    cell: int
    doubt: float


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that the free reading breaks, with its two sides in ballots. One that only warns decides nothing here."""

    code: str
    left: int
    right: int
    holds_back: bool


@dataclass(frozen=True, slots=True)
class SheetReading:
    """What a machine makes of a sheet; a field that says no number is absent from counts (unread is not zero).

    - `counts` are the figures to show: `map_counts`, the most probable ones, where they are within what the ink leaves
      open, else `free_counts`, what every field says by itself. Only those of verdict `sure` are read without people.
    - `marginals`: the posterior probability of what `counts` say of every field (of no number, where absent).
    - `posterior` and `second`: probabilities of the most probable reading and of the most probable other one.
    - `breaking`: the posterior mass of readings that break a rule; `unexamined`: a bound on the mass left out.
    - `why`: `read` (every field says it by itself), `chosen by sums`, `unconfirmed` (chosen by sums against the ink and
      no sum is left to confirm it), `doubtful` (cells to look at), `unchecked` (a field is in no equation and said by
      nothing else: a misread digit would be found by nobody), `incomplete` (a field says no number), `contradicted`
      (cells and other evidence of a field do not go together), `broken`.
    """

    verdict: Verdict
    why: Why
    counts: Counts
    map_counts: Counts
    free_counts: Counts
    marginals: Mapping[FieldId, float]
    changes: tuple[Change, ...]
    look_at: tuple[DoubtfulCell, ...]
    posterior: float
    second: float
    breaking: float
    unexamined: float
    broken: tuple[BrokenRule, ...]


def read_sheet(
    fields: Sequence[FieldCells],
    rules: Sequence[Rule],
    evidence: Sequence[ValueEvidence] = (),
    thresholds: Thresholds = USUAL,
    *,
    seed: int = 0,
) -> SheetReading:
    """The reading of one sheet from its cells' probabilities, its form's rules, and what else speaks of its numbers.

    Rules of weight `hold` are evidence; the others are only evaluated. A rule with a field that was not asked for is
    not evaluable. `seed` is used where the sums form no tree (see `sum_milp`).

    Raises:
        BadUsage: a field twice, evidence of a field without cells, cells that are no probabilities.
    """
    names = tuple(one.field for one in fields)
    loose = sorted({piece.field for piece in evidence} - set(names))
    if len(set(names)) != len(names) or loose:
        raise BadUsage(f"sheet: expected every field once and evidence of them, came {', '.join((*names, *loose))}")
    by_field = [tuple(piece for piece in evidence if piece.field == name) for name in names]
    values = [field_values(one, said, keep=thresholds.keep) for one, said in zip(fields, by_field, strict=True)]
    asked = [rule for rule in rules if rule.fields <= set(names)]
    holding = [rule for rule in asked if rule.weight == "hold"]
    sums = sums_of(holding, names, [len(one.logs) for one in fields], thresholds.eps)
    if is_forest(sums, len(names)):
        found = infer_tree(values, sums)
    else:
        found = infer_any(values, sums, seed=seed, samples=thresholds.samples)
    free: Reading = tuple(one.most_probable for one in values)
    changes = tuple(_changes(fields, values, free, found.best))
    ratios = [one.of(after) / one.of(before) for one, before, after in zip(values, free, found.best, strict=True)]
    ratio = math.prod(ratios)
    shown = found.best if ratio >= thresholds.likelihood_ratio else free
    why: Why = "read" if shown == free else "chosen by sums"
    if any(one.holds(shown) is False for one in sums):
        why = "broken"
    elif None in shown:
        why = "incomplete"
    elif any(_contradicted(*one, thresholds) for one in zip(fields, by_field, shown, strict=True)):
        why = "contradicted"
    elif found.posterior * (1 - found.unexamined) * MILLION < thresholds.accept_posterior:
        why = "doubtful"
    elif not checked_twice(sums, by_field, shown):
        why = "unchecked"
    elif shown != free and ratio < thresholds.unconfirmed_ratio and not confirmed(sums, by_field, free, shown):
        why = "unconfirmed"
    look_at = _cells_to_look_at(fields, found, shown, changes, thresholds)
    verdict: Verdict = "look"
    if why in ("read", "chosen by sums"):
        verdict, look_at = "sure", ()
    elif why == "broken" or len(look_at) > thresholds.most_cells:
        verdict = "people"
    free_counts = _counts(names, free)
    return SheetReading(
        verdict,
        why,
        _counts(names, shown),
        _counts(names, found.best),
        free_counts,
        {name: one.get(value, 0.0) for name, one, value in zip(names, found.marginals, shown, strict=True)},
        changes,
        look_at,
        found.posterior,
        found.second,
        found.breaking,
        found.unexamined,
        tuple(_broken(asked, free_counts)),
    )


def _counts(names: Sequence[FieldId], reading: Reading) -> Counts:
    return {name: value for name, value in zip(names, reading, strict=True) if value is not None}


def _broken(rules: Sequence[Rule], counts: Counts) -> Iterator[BrokenRule]:
    for rule in rules:
        outcome = evaluate(rule, counts)
        if outcome.state == "fail" and outcome.left is not None and outcome.right is not None:
            yield BrokenRule(rule.code, outcome.left, outcome.right, rule.weight == "hold")


def _changes(
    fields: Sequence[FieldCells], values: Sequence[FieldValues], free: Reading, best: Reading
) -> Iterator[Change]:
    for cells, said, before, after in zip(fields, values, free, best, strict=True):
        if before == after:
            continue
        field_ratio = said.of(after) / said.of(before)
        spelled = zip(best_spelling(cells, before), best_spelling(cells, after), strict=True)
        for cell, (one, other) in enumerate(spelled):
            if one != other:
                ratio = math.exp(min(float(cells.logs[cell, other] - cells.logs[cell, one]), MOST_LOG))
                yield Change(cells.field, cell, CLASSES[one], CLASSES[other], ratio, field_ratio)


def _contradicted(
    cells: FieldCells, evidence: Sequence[ValueEvidence], number: int | None, thresholds: Thresholds
) -> bool:
    """Whether the cells alone, or one piece of evidence alone, would hardly have this number."""
    if not evidence:
        return False
    alone = field_values(cells, keep=thresholds.keep)
    most = max(float(alone.weights.max(initial=0.0)), alone.absent)
    least = math.log(thresholds.contradiction)
    if alone.of(number) < thresholds.contradiction * most:
        return True
    return any(
        (piece.otherwise if number is None else piece.logs.get(number, piece.otherwise))
        - max([piece.otherwise, *piece.logs.values()])
        < least
        for piece in evidence
    )


def _cells_to_look_at(
    fields: Sequence[FieldCells],
    found: Inference,
    shown: Reading,
    changes: Sequence[Change],
    thresholds: Thresholds,
) -> tuple[DoubtfulCell, ...]:
    """All cells with enough doubt, those that would change, and at least the most doubtful one."""
    changed = {(change.field, change.cell) for change in changes}
    doubts = [
        DoubtfulCell(cells.field, cell, doubt)
        for cells, marginal, value in zip(fields, found.marginals, shown, strict=True)
        for cell, doubt in enumerate(_doubts(len(cells.logs), marginal, value))
    ]
    most = max(one.doubt for one in doubts)
    least = min(thresholds.doubt / MILLION, most)
    return tuple(one for one in doubts if one.doubt >= least or (one.field, one.cell) in changed)


def _doubts(cells: int, marginal: Mapping[int | None, float], value: int | None) -> list[float]:
    if value is None:
        return [1.0] * cells
    doubts = np.full(cells, marginal[None])
    powers = 10 ** np.arange(cells - 1, -1, -1)
    numbers = np.array([number for number in marginal if number is not None], dtype=np.int64)
    masses = np.array([marginal[number] for number in numbers.tolist()])
    differs = numbers[:, None] // powers % 10 != value // powers % 10
    found: list[float] = (doubts + (differs * masses[:, None]).sum(axis=0)).tolist()
    return found
