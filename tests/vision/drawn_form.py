"""A small form drawn for the tests: a blank page with rows of boxes, its layout, and pages filled by a pen."""

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.core.ids import FieldId
from testigo.vision.layout import FieldBox, Layout, Rect

Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 1000, 700
FIELDS = ("a", "b", "c", "sum", "blank", "null")
_TITLES = ("FIRST LIST", "SECOND LIST", "THIRD LIST", "VALID VOTES", "BLANK VOTES", "NULL VOTES")
_LEFT, _TOP, _STEP, _WIDE, _HIGH = 330, 150, 80, 46, 40


def box_of(row: int) -> Rect:
    """Where the three cells of a row stand."""
    return Rect(_LEFT / WIDTH, (_TOP + row * _STEP) / HEIGHT, 3 * _WIDE / WIDTH, _HIGH / HEIGHT)


LAYOUT = Layout(
    "drawn",
    1,
    (297, 208),
    tuple(FieldBox(FieldId(field), box_of(row), 3) for row, field in enumerate(FIELDS)),
    (Rect(0.62, 0.2, 0.33, 0.7),),
)


def blank(*, title: str = "RECORD OF THE COUNT", row_step: int = _STEP, page: int = 1) -> Pixels:
    """The empty form; another `row_step` makes a revision of it, another `page` its second page."""
    paper = np.full((HEIGHT, WIDTH), 250, np.uint8)
    cv2.rectangle(paper, (25, 25), (WIDTH - 25, HEIGHT - 25), 30, 2)
    cv2.putText(paper, title, (60, 75), cv2.FONT_HERSHEY_DUPLEX, 1.0, 20, 2)
    cv2.putText(paper, f"General election - page {page} of 2", (60, 115), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 60, 1)
    draw = np.random.default_rng(page)
    for row, words in enumerate(_TITLES if page == 1 else reversed(_TITLES)):
        y = _TOP + row * row_step
        cv2.rectangle(paper, (50, y - 6), (310, y + _HIGH + 6), 205, -1)
        cv2.rectangle(paper, (50, y - 6), (310, y + _HIGH + 6), 60, 1)
        cv2.putText(paper, words, (60, y + 28), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 25, 2)
        start = _LEFT if page == 1 else _LEFT + 40 * row
        for cell in range(3):
            cv2.rectangle(paper, (start + cell * _WIDE, y), (start + (cell + 1) * _WIDE, y + _HIGH), 40, 2)
        cv2.line(paper, (50, y + 55), (600, y + 55), 90, 1)
        cv2.putText(paper, "".join(chr(65 + int(n)) for n in draw.integers(0, 26, 9)), (490, y + 28), 1, 1.1, 60, 1)
    cv2.line(paper, (615, 130), (615, HEIGHT - 25), 40, 2)
    cv2.putText(paper, "MEMBERS OF THE STATION", (640, 122), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 30, 1)
    return paper


def filled(figures: dict[str, str], *, paper: Pixels | None = None, pen: int = 2) -> Pixels:
    """The form in colour with a figure in blue ink, one sign a cell, `_` for none, in each field that is named."""
    page = cv2.cvtColor(blank() if paper is None else paper, cv2.COLOR_GRAY2BGR)
    for field, signs in figures.items():
        for cell, sign in enumerate(signs):
            if sign == "_":
                continue
            x, y = _LEFT + cell * _WIDE + 12, _TOP + FIELDS.index(field) * _STEP + 32
            cv2.putText(page, sign, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (150, 60, 40), pen, cv2.LINE_AA)
    return np.asarray(page, np.uint8)


def cell_corners(field: str, cell: int) -> tuple[int, int, int, int]:
    """Left, upper, right and lower line of a cell in pixels."""
    x, y = _LEFT + cell * _WIDE, _TOP + FIELDS.index(field) * _STEP
    return x, y, x + _WIDE, y + _HIGH
