"""With photos in a bucket, a promise waits until the bucket has the photo; without a bucket nothing is promised."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sending import Answer, PhoneReader, begun, patch, photo, photos_held, promise_in, sent, spooled, state
from served import Served, served

from object_store import Line, ObjectStore, cut_line
from testigo.wiring import make_home

DATA = photo(1)
HASH = hashlib.sha256(DATA).hexdigest()
NAME = f"town/{HASH[:2]}/{HASH[2:4]}/{HASH}"


@pytest.fixture
def bucket(reached: ObjectStore) -> str:
    """An empty bucket."""
    return reached.new_bucket()


@pytest.fixture
def line(reached: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """The server's line to the object store."""
    with cut_line(reached.port) as line:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{line.port}")
        yield line


@pytest.fixture
def far_phones(town: ModuleType, tmp_path: Path, bucket: str, line: Line) -> Iterator[Served]:
    """The town served, with its photos in the bucket."""
    world = make_home(town.write_town(tmp_path / "election"), tmp_path / "home", None, blobs=f"s3://{bucket}/town")[0]
    with served(world, PhoneReader()) as running:
        yield running


def test_a_photo_is_promised_only_once_the_bucket_has_it(
    far_phones: Served, reached: ObjectStore, bucket: str, line: Line
) -> None:
    phone = far_phones.invited("volunteer")
    path = begun(phone, len(DATA), {"sha256": HASH})
    assert spooled(far_phones) == {}
    line.waiting.clear()
    line.free.clear()
    answers: list[Answer] = []
    sending = threading.Thread(target=lambda: answers.append(patch(phone, path, 0, DATA)))
    sending.start()
    try:
        assert line.waiting.wait(20)
        # All of the photo is here, its way to the bucket is not done: nobody is told that it is safe.
        assert state(phone, path)["state"] == "waiting"
        assert (answers, photos_held(far_phones), NAME in reached.held(bucket)) == ([], [], False)
    finally:
        line.free.set()
        sending.join()
    assert [answer.status for answer in answers] == [204]
    assert promise_in(far_phones, state(phone, path)).sha256 == HASH
    assert reached.held(bucket)[NAME] == DATA
    assert [record.sha256 for record in photos_held(far_phones)] == [HASH]


@pytest.mark.slow
def test_what_the_bucket_did_not_take_is_kept_and_promised_when_it_does(
    far_phones: Served, reached: ObjectStore, bucket: str, line: Line, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = far_phones.invited("volunteer")
    path = begun(phone, len(DATA), {"sha256": HASH})
    line.cut_puts = 99
    refused = patch(phone, path, 0, DATA)
    assert (refused.status, refused.json()["code"]) == (507, "write")
    assert "s3:" not in refused.text
    assert f"testigo: s3://{bucket}/town: the object store does not answer" in capsys.readouterr().err
    assert (phone.get(path).status, photos_held(far_phones)) == (507, [])
    assert list(spooled(far_phones).values()) == [len(DATA)]
    line.cut_puts = 0
    assert patch(phone, path, len(DATA), b"").status == 204
    assert promise_in(far_phones, state(phone, path)).sha256 == HASH
    assert reached.held(bucket)[NAME] == DATA
    assert spooled(far_phones) == {}


def test_a_photo_whose_bytes_changed_in_the_bucket_is_not_promised(
    far_phones: Served, reached: ObjectStore, bucket: str
) -> None:
    reached.overwrite(bucket, NAME, b"other bytes")
    phone = far_phones.invited("volunteer")
    path = begun(phone, len(DATA), {"sha256": HASH})
    assert (patch(phone, path, 0, DATA).status, phone.get(path).status) == (500, 500)
    assert photos_held(far_phones) == []
    assert sent(phone, photo(2))["state"] == "promised"
