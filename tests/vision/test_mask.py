"""In a public copy nothing of a form's personal regions is left, nor of what lies beside the sheet."""

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from drawn_form import HEIGHT, LAYOUT, WIDTH, blank, box_of, cell_corners, filled
from numpy.typing import NDArray
from PIL import Image
from troubled_photo import Points, Trouble, photograph

from testigo.vision.child import ReadingChild
from testigo.vision.hand import HandReader
from testigo.vision.layout import Layout, Rect
from testigo.vision.load import LONGEST_SIDE, decode
from testigo.vision.mask import covered_copy, hidden_parts, margins_mm
from testigo.vision.page import FoundPage, Reference, find_page, find_pages, reference_of
from testigo.vision.strip import strip

Pixels = NDArray[np.uint8]

FIGURES = {"a": "120", "b": "_45", "c": "007", "sum": "172", "blank": "__3", "null": "011"}
GREY = 128


@pytest.fixture(scope="module")
def reference() -> Reference:
    return reference_of(blank(), LAYOUT)


def signed(*, page: Pixels | None = None) -> Pixels:
    """A filled form whose personal region is full of names, up to its edges."""
    sheet = filled(FIGURES) if page is None else page
    left, upper, right, lower = (round(edge) for edge in LAYOUT.personal[0].in_pixels(WIDTH, HEIGHT))
    for row in range(upper + 24, lower, 28):
        cv2.putText(sheet, "NAME SURNAME 1234567", (left, row), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (120, 20, 20), 2)
    cv2.rectangle(sheet, (left, upper), (right - 1, lower - 1), (120, 20, 20), 2)
    return sheet


def personal_in(there: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which pixels of a photo truly show the personal region."""
    left, upper, right, lower = LAYOUT.personal[0].in_pixels(WIDTH, HEIGHT)
    edge: Points = np.array([[left, upper], [right, upper], [right, lower], [left, lower]])
    far = np.hstack([edge, np.ones((4, 1))]) @ there.T
    truth = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(truth, [np.rint(far[:, :2] / far[:, 2:]).astype(np.int32)], (255,))
    return cv2.erode(truth, np.ones((3, 3), np.uint8)) > 0


def located(photo: Pixels, reference: Reference) -> FoundPage:
    found = find_page(photo, reference)
    assert isinstance(found, FoundPage)
    return found


def opened(copy: bytes | None) -> Pixels:
    assert copy is not None
    return decode(copy)


TROUBLES = {
    "upright": Trouble(),
    "turned": Trouble(turn=17),
    "on its side": Trouble(turn=90),
    "upside down and blurred": Trouble(turn=183, blur=1.4, noise=6),
    "slanted": Trouble(turn=8, slant=0.08),
    "in shadow": Trouble(turn=-5, shadow=0.6),
    "compressed": Trouble(turn=4, quality=35),
    "far away": Trouble(turn=-12, fill=0.6),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_no_pixel_of_a_personal_region_is_left(reference: Reference, name: str) -> None:
    photo, there = photograph(signed(), 5, TROUBLES[name], side=1500)
    copy = opened(covered_copy(photo, (located(photo, reference),)))
    assert copy.shape == photo.shape
    inside = copy[personal_in(there, photo.shape)].astype(int)
    assert len(inside) > 50_000
    assert np.abs(inside - GREY).max() <= 3


def test_a_page_that_is_bent_is_covered_where_it_truly_stands(reference: Reference) -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    shift_x = (6 * np.sin(np.pi * y / HEIGHT)).astype(np.float32)
    shift_y = (5 * np.sin(np.pi * x / WIDTH)).astype(np.float32)
    page = np.asarray(cv2.remap(signed(), x + shift_x, y + shift_y, cv2.INTER_LINEAR), np.uint8)
    region = np.zeros((HEIGHT, WIDTH), np.uint8)
    left, upper, right, lower = (round(edge) for edge in LAYOUT.personal[0].in_pixels(WIDTH, HEIGHT))
    region[upper:lower, left:right] = 255
    truth = cv2.remap(region, x + shift_x, y + shift_y, cv2.INTER_NEAREST)
    photo, there = photograph(page, 3, Trouble(turn=4), side=1500)
    inside = cv2.warpPerspective(truth, there, photo.shape[1::-1], flags=cv2.INTER_NEAREST) > 0
    hidden = hidden_parts(photo, (located(photo, reference),))
    assert hidden is not None
    assert hidden[inside].all()


@pytest.mark.slow
def test_figures_stay_to_be_read(reference: Reference) -> None:
    """The copy says the same figures as the photo, so that anybody can read it again."""
    photo, _ = photograph(signed(), 4, Trouble(), side=2000)
    copy = covered_copy(photo, (located(photo, reference),))
    reader = HandReader()
    reader.learn(LAYOUT, cv2.imencode(".png", blank())[1].tobytes())
    assert copy is not None
    ((page,), (before,)) = (reader.read(data, 1) for data in (copy, cv2.imencode(".png", photo)[1].tobytes()))
    marks = [[int(np.argmax(row)) for _, rows in one.ink for row in rows] for one in (page, before)]
    assert marks[0] == marks[1]


def test_a_box_that_the_margin_reaches_is_left_open_and_one_inside_the_region_is_not(reference: Reference) -> None:
    beside = box_of(0)
    close = Rect(beside.x + beside.w + 0.002, 0.2, 0.95 - beside.x - beside.w, 0.7)
    within = Rect(0.3, 0.1, 0.6, 0.8)
    picture = filled(FIGURES)
    for region, open_ in ((close, True), (within, False)):
        page = located(picture, reference_of(blank(), replace(LAYOUT, personal=(region,))))
        hidden = hidden_parts(picture, (page,))
        assert hidden is not None
        left, upper, right, lower = cell_corners("a", 2)
        assert (not hidden[upper + 4 : lower - 4, left + 4 : right - 4].any()) is open_


def test_everything_beside_the_pages_is_covered(reference: Reference) -> None:
    """A second sheet that is not among the pages that were found shows nothing of itself."""
    both = np.vstack([signed(), np.full((40, WIDTH, 3), 90, np.uint8), signed()])
    photo, there = photograph(both, 8, Trouble(), side=1800)
    found = find_pages(photo, (reference,))
    assert isinstance(found, tuple)
    assert len(found) == 2
    hidden = hidden_parts(photo, found[:1])
    assert hidden is not None
    second = cv2.warpPerspective(
        np.pad(np.full((HEIGHT, WIDTH), 255, np.uint8), ((HEIGHT + 60, 0), (0, 0))), there, photo.shape[1::-1]
    )
    assert hidden[second > 250].all()
    assert not hidden.all()
    together = hidden_parts(photo, found)
    assert together is not None
    assert together.mean() < hidden.mean()
    assert together[personal_in(there, photo.shape)].all()


def test_a_region_that_leaves_the_photo_is_covered_as_far_as_it_is_seen(reference: Reference) -> None:
    photo, there = photograph(signed(), 6, Trouble(), side=1500)
    cut = np.ascontiguousarray(photo[:, : round(photo.shape[1] * 0.8)])
    hidden = hidden_parts(cut, (located(cut, reference),))
    assert hidden is not None
    assert hidden[personal_in(there, cut.shape)].all()


def test_the_same_photo_gives_the_same_bytes_without_metadata(reference: Reference) -> None:
    photo, _ = photograph(signed(), 7, Trouble(turn=-8), side=1400)
    first, second = (covered_copy(photo, (located(photo, reference),)) for _ in range(2))
    assert first is not None
    assert first == second
    assert strip(first).data == first
    with Image.open(io.BytesIO(first)) as picture:
        assert picture.format == "JPEG"
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.slow
def test_only_a_large_photo_is_reduced(reference: Reference) -> None:
    photo, there = photograph(signed(), 7, Trouble(), side=LONGEST_SIDE + 800)
    copy = opened(covered_copy(photo, (located(photo, reference),)))
    assert max(copy.shape) == LONGEST_SIDE
    scale = np.diag([LONGEST_SIDE / max(photo.shape)] * 2 + [1.0])
    inside = copy[personal_in(scale @ there, copy.shape)].astype(int)
    assert np.abs(inside - GREY).max() <= 3


def test_without_a_page_there_is_no_copy() -> None:
    assert covered_copy(np.full((900, 1200, 3), 250, np.uint8), ()) is None


@pytest.mark.slow
def test_a_page_that_is_not_where_it_is_said_to_be_gives_no_copy(reference: Reference) -> None:
    """The proof of the page holds, and its geometry is two millimetres and more off."""
    photo, _ = photograph(signed(), 5, Trouble(turn=8), side=1500)
    page = located(photo, reference)
    assert margins_mm(photo, page) is not None
    for shift in (8.0, 40.0):
        moved = replace(page, to_photo=page.to_photo @ np.array([[1, 0, shift], [0, 1, 0], [0, 0, 1.0]]))
        assert covered_copy(photo, (moved,)) is None
        assert covered_copy(photo, (page, moved)) is None


def test_print_inside_of_a_region_counts_for_where_it_is(reference: Reference) -> None:
    """The lines between names stand elsewhere than the rest of the page says: another print of the form."""
    lined, shifted = blank(), blank()
    for row in range(180, 620, 40):
        for paper, off in ((lined, 0), (shifted, 9)):
            cv2.line(paper, (640 + off, row + off), (940 + off, row + off), 40, 2)
            for column in range(680, 940, 60):
                cv2.line(paper, (column + off, row + off), (column + off, row + 30 + off), 40, 2)
    known = reference_of(lined, LAYOUT)
    straight, other = (filled(FIGURES, paper=paper) for paper in (lined, shifted))
    assert covered_copy(straight, (located(straight, known),)) is not None
    assert covered_copy(other, (located(other, known),)) is None


@pytest.mark.slow
def test_a_reader_gives_a_copy_only_of_forms_with_personal_regions() -> None:
    png = cv2.imencode(".png", blank())[1].tobytes()
    photo = cv2.imencode(".png", photograph(signed(), 4, Trouble(), side=1400)[0])[1].tobytes()
    second = replace(LAYOUT, page=2, personal=(), boxes=())
    layouts: dict[str, tuple[tuple[Layout, bytes], ...]] = {
        "with": ((LAYOUT, png),),
        "without": ((replace(LAYOUT, personal=()), png),),
        "on its other page": (
            (replace(LAYOUT, personal=()), png),
            (replace(second, personal=LAYOUT.personal), cv2.imencode(".png", blank(page=2))[1].tobytes()),
        ),
    }
    copies = {}
    for name, known in layouts.items():
        reader = HandReader()
        for layout, picture in known:
            reader.learn(layout, picture)
        copies[name] = reader.look(photo, 1)[1]
    assert {name: copy is not None for name, copy in copies.items()} == {
        "with": True,
        "without": False,
        "on its other page": True,
    }


@pytest.mark.slow
@pytest.mark.parametrize("orient", [1, 3, 6])
def test_the_copy_stands_upright_whatever_the_photos_orientation(orient: int) -> None:
    upright = photograph(signed(), 4, Trouble(), side=1400)[0]
    stored = {
        1: upright,
        3: np.ascontiguousarray(upright[::-1, ::-1]),
        6: np.ascontiguousarray(np.rot90(upright)),
    }[orient]
    png = cv2.imencode(".png", blank())[1].tobytes()
    with ReadingChild(blanks=[(LAYOUT, png)]) as child:
        pages, copy = child.figures(cv2.imencode(".png", stored)[1].tobytes(), orient)
    assert len(pages) == 1
    assert opened(copy).shape == upright.shape
