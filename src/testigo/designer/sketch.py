"""What the page sends: groups of rows, sums and regions on a sheet, and the form that they make."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from testigo.core.arithmetic import parse_rule
from testigo.core.form import MOST_CELLS, Box, CodeGrammar, Column, Form, PersonalRegion
from testigo.core.ids import FieldId
from testigo.errors import BadUsage

Rectangle = tuple[float, float, float, float]
"""x, y, width, height as fractions of the page."""

MOST_ROWS, MOST_PARTS = 60, 200
REFERENCE, REFERENCES = "blank.png", "blank-{page}.png"
_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,59}")


@dataclass(frozen=True, slots=True)
class Group:
    """Equal rows of equal cells on a page, each row a figure.

    `gap` is the part of the step from row to row that lies between two rows. Where `free`, there are no printed cells:
    `cells` is how many digits a figure has.
    """

    page: int
    rect: Rectangle
    cells: int
    gap: float
    free: bool
    names: tuple[str, ...]

    def row(self, index: int) -> Rectangle:
        """Where a row stands, counted from 0 at the top."""
        x, y, w, h = self.rect
        step = h / (len(self.names) - self.gap)
        return x, y + index * step, w, step * (1 - self.gap)


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum as somebody typed it."""

    code: str
    text: str
    warns: bool


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a page and what stands there."""

    page: int
    rect: Rectangle
    what: str


@dataclass(frozen=True, slots=True)
class CodePlace:
    """Where a code is printed, and the pattern of its text."""

    page: int
    rect: Rectangle
    symbology: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """A form in the making; everything that is measured is a fraction of the page but the paper itself."""

    id: str
    name: str
    paper_mm: tuple[float, float]
    groups: tuple[Group, ...]
    sums: tuple[Sum, ...]
    personal: tuple[Region, ...]
    codes: tuple[CodePlace, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all figures, in the order in which they were drawn."""
        return tuple(name for group in self.groups for name in group.names)

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Where figures with printed cells stand, in millimetres."""
        return tuple(
            Box(FieldId(name), group.page, _mm(group.row(index), self), group.cells)
            for group in self.groups
            if not group.free
            for index, name in enumerate(group.names)
        )


def sketch_from_json(data: bytes, pages: int) -> Sketch:
    """The sketch of a form of so many pages that the page sent.

    Raises:
        BadUsage: it is none; names the part that is not understood.
    """
    try:
        sketch = _sketch(json.loads(data))
    except (ValueError, RecursionError) as error:
        raise BadUsage(f"sketch: {error}") from None
    placed = [part.page for some in (sketch.groups, sketch.personal, sketch.codes) for part in some]
    if not all(1 <= page <= pages for page in placed):
        raise BadUsage(f"sketch: expected pages from 1 to {pages}, came {sorted(set(placed))}")
    return sketch


def _sketch(value: object) -> Sketch:
    match value:
        case {
            "id": str(form_id),
            "name": str(name),
            "paper_mm": [int() | float() as width, int() | float() as height],
            "groups": list(groups),
            "sums": list(sums),
            "personal": list(personal),
            "codes": list(codes),
        } if max(map(len, (groups, sums, personal, codes))) <= MOST_PARTS:
            return Sketch(
                form_id,
                name,
                (_paper(width), _paper(height)),
                tuple(map(_group, groups)),
                tuple(map(_sum, sums)),
                tuple(map(_region, personal)),
                tuple(map(_code, codes)),
            )
    raise ValueError(f"expected id, name, paper_mm, and up to {MOST_PARTS} groups, sums, personal and codes")


def rect_from_json(data: bytes) -> Rectangle:
    """The part of a page that the page sent.

    Raises:
        BadUsage: it is none.
    """
    try:
        listed = json.loads(data)
        return _rect(listed if isinstance(listed, list) else [])
    except (ValueError, RecursionError) as error:
        raise BadUsage(str(error)) from None


def is_form_id(text: str) -> bool:
    """Whether a form can be called so: its folder has the same name."""
    return _ID.fullmatch(text) is not None


def form_of(sketch: Sketch, pages: int) -> Form:
    """The form that the sketch makes on so many pages, in millimetres.

    Raises:
        BadElection: a sum is not understood.
    """
    columns = tuple(
        Column(tuple(map(FieldId, group.names)), group.page, _mm(group.rect, sketch), len(group.names), group.cells)
        for group in sketch.groups
        if group.free
    )
    rules = tuple(
        parse_rule(one.code, one.text, f"sum {one.code}", weight="warn" if one.warns else "hold") for one in sketch.sums
    )
    return Form(
        sketch.id,
        sketch.name,
        sketch.paper_mm,
        pages,
        tuple(map(FieldId, sketch.names)),
        tuple(
            CodeGrammar(one.symbology, re.compile(one.pattern), region_mm=_mm(one.rect, sketch), page=one.page)
            for one in sketch.codes
        ),
        sketch.boxes,
        rules,
        tuple(PersonalRegion(one.what, one.page, _mm(one.rect, sketch)) for one in sketch.personal),
        REFERENCE if pages == 1 else REFERENCES,
        columns,
    )


def _mm(rect: Rectangle, sketch: Sketch) -> tuple[float, ...]:
    """Millimetres from the corner, in hundredths, never beyond the paper."""
    (x, y, w, h), (width, height) = rect, sketch.paper_mm
    (left, wide), (upper, high) = _side(x, w, width), _side(y, h, height)
    return left, upper, wide, high


def _side(start: float, size: float, paper: float) -> tuple[float, float]:
    first = _hundredth(start * paper)
    length = max(0.01, _hundredth(_hundredth(min(start + size, 1) * paper) - first))
    if first + length <= paper:
        return first, length
    # 304.54 + 208.37 is a little more than 512.91 in binary.
    return (first, round(length - 0.01, 2)) if length > 0.01 else (round(first - 0.01, 2), length)


def _hundredth(length: float) -> float:
    return math.floor(100 * length + 1e-6) / 100


def _paper(side: float) -> float:
    if not 30 <= side <= 1200:
        raise ValueError(f"paper_mm: expected a side of 30 to 1200, came {side!r}")
    return round(float(side), 2)


def _rect(listed: Sequence[object]) -> Rectangle:
    match listed:
        case [int() | float() as x, int() | float() as y, int() | float() as w, int() | float() as h]:
            if min(x, y) >= -1e-6 and min(w, h) >= 0.002 and max(x + w, y + h) <= 1 + 1e-6:
                return max(x, 0.0), max(y, 0.0), w, h
    raise ValueError(f"rect: expected a part of the page as x, y, width and height from 0 to 1, came {listed!r}")


def _group(part: Mapping[str, object]) -> Group:
    match part:
        case {
            "page": int(page),
            "rect": list(rect),
            "cells": int(cells),
            "gap": int() | float() as gap,
            "free": bool(free),
            "names": [str(), *_] as names,
        } if len(names) <= MOST_ROWS and 1 <= cells <= MOST_CELLS and 0 <= gap < 0.9:
            return Group(page, _rect(rect), cells, float(gap), free, tuple(map(str, names)))
    raise ValueError(f"group: expected page, rect, 1 to {MOST_CELLS} cells, gap, free and up to {MOST_ROWS} names")


def _sum(part: Mapping[str, object]) -> Sum:
    match part:
        case {"code": str(code), "text": str(text), "warns": bool(warns)}:
            return Sum(code, text, warns)
    raise ValueError("sum: expected code, text and warns")


def _region(part: Mapping[str, object]) -> Region:
    match part:
        case {"page": int(page), "rect": list(rect), "what": str(what)}:
            return Region(page, _rect(rect), what)
    raise ValueError("personal: expected page, rect and what")


def _code(part: Mapping[str, object]) -> CodePlace:
    match part:
        case {"page": int(page), "rect": list(rect), "symbology": str(symbology), "pattern": str(pattern)}:
            return CodePlace(page, _rect(rect), symbology, pattern)
    raise ValueError("code: expected page, rect, symbology and pattern")
