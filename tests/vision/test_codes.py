import io
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from testigo.vision.codes import Code, read_codes
from testigo.vision.load import decode
from testigo.vision.reader import CodeReader, perceptual_hash

Page = NDArray[np.uint8]
Make = Callable[..., Page]
Encode = Callable[..., bytes]

TEXT = "010203004.05.1.0001!" + ",".join(str(3 * number) for number in range(38)) + "!0!2"
BOTH = frozenset({"QRCode", "Code128"})


def blurred(page: Page, sigma: float) -> Page:
    return np.asarray(cv2.GaussianBlur(page, (0, 0), sigma), np.uint8)


def shaded(page: Page) -> Page:
    light = np.linspace(0.15, 1.0, page.shape[1])[None, :] * np.linspace(1.0, 0.4, page.shape[0])[:, None]
    return np.asarray(page * light, np.uint8)


def turned(page: Page, degrees: float) -> Page:
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.75)
    return np.asarray(cv2.warpAffine(page, turn, (width, height), borderValue=150), np.uint8)


def noisy(page: Page) -> Page:
    noise = np.random.default_rng(3).normal(0, 18, page.shape)
    return np.clip(page + noise, 0, 255).astype(np.uint8)


DEGRADED: dict[str, Callable[[Page], Page]] = {
    "as it is": lambda page: page,
    "upside down": lambda page: np.ascontiguousarray(page[::-1, ::-1]),
    "in a shadow": shaded,
    "noisy": noisy,
    "turned": lambda page: turned(page, 17),
    "out of focus": lambda page: blurred(page, 2.2),
    "faint": lambda page: np.asarray(200 + page * 0.08, np.uint8),
    "large": lambda page: np.asarray(cv2.resize(page, None, fx=3, fy=3), np.uint8),
}


@pytest.mark.parametrize("degrade", DEGRADED.values(), ids=DEGRADED.keys())
def test_a_degraded_sheet_is_read(sheet: Make, degrade: Callable[[Page], Page]) -> None:
    found = read_codes(degrade(sheet(TEXT)))
    assert [code.text for code in found.codes] == [TEXT]


def test_the_box_tells_where_the_code_is_on_the_photo(sheet: Make) -> None:
    plain = read_codes(sheet(TEXT, scale=4)).codes[0]
    dim = read_codes(blurred(sheet(TEXT, scale=4), 2.0))
    assert dim.step != "plain"
    assert plain.box == pytest.approx((96, 76, 196, 196), abs=3)
    assert dim.codes[0].box == pytest.approx(plain.box, abs=4)


@pytest.mark.parametrize("degrees", [0, 33, 57, 90, 180])
def test_a_linear_code_is_read_at_any_angle(sheet: Make, degrees: float) -> None:
    found = read_codes(turned(sheet("x", bars="1000551"), degrees), wanted=frozenset({"Code128"}))
    assert [code.text for code in found.codes] == ["1000551"]


def test_the_climb_goes_on_until_every_wanted_kind_is_found(sheet: Make) -> None:
    page = sheet(TEXT, bars="1000551")
    found = read_codes(page, wanted=BOTH)
    assert [(code.symbology, code.text) for code in found.codes] == [("Code128", "1000551"), ("QRCode", TEXT)]
    assert found.step == "plain"
    without = read_codes(sheet(TEXT), wanted=BOTH)
    assert ([code.text for code in without.codes], without.step) == ([TEXT], "none")


def test_regions_of_the_form_are_looked_at_before_other_places(sheet: Make) -> None:
    dim = blurred(sheet(TEXT, scale=4), 2.3)
    hinted = read_codes(dim, regions=((0.08, 0.04, 0.32, 0.22),))
    assert [code.text for code in hinted.codes] == [TEXT]
    assert hinted.step.startswith(("flat", "double", "region"))


def test_a_page_without_codes_gives_none_and_no_text_is_made_up() -> None:
    rng = np.random.default_rng(11)
    stripes = np.repeat(rng.integers(0, 2, 300), 3)[None, :] * 255
    for page in (
        np.full((600, 900), 230, np.uint8),
        rng.integers(0, 256, (600, 900)).astype(np.uint8),
        np.repeat(stripes, 600, axis=0).astype(np.uint8),
        np.zeros((1, 1), np.uint8),
        np.zeros((9, 4000), np.uint8),
    ):
        assert read_codes(page, wanted=BOTH).codes == ()


def test_a_photo_without_time_left_is_looked_at_once(sheet: Make) -> None:
    assert read_codes(blurred(sheet(TEXT), 4.0), budget_s=0.0).step == "none"
    assert read_codes(sheet(TEXT), budget_s=0.0).step == "plain"


def test_a_symbology_that_nobody_knows_is_a_bug_of_the_caller(sheet: Make) -> None:
    with pytest.raises(ValueError, match="QR-Code"):
        read_codes(sheet(TEXT), wanted=frozenset({"QR-Code"}))


def test_the_same_photo_gives_the_same_reading(sheet: Make, as_jpeg: Encode) -> None:
    data = as_jpeg(noisy(blurred(sheet(TEXT, bars="1000551"), 1.5)), quality=60)
    first = CodeReader().read(data, wanted=BOTH)
    assert CodeReader().read(data, wanted=BOTH) == first


def test_copies_have_like_hashes_and_other_sheets_do_not(sheet: Make, as_jpeg: Encode) -> None:
    page = sheet(TEXT)
    copy = decode(as_jpeg(np.asarray(cv2.resize(page, None, fx=0.6, fy=0.6)), quality=40), colour="grey")
    other = np.ascontiguousarray(sheet(TEXT, bars="1000551", scale=9)[:, ::-1])
    assert (perceptual_hash(page) ^ perceptual_hash(copy)).bit_count() <= 6
    assert (perceptual_hash(page) ^ perceptual_hash(other)).bit_count() >= 10


def test_a_reading_turns_the_photo_upright_first(sheet: Make) -> None:
    out = io.BytesIO()
    Image.fromarray(sheet("upright", bars="1000551")).rotate(90, expand=True).save(out, "PNG")
    reading = CodeReader().read(out.getvalue(), 6)
    assert (reading.width, reading.height) == (1000, 1400)
    assert reading.codes == (Code("QRCode", "upright", reading.codes[0].box),)
    assert reading.codes[0].box[:2] == pytest.approx((100, 80), abs=4)
