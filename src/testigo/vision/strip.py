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
_ZIP_END = b"PK\x05\x06"
"""End of central directory (APPNOTE 4.3.16): 22 bytes, of which the last two count the comment behind it."""

_RUNNABLE = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?", b"%pdf-", b"pk\x03\x04")
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})


def strip(data: bytes, *, max_bytes: int = MAX_BYTES) -> Stripped:
    """The photo in `data` reduced to its picture; the format is told from the content, never from a name.

    Raises:
        BadPhoto: `empty`; `huge` (bytes, pixels or side, before anything is decoded); `foreign` for a file of
            another kind, which is named; `polyglot` for a photo that is another kind of file as well; `broken` where
            a JPEG or PNG does not parse.
    """
    if not data:
        raise BadPhoto("empty", "the file is empty; expected a JPEG or PNG photo")
    if len(data) > max_bytes:
        raise BadPhoto("huge", f"the file has {len(data):,} bytes; at most {max_bytes:,} are taken")
    if (other := _second_nature(data)) is not None:
        raise BadPhoto("polyglot", f"the file is a photo and {other} at once; expected a photo and nothing else")
    if data[:2] == b"\xff\xd8":
        return strip_jpeg(data)
    if data[:8] == SIGNATURE:
        return strip_png(data)
    raise BadPhoto("foreign", f"the file is {_kind(data)}; expected a JPEG or PNG photo")


def is_pdf(data: bytes) -> bool:
    """True where the content starts as a PDF does; its pages become photos by `load.render_pdf`."""
    return data[:5] == b"%PDF-"


def _second_nature(data: bytes) -> str | None:
    """What else a JPEG or PNG would be taken for by other programs, None if nothing.

    A video or maker's data behind the picture is no such thing: phones append them, and the strip drops them.
    """
    picture_end = {b"\xff\xd8": b"\xff\xd9", SIGNATURE[:2]: b"IEND\xaeB`\x82"}.get(data[:2])
    if picture_end is None:
        return None
    if b"%PDF-" in data[:1024]:
        return "a PDF"
    end = data.rfind(_ZIP_END)
    if end >= 0 and int.from_bytes(data[end + 20 : end + 22], "little") == len(data) - end - 22:
        return "a ZIP archive"
    behind = data[data.rfind(picture_end) + len(picture_end) :][:1024].lstrip(b"\0 \t\r\n")
    return _kind(behind) if behind.lower().startswith(_RUNNABLE) else None


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
