"""What the figures of a sheet cost, with their probabilities, beside an integer program for the best ones alone.

    python benchmarks/posterior.py [--short]

Sheets are invented: figures that obey the form's sums, and cells of which nine in ten are clear and one leaves a second
digit open. Ours (`read_sheet`) gives the best reading, the second best, every field's marginal and the mass of readings
that break a sum; the integer program (`scipy.optimize.milp`, HiGHS) gives the best reading and nothing else, from the
same distributions. Both take turns on every sheet; the medians count, in processor time.
"""

import argparse
import sys
from collections.abc import Callable
from statistics import median
from time import process_time

import numpy as np

from testigo.core.arithmetic import Rule, parse_rule
from testigo.core.ids import FieldId
from testigo.stats.fields import CLASSES, FieldCells, field_values
from testigo.stats.posterior import USUAL, read_sheet
from testigo.stats.sum_milp import best_reading
from testigo.stats.sums import sums_of

CELLS = 3
SHEETS, SHORT_SHEETS = 20, 2
OPEN = 0.1

Form = tuple[str, tuple[str, ...], float | None]
"""A name, the sums, and how many milliseconds a sheet may cost; None where there is no limit."""


def total_of(count: int) -> tuple[str, ...]:
    lines = " + ".join(f"line{place}" for place in range(count))
    return (f"{lines} = valid", "valid + blank + null = cast")


FORMS: tuple[Form, ...] = (
    ("8 fields, three sums", ("p + l = valid", "valid + blank + null = urn", "urn + unused = all"), 10.0),
    ("15 fields, two sums", total_of(11), 60.0),
    ("41 fields, two sums", total_of(38), None),
    (
        "12 fields, totals crossing",
        (
            "ax + ay + az = a",
            "bx + by + bz = b",
            "ax + bx = x",
            "ay + by = y",
            "az + bz = z",
            "a + b = all",
            "x + y + z = all",
        ),
        None,
    ),
)


def sheet(rules: tuple[Rule, ...], rng: np.random.Generator) -> dict[FieldId, int]:
    """Figures up to 20 on the lines, and totals that obey the rules, each of which ends with `= total`."""
    totals = {term.field for rule in rules for term in rule.right}
    counts = {
        term.field: int(rng.integers(0, 21))
        for rule in rules
        for term in rule.left
        if term.field is not None and term.field not in totals
    }
    for rule in rules:
        (total,) = rule.right
        if total.field is not None:
            counts[total.field] = sum(counts[term.field] for term in rule.left if term.field is not None)
    return counts


def cells(field: FieldId, number: int, rng: np.random.Generator) -> FieldCells:
    """What a reader says of the cells: a little of every class, most of the digit, and now and then half of another."""
    table = 10 ** rng.uniform(-7, -3, (CELLS, len(CLASSES)))
    for place, digit in enumerate(f"{number:0{CELLS}d}"):
        if rng.random() < OPEN:
            table[place, int(rng.integers(0, 10))] += rng.uniform(0.05, 0.8)
        table[place, int(digit)] += 1
    return FieldCells(field, np.log(table / table.sum(axis=1, keepdims=True)))


def timed(work: Callable[[], object]) -> float:
    started = process_time()
    work()
    return 1000 * (process_time() - started)


def measure(form: Form, sheets: int) -> str:
    """One line: milliseconds of ours and of the integer program, ours as a part of the limit, and what came out."""
    name, texts, limit = form
    rules = tuple(parse_rule(f"R{place}", text, name) for place, text in enumerate(texts))
    rng = np.random.default_rng(1)
    ours: list[float] = []
    solver: list[float] = []
    sure = right = 0
    for number in range(sheets + 1):
        counts = sheet(rules, rng)
        fields = [cells(field, value, rng) for field, value in counts.items()]
        values = [field_values(one, keep=USUAL.keep) for one in fields]
        sums = sums_of(rules, tuple(counts), [CELLS] * len(fields), USUAL.eps)
        read = read_sheet(fields, rules)
        own = timed(lambda fields=fields: read_sheet(fields, rules))  # type: ignore[misc]
        other = timed(lambda values=values, sums=sums: best_reading(values, sums))  # type: ignore[misc]
        if number:
            # The first sheet warms up.
            ours, solver = [*ours, own], [*solver, other]
            sure += read.verdict == "sure"
            right += read.verdict == "sure" and read.counts == counts
    cost, peer = median(ours), median(solver)
    share = "-" if limit is None else f"{cost / limit:.2f}"
    return f"{name:<27} {cost:>8.1f} {share:>11} {peer:>8.1f} {cost / peer:>13.2f} {sure:>5}/{sheets} {sure - right:>6}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help=f"only {SHORT_SHEETS} sheets of every form")
    asked = parser.parse_args()
    print(f"{'form':<27} {'ms':>8} {'ms / limit':>11} {'milp ms':>8} {'ms / milp ms':>13} {'sure':>8} {'wrong':>6}")
    for form in FORMS:
        print(measure(form, SHORT_SHEETS if asked.short else SHEETS), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
