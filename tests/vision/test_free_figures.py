"""Figures without boxes: rows are found, each is read as a whole, what cannot be told is illegible."""

import cv2
import numpy as np
import pytest
from drawn_column import drawn_column

from testigo.core.ids import FieldId
from testigo.vision.free_figures import column_ink, row_probabilities
from testigo.vision.free_row import FreeRow, find_rows
from testigo.vision.layout import FreeColumn, Rect
from testigo.vision.load import Pixels
from testigo.vision.strips import StripReader
from testigo_drill.hands import TUNE_HANDS

ROW = 100


def column(*figures: str, struck: tuple[int, ...] = ()) -> Pixels:
    """A column of ruled rows with a figure in each that is named, dashes before it, as clerks write them."""
    page = np.full((ROW * 6, 400), 215, np.uint8)
    for row in range(7):
        cv2.line(page, (0, row * ROW), (360, row * ROW), 120, 2)
    cv2.line(page, (360, 0), (360, ROW * 6), 120, 2)
    for row, figure in enumerate(figures):
        y = row * ROW + 80
        cv2.line(page, (5, y - 30), (110, y - 30), 60, 4)
        for place, digit in enumerate(figure):
            cv2.putText(page, digit, (135 + place * 70, y), cv2.FONT_HERSHEY_SIMPLEX, 2.2, 50, 6, cv2.LINE_AA)
        if row in struck:
            cv2.line(page, (115, y - 28), (345, y - 24), 50, 5)
    return page


@pytest.fixture(scope="module")
def reader() -> StripReader:
    return StripReader()


def test_views_count_by_how_well_they_show_so_many_digits_and_the_rest_is_illegible(reader: StripReader) -> None:
    (row,) = find_rows(column("417"), row_height=ROW, fewest=3)
    blank = FreeRow(row.box, (np.full((40, 80), 255, np.uint8),), struck=False)
    half = FreeRow(row.box, (row.strips[0], blank.strips[0]), struck=False)
    clear, nothing, both = (row_probabilities(one, 3, reader) for one in (row, blank, half))
    assert clear.argmax(axis=1).tolist() == [4, 1, 7]
    assert nothing.argmax(axis=1).tolist() == [13, 13, 13]
    assert both[:, :10].argmax(axis=1).tolist() == [4, 1, 7]
    assert (both[:, 13] > clear[:, 13]).all()
    for found in (clear, nothing, both):
        assert found.sum(axis=1) == pytest.approx([1, 1, 1])


def test_a_figure_that_is_longer_than_asked_is_illegible(reader: StripReader) -> None:
    (row,) = find_rows(column("417"), row_height=ROW, fewest=2)
    assert row_probabilities(row, 3, reader).argmax(axis=1).tolist() == [4, 1, 7]
    assert float(np.prod(1 - row_probabilities(row, 2, reader)[:, 13])) < 0.5


def test_a_row_of_thin_strokes_between_rows_of_noughts_is_a_row() -> None:
    rows = find_rows(column("000", "111", "000"), row_height=ROW, fewest=3)
    assert [row.box[1] // ROW for row in rows] == [0, 1, 2]


def test_rows_are_found_under_rules_and_dashes_and_a_struck_one_is_told() -> None:
    rows = find_rows(column("120", "345", "345", struck=(1,)), row_height=ROW, fewest=3)
    assert [row.struck for row in rows] == [False, True, False]
    assert [row.box[1] // ROW for row in rows] == [0, 1, 2]


def test_a_column_says_its_fields_from_the_top_without_what_is_struck_out(reader: StripReader) -> None:
    fields = (FieldId("first"), FieldId("second"))
    free = FreeColumn(fields, Rect(0, 0, 1, 1), 1 / 6, 3)
    found = dict(column_ink(column("120", "345", "345", struck=(1,)), free, reader))
    said = {field: "".join(str(int(np.argmax(row))) for row in rows) for field, rows in found.items()}
    assert said == {"first": "120", "second": "345"}


def test_rows_that_are_not_as_many_as_fields_are_nobodys(reader: StripReader) -> None:
    free = FreeColumn((FieldId("first"), FieldId("second")), Rect(0, 0, 1, 1), 1 / 6, 3)
    for figures in (("120",), ("120", "345", "006")):
        found = column_ink(column(*figures), free, reader)
        assert [field for field, _ in found] == ["first", "second"]
        assert all(int(np.argmax(row)) == 13 for _, rows in found for row in rows)
    assert column_ink(np.full((600, 400), 220, np.uint8), free, reader) == ()


@pytest.mark.slow
def test_columns_of_hands_that_were_never_learnt_are_mostly_read_and_sure_ones_are_right(
    reader: StripReader,
) -> None:
    figures, right, sure, sure_and_wrong = 0, 0, 0, 0
    for seed in range(40):
        drawn = drawn_column(TUNE_HANDS[8:], np.random.default_rng([73, seed]))
        fields = tuple(FieldId(f"row{row}") for row in range(len(drawn.figures)))
        free = FreeColumn(fields, Rect(0, 0, 1, 1), drawn.row_height / drawn.crop.shape[0], len(drawn.figures[0]))
        for (_, ink), figure in zip(column_ink(drawn.crop, free, reader), drawn.figures, strict=True):
            table = np.exp(np.array(ink))
            said = "".join(str(int(one)) for one in table[:, :10].argmax(axis=1))
            certain = float(np.prod(table[:, :10].max(axis=1))) > 0.95
            figures, right, sure = figures + 1, right + (said == figure), sure + certain
            sure_and_wrong += certain and said != figure
    assert figures > 150
    assert right > 0.75 * figures
    assert sure > 0.5 * figures
    assert sure_and_wrong <= 0.03 * sure
