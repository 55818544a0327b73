"""From a photograph of a filled form to its cells' probabilities, here and through the process that decodes photos."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from drawn_form import LAYOUT, blank, filled
from troubled_photo import Trouble, photograph

from testigo.core.ids import FieldId
from testigo.errors import BadPhoto
from testigo.vision.child import ReadingChild
from testigo.vision.digits import DigitReader
from testigo.vision.hand import HandReader
from testigo.vision.layout import WordsPlace, WrittenPage, written_from_plain, written_plain

FIGURES = {"a": "120", "b": "034", "c": "_56", "sum": "210", "blank": "__7", "null": "003"}


def png(picture: np.ndarray) -> bytes:
    return cv2.imencode(".png", picture)[1].tobytes()


def said(page: WrittenPage) -> dict[FieldId, str]:
    signs = "0123456789_-xx"
    return {field: "".join(signs[int(np.argmax(row))] for row in rows) for field, rows in page.ink}


def test_a_filled_form_says_its_figures() -> None:
    reader = HandReader()
    reader.learn(LAYOUT, png(blank()))
    (page,) = reader.read(png(filled(FIGURES)), 1)
    assert (page.form, page.page, page.evidence) == ("drawn", 1, ())
    assert said(page) == FIGURES


def test_a_photograph_of_another_page_says_nothing() -> None:
    reader = HandReader()
    reader.learn(LAYOUT, png(blank()))
    assert reader.read(png(blank(page=2)), 1) == ()
    assert HandReader().read(png(blank()), 1) == ()


@pytest.mark.slow
def test_the_child_process_says_the_same_as_the_reader() -> None:
    photo = png(photograph(filled(FIGURES), 4, Trouble())[0])
    reader = HandReader()
    reader.learn(LAYOUT, png(blank()))
    with ReadingChild(blanks=[(LAYOUT, png(blank()))]) as child:
        assert child.figures(photo, 1) == reader.look(photo, 1)
        with pytest.raises(BadPhoto):
            child.figures(b"no picture", 1)


def test_every_row_of_a_reading_sums_to_one_and_does_not_depend_on_where_the_cell_stands() -> None:
    cells = np.random.default_rng(1).integers(0, 256, (7, 40, 40)).astype(np.uint8)
    reader = DigitReader()
    together = reader.read(cells)
    assert np.exp(together).sum(axis=1) == pytest.approx(np.ones(7))
    assert reader.read(cells[::-1])[::-1] == pytest.approx(together, abs=1e-4)
    assert reader.read(cells[:0]).shape == (0, 14)


SPOKEN = replace(LAYOUT, words=(WordsPlace(FieldId("a"), LAYOUT.boxes[0].rect, "es", 3),))


CORNERS = [[0, 0], [9, 0], [9, 9], [0, 9.5]]


def page_of(
    *, form: str = "drawn", page: int = 1, ink: object = None, said: object = None, outline: object = None
) -> list[object]:
    return [[form, page, ink or [["a", [[-3.0] * 14] * 3]], said or [], outline or CORNERS]]


@pytest.mark.parametrize(
    "plain",
    [
        "no list",
        [["form", "1", [], [], []]],
        page_of(ink=[["a", [[-3.0] * 13] * 3]]),
        page_of(ink=[["a", [[float("nan")] * 14] * 3]]),
        page_of(ink=[["a", [[0.5] * 14] * 3]]),
        page_of(ink=[["a", []]]),
        page_of(ink=[["a", [[-3.0] * 14] * 10]]),
        page_of(ink=[["z", [[-3.0] * 14] * 3]]),
        page_of(ink=[["a", [[-3.0] * 14] * 3]] * 2),
        page_of(said=[["a", "words", [[3, float("inf")]], -1.0]]),
        page_of(said=[["a", "words", [3], -1.0]]),
        page_of(said=[["a", "words", [[[], 0.0]], -1.0]]),
        page_of(said=[["a", "words", [[-3, -1.0]], -1.0]]),
        page_of(said=[["b", "words", [[3, -1.0]], -1.0]]),
        page_of(outline=[[0, 0], [9, 0], [9, 9]]),
        page_of(outline=[[0, 0], [9, 0], [9, 9], [0, float("nan")]]),
        page_of(outline=[[0, 0], [9, 0], [9, 9], [0, "9"]]),
        page_of(page=2),
        page_of(form="another"),
    ],
)
def test_an_answer_that_is_no_page_of_these_is_refused(plain: object) -> None:
    assert written_from_plain(page_of(), [SPOKEN])
    with pytest.raises(ValueError):
        written_from_plain(plain, [SPOKEN])


def test_a_page_goes_over_the_wire_unchanged() -> None:
    reader = HandReader()
    reader.learn(LAYOUT, png(blank()))
    (page,) = reader.read(png(filled(FIGURES)), 1)
    assert written_from_plain([written_plain(page)], [LAYOUT]) == (page,)
