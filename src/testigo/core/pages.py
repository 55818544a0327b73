"""Pages of one sheet that came in separate photos, put together into one set of counts (docs/adr/0012).

Only what is of one station, one form and one kind of evidence is put together, and only where nothing that is held says
otherwise of any page: of two sets that disagree nobody knows which page goes with which, so they are never mixed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from testigo.core.dossier import Evidence, differences
from testigo.core.election import Contest
from testigo.core.form import Form
from testigo.core.ids import Counts, Digest, FieldId

OF_PHOTOS = ("reading", "entry")
"""The kinds of evidence that are taken from photos, and so can show single pages."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two statements of one page that differ: in these cells, by these leaf hashes. Its sheets are not put together."""

    source: str
    cells: tuple[tuple[FieldId, int, int], ...]
    evidence: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    evidence: Evidence
    pages: frozenset[int]


def pages_in(form: Form, fields: Collection[str]) -> frozenset[int]:
    """The pages of the form on which these fields stand, as far as their place is known."""
    return frozenset(page for field, page in form.page_of().items() if field in fields)


def lacks_pages(evidence: Evidence, forms: Mapping[str, Form]) -> bool:
    """Whether this was read or keyed from single pages of a sheet, and others that have figures are not among them."""
    form = forms.get(evidence.form or "")
    if form is None or form.pages == 1 or evidence.kind not in OF_PHOTOS:
        return False
    return pages_in(form, evidence.counts) < frozenset(form.page_of().values())


def missing_fields(evidence: Evidence, contest: Contest, forms: Mapping[str, Form]) -> tuple[FieldId, ...]:
    """The contest's fields on pages that this evidence says nothing of; none where the form has but one page."""
    if not lacks_pages(evidence, forms):
        return ()
    form = forms[evidence.form or ""]
    pages, seen = form.page_of(), pages_in(form, evidence.counts)
    return tuple(field for field in contest.fields if field in pages and pages[field] not in seen)


def put_together(
    evidence: Sequence[Evidence], forms: Mapping[str, Form]
) -> tuple[tuple[Evidence, ...], tuple[Clash, ...]]:
    """The evidence of one station with statements of single pages made into statements of whole sheets, by digest.

    Every record is in one of them. What lacks a page stays as it is, and so does all that `Clash` tells of.
    """
    kept: list[Evidence] = []
    parts: dict[tuple[str, str, str], list[_Part]] = defaultdict(list)
    for one in evidence:
        if one.form is not None and lacks_pages(one, forms):
            part = _Part(one, pages_in(forms[one.form], one.counts))
            parts[one.kind, one.source, one.form].append(part)
        else:
            kept.append(one)
    clashes: list[Clash] = []
    for (_, source, form_id), some in parts.items():
        found = tuple(_clashes(source, some))
        clashes += found
        kept += [part.evidence for part in some] if found else _sheets(some, forms[form_id])
    return tuple(sorted(kept, key=lambda one: one.digest)), tuple(clashes)


def _clashes(source: str, parts: Sequence[_Part]) -> Iterator[Clash]:
    for number, one in enumerate(parts):
        for other in parts[:number]:
            cells = differences(other.evidence.counts, one.evidence.counts)
            if cells:
                yield Clash(source, cells, (*other.evidence.leaves, *one.evidence.leaves))


def _sheets(parts: Sequence[_Part], form: Form) -> list[Evidence]:
    """Whole sheets from these parts, no part in two of them, and the parts that are left over."""
    pages = sorted(set(form.page_of().values()))
    left = sorted(parts, key=lambda part: part.evidence.digest)
    made = []
    while chosen := _cover(left, pages):
        made.append(_joined([part.evidence for part in chosen]))
        left = [part for part in left if part not in chosen]
    return made + [part.evidence for part in left]


def _cover(parts: Sequence[_Part], pages: Iterable[int]) -> list[_Part]:
    """For every page the first part that shows it; nothing where one is missing."""
    chosen: list[_Part] = []
    for page in pages:
        if any(page in part.pages for part in chosen):
            continue
        found = next((part for part in parts if page in part.pages), None)
        if found is None:
            return []
        chosen.append(found)
    return chosen


def _joined(parts: Sequence[Evidence]) -> Evidence:
    counts: dict[FieldId, int] = {}
    for part in parts:
        counts.update(part.counts)
    masters = tuple(dict.fromkeys(photo for part in parts for photo in part.masters))
    first, *others = sorted(digest for part in parts for digest in part.leaves)
    said: Counts = counts
    return replace(parts[0], digest=first, counts=said, photo=masters[0], beside=tuple(others), photos=masters)
