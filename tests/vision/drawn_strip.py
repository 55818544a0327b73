"""Strips of paper as somebody filled them in: words in drawn letters, and tally marks. All of them are synthetic."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

FACES = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)
"""Faces of pen strokes; accents are not in them."""


def word_strip(text: str, rng: np.random.Generator, face: int, damage: float = 0.0) -> Pixels:
    """A line of text, 70 pixels high, written unevenly; `damage` 0 to 1 blurs it, adds noise and takes contrast."""
    scale, thick = 1.2, int(rng.integers(1, 4))
    (width, _), _ = cv2.getTextSize(text, face, scale, thick)
    page = np.full((120, width + 60), 255, np.uint8)
    x = 20.0
    for letter in text:
        tone, drop = int(rng.integers(20, 90)), int(rng.integers(-3, 4))
        cv2.putText(page, letter, (round(x), 80 + drop), face, scale, tone, thick, cv2.LINE_AA)
        x += cv2.getTextSize(letter, face, scale, thick)[0][0] * rng.uniform(0.92, 1.08)
    return photographed(_slanted(page, rng.uniform(-0.25, 0.25))[25:105], rng, damage)


def tally_strip(count: int, rng: np.random.Generator, damage: float = 0.0, *, lines: bool = False) -> Pixels:
    """Tally marks in groups of five, four upright and one across, of one pen; `lines` prints the row's lines.

    The strip is 60 pixels high, as 10 mm at 150 dots an inch; strokes stand about 2 mm apart.
    """
    page = np.full((60, 60 + 16 * count + 30 * (count // 5)), 255, np.uint8)
    x, height = 20.0, rng.uniform(30, 42)
    pen = int(rng.integers(2, 5)), int(rng.integers(20, 80))
    for group in range((count + 4) // 5):
        first = x
        for _ in range(min(4, count - 5 * group)):
            _stroke(page, rng, pen, (x + rng.normal(0, 1), 30 + height / 2), (x + rng.normal(0, 2), 30 - height / 2))
            x += rng.uniform(9, 14)
        if count - 5 * group >= 5:
            low, high = rng.uniform(0.1, 0.4) * height, rng.uniform(0.1, 0.4) * height
            _stroke(page, rng, pen, (first - rng.uniform(4, 8), 30 + low), (x - rng.uniform(1, 5), 30 - high))
        x += rng.uniform(12, 20)
    if lines:
        for y in (2, 57):
            cv2.line(page, (0, y), (page.shape[1], y), 110, 1)
    return photographed(page, rng, damage)


def photographed(page: Pixels, rng: np.random.Generator, damage: float) -> Pixels:
    """The strip blurred, with noise and less contrast, and compressed as a photo is."""
    if damage <= 0:
        return page
    small = cv2.resize(page, None, fx=1 - 0.5 * damage, fy=1 - 0.5 * damage, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 0.2 + 0.8 * damage).astype(np.float32)
    grey = 235 - (255 - soft) * (1 - 0.45 * damage) + rng.normal(0, 2 + 10 * damage, soft.shape)
    done, coded = cv2.imencode(".jpg", np.clip(grey, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 60])
    assert done
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


def _stroke(
    page: Pixels, rng: np.random.Generator, pen: tuple[int, int], start: tuple[float, float], end: tuple[float, float]
) -> None:
    """A stroke of a pen (breadth, tone) that bends a little and is not always as dark."""
    ends = np.array([start, end])
    middle = ends.mean(axis=0) + rng.normal(0, 1.2, 2)
    t = np.linspace(0, 1, 12)[:, None]
    curve = (1 - t) ** 2 * ends[0] + 2 * t * (1 - t) * middle + t**2 * ends[1]
    points = np.round(curve * 16).astype(np.int32)
    broad, tone = pen
    cv2.polylines(page, [points], False, tone + int(rng.integers(0, 40)), broad, cv2.LINE_AA, 4)


def _slanted(page: Pixels, slant: float) -> Pixels:
    height, width = page.shape
    move = np.array([[1, -slant, slant * height / 2], [0, 1, 0]])
    return np.asarray(cv2.warpAffine(page, move, (width, height), borderValue=255), np.uint8)
