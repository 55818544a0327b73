"""A reader of digit cells that errs like one: what it says of each cell is calibrated, and so are its mistakes.

Every cell has a hardness, most small, some large. The hardness gives the probabilities of the classes that the cell may
be taken for, among them the digits that are easily confused with each other; the class that is written is then drawn
from just these probabilities. So a reading of 0.9 is right nine times in ten, by construction. What is written and
what the reader prefers differ in about `hard` / 3 of the cells.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from testigo.core.arithmetic import Rule, evaluate, parse_rule
from testigo.core.ids import FieldId
from testigo.stats.fields import CLASSES, FieldCells

Counts = Mapping[FieldId, int]
ALIKE = {0: (6, 8), 1: (7, 4), 2: (7, 3), 3: (8, 5), 4: (9, 1), 5: (6, 3), 6: (0, 5), 7: (1, 2), 8: (3, 0), 9: (4, 7)}
HARD_FLOOR = 2e-4


@dataclass(frozen=True, slots=True)
class Structure:
    """A form: its fields with the number of their cells, and rules of which the last words say how fields are drawn.

    `drawn` are fields that are free, with the largest number that they take; all others follow from the rules, each of
    which ends with `= field`.
    """

    name: str
    drawn: tuple[tuple[str, int], ...]
    texts: tuple[str, ...]
    cells: int = 3

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(parse_rule(f"R{place}", text, self.name) for place, text in enumerate(self.texts))

    def sheet(self, rng: np.random.Generator) -> dict[FieldId, int]:
        """Figures that obey every rule."""
        counts = {FieldId(name): int(rng.integers(0, most + 1)) for name, most in self.drawn}
        for rule in self.rules:
            (total,) = rule.right
            if total.field is not None and total.field not in counts:
                counts[total.field] = sum(term.factor * counts[term.field] for term in rule.left if term.field)
        assert not broken(self, counts)
        return counts


TREE = Structure(
    "BO-like",
    (("p", 120), ("l", 120), ("b", 20), ("n", 30), ("rest", 60)),
    ("p + l = v", "v + b + n = urn", "urn + rest = all"),
)
COLUMN = Structure(
    "a long column",
    (*((f"c{place}", 40) for place in range(11)), ("b", 20), ("n", 30)),
    (" + ".join(f"c{place}" for place in range(11)) + " = v", "v + b + n = cast"),
)
CROSSING = Structure(
    "two crossing totals",
    tuple((f"{row}{column}", 90) for row in "ab" for column in "xyz"),
    (
        "ax + ay + az = a",
        "bx + by + bz = b",
        "a + b = all",
        *(f"a{column} + b{column} = {column}" for column in "xyz"),
        "x + y + z = all",
    ),
)
STRUCTURES = (TREE, COLUMN, CROSSING)


def broken(structure: Structure, counts: Counts) -> bool:
    return any(evaluate(rule, counts).state == "fail" for rule in structure.rules)


def written(structure: Structure, counts: Counts) -> dict[FieldId, str]:
    return {field: f"{number:0{structure.cells}d}" for field, number in counts.items()}


def swapped(structure: Structure, counts: Counts, rng: np.random.Generator) -> dict[FieldId, int]:
    """The same sheet with a digit cell replaced by another one of the sheet, so that what is written breaks a rule."""
    digits = written(structure, counts)
    places = [(field, cell) for field in digits for cell in range(structure.cells)]
    while True:
        (field, cell), (other, source) = (places[int(at)] for at in rng.choice(len(places), 2, replace=False))
        text = digits[field][:cell] + digits[other][source] + digits[field][cell + 1 :]
        doctored = {**counts, field: int(text)}
        if broken(structure, doctored):
            return doctored


def seen(structure: Structure, counts: Counts, rng: np.random.Generator, hard: float) -> tuple[FieldCells, ...]:
    """What the reader says of the cells in which these figures are written; `hard` is the share of hard cells."""
    return tuple(
        FieldCells(field, np.stack([_cell(int(digit), rng, hard) for digit in text]))
        for field, text in written(structure, counts).items()
    )


def _cell(digit: int, rng: np.random.Generator, hard: float) -> NDArray[np.float64]:
    doubt = rng.uniform(0.05, 0.6) if rng.random() < hard else 10 ** rng.uniform(-5, -2)
    first, second = rng.permutation(ALIKE[digit]).tolist()
    share = rng.uniform(0.6, 0.95)
    table = np.full(len(CLASSES), doubt * HARD_FLOOR)
    likely = [1 - doubt, doubt * share, doubt * (1 - share)]
    # Which of the three the written digit is, is drawn from the probabilities themselves: the reader is calibrated.
    order = [digit, first, second]
    true = int(rng.choice(3, p=likely))
    order[0], order[true] = order[true], order[0]
    table[order] += likely
    logs: NDArray[np.float64] = np.log(table / table.sum())
    return logs
