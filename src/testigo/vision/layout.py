"""Where things stand on a blank page of a form, as the pixels' side needs it: sizes, boxes, parts to leave alone.

`core.form` says the same in the words of form.toml.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from testigo.core.form import Form
from testigo.core.ids import FieldId
from testigo.errors import BadElection

# A page is flattened to this many pixels a millimetre unless its reference says otherwise: 150 dots an inch.
PIXELS_PER_MM = 150 / 25.4


@dataclass(frozen=True, slots=True)
class Rect:
    """A part of a page as fractions of its width and height, from the upper left corner."""

    x: float
    y: float
    w: float
    h: float

    def in_pixels(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Left, upper, right and lower edge on a page of this size in pixels."""
        return self.x * width, self.y * height, (self.x + self.w) * width, (self.y + self.h) * height


@dataclass(frozen=True, slots=True)
class FieldBox:
    """Where a field's figure stands: `cells` boxes of equal width side by side."""

    field: FieldId
    rect: Rect
    cells: int

    def cell(self, index: int) -> Rect:
        """The box of one cell, counted from 0 at the left."""
        width = self.rect.w / self.cells
        return Rect(self.rect.x + index * width, self.rect.y, width, self.rect.h)


@dataclass(frozen=True, slots=True)
class FreeColumn:
    """A column without boxes: `digits` to each of its `fields` from the top; `row` is a row's height, of the page's."""

    fields: tuple[FieldId, ...]
    rect: Rect
    row: float
    digits: int


@dataclass(frozen=True, slots=True)
class Layout:
    """One page of a form. `paper_mm` is width and height; `cropped` says that photos show just this, cut out by hand.

    `personal` are the parts that hold names and signatures: nothing printed there takes part in the proof that a
    photo shows this form, because public copies are masked there.
    """

    form: str
    page: int
    paper_mm: tuple[float, float]
    boxes: tuple[FieldBox, ...]
    personal: tuple[Rect, ...] = ()
    columns: tuple[FreeColumn, ...] = ()
    cropped: bool = False

    def box(self, field: FieldId) -> FieldBox | None:
        """Where a field stands; None when it is not on this page."""
        return next((box for box in self.boxes if box.field == field), None)


Ink = tuple[tuple[float, ...], ...]
"""Of every cell of a field from the left: the logarithms of its classes' probabilities (cells, 14)."""


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """A page of a form in a photo, with what stands in its fields."""

    form: str
    page: int
    ink: tuple[tuple[FieldId, Ink], ...]


def layout_of(form: Form, page: int = 1) -> Layout:
    """The layout of one page of a form, millimetres turned into fractions of the paper.

    Raises:
        BadElection: the form has no such page, or a box, a column or a personal region leaves the paper.
    """
    if not 1 <= page <= form.pages:
        raise BadElection(f"form {form.id}: expected a page from 1 to {form.pages}, came {page}")
    width, height = form.paper_mm

    def rect(box_mm: tuple[float, ...], what: str) -> Rect:
        return _rect(box_mm, width, height, f"form {form.id}: {what}")

    boxes = tuple(
        FieldBox(box.field, rect(box.box_mm, f"box {box.field}"), box.cells) for box in form.boxes if box.page == page
    )
    columns = tuple(
        FreeColumn(
            one.fields, rect(one.box_mm, f"column {one.fields[0]}"), one.box_mm[3] / one.rows / height, one.digits
        )
        for one in form.columns
        if one.page == page
    )
    personal = tuple(rect(part.box_mm, part.what) for part in form.personal if part.page == page)
    return Layout(form.id, page, (width, height), boxes, personal, columns, form.cropped)


def layout_plain(layout: Layout) -> dict[str, object]:
    """The layout as plain values, for the process that decodes photos."""
    return {
        "form": layout.form,
        "page": layout.page,
        "paper_mm": list(layout.paper_mm),
        "boxes": [[box.field, *_corners(box.rect), box.cells] for box in layout.boxes],
        "personal": [_corners(part) for part in layout.personal],
        "columns": [[list(one.fields), *_corners(one.rect), one.row, one.digits] for one in layout.columns],
        "cropped": layout.cropped,
    }


def layout_from_plain(plain: Mapping[str, object]) -> Layout:
    """The layout that these values say.

    Raises:
        ValueError: they say none; only our own process writes them.
    """
    match plain:
        case {
            "form": str(form),
            "page": int(page),
            "paper_mm": [int() | float() as width, int() | float() as height],
            "boxes": list(boxes),
            "personal": list(personal),
            "columns": list(columns),
            "cropped": bool(cropped),
        }:
            made = tuple(FieldBox(FieldId(field), Rect(x, y, w, h), cells) for field, x, y, w, h, cells in boxes)
            free = tuple(
                FreeColumn(tuple(map(FieldId, fields)), Rect(x, y, w, h), row, digits)
                for fields, x, y, w, h, row, digits in columns
            )
            return Layout(form, page, (width, height), made, tuple(Rect(*part) for part in personal), free, cropped)
    raise ValueError(f"no layout: {plain}")


def _corners(rect: Rect) -> list[float]:
    return [rect.x, rect.y, rect.w, rect.h]


def _rect(box_mm: tuple[float, ...], width: float, height: float, where: str) -> Rect:
    x, y, w, h = box_mm
    if min(x, y) < 0 or min(w, h) <= 0 or x + w > width or y + h > height:
        raise BadElection(f"{where}: expected a box on paper of {width} × {height} mm, came {list(box_mm)}")
    return Rect(x / width, y / height, w / width, h / height)
