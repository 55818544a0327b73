"""On six real sheets, scanned and photocopied, the printed boxes are found within what somebody draws around them."""

from pathlib import Path

import numpy as np
import pytest

from testigo.core.form import Form
from testigo.core.ids import FieldId
from testigo.flows.folder import read_folder
from testigo.vision.grid import Grid, grids_in
from testigo.vision.layout import Rect
from testigo.vision.load import decode
from testigo.vision.outline import outline, straight_size, straighten, whole
from testigo.vision.strip import strip

SHEETS = ("mesa_1000551", "mesa_100344", "mesa_1004621", "mesa_5018381", "mesa_7031061", "mesa_8002381")
FIELDS = ("PDC", "LIBRE", "validos", "blancos", "nulos")


@pytest.fixture(scope="module")
def form(project: Path) -> Form:
    return read_folder(project / "elections" / "bo-2025").forms["bo"]


@pytest.mark.parametrize("sheet", SHEETS)
def test_one_drag_over_the_five_rows_of_votes_finds_their_fifteen_cells(
    shared_data: Path, form: Form, sheet: str
) -> None:
    photo = strip((shared_data / "bo-2025" / "photos" / f"{sheet}.jpg").read_bytes())
    pixels = decode(photo.data, orient=photo.orient)
    found = outline(pixels)
    corners = whole(pixels) if found is None else found
    width, height = form.paper_mm
    page = straighten(pixels, corners, straight_size(corners, (width, height)))
    boxes = {box.field: box.box_mm for box in form.boxes}
    left, upper, wide, _ = boxes[FieldId(FIELDS[0])]
    lower = boxes[FieldId(FIELDS[-1])][1] + boxes[FieldId(FIELDS[-1])][3]
    drawn = Rect((left - 1) / width, (upper - 1) / height, (wide + 2) / width, (lower - upper + 2) / height)
    grids = grids_in(page, drawn)
    rows = [row for grid in grids for row in rows_of(grid)]
    assert {grid.cells for grid in grids} == {3}
    assert len(rows) == len(FIELDS)
    for field, row in zip(FIELDS, rows, strict=True):
        # The scans are not cut along the form's page: it lies up to 1.5 mm beside its place.
        off = np.multiply(row, (width, height, width, height)) - boxes[FieldId(field)]
        assert np.abs(off).max() < 1.7, field


def rows_of(grid: Grid) -> list[tuple[float, float, float, float]]:
    """Where its rows stand, as fractions of the page."""
    step = grid.rect.h / (grid.rows - grid.gap)
    return [(grid.rect.x, grid.rect.y + n * step, grid.rect.w, step * (1 - grid.gap)) for n in range(grid.rows)]
