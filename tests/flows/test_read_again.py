"""Photos that an earlier version of the reader read: left alone, until somebody asks to read them anew."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from town import memory_world
from two_pages import ONE, TWO, WHOLE, PagedReader, write_two_pages, written

from testigo.core.ids import FieldId, StationCode
from testigo.core.records import Entry, Reading, Rendition, Supersede
from testigo.core.state import current_readings, fold
from testigo.flows import read as flow
from testigo.flows.intake import files_of, intake
from testigo.flows.read import AGAIN, PhotosRead, earlier_count, read, unread_count
from testigo.flows.seal import seal
from testigo.ports import CodeSeen, Reader, Sight, World
from testigo.wiring import make_home

FIRST, SECOND = written("T1", 1, dict(ONE)), written("T1", 2, dict(TWO))
Read = Callable[..., PhotosRead]


class EarlierReader(PagedReader):
    """Sees no page, and another station in the code."""

    def read(self, data: bytes, orient: int) -> Sight:
        """See `ports.Reader`."""
        sight = super().read(data, orient)
        return replace(sight, pages=(), codes=tuple(CodeSeen(one.symbology, "S|T2") for one in sight.codes))


@pytest.fixture(params=["home", "memory"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """A home with the photos of a sheet's two pages, of which none is read."""
    folder, home = write_two_pages(tmp_path / "election"), tmp_path / "home"
    home.mkdir()
    made = memory_world(folder, home) if request.param == "memory" else make_home(folder, home, None)[0]
    for name, data in (("1.jpg", FIRST), ("2.jpg", SECOND)):
        (tmp_path / name).write_bytes(data)
    with ThreadPoolExecutor(1) as executor:
        intake(made, files_of([tmp_path / "1.jpg", tmp_path / "2.jpg"]), {}, executor, PagedReader(), lambda n: None)
    return made


@pytest.fixture
def as_version(monkeypatch: pytest.MonkeyPatch) -> Read:
    """Reads as this version of the reader does."""

    def told(world: World, version: str, reader: Reader | None = None, *, again: bool = False) -> PhotosRead:
        monkeypatch.setattr(flow, "VERSIONS", {flow.BY_HAND: version})
        with ThreadPoolExecutor(1) as executor:
            return read(world, executor, reader or PagedReader(), lambda n: None, again=again)

    return told


def in_force(world: World) -> list[Reading]:
    found = [reading for _, reading in current_readings(fold(world.views.records())).values()]
    return sorted(found, key=lambda one: one.page)


def kinds(world: World, kind: type) -> list[object]:
    return [record for _, record in world.views.records() if isinstance(record, kind)]


def test_a_newer_reader_leaves_what_was_read_until_it_is_asked(world: World, as_version: Read) -> None:
    as_version(world, "1", EarlierReader())
    before = in_force(world)
    assert as_version(world, "2").outcomes == {}
    assert (in_force(world), unread_count(world), unread_count(world, again=True)) == (before, 0, 2)
    assert earlier_count(world) == 2
    assert as_version(world, "2", again=True).outcomes == {"figures": 2}
    assert [one.version for one in in_force(world)] == ["2", "2"]
    assert (unread_count(world, again=True), earlier_count(world)) == (0, 0)
    records = list(world.views.records())
    assert as_version(world, "2", again=True).outcomes == {}
    assert list(world.views.records()) == records


def test_what_is_read_anew_counts_in_the_place_of_what_was_read_before(world: World, as_version: Read) -> None:
    as_version(world, "1")
    seal(world)
    old = world.views.results()[StationCode("T1"), "mayor"][1]
    assert (old.status, old.counts) == ("counted", WHOLE)
    as_version(world, "2", EarlierReader(), again=True)
    seal(world)
    assert world.views.results()[StationCode("T1"), "mayor"][1].status == "no figures"
    as_version(world, "3", again=True)
    seal(world)
    new = world.views.results()[StationCode("T1"), "mayor"][1]
    assert (new.status, new.counts, new.findings) == ("counted", WHOLE, ())
    assert set(new.evidence).isdisjoint(old.evidence)


def test_every_earlier_reading_is_superseded_once_and_public_copies_stay(world: World, as_version: Read) -> None:
    as_version(world, "1")
    copies = kinds(world, Rendition)
    as_version(world, "2", again=True)
    corrections = [one for one in kinds(world, Supersede) if isinstance(one, Supersede) and one.reason == AGAIN]
    digests = dict(world.views.records())
    pairs = [(digests[one.old], digests[one.new]) for one in corrections]
    assert [(a.photo, a.version) for a, _ in pairs if isinstance(a, Reading)] == [
        (b.photo, "1") for _, b in pairs if isinstance(b, Reading)
    ]
    assert {b.version for _, b in pairs if isinstance(b, Reading)} == {"2"}
    assert len(corrections) == 2
    assert kinds(world, Rendition) == copies


def test_what_somebody_keyed_is_not_read_anew(world: World, as_version: Read) -> None:
    as_version(world, "1")
    first, second = (one.photo for one in in_force(world))
    counts = {FieldId(field): number for field, number in WHOLE.items()}
    world.journal.append([Entry(first, "c-1", "sheet", StationCode("T1"), counts, 1, beside=(second,))])
    assert (unread_count(world, again=True), earlier_count(world)) == (0, 0)
    assert as_version(world, "2", again=True).outcomes == {}


def test_all_readings_of_a_photo_are_superseded(world: World, as_version: Read) -> None:
    as_version(world, "1")
    world.journal.append([replace(one, version="0") for one in in_force(world)])
    as_version(world, "2", again=True)
    assert [one.version for one in in_force(world)] == ["2", "2"]
    assert len(kinds(world, Supersede)) == 4


def test_a_page_that_comes_after_an_update_completes_one_that_an_earlier_version_read(
    world: World, as_version: Read, tmp_path: Path
) -> None:
    as_version(world, "1")
    for version, data in (("1", written("T3", 2, dict(TWO))), ("2", written("T3", 1, dict(ONE)))):
        (tmp_path / "3.jpg").write_bytes(data)
        with ThreadPoolExecutor(1) as executor:
            intake(world, files_of([tmp_path / "3.jpg"]), {}, executor, PagedReader(), lambda n: None)
        outcomes = as_version(world, version).outcomes
    assert outcomes == {"figures": 1}
    of_t3 = [(one.version, one.outcome) for one in in_force(world) if one.station == "T3"]
    assert of_t3 == [("2", "figures")] * 2
    assert unread_count(world, again=True) == 2
