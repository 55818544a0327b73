"""Six scanned sheets of the Bolivian run-off, and photographs of them: flattened to part of a cell, or refused."""

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from testigo.core.form import form_from_toml
from testigo.vision.cells import cut_cells
from testigo.vision.layout import Layout, layout_of
from testigo.vision.page import FoundPage, NotThisForm, Reference, find_page, find_pages, flatten, reference_of
from testigo.vision.refine import dark_lines, look_for, refine

Pixels = NDArray[np.uint8]

MESAS = ("100344", "1000551", "1004621", "5018381", "7031061", "8002381")


@pytest.fixture(scope="module")
def camera(project: Path) -> ModuleType:
    """The photographs of `tests/vision`, which is another folder of tests."""
    path = project / "tests" / "vision" / "troubled_photo.py"
    spec = importlib.util.spec_from_file_location("troubled_photo_of_sheets", path)
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
def blank(shared_data: Path) -> Pixels:
    return np.asarray(cv2.imread(str(shared_data / "bo-2025" / "reference.png"), cv2.IMREAD_GRAYSCALE), np.uint8)


@pytest.fixture(scope="module")
def reference(blank: Pixels, layout: Layout) -> Reference:
    return reference_of(blank, layout)


@pytest.fixture(scope="module")
def sheets(shared_data: Path) -> dict[str, Pixels]:
    paths = {mesa: shared_data / "bo-2025" / "photos" / f"mesa_{mesa}.jpg" for mesa in MESAS}
    return {mesa: np.asarray(cv2.imread(str(path)), np.uint8) for mesa, path in paths.items()}


@pytest.fixture(scope="module")
def flat(sheets: dict[str, Pixels], reference: Reference) -> dict[str, Pixels]:
    pages = {}
    for mesa, sheet in sheets.items():
        found = find_page(sheet, reference)
        assert isinstance(found, FoundPage), mesa
        pages[mesa] = flatten(sheet, found)
    return pages


@pytest.mark.parametrize("mesa", MESAS)
def test_every_sheet_is_straight_to_a_fraction_of_a_cell(
    flat: dict[str, Pixels], reference: Reference, mesa: str
) -> None:
    """Measured on every second crossing with a field fitted to the others; cells are 67 × 45 pixels."""
    grey = np.asarray(cv2.cvtColor(flat[mesa], cv2.COLOR_BGR2GRAY), np.uint8)
    points = reference.printed.points
    half, other = (replace(reference.printed, points=points[start::2]) for start in (0, 1))
    bend = refine(grey, half).bend
    found, likeness = look_for(dark_lines(grey), other, bend, 14)
    gaps = np.linalg.norm(found - other.points - bend.at(other.points), axis=1)[likeness > 0.6]
    # The sheet from abroad is a screened copy of low resolution.
    assert len(gaps) >= (30 if mesa == "100344" else 40)
    assert np.median(gaps) < (1.6 if mesa == "100344" else 0.7)
    assert np.percentile(gaps, 90) < (5.0 if mesa == "100344" else 1.5)


@pytest.mark.parametrize("mesa", MESAS)
def test_each_cell_holds_a_digit_or_nothing_as_the_sheet_does(
    shared_data: Path, flat: dict[str, Pixels], reference: Reference, layout: Layout, mesa: str
) -> None:
    labels = json.loads((shared_data / "bo-2025" / "labels.json").read_text("utf-8"))
    true = labels["images"][f"mesa_{mesa}.jpg"]["fields"]
    cells = cut_cells(flat[mesa], reference.printed, layout)
    assert len(cells) == 24
    marks = {(cell.field, cell.index): cell.mark for cell in cells}
    assert marks == {key: "empty" if true[key[0]][key[1]] == "_" else "written" for key in marks}
    assert min(cell.placed for cell in cells) > 0.5


def test_the_blank_itself_has_only_empty_cells(blank: Pixels, reference: Reference, layout: Layout) -> None:
    assert {cell.mark for cell in cut_cells(blank, reference.printed, layout)} == {"empty"}


@pytest.mark.slow
def test_two_sheets_in_one_photo_are_both_found(
    camera: ModuleType, flat: dict[str, Pixels], reference: Reference
) -> None:
    both = np.vstack([flat["1000551"], np.full((60, 1760, 3), 80, np.uint8), flat["8002381"]])
    photo, there = camera.photograph(both, 2, camera.Trouble(turn=4), side=3000)
    found = find_pages(photo, (reference,))
    assert isinstance(found, tuple)
    assert len(found) == 2
    points = reference.printed.points
    for index, page in enumerate(found):
        places = points + np.array([0, index * (1221 + 60)])
        assert np.percentile(camera.displacement(there, page.in_photo(points), places), 95) < 6


@pytest.mark.slow
def test_photographs_are_flattened_or_refused_but_never_wrong(
    camera: ModuleType, flat: dict[str, Pixels], reference: Reference
) -> None:
    """48 photographs, 12 of them upside down: at least 45 within 6 pixels at the printed crossings, none beyond."""
    kinds = (
        (camera.Trouble(slant=0.02, shadow=0.2, blur=0.5, noise=2, quality=90), 2400),
        (camera.Trouble(slant=0.05, shadow=0.4, blur=1.0, noise=4, quality=75), 2000),
        (camera.Trouble(slant=0.08, shadow=0.55, blur=1.6, noise=7, quality=55), 1600),
        (camera.Trouble(slant=0.05, shadow=0.5, blur=1.2, noise=5, quality=60), 1100),
    )
    points = reference.printed.points
    errors = []
    for number in range(48):
        trouble, side = kinds[number % 4]
        turn = (-25 + 50 * (number % 11) / 10) + (180 if number // 4 % 4 == 0 else 0) + (90 if number % 5 == 0 else 0)
        page = flat[MESAS[number % 6]]
        photo, there = camera.photograph(page, number, replace(trouble, turn=turn), side=side)
        found = find_page(photo, reference)
        if isinstance(found, FoundPage):
            errors.append(float(np.percentile(camera.displacement(there, found.in_photo(points), points), 95)))
    assert len(errors) >= 45
    assert max(errors) < 6


@pytest.mark.slow
def test_no_kenyan_crop_is_taken_for_this_form(shared_data: Path, reference: Reference) -> None:
    crops = sorted((shared_data / "ke-2022" / "photos").glob("*.jpg"))
    assert len(crops) == 12
    for crop in crops:
        assert isinstance(find_page(np.asarray(cv2.imread(str(crop)), np.uint8), reference), NotThisForm), crop.name


@pytest.mark.slow
@pytest.mark.parametrize("row", [300, 440, 560, 640, 720])
@pytest.mark.parametrize("mesa", ["blank", "1000551", "5018381"])
def test_a_form_with_a_row_more_is_refused(
    camera: ModuleType, flat: dict[str, Pixels], blank: Pixels, reference: Reference, mesa: str, row: int
) -> None:
    page = blank if mesa == "blank" else flat[mesa]
    longer = np.vstack([page[:row], page[row - 70 : row], page[row:]])
    assert isinstance(find_page(longer, reference), NotThisForm)
    photo, _ = camera.photograph(longer, row, camera.Trouble(turn=7), side=2000)
    assert isinstance(find_page(photo, reference), NotThisForm)


@pytest.mark.slow
def test_the_same_print_in_another_order_is_refused(blank: Pixels, reference: Reference) -> None:
    draw = np.random.default_rng(0)
    for _ in range(4):
        rows = np.vstack([np.array_split(blank, 6)[index] for index in draw.permutation(6)])
        columns = np.hstack([np.array_split(blank, 5, axis=1)[index] for index in draw.permutation(5)])
        for other in (rows, columns):
            assert isinstance(find_page(np.ascontiguousarray(other), reference), NotThisForm)
