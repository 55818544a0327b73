"""Machine codes on a sheet (QR, Code 128): found by zxing-cpp on a ladder of ever dearer views of the photo.

Most photos are read on the first rung. A rung shows the same pixels in another way; what a text says is decided by
the code's own error correction or check digit, and a linear code (whose check digit is weak) that only an enhanced
view shows must be seen in two views. A text is right or absent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from time import thread_time

import numpy as np
import zxingcpp

from testigo.vision.load import Pixels, grey_of
from testigo.vision.views import Region, View, views

LINEAR = frozenset({"Code128", "Code39", "ITF", "EAN13", "Codabar"})
MATRIX = frozenset({"QRCode", "DataMatrix", "PDF417", "Aztec"})
DEFAULT_WANTED = frozenset({"QRCode"})

# Shorter linear texts turn up in noise; no station code is that short.
_SHORTEST_LINEAR = 4


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """A code that was read: `box` is x, y, width, height in pixels of the upright photo."""

    symbology: str
    text: str
    box: tuple[int, int, int, int]

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box: x and y in pixels of the upright photo."""
        x, y, wide, high = self.box
        return x + wide / 2, y + high / 2


@dataclass(frozen=True, slots=True)
class CodesFound:
    """The codes of a photo in a fixed order, and the step of the ladder that completed them ("none": not all)."""

    codes: tuple[Code, ...]
    step: str


def read_codes(
    image: Pixels,
    *,
    wanted: frozenset[str] = DEFAULT_WANTED,
    regions: tuple[Region, ...] = (),
    budget_s: float = 3.0,
) -> CodesFound:
    """The codes in `image` (grey or BGR, upright), climbing until each symbology of `wanted` was found.

    `regions` are boxes (x0, y0, x1, y1) in fractions of the page where the form prints codes; they are looked at
    closely before other places. `budget_s`, seconds of computing, ends the climb between two steps; a photo that is
    read at all is read long before, so that neither the limit nor a busy machine decides what is read.

    Raises:
        ValueError: a symbology that is neither in LINEAR nor in MATRIX.
    """
    if unknown := wanted - LINEAR - MATRIX:
        raise ValueError(f"symbologies {sorted(unknown)} are not known; expected some of {sorted(LINEAR | MATRIX)}")
    grey = grey_of(image)
    started = thread_time()
    found: list[Code] = []
    seen_before: set[tuple[str, str]] = set()
    missing = wanted
    for view in views(grey, regions, linear=bool(wanted & LINEAR)):
        looked = tuple(_look(view, missing & LINEAR if view.turned else missing))
        for code in looked:
            sure = view.plain or code.symbology in MATRIX or (code.symbology, code.text) in seen_before
            if sure and not any(_same(code, other) for other in found):
                found.append(code)
        seen_before.update((code.symbology, code.text) for code in looked)
        missing = wanted - {code.symbology for code in found}
        if not missing:
            return CodesFound(tuple(sorted(found)), view.step)
        if thread_time() - started > budget_s:
            break
    return CodesFound(tuple(sorted(found)), "none")


def _look(view: View, symbologies: frozenset[str]) -> Iterator[Code]:
    """What zxing-cpp reads in one view. A coarse view is also cut at one global threshold."""
    if not symbologies:
        return
    formats = zxingcpp.barcode_formats_from_str(",".join(sorted(symbologies)))
    binarizers = [zxingcpp.Binarizer.LocalAverage]
    if view.coarse:
        binarizers.append(zxingcpp.Binarizer.GlobalHistogram)
    pixels = np.ascontiguousarray(view.pixels)
    for binarizer in binarizers:
        for barcode in zxingcpp.read_barcodes(pixels, formats=formats, binarizer=binarizer):
            symbology = barcode.symbology.name
            if barcode.valid and (symbology not in LINEAR or len(barcode.text) >= _SHORTEST_LINEAR):
                yield Code(symbology, barcode.text, _box(barcode.position, view))


def _box(position: zxingcpp.Position, view: View) -> tuple[int, int, int, int]:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    placed = view.back @ np.array([[corner.x for corner in corners], [corner.y for corner in corners], [1.0] * 4])
    left, upper = placed[:2].min(axis=1)
    right, lower = placed[:2].max(axis=1)
    return round(left), round(upper), round(right - left), round(lower - upper)


def _same(code: Code, other: Code) -> bool:
    """True where both are the same print: equal text, and each centre lies near the other."""
    if (code.symbology, code.text) != (other.symbology, other.text):
        return False
    (x, y), (x2, y2) = code.centre, other.centre
    reach = max(*code.box[2:], *other.box[2:]) / 2
    return abs(x - x2) <= reach and abs(y - y2) <= reach
