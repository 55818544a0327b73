"""`testigo tabulate`, `reconcile` and `compare`: what the records say, before or after a seal."""

from collections.abc import Iterable, Mapping, Sequence

from testigo.core.dossier import DESK_SOURCE, PHOTO_SOURCE, Evidence, figures_of
from testigo.core.election import Contest
from testigo.core.entry import Settled
from testigo.core.ids import NATION, Counts, FieldId, StationCode
from testigo.core.pages import lacks_pages, put_together
from testigo.core.records import Result
from testigo.core.state import current_readings, fold, sheet_states
from testigo.core.tabulation import Tabulation
from testigo.count.comparison import Comparison, compare_announced
from testigo.count.reconciliation import Reconciliation, comparable_fields, figures_frame, reconcile_frames
from testigo.count.tabulation import tabulate_columns
from testigo.errors import BadUsage
from testigo.flows.seal import decided
from testigo.ports import World


def results_now(world: World) -> Mapping[tuple[StationCode, str], Result]:
    """The results in force, and those that would be if everything that waits were sealed now."""
    results = {key: result for key, (_, result) in world.views.results().items()}
    for record in decided(world):
        if isinstance(record, Result):
            results[record.station, record.contest] = record
    return results


def tabulate(world: World, only: str | None = None) -> Tabulation:
    """The totals of every area; `only` counts one source alone instead of what the policy accepts.

    Raises:
        BadUsage: there is no such source; names those that there are.
    """
    if only is None:
        results: Iterable[Result] = results_now(world).values()
        return tabulate_columns(results, world.views.stations_held(), world.register, world.election)
    figures = source_figures(world, only)
    single = [
        Result(station, contest.id, "counted", only, (), figures_of(contest, counts))
        for station, counts in figures.items()
        for contest in world.election.contests
        if station in world.register.stations
    ]
    return tabulate_columns(single, figures, world.register, world.election)


def source_figures(world: World, source: str) -> Mapping[StationCode, Counts]:
    """The figures of one source by station: a table's, `photo` for what was read from photos, or `result`.

    Raises:
        BadUsage: there is no such source; names those that there are.
    """
    known = [one.id for one in world.election.sources]
    if source in known:
        return {s: r.counts for s, (_, r) in world.views.current_reports(source).items() if r.counts is not None}
    if source == "result":
        accepted: dict[StationCode, dict[FieldId, int]] = {}
        for (station, _), result in results_now(world).items():
            if result.counts:
                accepted.setdefault(station, {}).update(result.counts)
        return accepted
    if source == PHOTO_SOURCE:
        read: dict[StationCode, list[Evidence]] = {}
        for digest, one in current_readings(fold(world.views.records())).values():
            if one.station is not None and one.counts is not None:
                said = Evidence(digest, "reading", PHOTO_SOURCE, one.counts, one.form, one.photo)
                read.setdefault(one.station, []).append(said)
        return {station: _first_sheet(world, some) for station, some in read.items()}
    if source == DESK_SOURCE:
        states = sheet_states(fold(world.views.records()), world.election.desk)
        settled = [found for found in states.values() if isinstance(found, Settled) and found.answer.counts]
        # Of several photos of a station the one with the smallest leaf hash.
        return {one.answer.station: one.answer.counts for one in sorted(settled, key=lambda s: s.digest, reverse=True)}
    raise BadUsage(f"expected one of {', '.join([*known, PHOTO_SOURCE, DESK_SOURCE, 'result'])}; came {source}")


def _first_sheet(world: World, read: Sequence[Evidence]) -> Counts:
    """What was read from a station's photos, its pages put together: of several sheets the one with the smallest leaf
    hash, one with all its pages before any other."""
    sheets, _ = put_together(read, world.forms)
    return min(sheets, key=lambda one: (lacks_pages(one, world.forms), one.digest)).counts


def reconcile(world: World, here: str, there: str) -> tuple[Reconciliation, ...]:
    """Two sources against each other, once for each contest.

    Raises:
        BadUsage: there is no such source.
    """
    a, b = source_figures(world, here), source_figures(world, there)
    return tuple(_reconcile(contest, here, a, there, b) for contest in world.election.contests)


def _reconcile(
    contest: Contest, here: str, a: Mapping[StationCode, Counts], there: str, b: Mapping[StationCode, Counts]
) -> Reconciliation:
    fields = comparable_fields(contest)
    left = figures_frame({station: figures_of(contest, counts) for station, counts in a.items()}, fields)
    right = figures_frame({station: figures_of(contest, counts) for station, counts in b.items()}, fields)
    return reconcile_frames(here, left, there, right)


def sources_held(world: World) -> tuple[str, ...]:
    """The sources that have at least one row or photo in this home, in the order of the election."""
    held = [source.id for source in world.election.sources if world.views.current_reports(source.id)]
    return tuple(held + ([PHOTO_SOURCE] if world.views.photos() else []))


def compare(world: World) -> tuple[Comparison, ...]:
    """Every announced result beside the counted stations of the nation."""
    totals = tabulate(world)
    contests = {contest.id: contest for contest in world.election.contests}
    return tuple(
        compare_announced(announced, contests[announced.contest], totals[announced.contest, NATION])
        for announced in world.election.announced
    )
