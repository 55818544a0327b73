"""Columns of figures that no clerk wrote: ruled, filled by the drill's hands, dashed, lit, blurred and compressed.

The reader of rows never saw these hands nor their pen; its own columns are drawn by other code (`training/rows.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.vision.load import Pixels
from testigo_drill.hands import Hand

Layer = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class DrawnColumn:
    """A crop, the height of its rows in pixels, and the figures that stand in it, padded with noughts."""

    crop: Pixels
    row_height: float
    figures: tuple[str, ...]


def drawn_column(hands: Sequence[Hand], rng: np.random.Generator) -> DrawnColumn:
    """A column by one of the hands: three to six figures of two to five digits, some pages worse than others."""
    high = float(rng.uniform(70, 115))
    digits = 3 if rng.random() < 0.75 else int(rng.integers(2, 6))
    rows = int(rng.integers(6, 12))
    written = int(rng.integers(3, min(rows - 1, 6) + 1))
    border = round(high * rng.uniform(1.1, 1.8) + digits * high * rng.uniform(0.75, 1.0))
    page = np.full((round((rows + 0.6) * high), border + round(rng.uniform(0.1, 1.1) * high)), 255, np.uint8)
    grey, broad, first = float(rng.uniform(60, 190)), int(rng.integers(1, 4)), float(rng.uniform(0.1, 0.3)) * high
    for row in range(rows + 1):
        y = round(first + row * high)
        cv2.line(page, (0, y), (border, y), grey, broad, cv2.LINE_AA)
    cv2.line(page, (border, round(first)), (border, page.shape[0]), grey, broad, cv2.LINE_AA)
    ink = np.zeros(page.shape, np.float32)
    hand = hands[int(rng.integers(len(hands)))]
    tall = high * float(np.clip(rng.normal(0.72, 0.14), 0.45, 1.05))
    pen, gap = high * float(rng.uniform(0.045, 0.1)), float(rng.normal(0.14, 0.1))
    dashed, near = rng.random() < 0.7, float(rng.uniform(-0.05, 0.4))
    rise = float(rng.normal(0.12, 0.06)) * high
    figures = []
    for row in range(written):
        number = int(rng.integers(0, 10**digits)) if rng.random() < 0.6 else int(rng.integers(0, 8))
        figures.append(f"{number:0{digits}d}")
        foot = first + (row + 1) * high - rise + float(rng.normal(0, 0.05)) * high
        left = _figure(
            ink, figures[-1], (border - float(rng.uniform(0.05, 0.5)) * high, foot), tall, hand, pen, gap, rng
        )
        end = left - near * high
        if dashed and end > 0.2 * high:
            middle = round(foot - tall * float(rng.uniform(0.35, 0.65)))
            cv2.line(ink, (0, middle), (round(end), middle), 1.0, max(1, round(pen)), cv2.LINE_AA)
    return DrawnColumn(_photographed(page.astype(np.float32), ink, rng), high, tuple(figures))


def _figure(
    ink: Layer,
    figure: str,
    place: tuple[float, float],
    tall: float,
    hand: Hand,
    pen: float,
    gap: float,
    rng: np.random.Generator,
) -> float:
    """Writes a figure that ends at a place (right, foot), digits close or touching; where it begins."""
    x, foot = place
    left: float = x
    for digit in reversed(figure):
        size = tall * float(np.exp(rng.normal(0, 0.08))) / hand.size
        cover = hand.write(digit, (size, size), pen / hand.pen_mm, rng).cover.astype(np.float32) / 255
        rows, columns = np.flatnonzero(cover.max(axis=1) > 0.15), np.flatnonzero(cover.max(axis=0) > 0.15)
        glyph = cover[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        x -= glyph.shape[1]
        left = x
        x0, y0 = max(0, round(x)), max(0, round(foot - glyph.shape[0] + float(rng.normal(0, 0.04)) * tall))
        here = ink[y0 : y0 + glyph.shape[0], x0 : x0 + glyph.shape[1]]
        np.maximum(here, glyph[: here.shape[0], : here.shape[1]], out=here)
        x -= tall * max(-0.18, float(rng.normal(gap, 0.08)))
    return left


def _photographed(page: Layer, ink: Layer, rng: np.random.Generator) -> Pixels:
    height, width = page.shape
    seen: NDArray[np.floating] = page + np.clip(ink, 0, 1) * (np.minimum(rng.uniform(10, 130), page) - page)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.normal(0, 2)), 1.0)
    turned = cv2.warpAffine(seen, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)
    light = rng.uniform(rng.uniform(0.45, 1), 1, (3, 3)).astype(np.float32)
    lit = turned * cv2.resize(light, (width, height), interpolation=cv2.INTER_CUBIC) * rng.uniform(0.7, 1)
    scale = float(rng.uniform(0.35, 0.75))
    small = cv2.resize(lit, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.3, 1.2)))
    noise = rng.normal(0, rng.uniform(0, 5), small.shape)
    photo = cv2.resize(np.clip(small + noise, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    _, coded = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 92))])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
