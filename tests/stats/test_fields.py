"""What a field's cells say, against every pattern of classes written out."""

import math
from collections import defaultdict
from collections.abc import Mapping
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from testigo.core.ids import FieldId
from testigo.errors import BadUsage
from testigo.stats.fields import (
    BLANK,
    CLASSES,
    CROSS,
    DASH,
    ILLEGIBLE,
    FieldCells,
    FieldValues,
    ValueEvidence,
    best_spelling,
    field_values,
    number_probability,
)

NAME = FieldId("a")
Said = int | str


def said_by(classes: tuple[int, ...], *, marks_mean_zero: bool) -> Said:
    """What a pattern of classes says, decided by its letters: the oracle of this file."""
    letters = "".join("0123456789b-xi"[one] for one in classes)
    if set(letters) == {"b"}:
        return "blank"
    if set(letters) <= set("b-x"):
        return 0 if marks_mean_zero else "struck"
    digits = letters.lstrip("b-x")
    return int(digits) if digits.isdigit() else "unreadable"


def masses(cells: FieldCells) -> Mapping[Said, float]:
    table = np.exp(cells.logs)
    found: dict[Said, float] = defaultdict(float)
    for classes in product(range(len(CLASSES)), repeat=len(table)):
        mass = math.prod(float(table[cell, one]) for cell, one in enumerate(classes))
        found[said_by(classes, marks_mean_zero=cells.marks_mean_zero)] += mass
    return found


def some_cells(seed: int, count: int, *, marks_mean_zero: bool = False, concentration: float = 0.3) -> FieldCells:
    table = np.random.default_rng(seed).dirichlet(np.full(len(CLASSES), concentration), count)
    table = np.maximum(table, 1e-9)
    logs: NDArray[np.float64] = np.log(table / table.sum(axis=1, keepdims=True))
    return FieldCells(NAME, logs, marks_mean_zero)


def clear(*classes: int, sure: float = 1.0) -> FieldCells:
    table = np.full((len(classes), len(CLASSES)), (1 - sure) / (len(CLASSES) - 1))
    table[np.arange(len(classes)), list(classes)] = sure
    with np.errstate(divide="ignore"):
        return FieldCells(NAME, np.log(table))


def whole(found: FieldValues) -> float:
    return float(found.weights.sum()) + found.absent + found.tail


@given(st.integers(0, 10_000), st.integers(1, 3), st.booleans())
@settings(max_examples=25, deadline=None)
def test_every_number_and_every_way_of_saying_none_has_the_mass_of_its_spellings(
    seed: int, count: int, zero: bool
) -> None:
    cells = some_cells(seed, count, marks_mean_zero=zero)
    expected = masses(cells)
    found = field_values(cells, keep=1000)
    for number in range(10**count):
        assert found.of(number) == pytest.approx(expected[number], abs=2e-12)
        assert number_probability(np.exp(cells.logs), number) == pytest.approx(
            expected[number] - (expected_marks(cells) if zero and number == 0 else 0), abs=1e-12
        )
    assert found.blank == pytest.approx(expected["blank"], abs=1e-12)
    assert found.struck == pytest.approx(expected["struck"] if not zero else 0, abs=1e-12)
    assert found.unreadable == pytest.approx(expected["unreadable"], abs=1e-12)
    assert whole(found) == pytest.approx(1, abs=1e-12)


def expected_marks(cells: FieldCells) -> float:
    plain = FieldCells(cells.field, cells.logs)
    return masses(plain)["struck"]


@given(st.integers(0, 10_000), st.integers(1, 3), st.booleans())
@settings(max_examples=25, deadline=None)
def test_the_best_spelling_is_the_best_of_all_patterns_that_say_it(seed: int, count: int, zero: bool) -> None:
    cells = some_cells(seed, count, marks_mean_zero=zero)
    table = np.exp(cells.logs)
    best: dict[int | None, float] = {}
    for classes in product(range(len(CLASSES)), repeat=count):
        said = said_by(classes, marks_mean_zero=zero)
        key = said if isinstance(said, int) else None
        mass = math.prod(float(table[cell, one]) for cell, one in enumerate(classes))
        best[key] = max(best.get(key, 0.0), mass)
    for number in (None, 0, 7, int("42"[:count]), 10**count - 1):
        spelled = best_spelling(cells, number)
        said = said_by(spelled, marks_mean_zero=zero)
        assert (said if isinstance(said, int) else None) == number
        assert math.prod(float(table[c, one]) for c, one in enumerate(spelled)) == pytest.approx(best[number], rel=1e-9)


@pytest.mark.parametrize(
    ("classes", "number"),
    [
        ((0, 4, 2), 42),
        ((BLANK, 4, 2), 42),
        ((DASH, BLANK, 7), 7),
        ((CROSS, CROSS, 0), 0),
        ((0, 0, 0), 0),
        ((BLANK, BLANK, BLANK), None),
        ((DASH, DASH, DASH), None),
        ((4, BLANK, 2), None),
        ((4, 2, DASH), None),
        ((ILLEGIBLE, 4, 2), None),
    ],
)
def test_clear_cells_say_their_number_or_none(classes: tuple[int, ...], number: int | None) -> None:
    found = field_values(clear(*classes))
    assert found.most_probable == number
    assert found.of(number) == pytest.approx(1)


def test_nothing_written_is_told_from_what_is_struck_and_what_is_unreadable() -> None:
    blank, struck, unreadable = (clear(*[one] * 2) for one in (BLANK, DASH, ILLEGIBLE))
    assert field_values(blank).blank == pytest.approx(1)
    assert field_values(struck).struck == pytest.approx(1)
    assert field_values(unreadable).unreadable == pytest.approx(1)


def test_marks_are_zero_only_where_the_form_says_so() -> None:
    dashes = clear(DASH, DASH)
    assert field_values(dashes).most_probable is None
    assert field_values(FieldCells(NAME, dashes.logs, marks_mean_zero=True)).most_probable == 0
    blanks = FieldCells(NAME, clear(BLANK, BLANK).logs, marks_mean_zero=True)
    assert field_values(blanks).most_probable is None


@given(st.integers(0, 10_000), st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_what_is_not_listed_is_in_the_tail_and_is_less_probable(seed: int, keep: int) -> None:
    cells = some_cells(seed, 3)
    every, few = field_values(cells, keep=1000), field_values(cells, keep=keep)
    assert len(few.values) <= keep
    assert whole(few) == pytest.approx(1, abs=1e-12)
    left_out = sorted((every.of(n) for n in every.values.tolist() if few.of(n) == 0), reverse=True)
    assert few.tail == pytest.approx(sum(left_out) + every.tail, abs=1e-12)
    assert few.largest_dropped == pytest.approx(left_out[0] if left_out else every.largest_dropped, abs=1e-12)
    assert few.largest_dropped <= few.weights.min() + 1e-15


def test_many_cells_are_followed_with_what_is_dropped_told() -> None:
    cells = some_cells(5, 9, concentration=1.0)
    found = field_values(cells, keep=256)
    table = np.exp(cells.logs)
    assert len(found.values) == 256
    assert whole(found) == pytest.approx(1, abs=1e-9)
    for value, weight in zip(found.values.tolist(), found.weights.tolist(), strict=True):
        exact = number_probability(table, value)
        assert weight <= exact * (1 + 1e-9)
        assert exact <= weight + found.largest_dropped


def test_the_least_probable_numbers_are_not_listed_but_counted() -> None:
    found = field_values(clear(1, 2, 3, sure=1 - 1e-9))
    assert 123 in found.values
    assert len(found.values) < 100
    assert 0 < found.tail <= 1.1e-12


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_evidence_weighs_every_number_and_no_number_by_bayes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells = some_cells(seed, 2)
    prior = masses(cells)
    words = ValueEvidence(NAME, "words", {int(n): float(-rng.exponential(3)) for n in rng.integers(0, 120, 4)}, -8.0)
    code = ValueEvidence(NAME, "code", {int(rng.integers(0, 100)): -0.01}, -12.0)
    found = field_values(cells, (words, code), keep=1000)
    weighed = {
        said: mass
        * math.exp(sum(one.logs.get(said, one.otherwise) if isinstance(said, int) else one.otherwise for one in pieces))
        for pieces in [(words, code)]
        for said, mass in prior.items()
    }
    total = sum(weighed.values())
    for number in range(100):
        assert found.of(number) == pytest.approx(weighed.get(number, 0.0) / total, abs=3e-12)
    none = sum(mass for said, mass in weighed.items() if isinstance(said, str))
    assert found.absent == pytest.approx(none / total, abs=1e-12)


def test_numbers_that_evidence_names_are_weighed_though_the_cells_hardly_have_them() -> None:
    cells = clear(1, 2, 3, sure=1 - 1e-6)
    strong = ValueEvidence(NAME, "code", {987: 0.0}, -60.0)
    assert field_values(cells).of(987) == 0
    assert field_values(cells, (strong,)).most_probable == 987


def test_evidence_of_no_number_says_nothing() -> None:
    cells = some_cells(3, 2)
    plain, beside = field_values(cells), field_values(cells, (ValueEvidence(NAME, "words", {}, -5.0),))
    assert beside.values.tolist() == plain.values.tolist()
    assert beside.weights == pytest.approx(plain.weights, abs=1e-15)


@pytest.mark.parametrize(
    "evidence",
    [
        ValueEvidence(FieldId("b"), "words", {}, 0.0),
        ValueEvidence(NAME, "words", {}, -math.inf),
        ValueEvidence(NAME, "words", {1: math.nan}, 0.0),
        ValueEvidence(NAME, "words", {1: math.inf}, 0.0),
    ],
)
def test_evidence_that_cannot_be_weighed_is_refused(evidence: ValueEvidence) -> None:
    with pytest.raises(BadUsage, match="words"):
        field_values(clear(1), (evidence,))


@pytest.mark.parametrize(
    "logs",
    [
        np.zeros((1, 14)),
        np.full((1, 10), -math.log(10)),
        np.full((10, 14), -math.log(14)),
        np.full((0, 14), -math.log(14)),
        np.full((1, 14), math.nan),
        np.full(14, -math.log(14)),
    ],
)
def test_cells_that_are_no_probabilities_are_refused(logs: NDArray[np.float64]) -> None:
    with pytest.raises(BadUsage, match="a: expected"):
        field_values(FieldCells(NAME, logs))
