"""Writers of the drill: every hand writes every figure, never twice the same, and none is known to the digit reader."""

import ast
from pathlib import Path

import numpy as np
import pytest

from testigo.errors import BadUsage
from testigo_drill.hands import HANDS, TEST_HANDS, TUNE_HANDS, Hand, cell_picture
from testigo_drill.numerals import NUMERALS
from testigo_drill.pen import path_of
from testigo_drill.unseen_numerals import UNSEEN_NUMERALS

ROOT = Path(__file__).parents[2]
each_hand = pytest.mark.parametrize("hand", HANDS.values(), ids=HANDS)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_hands_for_tuning_and_for_measuring_are_different_people() -> None:
    names = [hand.name for hand in TUNE_HANDS + TEST_HANDS]
    assert len(set(names)) == len(names) == len(HANDS)
    assert (len(TUNE_HANDS), len(TEST_HANDS)) == (16, 12)
    assert tuple(HANDS.values()) == TUNE_HANDS + TEST_HANDS
    habits = [(hand.slant, hand.aspect, hand.size, hand.pen_mm) for hand in HANDS.values()]
    assert len(set(habits)) == len(habits)
    for digit in range(10):
        tuned, tested = ({way for hand in group for way in hand.ways[digit]} for group in (TUNE_HANDS, TEST_HANDS))
        assert not tuned & tested


def test_a_way_of_writing_belongs_to_one_group_and_somebody_writes_so() -> None:
    for mark, ways in UNSEEN_NUMERALS.items():
        known = NUMERALS[mark]
        assert not set(ways) & set(known)
        assert not set(ways.values()) & set(known.values())
        assert set(ways) == {way for hand in TEST_HANDS for way in hand.ways[int(mark)]}


@pytest.mark.parametrize(
    ("group", "kinds"),
    [
        (TUNE_HANDS, {
            0: ("open", "slashed"), 1: ("flagged", "footed", "plain"), 2: ("looped", "swan"), 4: ("open", "closed"),
            5: ("one-stroke", "two-stroke"), 7: ("plain", "crossed"), 9: ("straight", "curled"),
        }),
        (TEST_HANDS, {
            0: ("unclosed", "bar-inside"), 1: ("tick", "pedestal", "stick"), 2: ("knot", "arch"),
            4: ("fork", "pennant"), 5: ("sweep", "hat"), 7: ("bare", "barred"), 9: ("balloon", "fishhook"),
        }),
    ],
    ids=["tune", "test"],
)  # fmt: skip
def test_both_groups_hold_the_ways_of_writing_that_differ_between_regions(
    group: tuple[Hand, ...], kinds: dict[int, tuple[str, ...]]
) -> None:
    for digit, ways in kinds.items():
        assert {hand.ways[digit][0] for hand in group} >= set(ways)
    assert {hand.leading for hand in group} == {"blanks", "zeros", "dashes"}
    assert min(hand.slant for hand in group) < 0 < max(hand.slant for hand in group)


@pytest.mark.parametrize("folder", ["training", "src/testigo"])
def test_what_reads_digits_never_sees_the_hands(folder: str) -> None:
    hidden = {f"testigo_drill.{name}" for name in ("hands", "numerals", "pen", "unseen_numerals")}
    sources = list((ROOT / folder).rglob("*.py"))
    assert sources
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            assert not hidden & set(names), path


@each_hand
def test_every_way_that_a_hand_names_is_a_way_of_that_numeral(hand: Hand) -> None:
    assert len(hand.ways) == 10
    for digit, ways in enumerate(hand.ways):
        known = UNSEEN_NUMERALS if hand in TEST_HANDS else NUMERALS
        assert set(ways) <= set(known[str(digit)])


@each_hand
def test_a_hand_writes_every_mark_within_reach_of_its_cell(hand: Hand) -> None:
    chance = rng(7)
    for mark in [*NUMERALS, "-", "x", "strike"]:
        ink = hand.write(mark, (70, 64), 8, chance)
        rows, columns = np.nonzero(ink.cover > 60)
        assert len(rows) > 20
        inside = (rows + ink.top > -13) & (rows + ink.top < 77) & (columns + ink.left > -14) & (columns + ink.left < 84)
        assert inside.mean() > 0.9


@each_hand
def test_a_hand_is_the_same_for_a_seed_and_never_writes_a_figure_twice_the_same(hand: Hand) -> None:
    for digit in "0123456789":
        one, again, other = (cell_picture(hand, digit, rng(seed)) for seed in (3, 3, 4))
        assert np.array_equal(one, again)
        assert not np.array_equal(one, other)


def test_no_two_hands_write_a_figure_alike() -> None:
    for digit in "0123456789":
        assert len({cell_picture(hand, digit, rng(5)).tobytes() for hand in HANDS.values()}) == len(HANDS)


def test_a_mark_that_nobody_writes_is_refused() -> None:
    with pytest.raises(BadUsage, match="expected one of 0 1 2"):
        TUNE_HANDS[0].write("?", (70, 64), 8, rng())


def test_ink_only_darkens_and_what_leaves_the_page_is_lost() -> None:
    page = np.full((60, 60, 3), 200, np.uint8)
    ink = TUNE_HANDS[0].write("8", (70, 64), 8, rng())
    for x, y in ((-30, -30), (0, 0), (40, 40), (500, 500), (-500, 0)):
        ink.put_on(page, x, y)
    assert page.max() == 200
    assert page.min() < 150


def test_a_quick_pen_rounds_corners_and_both_begin_and_end_where_they_should() -> None:
    corner = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 1.0)]
    slow, quick = path_of(corner, 0.0), path_of(corner, 1.0)
    for way in (slow, quick):
        assert way[0].tolist() == [0, 0]
        assert way[-1].tolist() == [1, 1]
    missed = [float(np.hypot(*(way - (1.0, 0.0)).T).min()) for way in (slow, quick)]
    assert missed[0] < 0.02 < missed[1]
