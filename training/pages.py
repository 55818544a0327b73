"""Pages of boxes that were never printed, filled, photographed badly, and cut by the product's own code.

A reader that learns from clean cells fails on what is left of printed lines. So whole pages are drawn, damaged, and
cut by `testigo.vision.cells`, as pages of an election are: remnants of lines, wrong places and blur are the real ones.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.core.ids import FieldId
from testigo.vision.cells import cut_cells
from testigo.vision.free_row import picture_of
from testigo.vision.layout import FieldBox, Layout, Rect
from testigo.vision.refine import Printed, dark_lines
from training.glyphs import Mask, Sources, Writer, digit_of, line, printer, put, scribble, specks, writer

Cells = NDArray[np.uint8]
Labels = NDArray[np.int64]

BLANK, DASH, CROSS, ILLEGIBLE = 10, 11, 12, 13
_SHARES = (*(0.083, 0.088, 0.074, 0.074, 0.078, 0.074, 0.074, 0.082, 0.074, 0.079), 0.1, 0.04, 0.04, 0.04)
_LOOSE = 0.12
_TYPED = 0.1
"""How many fields of a page with printed figures are printed."""


@dataclass(frozen=True, slots=True)
class _Table:
    """How boxes are printed: the page's size, a cell's width and height, how many a field has, and all fields."""

    size: tuple[int, int]
    cell: tuple[float, float]
    layout: Layout


def page_of_cells(
    sources: Sources, rng: np.random.Generator, *, printed: float, another: float
) -> tuple[Cells, Labels]:
    """The cells (n, 40, 40) of one page and what stands in them; some digits once more as a column without boxes shows
    them.

    `printed` is the probability of a page some of whose figures were printed before anybody wrote on it, `another` that
    somebody else goes on with the next field.
    """
    table = _table(rng)
    blank = _printed(table, rng)
    ink = np.zeros(blank.shape, np.float32)
    labels: list[int] = []
    written: list[tuple[int, tuple[float, float, float, float]]] = []
    width, height = table.size
    hand = writer(sources, rng)
    machine = printer(sources, rng) if printed and rng.random() < printed else None
    for box in table.layout.boxes:
        if rng.random() < another:
            hand = writer(sources, rng)
        breadth = max(1.0, rng.uniform(0.03, 0.1) * table.cell[1])
        typed = machine is not None and rng.random() < _TYPED
        free = not typed and rng.random() < 0.04
        before = int(rng.integers(box.cells)) if typed else 0
        for index in range(box.cells):
            frame = box.cell(index).in_pixels(width, height)
            label = DASH if free else int(rng.choice(len(_SHARES), p=_SHARES))
            if typed:
                label = BLANK if index < before else int(rng.integers(BLANK))
            if machine is not None and typed:
                _fill(ink, label, frame, sources, machine, rng, breadth)
            elif not free:
                _fill(ink, label, frame, sources, hand, rng, breadth)
            labels.append(label)
            written.append((label, frame))
        if free:
            left, upper, right, lower = box.rect.in_pixels(width, height)
            y = rng.uniform(0.35, 0.65) * (lower - upper) + upper
            end = y + rng.uniform(-0.25, 0.25) * (lower - upper)
            line(ink, (left + 2, y), (right - 2, end), hand, rng, breadth)
    page = _photographed(blank, ink, rng)
    printed = Printed(dark_lines(blank), np.zeros((0, 2)))
    cells = [cell.pixels for cell in cut_cells(page, printed, table.layout)]
    for label, frame in written:
        if label < BLANK and rng.random() < _LOOSE:
            cells.append(_loose(page, ink, frame))
            labels.append(label)
    return np.stack(cells), np.array(labels)


def _table(rng: np.random.Generator) -> _Table:
    width, height = ((1760, 1240), (1240, 1754), (1500, 1060))[int(rng.integers(3))]
    cell_height = rng.uniform(26, 60)
    cell_width = cell_height * rng.uniform(0.62, 1.6)
    cells = int(rng.integers(2, 5))
    gap_x, gap_y = rng.uniform(1.2, 3.0) * cell_height, rng.uniform(1.05, 1.9) * cell_height
    boxes = []
    y = 60.0
    while y + cell_height < height - 60 and len(boxes) < 60:
        x = 80.0 + rng.uniform(0, 40)
        while x + cells * cell_width < width - 80:
            rect = Rect(x / width, y / height, cells * cell_width / width, cell_height / height)
            boxes.append(FieldBox(FieldId(f"f{len(boxes)}"), rect, cells))
            x += cells * cell_width + gap_x
        y += gap_y if rng.random() < 0.7 else cell_height
    return _Table((width, height), (cell_width, cell_height), Layout("t", 1, (297.0, 206.0), tuple(boxes)))


def _printed(table: _Table, rng: np.random.Generator) -> Cells:
    width, height = table.size
    page = np.full((height, width), 255, np.uint8)
    grey = int(rng.uniform(0, 190))
    broad = int(rng.integers(1, 4))
    inner = rng.random()
    tint = int(rng.uniform(205, 255))
    for box in table.layout.boxes:
        left, upper, right, lower = (round(v) for v in box.rect.in_pixels(width, height))
        if rng.random() < 0.5:
            around = round(0.4 * table.cell[1])
            cv2.rectangle(
                page, (left - around, upper - around // 3), (right + around // 2, lower + around // 3), tint, -1
            )
            cv2.rectangle(page, (left, upper), (right, lower), 255, -1)
    for box in table.layout.boxes:
        left, upper, right, lower = (round(v) for v in box.rect.in_pixels(width, height))
        cv2.rectangle(page, (left, upper), (right, lower), grey, broad)
        for index in range(1, box.cells):
            x = round(left + index * table.cell[0])
            if inner < 0.6:
                cv2.line(page, (x, upper), (x, lower), grey, broad)
            elif inner < 0.85:
                for y in range(upper, lower, 6):
                    cv2.line(page, (x, y), (x, min(lower, y + 3)), grey, 1)
        text = "".join(rng.choice(list("abcdefgnorstuvi"), 5))
        cv2.putText(page, text, (max(0, left - 60), upper - 3), cv2.FONT_HERSHEY_SIMPLEX, 0.45, grey, 1, cv2.LINE_AA)
    return page


def _fill(
    ink: Mask,
    label: int,
    frame: tuple[float, float, float, float],
    sources: Sources,
    hand: Writer,
    rng: np.random.Generator,
    breadth: float,
) -> None:
    left, upper, right, lower = frame
    wide, tall = right - left, lower - upper
    height = hand.size * tall
    aside = hand.drift * wide
    centre = (left + right) / 2 + rng.normal(0, aside), (upper + lower) / 2 + rng.normal(0, 0.08 * tall)
    inside = left + 0.15 * wide, upper + 0.12 * tall, right - 0.15 * wide, lower - 0.12 * tall
    if label < BLANK:
        put(ink, digit_of(label, sources, hand, rng), centre, height, hand, rng)
        if rng.random() < 0.04:
            specks(ink, frame, rng)
    elif label == BLANK:
        if rng.random() < 0.25:
            specks(ink, frame, rng)
    elif label == DASH:
        _dash(ink, inside, hand, rng, breadth)
    elif label == CROSS:
        grown = rng.uniform(-0.05, 0.2)
        a = left + grown * wide, upper + grown * tall, right - grown * wide, lower - grown * tall
        line(ink, (a[0], a[1]), (a[2], a[3]), hand, rng, breadth)
        line(ink, (a[2], a[1]), (a[0], a[3]), hand, rng, breadth)
    else:
        _illegible(ink, frame, inside, centre, sources, hand, rng, breadth)


def _dash(
    ink: Mask, inside: tuple[float, float, float, float], hand: Writer, rng: np.random.Generator, breadth: float
) -> None:
    left, upper, right, lower = inside
    if rng.random() < 0.5:
        # Many only tick the empty box.
        short, aside = rng.uniform(0.1, 0.35) * (right - left), rng.normal(0, 0.05) * (right - left)
        left, right = left + short + aside, right - short + aside
    middle = (upper + lower) / 2 + rng.normal(0, 0.08 * (lower - upper))
    if rng.random() < 0.65:
        line(ink, (left, middle), (right, middle + rng.normal(0, 0.12 * (lower - upper))), hand, rng, breadth)
    else:
        # A flat wave, as some hands fill a box in which nothing is to stand.
        steps = np.linspace(left, right, 5)
        heights = middle + rng.uniform(0.05, 0.16) * (lower - upper) * np.array([0.4, -1, 0, 1, -0.4])
        for x0, y0, x1, y1 in zip(steps, heights, steps[1:], heights[1:], strict=False):
            line(ink, (x0, y0), (x1, y1), hand, rng, breadth)


def _illegible(
    ink: Mask,
    frame: tuple[float, float, float, float],
    inside: tuple[float, float, float, float],
    centre: tuple[float, float],
    sources: Sources,
    hand: Writer,
    rng: np.random.Generator,
    breadth: float,
) -> None:
    tall = frame[3] - frame[1]
    kind = rng.random()
    one, other = (int(n) for n in rng.choice(10, 2, replace=False))
    if kind < 0.3:
        for digit in (one, other):
            put(ink, digit_of(digit, sources, hand, rng), centre, hand.size * tall, hand, rng)
    elif kind < 0.7:
        put(ink, digit_of(one, sources, hand, rng), centre, hand.size * tall, hand, rng)
        for _ in range(int(rng.integers(2, 5))):
            y = rng.uniform(inside[1], inside[3])
            line(ink, (frame[0], y), (frame[2], y + rng.normal(0, 0.3 * tall)), hand, rng, breadth)
    else:
        scribble(ink, inside, hand, rng, breadth)


def _photographed(blank: Cells, ink: Mask, rng: np.random.Generator) -> Cells:
    """The filled page as a photo that was flattened to the blank's size: a little bent, lit unevenly, less sharp."""
    height, width = blank.shape
    pen = rng.uniform(0, 90)
    page = blank.astype(np.float32)
    page += ink * (np.minimum(pen, page) - page)
    bend = cv2.resize(
        rng.normal(0, rng.uniform(0, 2.2), (4, 5, 2)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    page = cv2.remap(page, columns + bend[..., 0], rows + bend[..., 1], cv2.INTER_LINEAR, borderValue=255)
    light = cv2.resize(
        rng.uniform(rng.uniform(0.35, 1), 1, (3, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    page = page * light * rng.uniform(0.75, 1)
    grade = rng.random()
    scale, blur, noise, quality = 1.0, rng.uniform(0, 0.8), rng.uniform(0, 5), int(rng.integers(70, 96))
    if grade > 0.35:
        scale, blur, noise, quality = (
            rng.uniform(0.5, 0.9),
            rng.uniform(0.2, 1),
            rng.uniform(1, 7),
            int(rng.integers(45, 92)),
        )
    if grade > 0.7:
        scale, blur, noise, quality = (
            rng.uniform(0.3, 0.55),
            rng.uniform(0.2, 1.3),
            rng.uniform(2, 10),
            int(rng.integers(28, 80)),
        )
    small = cv2.resize(page, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), blur) if blur > 0.15 else small
    small = small + rng.normal(0, noise, small.shape).astype(np.float32)
    _, coded = cv2.imencode(".jpg", np.clip(small, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    seen = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
    return np.asarray(cv2.resize(seen, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def _loose(page: Cells, ink: Mask, frame: tuple[float, float, float, float]) -> Cells:
    """The digit as `testigo.vision.free_row` would show it, where figures stand without boxes."""
    left, upper, right, lower = (round(v) for v in frame)
    room = round(0.15 * (lower - upper))
    top = max(0, upper - room)
    here = ink[top : lower + room, left:right] > 0.15
    rows, columns = np.flatnonzero(here.any(axis=1)), np.flatnonzero(here.any(axis=0))
    if rows.size == 0:
        return np.full((40, 40), 255, np.uint8)
    box = left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1
    around = round(0.5 * (lower - upper))
    x0, y0 = max(0, left - around), max(0, upper - around)
    seen = page[y0 : lower + around, x0 : right + around]
    tone = max(32.0, float(np.percentile(seen, 80)))
    clean = np.asarray(np.clip(seen.astype(np.float32) * 255 / tone, 0, 255), np.uint8)
    return picture_of(clean, (box[0] - x0, box[1] - y0, box[2] - x0, box[3] - y0))
