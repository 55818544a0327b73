"""Pictures that the vision tests share: a page of noise and lines, and sheets with codes on them."""

import io
from collections.abc import Callable

import numpy as np
import pytest
import segno
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

Page = NDArray[np.uint8]


@pytest.fixture(scope="session")
def page() -> Image.Image:
    """A small colour picture that no compression makes trivial, 120 × 80."""
    draw = np.random.default_rng(7)
    rows, columns = np.mgrid[0:80, 0:120]
    pixels = np.stack([rows * 3, columns * 2, (rows + columns) % 256], axis=2) + draw.integers(0, 20, (80, 120, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


@pytest.fixture(scope="session")
def sheet() -> Callable[..., Page]:
    """Makes a grey sheet, 1400 × 1000, with a QR code (and a Code 128 where `bars` is given) and printed rows."""

    def make(text: str, *, bars: str = "", scale: int = 5) -> Page:
        paper = np.full((1400, 1000), 240, np.uint8)
        for row in range(420, 1300, 36):
            paper[row : row + 2, 60:940] = 90
        image = io.BytesIO()
        segno.make(text, error="m", micro=False).save(image, kind="png", scale=scale, border=4)
        with Image.open(image) as drawn:
            square = np.asarray(drawn.convert("L"))
        paper[60 : 60 + square.shape[0], 80 : 80 + square.shape[1]] = square
        if bars:
            code = zxingcpp.create_barcode(bars, zxingcpp.BarcodeFormat.Code128)
            strip = np.asarray(zxingcpp.write_barcode_to_image(code, scale=3))[:120]
            paper[80 : 80 + strip.shape[0], 500 : 500 + strip.shape[1]] = strip
        return paper

    return make


@pytest.fixture(scope="session")
def as_jpeg() -> Callable[[Page], bytes]:
    def encode(pixels: Page, quality: int = 85) -> bytes:
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "JPEG", quality=quality)
        return out.getvalue()

    return encode
