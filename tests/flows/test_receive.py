"""A photo from a phone: bytes before record before promise, whatever stops in between."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from town import memory_world, write_town

from testigo.core.ids import Digest, StationCode
from testigo.core.promise import Promise, deadline_after
from testigo.core.records import Photo, Record
from testigo.errors import BadNote, BadPhoto, BrokenStore
from testigo.flows.receive import Sent, opened_promise, promised, receive
from testigo.flows.seal import seal
from testigo.ports import Sight, Signer, StraightPage, World
from testigo.store.memory import MemoryBlobs, MemorySigner
from testigo.tlog.note import format_note, key_id_of
from testigo.vision.strip import Stripped, strip

NOW = datetime(2031, 5, 4, 22, 7, 41, tzinfo=UTC)
ORIGIN = "log.example/town"


class StrippingReader:
    """A `Reader` that strips, and decodes nothing."""

    def masters(self, data: bytes) -> tuple[Stripped, ...]:
        return (strip(data),) if not data.endswith(b"two") else (strip(data), strip(data))

    def read(self, data: bytes, orient: int) -> Sight:
        return Sight((), 0)

    def thumbnail(self, data: bytes, orient: int, width: int) -> bytes:
        return data

    def straightened(self, data: bytes, orient: int) -> tuple[StraightPage, ...]:
        return ()


class Stopped(Exception):
    """The machine stops here."""


@dataclass
class Stopping:
    """Something that works, until it stops before or after the call of one name."""

    inner: object
    name: str
    after: bool

    def __getattr__(self, name: str) -> object:
        found = getattr(self.inner, name)
        if name != self.name:
            return found

        def stopped(*given: object) -> object:
            if self.after:
                found(*given)
            raise Stopped

        return stopped


@pytest.fixture
def world(tmp_path: Path) -> World:
    return memory_world(write_town(tmp_path / "election"), tmp_path / "home")


@pytest.fixture
def signer() -> MemorySigner:
    return MemorySigner(f"{ORIGIN}/promise", b"\x07" * 32)


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    """A JPEG of the form that phones write, with what a phone says of itself in it."""
    cv2 = pytest.importorskip("cv2")
    numpy = pytest.importorskip("numpy")
    picture = numpy.add.outer(numpy.arange(48), numpy.arange(64)).astype("uint8")
    plain: bytes = cv2.imencode(".jpg", picture)[1].tobytes()
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    return plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:]


def photos(world: World) -> list[Photo]:
    return [record for _, record in world.views.records() if isinstance(record, Photo)]


def test_the_master_is_held_recorded_and_promised(world: World, signer: Signer, jpeg: bytes) -> None:
    sent = Sent(Digest(hashlib.sha256(jpeg).hexdigest()), StationCode("T2"), 2)
    received = receive(world, StrippingReader(), signer, jpeg, sent, NOW)
    master = strip(jpeg)
    assert master.data != jpeg
    assert world.blobs.open(received.sha256) == master.data
    assert photos(world) == [
        Photo(received.sha256, len(master.data), "image/jpeg", 64, 48, 6, "jpeg-strip-1", 2, StationCode("T2"))
    ]
    assert opened_promise(received.note.encode(), signer.vkey) == Promise(
        ORIGIN, received.sha256, deadline_after(NOW.timestamp())
    )
    assert seal(world).size == len(list(world.views.records()))


def test_the_orientation_that_the_phone_states_counts_where_the_photo_says_none(
    world: World, signer: Signer, jpeg: bytes
) -> None:
    receive(world, StrippingReader(), signer, strip(jpeg).data, Sent(orient=8), NOW)
    assert photos(world)[0].orient == 8


def test_the_answer_for_bytes_that_were_held_is_the_same(world: World, signer: Signer, jpeg: bytes) -> None:
    first = receive(world, StrippingReader(), signer, jpeg, Sent(), NOW)
    waiting = world.journal.waiting()
    assert receive(world, StrippingReader(), signer, strip(jpeg).data, Sent(orient=6), NOW) == first
    assert world.journal.waiting() == waiting
    seal(world)
    assert receive(world, StrippingReader(), signer, jpeg, Sent(), NOW) == first


def test_photos_of_the_same_ten_minutes_have_one_deadline(world: World, signer: Signer, jpeg: bytes) -> None:
    notes = {receive(world, StrippingReader(), signer, jpeg, Sent(), NOW + timedelta(seconds=s)).note for s in (0, 100)}
    assert len(notes) == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("place", "name"), [("blobs", "put"), ("blobs", "open"), ("journal", "append"), ("signer", "sign")]
)
def test_what_stops_at_any_point_promises_nothing_and_is_done_again(
    world: World, signer: Signer, jpeg: bytes, place: str, name: str, after: bool
) -> None:
    broken, its_signer = world, signer
    if place == "signer":
        its_signer = Stopping(signer, name, after)  # type: ignore[assignment]
    else:
        broken = replace(world, **{place: Stopping(getattr(world, place), name, after)})  # type: ignore[arg-type]
    with pytest.raises(Stopped):
        receive(broken, StrippingReader(), its_signer, jpeg, Sent(), NOW)
    held = {photo.sha256 for photo in photos(world)}
    assert all(world.blobs.has(sha256) for sha256 in held), "a record without its bytes"
    received = receive(world, StrippingReader(), signer, jpeg, Sent(), NOW)
    assert world.blobs.has(received.sha256)
    assert [photo.sha256 for photo in photos(world)] == [received.sha256]


def test_every_promise_ever_signed_is_for_bytes_that_are_held_and_recorded(
    world: World, jpeg: bytes, signer: MemorySigner
) -> None:
    seen: list[tuple[bool, int]] = []

    @dataclass
    class Watching:
        vkey: str

        def sign(self, text: bytes) -> bytes:
            sha256 = Digest(text.split(b"\n")[1].decode())
            seen.append((world.blobs.has(sha256), len(photos(world))))
            return signer.sign(text)

    receive(world, StrippingReader(), Watching(signer.vkey), jpeg, Sent(), NOW)
    assert seen == [(True, 1)]


class Forgetful(MemoryBlobs):
    """A store whose disk gives back other bytes."""

    def open(self, digest: Digest) -> bytes:
        return super().open(digest)[:-1] + b"\0"


class Lossy(MemoryBlobs):
    """A store that says that it holds what it does not hold."""

    def put(self, data: bytes) -> Digest:
        digest = super().put(data)
        self.held[digest] = data[:-1]
        return digest


@pytest.mark.parametrize("blobs", [Forgetful, Lossy])
def test_bytes_that_come_back_changed_are_not_promised(
    world: World, signer: Signer, jpeg: bytes, blobs: Callable[[], MemoryBlobs]
) -> None:
    with pytest.raises(BrokenStore):
        receive(replace(world, blobs=blobs()), StrippingReader(), signer, jpeg, Sent(), NOW)
    assert photos(world) == []


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (lambda jpeg: b"\x89PNG\r\n\x1a\n" + jpeg, "foreign"),
        (lambda jpeg: b"%PDF-" + jpeg, "foreign"),
        (lambda jpeg: b"", "foreign"),
        (lambda jpeg: jpeg + b"two", "foreign"),
        (lambda jpeg: jpeg[:-40], "broken"),
    ],
)
def test_what_is_refused_leaves_nothing(
    world: World, signer: Signer, jpeg: bytes, make: Callable[[bytes], bytes], cause: str
) -> None:
    records: list[Record | None] = [record for _, record in world.views.records()]
    held = list(world.blobs.all())
    with pytest.raises(BadPhoto) as caught:
        receive(world, StrippingReader(), signer, make(jpeg), Sent(), NOW)
    assert caught.value.cause == cause
    assert (list(world.blobs.all()), [record for _, record in world.views.records()]) == (held, records)


def test_bytes_that_are_not_those_announced_are_refused(world: World, signer: Signer, jpeg: bytes) -> None:
    with pytest.raises(BadPhoto, match="changed on their way"):
        receive(world, StrippingReader(), signer, jpeg, Sent(Digest("ab" * 32)), NOW)


def test_a_promise_of_another_key_or_changed_by_a_letter_is_none(signer: Signer) -> None:
    note = promised(signer, ORIGIN, Digest("ab" * 32), NOW).note.encode()
    other = MemorySigner(f"{ORIGIN}/promise", b"\x08" * 32)
    with pytest.raises(BadNote, match="none of the known keys"):
        opened_promise(note, other.vkey)
    with pytest.raises(BadNote, match="false"):
        opened_promise(note.replace(b"abab", b"abac", 1), signer.vkey)
    log_key = MemorySigner(ORIGIN, b"\x09" * 32)
    checkpoint_like = _signed(log_key, note.split(b"\n\n")[0].replace(b"/promise", b"") + b"\n")
    with pytest.raises(BadNote, match="line 1"):
        opened_promise(checkpoint_like, log_key.vkey)


def test_a_key_of_another_log_promises_nothing_here(signer: Signer) -> None:
    with pytest.raises(BadNote, match="the signer has"):
        promised(signer, "log.example/other", Digest("ab" * 32), NOW)
    text = promised(signer, ORIGIN, Digest("ab" * 32), NOW).note.encode().split(b"\n\n")[0] + b"\n"
    stranger = MemorySigner("log.example/other/promise", b"\x09" * 32)
    with pytest.raises(BadNote, match=r"expected a text of log\.example/other/promise"):
        opened_promise(_signed(stranger, text), stranger.vkey)


def _signed(signer: Signer, text: bytes) -> bytes:

    return format_note(text, [(*key_id_of(signer.vkey), signer.sign(text))])
