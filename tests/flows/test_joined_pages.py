"""Photos of the single pages of one sheet: read together, decided as one, published and verified as one."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from town import memory_world, photo
from two_pages import BESIDE, ONE, TWO, WHOLE, PagedReader, write_two_pages, written

from testigo.core.ids import Digest, StationCode
from testigo.core.records import Reading, Result, Supersede
from testigo.core.state import current_readings, fold
from testigo.flows.intake import files_of, intake
from testigo.flows.publish import BUNDLE, publish
from testigo.flows.read import PhotosRead, read, unread_count
from testigo.flows.rebuild import rebuild
from testigo.flows.seal import decided, seal
from testigo.flows.tabulate import source_figures
from testigo.ports import World
from testigo.tlog.policy import parse_policy
from testigo.verification.folder import FolderFiles
from testigo.verification.run import verify_bundle
from testigo.wiring import make_home, policy_text

T1, T2 = StationCode("T1"), StationCode("T2")
FIRST, SECOND = written("T1", 1, dict(ONE)), written("T1", 2, dict(TWO))
Take = Callable[..., PhotosRead]


@pytest.fixture(params=["home", "memory"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    folder, home = write_two_pages(tmp_path / "election"), tmp_path / "home"
    if request.param == "memory":
        home.mkdir()
        return memory_world(folder, home)
    return make_home(folder, home, None)[0]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """Takes photos in and reads them, all at once; `claimed` is the station that the sender names."""
    folder = tmp_path / "photos"
    folder.mkdir()

    def taken(world: World, *photos: bytes, claimed: StationCode | None = None) -> PhotosRead:
        names = [f"{len(list(folder.iterdir())) + n}.jpg" for n in range(len(photos))]
        for name, data in zip(names, photos, strict=True):
            (folder / name).write_bytes(data)
        claims = {} if claimed is None else dict.fromkeys(names, claimed)
        with ThreadPoolExecutor(2) as executor:
            intake(world, files_of([folder / n for n in names]), claims, executor, PagedReader(), lambda n: None)
            return read(world, executor, PagedReader(), lambda n: None)

    return taken


def readings(world: World) -> list[Reading]:
    """Those in force, by page."""
    found = [reading for _, reading in current_readings(fold(world.views.records())).values()]
    return sorted(found, key=lambda one: (one.page, one.photo))


def result(world: World, station: StationCode = T1) -> Result:
    seal(world)
    return world.views.results()[station, "mayor"][1]


def digests(world: World, *readings: Reading) -> tuple[Digest, ...]:
    return tuple(sorted(d for d, record in world.views.records() if record in readings))


def test_two_pages_in_two_photos_are_read_together(world: World, take: Take) -> None:
    assert take(world, FIRST, SECOND).outcomes == {"figures": 2}
    one, two = readings(world)
    assert (one.page, one.counts, one.verdict) == (1, ONE, "sure")
    assert (two.page, two.counts, two.verdict) == (2, TWO, "sure")
    found = result(world)
    assert (found.status, found.basis, found.counts) == ("counted", "photo", WHOLE)
    assert found.evidence == digests(world, one, two)
    assert source_figures(world, "photo") == {T1: WHOLE}


def test_the_order_in_which_pages_come_changes_no_figure(tmp_path: Path, take: Take) -> None:
    told = []
    for number, turns in enumerate(([FIRST, SECOND], [SECOND, FIRST], [FIRST + b" ", SECOND])):
        (tmp_path / str(number)).mkdir()
        world = memory_world(write_two_pages(tmp_path / f"e{number}"), tmp_path / str(number))
        for one in turns:
            take(world, one)
        found = result(world)
        told.append((found.status, found.basis, dict(found.counts), len(found.evidence)))
    assert told == [("counted", "photo", WHOLE, 2)] * 3


def test_a_page_that_comes_later_completes_the_one_that_was_doubtful(world: World, take: Take) -> None:
    assert take(world, FIRST).outcomes == {"doubtful": 1}
    (alone,) = readings(world)
    assert (alone.counts, alone.proposed) == (None, ONE)
    seal(world)
    assert world.views.results() == {}
    assert take(world, SECOND).outcomes == {"figures": 1}
    assert [one.outcome for one in readings(world)] == ["figures", "figures"]
    corrections = [one for _, one in world.views.records() if isinstance(one, Supersede)]
    assert [one.old for one in corrections] == list(digests(world, alone))
    assert result(world).counts == WHOLE
    assert (unread_count(world), take(world).outcomes) == (0, {})


def test_pages_whose_sum_fails_go_to_people_with_the_figures_as_they_are_written(world: World, take: Take) -> None:
    take(world, FIRST, written("T1", 2, {"null": 1, "cast": 52}))
    one, two = readings(world)
    assert {one.outcome, two.outcome} == {"doubtful"}
    assert {one.verdict, two.verdict} == {"people"}
    assert (one.proposed, two.proposed) == (ONE, {"null": 1, "cast": 52})
    seal(world)
    assert world.views.results() == {}


def test_a_retake_of_a_page_is_read_with_the_other_page(world: World, take: Take) -> None:
    take(world, FIRST, SECOND)
    before = result(world)
    take(world, written("T1", 1, dict(ONE), taken="again"))
    assert [one.outcome for one in readings(world)] == ["figures"] * 3
    after = result(world)
    assert (after.status, after.counts) == ("counted", before.counts)


def test_a_page_with_a_code_beside_it_is_of_no_sheet(world: World, take: Take) -> None:
    """The code of one sheet and a page of another in one photo."""
    take(world, FIRST, written("T1", 2, dict(TWO), taken=BESIDE))
    assert {one.outcome for one in readings(world)} == {"doubtful"}
    seal(world)
    assert world.views.results() == {}


def test_a_better_photo_of_a_page_takes_the_place_of_a_bad_one(world: World, take: Take) -> None:
    take(world, FIRST, written("T1", 2, {"null": "1~0.4", "cast": "51~0.4"}))
    assert {one.outcome for one in readings(world)} == {"doubtful"}
    take(world, written("T1", 2, dict(TWO), taken="sharper"))
    assert [one.outcome for one in readings(world)].count("figures") == 2
    assert (result(world).status, result(world).counts) == ("counted", WHOLE)


def test_two_sheets_that_both_add_up_and_disagree_hold_the_station(world: World, take: Take) -> None:
    take(world, FIRST, SECOND)
    assert result(world).status == "counted"
    codes = (photo("A|T1|25,30"), photo("B|T1|1,56"))
    take(world, *codes)
    found = result(world)
    assert (found.status, "CP-PHOTOS" in found.findings) == ("quarantined", True)
    assert found.counts in (ONE, TWO, {"ANA": 25, "BEN": 30}, {"null": 1, "cast": 56})


def test_pages_whose_codes_state_their_figures_are_one_result(world: World, take: Take) -> None:
    take(world, photo("A|T1|20,30"), photo("B|T1|1,51"))
    assert [one.page for one in readings(world)] == [1, 2]
    assert (result(world).status, result(world).counts) == ("counted", WHOLE)


def test_a_page_of_another_station_is_not_taken_for_a_page_of_this_one(world: World, take: Take) -> None:
    take(world, FIRST, written("T2", 2, dict(TWO)), claimed=T1)
    assert {one.station for one in readings(world)} == {T1, T2}
    assert {one.outcome for one in readings(world)} == {"doubtful"}
    take(world, photo("A|T1|20,30"), photo("B|T2|1,51"), claimed=T1)
    assert (result(world).status, result(world).counts) == ("quarantined", ONE)
    assert (result(world, T2).status, result(world, T2).counts) == ("quarantined", TWO)


def test_a_page_without_a_code_is_only_proposed(world: World, take: Take) -> None:
    take(world, FIRST, written(None, 2, dict(TWO)), claimed=T1)
    assert {one.outcome for one in readings(world)} == {"doubtful"}
    assert list(decided(world)) == []


def published(world: World, out: Path) -> dict[str, bytes]:
    with ThreadPoolExecutor(1) as executor:
        publish(world, out, PagedReader(), executor, lambda step: None, processes=1)
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def verified(world: World, out: Path) -> tuple[int, Sequence[str]]:
    found = verify_bundle(FolderFiles(out / BUNDLE), parse_policy(policy_text(world.signer.vkey), where="policy"))
    return found.exit_code, [] if found.first_wrong is None else found.first_wrong.culprits


def test_the_bundle_verifies_twice_with_the_same_bytes_and_names_both_photos(
    world: World, take: Take, tmp_path: Path
) -> None:
    take(world, FIRST, SECOND)
    take(world, photo("A|T2|20,30"))
    once = published(world, tmp_path / "one")
    assert verified(world, tmp_path / "one") == (0, [])
    assert published(world, tmp_path / "two") == once
    assert verified(world, tmp_path / "two") == (0, [])
    policy = tmp_path / "policy.txt"
    policy.write_text(policy_text(world.signer.vkey))
    alone = [sys.executable, "-I", str(tmp_path / "two" / BUNDLE / "verify_alone.py"), str(tmp_path / "two" / BUNDLE)]
    assert subprocess.run([*alone, "--policy", str(policy)], check=False, capture_output=True).returncode == 0
    page = once["s/T1.html"].decode()
    assert "The pages of the sheet are in these photos: 1, 2." in page
    assert "pieces of evidence agree" not in page
    assert "A figure is absent" in once["s/T2.html"].decode()


def test_a_result_that_mixes_pages_of_two_stations_is_refused(world: World, take: Take, tmp_path: Path) -> None:
    take(world, photo("A|T1|20,30"), photo("B|T2|1,51"))
    seal(world)
    honest = world.views.results()[T1, "mayor"]
    both = digests(world, *readings(world))
    lie = replace(honest[1], status="counted", counts=WHOLE, evidence=both, findings=(), replaces=honest[0])
    world.journal.append([lie])
    published(world, tmp_path / "site")
    code, culprits = verified(world, tmp_path / "site")
    assert code == 1
    assert "station T1" in culprits[0]


def test_a_rebuild_equals_what_was(tmp_path: Path, take: Take) -> None:
    world = make_home(write_two_pages(tmp_path / "election"), tmp_path / "home", None)[0]
    take(world, FIRST)
    take(world, SECOND)
    seal(world)
    before = (list(world.views.records()), world.views.results())
    rebuild(world)
    assert (list(world.views.records()), world.views.results()) == before
    assert list(decided(world)) == []
