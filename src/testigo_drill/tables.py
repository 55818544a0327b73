"""Tables that a page can lie on: wood with its grain, and woven cloth."""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

_WOODS = ((52, 84, 128), (38, 58, 92), (96, 132, 168), (70, 74, 82))
_CLOTHS = ((120, 60, 40), (60, 96, 60), (60, 50, 140), (170, 170, 176), (40, 40, 44))
_REDUCED = 4


def make_table(height: int, width: int, rng: np.random.Generator) -> Picture:
    """The empty table in blue, green, red, drawn from `rng`."""
    if rng.random() < 0.6:
        return _wood(height, width, rng)
    return _cloth(height, width, rng)


def _wood(height: int, width: int, rng: np.random.Generator) -> Picture:
    rows, columns = height // _REDUCED, width // _REDUCED
    streaks = rng.normal(0, 1, (rows, 1)) + cv2.resize(rng.normal(0, 1.2, (rows // 6, 4)), (columns, rows))
    grain = cv2.GaussianBlur(streaks, (0, 0), sigmaX=6, sigmaY=1)
    base = np.array(_WOODS[int(rng.integers(len(_WOODS)))], np.float64)
    wood = np.clip(base * (1 + 0.12 * grain[:, :, None]), 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        wood = np.ascontiguousarray(wood.transpose(1, 0, 2))
    return np.asarray(cv2.resize(wood, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _cloth(height: int, width: int, rng: np.random.Generator) -> Picture:
    thread = int(rng.integers(3, 8))
    y, x = np.mgrid[0 : height // _REDUCED, 0 : width // _REDUCED]
    weave = np.sin(x * np.pi / thread) * np.sin(y * np.pi / thread)
    folds = cv2.resize(rng.normal(0, 1, (5, 4)), (weave.shape[1], weave.shape[0]), interpolation=cv2.INTER_CUBIC)
    base = np.array(_CLOTHS[int(rng.integers(len(_CLOTHS)))], np.float64)
    cloth = np.clip(base * (1 + 0.08 * weave + 0.08 * folds)[:, :, None], 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(cloth, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
