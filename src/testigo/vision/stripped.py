"""What a strip hands back, the size limits that it applies, and how a photo says which way is up."""

import struct
from dataclasses import dataclass

from testigo.errors import BadPhoto

MAX_BYTES = 20_000_000
MAX_PIXELS = 50_000_000
MAX_SIDE = 12_000

_ORIENTATION_TAG = 0x0112
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Stripped:
    """The bytes of a photo without anything that is not picture.

    `data` is what is hashed and kept. `media` is its media type. `width` and `height` are pixels as stored,
    before `orient` is applied. `orient` is 1 to 8 as in Exif (1 = upright), read before the metadata went;
    stripping `data` again therefore gives the same `data`, with `orient` 1. `method` names the specification
    in docs/formats/jpeg-strip-1.md.
    """

    data: bytes
    media: str
    width: int
    height: int
    orient: int
    method: str


def check_size(width: int, height: int) -> None:
    """Accepts a picture size, in pixels, that is safe to decode.

    Raises:
        BadPhoto: `broken` where a side is zero, `huge` where a side or the area is over the limit.
    """
    if width < 1 or height < 1:
        raise BadPhoto("broken", f"the header says {width} × {height} pixels; both sides must be at least 1")
    if max(width, height) > MAX_SIDE:
        raise BadPhoto("huge", f"the picture is {width} × {height} pixels; a side may have at most {MAX_SIDE:,}")
    if width * height > MAX_PIXELS:
        raise BadPhoto("huge", f"the picture is {width} × {height} pixels; at most {MAX_PIXELS:,} are taken")


def read_orientation(tiff: bytes) -> int:
    """The orientation, 1 to 8, that the first directory of an Exif block states (Exif 2.32, 4.6.4, tag 0x0112).

    `tiff` starts at the byte order mark. Metadata that does not parse is dropped like all metadata and says
    nothing about the picture: it gives 1.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 1
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    if start + 2 > len(tiff):
        return 1
    (count,) = struct.unpack_from(order + "H", tiff, start)
    for entry in range(start + 2, min(start + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, values, value = struct.unpack_from(order + "HHIH", tiff, entry)
        if tag == _ORIENTATION_TAG:
            return value if kind == _SHORT and values == 1 and 1 <= value <= 8 else 1
    return 1
