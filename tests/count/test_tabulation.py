"""The totals in columns are those that `core.tabulation` defines, whatever the register and the results."""

from hypothesis import given, settings
from hypothesis import strategies as st
from two_contests import TWO_CONTESTS

from testigo.core.dossier import figures_of
from testigo.core.election import Contest, Election
from testigo.core.ids import NATION, AreaId, FieldId, StationCode
from testigo.core.records import MAX_COUNT, Result
from testigo.core.register import Station, StationRegister
from testigo.core.tabulation import AreaTotals, tabulate, totals_bytes
from testigo.count.tabulation import area_ids, area_totals, figure_fields, result_frame, station_frame, tabulate_columns

STATES, DISTRICTS, STATIONS = 3, 3, 12
NAMES = {
    NATION: "Examplia",
    **{AreaId(f"{state}"): f"State {state}" for state in range(STATES)},
    **{AreaId(f"{s}/{d}"): f"District {d}" for s in range(STATES) for d in range(DISTRICTS)},
}


@st.composite
def registers(draw: st.DrawFn) -> StationRegister:
    """Up to 12 stations in up to 9 districts, some of them empty; complete, or with some number expected or none."""
    codes = draw(st.lists(st.integers(0, STATIONS - 1), unique=True))
    places = st.tuples(st.integers(0, STATES - 1).map(str), st.integers(0, DISTRICTS - 1).map(str))
    stations = {StationCode(f"S{n}"): Station(StationCode(f"S{n}"), draw(places), None) for n in codes}
    return StationRegister(stations, NAMES, draw(st.booleans()), draw(st.none() | st.integers(0, 99)))


def results_of(contest: Contest, station: StationCode) -> st.SearchStrategy[Result]:
    """A result of any status, with any figures of the contest absent."""
    figures = st.dictionaries(st.sampled_from([f for f in contest.fields if "." not in f]), st.integers(0, MAX_COUNT))
    statuses = st.sampled_from(["counted", "quarantined", "no figures"])
    return st.builds(lambda status, counts: Result(station, contest.id, status, "b", (), counts), statuses, figures)


@st.composite
def counts_of_an_election(draw: st.DrawFn) -> tuple[StationRegister, list[Result], set[StationCode]]:
    """A register, at most one result for each station and contest, and what anything is held about."""
    register = draw(registers())
    pairs = [(station, contest) for station in register.stations for contest in TWO_CONTESTS.contests]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    results = [draw(results_of(contest, station)) for station, contest in chosen]
    received = draw(st.sets(st.sampled_from([*register.stations, StationCode("unlisted")])))
    return register, results, received


@settings(max_examples=120, deadline=None)
@given(counts_of_an_election())
def test_columns_give_the_totals_that_the_definition_gives(
    counted: tuple[StationRegister, list[Result], set[StationCode]],
) -> None:
    register, results, received = counted
    by_definition = tabulate(results, received, register, TWO_CONTESTS)
    in_columns = tabulate_columns(results, received, register, TWO_CONTESTS)
    assert in_columns == by_definition
    assert totals_bytes(in_columns) == totals_bytes(by_definition)


def small_register(*, complete: bool) -> StationRegister:
    stations = {
        code: Station(code, areas, None)
        for code, areas in (
            (StationCode("A1"), ("0", "0")),
            (StationCode("A2"), ("0", "0")),
            (StationCode("B1"), ("0", "1")),
            (StationCode("C1"), ("1", "0")),
        )
    }
    return StationRegister(stations, NAMES, complete, 4 if complete else 40)


def result(station: str, status: str, **counts: int) -> Result:
    figures = {FieldId(field): n for field, n in counts.items()}
    return Result(StationCode(station), "president", status, "photos", (), figures)


def test_quarantined_stations_are_in_the_second_sum_only(election: Election) -> None:
    results = [
        result("A1", "counted", ana=5, bo=7),
        result("A2", "quarantined", ana=100, null=3),
        result("B1", "no figures", ana=999),
    ]
    held = [StationCode(code) for code in ("A1", "A2", "B1")]
    totals = tabulate_columns(results, held, small_register(complete=True), election)
    first = AreaTotals(2, 2, 2, 1, 1, {FieldId("ana"): 5, FieldId("bo"): 7}, {})
    first.with_quarantine = {FieldId("ana"): 105, FieldId("bo"): 7, FieldId("null"): 3}
    assert totals["president", AreaId("0/0")] == first
    assert totals["president", AreaId("0/1")] == AreaTotals(1, 1)
    assert totals["president", AreaId("1")] == AreaTotals(1)
    assert totals["president", AreaId("2")] == AreaTotals(0)
    assert (totals["president", NATION].expected, totals["president", NATION].counts) == (4, first.counts)
    assert totals["mayor", NATION] == AreaTotals(4, 3)


def test_an_absent_figure_stays_absent_and_a_zero_is_a_zero(election: Election) -> None:
    totals = tabulate_columns([result("A1", "counted", ana=0)], [], small_register(complete=True), election)
    assert totals["president", NATION].counts == {"ana": 0}


def test_expected_stations_of_an_area_are_unknown_where_the_register_is_not_complete(election: Election) -> None:
    totals = tabulate_columns([], [], small_register(complete=False), election)
    assert totals["president", NATION].expected == 40
    assert {total.expected for (_, area), total in totals.items() if area != NATION} == {None}


def test_a_frame_of_totals_has_five_station_counts_and_both_sums(election: Election) -> None:
    register = small_register(complete=True)
    results = result_frame([result("A1", "counted", ana=5), result("C1", "quarantined", ana=1)], election)
    frame = area_totals(results, station_frame(register, register.stations, election.areas.levels), 2)
    counts = ["listed", "received", "read", "counted", "quarantined"]
    figures = [prefix + field for prefix in ("sum:", "held:") for field in figure_fields(election)]
    assert sorted(frame.columns) == sorted(["contest", "area", *counts, *figures])
    nation = frame.row(0, named=True)
    assert (nation["area"], nation["listed"], nation["read"], nation["counted"], nation["quarantined"]) == (
        "",
        4,
        2,
        1,
        1,
    )
    assert (nation["sum:ana"], nation["held:ana"], nation["sum:bo"]) == (5, 6, None)


def test_ballot_lines_are_no_figures_of_results(election: Election) -> None:
    assert figure_fields(election) == (
        *("ana", "bo", "cy", "valid", "null", "spoilt"),
        *("dee", "eve", "blank", "cast"),
    )


def test_areas_of_a_level_come_in_the_order_of_their_codes(election: Election) -> None:
    totals = tabulate_columns([], [], small_register(complete=True), election)
    assert area_ids(totals, "president", 0) == (NATION,)
    assert area_ids(totals, "mayor", 1) == ("0", "1", "2")
    assert area_ids(totals, "mayor", 2) == tuple(f"{s}/{d}" for s in range(3) for d in range(3))


def test_the_figures_of_ballot_lines_become_their_choice(election: Election) -> None:
    counts = {FieldId("ana.a"): 2, FieldId("ana.b"): 3, FieldId("bo"): 1}
    assert figures_of(election.contests[0], counts) == {"ana": 5, "bo": 1}
