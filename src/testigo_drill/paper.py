"""The printed page of a form that is filled in by hand: lines, labels and marks, where `layouts` says they stand."""

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo_drill.layouts import Box, FieldBox, WrittenForm
from testigo_drill.sheet import PIXELS_PER_MM, print_code

Picture = NDArray[np.uint8]

_CAPITAL = 21.0
"""Height in pixels of a capital of OpenCV's plain font at scale 1."""
_CORNER = 6.0


def blank_page(form: WrittenForm) -> Picture:
    """The form before it is filled in: blue, green, red, 7 pixels a millimetre."""
    width, height = (round(side * PIXELS_PER_MM) for side in form.paper)
    page = np.full((height, width, 3), 255, np.uint8)
    for x, y, wide, high in form.frames:
        _rectangle(page, (x, y, wide, high), form.ink, 3)
    for words, x, y, size in form.headings:
        if size >= 4 and words.isupper() and x > 12 and size < 7:
            _fill(page, (x - 2, y - size - 1.2, _length(words, size) + 4, size + 2.6), form.tint)
        _print(page, words, x, y, size, form.ink)
    for one in form.fields:
        _field(page, form, one)
    for corner in ((0, 0), (1, 0), (0, 1), (1, 1)):
        _mark(page, form, *corner)
    return page


def print_station(page: Picture, form: WrittenForm, station: str) -> None:
    """Prints the station's code, in figures behind the word for it and as a QR code."""
    for channel in range(3):
        print_code(page[:, :, channel], form.code, f"WR1|{station}")
    x, y, size = next((x + _length(words, size) + 4, y, size) for words, x, y, size in form.headings if _names(words))
    _print(page, station, x, y, size, (0, 0, 0))


def _names(words: str) -> bool:
    return words.upper() == "STATION"


def _field(page: Picture, form: WrittenForm, one: FieldBox) -> None:
    x, y, wide, high = one.box
    _rectangle(page, one.box, form.ink, 2)
    for index in range(1, one.cells):
        at = x + index * wide / one.cells
        _line(page, (at, y), (at, y + high), form.ink, 2 if form.corners != "brackets" else 1)
    if one.label:
        _label(page, form, one)


def _label(page: Picture, form: WrittenForm, one: FieldBox) -> None:
    x, y, _, high = one.box
    left = x - form.labels_at
    size = 4.2 if one.label.isupper() else 3.6
    if form.labels == "table":
        beside = (left, y, form.labels_at, high)
        _fill(page, beside, form.tint if one.label.isupper() else (255, 255, 255))
        _rectangle(page, beside, form.ink, 2)
        _line(page, (x, y), (x, y + high), form.ink, 2)
        left += 3
    _print(page, one.label, left, y + high / 2 + size / 2, size, form.ink)
    if form.labels == "line":
        _line(page, (left, y + high + 0.8), (x - 2, y + high + 0.8), form.ink, 1)
    if form.labels == "dots":
        for dot in np.arange(left + _length(one.label, size) + 2, x - 2, 2):
            _fill(page, (dot, y + high / 2 + size / 2 - 0.4, 0.3, 0.3), form.ink)


def _mark(page: Picture, form: WrittenForm, right: int, low: int) -> None:
    """A corner's mark, black: what `WrittenForm.corners` names."""
    width, height = form.paper
    x, y = (width - 5 if right else 5.0), (height - 5 if low else 5.0)
    inward, down = (-_CORNER if right else _CORNER), (-_CORNER if low else _CORNER)
    if form.corners == "squares":
        _fill(page, (min(x, x + inward), min(y, y + down), _CORNER, _CORNER), (0, 0, 0))
    elif form.corners == "brackets":
        _line(page, (x, y), (x + 2 * inward, y), (0, 0, 0), 7)
        _line(page, (x, y), (x, y + 2 * down), (0, 0, 0), 7)
    elif form.corners == "rings":
        cv2.circle(page, _pixel(x + inward / 2, y + down / 2), round(_CORNER / 2 * PIXELS_PER_MM), (0, 0, 0), 9)
    elif form.corners == "triangles":
        corners = [_pixel(x, y), _pixel(x + 1.2 * inward, y), _pixel(x, y + 1.2 * down)]
        cv2.fillPoly(page, [np.array(corners)], (0, 0, 0))
    elif form.corners == "bars":
        _fill(page, (min(x, x + 2 * inward), min(y, y + down / 3), 2 * _CORNER, _CORNER / 3), (0, 0, 0))
    else:
        _line(page, (x, y + down / 2), (x + inward, y + down / 2), (0, 0, 0), 4)
        _line(page, (x + inward / 2, y), (x + inward / 2, y + down), (0, 0, 0), 4)


def _pixel(x: float, y: float) -> tuple[int, int]:
    return round(x * PIXELS_PER_MM), round(y * PIXELS_PER_MM)


def _rectangle(page: Picture, box: Box, colour: tuple[int, int, int], thickness: int) -> None:
    x, y, wide, high = box
    cv2.rectangle(page, _pixel(x, y), _pixel(x + wide, y + high), colour, thickness)


def _fill(page: Picture, box: Box, colour: tuple[int, int, int]) -> None:
    _rectangle(page, box, colour, -1)


def _line(
    page: Picture, start: tuple[float, float], end: tuple[float, float], colour: tuple[int, int, int], thickness: int
) -> None:
    cv2.line(page, _pixel(*start), _pixel(*end), colour, thickness)


def _length(words: str, size: float) -> float:
    """The printed length of words whose capitals are `size` millimetres high."""
    scale = size * PIXELS_PER_MM / _CAPITAL
    return float(cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, scale, 2)[0][0]) / PIXELS_PER_MM


def _print(page: Picture, words: str, x: float, y: float, size: float, colour: tuple[int, int, int]) -> None:
    scale = size * PIXELS_PER_MM / _CAPITAL
    thick = max(1, round(scale * 1.8))
    cv2.putText(page, words, _pixel(x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, colour, thick, cv2.LINE_AA)
