"""Forms that are filled in by hand: what is drawn stands where form.toml says, and figures obey or break the sums."""

from itertools import combinations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testigo.core.arithmetic import evaluate
from testigo.core.form import form_from_toml
from testigo.core.ids import FieldId
from testigo.errors import BadUsage
from testigo.vision.layout import layout_of
from testigo_drill.ballots import broken_figures, true_figures
from testigo_drill.filling import Sheet, cell_box, filled, tampered
from testigo_drill.hands import HANDS
from testigo_drill.layouts import COLUMN, FORMS, TEST_FORMS, TUNE_FORMS, WrittenForm, form_toml
from testigo_drill.paper import blank_page
from testigo_drill.sheet import PIXELS_PER_MM

each_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
seeds = st.integers(0, 2**32)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def sheet_by(form: WrittenForm, hand: str, seed: int = 1, corrections: int = 0) -> Sheet:
    chance = rng(seed)
    return filled(form, "010203.04", true_figures(form, chance), HANDS[hand], chance, corrections=corrections)


def has_cycle(form: WrittenForm) -> bool:
    """Whether sums and fields, each joined to the other where a sum names a field, run in a circle."""
    root: dict[str, str] = {}

    def top(name: str) -> str:
        while name in root:
            name = root[name]
        return name

    for one in form.sums:
        for field in one.parts + one.whole:
            a, b = top(f"sum {one.code}"), top(field)
            if a == b:
                return True
            root[a] = b
    return False


def test_the_forms_for_tuning_and_for_measuring_differ_and_so_do_their_sums() -> None:
    for what in ("id", "name", "paper", "fields", "sums", "ink", "corners", "labels_at"):
        tuned, tested = ({getattr(form, what) for form in group} for group in (TUNE_FORMS, TEST_FORMS))
        assert not tuned & tested, what
    assert {form.id: (len(form.fields), len(form.sums), has_cycle(form)) for form in TUNE_FORMS} == {
        "slip": (10, 3, False),
        "column": (12, 2, False),
        "blocks": (22, 6, False),
        "crossed": (21, 10, True),
    }
    assert {form.id: (len(form.fields), len(form.sums), has_cycle(form)) for form in TEST_FORMS} == {
        "flat": (16, 2, False),
        "cross": (26, 11, True),
        "ledger": (34, 5, False),
    }
    for group in (TUNE_FORMS, TEST_FORMS):
        assert {form.paper[0] > form.paper[1] for form in group} == {True, False}
        assert {one.cells for form in group for one in form.fields} == {3, 4}


@each_form
def test_every_field_is_in_a_sum(form: WrittenForm) -> None:
    summed = {field for one in form.sums for field in one.parts + one.whole}
    assert summed == {one.field for one in form.fields}


@each_form
def test_form_toml_says_what_is_drawn(form: WrittenForm) -> None:
    read = form_from_toml(form_toml(form), form.id)
    layout_of(read)
    assert (read.id, read.paper_mm, read.reference) == (form.id, form.paper, "blank.png")
    assert [(box.field, box.cells) for box in read.boxes] == [(one.field, one.cells) for one in form.fields]
    for box, one in zip(read.boxes, form.fields, strict=True):
        assert box.box_mm == pytest.approx(one.box)
    assert read.personal[0].box_mm == form.personal
    assert read.codes[0].region_mm == form.code
    assert [(rule.code, rule.text) for rule in read.rules] == [(one.code, one.text) for one in form.sums]


@each_form
def test_nothing_stands_upon_something_else(form: WrittenForm) -> None:
    places = [one.box for one in form.fields] + [form.code, form.personal]
    for (ax, ay, aw, ah), (bx, by, bw, bh) in combinations(places, 2):
        assert ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay
    for x, y, wide, high in places:
        assert x > 5
        assert y > 5
        assert x + wide < form.paper[0] - 5
        assert y + high < form.paper[1] - 5


@each_form
def test_every_drawn_cell_stands_where_form_toml_says(form: WrittenForm) -> None:
    dark = cv2.cvtColor(blank_page(form), cv2.COLOR_BGR2GRAY) < 160
    for one in form.fields:
        for index in range(one.cells):
            x0, y0, x1, y1 = cell_box(form, one.field, index)
            assert not dark[y0 + 3 : y1 - 2, x0 + 3 : x1 - 2].any()
            for edge in (dark[y0 - 1 : y0 + 2, x0:x1].any(axis=0), dark[y1 - 1 : y1 + 2, x0:x1].any(axis=0)):
                assert edge.all()
            for side in (x0, x1):
                assert dark[y0:y1, side - 1 : side + 2].any(axis=1).all()


@each_form
def test_ink_stands_in_the_cells_that_hold_a_mark(form: WrittenForm) -> None:
    sheet = sheet_by(form, "lucia")
    blank, page = blank_page(form), sheet.picture()
    for cell in sheet.cells:
        x0, y0, x1, y1 = cell_box(form, cell.field, cell.index)
        inner = np.s_[y0 + 8 : y1 - 8, x0 + 14 : x1 - 14]
        assert np.array_equal(blank[inner], page[inner]) == (cell.mark == "")


@given(seed=seeds, form=st.sampled_from(list(FORMS.values())))
def test_true_figures_obey_every_rule_of_the_form(seed: int, form: WrittenForm) -> None:
    figures = true_figures(form, rng(seed))
    rules = form_from_toml(form_toml(form), form.id).rules
    counts = {FieldId(field): value for field, value in figures.items()}
    assert {evaluate(rule, counts).state for rule in rules} == {"pass"}
    assert all(0 <= figures[one.field] < 10**one.cells for one in form.fields)


@given(seed=seeds, form=st.sampled_from(list(FORMS.values())))
def test_a_writers_mistake_changes_one_figure_and_breaks_the_sums_that_are_told(seed: int, form: WrittenForm) -> None:
    figures = true_figures(form, rng(seed))
    changed, field = broken_figures(form, figures, rng(seed))
    assert [name for name in figures if figures[name] != changed[name]] == [field]
    rules = form_from_toml(form_toml(form), form.id).rules
    counts = {FieldId(name): value for name, value in changed.items()}
    failed = tuple(rule.code for rule in rules if evaluate(rule, counts).state == "fail")
    assert failed == form.broken(changed) != ()


@pytest.mark.parametrize(("hand", "before"), [("ilse", ""), ("karim", "0"), ("joao", "-")])
def test_short_figures_stand_at_the_right_as_the_writer_is_used_to(hand: str, before: str) -> None:
    figures = dict.fromkeys((one.field for one in COLUMN.fields), 7)
    sheet = filled(COLUMN, "010203.04", figures, HANDS[hand], rng())
    assert [cell.mark for cell in sheet.cells[:3]] == [before, before, "7"]
    assert sheet.figures == figures


def test_a_figure_that_does_not_fit_its_box_is_refused() -> None:
    figures = true_figures(COLUMN, rng())
    with pytest.raises(BadUsage, match=r"column\.A1: expected 3 digits, came 1000"):
        filled(COLUMN, "010203.04", figures | {"A1": 1000}, HANDS["ilse"], rng())


@each_form
@pytest.mark.parametrize("corrections", [0, 1, 2])
def test_corrected_digits_are_told_and_the_figures_stay(form: WrittenForm, corrections: int) -> None:
    chance = rng(3)
    figures = true_figures(form, chance)
    sheet = filled(form, "010203.04", figures, HANDS["priya"], chance, corrections=corrections)
    assert sheet.figures == figures
    assert len(sheet.doubtful) == corrections
    assert all(len(cell.inks) == {"plain": min(1, len(cell.mark)), "overwritten": 2, "corrected": 3}[cell.state]
               for cell in sheet.cells)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
@each_form
def test_a_replaced_digit_breaks_a_sum_and_shows_another_digit_of_the_sheet(form: WrittenForm, seed: int) -> None:
    sheet = sheet_by(form, "oscar", seed)
    other, (field, index) = tampered(sheet, rng(seed))
    assert sheet.broken == () != other.broken
    differ = [(a, b) for a, b in zip(sheet.cells, other.cells, strict=True) if a is not b]
    ((before, after),) = differ
    assert (after.field, after.index) == (field, index)
    assert after.mark != before.mark
    assert any(cell.inks is after.inks and cell.mark == after.mark for cell in sheet.cells)
    changed = np.argwhere((sheet.picture() != other.picture()).any(axis=2))
    x0, y0, x1, y1 = cell_box(form, field, index)
    assert (np.abs(changed - ((y0 + y1) / 2, (x0 + x1) / 2)).max(axis=0) < 1.3 * PIXELS_PER_MM * 9).all()


def test_a_sheet_without_two_digits_cannot_be_tampered_with() -> None:
    figures = dict.fromkeys((one.field for one in COLUMN.fields), 0)
    with pytest.raises(BadUsage, match="two different digits"):
        tampered(filled(COLUMN, "010203.04", figures, HANDS["ilse"], rng()), rng())


def test_no_field_but_the_forms_own_has_a_place() -> None:
    with pytest.raises(BadUsage, match="expected one of its fields, came votes"):
        COLUMN.box("votes")
