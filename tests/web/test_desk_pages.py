"""The desks where a sheet's pages came in photos of their own: both are seen, one entry covers them."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import pytest
from served import Person, Served, served

from browsers import program
from chromium_pipe import Browser
from testigo.core.ids import Digest, FieldId, StationCode
from testigo.core.records import Entry, Photo, Reading, Ruling, Withhold
from testigo.flows.board import board
from testigo.flows.seal import seal
from testigo.ports import Blobs
from testigo.wiring import make_home

T1, T2 = StationCode("T1"), StationCode("T2")
RIGHT = {"ANA": 20, "BEN": 30, "null": 1, "cast": 51}
PAGES = {1: ("ANA", "BEN"), 2: ("null", "cast")}


@pytest.fixture(scope="module")
def two_pages(project: Path) -> Iterator[ModuleType]:
    """The town whose sheet has two pages, of another folder of tests."""
    place = str(project / "tests" / "flows")
    sys.path.insert(0, place)
    import two_pages

    yield two_pages
    sys.path.remove(place)


@pytest.fixture
def desk(two_pages: ModuleType, tmp_path: Path) -> Iterator[Served]:
    world = make_home(two_pages.write_two_pages(tmp_path / "election"), tmp_path / "home", None)[0]
    with served(world, two_pages.PagedReader()) as running:
        yield running


@dataclass(frozen=True)
class CountedBlobs:
    """Blobs that count how often each was opened."""

    blobs: Blobs
    opened: Counter[Digest]

    def open(self, digest: Digest) -> bytes:
        self.opened[digest] += 1
        return self.blobs.open(digest)

    def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
        return getattr(self.blobs, name)


def put_page(server: Served, page: int, *, station: StationCode = T1, taken: str = "") -> Digest:
    """A photo of one page of which the machine is not sure."""
    world, text = server.world, f"PHOTO page {page} of {station} {taken}".encode()
    sha256 = world.blobs.put(text)
    proposed = {FieldId(field): 77 for field in PAGES[page]}
    world.journal.append(
        [
            Photo(sha256, len(text), "image/jpeg", 30, 40, 1, "test", page, station),
            Reading(
                sha256, "codes+digits", "1", "doubtful", "0" * 16, "sheet", page, station, verdict="look",
                ppm=dict.fromkeys(proposed, 500_000), proposed=proposed,
            ),
        ]
    )  # fmt: skip
    return sha256


def given(person: Person) -> Digest | None:
    answer = person.get("/desk")
    return Digest(answer.headers["location"].rpartition("/")[2]) if answer.status == 303 else None


def key(person: Person, photo: Digest, *beside: Digest, **other: str):  # type: ignore[no-untyped-def]
    fields = {"station": "T1", "problem": "", "beside": " ".join(beside)}
    fields |= {f"f.{field}": str(value) for field, value in RIGHT.items()}
    return person.post(f"/desk/{photo}", fields | {name.replace("__", "."): said for name, said in other.items()})


def entries(server: Served) -> list[Entry]:
    return [record for _, record in server.world.views.records() if isinstance(record, Entry)]


def test_one_entry_covers_both_photos_and_two_that_agree_count_as_one_sheet(desk: Served) -> None:
    two, one = put_page(desk, 2), put_page(desk, 1)
    for clerk in (desk.invited("clerk"), desk.invited("clerk")):
        assert given(clerk) == one
        page = clerk.get(f"/desk/{one}").text
        assert f'data-photos="1=/desk/{one}/image 2=/desk/{two}/image "' in page
        assert f'name="beside" form="entry" value="{two} "' in page
        assert [clerk.get(f"/desk/{photo}/image").status for photo in (one, two)] == [200, 200]
        assert not re.search(r"\b77\b", page)
        assert key(clerk, one, two).status == 303
    assert [(made.photo, made.beside) for made in entries(desk)] == [(one, (two,))] * 2
    assert given(desk.invited("clerk")) is None
    seal(desk.world)
    _, result = desk.world.views.results()[T1, "mayor"]
    assert (result.status, result.basis, dict(result.counts)) == ("counted", "desk", RIGHT)


def test_a_page_that_comes_in_while_somebody_keys_is_shown_before_anything_is_saved(desk: Served) -> None:
    one, clerk = put_page(desk, 1), desk.invited("clerk")
    assert given(clerk) == one
    assert "data-photos" not in clerk.get(f"/desk/{one}").text
    two = put_page(desk, 2)
    refused = key(clerk, one, problem="page missing", f__null="", f__cast="")
    assert refused.status == 422
    assert "another photo of this sheet came in meanwhile" in refused.text
    assert f"2=/desk/{two}/image" in refused.text
    assert 'value="20"' in refused.text
    assert entries(desk) == []
    assert key(clerk, one, two).status == 303


def test_a_picture_that_is_kept_opens_no_photo_again_and_a_withheld_photo_is_gone(
    two_pages: ModuleType, tmp_path: Path
) -> None:
    world = make_home(two_pages.write_two_pages(tmp_path / "election"), tmp_path / "home", None)[0]
    opened: Counter[Digest] = Counter()
    with served(replace(world, blobs=CountedBlobs(world.blobs, opened)), two_pages.PagedReader()) as desk:
        photo, clerk = put_page(desk, 1), desk.invited("clerk")
        assert given(clerk) == photo
        for _ in range(3):
            assert clerk.get(f"/desk/{photo}/image").body.startswith(b"1600 wide: ")
            assert clerk.get(f"/desk/{photo}/page/1").status == 204
        # Once for the photo as it is, once for its pages.
        assert opened == {photo: 2}
        world.journal.append([Withhold(photo, "privacy")])
        assert clerk.get(f"/desk/{photo}/image").status == 404
        assert opened == {photo: 2}


def test_what_was_keyed_without_a_page_is_keyed_again_with_it(desk: Served) -> None:
    one = put_page(desk, 1)
    first, second = desk.invited("clerk"), desk.invited("clerk")
    for clerk in (first, second):
        assert given(clerk) == one
        assert key(clerk, one, problem="page missing", f__null="", f__cast="").status == 303
    seal(desk.world)
    assert desk.world.views.results()[T1, "mayor"][1].status == "quarantined"
    two = put_page(desk, 2)
    for clerk in (first, second):
        assert given(clerk) == one
        assert key(clerk, one, two).status == 303
    seal(desk.world)
    _, result = desk.world.views.results()[T1, "mayor"]
    assert (result.status, dict(result.counts)) == ("counted", RIGHT)


def test_a_page_of_another_station_is_not_beside_it_and_neither_is_one_that_is_withheld(desk: Served) -> None:
    one = put_page(desk, 1)
    put_page(desk, 2, station=T2)
    hidden = put_page(desk, 2)
    desk.world.journal.append([Withhold(hidden, "privacy")])
    clerk = desk.invited("clerk")
    assert "data-photos" not in clerk.get(f"/desk/{one}").text


def test_an_adjudicator_sees_both_photos_and_the_ruling_names_them(desk: Served) -> None:
    one, two = put_page(desk, 1), put_page(desk, 2)
    for clerk, cast in ((desk.invited("clerk"), "51"), (desk.invited("clerk"), "57")):
        assert given(clerk) == one
        key(clerk, one, two, f__cast=cast)
    judge = desk.invited("adjudicator")
    assert judge.get("/rulings").headers["location"] == f"/rulings/{one}"
    assert f"2=/rulings/{two}/image" in judge.get(f"/rulings/{one}").text
    said = {"pick.cast": "other", "other.cast": "51", "reason": "a one with a flag"}
    assert judge.post(f"/rulings/{one}", said).status == 303
    (made,) = [record for _, record in desk.world.views.records() if isinstance(record, Ruling)]
    assert (made.beside, made.counts[FieldId("cast")]) == ((two,), 51)
    seal(desk.world)
    assert desk.world.views.results()[T1, "mayor"][1].status == "counted"


def test_the_board_counts_both_photos_as_settled(desk: Served) -> None:
    one, two = put_page(desk, 1), put_page(desk, 2)
    assert (len(board(desk.world).to_key.photos), board(desk.world).settled) == (2, 0)
    for clerk in (desk.invited("clerk"), desk.invited("clerk")):
        given(clerk)
        key(clerk, one, two)
    assert (board(desk.world).to_key.photos, board(desk.world).settled) == ((), 2)


@pytest.mark.slow
@pytest.mark.thirdparty
def test_the_photo_follows_the_field_to_its_page_and_a_key_shows_the_next_photo(desk: Served, tmp_path: Path) -> None:
    one, two = put_page(desk, 1), put_page(desk, 2)
    (invitation,) = desk.link("clerk")
    with Browser(program("chromium"), tmp_path / "profile") as page:
        page.open(desk.origin + invitation)
        page.wait_for("document.readyState === 'complete' && !!document.querySelector('button.main')")
        page.click("document.querySelector('button.main')")
        page.wait_for("!location.pathname.startsWith('/i/')")
        page.open(f"{desk.origin}/desk")
        page.wait_for("document.readyState === 'complete' && !!document.getElementById('photo')")
        for field, photo in (("f.cast", two), ("f.ANA", one), ("f.null", two)):
            page.value(f"document.getElementById('{field}').focus()")
            page.wait_for(f"document.getElementById('photo').src.endsWith('/desk/{photo}/image')")
        for photo in (one, two):
            page.value(
                "document.activeElement.dispatchEvent("
                "new KeyboardEvent('keydown', {key: 'n', altKey: true, bubbles: true}))"
            )
            page.wait_for(f"document.getElementById('photo').src.endsWith('/desk/{photo}/image')")
        for field, said in RIGHT.items():
            page.value(f"document.getElementById('f.{field}').value = '{said}'")
        page.value("document.getElementById('station').value = 'T1'")
        page.click("document.querySelector('#entry button.main')")
        page.wait_for("document.readyState === 'complete' && !document.getElementById('entry')")
    assert [(made.photo, made.beside, made.counts) for made in entries(desk)] == [(one, (two,), RIGHT)]
