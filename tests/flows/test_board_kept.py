"""A board that is kept up to date says what a board made from the whole log says, whatever comes, in whatever order."""

import random
from pathlib import Path

import pytest
from test_desk_kept import RULES, some_records
from town import FIELDS, memory_world, write_town

from testigo.core.ids import Digest, FieldId, StationCode
from testigo.core.records import Entry, Reading, Record, Report, Supersede
from testigo.flows.board import board
from testigo.flows.board_kept import KeptBoard
from testigo.flows.seal import seal
from testigo.ports import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = memory_world(write_town(tmp_path / "election", bases=("photo", "desk", "north")), tmp_path / "home")
    object.__setattr__(made.election, "desk", RULES)
    return made


def some_reports(draw: random.Random) -> list[Record]:
    table, fields = Digest("ee" * 32), [FieldId(field) for field in FIELDS]
    return [
        Report("north", table, n, StationCode(f"T{draw.randint(1, 9)}"), {one: draw.choice((3, 4)) for one in fields})
        for n in range(6)
    ]


def some_readings(draw: random.Random, records: list[Record]) -> list[Record]:
    """Machines that were sure of what they read in photos that others looked at too."""
    counts, station = {FieldId(field): 3 for field in FIELDS}, StationCode("T1")
    return [
        Reading(one.photo, "codes", str(draw.random()), "figures", "0" * 16, "sheet", 1, station, counts=counts)
        for one in records
        if isinstance(one, Reading) and draw.random() < 0.3
    ]


def a_correction(world: World, draw: random.Random) -> Supersede | None:
    """Of any two pieces of evidence, whether it may correct or not; more often one that may."""
    kinds = (Report, Reading, Entry)
    held = [(digest, one) for digest, one in world.views.records() if isinstance(one, kinds)]
    if len(held) < 2:
        return None
    (old, one), (new, _) = draw.sample(held, 2)
    alike = [
        digest
        for digest, other in held
        if digest != old and type(other) is type(one)
        and (other.station if isinstance(other, Report) else other.photo)
        == (one.station if isinstance(one, Report) else one.photo)
    ]  # fmt: skip
    if alike and draw.random() < 0.7:
        new = draw.choice(alike)
    return Supersede(old, new, "slip")


@pytest.mark.parametrize("seed", range(16))
def test_it_says_what_a_board_made_anew_says(world: World, seed: int) -> None:
    draw, kept = random.Random(seed), KeptBoard(world)
    left = some_records(seed)
    left += [*some_reports(draw), *some_readings(draw, left)]
    draw.shuffle(left)
    while left:
        some, left = left[:9], left[9:]
        world.journal.append(some)
        for _ in range(draw.choice((0, 0, 1, 3))):
            correction = a_correction(world, draw)
            if correction is not None:
                world.journal.append([correction])
        for _ in range(draw.choice((0, 0, 1, 2))):
            seal(world)
            world.journal.append(some_reports(draw)[:1])
        assert kept.present() == board(world)
