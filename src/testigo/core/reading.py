"""From the codes that a machine saw in a photo to a reading, and to how the photo may be shown."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from testigo.core.form import Form, read_code
from testigo.core.ids import Digest, FieldId
from testigo.core.records import Photo, Reading, Rendition

MASK_NONE = "none"
"""The mask of a rendition that is the master itself."""
MASK_REGIONS = "regions-1"
"""The mask of a rendition in which personal regions are covered (docs/formats/mask-regions-1.md)."""

Showing = Literal["open", "covered", "held"]


def reading_of(
    photo: Digest, codes: Iterable[tuple[str, str]], phash: int, forms: Mapping[str, Form], reader: str, version: str
) -> Reading:
    """The reading of a photo's codes (symbology and text), whatever order they were found in.

    The station is the one that a code with figures names, else the first named; all are kept when they differ. Text of
    codes that belong to no form is not kept: it could be anything.
    """
    read = sorted(set(codes))
    found = [
        (form.id, content)
        for symbology, text in read
        for form in forms.values()
        if (content := read_code(form, symbology, text)) is not None
    ]
    seen = f"{phash:016x}"
    if not found:
        outcome = "foreign" if read else "nothing"
        return Reading(photo, reader, version, outcome, seen)
    form_id, best = max(found, key=lambda one: bool(one[1].counts))
    counts: dict[FieldId, int] = {}
    for other, content in found:
        if other == form_id and content.station == best.station:
            counts.update(content.counts)
    stations = tuple(sorted({content.station for _, content in found}))
    outcome = "figures" if counts else "station"
    several = stations if len(stations) > 1 else ()
    return Reading(photo, reader, version, outcome, seen, form_id, best.page, best.station, several, counts or None)


def showing(reading: Reading, pages: Collection[str], forms: Mapping[str, Form], *, covered: bool) -> Showing:
    """How a photo may be shown: as it is, with personal data covered, or not at all (`held`).

    `pages` are the forms of all pages that were found in the photo, `covered` says whether there is a copy in which
    their personal regions are covered. A photo whose form is not known is held, and so is one of a form with such
    regions where none of its own pages was found: nobody knows then where they are.
    """
    form = forms.get(reading.form or "")
    if form is None:
        return "held"
    if not any(forms[name].personal for name in {form.id, *pages}):
        return "open"
    located = form.id in pages and not form.cropped
    return "covered" if covered and located else "held"


def open_rendition(photo: Photo) -> Rendition:
    """The master as its own public copy."""
    return Rendition(photo.sha256, photo.sha256, photo.size, photo.media, MASK_NONE)


def covered_rendition(photo: Digest, sha256: Digest, size: int) -> Rendition:
    """A public copy, the JPEG with this hash and size in bytes, in which the photo's personal regions are covered."""
    return Rendition(photo, sha256, size, "image/jpeg", MASK_REGIONS)
