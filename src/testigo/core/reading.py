"""From the codes that a machine saw in a photo to a reading."""

from collections.abc import Iterable, Mapping

from testigo.core.form import Form, read_code
from testigo.core.ids import Digest, FieldId
from testigo.core.records import Photo, Reading, Rendition

MASK_NONE = "none"
"""The mask of a rendition that is the master itself."""


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
    return Reading(photo, reader, version, outcome, seen, form_id, 1, best.station, several, counts or None)


def open_rendition(photo: Photo, reading: Reading, forms: Mapping[str, Form]) -> Rendition | None:
    """The master as its own public copy where its form has no personal data; None where it may not be shown."""
    form = forms.get(reading.form or "")
    if form is None or form.personal:
        return None
    return Rendition(photo.sha256, photo.sha256, photo.size, photo.media, MASK_NONE)
