"""Figures in a column without boxes that was never printed: each drawn, damaged, and cut as the product cuts it.

One row with what stands around it: printed rules that figures touch, the clerk's dash before a figure, the column's
border, a watermark, the rows above and below, struck rules. Every row is kept twice, as `testigo.vision.free_row` shows
it: with the printed rules taken out, and with them left in.
"""

import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.vision.free_row import row_views
from training.cells import sources_of
from training.glyphs import Sources, Writer, digit_of, line, put, writer
from training.sources import Mask
from training.split import LEARNT

ROWS: Mapping[str, tuple[int, int]] = {"train": (21, 40_000), "held_out": (22, 3_000)}
"""By part: its seed and how many rows are drawn, each kept in two views. No seed is in `split.PARTS`."""
WIDTH, MOST = 176, 5
_AT_ONCE = 50

Strips = NDArray[np.uint8]
Texts = NDArray[np.int64]


def make(packages: Path, into: Path, part: str) -> None:
    """Writes `rows_<part>.npz`: strips (n, 40, 176) and texts (n, 5), -1 behind a text's end."""
    seed, rows = ROWS[part]
    jobs = [(packages, seed, batch, part not in LEARNT) for batch in range(rows // _AT_ONCE)]
    strips, texts = [], []
    with ProcessPoolExecutor(2) as pool:
        for done, (pixels, said) in enumerate(pool.map(_batch, jobs, chunksize=4), 1):
            strips.append(pixels)
            texts.append(said)
            if done % 100 == 0:
                print(f"{part}: {done * _AT_ONCE} of {rows} rows", file=sys.stderr, flush=True)
    np.savez(into / f"rows_{part}.npz", strips=np.concatenate(strips), texts=np.concatenate(texts))


def _batch(job: tuple[Path, int, int, bool]) -> tuple[Strips, Texts]:
    packages, seed, batch, held_out = job
    cv2.setNumThreads(1)
    sources = sources_of(packages, held_out)
    strips, texts = [], []
    for row in range(_AT_ONCE):
        for strip, text in row_of_strips(sources, np.random.default_rng([seed, batch, row])):
            strips.append(strip)
            texts.append(text)
    return np.stack(strips), np.array(texts, np.int64)


def row_of_strips(sources: Sources, rng: np.random.Generator) -> list[tuple[Strips, list[int]]]:
    """One figure's strips, without and with the printed rules, and its digits."""
    high = float(rng.uniform(56, 84))
    digits = 3 if rng.random() < 0.5 else int(rng.integers(1, MOST + 1))
    canvas = round(2.3 * high), round((1.6 + 1.15 * digits) * high)
    page = _printed(canvas, high, rng)
    hand = writer(sources, rng)
    size = float(np.clip(rng.normal(0.7, 0.16), 0.4, 1.15))
    gap, pen = float(rng.normal(0.13, 0.11)), float(rng.uniform(0.03, 0.09)) * high
    ink = np.zeros(canvas, np.float32)
    foot = canvas[0] / 2 + high * (0.5 - rng.normal(0.12, 0.07))
    right = canvas[1] - high * rng.uniform(0.3, 0.9)
    text = _figure(digits, rng)
    box = _written(ink, text, (right, foot), size * high, gap, sources, hand, rng)
    for beside in (-1, 1):
        if rng.random() < 0.6:
            other = _figure(digits, rng)
            place = right + rng.normal(0, 0.1) * high, foot + beside * high * rng.normal(1, 0.05)
            _written(ink, other, place, size * high, gap, sources, hand, rng)
    if rng.random() < 0.65:
        _dash(ink, box, pen, hand, rng)
    page = _photographed(page, ink, rng)
    found = []
    for strip in row_views(page, _shaken(box, rng), row_height=high * float(rng.uniform(0.85, 1.2))):
        filled = np.full((40, WIDTH), 255, np.uint8)
        kept = strip[:, :WIDTH]
        filled[:, : kept.shape[1]] = kept
        if strip.shape[1] <= WIDTH + 8:
            found.append((filled, [*text, *([-1] * (MOST - len(text)))]))
    return found


def _figure(digits: int, rng: np.random.Generator) -> list[int]:
    """Any figure, or a small one with noughts before it, as padded columns are full of."""
    if rng.random() < 0.65:
        return [int(one) for one in rng.integers(0, 10, digits)]
    small = int(rng.integers(0, 10 ** max(1, digits - 1)))
    return [int(one) for one in f"{small if rng.random() < 0.5 else small % 10:0{digits}d}"]


def _printed(canvas: tuple[int, int], high: float, rng: np.random.Generator) -> Mask:
    """Paper with rules above and below the row, a border at the right, words of a watermark."""
    height, width = canvas
    page = np.full(canvas, 255, np.uint8)
    if rng.random() < 0.4:
        for _ in range(5):
            word = "".join(rng.choice(list("ABCEINORST"), 8))
            place = int(rng.integers(-60, width)), int(rng.integers(0, height))
            cv2.putText(page, word, place, cv2.FONT_HERSHEY_SIMPLEX, rng.uniform(0.4, 0.8), 228, 2, cv2.LINE_AA)
    grey, broad = int(rng.uniform(30, 200)), int(rng.integers(1, 4))
    tilt = rng.normal(0, 0.012) * width
    border = width - round(high * rng.uniform(0.0, 0.5))
    for edge in (-0.5, 0.5):
        y = height / 2 + edge * high
        if rng.random() < 0.9:
            cv2.line(page, (0, round(y + tilt)), (border, round(y - tilt)), grey, broad, cv2.LINE_AA)
    if rng.random() < 0.6:
        cv2.line(page, (border, 0), (border + round(rng.normal(0, 3)), height), grey, broad, cv2.LINE_AA)
    return page.astype(np.float32)


def _written(
    ink: Mask,
    text: list[int],
    place: tuple[float, float],
    tall: float,
    gap: float,
    sources: Sources,
    hand: Writer,
    rng: np.random.Generator,
) -> tuple[float, float, float, float]:
    """Writes a figure that ends at a place (right, foot); where its digits came to stand."""
    right, foot = place
    side = round(2.6 * tall)
    x, slope = right, rng.normal(0, 0.03)
    left, upper, lower = right, foot, foot - tall
    for digit in reversed(text):
        alone = np.zeros((side, side), np.float32)
        put(alone, digit_of(digit, sources, hand, rng), (side / 2, side / 2), tall, hand, rng)
        rows, columns = np.flatnonzero(alone.max(axis=1) > 0.15), np.flatnonzero(alone.max(axis=0) > 0.15)
        if rows.size == 0:
            continue
        glyph = alone[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        x -= glyph.shape[1]
        top = foot - glyph.shape[0] + rng.normal(0, 0.05) * tall + slope * (right - x)
        _on(ink, glyph, round(x), round(top))
        left, upper, lower = x, min(upper, top), max(lower, top + glyph.shape[0])
        x -= tall * max(-0.2, rng.normal(gap, 0.08))
    return left, upper, right, lower


def _on(ink: Mask, glyph: Mask, x: int, y: int) -> None:
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(ink.shape[1], x + glyph.shape[1]), min(ink.shape[0], y + glyph.shape[0])
    if x1 > x0 and y1 > y0:
        here = ink[y0:y1, x0:x1]
        np.maximum(here, glyph[y0 - y : y1 - y, x0 - x : x1 - x], out=here)


def _dash(
    ink: Mask, box: tuple[float, float, float, float], pen: float, hand: Writer, rng: np.random.Generator
) -> None:
    """The stroke with which a clerk fills the space before a figure; it may run into it."""
    left, upper, _, lower = box
    tall = lower - upper
    y = upper + tall * rng.uniform(0.25, 0.75)
    end = left + tall * rng.uniform(-0.5, 0.08)
    if end > 0.2 * tall:
        line(ink, (-5.0, y + rng.normal(0, 0.05) * tall), (end, y), hand, rng, pen)


def _shaken(box: tuple[float, float, float, float], rng: np.random.Generator) -> tuple[int, int, int, int]:
    """Where the product may think that the figure stands."""
    left, upper, right, lower = box
    tall = lower - upper
    moves = rng.normal(0, (0.12, 0.07, 0.08, 0.07)) * tall
    if rng.random() < 0.4:
        moves[0] -= rng.uniform(0, 1.0) * tall
    return round(left + moves[0]), round(upper + moves[1]), round(right + moves[2]), round(lower + moves[3])


def _photographed(page: Mask, ink: Mask, rng: np.random.Generator) -> Strips:
    height, width = page.shape
    dark = rng.uniform(0, 120)
    page = page + np.clip(ink, 0, 1) * (np.minimum(dark, page) - page)
    bend = rng.normal(0, rng.uniform(0, 2.0), (3, 4, 2)).astype(np.float32)
    bend = cv2.resize(bend, (width, height), interpolation=cv2.INTER_CUBIC)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    page = cv2.remap(page, columns + bend[..., 0], rows + bend[..., 1], cv2.INTER_LINEAR, borderValue=255)
    light = rng.uniform(rng.uniform(0.5, 1), 1, (3, 3)).astype(np.float32)
    page = page * cv2.resize(light, (width, height), interpolation=cv2.INTER_CUBIC) * rng.uniform(0.7, 1)
    scale = float(rng.uniform(0.3, 1.0))
    small = cv2.resize(page, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.2, 1.3)))
    small = small + rng.normal(0, rng.uniform(0, 6), small.shape).astype(np.float32)
    seen = cv2.resize(np.clip(small, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    _, coded = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
