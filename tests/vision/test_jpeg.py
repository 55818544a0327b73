import contextlib
import io
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from testigo.errors import BadPhoto
from testigo.vision.load import decode
from testigo.vision.strip import strip, strip_jpeg

CANARY = b"CANARY-4711"


def jpeg(image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", **{"quality": 88, **options})
    return out.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def behind_start(data: bytes, *segments: bytes) -> bytes:
    return data[:2] + b"".join(segments) + data[2:]


def markers(data: bytes) -> list[int]:
    """Marker codes in front of the first scan."""
    found, at = [], 2
    while True:
        found.append(data[at + 1])
        if data[at + 1] == 0xDA:
            return found
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]


def exif(orientation: int) -> Image.Exif:
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010F] = CANARY.decode()
    block.get_ifd(0x8825)[0x001D] = CANARY.decode()
    block.get_ifd(0x8769)[0xA431] = CANARY.decode()
    return block


VARIANTS: dict[str, dict[str, Any]] = {
    "baseline": {},
    "progressive": {"progressive": True},
    "restarts": {"restart_marker_blocks": 2},
    "exif": {"exif": exif(6)},
    "comment": {"comment": CANARY},
    "profile": {"icc_profile": CANARY * 9000},
    "no subsampling": {"subsampling": 0},
}


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS.keys())
def test_pixels_stay_the_same_and_a_second_strip_changes_nothing(page: Image.Image, options: dict[str, Any]) -> None:
    data = jpeg(page, **options)
    stripped = strip(data)
    assert (stripped.media, stripped.width, stripped.height) == ("image/jpeg", 120, 80)
    assert stripped.method == "jpeg-strip-1"
    assert np.array_equal(decode(stripped.data), decode(data))
    assert strip(stripped.data).data == stripped.data
    assert CANARY not in stripped.data


def test_nothing_that_names_a_place_a_device_or_a_person_survives(page: Image.Image) -> None:
    data = behind_start(
        jpeg(page, exif=exif(3), comment=CANARY),
        segment(0xE0, b"JFXX\0\x10" + CANARY),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + CANARY),
        segment(0xE2, b"MPF\0" + CANARY),
        segment(0xEB, b"JP\0\0" + CANARY),
        segment(0xED, b"Photoshop 3.0\0" + CANARY),
        segment(0xEF, CANARY),
        segment(0xFE, CANARY),
    )
    stripped = strip(data + CANARY)
    assert CANARY not in stripped.data
    assert set(markers(stripped.data)) <= {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}
    assert stripped.orient == 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_read_before_the_metadata_goes(page: Image.Image, orientation: int) -> None:
    assert strip(jpeg(page, exif=exif(orientation))).orient == orientation


@pytest.mark.parametrize("block", [b"", b"II*\0", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff", b"junk" * 9])
def test_metadata_that_do_not_parse_say_nothing_about_the_picture(page: Image.Image, block: bytes) -> None:
    assert strip(behind_start(jpeg(page), segment(0xE1, b"Exif\0\0" + block))).orient == 1


def test_a_thumbnail_in_the_jfif_segment_is_cut_off(page: Image.Image) -> None:
    data = jpeg(page)
    assert data[2:4] == b"\xff\xe0"
    fat = data[:2] + segment(0xE0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\x02\x02" + CANARY + b"!") + data[20:]
    assert strip(fat).data[2:20] == segment(0xE0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\0\0")


def test_the_adobe_segment_of_a_cmyk_photo_is_kept_without_its_tail(page: Image.Image) -> None:
    data = jpeg(page.convert("CMYK"))
    start = data.index(b"Adobe") - 4
    fat = data[:start] + segment(0xEE, data[start + 4 : start + 16] + CANARY) + data[start + 16 :]
    stripped = strip(fat)
    assert 0xEE in markers(stripped.data)
    assert CANARY not in stripped.data
    assert np.array_equal(decode(stripped.data), decode(data))


@pytest.mark.parametrize("tail", [b"PK\x03\x04" + CANARY, b"<script>" + CANARY, b"\0\0\0\x18ftypmp42" + CANARY])
def test_a_file_of_another_kind_behind_the_end_is_dropped(page: Image.Image, tail: bytes) -> None:
    data = jpeg(page)
    assert strip_jpeg(data + tail).data == strip(data).data


def test_a_second_picture_behind_the_first_is_dropped(page: Image.Image) -> None:
    out = io.BytesIO()
    page.save(out, "MPO", save_all=True, append_images=[page.rotate(180)])
    assert len(strip(out.getvalue()).data) < 0.6 * len(out.getvalue())


def test_fill_bytes_in_front_of_markers_are_dropped(page: Image.Image) -> None:
    data = jpeg(page)
    filled = data[:2] + b"\xff\xff\xff" + data[2:-2] + b"\xff\xff" + data[-2:]
    assert strip(filled).data == strip(data).data


def test_a_lossless_frame_is_refused_by_its_kind(page: Image.Image) -> None:
    data = jpeg(page)
    at = data.index(b"\xff\xc0")
    with pytest.raises(BadPhoto, match=r"frame type FF C3") as caught:
        strip(data[: at + 1] + b"\xc3" + data[at + 2 :])
    assert caught.value.cause == "foreign"


def test_a_picture_over_the_limit_is_refused_from_its_header(page: Image.Image) -> None:
    data = bytearray(jpeg(page))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 11_000, 11_000)
    with pytest.raises(BadPhoto, match="11000 × 11000") as caught:
        strip(bytes(data))
    assert caught.value.cause == "huge"


def test_a_file_of_countless_scans_is_refused(page: Image.Image) -> None:
    data = strip(jpeg(page, progressive=True)).data
    at = data.index(b"\xff\xda")
    scan = data[at : data.index(b"\xff\xc4", at)]
    with pytest.raises(BadPhoto, match="at most 100 scans"):
        strip(data[:at] + scan * 101 + b"\xff\xd9")


def test_bytes_hidden_behind_a_table_are_refused(page: Image.Image) -> None:
    data = jpeg(page)
    at = data.index(b"\xff\xdb")
    (length,) = struct.unpack_from(">H", data, at + 2)
    body = data[at + 4 : at + 2 + length] + CANARY
    with pytest.raises(BadPhoto, match="whole tables"):
        strip(data[:at] + segment(0xDB, body) + data[at + 2 + length :])


def test_every_cut_file_is_refused_with_an_offset(page: Image.Image) -> None:
    data = jpeg(page, exif=exif(1), progressive=True)
    for length in range(2, len(data) - 1, 7):
        with pytest.raises(BadPhoto, match=r"^byte \d+: expected ") as caught:
            strip_jpeg(data[:length])
        assert caught.value.cause == "broken"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=6))
def test_flipped_bytes_are_refused_or_give_a_settled_file(page: Image.Image, flips: list[tuple[int, int]]) -> None:
    data = bytearray(jpeg(page, exif=exif(1), restart_marker_blocks=4))
    for at, change in flips:
        data[at % len(data)] ^= change
    try:
        stripped = strip(bytes(data))
    except BadPhoto:
        return
    assert strip(stripped.data).data == stripped.data
    with contextlib.suppress(BadPhoto):
        decode(stripped.data)
