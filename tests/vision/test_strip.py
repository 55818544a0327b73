import io
import zipfile

import pytest
from PIL import Image

from testigo.errors import BadPhoto
from testigo.vision.strip import is_pdf, strip

FOREIGN = {
    b"GIF89a\x01\0": "a GIF",
    b"II*\0\x08\0\0\0": "a TIFF",
    b"MM\0*\0\0\0\x08": "a TIFF",
    b"PK\x03\x04....": "a ZIP archive",
    b"%PDF-1.7\n": "a PDF",
    b"%!PS-Adobe": "a PostScript file",
    b"RIFF\0\0\0\0WEBPVP8 ": "a WebP",
    b"\0\0\0\x18ftypheic\0\0\0\0": "a HEIC",
    b"\0\0\0\x18ftypavif\0\0\0\0": "an AVIF",
    b"\0\0\0\x18ftypmp42\0\0\0\0": "a video",
    b"\xef\xbb\xbf  <!DOCTYPE html><p>": "an HTML page",
    b"<?xml version='1.0'?><svg xmlns=''/>": "an SVG",
    b"<svg onload='x'/>": "an SVG",
    b"hello": "of an unknown kind (it starts with 68 65 6c 6c 6f)",
}


@pytest.mark.parametrize(("data", "name"), FOREIGN.items(), ids=FOREIGN.values())
def test_a_file_of_another_kind_is_refused_by_its_name(data: bytes, name: str) -> None:
    with pytest.raises(BadPhoto) as caught:
        strip(data)
    assert caught.value.cause == "foreign"
    assert str(caught.value).startswith(f"the file is {name}")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(BadPhoto, match="empty") as caught:
        strip(b"")
    assert caught.value.cause == "empty"


def test_a_file_over_the_byte_limit_is_refused_whatever_it_holds() -> None:
    with pytest.raises(BadPhoto, match="the file has 1,001 bytes; at most 1,000") as caught:
        strip(bytes(1001), max_bytes=1000)
    assert caught.value.cause == "huge"


def test_a_pdf_is_known_by_its_content() -> None:
    assert is_pdf(b"%PDF-1.4\n%")
    assert not is_pdf(b"\xff\xd8\xff")


def jpeg() -> bytes:
    """A small photo."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(file, "JPEG")
    return file.getvalue()


def zipped(comment: bytes) -> bytes:
    """An archive of one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", "b")
        archive.comment = comment
    return file.getvalue()


POLYGLOTS = {
    "a ZIP archive": jpeg() + b"padding" + zipped(b"a comment"),
    "an HTML page": jpeg() + b"\r\n<script>alert(1)</script>",
    "a PDF": jpeg()[:20] + b"%PDF-1.7" + jpeg()[20:],
}


@pytest.mark.parametrize(("name", "data"), POLYGLOTS.items(), ids=POLYGLOTS)
def test_a_photo_that_is_another_kind_of_file_as_well_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(BadPhoto) as caught:
        strip(data)
    assert (caught.value.cause, str(caught.value).split(" and ")[1]) == (
        "polyglot",
        f"{name} at once; expected a photo",
    )


def test_a_video_that_a_phone_appended_is_dropped_and_the_photo_taken() -> None:
    assert strip(jpeg() + b"\0\0\0\x18ftypmp42" + bytes(3000)) == strip(jpeg())
