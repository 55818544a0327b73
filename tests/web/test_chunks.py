"""A body from a sender who is slow, silent or gone."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sending import photo
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from testigo.core.ids import Digest
from testigo.errors import BadPhoto, CannotWrite
from testigo.web.chunks import take_chunk
from testigo.web.spool import Part, Spool
from testigo.web.tus import Checksum

SECRET = Digest("ab" * 32)


def request_of(pieces: list[bytes], *, then: str) -> Request:
    """A request whose body comes in these pieces; `then` it is at its end, the sender hangs up, or nothing comes."""
    messages: list[Message] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]

    async def receive() -> Message:
        if messages:
            return messages.pop(0)
        if then == "silence":
            await asyncio.Event().wait()
        return {"type": "http.disconnect"} if then == "gone" else {"type": "http.request", "body": b""}

    return Request({"type": "http", "method": "PATCH", "headers": []}, receive)


def taken(
    part: Part, pieces: list[bytes], *, then: str = "end", checksum: Checksum | None = None, most: int = 9000
) -> int:
    request = request_of(pieces, then=then)
    return asyncio.run(
        take_chunk(request, part, offset=0, most=most, checksum=checksum, idle_s=0.05, whole_s=5)
    )  # fmt: skip


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def held(spool: Spool) -> Part:
    part = spool.hold(SECRET)
    assert part is not None
    return part


@pytest.mark.parametrize("then", ["end", "gone", "silence"])
def test_what_came_is_kept_however_it_ended(spool: Spool, then: str) -> None:
    data = photo(1)
    with held(spool) as part:
        assert taken(part, [data[:1], data[1:2], data[2:900], data[900:]], then=then) == len(data)
        assert part.read() == data


@pytest.mark.parametrize(("then", "status"), [("gone", 460), ("silence", 460)])
def test_what_came_of_a_body_with_a_checksum_is_kept_whole_or_not_at_all(spool: Spool, then: str, status: int) -> None:
    data = photo(1)
    with held(spool) as part:
        with pytest.raises(HTTPException) as caught:
            taken(part, [data[:3000]], then=then, checksum=Checksum("sha1", hashlib.sha1(data).digest()))
        assert (caught.value.status_code, part.read()) == (status, b"")
        assert taken(part, [data], checksum=Checksum("sha1", hashlib.sha1(data).digest())) == len(data)


@pytest.mark.parametrize("pieces", [[b"GIF89a", b"more"], [b"G", b"I", b"F"], [b"\xff\xd8", b"\x00"], [b"\xff"]])
def test_not_a_byte_is_kept_of_what_is_no_jpeg(spool: Spool, pieces: list[bytes]) -> None:
    with held(spool) as part:
        with pytest.raises(BadPhoto):
            taken(part, pieces)
        assert part.read() == b""


def test_two_bytes_of_a_photo_are_too_few_to_keep_when_the_sender_hangs_up(spool: Spool) -> None:
    with held(spool) as part:
        assert (taken(part, [b"\xff\xd8"], then="gone"), part.read()) == (0, b"")


def test_a_body_without_an_announced_length_ends_where_the_photo_does(spool: Spool) -> None:
    with held(spool) as part, pytest.raises(HTTPException) as caught:
        taken(part, [photo(1), photo(1)], most=6000)
    assert caught.value.status_code == 413


def test_a_file_is_in_one_pair_of_hands(spool: Spool) -> None:
    with held(spool):
        assert spool.hold(SECRET) is None
    held(spool).wipe()


@pytest.mark.parametrize(
    "broken", [lambda folder: folder.write_text("a file"), lambda folder: folder.symlink_to("/dev/null")]
)
def test_a_spool_that_cannot_be_written_is_told(tmp_path: Path, broken: Callable[[Path], object]) -> None:
    broken(tmp_path / "spool")
    with pytest.raises(CannotWrite, match="could not be kept"):
        Spool(tmp_path / "spool").hold(SECRET)


def test_a_link_in_the_spool_is_not_followed(tmp_path: Path, spool: Spool) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "elsewhere").write_bytes(b"kept")
    (tmp_path / "spool" / SECRET).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotWrite):
        spool.hold(SECRET)
    assert (tmp_path / "elsewhere").read_bytes() == b"kept"


def test_a_sweep_wipes_what_nobody_knows_and_leaves_what_is_in_use(tmp_path: Path, spool: Spool) -> None:
    known, unknown = Digest("cd" * 32), Digest("ef" * 32)
    for secret in (known, unknown):
        with spool.hold(secret) or pytest.fail("taken"):
            pass
    with held(spool):
        spool.sweep(lambda secret: secret == known)
    assert {path.name for path in (tmp_path / "spool").iterdir()} == {SECRET, known}
