"""What the checks found, check by check, and the rows of tables that were set aside."""

from collections import defaultdict
from dataclasses import dataclass

from testigo.core.catalogue import CHECKS, weight_of
from testigo.core.dossier import Finding
from testigo.core.ids import StationCode
from testigo.site.edition import Edition
from testigo.site.paths import station_page
from testigo.site.seen import told_seen

MOST_STATIONS = 200
MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check with what it found: stations (code, page or empty, what was seen) and loose photos."""

    code: str
    title: str
    meaning: str
    advice: str
    weight: str
    count: str
    photos: str
    stations: tuple[tuple[str, str, str], ...]
    left_out: str
    loose: tuple[str, ...]
    loose_left_out: str


def check_views(edition: Edition) -> tuple[CheckView, ...]:
    """Every check of the catalogue in its order, also those that found nothing."""
    found: dict[str, dict[StationCode, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for code, findings in edition.found.items():
        for finding in findings:
            found[finding.code][code].append(finding)
    loose: dict[str, list[Finding]] = defaultdict(list)
    for finding in edition.published.loose:
        loose[finding.code].append(finding)
    whole, dossiers = edition.numbers.whole, edition.published.dossiers
    views = []

    def told(finding: Finding) -> str:
        return told_seen(finding.code, finding.saw, edition.words)

    for check in CHECKS:
        stations, photos = found[check.code], loose[check.code]
        views.append(
            CheckView(
                check.code,
                check.title,
                check.meaning,
                check.advice,
                weight_of(check.code, edition.published.election),
                whole(len(stations)),
                whole(len(photos)),
                tuple(
                    (code, station_page(code) if code in dossiers else "", "; ".join(told(f) for f in findings))
                    for code, findings in list(stations.items())[:MOST_STATIONS]
                ),
                whole(len(stations) - MOST_STATIONS) if len(stations) > MOST_STATIONS else "",
                tuple(told(finding) for finding in photos[:MOST_STATIONS]),
                whole(len(photos) - MOST_STATIONS) if len(photos) > MOST_STATIONS else "",
            )
        )
    return tuple(views)


@dataclass(frozen=True, slots=True)
class AsideView:
    """Rows of one source's table that were set aside for one cause; `lines` are row and what stood there."""

    source: str
    cause: str
    count: str
    lines: tuple[tuple[str, str], ...]
    left_out: str


def aside_views(edition: Edition) -> tuple[AsideView, ...]:
    """The rows set aside by source and cause, most rows first."""
    groups: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for _, report in edition.published.aside:
        saw = report.saw if report.saw is not None else report.station or ""
        groups[report.source, report.aside or ""].append((report.row, saw))
    names = {source.id: source.name for source in edition.published.election.sources}
    whole = edition.numbers.whole
    return tuple(
        AsideView(
            names.get(source, source),
            edition.words.gettext(cause),
            whole(len(rows)),
            tuple((str(row), saw) for row, saw in sorted(rows)[:MOST_LINES]),
            whole(len(rows) - MOST_LINES) if len(rows) > MOST_LINES else "",
        )
        for (source, cause), rows in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    )
