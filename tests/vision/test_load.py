import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from testigo.errors import BadPhoto
from testigo.vision.load import decode, render_pdf


def pdf(*pages: Image.Image) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=100)
    return out.getvalue()


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("orient", range(1, 9))
def test_a_photo_is_turned_upright_as_exif_says(page: Image.Image, orient: int) -> None:
    tagged = page.copy()
    tagged.getexif()[0x0112] = orient
    upright = ImageOps.exif_transpose(tagged)
    assert np.array_equal(decode(png(page), orient=orient), np.asarray(upright)[:, :, ::-1])


def test_grey_has_one_plane_and_white_where_the_picture_is_clear() -> None:
    clear = Image.new("RGBA", (4, 3), (0, 0, 0, 0))
    assert np.array_equal(decode(png(clear), colour="grey"), np.full((3, 4), 255))


def test_sixteen_bits_are_scaled_and_not_clipped() -> None:
    deep = Image.fromarray(np.full((3, 4), 0x8000, np.uint16))
    assert np.array_equal(decode(png(deep), colour="grey"), np.full((3, 4), 0x80))


def test_a_gif_is_not_decoded_even_where_the_door_was_passed() -> None:
    out = io.BytesIO()
    Image.new("L", (4, 4)).save(out, "GIF")
    with pytest.raises(BadPhoto, match="not a picture"):
        decode(out.getvalue())


def test_each_page_of_a_pdf_becomes_the_same_png_each_time(page: Image.Image) -> None:
    data = pdf(page, page.convert("L").rotate(90, expand=True))
    pages = render_pdf(data, dpi=100)
    assert [decode(one).shape[:2] for one in pages] == [(80, 120), (120, 80)]
    assert render_pdf(data, dpi=100) == pages
    with Image.open(io.BytesIO(pages[1])) as second:
        assert second.mode == "L"


def test_a_pdf_of_too_many_or_too_large_pages_is_refused(page: Image.Image) -> None:
    with pytest.raises(BadPhoto, match="3 pages; expected 1 to 2") as caught:
        render_pdf(pdf(page, page, page), max_pages=2)
    assert caught.value.cause == "huge"
    with pytest.raises(BadPhoto, match="a side may have at most") as caught:
        render_pdf(pdf(page), dpi=20_000)
    assert caught.value.cause == "huge"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"%PDF-1.4\n" + b"junk" * 100])
def test_a_broken_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(BadPhoto) as caught:
        render_pdf(data)
    assert caught.value.cause == "broken"
