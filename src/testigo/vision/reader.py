"""Reads one photo: its codes, and a fingerprint by which near copies of it are found."""

from dataclasses import dataclass

import cv2
import numpy as np

from testigo.vision.codes import DEFAULT_WANTED, Code, read_codes
from testigo.vision.load import Pixels, decode
from testigo.vision.views import Region


@dataclass(frozen=True, slots=True)
class PhotoReading:
    """What a reader saw in one photo.

    `phash` is a 64-bit perceptual hash of the upright picture: copies that were scaled or compressed again differ
    in few bits. `width` and `height` are pixels of the upright picture, `steps` names the step of the ladder that
    completed the codes, or "none" where one that was wanted is missing.
    """

    codes: tuple[Code, ...]
    phash: int
    width: int
    height: int
    steps: str


@dataclass(frozen=True, slots=True)
class CodeReader:
    """Reads machine codes and nothing else. `version` changes with anything that may change a reading.

    `regions` are boxes (x0, y0, x1, y1), in fractions of the page, where the form prints its codes.
    """

    regions: tuple[Region, ...] = ()
    budget_s: float = 3.0
    id: str = "codes"
    version: str = "1"

    def read(self, data: bytes, orient: int = 1, wanted: frozenset[str] = DEFAULT_WANTED) -> PhotoReading:
        """The reading of a stripped photo, decoded in this process: for hostile bytes use `child.ReadingChild`.

        Raises:
            BadPhoto: the picture does not decode.
        """
        grey = decode(data, orient=orient, colour="grey")
        found = read_codes(grey, wanted=wanted, regions=self.regions, budget_s=self.budget_s)
        height, width = grey.shape
        return PhotoReading(found.codes, perceptual_hash(grey), width, height, found.step)


def perceptual_hash(grey: Pixels) -> int:
    """64 bits, the first being the highest: is each of the lowest 8 × 8 cosine terms over their median?

    As in Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions (2010), 3.2.1. The term of
    the mean brightness is left out of the median, and its bit is 0.
    """
    small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:8, :8].flatten()
    bits = low > np.median(low[1:])
    bits[0] = False
    return int("".join("1" if bit else "0" for bit in bits), 2)
