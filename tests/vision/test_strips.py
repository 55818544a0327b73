"""Digits of a whole row: all ways to lay so many over a strip are summed, and the model reads what is written."""

from itertools import product

import cv2
import numpy as np
import pytest

from testigo.vision.free_row import strip_of
from testigo.vision.strips import StripReader, digits_of


def by_enumeration(steps: np.ndarray, digits: int) -> tuple[np.ndarray, float]:
    """The same by going through every path of columns: at most three steps."""
    found, total = np.zeros((digits, 10)), 0.0
    for path in product(range(11), repeat=len(steps)):
        text = [one for at, one in enumerate(path) if one and (at == 0 or path[at - 1] != one)]
        if len(text) == digits:
            chance = float(np.prod([step[one] for step, one in zip(steps, path, strict=True)]))
            total += chance
            for place, one in enumerate(text):
                found[place, one - 1] += chance
    return found / total, total


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_digits_of_a_strip_are_the_sum_over_all_paths_that_say_so_many(digits: int) -> None:
    steps = np.random.default_rng(digits).dirichlet(np.full(11, 0.5), 4)
    found, exactly = digits_of(steps, digits)
    expected, total = by_enumeration(steps, digits)
    assert exactly == pytest.approx(total)
    assert found == pytest.approx(expected)
    assert found.sum(axis=1) == pytest.approx(np.ones(digits))


def test_a_strip_too_short_for_so_many_digits_says_nothing() -> None:
    found, exactly = digits_of(np.full((2, 11), 1 / 11), 3)
    assert exactly == 0
    assert found == pytest.approx(np.full((3, 10), 0.1))


@pytest.mark.parametrize("figure", ["000", "417", "1155", "62"])
def test_a_clear_figure_is_read_whether_or_not_its_digits_touch_a_rule(figure: str) -> None:
    row = np.full((100, 60 + 44 * len(figure)), 255, np.uint8)
    for place, digit in enumerate(figure):
        cv2.putText(row, digit, (28 + 44 * place, 75), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 30, 5, cv2.LINE_AA)
    cv2.line(row, (0, 78), (row.shape[1], 78), 120, 2)
    strip = strip_of(row, (28, 28, row.shape[1] - 28, 76))
    assert strip.shape[0] == 40
    assert strip.shape[1] % 4 == 0
    (steps,) = StripReader().read([strip])
    found, exactly = digits_of(steps, len(figure))
    assert "".join(str(int(one)) for one in found.argmax(axis=1)) == figure
    assert exactly > 0.5
