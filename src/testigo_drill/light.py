"""The light on a photographed page: a lamp's side and colour, a hand's shadow, folds in the paper, a reflection."""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Field = NDArray[np.float32]

_STEP = 20
_NEUTRAL = 200
"""The level of the light map that leaves a pixel as it is."""


def lit(
    photo: Picture, rng: np.random.Generator, bend: Field, sheet: Picture, *, darkness: float, glare: bool
) -> Picture:
    """The photo under a light drawn from `rng`.

    `bend` is the paper's form (any size, -1 to 1), `sheet` 255 where the page lies (any size), `darkness` what the
    deepest shadow takes away (0 to 1), `glare` whether a lamp is reflected.
    """
    height, width = photo.shape[:2]
    rows, columns = height // _STEP, width // _STEP
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    lamp = rng.uniform(0, 2 * np.pi)
    light = 1 + 0.15 * (x * np.cos(lamp) + y * np.sin(lamp))
    light += 0.05 * darkness / 0.3 * cv2.resize(bend, (columns, rows), interpolation=cv2.INTER_LINEAR)
    edge = rng.uniform(0, 2 * np.pi)
    distance = x * np.cos(edge) + y * np.sin(edge) - rng.uniform(-0.6, 0.6)
    light *= 1 - darkness / (1 + np.exp(-distance * rng.uniform(6, 30)))
    fold = np.abs(y - rng.uniform(-0.3, 0.3) - 0.04 * x)
    light *= 1 - 0.25 * darkness * np.exp(-((fold / 0.02) ** 2))
    near = cv2.GaussianBlur(cv2.resize(sheet, (columns, rows), interpolation=cv2.INTER_AREA), (0, 0), 2.5)
    outside = cv2.resize(sheet, (columns, rows), interpolation=cv2.INTER_AREA) < 128
    light *= 1 - 0.5 * outside * (near / 255.0)
    warmth = rng.uniform(-0.08, 0.08)
    tint = np.array([1 - warmth, 1.0, 1 + warmth])
    levels = np.clip(light[:, :, None] * tint * _NEUTRAL, 0, 255).astype(np.uint8)
    shade = cv2.resize(levels, (width, height), interpolation=cv2.INTER_LINEAR)
    shaded = cv2.multiply(photo, shade, scale=1 / _NEUTRAL)
    if not glare:
        return np.asarray(shaded, np.uint8)
    at = rng.uniform(-0.9, 0.9, 2)
    reach = rng.uniform(0.05, 0.3, 2)
    spot = rng.uniform(40, 160) * np.exp(-(((x - at[0]) / reach[0]) ** 2) - ((y - at[1]) / reach[1]) ** 2)
    shine = cv2.resize(spot.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.add(shaded, cv2.cvtColor(shine, cv2.COLOR_GRAY2BGR)), np.uint8)
