"""`intake`, `read` and `withhold`: bytes before records, each photo once, and no photo without its reading."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from town import figures_of, photo, sheet

from testigo.core.ids import Digest, StationCode
from testigo.core.records import Photo, Reading, Rendition, Withhold
from testigo.errors import BadPhoto, BadUsage, NotFound
from testigo.flows.intake import files_of, refusals_by_cause
from testigo.flows.read import unread_count
from testigo.flows.seal import seal
from testigo.flows.withhold import withhold
from testigo.ports import World
from testigo.store.memory import MemoryBlobs

Photograph = Callable[..., tuple]  # type: ignore[type-arg]


def of_kind(world: World, kind: type) -> list:  # type: ignore[type-arg]
    return [record for _, record in world.views.records() if type(record) is kind]


def test_photos_are_stripped_held_and_read(world: World, photograph: Photograph) -> None:
    taken, read = photograph(world, {"a.jpg": sheet("T1"), "b.jpg": photo(), "c.jpg": photo("OTHER|1")})
    assert (taken.new, taken.held, taken.refused, taken.doubles) == (3, 0, (), ())
    assert read.outcomes == {"figures": 1, "nothing": 1, "foreign": 1}
    held = [world.blobs.open(one.sha256) for one in of_kind(world, Photo)]
    assert len(held) == 3
    assert not any(b"exif" in data for data in held)
    (figures,) = [one for one in of_kind(world, Reading) if one.outcome == "figures"]
    assert (figures.station, tuple(figures.counts.values())[:5]) == ("T1", figures_of("T1"))
    assert [one.photo for one in of_kind(world, Rendition)] == [figures.photo]


@pytest.mark.parametrize("sealed", [False, True])
def test_the_same_photos_again_change_nothing(world: World, photograph: Photograph, sealed: bool) -> None:
    photos = {"a.jpg": sheet("T1"), "b.jpg": sheet("T2")}
    photograph(world, photos)
    if sealed:
        seal(world)
    before = list(world.views.records())
    taken, read = photograph(world, photos)
    assert (taken.new, taken.held, read.outcomes) == (0, 2, {})
    assert (list(world.views.records()), unread_count(world)) == (before, 0)


def test_a_file_that_is_refused_is_named_and_the_rest_goes_on(world: World, photograph: Photograph) -> None:
    taken, _ = photograph(world, {"a.jpg": b"GIF", "b.jpg": sheet("T1"), "c.jpg": b""})
    assert (taken.new, [(one.name, one.cause) for one in taken.refused]) == (
        1,
        [("a.jpg", "foreign"), ("c.jpg", "foreign")],
    )
    assert [(cause, len(refused)) for cause, refused in refusals_by_cause(taken.refused)] == [("foreign", 2)]


def test_the_same_photo_under_two_names_is_one_photo(world: World, photograph: Photograph) -> None:
    taken, _ = photograph(world, {"a.jpg": sheet("T1"), "b.jpg": sheet("T1")})
    assert (taken.new, taken.held, taken.doubles) == (1, 1, (("b.jpg", "a.jpg"),))


def test_a_photo_filed_under_two_stations_keeps_both_claims(world: World, photograph: Photograph) -> None:
    photograph(world, {"a.jpg": sheet("T1"), "b.jpg": sheet("T1")}, {"a.jpg": "T1", "b.jpg": "T2"})
    assert sorted(one.station for one in of_kind(world, Photo)) == ["T1", "T2"]
    assert len(of_kind(world, Reading)) == 1
    assert world.views.stations_to_decide() == ("T1", "T2")


def test_every_page_of_a_scan_is_a_photo_that_names_the_scan(world: World, photograph: Photograph) -> None:
    photograph(world, {"a.pdf": b"%PDF-" + b"\f".join(sheet(station) for station in ("T1", "T2", "T3"))})
    pages = of_kind(world, Photo)
    assert (sorted(one.page for one in pages), len({one.scan for one in pages})) == ([1, 2, 3], 1)
    assert seal(world).size == 4 + 3 * 3 + 6


def test_no_record_is_made_of_a_photo_whose_bytes_are_not_held(world: World, photograph: Photograph) -> None:
    class FullBlobs(MemoryBlobs):
        def put(self, data: bytes) -> Digest:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        photograph(replace(world, blobs=FullBlobs()), {"a.jpg": sheet("T1")})
    assert world.journal.waiting() == 0


def test_files_come_in_the_order_of_their_names_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.jpg", "a/z.jpg", ".hidden", "a/c.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = files_of([tmp_path, tmp_path / "b.jpg"])
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["a/c.jpg", "a/z.jpg", "b.jpg"]
    with pytest.raises(BadPhoto, match="expected a file or a folder"):
        files_of([tmp_path / "none"])


def test_a_photo_is_withheld_by_the_beginning_of_its_hash(world: World, photograph: Photograph) -> None:
    photograph(world, {"a.jpg": sheet("T1"), "b.jpg": sheet("T2")})
    wanted, _ = sorted(world.views.photos())
    assert withhold(world, wanted[:8], "privacy") == wanted
    assert withhold(world, wanted, "privacy") == wanted
    assert of_kind(world, Withhold) == [Withhold(wanted, "privacy")]
    assert world.blobs.has(wanted)


def test_a_withheld_photo_still_counts(world: World, photograph: Photograph) -> None:
    photograph(world, {"a.jpg": sheet("T1")})
    seal(world)
    before = world.views.results()
    withhold(world, next(iter(world.views.photos())), "privacy")
    seal(world)
    assert world.views.results() == before
    assert before[StationCode("T1"), "mayor"][1].status == "counted"


@pytest.mark.parametrize("text", ["", "0123", "f" * 64, "not a hash"])
def test_what_names_no_photo_withholds_none(world: World, photograph: Photograph, text: str) -> None:
    photograph(world, {"a.jpg": sheet("T1")})
    waiting = world.journal.waiting()
    with pytest.raises(NotFound, match="0 photos match"):
        withhold(world, text, "privacy")
    with pytest.raises(BadUsage, match="privacy, legal, duplicate"):
        withhold(world, text, "taste")
    assert world.journal.waiting() == waiting
