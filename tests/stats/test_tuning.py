"""Thresholds are chosen on one half of the settled sheets, and their cost is told from the other half."""

import numpy as np
import pytest

from testigo.core.arithmetic import parse_rule
from testigo.core.ids import FieldId
from testigo.errors import BadUsage
from testigo.stats.agreement import rate_at_most
from testigo.stats.fields import FieldCells
from testigo.stats.posterior import USUAL
from testigo.stats.tuning import ACCEPT, RATIOS, Judged, judged, step, tuned


def sheets(*shown: tuple[int | None, bool], times: int = 1) -> list[dict[float, Judged]]:
    return [dict.fromkeys(RATIOS, Judged(ppm, right)) for ppm, right in shown for _ in range(times)]


def cells(field: str, number: int, sure: float) -> FieldCells:
    rows = np.full((2, 14), (1 - sure) / 13)
    for place, digit in enumerate(f"{number:02d}"):
        rows[place, int(digit)] = sure
    return FieldCells(FieldId(field), np.log(rows))


def test_a_step_counts_what_is_accepted_and_what_of_it_is_wrong() -> None:
    found = step(sheets((999_000, True), (800_000, False), (None, False), (950_000, True)), 0.1, 800_000)
    assert (found.n, found.accepted, found.wrong) == (4, 3, 1)
    assert found.low < 1 / 3 < found.high
    assert found.at_most == rate_at_most(1, 3)


def test_nothing_accepted_says_nothing() -> None:
    found = step(sheets((None, False)), 0.1, 500_000)
    assert (found.accepted, found.low, found.high, found.at_most) == (0, 0.0, 1.0, 1.0)


def test_the_loosest_thresholds_within_the_target_are_chosen() -> None:
    mixed = sheets((999_950, True), times=400) + sheets((850_000, False), times=40)
    found = tuned(mixed, target=0.02)
    assert found.chosen.accept_ppm > 850_000
    assert (found.chosen.wrong, found.measured.wrong) == (0, 0)
    assert found.chosen.accepted + found.measured.accepted == 400
    assert [one.accept_ppm for one in found.curve] == list(ACCEPT)
    assert found.curve[0].wrong == 40


def test_the_error_is_measured_on_sheets_that_chose_nothing() -> None:
    halves = [
        one
        for pair in zip(sheets((990_000, True), times=50), sheets((990_000, False), times=50), strict=True)
        for one in pair
    ]
    found = tuned(halves, target=0.5)
    assert found.chosen.wrong == 0
    assert found.measured.wrong == found.measured.accepted == 50


def test_too_few_sheets_choose_what_shows_least_error() -> None:
    found = tuned(sheets((999_950, True), (999_950, True), (600_000, False), (600_000, False)), target=0.001)
    assert found.chosen.wrong == 0
    assert found.chosen.at_most > 0.001
    with pytest.raises(BadUsage, match="at least two settled sheets, came 1"):
        tuned(sheets((999_950, True)), target=0.1)


def test_a_sheet_is_compared_in_the_fields_that_people_settled() -> None:
    rules = [parse_rule("S", "a + b = sum", "form")]
    read = [cells("a", 12, 0.99), cells("b", 30, 0.99), cells("sum", 42, 0.99)]
    same = judged(read, rules, {FieldId("a"): 12, FieldId("sum"): 42}, USUAL)
    other = judged(read, rules, {FieldId("b"): 31}, USUAL)
    assert all(one.right and one.ppm is not None and one.ppm > 990_000 for one in same.values())
    assert not any(one.right for one in other.values())
    broken = judged(
        [cells("a", 12, 0.99), cells("b", 30, 0.99), cells("sum", 52, 0.99)], rules, {FieldId("a"): 12}, USUAL
    )
    assert {one.ppm for one in broken.values()} == {None}
