import contextlib
import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from testigo.errors import BadPhoto
from testigo.vision.load import decode
from testigo.vision.strip import strip

CANARY = "CANARY-4711"


def png(image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def kinds(data: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        found.append(data[at + 4 : at + 8])
        at += 12 + length
    return found


def bare(width: int, height: int, coded: bytes, *, interlace: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", coded) + chunk(b"IEND", b"")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pixels_stay_the_same_in_every_colour_type(page: Image.Image, mode: str) -> None:
    image = page.convert("I").convert("I;16") if mode == "I;16" else page.convert(mode)
    data = png(image, **({"transparency": 3} if mode == "P" else {}))
    stripped = strip(data)
    assert (stripped.media, stripped.width, stripped.height, stripped.method) == ("image/png", 120, 80, "png-strip-1")
    assert np.array_equal(decode(stripped.data), decode(data))
    assert strip(stripped.data).data == stripped.data


def test_texts_times_profiles_and_what_follows_the_end_do_not_survive(page: Image.Image) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", CANARY)
    info.add_itxt("XML:com.adobe.xmp", CANARY, zip=False)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 8, CANARY
    data = png(page, pnginfo=info, exif=exif, icc_profile=CANARY.encode() * 50, dpi=(72, 72)) + CANARY.encode()
    stripped = strip(data)
    assert CANARY.encode() not in stripped.data
    assert kinds(stripped.data) == [b"IHDR", b"IDAT", b"IEND"]
    assert stripped.orient == 8


def test_an_animation_is_reduced_to_its_picture(page: Image.Image) -> None:
    data = png(page, save_all=True, append_images=[page.rotate(180)])
    assert b"acTL" in kinds(data)
    assert strip(data).data == strip(png(page)).data


def test_bytes_behind_the_compressed_picture_are_dropped() -> None:
    coded = zlib.compress(bytes(4 * 5))
    assert strip(bare(4, 4, coded + CANARY.encode())).data == strip(bare(4, 4, coded)).data


@pytest.mark.parametrize("raw", [4 * 5 - 1, 4 * 5 + 1], ids=["short", "long"])
def test_a_picture_that_inflates_to_another_size_is_refused(raw: int) -> None:
    with pytest.raises(BadPhoto, match="expected 20 bytes of picture"):
        strip(bare(4, 4, zlib.compress(bytes(raw))))


def test_an_interlaced_picture_is_taken() -> None:
    # Adam7 on 3 × 2: passes of 1, 1 and 1 pixels in the first row and 3 in the second; one filter byte a row.
    rows = 4
    assert strip(bare(3, 2, zlib.compress(bytes(6 + rows)), interlace=1)).width == 3


def test_a_bomb_of_121_million_pixels_is_refused_from_its_header() -> None:
    with pytest.raises(BadPhoto, match="11000 × 11000") as caught:
        strip(bare(11_000, 11_000, b""))
    assert caught.value.cause == "huge"


def test_a_wrong_checksum_is_refused(page: Image.Image) -> None:
    data = bytearray(png(page))
    data[-20] ^= 1
    with pytest.raises(BadPhoto, match="checksum"):
        strip(bytes(data))


def test_a_picture_without_header_or_data_is_refused() -> None:
    signature = b"\x89PNG\r\n\x1a\n"
    for body in (b"", chunk(b"IEND", b""), chunk(b"IDAT", b"") + chunk(b"IEND", b"")):
        with pytest.raises(BadPhoto) as caught:
            strip(signature + body)
        assert caught.value.cause == "broken"
    with pytest.raises(BadPhoto, match="expected 20 bytes of picture, found 0"):
        strip(bare(4, 4, b""))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=3),
    cut=st.integers(0, 40),
)
def test_damaged_bytes_are_refused_or_give_a_settled_file(
    page: Image.Image, flips: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(png(page.convert("P")))
    for at, change in flips:
        data[at % len(data)] ^= change
    try:
        stripped = strip(bytes(data[: len(data) - cut]))
    except BadPhoto:
        return
    assert strip(stripped.data).data == stripped.data
    with contextlib.suppress(BadPhoto):
        decode(stripped.data)
