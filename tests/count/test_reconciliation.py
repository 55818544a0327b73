"""Two sources side by side: what is common, what only one has, and every cell that differs."""

from hypothesis import given, settings
from hypothesis import strategies as st

from testigo.core.election import Election
from testigo.core.ids import FieldId, StationCode
from testigo.count.reconciliation import Cell, Reconciliation, comparable_fields, figures_frame, reconcile_frames

FIELDS = (FieldId("ana"), FieldId("bo"), FieldId("valid"))
Figures = dict[StationCode, dict[FieldId, int]]


def table(**stations: dict[str, int]) -> Figures:
    return {StationCode(code): {FieldId(f): n for f, n in counts.items()} for code, counts in stations.items()}


def reconciled(a: Figures, b: Figures) -> Reconciliation:
    return reconcile_frames("ours", figures_frame(a, FIELDS), "theirs", figures_frame(b, FIELDS))


def test_every_cell_that_differs_is_named_in_the_order_of_stations_and_fields() -> None:
    ours = table(S2={"ana": 1, "bo": 2}, S1={"bo": 5, "ana": 4}, S3={"ana": 0})
    theirs = table(S1={"ana": 9, "bo": 8}, S2={"ana": 1, "bo": 3}, S4={"ana": 7})
    assert reconciled(ours, theirs) == Reconciliation(
        "ours",
        "theirs",
        2,
        (StationCode("S3"),),
        (StationCode("S4"),),
        4,
        (
            Cell(StationCode("S1"), FieldId("ana"), 4, 9),
            Cell(StationCode("S1"), FieldId("bo"), 5, 8),
            Cell(StationCode("S2"), FieldId("bo"), 2, 3),
        ),
    )
    assert reconciled(ours, theirs).stations_that_differ == ("S1", "S2")


def test_an_absent_figure_is_not_compared_and_a_zero_is() -> None:
    found = reconciled(table(S1={"ana": 0, "bo": 3}), table(S1={"ana": 1, "valid": 1}))
    assert (found.cells_compared, found.cells) == (1, (Cell(StationCode("S1"), FieldId("ana"), 0, 1),))


def test_sources_without_stations_have_nothing_in_common() -> None:
    assert reconciled({}, {}) == Reconciliation("ours", "theirs", 0, (), (), 0, ())
    assert reconciled(table(S1={"ana": 1}), {}).only_here == ("S1",)


def test_choices_are_compared_first_and_ballot_lines_not(election: Election) -> None:
    president, mayor = election.contests
    assert comparable_fields(president) == ("ana", "bo", "cy", "valid", "null", "spoilt")
    assert comparable_fields(mayor) == ("dee", "eve", "blank", "cast")


TABLES = st.dictionaries(
    st.sampled_from([StationCode(f"S{n}") for n in range(6)]),
    st.dictionaries(st.sampled_from(FIELDS), st.integers(0, 3)),
)


@settings(max_examples=60, deadline=None)
@given(TABLES, TABLES)
def test_nothing_is_lost_between_two_sources(a: Figures, b: Figures) -> None:
    found = reconciled(a, b)
    both = sorted(a.keys() & b.keys())
    assert (found.common, found.only_here, found.only_there) == (
        len(both),
        tuple(sorted(a.keys() - b.keys())),
        tuple(sorted(b.keys() - a.keys())),
    )
    pairs = [
        (code, field, a[code][field], b[code][field])
        for code in both
        for field in FIELDS
        if field in a[code] and field in b[code]
    ]
    assert found.cells_compared == len(pairs)
    assert found.cells == tuple(Cell(*pair) for pair in pairs if pair[2] != pair[3])


@settings(max_examples=30, deadline=None)
@given(TABLES, TABLES)
def test_the_other_way_round_the_same_cells_differ(a: Figures, b: Figures) -> None:
    there, back = reconciled(a, b), reconciled(b, a)
    assert [(c.station, c.field, c.here, c.there) for c in there.cells] == [
        (c.station, c.field, c.there, c.here) for c in back.cells
    ]
