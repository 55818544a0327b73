"""What people settled counts in the place of what the machine read, and every page and source says so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from town import STATIONS, TextReader, sheet

from testigo.core.ids import FieldId, StationCode
from testigo.core.records import Entry, Reading, Result, Ruling
from testigo.core.state import current_readings, fold
from testigo.flows.publish import publish
from testigo.flows.seal import seal
from testigo.flows.tabulate import source_figures
from testigo.ports import World

FIRST, SECOND = (StationCode(station) for station in STATIONS[:2])


@pytest.fixture
def desk(make_world: Callable[..., World], photograph: Callable[..., object]) -> World:
    """A town that believes people before machines, with one photo, read and sealed."""
    world = make_world(bases=("desk", "photo", "north"))
    photograph(world, {"one.jpg": sheet(FIRST)})
    seal(world)
    return world


def reading_in(world: World) -> Reading:
    ((_, reading),) = current_readings(fold(world.views.records())).values()
    return reading


def keyed(reading: Reading, clerk: str, station: StationCode, *, ana: int | None = None) -> Entry:
    counts = dict(reading.counts or {})
    if ana is not None:
        counts[FieldId("mvalid")] += ana - counts[FieldId("ANA")]
        counts[FieldId("ANA")] = ana
    return Entry(reading.photo, clerk, "sheet", station, counts)


def results(world: World) -> dict[str, Result]:
    return {station: result for (station, contest), (_, result) in world.views.results().items() if contest == "mayor"}


def test_before_people_settle_it_a_photo_counts_as_the_machine_read_it(desk: World) -> None:
    assert results(desk)[FIRST].basis == "photo"
    desk.journal.append([keyed(reading_in(desk), "c-1", FIRST, ana=7)])
    seal(desk)
    assert results(desk)[FIRST].basis == "photo"


def test_two_who_agree_go_before_the_machine(desk: World) -> None:
    reading = reading_in(desk)
    desk.journal.append([keyed(reading, "c-1", FIRST, ana=7), keyed(reading, "c-2", FIRST, ana=7)])
    seal(desk)
    accepted = results(desk)[FIRST]
    assert (accepted.basis, accepted.status, accepted.counts["ANA"]) == ("desk", "counted", 7)  # type: ignore[index]
    assert source_figures(desk, "desk")[FIRST]["ANA"] == 7  # type: ignore[index]


def test_a_ruling_settles_what_differs(desk: World) -> None:
    reading = reading_in(desk)
    desk.journal.append([keyed(reading, "c-1", FIRST, ana=7), keyed(reading, "c-2", FIRST, ana=1)])
    seal(desk)
    assert results(desk)[FIRST].basis == "photo"
    said = keyed(reading, "c-2", FIRST, ana=1)
    desk.journal.append([Ruling(reading.photo, "j-1", "sheet", FIRST, said.counts, "a one with a flag", ())])
    seal(desk)
    assert (results(desk)[FIRST].basis, results(desk)[FIRST].counts["ANA"]) == ("desk", 1)  # type: ignore[index]


def test_a_station_loses_the_machines_figures_when_people_say_the_photo_is_of_another(desk: World) -> None:
    reading = reading_in(desk)
    desk.journal.append([keyed(reading, "c-1", SECOND), keyed(reading, "c-2", SECOND)])
    seal(desk)
    assert results(desk)[FIRST].status == "no figures"
    assert results(desk)[SECOND].basis == "desk"


def test_the_pages_say_that_people_keyed_it(desk: World, tmp_path: Path) -> None:
    reading = reading_in(desk)
    desk.journal.append([keyed(reading, "c-1", FIRST, ana=7), keyed(reading, "c-2", FIRST, ana=7)])
    with ThreadPoolExecutor(1) as executor:
        publish(desk, tmp_path / "out", TextReader(), executor, lambda step: None, processes=1)
    (page,) = (tmp_path / "out").rglob(f"*{FIRST}.html")
    told = page.read_text("utf-8")
    assert "Keyed from a photo of the sheet by people" in told
    assert "People keyed its figures and settled them." in told
    assert "c-1" not in told
