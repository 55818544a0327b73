"""A page is found however it lies in the photo, and a photo of another form is refused."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from drawn_form import HEIGHT, LAYOUT, WIDTH, blank, filled
from hypothesis import given
from hypothesis import strategies as st
from troubled_photo import Pixels, Trouble, displacement, grid, photograph, wood

from testigo.vision.page import FoundPage, NotThisForm, Reference, find_page, find_pages, flatten, reference_of
from testigo.vision.refine import Bend, refine

FIGURES = {"a": "120", "b": "_45", "c": "007", "sum": "172", "blank": "__3", "null": "011"}


@pytest.fixture(scope="module")
def reference() -> Reference:
    return reference_of(blank(), LAYOUT)


@pytest.fixture(scope="module")
def page() -> Pixels:
    return filled(FIGURES)


def test_the_blank_offers_crossings_outside_the_personal_regions(reference: Reference) -> None:
    left, upper, right, lower = LAYOUT.personal[0].in_pixels(WIDTH, HEIGHT)
    x, y = reference.printed.points.T
    assert len(x) >= 60
    assert not ((x > left) & (x < right) & (y > upper) & (y < lower)).any()


@pytest.mark.parametrize("turn", [0, 17, 90, 180, -135])
def test_a_page_is_found_whichever_way_it_is_turned(reference: Reference, page: Pixels, turn: float) -> None:
    photo, there = photograph(page, 3, Trouble(turn=turn), side=1400)
    found = find_page(photo, reference)
    assert isinstance(found, FoundPage)
    points = grid(WIDTH, HEIGHT)
    assert np.percentile(displacement(there, found.in_photo(points), points), 95) < 3
    assert abs((found.turned - turn + 180) % 360 - 180) < 8


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(turn=8, slant=0.08),
        Trouble(turn=-5, shadow=0.6),
        Trouble(turn=183, blur=1.4, noise=6),
        Trouble(turn=4, quality=35),
        Trouble(turn=-12, fill=0.6),
    ],
    ids=["slanted", "in shadow", "blurred upside down", "compressed", "far away"],
)
def test_a_page_is_found_in_a_poor_photo(reference: Reference, page: Pixels, trouble: Trouble) -> None:
    photo, there = photograph(page, 5, trouble, side=1500)
    found = find_page(photo, reference)
    assert isinstance(found, FoundPage)
    points = reference.printed.points
    assert np.percentile(displacement(there, found.in_photo(points), points), 95) < 4


def test_a_bent_page_is_straightened(reference: Reference, page: Pixels) -> None:
    """A feeder shifts the middle of the page by 9 pixels; a homography alone cannot follow."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    bent = cv2.remap(page, x + 9 * np.sin(np.pi * y / HEIGHT), y + 5 * (x / WIDTH) ** 2, cv2.INTER_LINEAR)
    found = find_page(np.asarray(bent, np.uint8), reference)
    assert isinstance(found, FoundPage)
    straight = cv2.cvtColor(flatten(np.asarray(bent, np.uint8), found), cv2.COLOR_BGR2GRAY)
    again = refine(np.asarray(straight, np.uint8), reference.printed)
    shifts = np.linalg.norm(again.bend.at(reference.printed.points), axis=1)
    assert np.percentile(shifts, 90) < 1.0
    assert found.fit.agreeing > 0.8


def test_a_folded_page_is_straight_on_both_sides_of_the_fold(reference: Reference, page: Pixels) -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    shift = 6 * np.clip(1 - np.abs(y - 350) / 200, 0, 1)
    folded = np.asarray(cv2.remap(page, x + shift, y, cv2.INTER_LINEAR), np.uint8)
    found = find_page(folded, reference)
    assert isinstance(found, FoundPage)
    points = reference.printed.points
    truth = points - np.stack([6 * np.clip(1 - np.abs(points[:, 1] - 350) / 200, 0, 1), np.zeros(len(points))], axis=1)
    gaps = np.linalg.norm(found.in_photo(points) - truth, axis=1)
    smooth = replace(found.fit.bend, places=np.empty((0, 2)), pulls=np.empty((0, 2)))
    cubic = np.linalg.norm(replace(found, fit=replace(found.fit, bend=smooth)).in_photo(points) - truth, axis=1)
    assert np.percentile(gaps, 90) < 2
    assert np.percentile(gaps, 90) < np.percentile(cubic, 90)


@pytest.mark.parametrize("side", [420, 500])
def test_a_page_is_found_in_a_photo_of_half_the_blanks_size(reference: Reference, page: Pixels, side: int) -> None:
    photo, there = photograph(page, 4, Trouble(turn=6, blur=0.9, noise=6, quality=45, fill=0.95), side=side)
    found = find_page(photo, reference)
    assert isinstance(found, FoundPage)
    points = reference.printed.points
    assert np.percentile(displacement(there, found.in_photo(points), points), 95) < 3


def test_the_flattened_page_has_the_blanks_size_and_the_photos_colours(reference: Reference, page: Pixels) -> None:
    photo, _ = photograph(page, 6, Trouble(turn=180), side=1400)
    found = find_page(photo, reference)
    assert isinstance(found, FoundPage)
    assert flatten(photo, found).shape == (HEIGHT, WIDTH, 3)
    grey = np.asarray(cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY), np.uint8)
    assert flatten(grey, found).shape == (HEIGHT, WIDTH)


OTHERS = {
    "a revision with wider rows": blank(row_step=86),
    "the second page": blank(page=2),
    "a mirrored page": np.ascontiguousarray(blank()[:, ::-1]),
    "a table": wood(np.random.default_rng(1), 1200, 900),
    "white paper": np.full((900, 1200), 250, np.uint8),
    "a speck": np.full((3, 3), 9, np.uint8),
    "a third of the page": blank()[: HEIGHT // 3],
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_this_form_is_refused(reference: Reference, name: str) -> None:
    assert isinstance(find_page(OTHERS[name], reference), NotThisForm)


@pytest.mark.slow
def test_a_photo_of_a_revision_is_refused_for_its_print(reference: Reference) -> None:
    photo, _ = photograph(blank(row_step=86), 2, Trouble(turn=10), side=1400)
    refused = find_page(photo, reference)
    assert isinstance(refused, NotThisForm)
    assert refused.why == "other print"


@pytest.mark.parametrize("side", [1400, 500])
def test_a_revision_that_moves_only_its_last_row_is_refused(reference: Reference, side: int) -> None:
    revised = blank()
    revised[562:612, 40:610] = blank()[542:592, 40:610]
    revised[540:562, 40:610] = 250
    photo, _ = photograph(revised, 3, Trouble(turn=4), side=side)
    refused = find_page(photo, reference)
    assert isinstance(refused, NotThisForm)


def test_two_sheets_in_one_photo_are_both_found(reference: Reference, page: Pixels) -> None:
    second = filled({**FIGURES, "a": "999"})
    photo, _ = photograph(np.vstack([page, np.full((40, WIDTH, 3), 90, np.uint8), second]), 8, Trouble(), side=1800)
    found = find_pages(photo, (reference,))
    assert isinstance(found, tuple)
    assert len(found) == 2
    assert found[0].corners[:, 1].mean() < found[1].corners[:, 1].mean()
    for one, truth in zip(found, (page, second), strict=True):
        grey = cv2.cvtColor(flatten(photo, one), cv2.COLOR_BGR2GRAY)
        scores = [
            cv2.matchTemplate(grey, cv2.cvtColor(other, cv2.COLOR_BGR2GRAY), cv2.TM_CCOEFF_NORMED).item()
            for other in (truth, page if truth is second else second)
        ]
        assert scores[0] > scores[1]


def test_the_pages_of_a_sheet_are_told_apart(reference: Reference) -> None:
    second = reference_of(blank(page=2), replace(LAYOUT, page=2, boxes=()))
    both = np.hstack([blank(page=2), np.full((HEIGHT, 30), 120, np.uint8), blank()])
    photo, _ = photograph(both, 4, Trouble(turn=3), side=2000)
    found = find_pages(photo, (reference, second))
    assert isinstance(found, tuple)
    assert [one.reference.layout.page for one in found] == [2, 1]


def test_the_same_photo_gives_the_same_page(reference: Reference, page: Pixels) -> None:
    photo, _ = photograph(page, 9, Trouble(turn=30), side=1400)
    first, second = (find_page(photo, reference) for _ in range(2))
    assert isinstance(first, FoundPage)
    assert isinstance(second, FoundPage)
    assert first.to_photo.tobytes() == second.to_photo.tobytes()
    assert first.fit.bend.terms.tobytes() == second.fit.bend.terms.tobytes()


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_a_shift_alone_is_the_same_everywhere(x: float, y: float) -> None:
    terms = np.zeros((10, 2))
    terms[0] = x, y
    assert np.allclose(Bend(WIDTH, HEIGHT, terms).at(grid(WIDTH, HEIGHT)), [x, y])
