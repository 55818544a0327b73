"""A camera that never was: photographs of a page on a table, and the JPEG files a phone would make of them."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo_drill.canaries import app1_segment
from testigo_drill.light import lit
from testigo_drill.tables import make_table

Picture = NDArray[np.uint8]
Field = NDArray[np.float32]
Grade = Literal["mild", "medium", "strong"]

GRADES: tuple[Grade, ...] = ("mild", "medium", "strong")

PHOTO_HEIGHT, PHOTO_WIDTH = 2200, 1600

_MAP_STEP = 40
_MASK_STEP = 4
_NOISE_TILE = 512


@dataclass(frozen=True, slots=True)
class _Hand:
    """How well a photo was taken; every pair is the range that a photo's own value is drawn from.

    `cover` is the page's share of the photo's width, `tilt` the displacement of its corners in shares of its size,
    `degrees` the most it is askew, `curl` in pixels of the page, `defocus` a standard deviation and `motion` a length
    in pixels, `noise` a standard deviation in grey levels, `ink` and `shade` the darkness of print and shadow (0 to 1).
    """

    cover: tuple[float, float]
    tilt: float
    degrees: float
    curl: tuple[float, float]
    shade: tuple[float, float]
    glare: float
    defocus: tuple[float, float]
    motion: tuple[float, float]
    noise: tuple[float, float]
    ink: tuple[float, float]
    quality: tuple[int, int]


_HANDS: dict[Grade, _Hand] = {
    "mild": _Hand((0.80, 0.92), 0.02, 4, (0, 6), (0.05, 0.3), 0.2, (0.4, 0.9), (0, 0), (2, 5), (0.8, 1.0), (80, 94)),
    "medium": _Hand(
        (0.70, 0.90), 0.05, 14, (4, 16), (0.2, 0.6), 0.4, (0.8, 1.7), (0, 4), (4, 9), (0.55, 0.95), (55, 85)
    ),
    "strong": _Hand(
        (0.62, 0.84), 0.08, 28, (8, 26), (0.35, 0.75), 0.6, (2.2, 4.4), (3, 9), (7, 15), (0.35, 0.75), (35, 65)
    ),
}


def photograph(page: Picture, rng: np.random.Generator, grade: Grade) -> Picture:
    """A photo of this page on a table, in blue, green, red; 2200 × 1600, or lying on its side.

    `page` is grey or BGR, upright. Everything that is drawn by chance comes from `rng`.
    """
    hand = _HANDS[grade]
    across, down, bend = _page_coordinates(page, rng, hand)
    size = (PHOTO_WIDTH, PHOTO_HEIGHT)
    full = [cv2.resize(part, size, interpolation=cv2.INTER_LINEAR) for part in (across, down)]
    sheet = cv2.remap(page, full[0], full[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    soft = cv2.GaussianBlur(sheet, (0, 0), rng.uniform(*hand.defocus))
    sheet = _moved(np.asarray(soft, np.uint8), rng, hand)
    small = (PHOTO_WIDTH // _MASK_STEP, PHOTO_HEIGHT // _MASK_STEP)
    x, y = (cv2.resize(part, small, interpolation=cv2.INTER_LINEAR) for part in (across, down))
    inside = ((x >= 0) & (x < page.shape[1]) & (y >= 0) & (y < page.shape[0])).astype(np.uint8) * 255
    _, mask = cv2.threshold(cv2.resize(inside, size, interpolation=cv2.INTER_LINEAR), 127, 255, cv2.THRESH_BINARY)
    inked = cv2.LUT(sheet, _ink(rng, hand))
    photo = make_table(PHOTO_HEIGHT, PHOTO_WIDTH, rng)
    cv2.copyTo(cv2.cvtColor(inked, cv2.COLOR_GRAY2BGR) if inked.ndim == 2 else inked, mask, photo)
    photo = lit(photo, rng, bend, inside, darkness=rng.uniform(*hand.shade), glare=rng.random() < hand.glare)
    _add_noise(photo, rng, rng.uniform(*hand.noise))
    return _turned(photo, int(rng.choice(4, p=(0.85, 0.05, 0.05, 0.05))))


def encode_jpeg(image: Picture, rng: np.random.Generator, grade: Grade, *, exif: bool) -> bytes:
    """The JPEG of a photo, its quality by the grade.

    With `exif`, it carries an invented place and device, and sometimes the picture is stored turned with an
    orientation that says how to show it.
    """
    quality = int(rng.integers(*_HANDS[grade].quality))
    orientation, stored = 1, image
    if exif:
        # Exif 2.32, 4.6.4: 3 is shown turned by 180 degrees, 6 by 90 clockwise, 8 by 90 the other way.
        orientation, turns = ((1, 0), (3, 2), (6, 1), (8, 3))[int(rng.choice(4, p=(0.7, 0.06, 0.16, 0.08)))]
        stored = _turned(image, turns)
    _, encoded = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, quality])
    data: bytes = encoded.tobytes()
    if not exif:
        return data
    return data[:2] + app1_segment(orientation, rng) + data[2:]


def _page_coordinates(page: Picture, rng: np.random.Generator, hand: _Hand) -> tuple[Field, Field, Field]:
    """For a coarse grid of the photo: which point of the page is seen there, and how the paper bends (-1 to 1)."""
    height, width = page.shape[:2]
    wide = PHOTO_WIDTH * rng.uniform(*hand.cover)
    scale = min(wide / width, PHOTO_HEIGHT * 0.96 / height)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width * scale / 2, height * scale / 2)
    corners += rng.uniform(-hand.tilt, hand.tilt, (4, 2)) * (width * scale, height * scale)
    askew = np.deg2rad(rng.uniform(-hand.degrees, hand.degrees))
    turn = np.array([[np.cos(askew), np.sin(askew)], [-np.sin(askew), np.cos(askew)]])
    corners = corners @ turn
    # A hand brings the whole page into view, so an askew page is seen from a little farther.
    corners *= min(1.0, 0.98 / (np.abs(corners) / (PHOTO_WIDTH / 2, PHOTO_HEIGHT / 2)).max())
    room = np.maximum(0, (PHOTO_WIDTH / 2, PHOTO_HEIGHT / 2) - np.abs(corners).max(axis=0))
    corners += (PHOTO_WIDTH / 2, PHOTO_HEIGHT / 2) + rng.uniform(-0.7, 0.7, 2) * room
    on_page = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    back = cv2.getPerspectiveTransform(corners.astype(np.float32), on_page.astype(np.float32))
    columns, rows = PHOTO_WIDTH // _MAP_STEP, PHOTO_HEIGHT // _MAP_STEP
    x, y = np.meshgrid((np.arange(columns) + 0.5) * _MAP_STEP - 0.5, (np.arange(rows) + 0.5) * _MAP_STEP - 0.5)
    across, down, depth = np.tensordot(back, np.stack([x, y, np.ones_like(x)]), axes=1)
    across, down = across / depth, down / depth
    bend = np.sin(rng.uniform(0.6, 1.6) * np.pi * (across / width + rng.uniform(-0.4, 0.4) * down / height) + askew)
    curl = rng.uniform(*hand.curl)
    return (
        (across + 0.4 * curl * bend).astype(np.float32),
        (down + curl * bend).astype(np.float32),
        bend.astype(np.float32),
    )


def _moved(sheet: Picture, rng: np.random.Generator, hand: _Hand) -> Picture:
    """The picture smeared along a line, as by a hand that moved."""
    length = rng.uniform(*hand.motion)
    direction = rng.uniform(0, np.pi)
    if length < 1.5:
        return sheet
    reach = int(np.ceil(length / 2))
    line = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for step in np.linspace(-length / 2, length / 2, 4 * reach + 1):
        line[round(reach + step * np.sin(direction)), round(reach + step * np.cos(direction))] += 1
    return np.asarray(cv2.filter2D(sheet, -1, line / line.sum()), np.uint8)


def _ink(rng: np.random.Generator, hand: _Hand) -> Picture:
    """A table of grey levels: how white the paper is, and how dark the ink still is."""
    ink = rng.uniform(*hand.ink)
    levels = rng.uniform(205, 245) * (1 - ink * (1 - np.arange(256) / 255))
    return levels.astype(np.uint8)


def _add_noise(photo: Picture, rng: np.random.Generator, deviation: float) -> None:
    """Puts a sensor's noise into the picture; one square of it is laid out over the whole, which is quick."""
    tile = rng.standard_normal((_NOISE_TILE, _NOISE_TILE, 3), np.float32)
    grain = (tile * deviation).round().astype(np.int16)
    for y in range(0, photo.shape[0], _NOISE_TILE):
        for x in range(0, photo.shape[1], _NOISE_TILE):
            part = photo[y : y + _NOISE_TILE, x : x + _NOISE_TILE]
            part[:] = cv2.add(part, grain[: part.shape[0], : part.shape[1]], dtype=cv2.CV_8U)


def _turned(photo: Picture, quarters: int) -> Picture:
    """The picture turned counter-clockwise by this many quarters."""
    ways = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}
    return np.asarray(cv2.rotate(photo, ways[quarters]), np.uint8) if quarters else photo
