"""A sheet in a photo is proposed by its corners, made straight, and cleared of what is written on it."""

import cv2
import numpy as np
import pytest
from drawn_form import HEIGHT, LAYOUT, WIDTH, blank, cell_corners, filled
from numpy.typing import NDArray

from testigo.vision.layout import Rect
from testigo.vision.outline import blank_of, from_upper_left, outline, straight_size, straighten, whole

Corners = NDArray[np.float64]

FIGURES = {"a": "128", "b": "074", "c": "9__", "sum": "211", "blank": "_4_", "null": "007"}


def on_a_table(turned: float, *, brightness: int = 60) -> tuple[NDArray[np.uint8], Corners]:
    """A photo of a filled sheet on a darker table, and the sheet's corners in it."""
    ends = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float64)
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turned, 1.0)
    there = ends @ turn[:, :2].T + turn[:, 2] + [[300, 310], [280, 330], [310, 300], [305, 285]]
    homography = cv2.getPerspectiveTransform(ends.astype(np.float32), there.astype(np.float32))
    table = np.full((HEIGHT + 600, WIDTH + 600, 3), brightness, np.uint8)
    table[::7] += 12
    photo = cv2.warpPerspective(
        filled(FIGURES), homography, table.shape[1::-1], dst=table, borderMode=cv2.BORDER_TRANSPARENT
    )
    return np.asarray(photo, np.uint8), there


@pytest.mark.parametrize("turned", [0, 8, -20, 35])
def test_the_corners_of_a_sheet_on_a_table_are_found_within_a_hundredth(turned: float) -> None:
    photo, there = on_a_table(turned)
    found = outline(photo)
    assert found is not None
    assert np.abs(found - from_upper_left(there)).max() < 0.01 * WIDTH


def test_a_scan_is_its_own_outline() -> None:
    scan = filled(FIGURES)
    found = outline(scan)
    assert found is None or np.array_equal(found, whole(scan))


def test_nothing_is_proposed_where_no_sheet_stands_out() -> None:
    draw = np.random.default_rng(3)
    photo = np.full((600, 800, 3), 40, np.uint8)
    for x, y in draw.integers(50, 500, (9, 2)).tolist():
        cv2.circle(photo, (x, y), 25, (220, 220, 220), -1)
    assert outline(photo) is None


def test_a_sheet_made_straight_has_its_cells_where_the_form_has_them() -> None:
    photo, there = on_a_table(8)
    size = straight_size(there, (297, 208))
    flat = straighten(photo, there, size)
    assert flat.shape[:2] == (size[1], size[0])
    small = cv2.resize(flat, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    difference = cv2.absdiff(cv2.GaussianBlur(small, (0, 0), 2), cv2.GaussianBlur(filled(FIGURES), (0, 0), 2))
    assert float(difference.mean()) < 4


def test_a_blank_keeps_what_is_printed_and_loses_what_is_written() -> None:
    cleared = blank_of(filled(FIGURES), LAYOUT)
    left, upper, right, lower = cell_corners("a", 0)
    assert int(cleared[upper + 6 : lower - 6, left + 7 : right - 6].min()) > 200
    empty = blank()
    boxes = np.zeros(empty.shape, np.bool_)
    for part in (*(box.rect for box in LAYOUT.boxes), *LAYOUT.personal):
        x0, y0, x1, y1 = (round(edge) for edge in part.in_pixels(WIDTH, HEIGHT))
        boxes[y0 - 3 : y1 + 3, x0 - 3 : x1 + 3] = True
    assert np.array_equal(cleared[~boxes], empty[~boxes])
    # The outer lines of the cells stay.
    assert int(cleared[upper + 20, left - 1 : left + 2].min()) < 80


def test_a_blank_shows_nothing_of_personal_parts_and_codes() -> None:
    page = filled(FIGURES)
    draw = np.random.default_rng(1)
    parts = (*LAYOUT.personal, Rect(0.1, 0.02, 0.2, 0.1))
    for part in parts:
        x0, y0, x1, y1 = (round(edge) for edge in part.in_pixels(WIDTH, HEIGHT))
        page[y0:y1, x0:x1] = draw.integers(0, 255, (y1 - y0, x1 - x0, 3))
    cleared = blank_of(page, LAYOUT, parts[-1:])
    for part in parts:
        x0, y0, x1, y1 = (round(edge) for edge in part.in_pixels(WIDTH, HEIGHT))
        assert len(np.unique(cleared[y0 + 1 : y1 - 1, x0 + 1 : x1 - 1])) == 1
