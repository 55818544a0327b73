"""Last digits against a smoothed histogram."""

import numpy as np
import pytest

from testigo.stats.last_digit import FEWEST, LEAST, last_digit


def counts(seed: int, n: int = 20_000) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Steep, as the votes of the second choice are."""
    return np.random.default_rng(seed).exponential(90, n).astype(np.int64)


def test_a_steep_histogram_is_not_reported_although_its_digits_are_not_uniform() -> None:
    found = [last_digit(counts(seed)) for seed in range(20)]
    assert all(one is not None for one in found)
    assert sum(one.p < 0.05 for one in found if one) <= 4
    assert sum(one.reported for one in found if one) <= 3
    first = found[0]
    assert first is not None
    assert first.expected[0] > 1.05 * first.expected[9]


def test_invented_digits_are_reported() -> None:
    """People write too few noughts and fives: here half of them become the digit below or above."""
    rng = np.random.default_rng(1)
    written = counts(2)
    change = (written % 5 == 0) & (rng.random(len(written)) < 0.5)
    found = last_digit(np.where(change, written + rng.choice([-1, 1], len(written)), written))
    assert found is not None
    assert found.reported
    assert found.p < 1e-6
    assert found.observed[0] < found.expected[0]
    assert found.observed[5] < found.expected[5]


def test_the_statistic_is_pearsons_and_both_rows_have_the_same_sum() -> None:
    found = last_digit(counts(3))
    assert found is not None
    assert sum(found.observed) == found.n == pytest.approx(sum(found.expected))
    by_hand = sum((o - e) ** 2 / e for o, e in zip(found.observed, found.expected, strict=True))
    assert found.statistic == pytest.approx(by_hand)
    assert found.flagged == ()
    assert len(found.beside) == 2


def test_counts_below_the_least_take_no_part_and_few_are_not_tested() -> None:
    few = np.arange(LEAST, LEAST + FEWEST - 1)
    assert last_digit(np.concatenate([few, np.zeros(5000, np.int64)])) is None
    found = last_digit(np.arange(LEAST + FEWEST))
    assert found is not None
    assert found.n == FEWEST


def test_even_counts_are_expected_to_be_even() -> None:
    """A flat histogram has uniform digits: the smoothing adds nothing of its own."""
    found = last_digit(np.tile(np.arange(1000), 20))
    assert found is not None
    assert found.statistic < 1
    assert found.p > 0.99
