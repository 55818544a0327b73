"""`rebuild`: the database is a projection of the public log, and nothing else."""

import sqlite3
from collections.abc import Callable

import pytest
from town import STATIONS, sheet, table

from testigo import errors
from testigo.errors import BrokenStore
from testigo.flows.rebuild import rebuild
from testigo.flows.report import report
from testigo.flows.seal import seal
from testigo.flows.tabulate import tabulate
from testigo.flows.withhold import withhold
from testigo.ports import World
from testigo.tlog.tiles import entries_path
from testigo.wiring import DATABASE_FILE, open_home, rebuilt_equals

READER = ("codes", "1")


def night(world: World, photograph: Callable[..., object]) -> World:
    """Three batches with corrections, rows set aside, photos, and one that is withheld."""
    report(world, "north", "a.csv", table(STATIONS[:5], "T9,1,1,1,1,1,2,3", "T8,x,1,1,1,1,2,3"))
    seal(world)
    report(world, "north", "b.csv", table({"T1": (1, 2, 3, 4, 5), "T6": (1, 2, 3, 4, 5)}))
    photograph(world, {"1.jpg": sheet("T1"), "7.jpg": sheet("T7"), "again.jpg": sheet("T7", taken="later")})
    seal(world)
    withhold(world, next(iter(sorted(world.views.photos()))), "privacy")
    seal(world)
    return world


def answers(world: World) -> tuple[object, ...]:
    views, journal = world.views, world.journal
    return (
        list(views.records()), views.photos_unread(*READER), dict(views.photos()), views.stations_held(),
        [dict(views.current_reports(source)) for source in ("north", "south")], list(views.results().items()),
        views.stations_to_decide(), journal.heads(), journal.waiting(), list(journal.leaf_hashes()), tabulate(world),
    )  # fmt: skip


def test_a_rebuilt_store_gives_the_same_answers(world: World, photograph: Callable[..., object]) -> None:
    night(world, photograph)
    before = answers(world)
    assert rebuild(world) == world.journal.heads()[-1]
    assert answers(world) == before


def test_what_waits_survives_a_rebuild(world: World, photograph: Callable[..., object]) -> None:
    night(world, photograph)
    report(world, "south", "c.csv", table(STATIONS[2:]))
    before = answers(world)
    rebuild(world)
    assert answers(world) == before
    assert seal(world).size > rebuild(world).size - 20


def test_a_rebuilt_database_equals_the_one_of_the_home(home_world: World, photograph: Callable[..., object]) -> None:
    night(home_world, photograph)
    assert rebuilt_equals(home_world) == ()
    report(home_world, "south", "c.csv", table(STATIONS[2:]))
    assert rebuilt_equals(home_world) == ()
    rebuild(home_world)
    assert rebuilt_equals(home_world) == ()


@pytest.mark.parametrize(
    ("change", "table_name"),
    [
        ("DELETE FROM result WHERE station = 'T1'", "result"),
        ("UPDATE leaf SET entry = x'00' WHERE number = 7", "leaf"),
        ("INSERT INTO superseded VALUES ('ab', 'ab')", "superseded"),
        ("UPDATE report SET taken = 1", "report"),
    ],
)
def test_a_database_that_was_changed_is_told_by_its_table(
    home_world: World, photograph: Callable[..., object], change: str, table_name: str
) -> None:
    night(home_world, photograph)
    with sqlite3.connect(home_world.home / DATABASE_FILE) as connection:
        connection.execute(change)
    connection.close()
    assert rebuilt_equals(home_world) == (table_name,)
    rebuild(home_world)
    assert rebuilt_equals(home_world) == ()


def test_all_answers_are_back_after_the_database_was_lost(home_world: World, photograph: Callable[..., object]) -> None:
    night(home_world, photograph)
    before = answers(home_world)
    home_world.journal.close()  # type: ignore[attr-defined]
    for path in home_world.home.glob(f"{DATABASE_FILE}*"):
        path.unlink()
    world = open_home(home_world.home)
    with pytest.raises(BrokenStore, match="the database ends at 0"):
        seal(world)
    rebuild(world)
    assert answers(world) == before
    assert seal(world) == world.journal.heads()[-1]


@pytest.mark.parametrize("harm", ["changed", "cut", "missing", "checkpoint"])
def test_a_log_whose_files_do_not_belong_together_changes_nothing(
    home_world: World, photograph: Callable[..., object], harm: str
) -> None:
    night(home_world, photograph)
    before = answers(home_world)
    size = home_world.journal.heads()[-1].size
    path = home_world.home / "log" / (f"checkpoints/{size}" if harm == "checkpoint" else entries_path(0, size))
    data = path.read_bytes()
    if harm == "missing":
        path.unlink()
    elif harm == "checkpoint":
        path.write_bytes(
            (home_world.home / "log" / "checkpoints" / "4").read_bytes().replace(b"\n4\n", b"\n%d\n" % size)
        )
    else:
        path.write_bytes(data[:-1] if harm == "cut" else data.replace(b"north", b"nerth", 1))
    with pytest.raises(errors.TestigoError):
        rebuild(home_world)
    assert answers(home_world) == before


def test_a_home_without_a_log_is_not_rebuilt(home_world: World) -> None:
    for path in (home_world.home / "log").rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(BrokenStore, match="there is no checkpoint"):
        rebuild(home_world)
