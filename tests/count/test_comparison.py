"""The announced result beside the documented votes."""

from testigo.core.election import Election
from testigo.core.ids import FieldId
from testigo.core.tabulation import AreaTotals
from testigo.count.comparison import ComparedLine, Comparison, compare_announced


def totals(**counts: int) -> AreaTotals:
    counted = {FieldId(field): n for field, n in counts.items()}
    return AreaTotals(expected=40, received=3, read=2, counted=2, counts=counted, with_quarantine=counted)


def test_lines_come_in_the_order_of_the_announcement_and_groups_last(election: Election) -> None:
    announced = election.announced[0]
    assert compare_announced(announced, election.contests[0], totals(ana=50, bo=70, cy=9, valid=129)) == Comparison(
        announced,
        2,
        40,
        (ComparedLine("Bo", 70, 90), ComparedLine("Ana", 50, 30), ComparedLine("others", 9, 5)),
    )


def test_a_difference_is_announced_less_documented(election: Election) -> None:
    found = compare_announced(election.announced[0], election.contests[0], totals(ana=50, bo=70, cy=9))
    assert [line.difference for line in found.lines] == [20, -20, -4]
    assert (found.total_documented, found.total_announced) == (129, 125)


def test_stations_in_quarantine_are_not_documented_votes(election: Election) -> None:
    held = AreaTotals(expected=None, read=1, quarantined=1, with_quarantine={FieldId("ana"): 7})
    found = compare_announced(election.announced[0], election.contests[0], held)
    assert (found.counted, found.expected, found.total_documented) == (0, None, 0)
