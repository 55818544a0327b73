"""Backup and restore of what the log and the blobs do not hold, on both databases."""

import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Engine

from testigo.commands.backup import backup_command, restore_command
from testigo.core.backup import Backup, backup_from_bytes, backup_to_bytes
from testigo.core.ids import Digest, StationCode
from testigo.core.records import Act, Photo
from testigo.errors import BadHome, BrokenStore
from testigo.flows.backup import backup
from testigo.flows.seal import seal
from testigo.ports import Journal, World
from testigo.private import Private, Problem, Upload
from testigo.store.engine import postgres_engine, sqlite_engine
from testigo.store.private_schema import PRIVATE
from testigo.wiring import DATABASE_ADDRESS_FILE, make_home, open_home, open_private, promise_signer

NOW = datetime(2030, 1, 1, 18, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
A, B, C = (Digest(letters * 32) for letters in ("aa", "bb", "cc"))


class Homes:
    """Homes of the demonstration election on one kind of database."""

    def __init__(self, folder: Path, database: Callable[[], str] | None) -> None:
        self._folder, self._database = folder, database

    def make(self, project: Path) -> World:
        address = None if self._database is None else self._database()
        return make_home(project / "elections" / "demo", self._folder / "home", None, database=address)[0]

    def copied(self, home: Path, name: str, *, keys: bool) -> Path:
        """What somebody copies of a home, on a machine with an empty database."""
        other = self._folder / name
        for folder in ("election", "log", "blobs", *(("keys",) if keys else ())):
            shutil.copytree(home / folder, other / folder)
        if keys:
            shutil.copy(home / "home.txt", other)
        if self._database is not None:
            (other / DATABASE_ADDRESS_FILE).write_text(self._database())
        return other


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.thirdparty)])
def homes(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    new_database: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Homes]:
    """Homes whose connections are ended with the test, also those that commands opened."""
    opened: list[Engine] = []

    def kept(make: Callable[..., Engine]) -> Callable[..., Engine]:
        return lambda place: opened.append(make(place)) or opened[-1]  # type: ignore[func-returns-value]

    monkeypatch.setattr("testigo.wiring.postgres_engine", kept(postgres_engine))
    monkeypatch.setattr("testigo.wiring.sqlite_engine", kept(sqlite_engine))
    yield Homes(tmp_path, new_database if request.param == "postgres" else None)
    for engine in opened:
        engine.dispose()


def upload_of(secret: Digest) -> Upload:
    return Upload(secret, B, 1000, None, StationCode("01"), 1, 6, LATER)


def photo_of(data: bytes, world: World) -> Photo:
    return Photo(world.blobs.put(data), len(data), "image/jpeg", 30, 40, 1, "jpeg-strip-1")


def lived_in(world: World, private: Private) -> None:
    """One of everything that people leave in a home."""
    promise_signer(world)
    private.invite(A, "volunteer", None, LATER)
    private.invite(B, "clerk", "c-1", LATER)
    private.invite(C, "volunteer", None, LATER)
    assert private.enrol(C, A, 40, NOW, LATER) == 40
    private.open_session(A, "clerk", "c-2", LATER)
    private.open_session(B, "steward", "s-1", LATER)
    private.claim(C, "entry", "c-2", NOW, LATER)
    private.save_draft(C, "c-2", '{"ana": "1\N{SNOWMAN}\ud800"}'.encode("utf-8", "replace").decode())
    private.keep_note(C, "c-1", "a thumb on the paper")
    private.open_upload(upload_of(A))
    private.advance(A, 0, 500)
    private.open_upload(upload_of(C))
    private.finish(C, "promised", "the promise\nwith its lines")
    private.report_problem(Problem("p1", None, "something else", "A figure\u2028is another one."))
    private.put_setting("night", "open")
    world.journal.append([photo_of(b"a photo that was promised", world)])


def test_what_comes_back_is_what_was_there(homes: Homes, project: Path, tmp_path: Path) -> None:
    world = homes.make(project)
    lived_in(world, open_private(world))
    file, again = tmp_path / "one.backup", tmp_path / "two.backup"
    backup_command(file, home=world.home)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    other = homes.copied(world.home, "other", keys=True)
    restore_command(file, home=other)
    restored = open_home(other)
    private = open_private(restored)
    backup_command(again, home=other)
    before, after = (backup_from_bytes(path.read_bytes(), path.name) for path in (file, again))
    # The clerk's invitation alone stays closed.
    assert [row["role"] for row in after.rows["invitation"]] == ["volunteer"]
    assert {**after.rows, "invitation": ()} == {**before.rows, "invitation": ()}
    assert (after.waiting, after.size, after.root) == (before.waiting, before.size, before.root)
    assert len(after.waiting) == restored.journal.waiting() == 2
    assert private.session(A, NOW) is not None
    upload = private.upload(A)
    assert upload is not None
    assert (upload.offset, upload.state) == (0, "open")
    assert seal(restored).size == before.size + 2


def test_a_lost_machine_comes_back_from_three_folders_and_a_backup_with_keys(
    homes: Homes, project: Path, tmp_path: Path
) -> None:
    world = homes.make(project)
    lived_in(world, open_private(world))
    file, plain = tmp_path / "keys.backup", tmp_path / "plain.backup"
    backup_command(file, home=world.home, with_keys=True)
    backup_command(plain, home=world.home)
    assert b"PRIVATE KEY" not in plain.read_bytes()
    other = homes.copied(world.home, "other", keys=False)
    with pytest.raises(BadHome, match="expected a home"):
        restore_command(plain, home=other)
    restore_command(file, home=other)
    for name in ("keys/log.pem", "keys/promise.pem"):
        assert (other / name).read_bytes() == (world.home / name).read_bytes()
        assert stat.S_IMODE((other / name).stat().st_mode) == 0o600
    assert (other / "policy.txt").read_bytes() == (world.home / "policy.txt").read_bytes()
    restored = open_home(other)
    assert restored.journal.heads() == world.journal.heads()
    assert [problem.id for problem in open_private(restored).problems()] == ["p1"]


def test_nothing_has_to_stop_and_every_promise_has_its_record(homes: Homes, project: Path) -> None:
    world = homes.make(project)
    private = open_private(world)
    rounds, writers = 12, 3

    def phone(number: int) -> None:
        for round_ in range(rounds):
            photo = photo_of(f"photo {number} {round_}".encode(), world)
            world.journal.append([photo])
            private.open_upload(upload_of(photo.sha256))
            private.finish(photo.sha256, "promised", "promise")

    crowd = [threading.Thread(target=phone, args=(number,)) for number in range(writers)]
    for one in crowd:
        one.start()
    seen: list[int] = []
    over = False
    while not over:
        # The last one is made when all have ended.
        over = not any(one.is_alive() for one in crowd)
        copy = backup(world, private, {})
        assert backup_from_bytes(backup_to_bytes(copy), "copy").waiting == copy.waiting
        sealed = b"".join(world.journal.entries(0, copy.size)).decode()
        promised = {str(row["secret"]) for row in copy.rows["upload"] if row["state"] == "promised"}
        assert [photo for photo in promised if photo not in sealed + "".join(copy.waiting)] == []
        seen.append(len(promised))
        if len(seen) == 2:
            seal(world)
    for one in crowd:
        one.join()
    assert seen == sorted(seen)
    assert seen[0] < seen[-1] == rounds * writers


def test_a_photo_that_is_promised_between_two_looks_is_whole_or_not_there(homes: Homes, project: Path) -> None:
    world = homes.make(project)
    private = open_private(world)

    def phone(photo: Photo) -> None:
        world.journal.append([photo])
        private.open_upload(upload_of(photo.sha256))
        private.finish(photo.sha256, "promised", "promise")

    class Meanwhile:
        """The store or journal behind it; after each answer a phone comes to its end."""

        def __init__(self, real: object, name: str) -> None:
            self._real, self._name = real, name

        def __getattr__(self, name: str) -> object:
            asked = getattr(self._real, name)

            def answer(*arguments: object) -> object:
                found = asked(*arguments)
                phone(photo_of(f"{self._name} {name}".encode(), world))
                return found

            return answer

    watched = replace(world, journal=cast(Journal, Meanwhile(world.journal, "journal")))
    copy = backup(watched, cast(Private, Meanwhile(private, "private")), {})
    promised = [str(row["secret"]) for row in copy.rows["upload"]]
    assert len(private.rows()["upload"]) >= 2
    assert [photo for photo in promised if photo not in "".join(copy.waiting)] == []


@pytest.fixture
def small(homes: Homes, project: Path, tmp_path: Path) -> tuple[World, Private, Path]:
    """A home in use, and a backup of it."""
    world = homes.make(project)
    private = open_private(world)
    lived_in(world, private)
    backup_command(tmp_path / "small.backup", home=world.home)
    return world, private, tmp_path / "small.backup"


def test_a_home_in_use_is_replaced_only_when_told_so(small: tuple[World, Private, Path]) -> None:
    world, private, file = small
    private.report_problem(Problem("p2", None, "something else", "later"))
    with pytest.raises(BadHome, match="--replace"):
        restore_command(file, home=world.home)
    assert len(private.problems()) == 2
    restore_command(file, home=world.home, replace=True)
    assert [problem.id for problem in private.problems()] == ["p1"]


def test_who_was_signed_out_for_good_is_not_signed_in_again(small: tuple[World, Private, Path]) -> None:
    world, private, file = small
    world.journal.append([Act("sessions ended", {"by": "s-1", "of": "c-2"})])
    restore_command(file, home=world.home, replace=True)
    assert (private.session(A, NOW), private.draft(C, "c-2")) == (None, None)
    assert private.session(B, NOW) is not None
    restore_command(file, home=world.home, replace=True, without_sessions=True)
    assert private.session(B, NOW) is None


def test_a_backup_of_another_history_is_refused(homes: Homes, small: tuple[World, Private, Path]) -> None:
    world, private, file = small
    older = homes.copied(world.home, "older", keys=True)
    seal(world)
    backup_command(file, home=world.home)
    with pytest.raises(BadHome, match="newest copy of log/"):
        restore_command(file, home=older)
    copy = backup_from_bytes(file.read_bytes(), "copy")
    for change in ({"origin": "other.example/x"}, {"log": copy.log + "A"}, {"root": "00" * 32}):
        values = {name: getattr(copy, name) for name in Backup.__slots__} | change
        file.write_bytes(backup_to_bytes(Backup(**values)))
        with pytest.raises(BadHome, match=r"expected the home of|another history"):
            restore_command(file, home=world.home, replace=True)
    assert len(private.problems()) == 1


def test_records_of_photos_that_are_gone_are_left_out_and_told(
    homes: Homes, small: tuple[World, Private, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    world, _, file = small
    other = homes.copied(world.home, "other", keys=True)
    photo = next(iter(world.views.photos()))
    (other / "blobs" / photo[:2] / photo[2:4] / photo).unlink()
    restore_command(file, home=other)
    assert "1 records of photos are left out" in capsys.readouterr().err
    assert open_home(other).views.photos() == {}


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "one sign": lambda data: data.replace(b"else", b"elsE", 1),
    "cut": lambda data: data[:-10],
    "last line": lambda data: data[: data.rindex(b"sha256")],
    "begins late": lambda data: data[5:],
    "longer": lambda data: data + b"\n",
    "empty": lambda data: b"",
}


def test_a_damaged_file_is_named_and_changes_nothing(small: tuple[World, Private, Path]) -> None:
    world, private, file = small
    before, whole = private.rows(), file.read_bytes()
    for damage in DAMAGES.values():
        file.write_bytes(damage(whole))
        with pytest.raises(BrokenStore, match=r"small\.backup: expected"):
            restore_command(file, home=world.home, replace=True)
        assert private.rows() == before


def test_rows_of_another_make_are_refused_and_change_nothing(small: tuple[World, Private, Path]) -> None:
    _, private, _ = small
    before = private.rows()
    for rows in ({"setting": [{"name": "night"}]}, {"elsewhere": [{"name": "night", "text": "open"}]}):
        with pytest.raises(BrokenStore, match="expected the columns"):
            private.replace(rows)
    assert private.rows() == before


def test_every_private_column_fits_a_line_of_text() -> None:
    kinds = {column.type.python_type for table in PRIVATE.tables.values() for column in table.c}
    assert kinds <= {str, int}
