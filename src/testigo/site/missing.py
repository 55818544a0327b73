"""Stations that the register lists and about which nothing is held."""

from collections import defaultdict
from dataclasses import dataclass

from testigo.core.ids import NATION, AreaId
from testigo.site.edition import Edition
from testigo.site.paths import path_safe

MOST_MISSING_ROWS = 500


@dataclass(frozen=True, slots=True)
class MissingPage:
    """Stations with nothing held, by smallest area. The first page may list `parts` (name, page, number) instead.

    `expected` is the number in the nation, None where nobody knows it; `unlisted` how many of them the register lacks.
    """

    name: str
    page: str
    total: str
    known: str
    expected: str | None
    unlisted: str | None
    complete: bool
    parts: tuple[tuple[str, str, str], ...]
    groups: tuple[tuple[tuple[tuple[str, str], ...], tuple[str, ...]], ...]


def missing_pages(edition: Edition) -> tuple[MissingPage, ...]:
    """`missing.html`, and a page for each first-level area where there are many."""
    register, held = edition.published.register, edition.published.dossiers
    areas = sorted(edition.stations, key=lambda area: [name for name, _ in edition.way_down(area)])
    missing = {area: tuple(code for code in edition.stations[area] if code not in held) for area in areas}
    missing = {area: codes for area, codes in missing.items() if codes}
    total = sum(map(len, missing.values()))
    by_first: dict[str, list[AreaId]] = defaultdict(list)
    for area in missing:
        by_first[area.partition("/")[0]].append(area)
    split = total > MOST_MISSING_ROWS and len(by_first) > 1
    parts = [(edition.name_of(AreaId(first)), f"missing/{path_safe(first)}.html", areas_of)
             for first, areas_of in by_first.items()]  # fmt: skip

    def page(name: str, path: str, areas_of: list[AreaId], rows: tuple[tuple[str, str, str], ...]) -> MissingPage:
        whole, expected = edition.numbers.whole, register.expected_nation
        known = len(register.stations)
        return MissingPage(
            name,
            path,
            whole(sum(len(missing[area]) for area in areas_of)),
            whole(known),
            None if expected is None else whole(expected),
            None if expected is None else whole(max(0, expected - known)),
            register.complete,
            rows,
            () if rows else tuple((edition.way_down(area), missing[area]) for area in areas_of),
        )

    rows = tuple(
        (name, path, edition.numbers.whole(sum(len(missing[area]) for area in areas_of)))
        for name, path, areas_of in parts
    )
    first = page(edition.name_of(NATION), "missing.html", list(missing), rows if split else ())
    return (first, *(page(name, path, areas_of, ()) for name, path, areas_of in parts)) if split else (first,)
