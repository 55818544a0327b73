"""The ladder's rungs: the same photo, and patches of it, shown in ever dearer ways to a code reader.

A view is lazy: it costs nothing before it is asked for. Everything is computed from the pixels alone, so that the
same photo gives the same views.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.vision.load import Pixels

Region = tuple[float, float, float, float]
Slopes = NDArray[np.float32]

# A QR module of a phone photo has some 5 to 10 pixels at this side; zxing-cpp is fastest and surest there.
_COMFORTABLE_SIDE = 2400
_LARGEST_DOUBLED = 2600 * 2600
_PATCH_SIDE = 1100
_CANDIDATES = 3

# Blurs that are undone, as (name, sigma of the defocus, length of the motion, its direction in degrees), in pixels.
# Measured on 60 synthetic photos: these read what sharpening leaves, others add nothing.
_SPREADS = (
    ("defocus", 1.8, 0.0, 0.0),
    ("defocus", 2.4, 0.0, 0.0),
    ("motion", 1.6, 5.0, 0.0),
    ("motion", 1.6, 5.0, 45.0),
    ("motion", 1.6, 5.0, 90.0),
    ("motion", 1.6, 5.0, 135.0),
)
_NOISE_TO_SIGNAL = 0.03


@dataclass(frozen=True, slots=True)
class View:
    """One picture to look at. `back` maps its pixel (x, y, 1) to the photo's; `turned` says linear codes only."""

    step: str
    pixels: Pixels
    back: NDArray[np.float64]
    plain: bool = False
    coarse: bool = False
    turned: bool = False


def views(image: Pixels, regions: tuple[Region, ...], *, linear: bool) -> Iterator[View]:
    """The rungs in order of cost. `image` is grey; `regions` are fractions of the page; `linear` adds turned views."""
    height, width = image.shape
    whole = np.eye(3)
    scale = _COMFORTABLE_SIDE / max(height, width)
    work = image
    if scale < 0.75:
        work = _reduce(image, scale)
        yield View("smaller", work, _scaled(whole, 1 / scale), plain=True)
        yield View("plain", image, whole, plain=True)
        whole = _scaled(whole, 1 / scale)
    else:
        yield View("plain", image, whole, plain=True)
    even = _flatten(work)
    yield View("flat", _sharpen(even, 2.0, 1.5), whole)
    if work.size <= _LARGEST_DOUBLED:
        yield View("double", _enlarge(work, 2), _scaled(whole, 0.5))
    hinted = tuple(_widen(region, width, height) for region in regions)
    yield from _patch_views("region", image, hinted, linear=linear)
    yield from _patch_views(
        "patch", image, tuple(_candidates(work, 1 / scale if work is not image else 1.0)), linear=linear
    )


def _patch_views(
    step: str, image: Pixels, boxes: Iterable[tuple[int, int, int, int]], *, linear: bool
) -> Iterator[View]:
    """Each filter over all patches before the next filter: the first filters read most of what can be read."""
    patches: list[tuple[Pixels, NDArray[np.float64]]] = []
    for x0, y0, x1, y1 in boxes:
        crop = image[y0:y1, x0:x1]
        if min(crop.shape) < 16:
            continue
        back = np.array([[1.0, 0.0, x0], [0.0, 1.0, y0], [0.0, 0.0, 1.0]])
        shrink = _PATCH_SIDE / max(crop.shape)
        if shrink < 1:
            crop = _reduce(crop, shrink)
            back = back @ np.diag([1 / shrink, 1 / shrink, 1.0])
        patches.append((_flatten(crop), back))
    for crop, back in patches:
        yield View(f"{step}-double", _enlarge(crop, 2), back @ np.diag([0.5, 0.5, 1.0]))
    for crop, back in patches:
        yield View(f"{step}-sharp", _sharpen(_enlarge(crop, 2), 2.0, 1.5), back @ np.diag([0.5, 0.5, 1.0]), coarse=True)
    for crop, back in patches:
        yield View(f"{step}-triple", _sharpen(_enlarge(crop, 3), 6.0, 3.0), back @ np.diag([1 / 3, 1 / 3, 1.0]))
    if linear:
        for crop, back in patches:
            yield from _turned(step, crop, back)
    for name, sigma, length, direction in _SPREADS:
        spread = _spread(sigma, length, direction)
        for crop, back in patches:
            clear = _enlarge(_deblur(crop, spread), 2)
            yield View(f"{step}-{name}", clear, back @ np.diag([0.5, 0.5, 1.0]), coarse=True)


def _turned(step: str, crop: Pixels, back: NDArray[np.float64]) -> Iterator[View]:
    """The patch turned so that its bars stand upright, where it has a clear direction that is not upright already."""
    across, along, cross = _structure(crop, max(crop.shape))
    a, b, c = float(across.mean()), float(along.mean()), float(cross.mean())
    coherence = float(np.hypot(a - b, 2 * c)) / max(a + b, 1e-6)
    angle = 0.5 * float(np.degrees(np.arctan2(2 * c, a - b)))
    slant = abs(angle) % 90
    if coherence < 0.2 or min(slant, 90 - slant) < 4:
        return
    double = _enlarge(crop, 2)
    height, width = double.shape
    side = int(np.ceil(np.hypot(height, width)))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turn[:, 2] += (side / 2 - width / 2, side / 2 - height / 2)
    level = np.asarray(cv2.warpAffine(double, turn, (side, side), flags=cv2.INTER_CUBIC, borderValue=255), np.uint8)
    undo = back @ np.diag([0.5, 0.5, 1.0]) @ np.linalg.inv(np.vstack([turn, (0.0, 0.0, 1.0)]))
    yield View(f"{step}-turned", level, undo, turned=True)
    yield View(f"{step}-turned", _sharpen(level, 2.0, 1.5), undo, turned=True)


def _candidates(work: Pixels, scale: float) -> Iterator[tuple[int, int, int, int]]:
    """Boxes (x0, y0, x1, y1) in the photo's pixels where strokes are dense: first in both directions, then in one."""
    reduce = min(1.0, 800 / max(work.shape))
    small = _reduce(work, reduce)
    across, along, cross = _structure(small, 25)
    energy = across + along
    spread = np.sqrt((across - along) ** 2 + 4 * cross**2)
    light = cv2.blur(small.astype(np.float32), (25, 25)) ** 2 + 100
    bound = (round(work.shape[1] * scale), round(work.shape[0] * scale))
    for dense in ((energy - spread) / light, spread / light):
        for _ in range(_CANDIDATES):
            top = float(dense.max())
            if top <= 0:
                break
            peak = np.unravel_index(int(dense.argmax()), dense.shape)
            _, labels, stats, _ = cv2.connectedComponentsWithStats((dense > 0.35 * top).astype(np.uint8))
            label = labels[peak]
            left, upper, wide, high = (int(value) for value in stats[label][:4])
            dense = np.where(labels == label, 0, dense)
            margin = 12 + max(wide, high) // 5
            box = (left - margin, upper - margin, left + wide + margin, upper + high + margin)
            x0, y0, x1, y1 = (round(value * scale / reduce) for value in box)
            yield max(0, x0), max(0, y0), min(bound[0], x1), min(bound[1], y1)


def _structure(image: Pixels, window: int) -> tuple[Slopes, Slopes, Slopes]:
    """Mean squared slopes across and along, and their product, over a square window in pixels."""
    floats = image.astype(np.float32)
    slope_x, slope_y = cv2.Sobel(floats, cv2.CV_32F, 1, 0), cv2.Sobel(floats, cv2.CV_32F, 0, 1)
    size = (window, window)
    across, along, cross = (cv2.blur(part, size) for part in (slope_x**2, slope_y**2, slope_x * slope_y))
    return np.asarray(across, np.float32), np.asarray(along, np.float32), np.asarray(cross, np.float32)


def _widen(region: Region, width: int, height: int) -> tuple[int, int, int, int]:
    """A region of the form as a box of the photo, with room for a page that does not quite fill it."""
    x0, y0, x1, y1 = region
    room_x, room_y = 0.03 + 0.35 * (x1 - x0), 0.03 + 0.35 * (y1 - y0)
    left, right = max(0.0, x0 - room_x), min(1.0, x1 + room_x)
    upper, lower = max(0.0, y0 - room_y), min(1.0, y1 + room_y)
    return int(left * width), int(upper * height), int(np.ceil(right * width)), int(np.ceil(lower * height))


def _scaled(back: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    return back @ np.diag([factor, factor, 1.0])


def _enlarge(image: Pixels, times: int) -> Pixels:
    return np.asarray(cv2.resize(image, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC), np.uint8)


def _reduce(image: Pixels, factor: float) -> Pixels:
    height, width = image.shape
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _sharpen(image: Pixels, sigma: float, amount: float) -> Pixels:
    blurred = cv2.GaussianBlur(image, (0, 0), sigma)
    return np.asarray(cv2.addWeighted(image, 1 + amount, blurred, -amount, 0), np.uint8)


def _flatten(image: Pixels) -> Pixels:
    """Shadows taken out: divided by the local paper tone, stretched so that ink is black and paper white."""
    small = _reduce(image, 0.125).astype(np.float32)
    paper = cv2.resize(
        cv2.GaussianBlur(small, (0, 0), 4), (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR
    )
    ratio = image / (paper + 1)
    low, high = np.percentile(ratio[::4, ::4], (2, 98))
    stretched = (ratio - low) * (255 / max(float(high - low), 1e-3))
    return np.asarray(np.clip(stretched, 0, 255), np.uint8)


def _spread(sigma: float, length: float, direction: float) -> NDArray[np.float32]:
    """How a point smears: a line of `length` pixels blurred by `sigma`; sums to 1."""
    middle = int(np.ceil(3 * sigma + length / 2))
    points = np.zeros((2 * middle + 1, 2 * middle + 1), np.float32)
    for along in np.linspace(-length / 2, length / 2, 61):
        x, y = along * np.cos(np.radians(direction)), along * np.sin(np.radians(direction))
        points[middle + round(float(y)), middle + round(float(x))] += 1
    smeared = np.asarray(cv2.GaussianBlur(points, (0, 0), sigma), np.float32)
    return np.asarray(smeared / smeared.sum(), np.float32)


def _deblur(image: Pixels, spread: NDArray[np.float32]) -> Pixels:
    """Wiener deconvolution (Gonzalez and Woods, Digital Image Processing, 5.8) with a constant noise ratio."""
    height, width = image.shape
    placed = np.zeros((height, width), np.float32)
    rows, columns = min(height, spread.shape[0]), min(width, spread.shape[1])
    placed[:rows, :columns] = spread[:rows, :columns]
    placed = np.roll(placed, (-(spread.shape[0] // 2), -(spread.shape[1] // 2)), (0, 1))
    transfer = np.fft.rfft2(placed)
    seen = np.fft.rfft2(image.astype(np.float32) / 255)
    clear = np.fft.irfft2(seen * np.conj(transfer) / (np.abs(transfer) ** 2 + _NOISE_TO_SIGNAL), s=(height, width))
    return np.asarray(np.clip(clear * 255, 0, 255), np.uint8)
