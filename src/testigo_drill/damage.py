"""What happens to a photograph on its way: made smaller, out of focus, noisy, compressed; in five grades.

The grades work on any picture, those of real sheets too. Grade 0 only compresses a little; then come .7 of the size,
half, .4 and .33, each with more blur, noise and compression.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.errors import BadUsage

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Damage:
    """One grade. `scale` is what is left of the sides; the pairs are ranges: of the blur's and the noise's standard
    deviations (pixels of the smaller picture, grey levels) and of JPEG's quality."""

    scale: float
    blur: tuple[float, float]
    noise: tuple[float, float]
    quality: tuple[int, int]


DAMAGES: tuple[Damage, ...] = (
    Damage(1.0, (0, 0), (0, 0), (90, 96)),
    Damage(0.7, (0.3, 0.7), (0, 2), (80, 92)),
    Damage(0.5, (0.3, 0.8), (1, 3), (65, 85)),
    Damage(0.4, (0.5, 1.0), (3, 7), (45, 70)),
    Damage(0.33, (0.6, 1.1), (5, 9), (35, 55)),
)
"""The grades in their order, from 0."""


def damaged_jpeg(picture: Picture, grade: int, rng: np.random.Generator) -> bytes:
    """The file that comes out of this grade; `picture` is grey or blue, green, red.

    Raises:
        BadUsage: there is no such grade.
    """
    if not 0 <= grade < len(DAMAGES):
        raise BadUsage(f"expected a grade of damage from 0 to {len(DAMAGES) - 1}, came {grade}")
    damage = DAMAGES[grade]
    small = picture
    if damage.scale < 1:
        size = tuple(max(1, round(side * damage.scale)) for side in picture.shape[1::-1])
        small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    blur, noise = rng.uniform(*damage.blur), rng.uniform(*damage.noise)
    if blur > 0:
        small = np.asarray(cv2.GaussianBlur(small, (0, 0), blur), np.uint8)
    if noise > 0:
        grain = noise * rng.standard_normal(small.shape, np.float32)
        small = np.asarray(np.clip(np.rint(small + grain), 0, 255), np.uint8)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*damage.quality))])
    return bytes(data.tobytes())


def damaged(picture: Picture, grade: int, rng: np.random.Generator) -> Picture:
    """The picture as it comes out of this grade, grey or colour as it was; smaller, but for grade 0.

    Raises:
        BadUsage: there is no such grade.
    """
    data = np.frombuffer(damaged_jpeg(picture, grade, rng), np.uint8)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE if picture.ndim == 2 else cv2.IMREAD_COLOR), np.uint8)
