"""The home page's and every area's values: figures by contest, the areas below, the stations of the smallest areas."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from testigo.core.catalogue import BY_CODE
from testigo.core.election import Choice, Contest
from testigo.core.ids import NATION, AreaId, StationCode
from testigo.site.announced import AnnouncedTable, announced_tables
from testigo.site.charts import swatch
from testigo.site.edition import Edition
from testigo.site.figures import AreaRow, ContestFigures, area_row, areas_led, contest_figures
from testigo.site.paths import anchor_of, station_page

MOST_COLUMNS = 4
MOST_HOME_AREAS = 60


@dataclass(frozen=True, slots=True)
class StationRow:
    """One station in its area's table: `page` is empty where nothing is held; votes are empty without figures."""

    code: str
    page: str
    status: str
    votes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StationGroup:
    """The stations of one smallest area; `name` is empty where the page's area is itself the smallest.

    `anchor` is the id of the section, empty there and in the tables of all contests but the first.
    """

    name: str
    anchor: str
    rows: tuple[StationRow, ...]


@dataclass(frozen=True, slots=True)
class StationTable:
    """Stations with the votes of the choices that have the most in the nation, and the rest together."""

    columns: tuple[tuple[str, Markup], ...]
    rest: bool
    groups: tuple[StationGroup, ...]


@dataclass(frozen=True, slots=True)
class ContestSection:
    """One contest on the page of an area."""

    figures: ContestFigures
    areas: tuple[AreaRow, ...]
    stations: StationTable | None
    announced: tuple[AnnouncedTable, ...]
    led: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class AreaView:
    """The page of an area; `level` is the word for it, `below` for the areas under it, empty where there are none."""

    name: str
    page: str
    level: str
    below: str
    crumbs: tuple[tuple[str, str], ...]
    sections: tuple[ContestSection, ...]


def home_view(edition: Edition) -> AreaView:
    """The nation: its largest areas by votes, what was announced, areas led by choice."""
    return _view(edition, NATION)


def area_views(edition: Edition) -> Iterator[AreaView]:
    """Every area with a page of its own, parents first."""
    for area in sorted(edition.published.register.names):
        if area != NATION and area.count("/") < edition.page_depth:
            yield _view(edition, area)


def _view(edition: Edition, area: AreaId) -> AreaView:
    levels = edition.levels
    depth = area.count("/") + 1 if area else 0
    children = edition.children.get(area, ())
    return AreaView(
        edition.name_of(area),
        edition.page_of(area),
        levels[depth - 1] if depth else "",
        levels[depth] if depth < len(levels) and children else "",
        edition.way_down(area)[:-1],
        tuple(_section(edition, contest, area, children) for contest in edition.published.election.contests),
    )


def _section(edition: Edition, contest: Contest, area: AreaId, children: tuple[AreaId, ...]) -> ContestSection:
    tabulation = edition.published.tabulation
    is_home = area == NATION
    shown: tuple[AreaId, ...] = children
    if is_home:
        votes = {child: sum(tabulation[contest.id, child].counts.get(c.id, 0) for c in contest.choices)
                 for child in children}  # fmt: skip
        shown = tuple(sorted(children, key=lambda child: -votes[child]))
    return ContestSection(
        contest_figures(edition, contest, area, _listed(edition, area)),
        tuple(area_row(edition, contest, child) for child in shown),
        _station_table(edition, contest, area, children),
        announced_tables(edition, contest) if is_home else (),
        tuple((name, tuple(map(edition.numbers.whole, led))) for name, led in areas_led(edition, contest))
        if is_home
        else (),
    )


def _listed(edition: Edition, area: AreaId) -> int:
    if area == NATION:
        return len(edition.published.register.stations)
    below = edition.children.get(area, ())
    return len(edition.stations.get(area, ())) + sum(_listed(edition, child) for child in below)


def _station_table(
    edition: Edition, contest: Contest, area: AreaId, children: tuple[AreaId, ...]
) -> StationTable | None:
    groups = [(child, edition.stations.get(child, ())) for child in children]
    if area in edition.stations:
        groups.insert(0, (area, edition.stations[area]))
    if not any(codes for _, codes in groups) or (area == NATION and NATION not in edition.stations):
        return None
    columns = main_choices(edition, contest)
    rest = tuple(choice for choice in contest.choices if choice not in columns)
    return StationTable(
        tuple((choice.name, swatch(choice.colour)) for choice in columns),
        bool(rest),
        tuple(
            StationGroup(
                "" if child == area else edition.name_of(child),
                "" if child == area or contest != edition.published.election.contests[0] else anchor_of(child),
                tuple(_station_row(edition, contest, code, columns, rest) for code in codes),
            )
            for child, codes in groups
            if codes
        ),
    )


def main_choices(edition: Edition, contest: Contest) -> tuple[Choice, ...]:
    """The choices with the most votes in the nation, all where they are few."""
    if len(contest.choices) <= MOST_COLUMNS:
        return contest.choices
    counts = edition.published.tabulation[contest.id, NATION].with_quarantine
    return tuple(sorted(contest.choices, key=lambda choice: -counts.get(choice.id, 0))[: MOST_COLUMNS - 1])


def _station_row(
    edition: Edition, contest: Contest, code: StationCode, columns: tuple[Choice, ...], rest: tuple[Choice, ...]
) -> StationRow:
    held = edition.published.results.get((code, contest.id))
    known = code in edition.published.dossiers
    page = station_page(code) if known else ""
    if held is None:
        return StationRow(code, page, "no figures" if known else "nothing", ())
    counts = held[1].counts
    whole = edition.numbers.whole
    votes = [whole(counts[choice.id]) if choice.id in counts else "?" for choice in columns]
    if rest:
        stated = [counts[choice.id] for choice in rest if choice.id in counts]
        votes.append(whole(sum(stated)) if len(stated) == len(rest) else "?")
    return StationRow(code, page, held[1].status, tuple(votes))


def findings_summary(edition: Edition) -> tuple[tuple[str, str, str, str, str], ...]:
    """Code, title, weight, number of stations and number of photos of every check that found something."""
    stations: Counter[str] = Counter()
    weights: dict[str, str] = {}
    for found in edition.found.values():
        stations.update({finding.code for finding in found})
        for finding in found:
            if weights.get(finding.code) != "hold":
                weights[finding.code] = finding.weight
    loose: Counter[str] = Counter(finding.code for finding in edition.published.loose)
    for finding in edition.published.loose:
        weights.setdefault(finding.code, finding.weight)
    whole = edition.numbers.whole
    return tuple(
        (code, check.title, weights[code], whole(stations[code]), whole(loose[code]))
        for code, check in BY_CODE.items()
        if code in weights
    )
