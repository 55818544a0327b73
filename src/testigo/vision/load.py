"""Photo bytes and PDF bytes become arrays of pixels here and nowhere else. Meant to run inside `child`."""

import io
import math
import struct
import warnings
import zlib
from typing import Literal

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from testigo.errors import BadPhoto
from testigo.vision.jpeg import strip_jpeg
from testigo.vision.stripped import MAX_BYTES, check_size

Pixels = NDArray[np.uint8]

MAX_PAGES = 20
LONGEST_SIDE = 3000
"""A larger picture is reduced to this side in pixels before people see it: a pen on a page is then 3 to 5 broad."""
QUALITY = 85
_POINTS_PER_INCH = 72

# What Pillow raises for bytes that are not what their header promises.
_PILLOW_ERRORS = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error)

# Exif 2.32, 4.6.4: what has to be done to the stored picture so that it stands upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def grey_of(image: Pixels) -> Pixels:
    """The picture's brightness: a grey picture (height, width) itself, of one in blue, green, red its luma (BT.601)."""
    return image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def decode(data: bytes, *, orient: int = 1, colour: Literal["bgr", "grey"] = "bgr") -> Pixels:
    """The upright picture: shape (height, width, 3) in blue, green, red order, or (height, width) in grey.

    `data` is a JPEG or PNG; `orient` is the orientation that the strip read. Transparent parts are white.

    Raises:
        BadPhoto: `broken` where the picture does not decode completely, `huge` over the pixel limits.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
                check_size(*image.size)
                if colour == "grey":
                    # The decoder then skips the colour planes of a JPEG; it changes nothing for a PNG.
                    image.draft("L", image.size)
                flat = _flatten(image, "L" if colour == "grey" else "RGB")
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise BadPhoto("huge", f"the picture is too large to decode ({error})") from None
        except UnidentifiedImageError:
            raise BadPhoto("broken", "the bytes are not a picture; expected a JPEG or PNG") from None
        except _PILLOW_ERRORS as error:
            raise BadPhoto("broken", f"the picture does not decode ({error})") from None
    upright = flat.transpose(_UPRIGHT[orient]) if orient in _UPRIGHT else flat
    pixels: Pixels = np.asarray(upright, dtype=np.uint8)
    return np.ascontiguousarray(pixels[:, :, ::-1]) if pixels.ndim == 3 else pixels


def render_pdf(data: bytes, *, dpi: int = 200, max_pages: int = MAX_PAGES) -> tuple[bytes, ...]:
    """Each page as a PNG (colour only where the page has colour), in page order; the same bytes each time.

    Raises:
        BadPhoto: `broken` where the file is not a readable PDF or has no page, `huge` for more than `max_pages`
            pages or a page over the size limits, which is decided before it is rendered.
    """
    if len(data) > MAX_BYTES:
        raise BadPhoto("huge", f"the PDF has {len(data):,} bytes; at most {MAX_BYTES:,} are taken")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise BadPhoto("broken", f"the PDF does not open ({error})") from None
    try:
        if not 1 <= len(document) <= max_pages:
            cause = "huge" if len(document) else "broken"
            raise BadPhoto(cause, f"the PDF has {len(document)} pages; expected 1 to {max_pages}")
        return tuple(_render(document, number, dpi) for number in range(len(document)))
    finally:
        document.close()


def _render(document: pypdfium2.PdfDocument, number: int, dpi: int) -> bytes:
    # A page of 86.4 points is stored as 86.400002: a hair less, so that rounding up adds no empty column.
    scale = dpi / _POINTS_PER_INCH * (1 - 1e-6)
    try:
        page = document[number]
        width, height = page.get_size()
        check_size(math.ceil(width * scale), math.ceil(height * scale))
        image = page.render(scale=scale).to_pil().convert("RGB")
        page.close()
    except pypdfium2.PdfiumError as error:
        raise BadPhoto("broken", f"page {number + 1} of the PDF does not render ({error})") from None
    if _has_no_colour(image):
        image = image.convert("L")
    out = io.BytesIO()
    image.save(out, format="PNG", compress_level=6)
    return out.getvalue()


def _has_no_colour(image: Image.Image) -> bool:
    red, green, blue = (np.asarray(band) for band in image.split())
    return bool((red == green).all() and (green == blue).all())


def _flatten(image: Image.Image, mode: Literal["L", "RGB"]) -> Image.Image:
    """The picture in 8 bits without transparency."""
    if image.mode.startswith("I"):
        # Pillow clips 16 bits to 255 where it should scale.
        wide = np.asarray(image, dtype=np.uint32)
        return Image.fromarray((wide >> 8).clip(0, 255).astype(np.uint8)).convert(mode)
    if image.mode in {"LA", "RGBA", "PA"} or "transparency" in image.info:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert(mode)
    return image.convert(mode)


def thumbnail(data: bytes, *, orient: int, width: int) -> bytes:
    """A small upright JPEG of a stripped photo, of this width in pixels (never enlarged); the same bytes every time.

    Raises:
        BadPhoto: as `decode`.
    """
    pixels = decode(data, orient=orient, colour="bgr")
    height = max(1, round(pixels.shape[0] * width / pixels.shape[1]))
    if width < pixels.shape[1]:
        pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    _, jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 70])
    return jpeg.tobytes()


def plain_jpeg(shown: Pixels) -> bytes:
    """Pixels as a JPEG without metadata, reduced to `LONGEST_SIDE`; the same bytes every time."""
    longest = max(shown.shape[:2])
    if longest > LONGEST_SIDE:
        size = [max(1, round(side * LONGEST_SIDE / longest)) for side in shown.shape[1::-1]]
        shown = np.asarray(cv2.resize(shown, size, interpolation=cv2.INTER_AREA), np.uint8)
    _, jpeg = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return strip_jpeg(jpeg.tobytes()).data
