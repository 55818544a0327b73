"""The door for photo files: what is not a JPEG or PNG picture of sane size is refused, and metadata ends here."""

from testigo.errors import BadPhoto
from testigo.vision.jpeg import strip_jpeg
from testigo.vision.png import SIGNATURE, strip_png
from testigo.vision.stripped import MAX_BYTES, Stripped

__all__ = ["Stripped", "is_pdf", "strip", "strip_jpeg", "strip_png"]

_FOREIGN = (
    (b"GIF87a", "a GIF"),
    (b"GIF89a", "a GIF"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF-", "a PDF"),
    (b"%!PS", "a PostScript file"),
    (b"BM", "a BMP"),
)
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})


def strip(data: bytes, *, max_bytes: int = MAX_BYTES) -> Stripped:
    """The photo in `data` reduced to its picture; the format is told from the content, never from a name.

    Raises:
        BadPhoto: `empty`; `huge` (bytes, pixels or side, before anything is decoded); `foreign` for a file of
            another kind, which is named; `broken` where a JPEG or PNG does not parse.
    """
    if not data:
        raise BadPhoto("empty", "the file is empty; expected a JPEG or PNG photo")
    if len(data) > max_bytes:
        raise BadPhoto("huge", f"the file has {len(data):,} bytes; at most {max_bytes:,} are taken")
    if data[:2] == b"\xff\xd8":
        return strip_jpeg(data)
    if data[:8] == SIGNATURE:
        return strip_png(data)
    raise BadPhoto("foreign", f"the file is {_kind(data)}; expected a JPEG or PNG photo")


def is_pdf(data: bytes) -> bool:
    """True where the content starts as a PDF does; its pages become photos by `load.render_pdf`."""
    return data[:5] == b"%PDF-"


def _kind(data: bytes) -> str:
    for start, name in _FOREIGN:
        if data.startswith(start):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a WebP"
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        if brand in _HEIF_BRANDS:
            return "a HEIC"
        return "an AVIF" if brand in {b"avif", b"avis"} else "a video (MP4 family)"
    text = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<script", b"<body")):
        return "an HTML page"
    if text.startswith((b"<svg", b"<?xml", b"<!doctype svg")):
        return "an SVG" if b"<svg" in text or b"svg" in text[:200] else "an XML file"
    return f"of an unknown kind (it starts with {data[:8].hex(' ')})"
