"""`jpeg-strip-1`: a JPEG file reduced, byte for byte, to what decides its pixels.

Specified in docs/formats/jpeg-strip-1.md; the phone does the same before it hashes a photo.
Markers are those of ITU-T T.81, table B.1.
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from testigo.errors import BadPhoto
from testigo.vision.stripped import Stripped, check_size, read_orientation

METHOD = "jpeg-strip-1"

# Progressive files of cameras have about ten scans. Each scan costs a pass over the whole picture,
# so that a small file with thousands of them would keep a decoder busy for minutes.
MAX_SCANS = 100

_SOI, _EOI, _SOS, _DQT, _DHT, _DRI, _COM = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xFE
_APP0, _APP1, _APP14, _APP15 = 0xE0, 0xE1, 0xEE, 0xEF
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_OTHER_FRAMES = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF})

# Inside a scan, FF 00 is a data byte FF and FF D0..D7 a restart; any other FF run ends the scan.
_SCAN_END = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)


@dataclass(slots=True)
class _Seen:
    """What has been met so far on the way through one file."""

    pieces: list[bytes] = field(default_factory=list)
    width: int = 0
    height: int = 0
    scans: int = 0
    orient: int = 0
    jfif: bool = False
    adobe: bool = False


def strip_jpeg(data: bytes) -> Stripped:
    """The photo without metadata, comments, thumbnails, further pictures and anything after its end.

    The coded picture is copied, never decoded, so that the pixels are identical.

    Raises:
        BadPhoto: `broken` where the bytes do not parse (the sentence gives the byte offset), `foreign` for a
            lossless, arithmetic or hierarchical frame, `huge` for a picture over the pixel limits.
    """
    if data[:2] != b"\xff\xd8":
        _refuse(0, "expected the JPEG start FF D8", data[:2].hex(" ") or "nothing")
    seen = _Seen(pieces=[b"\xff\xd8"])
    at = 2
    while True:
        at, marker = _marker(data, at)
        if marker == _EOI:
            if not seen.scans:
                _refuse(at - 2, "expected picture data before the end marker", "FF D9")
            seen.pieces.append(b"\xff\xd9")
            stripped = b"".join(seen.pieces)
            return Stripped(stripped, "image/jpeg", seen.width, seen.height, seen.orient or 1, METHOD)
        at = _segment(seen, data, at, marker)


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The offset behind the next marker, and its code; fill bytes (FF) in front of it are skipped."""
    start = at
    while data[at : at + 1] == b"\xff":
        at += 1
    if at >= len(data):
        _refuse(at, "expected a marker", "the end of the file")
    if at == start or data[at] == 0:
        _refuse(start, "expected a marker", data[start : start + 2].hex(" "))
    return at + 1, data[at]


def _segment(seen: _Seen, data: bytes, at: int, marker: int) -> int:
    """Takes in the segment whose length stands at `at`, and gives the offset behind it (and behind its scan)."""
    name = f"FF {marker:02X}"
    if marker in _OTHER_FRAMES:
        cause = "only baseline, extended and progressive Huffman JPEG is taken"
        raise BadPhoto("foreign", f"byte {at - 2}: {cause}, this is frame type {name}")
    known = marker in _FRAMES or marker in {_SOS, _DQT, _DHT, _DRI, _COM} or _APP0 <= marker <= _APP15
    if not known:
        _refuse(at - 2, "expected a marker of a JPEG picture", name)
    if at + 2 > len(data):
        _refuse(at, f"expected the length of segment {name}", "the end of the file")
    (length,) = struct.unpack_from(">H", data, at)
    end: int = at + length
    if length < 2 or end > len(data):
        _refuse(at, f"expected segment {name} to lie inside the file", f"length {length}")
    body = data[at + 2 : end]
    if marker in _FRAMES:
        _frame(seen, body, at)
    elif marker == _DQT:
        _check_tables(body, at, name, _quantisation_length)
    elif marker == _DHT:
        _check_tables(body, at, name, _huffman_length)
    elif marker == _DRI and len(body) != 2:
        _refuse(at, "expected 2 bytes of restart interval", str(len(body)))
    if marker in _FRAMES or marker in {_DQT, _DHT, _DRI}:
        seen.pieces.append(b"\xff" + data[at - 1 : end])
        return end
    if marker == _SOS:
        return _scan(seen, data, at, end)
    if not seen.scans:
        _application(seen, marker, body, at)
    return end


def _frame(seen: _Seen, body: bytes, at: int) -> None:
    if seen.width:
        _refuse(at, "expected one frame", "a second frame header")
    if len(body) < 6 or len(body) != 6 + 3 * body[5]:
        _refuse(at, "expected a frame header of 6 bytes and 3 for each component", f"{len(body)} bytes")
    precision, height, width, components = struct.unpack_from(">BHHB", body)
    if precision != 8 or components not in {1, 3, 4}:
        found = f"{precision} bits, {components} components"
        raise BadPhoto("foreign", f"byte {at}: expected 8 bits and 1, 3 or 4 components, found {found}")
    check_size(width, height)
    seen.width, seen.height = width, height


def _scan(seen: _Seen, data: bytes, at: int, end: int) -> int:
    """Copies a scan header and its coded data; restarts and stuffed bytes are part of the data."""
    body = data[at + 2 : end]
    if not seen.width:
        _refuse(at, "expected a frame header before the first scan", "a scan")
    if not body or not 1 <= body[0] <= 4 or len(body) != 4 + 2 * body[0]:
        _refuse(at, "expected a scan header of 4 bytes and 2 for each of 1 to 4 components", f"{len(body)} bytes")
    seen.scans += 1
    if seen.scans > MAX_SCANS:
        _refuse(at, f"expected at most {MAX_SCANS} scans", "one more")
    found = _SCAN_END.search(data, end)
    if found is None:
        _refuse(len(data), "expected a marker behind the picture data", "the end of the file")
    seen.pieces.append(b"\xff" + data[at - 1 : found.start()])
    return found.start()


def _application(seen: _Seen, marker: int, body: bytes, at: int) -> None:
    """Keeps the two application segments that decide how colours decode, without their tails; notes Exif."""
    if marker == _APP0 and body[:5] == b"JFIF\0" and len(body) >= 14 and not seen.jfif:
        seen.jfif = True
        seen.pieces.append(b"\xff\xe0\x00\x10" + body[:12] + b"\0\0")
    elif marker == _APP14 and body[:5] == b"Adobe" and len(body) >= 12:
        if seen.adobe:
            _refuse(at, "expected one Adobe segment", "a second")
        seen.adobe = True
        seen.pieces.append(b"\xff\xee\x00\x0e" + body[:12])
    elif marker == _APP1 and body[:6] == b"Exif\0\0" and not seen.orient:
        seen.orient = read_orientation(body[6:])


def _check_tables(body: bytes, at: int, name: str, length: Callable[[bytes, int], int]) -> None:
    """Walks the tables of a DQT or DHT segment; they must fill it exactly, so that nothing hides behind them."""
    here = 0
    while here < len(body):
        here += length(body, here)
    if here != len(body) or not body:
        _refuse(at, f"expected whole tables in segment {name}", f"{len(body)} bytes")


def _quantisation_length(body: bytes, here: int) -> int:
    return 129 if body[here] >> 4 else 65


def _huffman_length(body: bytes, here: int) -> int:
    return 17 + sum(body[here + 1 : here + 17])


def _refuse(at: int, expected: str, found: str) -> NoReturn:
    raise BadPhoto("broken", f"byte {at}: {expected}, found {found}")
