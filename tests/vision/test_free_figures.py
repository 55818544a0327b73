"""Figures without boxes: rows are found, all ways to cut them are weighed, what cannot be told is illegible."""

import cv2
import numpy as np
import pytest

from testigo.core.ids import FieldId
from testigo.vision.digits import DigitReader
from testigo.vision.free_figures import column_ink, weighed
from testigo.vision.free_row import Piece, find_rows
from testigo.vision.layout import FreeColumn, Rect
from testigo.vision.load import Pixels

ROW = 100
NOTHING = np.full((40, 40), 255, np.uint8)


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


def piece(start: int, end: int, likely: float = 1.0, dust: float = 0.0) -> Piece:
    return Piece(start, end, (0, 0, 1, 1), NOTHING, NOTHING, likely, dust)


def says(digit: int, sure: float) -> np.ndarray:
    row = np.zeros(14)
    row[digit], row[13] = sure, 1 - sure
    return row


@pytest.fixture(scope="module")
def reader() -> DigitReader:
    return DigitReader()


def test_a_figure_is_the_digits_of_the_best_way_to_cut_it() -> None:
    pieces = [piece(0, 1), piece(1, 2), piece(0, 2), piece(2, 3)]
    table = np.stack([says(1, 0.1), says(1, 0.1), says(4, 0.9), says(7, 0.8)])
    found = weighed(pieces, table, 2)
    assert found.argmax(axis=1).tolist() == [4, 7]
    assert found.sum(axis=1) == pytest.approx([1, 1])
    assert found[0, 4] == pytest.approx(1 - 0.1**2, abs=0.02)


def test_two_ways_are_weighed_by_what_the_reader_and_the_sizes_say() -> None:
    pieces = [piece(0, 1), piece(1, 3), piece(0, 2, likely=0.5), piece(2, 3)]
    table = np.stack([says(1, 1.0), says(2, 1.0), says(3, 1.0), says(4, 1.0)])
    found = weighed(pieces, table, 2)
    assert found[0, [1, 3]] == pytest.approx([2 / 3, 1 / 3])
    assert found[1, [2, 4]] == pytest.approx([2 / 3, 1 / 3])


def test_dust_is_passed_over_and_a_row_that_cannot_be_cut_is_illegible() -> None:
    pieces = [piece(0, 1, dust=0.5), piece(1, 2), piece(2, 3)]
    table = np.stack([says(1, 0.0), says(5, 1.0), says(6, 1.0)])
    assert weighed(pieces, table, 2).argmax(axis=1).tolist() == [5, 6]
    assert weighed([piece(0, 1)], says(3, 1.0)[None], 2)[:, 13].tolist() == [1, 1]


def test_rows_are_found_under_rules_and_dashes_and_a_struck_one_is_told() -> None:
    rows = find_rows(column("120", "345", "345", struck=(1,)), row_height=ROW, fewest=3, most=3)
    assert [row.struck for row in rows] == [False, True, False]
    assert [row.box[1] // ROW for row in rows] == [0, 1, 2]


def test_a_column_says_its_fields_from_the_top_without_what_is_struck_out(reader: DigitReader) -> None:
    fields = (FieldId("first"), FieldId("second"))
    free = FreeColumn(fields, Rect(0, 0, 1, 1), 1 / 6, 3)
    found = dict(column_ink(column("120", "345", "345", struck=(1,)), free, reader))
    said = {field: "".join(str(int(np.argmax(row))) for row in rows) for field, rows in found.items()}
    assert said == {"first": "120", "second": "345"}


def test_rows_that_are_not_as_many_as_fields_are_nobodys(reader: DigitReader) -> None:
    free = FreeColumn((FieldId("first"), FieldId("second")), Rect(0, 0, 1, 1), 1 / 6, 3)
    for figures in (("120",), ("120", "345", "006")):
        found = column_ink(column(*figures), free, reader)
        assert [field for field, _ in found] == ["first", "second"]
        assert all(int(np.argmax(row)) == 13 for _, rows in found for row in rows)
    assert column_ink(np.full((600, 400), 220, np.uint8), free, reader) == ()
