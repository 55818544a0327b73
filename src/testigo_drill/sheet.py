"""The printed sheet of the demonstration election, drawn where its form.toml says that every box stands."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

from testigo_drill.election import LINES, Figures

Picture = NDArray[np.uint8]

PIXELS_PER_MM = 7
_QUIET = 4
_LABELS = {"valid": "Valid votes", "blank": "Blank ballots", "null": "Null ballots", "cast": "Ballots cast"}

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand on the paper, in millimetres: boxes are x, y, width, height from the upper left corner."""

    paper: tuple[float, float]
    code: Box
    boxes: tuple[tuple[str, Box], ...]


def read_layout(form_file: Path) -> Layout:
    """The layout that a form.toml with one QR code and one page describes."""
    form = tomllib.loads(form_file.read_text("utf-8"))
    width, height = form["form"]["paper_mm"]
    boxes = tuple((box["field"], _box(box["box_mm"])) for box in form["box"])
    return Layout((width, height), _box(form["code"][0]["region_mm"]), boxes)


def _box(numbers: list[float]) -> Box:
    x, y, width, height = numbers
    return x, y, width, height


def code_text(station: str, figures: Figures) -> str:
    """What the sheet's QR code says: `DR1|station|line,line,...|valid|blank|null|cast`."""
    lines = ",".join(map(str, figures.lines))
    return f"DR1|{station}|{lines}|{figures.valid}|{figures.blank}|{figures.null}|{figures.cast}"


def blank_sheet(layout: Layout) -> Picture:
    """The form before it is filled in, grey, 7 pixels a millimetre."""
    width, height = (round(side * PIXELS_PER_MM) for side in layout.paper)
    page = np.full((height, width), 255, np.uint8)
    _write(page, "TALLY SHEET - DRILL", 15, 32, 1.9, 4)
    _write(page, "Demonstration. Not an election.", 15, 41, 1.0, 2)
    _write(page, "Station", 15, 54, 1.2, 2)
    _write(page, "Registered", 15, 70, 1.2, 2)
    for field, (x, y, wide, high) in layout.boxes:
        corners = [(round(a * PIXELS_PER_MM), round(b * PIXELS_PER_MM)) for a, b in ((x, y), (x + wide, y + high))]
        cv2.rectangle(page, corners[0], corners[1], 0, 2)
        baseline = y + high - 3
        _write(page, _LABELS.get(field, f"Ballot line {field}"), 18, baseline, 1.2, 2)
        rule = round((y + high) * PIXELS_PER_MM)
        cv2.line(page, (round(15 * PIXELS_PER_MM), rule), (corners[0][0], rule), 170, 1)
    return page


def print_sheet(blank: Picture, layout: Layout, station: str, registered: int, figures: Figures) -> Picture:
    """The filled-in sheet, a copy of `blank` with station, figures and code."""
    page = blank.copy()
    _write(page, station, 50, 54, 1.6, 3)
    _write(page, str(registered), 50, 70, 1.6, 3)
    values = dict(zip(LINES, figures.lines, strict=True)) | {
        "valid": figures.valid,
        "blank": figures.blank,
        "null": figures.null,
        "cast": figures.cast,
    }
    for field, (x, y, wide, high) in layout.boxes:
        text = str(values[field])
        size = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 1.6, 3)[0][0] / PIXELS_PER_MM
        _write(page, text, x + wide - size - 3, y + high - 2.5, 1.6, 3)
    print_code(page, layout.code, code_text(station, figures))
    return page


def print_code(page: Picture, region: Box, text: str) -> None:
    """Draws a QR code of error level M, with its quiet zone, as large as whole pixels allow in `region`."""
    modules = np.array([list(row) for row in segno.make(text, error="m", micro=False, boost_error=False).matrix])
    framed = np.pad(modules == 0, _QUIET, constant_values=True).astype(np.uint8) * 255
    x, y, wide, _ = (round(part * PIXELS_PER_MM) for part in region)
    scale = wide // len(framed)
    drawn = np.repeat(np.repeat(framed, scale, axis=0), scale, axis=1)
    page[y : y + len(drawn), x : x + len(drawn)] = drawn


def _write(page: Picture, text: str, x_mm: float, baseline_mm: float, scale: float, thickness: int) -> None:
    at = (round(x_mm * PIXELS_PER_MM), round(baseline_mm * PIXELS_PER_MM))
    cv2.putText(page, text, at, cv2.FONT_HERSHEY_DUPLEX, scale, 0, thickness, cv2.LINE_AA)
