"""Keyers' reliability from their statements alone."""

import numpy as np
import pytest

from testigo.errors import BadUsage
from testigo.stats.keyers import Consensus, Ints, consensus

ERRORS = np.array([0.01, 0.01, 0.02, 0.05, 0.30])


def keyed(seed: int, items: int = 4_000, values: int = 10) -> tuple[Ints, Ints, Ints, Ints]:
    """Truth, and three statements an item by five keyers of whom one is careless."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, values, items)
    keyer = np.argsort(rng.random((items, 5)), axis=1)[:, :3].ravel()
    item = np.repeat(np.arange(items), 3)
    wrong = rng.random(len(item)) < ERRORS[keyer]
    stated = np.where(wrong, (truth[item] + rng.integers(1, values, len(item))) % values, truth[item])
    return truth, item, keyer, stated


def right(found: Ints, truth: Ints) -> float:
    return float((found == truth).mean())


def test_skills_come_out_and_the_consensus_beats_the_majority() -> None:
    truth, item, keyer, stated = keyed(1)
    found = consensus(item, keyer, stated, 10)
    assert [one.share for one in found.skills] == pytest.approx(1 - ERRORS, abs=0.02)
    assert right(found.values, truth) > 0.995 > right(found.majority, truth) > 0.98
    assert sum(one.keyed for one in found.skills) == 12_000


def test_the_careless_keyer_stands_apart_from_the_others() -> None:
    _, item, keyer, stated = keyed(2, items=300)
    skills = consensus(item, keyer, stated, 10).skills
    assert skills[4].high < min(one.low for one in skills[:4])


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(40):
        _, item, keyer, stated = keyed(seed, items=1_000)
        skills = consensus(item, keyer, stated, 10).skills
        held += sum(one.low <= 1 - wrong <= one.high for one, wrong in zip(skills, ERRORS, strict=True))
    assert 180 <= held <= 200


def test_whole_figures_work_as_digits_do() -> None:
    truth, item, keyer, stated = keyed(3, values=600)
    found = consensus(item, keyer, stated, 600)
    assert right(found.values, truth) > 0.995
    assert found.skills[4].share == pytest.approx(0.7, abs=0.03)


def test_the_more_reliable_of_two_is_believed_and_ties_have_no_majority() -> None:
    _, item, keyer, stated = keyed(4)
    two = np.array([4_000, 4_000])
    found = consensus(
        np.concatenate([item, two]), np.concatenate([keyer, [0, 4]]), np.concatenate([stated, [3, 8]]), 10
    )
    assert found.majority[4_000] == -1
    assert found.values[4_000] == 3
    assert 0.9 < found.certainty[4_000] < 1


def test_an_item_that_nobody_keyed_has_no_value() -> None:
    found = consensus(np.array([0, 2]), np.array([0, 0]), np.array([1, 1]), 10)
    assert (found.values[1], found.certainty[1], found.majority[1]) == (-1, 0.0, -1)


def test_the_order_of_the_statements_does_not_matter() -> None:
    _, item, keyer, stated = keyed(5, items=400)
    order = np.random.default_rng(0).permutation(len(item))
    one, other = consensus(item, keyer, stated, 10), consensus(item[order], keyer[order], stated[order], 10)
    assert_same(one, other)


def assert_same(one: Consensus, other: Consensus) -> None:
    assert (one.values == other.values).all()
    assert (one.majority == other.majority).all()
    assert one.certainty == pytest.approx(other.certainty, abs=1e-9)


@pytest.mark.parametrize(
    ("item", "keyer", "stated", "told"),
    [([0], [0], [10], "from 0 to 9"), ([0, 0], [0, 0], [1, 2], "came two"), ([], [], [], "from 0 to 9")],
)
def test_statements_that_cannot_be_are_refused(item: list[int], keyer: list[int], stated: list[int], told: str) -> None:
    a, b, c = (np.array(column, np.int64) for column in (item, keyer, stated))
    with pytest.raises(BadUsage, match=told):
        consensus(a, b, c, 10)
