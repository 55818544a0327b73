"""Sheets with a digit cell replaced, so that a sum breaks: none may be bent to fit where the ink is clear.

The reader is invented (`noisy_channel`) and calibrated: where it says that a cell shows another digit with 0.2, it does
so in one case of five. No rule can then keep every repair out: a replaced cell that the ink itself takes for the
digit that the sum wants cannot be told from a misread one. So there are two gates. Where no cell is hard to read, not
one sheet may be rewritten, though plain maximum a posteriori rewrites many. Where some cells are hard, no sheet may be
rewritten but by the digits that the ink leaves open, and few.
"""

from collections import Counter

import numpy as np
import pytest
from noisy_channel import COLUMN, CROSSING, STRUCTURES, TREE, Structure, seen, swapped

from testigo.stats.posterior import USUAL, Thresholds, read_sheet

PLAIN = Thresholds(likelihood_ratio=0.0, unconfirmed_ratio=0.0)
HARD = 0.01
"""About one whole sheet in eight is then misread by its cells alone."""


def outcomes(structure: Structure, sheets: int, hard: float, seed: int, usual: Thresholds = USUAL) -> Counter[str]:
    """How many clean sheets were accepted, right and wrong, and how many replaced ones, and how few told as broken."""
    rng = np.random.default_rng(seed)
    found: Counter[str] = Counter()
    for _ in range(sheets):
        counts = structure.sheet(rng)
        read = read_sheet(seen(structure, counts, rng, hard), structure.rules, (), usual)
        if read.verdict == "sure":
            found["accepted" if read.counts == counts else "accepted wrongly"] += 1
        doctored = swapped(structure, counts, rng)
        read = read_sheet(seen(structure, doctored, rng, hard), structure.rules, (), usual)
        if read.verdict == "sure":
            found["repaired in silence"] += 1
            open_to_ink = {change.field: change.field_ratio for change in read.changes}.values()
            found["beyond the ink"] += float(np.prod(list(open_to_ink))) < usual.likelihood_ratio
        found["told as broken"] += read.why == "broken" and bool(read.broken)
    return found


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda one: one.name)
def test_no_sheet_with_a_replaced_cell_is_bent_to_fit_where_the_ink_is_clear(structure: Structure) -> None:
    sheets = 3 if structure is CROSSING else 15
    found = outcomes(structure, sheets, hard=0.0, seed=1)
    assert found["repaired in silence"] == 0
    assert found["told as broken"] == sheets
    assert found["accepted"] >= sheets - 1


@pytest.mark.slow
def test_plain_maximum_a_posteriori_would_have_bent_them() -> None:
    found = outcomes(TREE, 30, hard=0.0, seed=1, usual=PLAIN)
    assert found["repaired in silence"] > 5


def test_where_cells_are_hard_only_what_the_ink_leaves_open_is_chosen() -> None:
    found = outcomes(TREE, 30, hard=0.1, seed=2)
    assert found["accepted wrongly"] == 0
    assert found["beyond the ink"] == 0
    assert found["accepted"] > 15


@pytest.mark.slow
@pytest.mark.parametrize(("structure", "sheets"), [(TREE, 700), (COLUMN, 300), (CROSSING, 40)])
def test_none_of_over_a_thousand_sheets_with_a_replaced_cell_is_repaired_in_silence(
    structure: Structure, sheets: int
) -> None:
    found = outcomes(structure, sheets, hard=0.0, seed=3)
    assert found["repaired in silence"] == 0
    assert found["told as broken"] == sheets
    assert found["accepted wrongly"] == 0
    assert found["accepted"] >= 0.85 * sheets


@pytest.mark.slow
@pytest.mark.parametrize(("structure", "sheets"), [(TREE, 700), (COLUMN, 300), (CROSSING, 40)])
def test_with_hard_cells_few_replaced_ones_pass_and_none_beyond_the_ink(structure: Structure, sheets: int) -> None:
    found = outcomes(structure, sheets, hard=HARD, seed=4)
    assert found["beyond the ink"] == 0
    assert found["repaired in silence"] <= 0.01 * sheets
    assert found["accepted wrongly"] <= 0.005 * sheets
    assert found["accepted"] >= 0.8 * sheets
