"""Where things stand on a blank page of a form, as the pixels' side needs it: sizes, boxes, parts to leave alone.

`core.form` says the same in the words of form.toml.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from testigo.core.form import MOST_CELLS, Form
from testigo.core.ids import FieldId
from testigo.core.number_words import Language
from testigo.errors import BadElection
from testigo.stats.fields import ValueEvidence

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
class WordsPlace:
    """Where a field's figure, of at most `digits` digits, stands in words of `language`, or as tally marks (None)."""

    field: FieldId
    rect: Rect
    language: Language | None
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
    words: tuple[WordsPlace, ...] = ()

    def box(self, field: FieldId) -> FieldBox | None:
        """Where a field stands; None when it is not on this page."""
        return next((box for box in self.boxes if box.field == field), None)


Ink = tuple[tuple[float, ...], ...]
"""Of every cell of a field from the left: the logarithms of its classes' probabilities (cells, 14)."""
Outline = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """A page of a form in a photo, with what stands in its fields, and what words and tallies say of some.

    `outline` are its four corners, x and y in pixels of the upright photo; empty where the whole photo is the page.
    """

    form: str
    page: int
    ink: tuple[tuple[FieldId, Ink], ...]
    evidence: tuple[ValueEvidence, ...] = ()
    outline: Outline = ()

    def shows(self, x: float, y: float) -> bool:
        """Whether this point of the upright photo, in pixels, lies on the page."""
        around = zip(self.outline, self.outline[1:] + self.outline[:1], strict=True)
        sides = {(x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) > 0 for (x1, y1), (x2, y2) in around}
        return len(sides) <= 1


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
    digits = {box.field: box.cells for box in form.boxes}
    digits |= {field: one.digits for one in form.columns for field in one.fields}
    words = tuple(
        WordsPlace(one.field, rect(one.box_mm, f"words of {one.field}"), one.language, digits[one.field])
        for one in form.words
        if one.page == page
    )
    return Layout(form.id, page, (width, height), boxes, personal, columns, form.cropped, words)


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
        "words": [[one.field, *_corners(one.rect), one.language, one.digits] for one in layout.words],
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
            "words": list(words),
        }:
            made = tuple(FieldBox(FieldId(field), Rect(x, y, w, h), cells) for field, x, y, w, h, cells in boxes)
            free = tuple(
                FreeColumn(tuple(map(FieldId, fields)), Rect(x, y, w, h), row, digits)
                for fields, x, y, w, h, row, digits in columns
            )
            told = tuple(
                WordsPlace(FieldId(field), Rect(x, y, w, h), language, digits)
                for field, x, y, w, h, language, digits in words
            )
            masked = tuple(Rect(*part) for part in personal)
            return Layout(form, page, (width, height), made, masked, free, cropped, told)
    raise ValueError(f"no layout: {plain}")


def _corners(rect: Rect) -> list[float]:
    return [rect.x, rect.y, rect.w, rect.h]


def _rect(box_mm: tuple[float, ...], width: float, height: float, where: str) -> Rect:
    x, y, w, h = box_mm
    if min(x, y) < 0 or min(w, h) <= 0 or x + w > width or y + h > height:
        raise BadElection(f"{where}: expected a box on paper of {width} × {height} mm, came {list(box_mm)}")
    return Rect(x / width, y / height, w / width, h / height)


def written_plain(page: WrittenPage) -> list[object]:
    """What stands on a page, as plain values."""
    said = [[one.field, one.source, sorted(one.logs.items()), one.otherwise] for one in page.evidence]
    ink = [[field, [list(row) for row in rows]] for field, rows in page.ink]
    return [page.form, page.page, ink, said, [list(corner) for corner in page.outline]]


def written_from_plain(plain: object, layouts: Sequence[Layout]) -> tuple[WrittenPage, ...]:
    """The pages of these layouts that plain values say; they come from a process that a hostile photo may have taken
    over.

    Raises:
        ValueError: they say none, a number in them is none, or no such page has these fields with so many cells.
    """
    if not isinstance(plain, list):
        raise ValueError("no list")
    pages = []
    for one in plain:
        match one:
            case [str(form), int(page), list(ink), list(said), list(outline)]:
                fields, told = tuple(map(_ink_of, ink)), tuple(map(_evidence_of, said))
                pages.append(WrittenPage(form, page, fields, told, tuple(map(_corner_of, outline))))
            case _:
                raise ValueError("a page of another shape")
        _check(pages[-1], layouts)
    return tuple(pages)


def _check(page: WrittenPage, layouts: Sequence[Layout]) -> None:
    layout = next((one for one in layouts if (one.form, one.page) == (page.form, page.page)), None)
    if layout is None:
        raise ValueError(f"page {page.page} of {page.form!r:.40}, which is no page that was asked for")
    if len(page.outline) != (0 if layout.cropped else 4):
        raise ValueError(f"page {page.page} of {page.form}: {len(page.outline)} corners")
    cells = {box.field: box.cells for box in layout.boxes}
    cells |= {field: column.digits for column in layout.columns for field in column.fields}
    fields = [field for field, _ in page.ink]
    if len(set(fields)) < len(fields) or any(cells.get(field) != len(rows) for field, rows in page.ink):
        raise ValueError(f"page {page.page} of {page.form}: other fields or cells than it has")
    if not {one.field for one in page.evidence} <= {one.field for one in layout.words}:
        raise ValueError(f"page {page.page} of {page.form}: words of a field that has none")


def _ink_of(plain: object) -> tuple[FieldId, Ink]:
    match plain:
        case [str(field), list(rows)] if rows and all(isinstance(row, list) and len(row) == 14 for row in rows):
            return FieldId(field), tuple(tuple(_log(value) for value in row) for row in rows)
    raise ValueError("a field of another shape")


def _evidence_of(plain: object) -> ValueEvidence:
    match plain:
        case [str(field), str(source), list(logs), otherwise]:
            return ValueEvidence(FieldId(field), source, dict(map(_number_of, logs)), _log(otherwise))
    raise ValueError("evidence of another shape")


def _number_of(plain: object) -> tuple[int, float]:
    match plain:
        case [int(number), log] if 0 <= number < 10**MOST_CELLS:
            return number, _log(log)
    raise ValueError("a number of another shape")


def _corner_of(plain: object) -> tuple[float, float]:
    match plain:
        case [int() | float() as x, int() | float() as y] if isfinite(x) and isfinite(y):
            return float(x), float(y)
    raise ValueError("a corner of another shape")


def _log(value: object) -> float:
    if not isinstance(value, int | float) or not -1e4 < value < 1e-6:
        raise ValueError(f"expected the logarithm of a probability, came {value!r:.40}")
    return float(value)
