"""`report`: a table is taken in once, a corrected one supersedes, and no row is dropped."""

import pytest
from town import figures_of, table

from testigo.core.ids import StationCode
from testigo.core.records import Report, Supersede
from testigo.errors import BadElection, BadTable
from testigo.flows.report import report
from testigo.flows.seal import seal
from testigo.ports import World

FIRST = table(("T1", "T2", "T3"))
CORRECTED = table({"T1": figures_of("T1"), "T2": (1, 1, 1, 1, 1), "T3": figures_of("T3")})
T2 = StationCode("T2")


def stated(world: World, source: str = "north") -> dict[str, int]:
    """Votes for Ana by station, as the source states them now."""
    return {station: (one.counts or {})["ANA"] for station, (_, one) in world.views.current_reports(source).items()}


@pytest.mark.parametrize("sealed", [False, True])
def test_the_same_table_twice_changes_nothing(world: World, sealed: bool) -> None:
    first = report(world, "north", "a.csv", FIRST)
    assert (first.rows, first.new, first.unchanged, first.corrected, first.again) == (3, 3, 0, 0, False)
    if sealed:
        seal(world)
    before = list(world.views.records())
    again = report(world, "north", "renamed.csv", FIRST)
    assert (again.rows, again.new, again.unchanged, again.corrected, again.again) == (3, 0, 3, 0, True)
    assert list(world.views.records()) == before


@pytest.mark.parametrize("sealed", [False, True])
def test_a_corrected_table_supersedes_and_both_stay(world: World, sealed: bool) -> None:
    report(world, "north", "a.csv", FIRST)
    if sealed:
        seal(world)
    old = world.views.current_reports("north")[T2]
    taken = report(world, "north", "b.csv", CORRECTED)
    assert (taken.new, taken.unchanged, taken.corrected, taken.gone) == (0, 2, 1, ())
    new = world.views.current_reports("north")[T2]
    assert stated(world) == {"T1": 21, "T2": 1, "T3": 23}
    records = dict(world.views.records())
    assert (records[old[0]], records[new[0]]) == (old[1], new[1])
    assert Supersede(old[0], new[0], "north published other figures") in records.values()


def test_the_first_table_again_after_a_correction_changes_nothing(world: World) -> None:
    report(world, "north", "a.csv", FIRST)
    report(world, "north", "b.csv", CORRECTED)
    before = list(world.views.records())
    assert report(world, "north", "a.csv", FIRST).again
    assert list(world.views.records()) == before
    assert stated(world)["T2"] == 1


def test_the_first_figures_in_a_third_table_are_in_force_again(world: World) -> None:
    report(world, "north", "a.csv", FIRST)
    report(world, "north", "b.csv", CORRECTED)
    third = report(world, "north", "c.csv", FIRST + b"\n")
    assert (third.again, third.unchanged, third.corrected) == (False, 2, 1)
    assert stated(world) == {"T1": 21, "T2": 22, "T3": 23}
    assert len([one for _, one in world.views.records() if isinstance(one, Supersede)]) == 2


def test_bad_rows_are_set_aside_with_line_and_cause(world: World) -> None:
    bad = ("T4,1,2", "T9,1,2,3,4,5,3,12", "?,1,2,3,4,5,3,12", "T5,many,2,3,4,5,3,12", "T6,-1,2,3,4,5,1,12",
           "T7,1,2,3,4,5,99,12", "T8,,,,,,,", "T1,7,7,7,7,7,14,21")  # fmt: skip
    taken = report(world, "north", "a.csv", table(("T1", "T2"), *bad))
    assert [(row.line, row.aside) for row in taken.aside] == [
        (2, "duplicate-differs"), (4, "broken-row"), (5, "unknown-station"), (6, "bad-station"), (7, "not-a-number"),
        (8, "negative"), (9, "parts-not-total"), (10, "missing-figure"), (11, "duplicate-differs"),
    ]  # fmt: skip
    assert (taken.rows, taken.new, taken.causes["duplicate-differs"]) == (10, 1, 2)
    assert stated(world) == {"T2": 22}
    kept = [one for _, one in world.views.records() if isinstance(one, Report)]
    assert sorted((one.row, one.aside, one.saw) for one in kept if one.aside) == [
        (row.line, row.aside, row.saw) for row in taken.aside
    ]


def test_a_station_that_is_no_longer_in_the_table_keeps_its_figures(world: World) -> None:
    report(world, "north", "a.csv", FIRST)
    taken = report(world, "north", "b.csv", table(("T1", "T4"), "T3,many,2,3,4,5,3,12"))
    assert (taken.gone, taken.new, taken.unchanged) == ((T2,), 1, 1)
    assert stated(world) == {"T1": 21, "T2": 22, "T3": 23, "T4": 24}


def test_two_sources_may_publish_the_same_table(world: World) -> None:
    report(world, "north", "a.csv", FIRST)
    taken = report(world, "south", "a.csv", FIRST)
    assert (taken.again, taken.new) == (False, 3)
    assert stated(world) == stated(world, "south")


def test_the_bytes_of_a_table_are_held(world: World) -> None:
    assert world.blobs.open(report(world, "north", "a.csv", FIRST).table) == FIRST


@pytest.mark.parametrize(
    ("source", "data", "error"),
    [("west", FIRST, BadElection), ("north", b"", BadTable), ("north", b"a,b\n1,2\n", BadTable)],
)
def test_what_is_no_table_or_of_no_source_leaves_nothing(
    world: World, source: str, data: bytes, error: type[Exception]
) -> None:
    before = list(world.views.records())
    with pytest.raises(error):
        report(world, source, "a.csv", data)
    assert list(world.views.records()) == before
