"""`png-strip-1`: a PNG file reduced to the chunks that decide its pixels.

Specified in docs/formats/jpeg-strip-1.md. Chunks are those of the PNG specification (W3C, third edition).
"""

import struct
import zlib
from collections.abc import Iterator
from typing import NoReturn

from testigo.errors import BadPhoto
from testigo.vision.stripped import Stripped, check_size, read_orientation

METHOD = "png-strip-1"
SIGNATURE = b"\x89PNG\r\n\x1a\n"

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_INFLATE_STEP = 1 << 20


def strip_png(data: bytes) -> Stripped:
    """The photo without text, times, profiles, animation and anything after its end, as one IDAT chunk.

    The compressed picture is copied; it is inflated once, in steps that are thrown away, to find its true end.

    Raises:
        BadPhoto: `broken` where the bytes do not parse (the sentence gives the byte offset) and `huge` for a
            picture over the pixel limits, which is decided from the header.
    """
    if data[:8] != SIGNATURE:
        _refuse(0, "expected the PNG signature", data[:8].hex(" ") or "nothing")
    header = palette = transparency = b""
    coded: list[bytes] = []
    coded_end = 0
    orient = 0
    for at, kind, body in _chunks(data):
        if not header:
            if kind != b"IHDR":
                _refuse(at, "expected the IHDR chunk first", _shown(kind))
            header = _header(body, at)
            continue
        if kind == b"IDAT":
            if coded and at != coded_end:
                _refuse(at, "expected all IDAT chunks in one run", "one behind another chunk")
            coded.append(body)
            coded_end = at + 12 + len(body)
        elif kind == b"PLTE":
            if palette or coded:
                _refuse(at, "expected one PLTE chunk before the picture data", "another")
            palette = body
        elif kind == b"tRNS":
            if transparency or coded:
                _refuse(at, "expected one tRNS chunk before the picture data", "another")
            transparency = body
        elif kind == b"eXIf":
            orient = orient or read_orientation(body)
        elif not kind[0] & 0x20:
            _refuse(at, "expected no critical chunk but IHDR, PLTE, IDAT and IEND", _shown(kind))
    if not header:
        _refuse(8, "expected the IHDR chunk first", "IEND")
    width, height, depth, colour = struct.unpack_from(">IIBB", header)
    palette, transparency = _colours(palette, transparency, colour=colour, depth=depth)
    picture = _picture(b"".join(coded), _raw_length(header))
    pieces = [(b"IHDR", header), (b"PLTE", palette), (b"tRNS", transparency), (b"IDAT", picture)]
    stripped = SIGNATURE + b"".join(_chunk(kind, body) for kind, body in pieces if body) + _chunk(b"IEND", b"")
    return Stripped(stripped, "image/png", width, height, orient or 1, METHOD)


def _chunks(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Offset, type and body of each chunk before IEND; checks lengths and checksums."""
    at = 8
    while True:
        if at + 12 > len(data):
            _refuse(at, "expected a chunk", "the end of the file")
        length, kind = struct.unpack_from(">I4s", data, at)
        if at + 12 + length > len(data):
            _refuse(at, f"expected chunk {_shown(kind)} to lie inside the file", f"length {length}")
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        body = data[at + 8 : at + 8 + length]
        if zlib.crc32(body, zlib.crc32(kind)) != checksum:
            _refuse(at, f"expected the checksum of chunk {_shown(kind)}", f"{checksum:08x}")
        if kind == b"IEND":
            return
        yield at, kind, body
        at += 12 + length


def _header(body: bytes, at: int) -> bytes:
    if len(body) != 13:
        _refuse(at, "expected 13 bytes in IHDR", str(len(body)))
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", body)
    if depth not in _DEPTHS.get(colour, ()) or compression or filtering or interlace > 1:
        _refuse(at, "expected a depth, colour type and methods that PNG knows", body[8:].hex(" "))
    check_size(width, height)
    return body


def _colours(palette: bytes, transparency: bytes, *, colour: int, depth: int) -> tuple[bytes, bytes]:
    """PLTE and tRNS where they decide pixels, else empty (a suggested palette is dropped)."""
    if colour == 3 and (not palette or len(palette) % 3 or len(palette) > 3 << depth):
        raise BadPhoto("broken", f"chunk PLTE: expected 1 to {1 << depth} colours, found {len(palette)} bytes")
    lengths = {0: (2,), 2: (6,), 3: range(1, len(palette) // 3 + 1)}.get(colour, ())
    if transparency and len(transparency) not in lengths:
        raise BadPhoto("broken", f"chunk tRNS: {len(transparency)} bytes do not fit colour type {colour}")
    return palette if colour == 3 else b"", transparency


def _raw_length(header: bytes) -> int:
    """Bytes of the inflated picture: each row has one filter byte and is padded to whole bytes."""
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", header)
    bits = depth * _CHANNELS[colour]
    passes = _ADAM7 if interlace else ((0, 0, 1, 1),)
    total = 0
    for x, y, step_x, step_y in passes:
        columns, rows = -(-(width - x) // step_x), -(-(height - y) // step_y)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total


def _picture(coded: bytes, expected: int) -> bytes:
    """The zlib stream without what stands behind it; it must inflate to exactly the picture's size."""
    inflater = zlib.decompressobj()
    inflated, feed = 0, coded
    try:
        while not inflater.eof and inflated <= expected:
            step = len(inflater.decompress(feed, _INFLATE_STEP))
            feed = inflater.unconsumed_tail
            if not step and not feed and not inflater.eof:
                raise BadPhoto("broken", f"chunk IDAT: expected {expected} bytes of picture, found {inflated}")
            inflated += step
    except zlib.error as error:
        raise BadPhoto("broken", f"chunk IDAT: the picture data do not inflate ({error})") from None
    if inflated != expected:
        found = "more" if inflated > expected else str(inflated)
        raise BadPhoto("broken", f"chunk IDAT: expected {expected} bytes of picture, found {found}")
    return coded[: len(coded) - len(inflater.unused_data)]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))


def _shown(kind: bytes) -> str:
    return kind.decode("ascii") if kind.isalpha() else kind.hex(" ")


def _refuse(at: int, expected: str, found: str) -> NoReturn:
    raise BadPhoto("broken", f"byte {at}: {expected}, found {found}")
