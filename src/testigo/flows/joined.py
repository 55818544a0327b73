"""Pages of one sheet that came in separate photos, weighed together; each photo's reading says what is on its page.

Which pages belong together the codes say: of each photo its own code must name the station. The figures of all pages
are read at once, so that sums over the pages choose and check as on one page; what is then sure is written as the
reading of every photo for its own page. A reading that has figures already is never changed, except where its photo
is read anew (`flows/read.py`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from testigo.core.form import Form
from testigo.core.ids import Counts, Digest, FieldId, StationCode
from testigo.core.pages import pages_in
from testigo.core.records import Reading, Record, Supersede
from testigo.core.sheets import SheetKey
from testigo.core.state import current_readings, fold
from testigo.flows.handwriting import are_named, shows_all, with_pages
from testigo.flows.leaf import leaf_of
from testigo.ports import PageSeen, World
from testigo.stats.posterior import Thresholds

WHY = "its pages were read together"


@dataclass(frozen=True, slots=True)
class Part:
    """A photo with single pages of a sheet: what its codes say, what its pages say alone, and the pages.

    `old` is the leaf hash of `alone` where that is a record already, None for a photo that is read now.
    """

    codes: Reading
    alone: Reading
    pages: tuple[PageSeen, ...]
    old: Digest | None = None

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of its pages."""
        return frozenset(page.page for page in self.pages)


def part_of(codes: Reading, alone: Reading, pages: Iterable[PageSeen], forms: Mapping[str, Form]) -> Part | None:
    """The photo as a part of a sheet; None where it shows the whole sheet or two of one page, or where no code on its
    own pages names the station."""
    form = forms.get(codes.form or "")
    if form is None or form.pages == 1 or codes.outcome != "station" or alone.outcome != "doubtful":
        return None
    seen = tuple(page for page in pages if page.form == form.id)
    mine = tuple(page for page in seen if page.ink)
    part = Part(codes, alone, mine)
    single = bool(mine) and len(part.numbers) == len(mine) and not shows_all(mine, form)
    return part if single and are_named(seen, form, codes.station) else None


def joined(
    world: World, parts: Sequence[Part], look: Callable[[Digest], Part | None], thresholds: Thresholds
) -> Iterator[Sequence[Record]]:
    """For every sheet of these photos the records that follow, in the order of the sheets.

    Where pages are missing, photos of the same sheet that were read before are looked at again (`look`).
    """
    sheets = by_sheet(parts)
    short = {key for key, some in sheets.items() if not shows_all(pages_of(some), world.forms[key[1]])}
    before, fresh = _read_before(world, short), {part.alone.photo for part in parts}
    for key, new in sheets.items():
        form = world.forms[key[1]]
        earlier = [
            replace(again, alone=reading, old=digest)
            for digest, reading in before.get(key, ())
            if reading.photo not in fresh
            if (again := look(reading.photo)) is not None and again.codes.station == key[0]
        ]
        yield _records(form, new, earlier, thresholds)


def by_sheet(parts: Iterable[Part]) -> Mapping[SheetKey, Sequence[Part]]:
    """The photos of each sheet in the order of their pages, and the sheets in theirs."""
    sheets: dict[SheetKey, list[Part]] = defaultdict(list)
    for part in parts:
        if part.codes.station is not None and part.codes.form is not None:
            sheets[part.codes.station, part.codes.form].append(part)
    return {key: sorted(sheets[key], key=_order) for key in sorted(sheets)}


def weighed_together(new: Iterable[Part], known: Mapping[Digest, Part]) -> Iterator[Sequence[Part]]:
    """The photos of a sheet that are weighed at once, one of each page as far as there are such: sets of them, until
    every new photo has been in one.

    `known` are all photos of the sheet by their hash. It is asked anew for each set, so that a photo which was found
    sure in one goes before others in the next.
    """
    judged: set[Digest] = set()
    for part in new:
        photo = part.alone.photo
        if photo in judged:
            continue
        chosen = _with_other_pages(known[photo], [one for one in known.values() if one.alone.photo != photo], judged)
        judged |= {one.alone.photo for one in chosen}
        yield chosen


def pages_of(parts: Iterable[Part]) -> list[PageSeen]:
    """What was found in these photos, page by page."""
    return [page for part in parts for page in part.pages]


def _order(part: Part) -> tuple[list[int], Digest]:
    return sorted(part.numbers), part.alone.photo


def _preferred(part: Part) -> tuple[bool, int, Digest]:
    """Of several photos of a page the one that is sure, then the one with the fewest cells to look at."""
    return part.alone.outcome != "figures", len(part.alone.cells), part.alone.photo


def _read_before(world: World, keys: set[SheetKey]) -> Mapping[SheetKey, list[tuple[Digest, Reading]]]:
    """The readings in force of single pages of these sheets."""
    found: dict[SheetKey, list[tuple[Digest, Reading]]] = defaultdict(list)
    if not keys:
        return found
    stations = sorted({station for station, _ in keys})
    for digest, reading in current_readings(fold(world.views.records_about(stations))).values():
        key = (reading.station or StationCode(""), reading.form or "")
        if key in keys and reading.ppm and pages_in(world.forms[key[1]], reading.ppm):
            found[key].append((digest, reading))
    return found


def _records(form: Form, new: Sequence[Part], earlier: Sequence[Part], thresholds: Thresholds) -> list[Record]:
    read: dict[Digest, Part] = {part.alone.photo: part for part in (*new, *earlier)}
    records: dict[Digest, Record] = {}
    corrections: list[Record] = []
    for chosen in weighed_together(new, read):
        for one in _weighed(form, chosen, thresholds):
            before = read[one.photo]
            if before.old is not None and one != before.alone:
                digest = leaf_of(one)
                corrections.append(Supersede(before.old, digest, WHY))
                read[one.photo] = replace(before, alone=one, old=digest)
            else:
                read[one.photo] = replace(before, alone=one)
            records[one.photo] = one
    return [*records.values(), *corrections]


def _with_other_pages(part: Part, others: Sequence[Part], judged: set[Digest]) -> list[Part]:
    """The photo with one of each other page: one that no sheet has yet where there is such a one."""
    chosen, seen = [part], set(part.numbers)
    for one in sorted(others, key=lambda one: (one.alone.photo in judged, _preferred(one))):
        if seen.isdisjoint(one.numbers):
            chosen.append(one)
            seen |= one.numbers
    return chosen


def _weighed(form: Form, parts: Sequence[Part], thresholds: Thresholds) -> Iterator[Reading]:
    """The readings of these photos, each of its own pages, read together; of earlier ones only what is sure now."""
    pages = pages_of(parts)
    together = parts[0].alone
    if len(parts) > 1:
        together = with_pages(parts[0].codes, None, pages, {form.id: form}, thresholds)
    counts = together.counts or {}
    fixed = [part.alone.counts for part in parts if part.alone.outcome == "figures"]
    sure = together.outcome == "figures" and all(_says(counts, one) for one in fixed)
    for part in parts:
        if part.alone.outcome == "figures" or (part.old is not None and not sure):
            continue
        if len(parts) == 1:
            yield part.alone
            continue
        mine = frozenset(one.field for page in part.pages for one in page.ink)
        base = replace(part.codes, page=min(part.numbers), ppm=_of(together.ppm, mine))
        if sure:
            yield replace(base, outcome="figures", verdict="sure", counts=_of(counts, mine))
            continue
        verdict = together.verdict if together.outcome == "doubtful" else "people"
        cells = tuple(cell for cell in together.cells if cell.partition("/")[0] in mine)
        proposed = _of(together.proposed or together.counts, mine)
        yield replace(base, outcome="doubtful", verdict=verdict, proposed=proposed, cells=cells)


def _of(said: Counts | None, fields: frozenset[FieldId]) -> Counts | None:
    return {field: value for field, value in (said or {}).items() if field in fields} or None


def _says(counts: Counts, some: Counts | None) -> bool:
    return all(counts.get(field) == value for field, value in (some or {}).items())
