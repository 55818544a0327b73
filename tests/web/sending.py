"""A phone that speaks tus over HTTP, and a reader that takes for a JPEG what begins as one."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from served import Answer, Person, Served

from testigo.core.promise import Promise
from testigo.core.records import Photo
from testigo.errors import BadPhoto
from testigo.flows.receive import opened_promise
from testigo.ports import Sight, StraightPage
from testigo.wiring import promise_signer

TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = TUS | {"Content-Type": "application/offset+octet-stream"}
EXIF = b"<exif: a camera, a place>"


def photo(number: int, size: int = 6000) -> bytes:
    """Bytes that `PhoneReader` takes for a photo; another number gives another one."""
    seed = hashlib.sha256(str(number).encode()).digest()
    return b"\xff\xd8\xff\xdb" + (seed * (size // 32 + 1))[: size - 4]


@dataclass(frozen=True)
class PhoneMaster:
    data: bytes
    media: str = "image/jpeg"
    width: int = 30
    height: int = 40
    orient: int = 1
    method: str = "test-strip"


class PhoneReader:
    """A `Reader` that looks at the first bytes, drops what `EXIF` stands for, and counts what it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def masters(self, data: bytes) -> tuple[PhoneMaster, ...]:
        self.asked += 1
        if b"BROKEN" in data:
            raise BadPhoto("broken", "the picture ends in the middle")
        return (PhoneMaster(data.replace(EXIF, b""), orient=6 if EXIF in data else 1),)

    def read(self, data: bytes, orient: int) -> Sight:
        return Sight((), 0)

    def thumbnail(self, data: bytes, orient: int, width: int) -> bytes:
        return data

    def straightened(self, data: bytes, orient: int) -> tuple[StraightPage, ...]:
        return ()


def create(phone: Person, length: int, says: object = None, **headers: str) -> Answer:
    """The creation of an upload of this length; `says` is its JSON."""
    own = TUS | {"Upload-Length": str(length)} | headers
    if says is None:
        return phone.ask("POST", "/api/uploads", b"", own)
    return phone.ask("POST", "/api/uploads", json.dumps(says).encode(), own | {"Content-Type": "application/json"})


def begun(phone: Person, length: int, says: Mapping[str, object] | None = None) -> str:
    """The path of a new upload."""
    answer = create(phone, length, says)
    assert answer.status == 201, answer.text
    return answer.headers["location"]


def patch(phone: Person, path: str, offset: int, data: bytes, **headers: str) -> Answer:
    return phone.ask("PATCH", path, data, CHUNK | {"Upload-Offset": str(offset)} | headers)


def checksum(data: bytes) -> str:
    return "sha256 " + base64.b64encode(hashlib.sha256(data).digest()).decode()


def state(phone: Person, path: str) -> dict:  # type: ignore[type-arg]
    answer = phone.get(path)
    assert answer.status == 200, answer.text
    return answer.json()


def sent(phone: Person, data: bytes, says: Mapping[str, object] | None = None) -> dict:  # type: ignore[type-arg]
    """What became of a photo that was sent in one chunk."""
    path = begun(phone, len(data), says)
    assert patch(phone, path, 0, data).status == 204
    return state(phone, path)


def promise_in(server: Served, told: Mapping[str, str]) -> Promise:
    """The promise that the server's own key signed."""
    assert told["state"] == "promised", told
    return opened_promise(told["promise"].encode(), promise_signer(server.world).vkey)


def photos_held(server: Served) -> list[Photo]:
    return [record for _, record in server.world.views.records() if isinstance(record, Photo)]


def spooled(server: Served) -> dict[str, int]:
    """The files of uploads under way with their sizes in bytes."""
    folder = server.world.home / "spool"
    return {path.name: path.stat().st_size for path in folder.iterdir()} if folder.is_dir() else {}
