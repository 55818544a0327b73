"""From the pages that were found in a photo to its reading: whose figures they are, and whether they may count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from testigo.core.form import Form, read_code
from testigo.core.ids import FieldId, StationCode
from testigo.core.records import Reading
from testigo.ports import PageSeen
from testigo.stats.fields import ValueEvidence
from testigo.stats.posterior import Thresholds
from testigo.stats.written import Ink, with_figures


@dataclass(frozen=True, slots=True)
class Written:
    """The pages of one sheet that are read together.

    `twice`: a page stands there twice, so they are of two sheets, and neither is read. `may_count`: printed codes name
    one station and no other, every page of the sheet that has figures is seen once, and the pages' own codes name it
    (`are_named`).
    """

    form: Form
    pages: tuple[PageSeen, ...]
    twice: bool
    may_count: bool

    @property
    def ink(self) -> list[tuple[FieldId, Ink]]:
        """What stands in the boxes of all pages."""
        return [(one.field, one.cells) for page in self.pages for one in page.ink]

    @property
    def said(self) -> list[ValueEvidence]:
        """What words and tallies of all pages say."""
        return [one for page in self.pages for one in page.evidence]


def written_on(
    reading: Reading, claimed: StationCode | None, pages: Sequence[PageSeen], forms: Mapping[str, Form]
) -> Written | None:
    """What is read by hand of these pages; None where codes state the figures, or nothing says whose or what it is."""
    form = _form_of(reading, pages, forms)
    if reading.outcome == "figures" or form is None or (reading.station is None and claimed is None):
        return None
    seen = tuple(page for page in pages if page.form == form.id)
    twice = len({page.page for page in seen}) < len(seen)
    named = not reading.stations and are_named(seen, form, reading.station)
    return Written(form, seen, twice, may_count=named and not twice and shows_all(seen, form))


def with_pages(
    reading: Reading,
    claimed: StationCode | None,
    pages: Sequence[PageSeen],
    forms: Mapping[str, Form],
    thresholds: Thresholds,
) -> Reading:
    """The reading of a photo's codes, completed by what is written on its pages.

    Figures count only where the pages' own codes name one station, every page of the sheet that has figures is seen
    once, and the figures are sure. Where nothing but the sender says which station it is, they are proposed.
    """
    sheet = written_on(reading, claimed, pages, forms)
    if sheet is None:
        return reading
    base = reading
    if reading.station is None:
        base = replace(reading, outcome="station", form=sheet.form.id, station=claimed)
    if sheet.twice:
        return replace(base, outcome="doubtful", verdict="people")
    base = replace(base, page=sheet.pages[0].page)
    found = with_figures(base, sheet.form, sheet.ink, sheet.said, thresholds)
    if found.outcome != "figures" or sheet.may_count:
        return found
    return replace(found, outcome="doubtful", verdict="look", counts=None, proposed=found.counts)


def are_named(pages: Sequence[PageSeen], form: Form, station: StationCode | None) -> bool:
    """Whether codes on the pages of one photo name this station: each page its own, since a code that lies beside a
    page may be another sheet's. A page on which the form prints none goes with one that is named.
    """
    named = [page for page in pages if _names(page, form, station)]
    coded = {code.page for code in form.codes}
    return bool(named) and all(page in named or page.page not in coded for page in pages if page.ink)


def _names(page: PageSeen, form: Form, station: StationCode | None) -> bool:
    own = tuple(code for code in form.codes if code.page == page.page)
    said = (read_code(replace(form, codes=own or form.codes), code.symbology, code.text) for code in page.codes)
    return any(one is not None and one.station == station for one in said)


def shows_all(pages: Sequence[PageSeen], form: Form) -> bool:
    """Whether every page of the form that has figures is among these."""
    return {page.page for page in pages} >= set(form.page_of().values())


def _form_of(reading: Reading, pages: Sequence[PageSeen], forms: Mapping[str, Form]) -> Form | None:
    """The form whose pages they are: the codes' own, or the only one that was found; None where that is open."""
    found = {page.form for page in pages}
    if reading.form is not None:
        return forms[reading.form] if reading.form in found else None
    return forms[found.pop()] if len(found) == 1 else None
