"""From the cells of one field to a distribution over what the field says: a number, nothing, or something unreadable.

Cells stand from left to right and the classes of a cell are exclusive, so with independent cells the probability of a
spelling is the product of its cells' and that of a number is the sum over its spellings: any run of blanks, dashes and
crosses, then leading noughts, then the digits up to the last cell. All other patterns of classes say no number. The
masses of all numbers, `blank`, `struck` and `unreadable` add up to 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from testigo.core.form import MOST_CELLS
from testigo.core.ids import FieldId
from testigo.errors import BadUsage

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

CLASSES = (*"0123456789", "blank", "dash", "cross", "illegible")
"""What a cell can hold, in the order of the columns. A reader that does not know a class gives it -inf."""
DIGITS = 10
BLANK, DASH, CROSS, ILLEGIBLE = range(DIGITS, DIGITS + 4)
BEAM = 20_000
"""So many numbers of a field are followed from cell to cell; up to four cells that is all of them."""
NORMAL_WITHIN = 1e-3
NEGLIGIBLE = 1e-12
"""The least probable numbers of a field that together have less than this are not listed."""


@dataclass(frozen=True, eq=False, slots=True)
class FieldCells:
    """One field's cells: natural logarithms of class probabilities, (cells, 14), each row summing to 1.

    `marks_mean_zero` holds where the form says that cells with nothing but dashes or crosses stand for zero.
    """

    field: FieldId
    logs: Floats
    marks_mean_zero: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class ValueEvidence:
    """What else speaks of a field's number, such as its words or a code: log-likelihoods of what was seen.

    `logs` maps a number to ln P(seen | number); `otherwise` is that of every other number and of no number at all.
    """

    field: FieldId
    source: str
    logs: Mapping[int, float]
    otherwise: float


@dataclass(frozen=True, eq=False, slots=True)
class FieldValues:
    """What a field can say: `values` ascending with their probabilities, and the masses of what is no number.

    `blank`: nothing is written. `struck`: only dashes or crosses. `unreadable`: an illegible cell, or digits out of
    place. `tail` is (an upper bound of) the mass of numbers that are not listed, and no one of them is more probable
    than `largest_dropped`. All masses together make 1, but for the bound's slack.
    """

    values: Ints
    weights: Floats
    blank: float
    struck: float
    unreadable: float
    tail: float = 0.0
    largest_dropped: float = 0.0

    @property
    def absent(self) -> float:
        """The mass of no number at all: unread is not zero."""
        return self.blank + self.struck + self.unreadable

    @property
    def most_probable(self) -> int | None:
        """The number that is said by the field itself; None where none is more probable than no number at all."""
        top = int(np.argmax(self.weights)) if len(self.weights) else -1
        return None if top < 0 or self.weights[top] < self.absent else int(self.values[top])

    def of(self, value: int | None) -> float:
        """The probability of one number, or of none at all (None); 0 for a number that is not listed."""
        if value is None:
            return self.absent
        place = int(np.searchsorted(self.values, value))
        return float(self.weights[place]) if place < len(self.values) and self.values[place] == value else 0.0


def field_values(cells: FieldCells, evidence: Sequence[ValueEvidence] = (), *, keep: int = 256) -> FieldValues:
    """The distribution over what the field says; at most `keep` numbers are listed, the most probable ones.

    Exact but for what `tail` tells. The beam drops a beginning of a number only when there are BEAM better ones, each
    of which can be completed in the same way, so for `keep` <= BEAM the listed numbers are truly the best by the cells;
    numbers that evidence names are weighed exactly whether or not they are in the beam.

    Raises:
        BadUsage: no or too many cells, another number of classes, rows that do not sum to 1, evidence of another field.
    """
    table = _checked(cells)
    if not 1 <= keep <= BEAM:
        raise BadUsage(f"{cells.field}: expected to keep 1 to {BEAM} numbers, came {keep}")
    values, weights, tail, largest = _numbers(table)
    blank = float(np.prod(table[:, BLANK]))
    marks = float(np.prod(_fillers(table)))
    struck = max(marks - blank, 0.0)
    unreadable = max(1.0 - float(weights.sum()) - tail - marks, 0.0)
    added: dict[int, float] = {0: number_probability(table, 0)} if cells.marks_mean_zero else {}
    for piece in evidence:
        likelihoods = np.array([piece.otherwise, *piece.logs.values()])
        if piece.field != cells.field or not np.isfinite(piece.otherwise) or not np.all(likelihoods < np.inf):
            raise BadUsage(
                f"{cells.field}: expected evidence of this field with log-likelihoods, a finite one for other numbers, "
                f"came {piece.source} of {piece.field} with {likelihoods.tolist()}"
            )
        added |= {n: number_probability(table, n) for n in piece.logs if 0 <= n < 10 ** len(table)}
    missed = sorted(set(added) - set(values.tolist()))
    if missed:
        values = np.concatenate([values, np.array(missed, dtype=np.int64)])
        weights = np.concatenate([weights, np.array([added[n] for n in missed])])
        order = np.argsort(values)
        values, weights = values[order], weights[order]
    if cells.marks_mean_zero:
        weights[0] += struck
        struck = 0.0
    beside: tuple[float, ...] = (blank, struck, unreadable, tail, largest)
    if evidence:
        weights, beside = _weighed(values, weights, beside, evidence)
    return _kept(FieldValues(values, weights, *beside), keep)


def number_probability(table: Floats, number: int) -> float:
    """The probability that cells (probabilities, not logarithms) spell this number: the sum over all its spellings."""
    digits = [int(digit) for digit in f"{number:0{len(table)}d}"]
    leading = len(table) - len(str(number))
    written = table[np.arange(len(table)), digits]
    before = np.concatenate([[1.0], np.cumprod(_fillers(table))])
    return float(sum(before[start] * np.prod(written[start:]) for start in range(leading + 1)))


def best_spelling(cells: FieldCells, number: int | None) -> tuple[int, ...]:
    """The most probable class of every cell given the number (None: no number at all)."""
    table = np.exp(cells.logs)
    written = None if number is None else f"{number:0{len(table)}d}"
    # Of every state that the cells so far can be in, the best classes to it; the states are those of `_next_state`.
    best: dict[str, tuple[float, tuple[int, ...]]] = {"blank": (1.0, ())}
    for place, row in enumerate(table):
        further: dict[str, tuple[float, tuple[int, ...]]] = {}
        for state, (mass, classes) in best.items():
            for one in range(len(CLASSES)):
                after = _next_state(state, one)
                if written is not None and (
                    one != int(written[place]) if after == "number" else int(written[: place + 1]) > 0
                ):
                    continue
                if after not in further or mass * row[one] > further[after][0]:
                    further[after] = (mass * float(row[one]), (*classes, one))
        best = further
    ends = {"blank", "marks", "broken"} if number is None else {"number"}
    if cells.marks_mean_zero:
        ends = ends - {"marks"} if number != 0 else ends | {"marks"}
    return max((found for state, found in best.items() if state in ends), key=lambda one: one[0])[1]


def _next_state(state: str, one: int) -> str:
    """Only blanks; blanks and at least one mark; fillers and then digits; or what is no number whatever follows."""
    if state == "broken" or one == ILLEGIBLE or (state == "number" and one >= DIGITS):
        return "broken"
    if one < DIGITS:
        return "number"
    return "marks" if state == "marks" or one != BLANK else "blank"


def _checked(cells: FieldCells) -> Floats:
    logs = cells.logs
    if logs.ndim != 2 or not 1 <= logs.shape[0] <= MOST_CELLS or logs.shape[1] != len(CLASSES):
        raise BadUsage(f"{cells.field}: expected 1 to {MOST_CELLS} cells of {len(CLASSES)} classes, came {logs.shape}")
    table: Floats = np.exp(logs)
    sums = table.sum(axis=1)
    if not np.all(np.abs(sums - 1) <= NORMAL_WITHIN):
        raise BadUsage(f"{cells.field}: expected cells whose probabilities sum to 1, came {sums.tolist()}")
    normal: Floats = table / sums[:, None]
    return normal


def _fillers(table: Floats) -> Floats:
    leading: Floats = table[:, BLANK : CROSS + 1].sum(axis=1)
    return leading


def _numbers(table: Floats) -> tuple[Ints, Floats, float, float]:
    """Numbers ascending, their probabilities, the mass that the beam dropped, and its largest single probability."""
    values, weights = np.zeros(0, dtype=np.int64), np.zeros(0)
    before, tail, largest = 1.0, 0.0, 0.0
    digits = np.arange(DIGITS, dtype=np.int64)
    for row, filler in zip(table, _fillers(table), strict=True):
        # A cell goes on with the numbers begun so far, or begins one after fillers only. Beginnings run through 0..n
        # without gaps of order, so that the ten new ones join those that continue a nought.
        values = (values[:, None] * DIGITS + digits).ravel()
        weights = (weights[:, None] * row[:DIGITS]).ravel()
        tail, largest = tail * float(row[:DIGITS].sum()), largest * float(row[:DIGITS].max())
        if len(values) and values[0] == 0:
            weights[:DIGITS] += before * row[:DIGITS]
        else:
            values, weights = np.concatenate([digits, values]), np.concatenate([before * row[:DIGITS], weights])
        before *= float(filler)
        if len(values) > BEAM:
            order = np.argsort(-weights, kind="stable")
            best = np.sort(order[:BEAM])
            tail += float(weights[order[BEAM:]].sum())
            largest = max(largest, float(weights[order[BEAM]]))
            values, weights = values[best], weights[best]
    return values, weights, tail, largest


def _weighed(
    values: Ints, weights: Floats, beside: tuple[float, ...], evidence: Sequence[ValueEvidence]
) -> tuple[Floats, tuple[float, ...]]:
    """Both times their likelihoods, up to one factor; in logarithms, so that strong evidence leaves something."""
    with np.errstate(divide="ignore"):
        logs, others = np.log(weights), np.log(np.array(beside))
    for piece in evidence:
        logs = logs + np.array([piece.logs.get(value, piece.otherwise) for value in values.tolist()])
        others = others + piece.otherwise
    top = max(float(logs.max(initial=-np.inf)), float(others.max()))
    scaled: Floats = np.exp(logs - top)
    return scaled, tuple(np.exp(others - top).tolist())


def _kept(found: FieldValues, keep: int) -> FieldValues:
    total = float(found.weights.sum()) + found.absent + found.tail
    weights, tail, largest = found.weights, found.tail, found.largest_dropped
    order = np.argsort(-weights, kind="stable")
    order = order[weights[order] > 0]
    from_here = np.cumsum(weights[order][::-1])[::-1]
    keep = min(keep, int((from_here > NEGLIGIBLE * total).sum()))
    if len(order) > keep:
        tail += float(from_here[keep])
        largest = max(largest, float(weights[order[keep]]))
        order = order[:keep]
    best = np.sort(order)
    masses = (found.blank, found.struck, found.unreadable, tail, largest)
    return FieldValues(found.values[best], weights[best] / total, *(mass / total for mass in masses))
