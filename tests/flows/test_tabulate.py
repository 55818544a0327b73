"""`tabulate`, `reconcile` and `compare`: the same answers before and after a seal."""

from collections.abc import Callable

import pytest
from town import STATIONS, figures_of, sheet, table

from testigo.core.ids import NATION, AreaId
from testigo.core.tabulation import tabulate as tabulate_plainly
from testigo.errors import BadUsage
from testigo.flows.report import report
from testigo.flows.seal import seal
from testigo.flows.tabulate import compare, reconcile, results_now, source_figures, sources_held, tabulate
from testigo.ports import World

OTHER = (1, 2, 3, 4, 5)


@pytest.fixture
def filled(world: World, photograph: Callable[..., object]) -> World:
    """North stated five stations, south four (T2 otherwise); photos show T1, T5 (otherwise) and T6."""
    report(world, "north", "a.csv", table(STATIONS[:5]))
    report(world, "south", "b.csv", table({"T2": OTHER, **{s: figures_of(s) for s in ("T3", "T4", "T7")}}))
    photograph(world, {"1.jpg": sheet("T1"), "5.jpg": sheet("T5", OTHER), "6.jpg": sheet("T6")}, {"8.jpg": "T8"})
    return world


def test_totals_are_the_same_before_and_after_a_seal(filled: World) -> None:
    before = tabulate(filled)
    assert filled.views.results() == {}
    seal(filled)
    assert tabulate(filled) == before
    results = [result for _, result in filled.views.results().values()]
    assert before == tabulate_plainly(results, filled.views.stations_held(), filled.register, filled.election)
    nation = before["mayor", NATION]
    told = (nation.expected, nation.received, nation.read, nation.counted, nation.quarantined)
    assert told == (8, 7, 7, 5, 2)
    assert nation.counts == {"ANA": 21 + 23 + 24 + 26 + 27, "BEN": 29 + 27 + 26 + 24 + 23, "mvalid": 250}
    assert before["mayor", AreaId("1")].counted == 2


def test_totals_after_a_seal_count_what_came_since(filled: World) -> None:
    seal(filled)
    report(filled, "north", "c.csv", table((*STATIONS[:5], "T8")))
    later = tabulate(filled)
    assert later["mayor", NATION].counted == 6
    seal(filled)
    assert tabulate(filled) == later


@pytest.mark.parametrize("sealed", [False, True])
def test_one_source_alone_is_counted_without_the_others(filled: World, sealed: bool) -> None:
    if sealed:
        seal(filled)
    south, photos = tabulate(filled, "south"), tabulate(filled, "photo")
    assert (south["mayor", NATION].counted, south["mayor", NATION].counts["ANA"]) == (4, 1 + 23 + 24 + 27)
    assert south["council", NATION].counts["X"] == 7 + 22 + 27 + 42
    assert (photos["mayor", NATION].counted, photos["mayor", NATION].counts["ANA"]) == (3, 21 + 1 + 26)


def test_a_source_that_is_not_there_is_refused_with_the_names_of_those_that_are(filled: World) -> None:
    with pytest.raises(BadUsage, match="expected one of north, south, photo, desk, result; came west"):
        tabulate(filled, "west")
    with pytest.raises(BadUsage, match="came west"):
        reconcile(filled, "north", "west")


def test_sources_that_hold_something_come_in_the_order_of_the_election(world: World, filled: World) -> None:
    assert sources_held(filled) == ("north", "south", "photo")


def test_an_empty_home_has_no_sources_and_totals_without_votes(world: World) -> None:
    assert sources_held(world) == ()
    nation = tabulate(world)["mayor", NATION]
    assert (nation.expected, nation.received, nation.read, nation.counts) == (8, 0, 0, {})


def test_two_sources_are_reconciled_cell_by_cell(filled: World) -> None:
    mayor, council = reconcile(filled, "north", "south")
    assert (mayor.common, mayor.only_here, mayor.only_there) == (3, ("T1", "T5"), ("T7",))
    assert [(c.station, c.field, c.here, c.there) for c in mayor.cells] == [
        ("T2", "ANA", 22, 1), ("T2", "BEN", 28, 2), ("T2", "mvalid", 50, 3),
    ]  # fmt: skip
    assert [(c.field, c.here, c.there) for c in council.cells] == [("X", 17, 7), ("YES", 30, 5), ("cvalid", 47, 12)]
    assert (mayor.cells_compared, mayor.stations_that_differ) == (9, ("T2",))


def test_a_source_agrees_with_itself_and_with_the_results_it_made(filled: World) -> None:
    assert [one.cells for one in reconcile(filled, "north", "north")] == [(), ()]
    mayor, _ = reconcile(filled, "result", "photo")
    assert (mayor.common, mayor.cells) == (3, ())


def test_results_have_the_figures_of_both_contests(filled: World) -> None:
    seal(filled)
    mayor, council = reconcile(filled, "result", "south")
    assert (mayor.cells_compared, council.cells_compared) == (12, 12)
    assert set(source_figures(filled, "result")["T3"]) == {"ANA", "BEN", "mvalid", "X", "YES", "cvalid"}


def test_results_now_are_those_that_a_seal_records(filled: World) -> None:
    now = results_now(filled)
    seal(filled)
    assert now == {key: result for key, (_, result) in filled.views.results().items()}
    assert results_now(filled) == now


def test_the_announced_votes_stand_beside_the_documented_ones(filled: World) -> None:
    before = compare(filled)
    seal(filled)
    assert compare(filled) == before
    (evening,) = before
    assert (evening.counted, evening.expected) == (5, 8)
    assert [(line.name, line.documented, line.announced) for line in evening.lines] == [
        ("Ana", 121, 100),
        ("Ben", 129, 500),
    ]
    assert [line.difference for line in evening.lines] == [-21, 371]
