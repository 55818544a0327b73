"""Thresholds are chosen on one half of the settled stations, and their cost is told from the other half."""

import numpy as np
import pytest

from testigo.core.arithmetic import parse_rule
from testigo.core.ids import FieldId
from testigo.errors import BadUsage
from testigo.stats.agreement import clopper_pearson, rate_at_most
from testigo.stats.fields import FieldCells, ValueEvidence
from testigo.stats.posterior import USUAL
from testigo.stats.tuning import ACCEPT, RATIOS, Judged, PhotoJudged, Tally, judged, step, tuned


def station(*photos: tuple[int | None, bool]) -> list[PhotoJudged]:
    """A station with these photos: the posterior of each, and whether it is right."""
    return [dict.fromkeys(RATIOS, Judged(ppm, right)) for ppm, right in photos]


def stations(*shown: tuple[int | None, bool], times: int = 1) -> list[list[PhotoJudged]]:
    """Stations with one photo each."""
    return [station(one) for one in shown for _ in range(times)]


def cells(field: str, number: int, sure: float) -> FieldCells:
    rows = np.full((2, 14), (1 - sure) / 13)
    for place, digit in enumerate(f"{number:02d}"):
        rows[place, int(digit)] = sure
    return FieldCells(FieldId(field), np.log(rows))


def test_a_step_counts_what_is_accepted_and_what_of_it_is_wrong() -> None:
    found = step(stations((999_000, True), (800_000, False), (None, False), (950_000, True)), 0.1, 800_000)
    assert found.stations == found.photos == Tally(4, 3, 1)
    assert found.low < 1 / 3 < found.high
    assert found.at_most == rate_at_most(1, 3)


def test_photos_of_a_station_are_one_trial_that_any_wrong_one_spoils() -> None:
    night = [
        station((990_000, True), (990_000, True), (None, True)),
        station((990_000, True), (990_000, False), (990_000, False)),
        station((990_000, True), (600_000, False)),
        station((600_000, False), (None, False)),
    ]
    found = step(night, 0.1, 900_000)
    assert found.stations == Tally(4, 3, 1)
    assert found.photos == Tally(10, 6, 2)
    assert (found.low, found.high) == clopper_pearson(1, 3)
    assert found.at_most == rate_at_most(1, 3)


def test_more_photos_of_the_same_stations_show_no_smaller_error() -> None:
    once, often = ([station(*[(999_950, True)] * times) for _ in range(40)] for times in (1, 25))
    assert tuned(once, target=0.01).measured.at_most == tuned(often, target=0.01).measured.at_most


def test_nothing_accepted_says_nothing() -> None:
    found = step(stations((None, False)), 0.1, 500_000)
    assert (found.stations.accepted, found.low, found.high, found.at_most) == (0, 0.0, 1.0, 1.0)


def test_the_loosest_thresholds_within_the_target_are_chosen() -> None:
    mixed = stations((999_950, True), times=400) + stations((850_000, False), times=40)
    found = tuned(mixed, target=0.02)
    assert found.chosen.accept_ppm > 850_000
    assert (found.chosen.stations.wrong, found.measured.stations.wrong) == (0, 0)
    assert found.chosen.stations.accepted + found.measured.stations.accepted == 400
    assert [one.accept_ppm for one in found.curve] == list(ACCEPT)
    assert found.curve[0].stations.wrong == 40


def test_the_error_is_measured_on_stations_that_chose_nothing() -> None:
    halves = [
        one
        for pair in zip(stations((990_000, True), times=50), stations((990_000, False), times=50), strict=True)
        for one in pair
    ]
    found = tuned(halves, target=0.5)
    assert found.chosen.stations.wrong == 0
    assert found.measured.stations == Tally(50, 50, 50)


def test_too_few_stations_choose_what_shows_least_error() -> None:
    found = tuned(stations((999_950, True), (999_950, True), (600_000, False), (600_000, False)), target=0.001)
    assert found.chosen.stations.wrong == 0
    assert found.chosen.at_most > 0.001
    with pytest.raises(BadUsage, match="at least two settled stations, came 1"):
        tuned(stations((999_950, True)), target=0.1)


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


def test_a_sheet_of_which_nothing_is_settled_is_not_accepted() -> None:
    rules = [parse_rule("S", "a + b = sum", "form")]
    read = [cells("a", 12, 0.99), cells("b", 30, 0.99), cells("sum", 42, 0.99)]
    assert {one.ppm for one in judged(read, rules, {FieldId("of another form"): 3}, USUAL).values()} == {None}


def test_words_on_the_sheet_are_heard_as_they_are_when_it_is_read() -> None:
    rules = [parse_rule("S", "a + b = sum", "form")]
    read = [cells("a", 12, 0.99), cells("b", 30, 0.99), cells("sum", 42, 0.99)]
    against = ValueEvidence(FieldId("a"), "words", {21: 0.0}, -20.0)
    assert {one.ppm for one in judged(read, rules, {FieldId("a"): 12}, USUAL, [against]).values()} == {None}
