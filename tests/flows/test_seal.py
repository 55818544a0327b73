"""`seal`: results follow from what waits, numbers before signatures, and no second root for a size."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from town import STATIONS, figures_of, memory_world, sheet, table, write_town

from testigo.core.ids import Digest, StationCode
from testigo.core.records import Photo, Result, Withhold
from testigo.errors import BrokenStore
from testigo.flows.rebuild import batches_of, rebuild
from testigo.flows.report import report
from testigo.flows.seal import CHECKPOINT, decided, seal
from testigo.ports import LogFiles, World
from testigo.store.memory import MemoryJournal, MemoryLog, MemoryViews
from testigo.tlog.merkle import root_of
from testigo.tlog.note import parse_vkey
from testigo.tlog.policy import open_checkpoint, parse_policy
from testigo.wiring import DATABASE_FILE, open_home, policy_text

T1 = StationCode("T1")


class FullLog(MemoryLog):
    """A log whose disk is full after some files."""

    def __init__(self, files: LogFiles, room: int) -> None:
        super().__init__()
        for name in files.names():
            MemoryLog.put(self, name, files.get(name) or b"")
        self.room = room

    def put(self, path: str, data: bytes) -> None:
        """See `ports.LogFiles`."""
        if self.room == 0:
            raise OSError(28, "No space left on device")
        self.room -= 1
        super().put(path, data)


def files_of(log: LogFiles) -> dict[str, bytes | None]:
    return {name: log.get(name) for name in log.names()}


def signed_size(world: World) -> int:
    """The size of the checkpoint, whose signature and root hold."""
    policy = parse_policy(policy_text(world.signer.vkey), where="policy")
    checkpoint, _ = open_checkpoint(world.log.get(CHECKPOINT) or b"", policy)
    assert checkpoint.root == root_of(list(world.journal.leaf_hashes())[: checkpoint.size])
    return checkpoint.size


def test_a_seal_makes_results_of_what_waits_and_signs_them(world: World) -> None:
    report(world, "north", "a.csv", table(STATIONS))
    head = seal(world)
    assert head.size == 4 + 8 + 1 + 16
    assert signed_size(world) == head.size
    results = world.views.results()
    assert sorted(results) == [(station, contest) for station in STATIONS for contest in ("council", "mayor")]
    assert {one.status for _, one in results.values()} == {"counted"}
    assert dict(results[T1, "council"][1].counts) == {"X": 12, "YES": 30, "cvalid": 42}


def test_a_seal_with_nothing_to_seal_changes_nothing(world: World) -> None:
    report(world, "north", "a.csv", table(STATIONS))
    head, files = seal(world), files_of(world.log)
    assert (seal(world), files_of(world.log), world.journal.waiting()) == (head, files, 0)


def test_what_does_not_change_a_result_makes_no_new_one(world: World) -> None:
    report(world, "north", "a.csv", table(STATIONS))
    seal(world)
    before = world.views.results()
    report(world, "south", "b.csv", table(STATIONS))
    assert seal(world).size == 29 + 8 + 1
    assert world.views.results() == before


def test_a_result_that_goes_and_comes_back_is_recorded_each_time(world: World) -> None:
    report(world, "north", "a.csv", table(("T1",)))
    for number, ana in enumerate((5, 21, 5, 21)):
        other = {"T1": (ana, *figures_of("T1")[1:])}
        report(world, "north", "b.csv", table(other) + b"\n" * number)
        seal(world)
    results = [(d, r) for d, r in world.views.records() if isinstance(r, Result) and r.contest == "mayor"]
    assert [dict(result.counts)["ANA"] for _, result in results] == [5, 21, 5, 21]
    assert [result.replaces for _, result in results] == [None, *(digest for digest, _ in results[:3])]
    assert world.views.results()[T1, "mayor"] == results[-1]
    rebuild(world)
    assert world.views.results()[T1, "mayor"] == results[-1]


def test_a_seal_cut_short_after_the_database_is_finished_by_the_next(world: World) -> None:
    report(world, "north", "a.csv", table(STATIONS[:4]))
    cut = world.journal.seal(decided(world))
    assert signed_size(world) == 4
    report(world, "north", "b.csv", table(STATIONS))
    head = seal(world)
    assert [one.size for one in world.journal.heads()] == [4, cut.size, head.size]
    assert signed_size(world) == head.size
    assert [one for one, _ in batches_of(world.log, parse_vkey(world.signer.vkey))] == list(world.journal.heads())


@pytest.mark.parametrize("room", range(9))
def test_a_seal_that_cannot_write_every_file_ends_in_the_same_log(tmp_path: Path, room: int) -> None:
    folder = write_town(tmp_path / "election")
    undisturbed, world = memory_world(folder, tmp_path), memory_world(folder, tmp_path)
    for one in (undisturbed, world):
        report(one, "north", "a.csv", table(STATIONS))
    seal(undisturbed)
    full = FullLog(world.log, room)
    world = replace(world, log=full)
    if room < 4:
        with pytest.raises(OSError, match="No space left"):
            seal(world)
        assert signed_size(world) == 4
        assert rebuild(replace(world, journal=MemoryJournal())).size in (4, 29)
    full.room = 99
    seal(world)
    assert files_of(world.log) == files_of(undisturbed.log)


def test_a_log_that_is_ahead_of_the_database_is_refused(world: World) -> None:
    early = tuple(batches_of(world.log, parse_vkey(world.signer.vkey)))
    report(world, "north", "a.csv", table(STATIONS))
    seal(world)
    files = files_of(world.log)
    world.journal.restore(early)
    world.journal.append([Withhold(Digest("ab" * 32), "legal")])
    with pytest.raises(BrokenStore, match="a checkpoint of size 29 was published, the database ends at 4"):
        seal(world)
    with pytest.raises(BrokenStore, match="testigo rebuild"):
        report(world, "north", "b.csv", table(STATIONS[:2]))
    assert (files_of(world.log), world.journal.waiting()) == (files, 1)
    assert [head.size for head in world.journal.heads()] == [4]
    assert rebuild(world).size == 29
    assert seal(world).size == 30
    assert files_of(world.log).keys() >= files.keys()


def test_an_old_copy_of_the_database_is_refused_until_it_is_rebuilt(home_world: World) -> None:
    home_world.journal.close()  # type: ignore[attr-defined]
    database = home_world.home / DATABASE_FILE
    old = database.read_bytes()
    report(home_world, "north", "a.csv", table(STATIONS))
    seal(home_world)
    home_world.journal.close()  # type: ignore[attr-defined]
    database.write_bytes(old)
    world = open_home(home_world.home)
    with pytest.raises(BrokenStore, match="testigo rebuild"):
        seal(world)
    rebuild(world)
    assert (seal(world).size, len(world.views.results())) == (29, 16)


def test_the_order_of_arrival_within_a_batch_changes_no_byte_of_the_log(
    tmp_path: Path, photograph: Callable[..., object]
) -> None:
    folder = write_town(tmp_path / "election")
    one, other = memory_world(folder, tmp_path), memory_world(folder, tmp_path)
    photos = {f"{station}.jpg": sheet(station) for station in STATIONS}
    report(one, "north", "a.csv", table(STATIONS))
    photograph(one, photos)
    photograph(other, dict(reversed(photos.items())))
    report(other, "north", "a.csv", table(STATIONS))
    assert seal(one) == seal(other)
    assert files_of(one.log) == files_of(other.log)


def test_a_station_that_the_register_does_not_have_gets_no_result(
    world: World, photograph: Callable[..., object]
) -> None:
    photograph(world, {"a.jpg": sheet("T9", (1, 2, 3, 4, 5)), "b.jpg": sheet("T1")})
    seal(world)
    assert [station for station, _ in world.views.results()] == ["T1", "T1"]
    assert world.views.stations_held() == ("T1", "T9")
    assert len([one for _, one in world.views.records() if isinstance(one, Photo)]) == 2


def test_views_and_journal_in_memory_are_one_store(tmp_path: Path) -> None:
    world = memory_world(write_town(tmp_path / "election"), tmp_path)
    assert isinstance(world.journal, MemoryJournal)
    assert list(MemoryViews(world.journal).records()) == list(world.views.records())
