"""Which photos of one sheet a person keys together, where its pages came in separate photos (docs/adr/0012)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from testigo.core.arithmetic import evaluate
from testigo.core.dossier import PHOTO_SOURCE, Evidence
from testigo.core.form import Form
from testigo.core.ids import Digest, StationCode
from testigo.core.pages import lacks_pages, pages_in, put_together
from testigo.core.records import Photo, Reading

SheetKey = tuple[StationCode, str]
"""A station and a form: the sheet whose pages can come in separate photos."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo of a sheet: the pages that it shows, whether a machine has read it surely, and the photos beside it in
    the entries about it that count (None where nobody has keyed it)."""

    photo: Digest
    pages: frozenset[int]
    read: bool = False
    keyed: tuple[Digest, ...] | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """What one entry covers: a photo and those of the other pages beside it, in the order of the pages.

    `whole` says whether every page with figures is there, `read` whether nobody needs to key it.
    """

    photo: Digest
    beside: tuple[Digest, ...]
    whole: bool
    read: bool = False


def pages_shown(form: Form, photo: Photo, reading: Reading) -> frozenset[int]:
    """The pages that a photo shows: those of the figures that were read in it, else the one that its code or its sender
    names, else the first."""
    found = pages_in(form, {*(reading.counts or ()), *(reading.ppm or ()), *(reading.proposed or ())})
    if found:
        return found
    page = reading.page if reading.form == form.id and reading.page > 1 else photo.page
    return frozenset({page if page <= form.pages else 1})


def read_surely(form: Form, readings: Sequence[tuple[Digest, Reading]]) -> frozenset[Digest]:
    """The photos of one sheet that nobody needs to key: those that show all its pages, and the others where they give
    one set of counts that obeys the form's sums."""
    stated = [
        Evidence(digest, "reading", PHOTO_SOURCE, reading.counts, form.id, reading.photo)
        for digest, reading in sorted(readings)
        if reading.outcome == "figures" and reading.counts is not None
    ]
    forms = {form.id: form}
    sheets, clashes = put_together(stated, forms)
    whole = [one for one in sheets if not lacks_pages(one, forms)]
    holding = [rule for rule in form.rules if rule.weight == "hold"]
    holds = all(evaluate(rule, one.counts).state != "fail" for one in whole for rule in holding)
    if whole and holds and not clashes:
        return frozenset(photo for one in stated for photo in one.masters)
    return frozenset(photo for one in whole if not one.beside for photo in one.masters)


def units_of(shots: Sequence[Shot], form: Form) -> tuple[Unit, ...]:
    """The photos of one sheet, withheld ones left out, in units that are keyed: every photo is in one or more.

    A unit that somebody has keyed stays as it is, unless a page came in that it lacks.
    """
    pages = frozenset(form.page_of().values())
    there = pages & frozenset(page for shot in shots for page in shot.pages)
    by_photo = {shot.photo: shot for shot in shots}
    made: list[Unit] = []
    taken: set[Digest] = set()

    def add(shot: Shot, beside: Sequence[Digest]) -> None:
        seen = shot.pages.union(*(by_photo[photo].pages for photo in beside))
        made.append(Unit(shot.photo, tuple(beside), seen >= pages, shot.read))
        taken.update((shot.photo, *beside))

    for shot in sorted(shots, key=lambda shot: shot.photo):
        if shot.keyed is not None and by_photo.keys() >= set(shot.keyed):
            seen = shot.pages.union(*(by_photo[photo].pages for photo in shot.keyed))
            if seen >= there:
                add(shot, shot.keyed)
    for shot in sorted(shots, key=lambda shot: (shot.read, sorted(shot.pages), shot.photo)):
        if shot.photo not in taken:
            add(shot, _others(shot, shots, there, taken))
    return tuple(made)


def _others(shot: Shot, shots: Sequence[Shot], there: frozenset[int], taken: Collection[Digest]) -> list[Digest]:
    """A photo of each other page, one that is in no unit yet where there is such a one."""
    chosen: list[Digest] = []
    seen = set(shot.pages)
    for page in sorted(there):
        some = [one for one in shots if page in one.pages and one.pages.isdisjoint(seen)]
        if page not in seen and some:
            best = min(some, key=lambda one: (one.photo in taken, one.read != shot.read, one.photo))
            chosen.append(best.photo)
            seen |= best.pages
    return chosen
