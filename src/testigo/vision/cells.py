"""The cells of a flattened page: one small picture of ink on white for each box, without the printed lines.

A cell's mark is what can be said without reading it: nothing stands there, one hand wrote there, it was struck out, or
it was written over. Which digit it is, is for the digit reader to say, who may also refuse.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.core.ids import FieldId
from testigo.vision.layout import FieldBox, Layout
from testigo.vision.load import Pixels, grey_of
from testigo.vision.refine import Printed, dark_lines

Mark = Literal["empty", "written", "crossed", "heavy"]

Frame = tuple[float, float, float, float]

SIDE = 40
_WIDTH = 1760
_WINDOW = 1.25
# Of a wide box so much, in heights, may be beyond the window on both sides together: a digit at its edge must be seen,
# else all fields of a sum could lose their hundreds alike.
_UNSEEN = 0.25
_SNAP = 6
_FLATTENED_OVER = 0.8
# Of 255: in 249 empty boxes of scans and rough photographs the darkest spot is at most 21 below the paper, in 660 with
# a digit at least 33.
_LEAST_CONTRAST, _PAPER_OVER = 26, 150
_HEAVY_OVER = 0.4
# Of 255: red (250, 130, 120) is 85 lighter in the red channel than in grey, yellow (255, 255, 0) 29, rose paper 20,
# black and blue 0.
_RED_OVER, _RED_SHARE = 25, 0.02
# So much of a cell's side may be its printed line.
_LINE = 0.15


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, counted from 0 at the left: `pixels` (40, 40) in grey with the paper at 255 and black ink near 0.

    `ink` is the share of dark pixels, 0 to 1. `placed` is the correlation of the printed lines around the field with
    the blank's, -1 to 1: where it is low, the box may not stand where it was cut.
    """

    field: FieldId
    index: int
    pixels: Pixels
    mark: Mark
    ink: float
    placed: float


def cut_cells(page: Pixels, printed: Printed, layout: Layout) -> tuple[Cell, ...]:
    """The cells of every boxed field of a flattened page (grey or colour, the blank's size), in the layout's order.

    A field is moved by up to 6 pixels (of a page 1760 wide) to where its printed lines agree best with the blank's:
    folds leave that much.
    """
    grey = grey_of(page)
    fades = printed.red and page.ndim == 3
    ink = even_ink(np.ascontiguousarray(page[:, :, 2]) if fades else grey, layout)
    lines = dark_lines(grey)
    cells: list[Cell] = []
    for box in layout.boxes:
        cells += _field_cells(ink, lines, printed, box)
    return tuple(cells)


def is_red(blank: Pixels, layout: Layout) -> bool:
    """Whether a blank has print within its cells that fades in the red channel, as red and yellow does.

    The lines around them are removed anyhow. Only such a form is read in that channel: a photo's colours are compressed
    far more than its brightness, so digits are less clear there, and a red pen fades as well.
    """
    if blank.ndim == 2:
        return False
    height, width = blank.shape[:2]
    fades = cv2.subtract(np.ascontiguousarray(blank[:, :, 2]), grey_of(blank))
    for left, upper, right, lower in (
        box.cell(at).in_pixels(width, height) for box in layout.boxes for at in range(box.cells)
    ):
        line = _LINE * min(right - left, lower - upper)
        inside = fades[round(upper + line) : round(lower - line), round(left + line) : round(right - line)]
        if int((inside > _RED_OVER).sum()) > _RED_SHARE * inside.size:
            return True
    return False


def even_ink(grey: Pixels, layout: Layout) -> Pixels:
    """Ink on white paper, from one channel of a page divided by the tone of the paper around: tinted areas become white
    too."""
    heights = [box.rect.h * grey.shape[0] for box in layout.boxes] or [grey.shape[1] / 40]
    # Wider than a pen's stroke, narrower than the paper between a box and its neighbour.
    breadth = max(9, round(_FLATTENED_OVER * float(np.median(heights)))) | 1
    quiet = cv2.GaussianBlur(grey, (0, 0), 0.6)
    paper = cv2.morphologyEx(quiet, cv2.MORPH_CLOSE, np.ones((breadth, breadth), np.uint8))
    return np.asarray(np.clip(grey.astype(np.float32) * 255 / np.maximum(paper, 16), 0, 255), np.uint8)


def _field_cells(ink: Pixels, lines: Pixels, printed: Printed, box: FieldBox) -> list[Cell]:
    width, height = printed.size
    dx, dy, placed = _snap(lines, printed, box)
    frame = _moved(box.rect.in_pixels(width, height), dx, dy)
    left, upper, right, lower = frame
    cell_height = lower - upper
    room = round(0.4 * cell_height)
    x0, y0 = max(0, round(left) - room), max(0, round(upper) - room)
    x1, y1 = min(width, round(right) + room), min(height, round(lower) + room)
    blank = np.roll(printed.lines, (dy, dx), (0, 1))[y0:y1, x0:x1]
    here = ink[y0:y1, x0:x1]
    inside = _moved(frame, -x0, -y0)
    mask = np.maximum(_lines_of(blank, box.cells, inside), _lines_seen(here, inside, (right - left) / box.cells))
    clean = _without_lines(here, np.asarray(mask, np.uint8))
    cells = []
    for index in range(box.cells):
        step = (right - left) / box.cells
        centre = left + (index + 0.5) * step - x0, (upper + lower) / 2 - y0
        side = max(_WINDOW * cell_height, step - _UNSEEN * cell_height)
        pixels, inner = _window(clean, centre, side, (step / side, cell_height / side))
        mark, share = mark_of(inner)
        cells.append(Cell(box.field, index, pixels, mark, share, placed))
    return cells


def _moved(frame: Frame, dx: float, dy: float) -> Frame:
    return frame[0] + dx, frame[1] + dy, frame[2] + dx, frame[3] + dy


def _snap(lines: Pixels, printed: Printed, box: FieldBox) -> tuple[int, int, float]:
    """Shift in pixels (x, y) at which the field's printed lines agree best with the blank's, and the correlation.

    What is written within the cells does not count.
    """
    width, height = printed.size
    reach = max(1, round(_SNAP * width / _WIDTH))
    frame = box.rect.in_pixels(width, height)
    left, upper, right, lower = frame
    room = 0.3 * (lower - upper)
    x0, y0 = max(reach, round(left - room)), max(reach, round(upper - room))
    x1, y1 = min(width - reach, round(right + room)), min(height - reach, round(lower + room))
    inside = _moved(frame, -x0, -y0)
    # A blank that was cleared of ink may have lost some lines of its boxes: the form knows that they are there.
    drawn = np.maximum(printed.lines[y0:y1, x0:x1], _frame_of((y1 - y0, x1 - x0), box.cells, inside) // 2)
    # Blurred a little: the lines are thin, and a shift of one pixel must not lose them.
    template = cv2.GaussianBlur(drawn, (0, 0), 1.2)
    window = cv2.GaussianBlur(lines[y0 - reach : y1 + reach, x0 - reach : x1 + reach], (0, 0), 1.2)
    if int(template.max()) < 24 or int(window.max()) < 24:
        return 0, 0, 0.0
    counts = cv2.dilate(_lines_of(printed.lines[y0:y1, x0:x1], box.cells, inside), np.ones((7, 7)))
    scores = cv2.matchTemplate(window, template, cv2.TM_CCOEFF_NORMED, mask=np.asarray(counts, np.uint8))
    scores = np.clip(np.nan_to_num(scores, posinf=0, neginf=0), -1, 1)
    # A far place must be clearly better than the near one: handwriting also has upright strokes.
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    row, column = np.unravel_index(int((scores - 0.01 * np.hypot(rows, columns)).argmax()), scores.shape)
    return int(column) - reach, int(row) - reach, float(scores[row, column])


def _lines_of(blank: Pixels, cells: int, frame: Frame) -> Pixels:
    """Where the form has print: the lines that the blank shows in the box, all it shows beside the box, the frame."""
    left, upper, right, lower = frame
    unit = max(1.0, (lower - upper) / 45)
    drawn = _frame_of(blank.shape, cells, frame)
    shown = np.asarray(blank > 40, np.uint8) * 255
    length = max(5, round(15 * unit))
    flat = cv2.morphologyEx(shown, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    upright = cv2.morphologyEx(shown, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    # Dust of the blank inside a cell is not a line.
    shown[max(0, round(upper)) : round(lower), max(0, round(left)) : round(right)] = 0
    printed = np.maximum(np.maximum(flat, upright), np.maximum(drawn, shown))
    return np.asarray(cv2.dilate(printed, np.ones((3, 3), np.uint8)), np.uint8)


def _frame_of(shape: tuple[int, ...], cells: int, frame: Frame) -> Pixels:
    """The lines around and between the cells as the form describes them, 255 on 0."""
    left, upper, right, lower = frame
    drawn = np.zeros(shape, np.uint8)
    broad = max(2, round((lower - upper) / 15))
    for x in np.linspace(left, right, cells + 1):
        cv2.line(drawn, (round(x), round(upper)), (round(x), round(lower)), 255, broad)
    for y in (upper, lower):
        cv2.line(drawn, (round(left), round(y)), (round(right), round(y)), 255, broad)
    return drawn


def _lines_seen(ink: Pixels, frame: Frame, step: float) -> Pixels:
    """Long flat lines of the photo near the box's upper and lower edge, where a fold left them beside their place."""
    _, upper, _, lower = frame
    flat = cv2.morphologyEx(
        np.asarray(ink < 215, np.uint8), cv2.MORPH_OPEN, np.ones((1, max(5, round(1.1 * step))), np.uint8)
    )
    near = round(0.12 * (lower - upper))
    flat[max(0, round(upper) + near) : max(0, round(lower) - near)] = 0
    return np.asarray(cv2.dilate(flat, np.ones((3, 3), np.uint8)) * 255, np.uint8)


def _without_lines(ink: Pixels, mask: Pixels) -> Pixels:
    """Printed lines filled from beside them, so that a stroke that crosses a line goes on through it."""
    return np.asarray(cv2.inpaint(ink, mask, 3, cv2.INPAINT_TELEA), np.uint8)


def _window(clean: Pixels, centre: tuple[float, float], side: float, box: tuple[float, float]) -> tuple[Pixels, Pixels]:
    """The cell's window as (40, 40), and the part of it that is inside the box, in the same scale; `box` is the box's
    width and height as parts of the window's."""
    scale = SIDE / side
    smooth = cv2.GaussianBlur(clean, (0, 0), 0.4 / scale) if scale < 0.9 else clean
    to_cell = np.array([[scale, 0, SIDE / 2 - 0.5 - scale * centre[0]], [0, scale, SIDE / 2 - 0.5 - scale * centre[1]]])
    pixels = np.asarray(cv2.warpAffine(smooth, to_cell, (SIDE, SIDE), borderValue=255), np.uint8)
    middle = SIDE // 2
    wide, high = (min(middle, round(SIDE * part / 2) - 2) for part in box)
    return pixels, pixels[middle - high : middle + high, middle - wide : middle + wide]


def mark_of(inner: Pixels) -> tuple[Mark, float]:
    """What stands in a box, seen without reading, and the share of it that is ink; `inner` is the box in grey.

    The measure is the cell's own contrast: a faint pen on a dim photo is still ink, and a digit that is taken for an
    empty box would change the figure.
    """
    smooth = cv2.GaussianBlur(np.ascontiguousarray(inner), (0, 0), 1.0).astype(np.float32)
    paper, darkest = float(np.percentile(smooth, 75)), float(np.percentile(smooth, 2))
    if 255 - darkest < _LEAST_CONTRAST or (paper > _PAPER_OVER and paper - darkest < _LEAST_CONTRAST):
        return "empty", 0.0
    dark = smooth < min(paper, 255) - max(paper - darkest, _LEAST_CONTRAST) / 2
    if paper <= _PAPER_OVER:
        # Ink nearly everywhere: there is no paper left to compare with.
        dark = smooth < (255 + darkest) / 2
    share = float(dark.mean())
    if _is_crossed(dark):
        return "crossed", share
    return ("heavy" if share > _HEAVY_OVER else "written"), share


def _is_crossed(dark: NDArray[np.bool_]) -> bool:
    """A straight stroke from one side of the box to the other, or two straight ones from corner to corner."""
    thick = np.asarray(cv2.dilate(dark.astype(np.uint8), np.ones((3, 3), np.uint8)), np.bool_)
    height, width = dark.shape
    across, falling, rising = (
        float(ink[rows, columns].mean(axis=1).max())
        for ink, (rows, columns) in zip((dark, thick, thick), _strokes(height, width), strict=True)
    )
    return across > 0.97 or min(falling, rising) > 0.9


@lru_cache(maxsize=64)
def _strokes(height: int, width: int) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], ...]:
    """The pixels (lines, steps) of straight lines in a box: across it, falling through it, and rising through it."""
    right, bottom = width - 1, height - 1
    steps = np.linspace(0, 1, 2 * max(width, height))

    def pixels(ends: list[tuple[int, int, int, int]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        x0, y0, x1, y1 = np.array(ends, np.float64).T[:, :, None]
        return np.rint(y0 + (y1 - y0) * steps).astype(np.intp), np.rint(x0 + (x1 - x0) * steps).astype(np.intp)

    heights = range(0, height, 2)
    inset = range(0, max(1, width // 4), 2)
    across = [(0, a, right, b) for a in heights for b in heights if abs(a - b) <= height / 2]
    falling = [(a, 0, right - b, bottom) for a in inset for b in inset]
    rising = [(a, bottom, right - b, 0) for a in inset for b in inset]
    return pixels(across), pixels(falling), pixels(rising)
