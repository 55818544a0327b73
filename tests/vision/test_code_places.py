"""A code says whose sheet it is printed on, and nothing of a sheet beside it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import segno
from drawn_form import FIELDS, HEIGHT, LAYOUT, WIDTH, Pixels, blank, filled

from testigo.core.form import form_from_toml
from testigo.vision.codes import Code
from testigo.vision.layout import WrittenPage
from testigo.vision.photo_reader import PhotoReader, lies_on

BOXES = "".join(
    f'[[box]]\nfield = "{box.field}"\ncells = 3\nbox_mm = '
    f"{[box.rect.x * 297, box.rect.y * 208, box.rect.w * 297, box.rect.h * 208]}\n"
    for box in LAYOUT.boxes
)
FORM = form_from_toml(
    f"""
    [form]
    id = "drawn"
    name = "A drawn form"
    paper_mm = [297, 208]
    fields = {list(FIELDS)}
    reference = "blank.png"
    [[personal]]
    what = "names and signatures"
    box_mm = [184, 42, 98, 145]
    [[code]]
    symbology = "QRCode"
    pattern = '(?P<station>T[0-9])'
    """
    + BOXES,
    "form.toml",
)
FIGURES = {"a": "120", "b": "034", "c": "_56", "sum": "210", "blank": "__7", "null": "003"}


def code(text: str) -> Pixels:
    modules = np.array([list(row) for row in segno.make(text, error="m").matrix_iter(border=2)], np.uint8)
    return np.kron(255 * (1 - modules), np.ones((4, 4), np.uint8)).astype(np.uint8)


def sheet(text: str | None) -> Pixels:
    """A filled form with a code in its right part, or none."""
    page = filled(FIGURES)
    if text is not None:
        printed = code(text)
        page[300 : 300 + len(printed), 700 : 700 + len(printed)] = printed[:, :, None]
    return page


def beside(page: Pixels, text: str) -> Pixels:
    """The page in a photo, and to the right of it the code of another sheet that is not in the photo."""
    photo = np.full((HEIGHT + 80, WIDTH + 260, 3), 120, np.uint8)
    photo[40 : 40 + HEIGHT, 40 : 40 + WIDTH] = page
    printed = code(text)
    photo[300 : 300 + len(printed), WIDTH + 60 : WIDTH + 60 + len(printed)] = printed[:, :, None]
    return photo


def test_the_codes_of_a_page_are_those_that_lie_on_it() -> None:
    picture = cv2.imencode(".png", blank())[1].tobytes()
    with PhotoReader({"drawn": FORM}, {("drawn", 1): picture}) as reader:
        for photo, quarters, on_it, in_all in (
            (sheet("T1"), 0, ["T1"], ["T1"]),
            (beside(sheet(None), "T2"), 1, [], ["T2"]),
            (beside(sheet("T1"), "T2"), 2, ["T1"], ["T1", "T2"]),
        ):
            sight = reader.read(cv2.imencode(".png", np.rot90(photo, quarters))[1].tobytes(), 1)
            (page,) = sight.pages
            assert [one.text for one in page.codes] == on_it
            assert sorted(one.text for one in sight.codes) == in_all


@pytest.mark.parametrize(
    ("region_mm", "moved_mm", "there"),
    [(None, 0, True), ([40, 20, 20, 20], 0, True), ([40, 20, 20, 20], 14, True), ([40, 20, 20, 20], 30, False)],
)
def test_a_code_lies_on_the_page_where_the_form_prints_it(
    region_mm: list[float] | None, moved_mm: float, there: bool
) -> None:
    """The page stands in the photo turned by a quarter, two pixels a millimetre."""
    (printed,) = FORM.codes
    form = replace(FORM, codes=(replace(printed, region_mm=None if region_mm is None else tuple(region_mm)),))
    page = WrittenPage("drawn", 1, (), (), ((500.0, 100.0), (500.0, 694.0), (84.0, 694.0), (84.0, 100.0)))
    x, y = (500 - 2 * 30), round(100 + 2 * (60 + moved_mm))
    seen = Code("QRCode", "T1", (x - 10, y - 10, 20, 20))
    assert lies_on(seen, page, form) == there
    assert not lies_on(replace(seen, box=(520, 200, 20, 20)), page, form)
    assert lies_on(replace(seen, box=(9000, 9000, 20, 20)), WrittenPage("cut out", 1, ()), form)


def test_a_point_lies_on_a_page_whichever_way_its_corners_run() -> None:
    corners = ((10.0, 10.0), (90.0, 20.0), (80.0, 70.0), (5.0, 60.0))
    for outline in (corners, corners[::-1], corners[2:] + corners[:2]):
        page = WrittenPage("drawn", 1, (), (), outline)
        assert page.shows(50, 40)
        assert not any(page.shows(x, y) for x, y in ((50, 5), (95, 40), (50, 75), (0, 30), (200, 200)))
    assert WrittenPage("cut out", 1, ()).shows(10**6, 10**6)


def test_the_middle_of_a_code_stands_in_the_photos_pixels() -> None:
    assert Code("QRCode", "T1", (10, 20, 30, 50)).centre == (25, 45)
