"""A disk that is full: the phone is told so, nothing is promised, nothing that was promised is lost, and it goes on."""

import hashlib
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path

import pytest
from sending import TUS, PhoneReader, begun, create, patch, photo, photos_held, promise_in, sent, spooled, state
from served import Person, Served, served
from test_plain import posted

from testigo.core.ids import Digest
from testigo.flows.seal import seal
from testigo.wiring import open_home

SIZE = 200_000
CHUNK = 50_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes, which root may make."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=700", "none", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk needs the right to mount one; the test with a limit for files shows most of it")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def cramped(prepared: Path, small_disk: Path) -> Iterator[Served]:
    """The town served from a small disk."""
    with served(open_home(shutil.copytree(prepared, small_disk / "home")), PhoneReader()) as running:
        yield running


def write_for_ever(file: RawIOBase, size: int) -> None:
    while True:
        file.write(bytes(size))


@contextmanager
def no_room(disk: Path) -> Iterator[None]:
    """Not a byte is left on the disk until the block ends."""
    with (disk / "ballast").open("wb", buffering=0) as ballast:
        for size in (1 << 16, 1):
            with pytest.raises(OSError, match="No space left"):
                write_for_ever(ballast, size)
    try:
        yield
    finally:
        (disk / "ballast").unlink()


def is_told(phone: Person, path: str, offset: int, data: bytes) -> None:
    answer = patch(phone, path, offset, data)
    assert (answer.status, answer.json()["code"], answer.headers["tus-resumable"]) == (507, "write", "1.0.0")
    assert "try again later" in answer.json()["sentence"]
    assert not {"home", "sqlite", "/"} & set(answer.json()["sentence"].replace("/", " / ").split())


def test_a_full_disk_is_told_and_what_was_promised_is_safe(cramped: Served, small_disk: Path) -> None:
    phone, other, steward = cramped.invited("volunteer"), cramped.invited("volunteer"), cramped.invited("steward")
    before, data, late = photo(1, SIZE), photo(2, SIZE), photo(3, SIZE)
    promised = promise_in(cramped, sent(phone, before)).sha256
    path = begun(phone, SIZE, {"sha256": hashlib.sha256(data).hexdigest()})
    assert patch(phone, path, 0, data[:CHUNK]).status == 204
    whole = begun(other, SIZE)
    with no_room(small_disk):
        is_told(phone, path, CHUNK, data[CHUNK:])
        assert create(other, SIZE).status == 507
        assert create(cramped.anyone(), SIZE).status == 403
        # What was told stands: whoever asks hears the offset of before, and reads what was promised.
        assert phone.ask("HEAD", path, headers=TUS).headers["upload-offset"] == str(CHUNK)
        assert state(phone, path)["state"] == "waiting"
        assert [record.sha256 for record in photos_held(cramped)] == [promised]
        assert (cramped.anyone().get("/c/").status, steward.get("/board").status) == (200, 200)
        plain = posted(cramped.anyone(), {"pass": str(other.bearer), "photo": late}, **{"Accept-Language": "es"})
        assert (plain.status, "lo que prometió está a salvo" in plain.text) == (507, True)
        # What did not fit takes no room.
        assert sum(spooled(cramped).values()) == CHUNK
    assert patch(phone, path, CHUNK, data[CHUNK:]).status == 204
    assert promise_in(cramped, state(phone, path)).sha256 == hashlib.sha256(data).hexdigest()
    assert patch(other, whole, 0, late).status == 204
    assert promise_in(cramped, state(other, whole)).sha256 == hashlib.sha256(late).hexdigest()
    for one in (before, data, late):
        assert cramped.world.blobs.open(Digest(hashlib.sha256(one).hexdigest())) == one
    assert seal(cramped.world).size == len(cramped.world.journal.entries(0, 10**6))
    assert spooled(cramped) == {}


def test_a_whole_photo_for_whose_master_there_is_no_room_is_promised_once_there_is(
    cramped: Served, small_disk: Path
) -> None:
    phone, data = cramped.invited("volunteer"), photo(1, SIZE)
    path = begun(phone, SIZE)
    patch(phone, path, 0, data[:-1100])
    with no_room(small_disk):
        # The last bytes fit into the room that the file has taken already, or they do not: promised is nothing.
        assert patch(phone, path, SIZE - 1100, data[-1100:]).status == 507
        assert phone.get(path).json().get("promise") is None
    offset = int(phone.ask("HEAD", path, headers=TUS).headers["upload-offset"])
    assert patch(phone, path, offset, data[offset:]).status == 204
    assert promise_in(cramped, state(phone, path)).sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.slow
def test_a_disk_that_fills_while_photos_come_keeps_every_promise(cramped: Served, small_disk: Path) -> None:
    phone, promised, full = cramped.invited("volunteer"), [], 0
    for number in range(60):
        data = photo(number, SIZE)
        made = create(phone, SIZE)
        if made.status == 201:
            path = made.headers["location"]
            if patch(phone, path, 0, data).status == 204:
                promised.append(promise_in(cramped, state(phone, path)).sha256)
                continue
            assert phone.ask("DELETE", path, headers=TUS).status in (204, 507)
        full += 1
        if full == 5:
            break
    assert full == 5
    assert len(promised) > 10
    assert sorted(record.sha256 for record in photos_held(cramped)) == sorted(promised)
    assert all(hashlib.sha256(cramped.world.blobs.open(one)).hexdigest() == one for one in promised)


def test_a_file_that_may_not_grow_is_told_and_the_photo_goes_on_when_it_may(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1, 8_000_000)
    path = begun(phone, len(data))
    assert patch(phone, path, 0, data[:1_000_000]).status == 204
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000_000, limits[1]))
    try:
        is_told(phone, path, 1_000_000, data[1_000_000:])
        assert list(spooled(phones).values()) == [1_000_000]
        assert sent(phone, photo(2))["state"] == "promised"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert patch(phone, path, 1_000_000, data[1_000_000:]).status == 204
    assert promise_in(phones, state(phone, path)).sha256 == hashlib.sha256(data).hexdigest()
