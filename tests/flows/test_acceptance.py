"""The policy of an election: which evidence makes a result, how much of it is needed, and what differs is told."""

from collections.abc import Callable

import pytest
from town import FIELDS, figures_of, line_of, photo, sheet, table

from testigo.core.ids import StationCode
from testigo.core.records import Result
from testigo.flows.report import report
from testigo.flows.seal import seal
from testigo.ports import World

T1 = StationCode("T1")
OTHER = (1, 2, 3, 4, 5)
MakeWorld = Callable[..., World]
Photograph = Callable[..., object]


def told(world: World, contest: str = "mayor") -> tuple[object, ...]:
    """Status, basis, the first figure and the findings of T1's result."""
    seal(world)
    _, result = world.views.results()[T1, contest]
    return result.status, result.basis, next(iter(result.counts.values()), None), result.findings


@pytest.mark.parametrize(
    ("bases", "expected"),
    [
        (("north", "south"), ("counted", "north", 21, ("CP-SOURCES",))),
        (("south", "north"), ("counted", "south", 1, ("CP-SOURCES",))),
        (("photo", "south", "north"), ("counted", "south", 1, ("CP-SOURCES",))),
    ],
)
def test_the_first_basis_that_holds_makes_the_result(
    make_world: MakeWorld, bases: tuple[str, ...], expected: tuple[object, ...]
) -> None:
    world = make_world(bases=bases, disagreement="precedence")
    report(world, "north", "a.csv", table(("T1",)))
    report(world, "south", "b.csv", table({"T1": OTHER}))
    assert told(world) == expected


def test_a_disagreement_is_held_where_the_policy_says_so(make_world: MakeWorld) -> None:
    world = make_world(disagreement="quarantine")
    report(world, "north", "a.csv", table(("T1", "T2")))
    report(world, "south", "b.csv", table({"T1": OTHER, "T2": figures_of("T2")}))
    assert told(world) == ("quarantined", "north", 21, ("CP-SOURCES",))
    assert world.views.results()[StationCode("T2"), "mayor"][1].status == "counted"


def test_a_disagreement_that_comes_later_moves_a_result_to_quarantine_and_back(make_world: MakeWorld) -> None:
    world = make_world(disagreement="quarantine")
    report(world, "north", "a.csv", table(("T1",)))
    assert told(world)[0] == "counted"
    report(world, "south", "b.csv", table({"T1": OTHER}))
    assert told(world)[0] == "quarantined"
    report(world, "south", "c.csv", table(("T1",)))
    assert told(world) == ("counted", "north", 21, ("CP-CORRECTED",))


def test_contests_of_one_sheet_are_decided_one_by_one(make_world: MakeWorld) -> None:
    world = make_world(disagreement="quarantine")
    report(world, "north", "a.csv", table(("T1",)))
    report(world, "south", "b.csv", table({"T1": (*figures_of("T1")[:2], 3, 4, 5)}))
    assert told(world, "mayor") == ("counted", "north", 21, ())
    assert told(world, "council")[:2] == ("quarantined", "north")


def test_a_contest_that_a_source_does_not_state_comes_from_the_next_basis(
    make_world: MakeWorld, photograph: Photograph
) -> None:
    world = make_world(bases=("north", "photo"))
    stated = "T1,21,29,,,,50,"
    report(world, "north", "a.csv", "\n".join([",".join(("STATION", *FIELDS)), stated, ""]).encode())
    photograph(world, {"a.jpg": sheet("T1")})
    assert told(world, "mayor")[:2] == ("counted", "north")
    assert told(world, "council")[:2] == ("counted", "photo")


def test_two_photos_that_agree_are_needed_where_the_policy_needs_two(
    make_world: MakeWorld, photograph: Photograph
) -> None:
    world = make_world(bases=("photo", "north"), needs={"photo": 2})
    photograph(world, {"a.jpg": sheet("T1")})
    seal(world)
    assert world.views.results() == {}
    report(world, "north", "a.csv", table(("T1",)))
    assert told(world)[:2] == ("counted", "north")
    photograph(world, {"b.jpg": sheet("T1", taken="from the left")})
    assert told(world)[:2] == ("counted", "photo")
    assert len(world.views.results()[T1, "mayor"][1].evidence) == 2


def test_the_same_photo_twice_is_not_two_photos(make_world: MakeWorld, photograph: Photograph) -> None:
    world = make_world(bases=("photo",), needs={"photo": 2})
    photograph(world, {"a.jpg": sheet("T1"), "b.jpg": sheet("T1")}, {"a.jpg": "T1", "b.jpg": "T2"})
    seal(world)
    assert world.views.results() == {}


def test_two_photos_that_differ_are_held_also_beside_two_that_agree(
    make_world: MakeWorld, photograph: Photograph
) -> None:
    world = make_world(bases=("photo",), needs={"photo": 2})
    photograph(world, {"a.jpg": sheet("T1"), "b.jpg": sheet("T1", OTHER)})
    seal(world)
    assert world.views.results() == {}
    photograph(world, {"c.jpg": sheet("T1", taken="again")})
    assert told(world) == ("quarantined", "photo", 21, ("CP-PHOTOS",))


def test_a_sheet_whose_sums_do_not_hold_is_quarantined(make_world: MakeWorld, photograph: Photograph) -> None:
    world = make_world()
    photograph(world, {"a.jpg": photo("TOWN|T1|21,29,5,7,30,51,42")})
    assert told(world) == ("quarantined", "photo", 21, ("SU-FORM",))


def test_more_ballots_than_registered_voters_are_quarantined(make_world: MakeWorld) -> None:
    world = make_world()
    report(world, "north", "a.csv", table({"T1": (200, 101, 1, 1, 1)}))
    assert told(world)[3] == ("AC-TURNOUT", "BO-CAST") or told(world)[3] == ("BO-CAST",)
    assert told(world)[0] == "quarantined"
    assert told(world, "council")[0] == "counted"


def test_a_photo_filed_under_another_station_counts_where_its_code_says(
    make_world: MakeWorld, photograph: Photograph
) -> None:
    world = make_world()
    photograph(world, {"a.jpg": sheet("T1")}, {"a.jpg": "T2"})
    assert told(world) == ("counted", "photo", 21, ("ID-CLAIM",))
    assert list(world.views.results()) == [(T1, "council"), (T1, "mayor")]


def test_two_sheets_on_one_photo_hold_the_station_that_is_counted_from_it_and_tell_the_other(
    make_world: MakeWorld, photograph: Photograph
) -> None:
    world = make_world()
    codes = [f"TOWN|{station}|{line_of(figures_of(station))}" for station in ("T1", "T2")]
    report(world, "north", "a.csv", table(("T1", "T2")))
    photograph(world, {"a.jpg": photo(*codes)})
    seal(world)
    results = [result for _, result in world.views.results().values()]
    assert {(one.status, "ID-CODES" in one.findings) for one in results} == {("quarantined", True), ("counted", True)}
    assert {one.station for one in results} == {"T1", "T2"}


def test_every_result_names_evidence_that_is_in_the_log(make_world: MakeWorld, photograph: Photograph) -> None:
    world = make_world(disagreement="precedence")
    report(world, "north", "a.csv", table(("T1", "T2")))
    photograph(world, {"a.jpg": sheet("T1", OTHER)})
    seal(world)
    records = dict(world.views.records())
    results = [record for record in records.values() if isinstance(record, Result)]
    assert len(results) == 4
    assert all(records[evidence] is not None for result in results for evidence in result.evidence)
