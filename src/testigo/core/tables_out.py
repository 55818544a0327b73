"""The public tables: what a publication says, as CSV of the same bytes every time, one row a thing.

What each column holds stands in `dictionary`.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from testigo.core.across import loose_photos, same_photos, same_vectors
from testigo.core.dictionary import DICTIONARY, WITH_QUARANTINE, dictionary_text
from testigo.core.dossier import Finding, Outcome, PhotoSeen, choice_sum
from testigo.core.election import Election
from testigo.core.ids import NATION, FieldId
from testigo.core.records import Report
from testigo.core.register import StationRegister
from testigo.core.state import State, photos_seen
from testigo.core.tabulation import Tabulation

Cell = str | int | None
Row = Sequence[Cell]


def public_tables(
    state: State,
    register: StationRegister,
    election: Election,
    tabulation: Tabulation,
    outcomes: Sequence[Outcome],
) -> dict[str, bytes]:
    """File name to bytes of every public table and of the dictionary that explains them.

    `outcomes` are those of all dossiers of the state, by station.
    """
    photos = photos_seen(state)
    return {
        "stations.csv": _csv(_stations(state, register, election, outcomes)),
        "areas.csv": _csv(_areas(register, election, tabulation)),
        "reports.csv": _csv(_reports(state, election)),
        "photos.csv": _csv(_photos(state, photos)),
        "findings.csv": _csv(_findings(photos, register, election, outcomes)),
        DICTIONARY: dictionary_text(election).encode(),
    }


def figures_stated(election: Election) -> tuple[FieldId, ...]:
    """The figures that results and totals state: the choices of each contest, then its other figures."""
    return tuple(
        field
        for contest in election.contests
        for field in (
            *(choice.id for choice in contest.choices),
            *(f for f in (contest.valid, contest.blank, *contest.null, contest.cast) if f is not None),
        )
    )


def _csv(rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _header(fixed_before: Row, figures: Iterable[str], fixed_after: Row) -> list[Cell]:
    """The names of the columns; a figure that is called like another column gets the ending `.ballots`."""
    taken = {*fixed_before, *fixed_after}
    return [*fixed_before, *(f"{name}.ballots" if name in taken else name for name in figures), *fixed_after]


def _stations(
    state: State, register: StationRegister, election: Election, outcomes: Sequence[Outcome]
) -> Iterable[Row]:
    fields = figures_stated(election)
    levels = election.areas.levels
    before = ("station", *levels, "registered", "contest", "status", "basis")
    yield _header(before, fields, ("sum_of_choices", "findings", "leaf"))
    held = {outcome.station for outcome in outcomes}
    for code in sorted(register.stations):
        station = register.stations[code]
        start: Row = (code, *station.areas, station.registered)
        for contest in election.contests:
            found = state.results.get((code, contest.id))
            if found is None:
                status = "no figures" if code in held else "missing"
                yield (*start, contest.id, status, "", *("" for _ in fields), "", "", "")
                continue
            leaf, result = found
            counts = result.counts
            figures = [counts.get(field) for field in fields]
            codes = " ".join(result.findings)
            yield (*start, contest.id, result.status, result.basis, *figures, choice_sum(contest, counts), codes, leaf)


def _areas(register: StationRegister, election: Election, tabulation: Tabulation) -> Iterable[Row]:
    fields = figures_stated(election)
    stations = ("expected", "received", "read", "counted", "quarantined")
    before = ("contest", "area", "level", "name", *stations)
    yield _header(before, (*fields, *(field + WITH_QUARANTINE for field in fields)), ())
    for contest in election.contests:
        for area in sorted(register.names):
            level = "" if area == NATION else election.areas.levels[area.count("/")]
            total = tabulation[contest.id, area]
            numbers = (total.expected, total.received, total.read, total.counted, total.quarantined)
            counted = [total.counts.get(field) for field in fields]
            both = [total.with_quarantine.get(field) for field in fields]
            yield (contest.id, area, level, register.names[area], *numbers, *counted, *both)


def _reports(state: State, election: Election) -> Iterable[Row]:
    named = tuple(field for contest in election.contests for field in contest.fields)
    others = {field for report in state.reports.values() for field in report.counts or ()} - set(named)
    fields = (*named, *sorted(others))
    # Far more lines than a table states: a row is filled by its figures, not asked for every field.
    places = {field: place for place, field in enumerate(fields)}
    before = ("source", "station", "row", "table", "aside", "saw")
    yield _header(before, fields, ("leaf", "superseded"))

    def place(item: tuple[str, Report]) -> tuple[str, str, int, str]:
        return item[1].source, item[1].table, item[1].row, item[0]

    for leaf, report in sorted(state.reports.items(), key=place):
        start = (report.source, report.station, report.row, report.table, report.aside, report.saw)
        stated: list[Cell] = [None] * len(fields)
        for field, number in (report.counts or {}).items():
            stated[places[field]] = number
        yield (*start, *stated, leaf, "yes" if leaf in state.superseded else "no")


def _photos(state: State, photos: Iterable[PhotoSeen]) -> Iterable[Row]:
    yield ("photo", "claimed", "station", "outcome", "withheld", "rendition")
    for seen in photos:
        withheld = state.withheld.get(seen.photo)
        rendition = state.renditions.get(seen.photo)
        shown = "" if rendition is None else rendition.sha256
        reason = "" if withheld is None else withheld.reason
        yield (seen.photo, " ".join(seen.claimed), seen.named, seen.outcome, reason, shown)


def _findings(
    photos: Sequence[PhotoSeen], register: StationRegister, election: Election, outcomes: Sequence[Outcome]
) -> Iterable[Row]:
    yield ("station", "code", "weight", "saw")
    found: list[Finding] = [finding for outcome in outcomes for finding in outcome.findings]
    found += same_vectors(outcomes, election)
    found += same_photos(photos, election)
    found += loose_photos(photos, register, election)
    yield from sorted({(finding.station, finding.code, finding.weight, finding.saw) for finding in found})
