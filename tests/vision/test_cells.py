"""Cells are cut where the boxes stand, the printed lines are gone, and what is no digit is told apart."""

import cv2
import numpy as np
import pytest
from drawn_form import FIELDS, LAYOUT, blank, cell_corners, filled
from troubled_photo import Pixels, Trouble, photograph

from testigo.core.form import form_from_toml
from testigo.core.ids import FieldId
from testigo.errors import BadElection
from testigo.vision.cells import Cell, cut_cells, even_ink
from testigo.vision.layout import FieldBox, Layout, Rect, layout_of
from testigo.vision.page import FoundPage, Reference, find_page, flatten, reference_of
from testigo.vision.refine import Printed, dark_lines

FIGURES = {"a": "120", "b": "_45", "c": "007", "sum": "172", "blank": "__3", "null": "011"}


@pytest.fixture(scope="module")
def reference() -> Reference:
    return reference_of(blank(), LAYOUT)


def cells_of(page: Pixels, reference: Reference) -> dict[tuple[str, int], Cell]:
    return {(cell.field, cell.index): cell for cell in cut_cells(page, reference.printed, LAYOUT)}


def test_there_is_one_small_picture_for_each_box_in_order(reference: Reference) -> None:
    cells = cut_cells(filled(FIGURES), reference.printed, LAYOUT)
    assert [(cell.field, cell.index) for cell in cells] == [(field, index) for field in FIELDS for index in range(3)]
    assert {(cell.pixels.shape, cell.pixels.dtype) for cell in cells} == {((40, 40), np.dtype(np.uint8))}


def test_a_box_that_nobody_wrote_in_is_empty_and_white(reference: Reference) -> None:
    for cell in cut_cells(blank(), reference.printed, LAYOUT):
        assert (cell.mark, cell.ink) == ("empty", 0.0)
        assert cell.pixels.min() > 200


def test_digits_are_written_and_blanks_are_empty(reference: Reference) -> None:
    cells = cells_of(filled(FIGURES), reference)
    for field, signs in FIGURES.items():
        marks = [cells[field, index].mark for index in range(3)]
        assert marks == ["empty" if sign == "_" else "written" for sign in signs]


def test_printed_lines_go_and_ink_stays(reference: Reference) -> None:
    page = filled({"a": "8__"})
    cell = cells_of(page, reference)["a", 0]
    x0, y0, x1, y1 = cell_corners("a", 0)
    grey = np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.uint8)
    ink = even_ink(grey, LAYOUT)[y0 + 4 : y1 - 4, x0 + 4 : x1 - 4]
    # The window is 1.25 cell heights: 50 pixels of the page become 40.
    written = (ink < 128).sum() * 0.8**2
    assert (cell.pixels < 128).sum() == pytest.approx(written, rel=0.35)
    assert cell.pixels[:, :4].min() > 200
    assert cell.pixels[:4].min() > 200
    assert cell.pixels[-4:].min() > 200


def test_a_stroke_that_crosses_a_line_goes_on_through_it(reference: Reference) -> None:
    page = filled({})
    x0, _, x1, y1 = cell_corners("c", 1)
    cv2.line(page, ((x0 + x1) // 2, y1 - 20), ((x0 + x1) // 2, y1 + 10), (120, 40, 30), 4)
    column = cells_of(page, reference)["c", 1].pixels[:, 19:21].mean(axis=1)
    assert column[22:38].max() < 160


PENS = {"blue": (130, 50, 30), "black": (20, 20, 20), "pencil": (150, 140, 130), "red": (50, 40, 235)}
RED_PRINT = (120, 130, 250)


def oval(page: Pixels, pen: tuple[int, int, int]) -> Pixels:
    x0, y0, x1, y1 = cell_corners("b", 1)
    cv2.ellipse(page, ((x0 + x1) // 2, (y0 + y1) // 2), (9, 13), 0, 0, 360, pen, 2, cv2.LINE_AA)
    return page


@pytest.mark.parametrize("pen", PENS.values(), ids=PENS)
def test_ink_is_seen_in_any_pen(reference: Reference, pen: tuple[int, int, int]) -> None:
    assert cells_of(oval(filled({}), pen), reference)["b", 1].mark == "written"


def test_red_lines_around_cells_do_not_hide_a_red_pen() -> None:
    lines = filled({})
    lines[(lines < 60).all(axis=2)] = RED_PRINT
    assert cells_of(oval(lines.copy(), PENS["red"]), reference_of(lines, LAYOUT))["b", 1].mark == "written"


@pytest.mark.parametrize("pen", ["blue", "black", "pencil"])
def test_what_is_printed_red_within_a_box_is_no_ink(pen: str) -> None:
    page = filled({})
    left, _, _, lower = cell_corners("b", 2)
    cv2.putText(page, "3", (left + 12, lower - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.9, RED_PRINT, 2)
    cells = cells_of(oval(page.copy(), PENS[pen]), reference_of(page, LAYOUT))
    assert (cells["b", 1].mark, cells["b", 2].mark) == ("written", "empty")


def test_struck_and_overwritten_cells_are_no_digits(reference: Reference) -> None:
    page = filled({"a": "356"})
    x0, y0, x1, y1 = cell_corners("a", 0)
    cv2.line(page, (x0 - 4, y0 + 22), (x1 + 4, y0 + 17), (120, 50, 30), 3)
    x0, y0, x1, y1 = cell_corners("a", 1)
    cv2.line(page, (x0 + 2, y0 + 2), (x1 - 2, y1 - 2), (120, 50, 30), 3)
    cv2.line(page, (x0 + 2, y1 - 2), (x1 - 2, y0 + 2), (120, 50, 30), 3)
    x0, y0, x1, y1 = cell_corners("a", 2)
    cv2.rectangle(page, (x0 + 9, y0 + 6), (x1 - 9, y1 - 6), (120, 50, 30), -1)
    cells = cells_of(page, reference)
    assert [cells["a", index].mark for index in range(3)] == ["crossed", "crossed", "heavy"]


def test_a_field_that_a_fold_moved_is_cut_where_it_stands(reference: Reference) -> None:
    page = filled({"b": "358"})
    level = cells_of(page, reference)
    x0, y0, x1, y1 = cell_corners("b", 0)
    moved = page.copy()
    moved[y0 - 16 : y1 + 20, x0 - 16 : x1 + 120] = page[y0 - 19 : y1 + 17, x0 - 18 : x1 + 118]
    for (_, index), cell in cells_of(moved, reference).items():
        if cell.field == "b":
            difference = cell.pixels.astype(float) - level["b", index].pixels
            assert np.abs(difference).mean() < 6
            assert cell.placed > 0.6


def test_a_box_that_is_not_there_is_known_by_its_lines(reference: Reference) -> None:
    page = filled({"c": "123"})
    x0, y0, x1, y1 = cell_corners("sum", 0)
    page[y0 - 20 : y1 + 20, x0 - 20 : x1 + 120] = 250
    cells = cells_of(page, reference)
    assert cells["sum", 0].placed < 0.2
    assert cells["c", 0].placed > 0.8


def test_cells_of_a_photograph_show_the_same_ink(reference: Reference) -> None:
    page = filled(FIGURES)
    level = cells_of(page, reference)
    photo, _ = photograph(page, 11, Trouble(turn=187), side=1500)
    found = find_page(photo, reference)
    assert isinstance(found, FoundPage)
    for key, cell in cells_of(flatten(photo, found), reference).items():
        assert cell.mark == level[key].mark
        if cell.mark == "written":
            assert np.corrcoef(cell.pixels.ravel(), level[key].pixels.ravel())[0, 1] > 0.8


FORM = """
[form]
id = "small"
name = "Small"
paper_mm = [200, 100]
fields = ["a"]
[[box]]
field = "a"
box_mm = [50, 20, 30, 10]
cells = 3
[[personal]]
what = "names"
box_mm = [100, 50, 80, 40]
"""


def test_a_layout_says_in_fractions_what_the_form_says_in_millimetres() -> None:
    layout = layout_of(form_from_toml(FORM, "form.toml"))
    (box,) = layout.boxes
    assert (box.rect.x, box.rect.y, box.rect.w, box.rect.h) == (0.25, 0.2, 0.15, 0.1)
    assert box.cell(2).in_pixels(2000, 1000) == pytest.approx((700, 200, 800, 300))
    assert box.cells == 3
    assert layout.personal[0].in_pixels(200, 100) == pytest.approx((100, 50, 180, 90))
    assert layout.box(FieldId("b")) is None


@pytest.mark.parametrize(("cells", "shape"), [(1, "3.0"), (8, "0.4")])
def test_cells_too_wide_or_too_narrow_for_one_digit_are_refused_where_they_are_read(cells: int, shape: str) -> None:
    text = FORM.replace("cells = 3", f"cells = {cells}")
    assert form_from_toml(text, "form.toml").boxes[0].cells == cells
    with pytest.raises(BadElection, match=rf"box\[1\]: expected cells 0.5 to 2.5 .* came {shape}; .* \[\[column\]\]"):
        form_from_toml(text.replace('fields = ["a"]', 'fields = ["a"]\nreference = "blank.png"'), "form.toml")


@pytest.mark.parametrize("shape", [1.6, 2.0, 2.5])
def test_a_digit_far_from_the_middle_of_a_wide_cell_is_seen_whole(shape: float) -> None:
    rect = Rect(0.1, 0.2, 3 * shape * 50 / 1400, 50 / 900)
    layout = Layout("wide", 1, (297, 191), (FieldBox(FieldId("a"), rect, 3),))
    page = np.full((900, 1400), 250, np.uint8)
    left, upper, right, lower = (round(v) for v in layout.boxes[0].rect.in_pixels(1400, 900))
    lined = cv2.rectangle(page, (left, upper), (right, lower), 40, 2).copy()
    cv2.putText(page, "8", (left + round(12.5 * shape) - 12, lower - 10), cv2.FONT_HERSHEY_SIMPLEX, 1.15, 60, 2)
    first, *others = cut_cells(page, Printed(dark_lines(lined), np.zeros((0, 2))), layout)
    _, columns = np.nonzero(first.pixels < 160)
    assert (first.mark, [one.mark for one in others]) == ("written", ["empty", "empty"])
    assert 1 <= columns.min() <= columns.max() < 20
    # Some 15 pixels of the page become so many of a window that shows 0.25 heights less than the box.
    assert np.ptp(columns) >= 13 * 40 / (50 * max(1.25, shape - 0.25))


def test_a_box_beyond_the_paper_is_refused() -> None:
    with pytest.raises(BadElection, match="box a"):
        layout_of(form_from_toml(FORM.replace("[50, 20, 30, 10]", "[190, 20, 30, 10]"), "form.toml"))
    with pytest.raises(BadElection, match="page from 1 to 1, came 2"):
        layout_of(form_from_toml(FORM, "form.toml"), 2)
