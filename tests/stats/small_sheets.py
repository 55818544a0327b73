"""Small sheets of invented probabilities, and all their readings one by one: what inference must agree with.

The oracle knows the law from the words of `stats.sums` and evaluates rules by `core.arithmetic`; it shares no code with
the inference.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from hypothesis import strategies as st

from testigo.core.arithmetic import Rule, evaluate, parse_rule
from testigo.core.ids import Counts, FieldId
from testigo.stats.fields import FieldValues
from testigo.stats.sums import Inference, Reading, Sum, sums_of

CELLS = 2


@dataclass(frozen=True, eq=False, slots=True)
class Sheet:
    """Fields named a, b, c ... with what they can say, and the rules over them; eps of the sheets break one."""

    values: tuple[FieldValues, ...]
    rules: tuple[Rule, ...]
    eps: float

    @property
    def names(self) -> tuple[FieldId, ...]:
        return tuple(FieldId(chr(ord("a") + place)) for place in range(len(self.values)))

    @property
    def sums(self) -> tuple[Sum, ...]:
        return sums_of(self.rules, self.names, [CELLS] * len(self.values), self.eps)


def rules_of(*texts: str, tolerance: int = 0) -> tuple[Rule, ...]:
    return tuple(parse_rule(f"R{place}", text, "test", tolerance=tolerance) for place, text in enumerate(texts))


def said(numbers: Mapping[int, float], absent: float = 0.0) -> FieldValues:
    """A field that says these numbers with these weights, made to sum to 1; `absent` is an illegible field's."""
    total = sum(numbers.values()) + absent
    listed = sorted(numbers)
    weights = np.array([numbers[value] / total for value in listed])
    return FieldValues(np.array(listed, dtype=np.int64), weights, 0.0, 0.0, absent / total)


def random_values(rng: np.random.Generator, numbers: int, most: int, *, absent: bool) -> FieldValues:
    chosen = rng.choice(most + 1, size=min(numbers, most + 1), replace=False).tolist()
    weights = rng.dirichlet(np.full(len(chosen) + 1, 0.5)).tolist()
    return said(dict(zip(chosen, weights, strict=False)), weights[-1] if absent else 0.0)


TREES = (
    ("a + b = c",),
    ("a + b = c", "c + d = e"),
    ("a + b + 3 = c", "2 * d - e <= c"),
    ("a - b = 1", "d + e >= c"),
    ("a + b <= 9", "b + c = d", "d = e"),
    ("5 >= a", "b + c + d + e = 20"),
    ("a + 2 * b = 3 * c", "d <= 4", "4 <= 5"),
    ("a + b - a = c", "e = 7"),
    (),
)
LOOPS = (
    ("a + b = c", "a + b <= c", "d + e = c"),
    ("a + b = c", "b + c = d", "a + d = e"),
    ("a + b = e", "c + d = e", "a + c <= 9", "b + d >= 3"),
    ("a + b + c = d", "a - b = 2", "b + c + d = e"),
    ("a = b", "b = c", "a = c"),
)


def sheets(structures: Sequence[tuple[str, ...]]) -> st.SearchStrategy[Sheet]:
    """Sheets of five fields with up to four numbers each, rules of one of these structures, tolerances 0 to 2."""

    def made(seed: int, texts: tuple[str, ...], tolerance: int, eps: float) -> Sheet:
        rng = np.random.default_rng(seed)
        fields = [random_values(rng, int(rng.integers(1, 5)), 12, absent=bool(rng.random() < 0.6)) for _ in range(5)]
        return Sheet(tuple(fields), rules_of(*texts, tolerance=tolerance), eps)

    return st.builds(
        made, st.integers(0, 100_000), st.sampled_from(structures), st.integers(0, 2), st.sampled_from([0.01, 0.3])
    )


@dataclass(frozen=True, slots=True)
class Enumerated:
    """All readings with their weights, the heaviest first, and which of them break a rule."""

    readings: tuple[Reading, ...]
    weights: tuple[float, ...]
    broken: tuple[bool, ...]

    @property
    def mass(self) -> float:
        return math.fsum(self.weights)

    @property
    def breaking(self) -> float:
        return math.fsum(weight for weight, broken in zip(self.weights, self.broken, strict=True) if broken) / self.mass

    def marginal(self, place: int, value: int | None) -> float:
        pairs = zip(self.readings, self.weights, strict=True)
        return math.fsum(weight for reading, weight in pairs if reading[place] == value) / self.mass

    def weight_of(self, reading: Reading) -> float:
        return self.weights[self.readings.index(reading)]


def enumerate_readings(sheet: Sheet) -> Enumerated:
    found = sorted(_weighed(sheet), key=lambda one: -one[1])
    readings, weights, broken = zip(*found, strict=True)
    return Enumerated(readings, weights, broken)


def _weighed(sheet: Sheet) -> Iterator[tuple[Reading, float, bool]]:
    options: list[list[int | None]] = [[*one.values.tolist(), *([None] if one.absent else [])] for one in sheet.values]
    for reading in product(*options):
        counts: Counts = {name: value for name, value in zip(sheet.names, reading, strict=True) if value is not None}
        weight = math.prod(one.of(value) for one, value in zip(sheet.values, reading, strict=True))
        states = [evaluate(rule, counts).state for rule in sheet.rules if rule.fields]
        for rule, state in zip((rule for rule in sheet.rules if rule.fields), states, strict=True):
            share = 10**-CELLS if rule.relation == "=" else 1.0
            holds = (1 - sheet.eps) + sheet.eps * share
            weight *= {"pass": holds, "fail": sheet.eps * share, "not evaluable": share}[state]
        yield reading, weight, "fail" in states


def assert_best_two(found: Inference, every: Enumerated, rel: float = 1e-9) -> None:
    """The best reading is a heaviest one, and both probabilities are those of the two heaviest."""
    assert math.isclose(every.weight_of(found.best), every.weights[0], rel_tol=1e-9)
    assert math.isclose(found.posterior, every.weights[0] / every.mass, rel_tol=rel)
    second = every.weights[1] / every.mass if len(every.weights) > 1 else 0.0
    assert math.isclose(found.second, second, rel_tol=rel, abs_tol=1e-15)
