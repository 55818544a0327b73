"""A desk that is kept up to date says what a desk made anew says, whatever comes, in whatever order."""

import random
from pathlib import Path

import pytest
from town import FIELDS, memory_world, write_town
from two_pages import ONE, TWO, write_two_pages

from testigo.core.entry import DeskRules
from testigo.core.ids import Digest, FieldId, StationCode
from testigo.core.records import Entry, Photo, Reading, Record, Ruling, Supersede, Withhold
from testigo.core.state import fold, photos_seen, sheet_states
from testigo.flows.desk_kept import Desk, KeptDesk, desk_of
from testigo.flows.seal import seal
from testigo.ports import World

RULES = DeskRules(entries=2, reading_counts=True, again_ppm=400_000, again_seed="42")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = memory_world(write_town(tmp_path / "election", bases=("photo", "desk")), tmp_path / "home")
    object.__setattr__(made.election, "desk", RULES)
    return made


def some_records(seed: int) -> list[Record]:
    """A night in small: most photos are read, some keyed by up to four people, settled, corrected, withheld."""
    draw = random.Random(seed)
    made: list[Record] = []
    for _number in range(14):
        photo, station = Digest(f"{draw.getrandbits(256):064x}"), StationCode(f"T{draw.randint(1, 8)}")
        made += [
            Photo(photo, 10, "image/jpeg", 30, 40, 1, "test", 1, draw.choice((None, station)))
            for _ in range(draw.choice((1, 1, 2)))
        ]
        counts = {FieldId(field): draw.choice((3, 4)) for field in FIELDS}
        for _ in range(draw.choice((0, 1, 1, 2))):
            outcome, named = draw.choice((("doubtful", station), ("none", None), ("station", station)))
            made.append(
                Reading(
                    photo, "codes", str(draw.random()), outcome, "0" * 16, "sheet" if named else None, 1, named,
                    proposed=counts if outcome == "doubtful" else None, verdict="people",
                )
            )  # fmt: skip
        for clerk in draw.sample(("c-1", "c-2", "c-3", "c-4"), draw.choice((0, 0, 1, 2, 2, 3, 4))):
            said = {field: draw.choice((3, 3, 3, 4)) if field == "ANA" else 3 for field in counts}
            made.append(Entry(photo, clerk, "sheet", station, said))
        if draw.random() < 0.2:
            made.append(Ruling(photo, draw.choice(("j-1", "c-1")), "sheet", station, counts, "so it is", ()))
        if draw.random() < 0.1:
            made.append(Withhold(photo, "privacy"))
    return made


def told(desk: Desk) -> tuple[object, ...]:
    return (
        dict(desk.sheets), set(desk.photos), set(desk.withheld), dict(desk.forms), dict(desk.wanted),
        dict(desk.made), desk.to_key, desk.differing, desk.drawn_again, dict(desk.beside), dict(desk.shows),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_it_says_what_a_desk_made_anew_says(world: World, seed: int) -> None:
    draw, kept = random.Random(seed), KeptDesk(world)
    left = some_records(seed)
    draw.shuffle(left)
    while left:
        some, left = left[:9], left[9:]
        world.journal.append(some)
        if draw.random() < 0.3:
            seal(world)
        if draw.random() < 0.4:
            entries = [(digest, one) for digest, one in world.views.records() if isinstance(one, Entry)]
            if entries:
                old, entry = draw.choice(entries)
                better = Entry(entry.photo, entry.clerk, "sheet", entry.station, {**entry.counts, FieldId("BEN"): 9})
                world.journal.append([better])
                new = next(digest for digest, one in world.views.records() if one == better)
                world.journal.append([Supersede(old, new, "slip")] if old != new else [])
        assert told(kept.present()) == told(desk_of(world))


@pytest.mark.parametrize("seed", range(6))
def test_its_sheets_are_those_of_the_whole_log(world: World, seed: int) -> None:
    world.journal.append(some_records(seed))
    state, desk = fold(world.views.records()), desk_of(world)
    assert dict(desk.sheets) == dict(sheet_states(state, RULES))
    assert set(desk.photos) == {seen.photo for seen in photos_seen(state)}
    assert desk.to_key == tuple(photo for _, photo in sorted((rank, photo) for photo, rank in desk.wanted.items()))


def some_pages(draw: random.Random) -> list[Record]:
    """Photos of single pages and of both, at three stations; some are read surely, some withheld."""
    made: list[Record] = []
    for _ in range(4):
        photo, station = Digest(f"{draw.getrandbits(256):064x}"), StationCode(f"T{draw.randint(1, 3)}")
        said = draw.choice((ONE, TWO, ONE | TWO, {**TWO, "cast": 52}))
        counts = {FieldId(field): value for field, value in said.items()}
        made.append(Photo(photo, 10, "image/jpeg", 30, 40, 1, "test", draw.choice((1, 2)), station))
        if draw.random() < 0.3:
            made.append(Reading(photo, "codes", "1", "figures", "0" * 16, "sheet", 1, station, counts=counts))
        else:
            outcome = draw.choice(("doubtful", "nothing"))
            proposed = counts if outcome == "doubtful" else None
            form, named = ("sheet", station) if proposed else (None, None)
            made.append(Reading(photo, "codes", "1", outcome, "0" * 16, form, 1, named, proposed=proposed))
        if draw.random() < 0.15:
            made.append(Withhold(photo, "privacy"))
    return made


@pytest.mark.parametrize("seed", range(12))
def test_sheets_of_two_pages_are_kept_as_a_desk_made_anew_has_them(tmp_path: Path, seed: int) -> None:
    world = memory_world(write_two_pages(tmp_path / "election"), tmp_path / "home")
    draw, kept = random.Random(seed), KeptDesk(world)
    for _ in range(8):
        world.journal.append(some_pages(draw))
        desk = kept.present()
        for photo in desk.to_key[:3]:
            said = {FieldId("ANA"): draw.choice((20, 20, 21))}
            clerk = draw.choice(("c-1", "c-2", "c-3"))
            world.journal.append([Entry(photo, clerk, "sheet", StationCode("T1"), said, beside=desk.beside[photo])])
        assert told(kept.present()) == told(desk_of(world))
        seen = {one for photo in kept.present().beside for one in kept.present().together(photo)}
        assert seen == set(kept.present().shows)
