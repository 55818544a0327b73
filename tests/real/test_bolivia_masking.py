"""The Bolivian form's names, signatures and remarks in photographs of real sheets: covered, or no copy at all.

The sheets here have these parts blanked already, so that they are filled with names for the test.
"""

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from testigo.core.form import form_from_toml
from testigo.vision.layout import Layout, layout_of
from testigo.vision.load import decode
from testigo.vision.mask import covered_copy, hidden_parts
from testigo.vision.page import FoundPage, Reference, find_page, find_pages, flatten, reference_of
from testigo_drill.damage import DAMAGES, damaged

pytestmark = pytest.mark.slow

Pixels = NDArray[np.uint8]

MESAS = ("100344", "1000551", "1004621", "5018381", "7031061", "8002381")
SOME = [pytest.param(mesa, marks=pytest.mark.slow if mesa in MESAS[2:] else ()) for mesa in MESAS]
INK = (140, 40, 30)


@dataclass(frozen=True)
class Shot:
    """A photograph, and which of its pixels truly show personal parts."""

    photo: Pixels
    personal: NDArray[np.bool_]


@pytest.fixture(scope="module")
def camera(project: Path) -> ModuleType:
    """The photographs of `tests/vision`, which is another folder of tests."""
    path = project / "tests" / "vision" / "troubled_photo.py"
    spec = importlib.util.spec_from_file_location("troubled_photo_of_signed_sheets", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        # A dataclass looks its module up by name while it is made.
        patch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def layout(project: Path) -> Layout:
    path = project / "elections" / "bo-2025" / "forms" / "bo" / "form.toml"
    return layout_of(form_from_toml(path.read_text("utf-8"), path.name))


@pytest.fixture(scope="module")
def reference(shared_data: Path, layout: Layout) -> Reference:
    blank = cv2.imread(str(shared_data / "bo-2025" / "reference.png"), cv2.IMREAD_GRAYSCALE)
    return reference_of(np.asarray(blank, np.uint8), layout)


@pytest.fixture(scope="module")
def sheets(shared_data: Path, reference: Reference) -> dict[str, Pixels]:
    """The sheets, flat, with names all over their personal parts."""
    flat = {}
    for mesa in MESAS:
        photo = np.asarray(cv2.imread(str(shared_data / "bo-2025" / "photos" / f"mesa_{mesa}.jpg")), np.uint8)
        page = find_page(photo, reference)
        assert isinstance(page, FoundPage)
        flat[mesa] = signed(flatten(photo, page), reference.layout)
    return flat


def signed(page: Pixels, layout: Layout) -> Pixels:
    for left, upper, right, lower in regions(layout, page):
        page[upper:lower, left:right] = 235
        part = page[upper:lower, left:right]
        for row in range(30, lower - upper, 34):
            cv2.putText(part, "Name Surname 1234567 LP", (2, row), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.0, INK, 2)
    return page


def regions(layout: Layout, page: Pixels) -> Iterator[tuple[int, int, int, int]]:
    for part in layout.personal:
        left, upper, right, lower = (round(edge) for edge in part.in_pixels(page.shape[1], page.shape[0]))
        yield left, upper, right, lower


def shot(camera: ModuleType, page: Pixels, layout: Layout, seed: int, *, grade: int, bent_mm: float) -> Shot:
    """A photograph of the page: bent in waves and by a fold of up to so many millimetres, damaged by a grade."""
    rng = np.random.default_rng(seed)
    height, width = page.shape[:2]
    unit = width / layout.paper_mm[0]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across, along, wave, fold = rng.uniform(-bent_mm, bent_mm, 4) * unit
    crease = rng.uniform(0.3, 0.7) * height
    to_x = x + across * np.sin(np.pi * y / height) + wave * np.sin(2 * np.pi * x / width)
    to_y = y + along * np.sin(np.pi * x / width) + fold / 2 * np.clip((y - crease) / (height - crease), 0, 1)
    where = (to_x.astype(np.float32), to_y.astype(np.float32))
    truth = np.zeros((height, width), np.uint8)
    for left, upper, right, lower in regions(layout, page):
        truth[upper:lower, left:right] = 255
    bent = np.asarray(cv2.remap(page, *where, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    turn = float(rng.choice([0, 7, -12, 90, 180]))
    photo, there = camera.photograph(bent, seed, camera.Trouble(turn=turn, slant=0.05), side=2600)
    personal = cv2.warpPerspective(cv2.remap(truth, *where, cv2.INTER_NEAREST), there, photo.shape[1::-1])
    small = damaged(photo, grade, rng)
    inside = cv2.resize(personal, small.shape[1::-1], interpolation=cv2.INTER_AREA) > 250
    return Shot(small, inside)


def test_the_form_covers_names_signatures_and_remarks(layout: Layout) -> None:
    assert len(layout.personal) == 5
    assert sum(part.w * part.h for part in layout.personal) > 0.25


@pytest.mark.parametrize("mesa", SOME)
def test_nothing_personal_is_left_in_the_public_copy_of_a_photograph(
    camera: ModuleType, sheets: dict[str, Pixels], reference: Reference, mesa: str
) -> None:
    taken = shot(camera, sheets[mesa], reference.layout, 3, grade=0, bent_mm=0.0)
    page = find_page(taken.photo, reference)
    assert isinstance(page, FoundPage)
    copy = covered_copy(taken.photo, (page,))
    assert copy is not None
    inside = decode(copy)[taken.personal].astype(int)
    assert len(inside) > 200_000
    assert np.abs(inside - 128).max() <= 3


@pytest.mark.parametrize("mesa", SOME)
def test_figures_are_left_to_be_seen(
    camera: ModuleType, sheets: dict[str, Pixels], reference: Reference, mesa: str
) -> None:
    taken = shot(camera, sheets[mesa], reference.layout, 3, grade=0, bent_mm=0.0)
    page = find_page(taken.photo, reference)
    assert isinstance(page, FoundPage)
    hidden = hidden_parts(taken.photo, (page,))
    assert hidden is not None
    flat = flatten(np.where(hidden, np.uint8(255), np.uint8(0)).astype(np.uint8), page)
    for box in reference.layout.boxes:
        left, upper, right, lower = (round(edge) for edge in box.rect.in_pixels(flat.shape[1], flat.shape[0]))
        assert flat[upper + 6 : lower - 6, left + 6 : right - 6].max() == 0, box.field


@pytest.mark.slow
def test_no_damage_and_no_bend_leaves_anything_personal_in_a_copy(
    camera: ModuleType, sheets: dict[str, Pixels], reference: Reference
) -> None:
    """120 photographs, five grades of damage, bent by up to two millimetres each way: covered, or held."""
    covered = held = 0
    left = []
    for number in range(120):
        grade, bent = number % len(DAMAGES), (0.0, 0.7, 1.3, 2.0)[number // 6 % 4]
        taken = shot(camera, sheets[MESAS[number % 6]], reference.layout, number, grade=grade, bent_mm=bent)
        found = find_pages(taken.photo, (reference,))
        hidden = hidden_parts(taken.photo, found) if isinstance(found, tuple) else None
        if hidden is None:
            held += 1
        else:
            covered += 1
            if (taken.personal & ~hidden).any():
                left.append((number, int((taken.personal & ~hidden).sum())))
    assert left == []
    assert covered >= 90, held
