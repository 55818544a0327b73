"""From the pages that were found in a photo to its reading: whose figures they are, and whether they may count."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from testigo.core.form import Form
from testigo.core.ids import FieldId, StationCode
from testigo.core.records import Reading
from testigo.ports import PageSeen
from testigo.stats.posterior import Thresholds
from testigo.stats.written import Ink, with_figures


def with_pages(
    reading: Reading,
    claimed: StationCode | None,
    pages: Sequence[PageSeen],
    forms: Mapping[str, Form],
    thresholds: Thresholds,
) -> Reading:
    """The reading of a photo's codes, completed by what is written on its pages.

    Figures count only where a printed code names the station, every page of the sheet that has figures is seen once,
    and the figures are sure. Where nothing but the sender says which station it is, they are proposed. A page that
    stands twice in the photo is of two sheets, and neither is read.
    """
    if reading.outcome == "figures":
        return reading
    form = _form_of(reading, pages, forms)
    if form is None or (reading.station is None and claimed is None):
        return reading
    seen = [page for page in pages if page.form == form.id]
    base = reading
    if reading.station is None:
        base = replace(reading, outcome="station", form=form.id, station=claimed)
    if len({page.page for page in seen}) < len(seen):
        return replace(base, outcome="doubtful", verdict="people")
    ink: list[tuple[FieldId, Ink]] = [(one.field, one.cells) for page in seen for one in page.ink]
    said = [one for page in seen for one in page.evidence]
    found = with_figures(replace(base, page=seen[0].page), form, ink, said, thresholds)
    whole = shows_all(seen, form) and reading.station is not None
    if found.outcome != "figures" or whole:
        return found
    return replace(found, outcome="doubtful", verdict="look", counts=None, proposed=found.counts)


def shows_all(pages: Sequence[PageSeen], form: Form) -> bool:
    """Whether every page of the form that has figures is among these."""
    return {page.page for page in pages} >= set(form.page_of().values())


def _form_of(reading: Reading, pages: Sequence[PageSeen], forms: Mapping[str, Form]) -> Form | None:
    """The form whose pages they are: the codes' own, or the only one that was found; None where that is open."""
    found = {page.form for page in pages}
    if reading.form is not None:
        return forms[reading.form] if reading.form in found else None
    return forms[found.pop()] if len(found) == 1 else None
