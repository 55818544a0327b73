"""One publication with what all its pages need, worked out once: children, stations by area, findings, spelling."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from testigo.core.dossier import Finding
from testigo.core.election import Contest
from testigo.core.ids import NATION, AreaId, Digest, FieldId, StationCode
from testigo.site.flips import Flips, flips_of
from testigo.site.numbers import Numbers, numbers_of
from testigo.site.paths import area_page
from testigo.site.values import Published
from testigo.site.words import Words, words_of


@dataclass(frozen=True, slots=True)
class Edition:
    """`children` are sorted by name, `stations` (of the areas that hold them directly) by code.

    `page_depth` is the number of levels with pages of their own: all but the smallest, at least one. `found` are the
    distinct findings of each station, over all contests; `thumbnails` paths of small images by photo.
    """

    published: Published
    thumbnails: Mapping[Digest, str]
    numbers: Numbers
    words: Words
    page_depth: int
    children: Mapping[AreaId, tuple[AreaId, ...]]
    stations: Mapping[AreaId, tuple[StationCode, ...]]
    found: Mapping[StationCode, tuple[Finding, ...]]
    flips: Flips

    def name_of(self, area: AreaId) -> str:
        """The area's name, its code where the register gives no name."""
        return self.published.register.names[area] or area.rpartition("/")[2]

    def page_of(self, area: AreaId) -> str:
        """Where the area is shown, from the root of the site."""
        return area_page(area, self.page_depth)

    @property
    def levels(self) -> tuple[str, ...]:
        """The country's words for its areas, from large to small, in the language of the pages where it is usual."""
        return tuple(map(self.words.gettext, self.published.election.areas.levels))

    def way_down(self, area: AreaId) -> tuple[tuple[str, str], ...]:
        """Name and page of the nation and of every area down to this one."""
        codes = area.split("/") if area else []
        areas = [NATION, *(AreaId("/".join(codes[: n + 1])) for n in range(len(codes)))]
        return tuple((self.name_of(one), self.page_of(one)) for one in areas)


def edition_of(published: Published, thumbnails: Mapping[Digest, str]) -> Edition:
    """The edition of a publication; `thumbnails` are paths of small images by their photo's hash."""
    register = published.register
    children: dict[AreaId, list[AreaId]] = defaultdict(list)
    for area in register.names:
        if area != NATION:
            children[AreaId(area.rpartition("/")[0])].append(area)
    stations: dict[AreaId, list[StationCode]] = defaultdict(list)
    for code, station in register.stations.items():
        stations[station.area].append(code)
    words = words_of(published.election.language)
    return Edition(
        published,
        thumbnails,
        numbers_of(words.language),
        words,
        max(1, len(published.election.areas.levels) - 1),
        {
            parent: tuple(sorted(areas, key=lambda area: (_in_order(register.names[area]), area)))
            for parent, areas in children.items()
        },
        {area: tuple(sorted(codes)) for area, codes in stations.items()},
        _found(published),
        flips_of(published),
    )


def _in_order(name: str) -> str:
    """What names are sorted by: without case and accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _found(published: Published) -> Mapping[StationCode, tuple[Finding, ...]]:
    found: dict[StationCode, tuple[Finding, ...]] = {}
    for code in sorted(published.outcomes.keys() | published.across.keys()):
        findings = [f for outcome in published.outcomes.get(code, ()) for f in outcome.findings]
        findings += published.across.get(code, ())
        distinct = {(finding.code, finding.saw): finding for finding in reversed(findings)}
        if distinct:
            found[code] = tuple(sorted(distinct.values(), key=lambda f: (f.weight != "hold", f.code, f.saw)))
    return found


def other_fields(contest: Contest) -> tuple[tuple[FieldId, str], ...]:
    """The fields of a contest that are no choices, with what kind they are: `valid`, `blank`, `null` or `cast`."""
    kinds = [(contest.valid, "valid"), (contest.blank, "blank"), *((f, "null") for f in contest.null)]
    return tuple((field, kind) for field, kind in [*kinds, (contest.cast, "cast")] if field is not None)
