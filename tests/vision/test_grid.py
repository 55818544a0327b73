"""Rows and cells that are printed are found where somebody drew roughly around them, empty or written in."""

import cv2
import numpy as np
import pytest
from drawn_form import FIELDS, HEIGHT, WIDTH, blank, box_of, cell_corners, filled
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from testigo.vision.grid import Grid, grids_in
from testigo.vision.layout import Rect

Pixels = NDArray[np.uint8]

FIGURES = {"a": "128", "b": "074", "c": "9__", "sum": "211", "blank": "_4_", "null": "007"}


def around(first: str, last: str, *, more: float = 7) -> Rect:
    """What a hand draws around the cells of these rows."""
    left, upper, _, _ = cell_corners(first, 0)
    _, _, right, lower = cell_corners(last, 2)
    wide, high = right - left + 2 * more, lower - upper + 2 * more
    return Rect((left - more) / WIDTH, (upper - more) / HEIGHT, wide / WIDTH, high / HEIGHT)


def edges(grid: Grid) -> tuple[float, ...]:
    return tuple(round(edge) for edge in grid.rect.in_pixels(WIDTH, HEIGHT))


def lines_of(first: str, last: str) -> tuple[int, ...]:
    """The outer lines of the cells of these rows."""
    return (*cell_corners(first, 0)[:2], *cell_corners(last, 2)[2:])


@pytest.mark.parametrize("page", [blank(), filled(FIGURES)], ids=["empty", "written in"])
@pytest.mark.parametrize(("first", "last"), [("a", "null"), ("b", "sum"), ("c", "c")])
def test_a_whole_column_is_counted_and_placed_on_its_lines(page: Pixels, first: str, last: str) -> None:
    (grid,) = grids_in(page, around(first, last))
    rows = FIELDS.index(last) - FIELDS.index(first) + 1
    assert (grid.rows, grid.cells) == (rows, 3)
    assert grid.gap == pytest.approx(0.5 if rows > 1 else 0, abs=0.02)
    assert np.abs(np.subtract(edges(grid), lines_of(first, last))).max() <= 2


@settings(deadline=None, max_examples=25)
@given(
    rows=st.integers(2, 12),
    cells=st.integers(1, 8),
    gap=st.integers(0, 24),
    side=st.integers(30, 60),
    line=st.integers(1, 3),
    seed=st.integers(0, 99),
)
def test_any_even_table_is_found(rows: int, cells: int, gap: int, side: int, line: int, seed: int) -> None:
    # A gap hardly wider than its lines is none that anybody could tell.
    gap = gap if gap > max(4 * line, side / 4) else 0
    paper = np.full((1200, 900, 3), 240, np.uint8)
    for row in range(rows):
        for cell in range(cells):
            corner = (120 + cell * side, 110 + row * (side + gap))
            cv2.rectangle(paper, corner, (corner[0] + side, corner[1] + side), (40, 40, 40), line)
    height, width = paper.shape[:2]
    draw = np.random.default_rng(seed)
    left, upper, right, lower = np.array([120, 110, 120 + cells * side, 110 + rows * side + (rows - 1) * gap])
    a, b, c, d = np.array([left - 4, upper - 4, right + 4, lower + 4]) + draw.integers(-3, 4, 4)
    found = grids_in(paper, Rect(a / width, b / height, (c - a) / width, (d - b) / height))
    assert [(grid.rows, grid.cells) for grid in found] == [(rows, cells)]
    assert np.abs(np.subtract(found[0].rect.in_pixels(width, height), (left, upper, right, lower))).max() <= 3
    # Where no two cells touch, nothing tells how thick the lines are.
    assert found[0].gap == pytest.approx(gap / (side + gap), abs=0.08 if cells > 1 or gap == 0 else 0.13)


def test_rows_in_uneven_steps_come_as_several_groups() -> None:
    paper = np.full((600, 500), 245, np.uint8)
    tops = (100, 150, 200, 330)
    for top in tops:
        for cell in range(3):
            cv2.rectangle(paper, (150 + 50 * cell, top), (200 + 50 * cell, top + 40), 50, 2)
    found = grids_in(paper, Rect(0.29, 0.15, 0.33, 0.49))
    assert [(grid.rows, grid.cells) for grid in found] == [(3, 3), (1, 3)]
    assert [round(grid.rect.y * 600) for grid in found] == [100, 330]


def test_where_no_cells_are_printed_none_are_found() -> None:
    assert grids_in(np.full((400, 400), 230, np.uint8), Rect(0.2, 0.2, 0.5, 0.5)) == ()
    left, upper, _, _ = box_of(0).in_pixels(WIDTH, HEIGHT)
    much = Rect(left / WIDTH - 0.02, upper / HEIGHT - 0.02, 0.6, 0.12)
    assert grids_in(blank(), much) == ()
