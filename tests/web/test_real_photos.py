"""A JPEG with metadata through the real reader: checked in its child process, promised without what it told."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sending import photos_held, promise_in, sent, spooled
from served import Served, served

from testigo.vision.strip import strip
from testigo.wiring import open_home, photo_readers

cv2 = pytest.importorskip("cv2")
numpy = pytest.importorskip("numpy")

EXIF = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0canary-of-a-camera"


@pytest.fixture
def decoding(prepared: Path, tmp_path: Path) -> Iterator[Served]:
    """The town served, with the reader of a deployment."""
    world = open_home(shutil.copytree(prepared, tmp_path / "home"))
    with photo_readers(world) as reader, served(world, reader) as running:
        yield running


def test_photos_are_decoded_in_a_child_before_they_are_promised(decoding: Served) -> None:
    phone = decoding.invited("volunteer")
    picture = numpy.random.default_rng(5).integers(0, 255, (480, 640), "uint8")
    plain: bytes = cv2.imencode(".jpg", picture)[1].tobytes()
    jpeg = plain[:2] + b"\xff\xe1" + (len(EXIF) + 2).to_bytes(2, "big") + EXIF + plain[2:] + b"canary behind it"
    promise = promise_in(decoding, sent(phone, jpeg, {"station": "T1"}))
    (record,) = photos_held(decoding)
    assert (record.sha256, record.width, record.height, record.orient) == (promise.sha256, 640, 480, 6)
    assert decoding.world.blobs.open(promise.sha256) == strip(jpeg).data
    cut = plain[: len(plain) // 2]
    bomb = plain.replace((480).to_bytes(2, "big") + (640).to_bytes(2, "big"), b"\xff\xff\xff\xff", 1)
    told = [sent(phone, data) for data in (cut, bomb, b"\xff\xd8\xff" + bytes(5000))]
    assert [(one["state"], one["promise"]) for one in told] == [("refused", None)] * 3
    assert told[1]["code"] == "huge"
    assert (len(photos_held(decoding)), spooled(decoding)) == (1, {})
    kept = [path for path in decoding.world.home.rglob("*") if path.is_file()]
    assert not any(b"canary" in path.read_bytes() for path in kept)
