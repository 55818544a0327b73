"""What every `Blobs` promises: bytes by their hash, whole or not at all, never other bytes than were asked for."""

import os
import threading
from hashlib import sha256
from pathlib import Path

import obstore
import pytest

from testigo.core.ids import Digest
from testigo.errors import BrokenStore, NotFound
from testigo.ports import Blobs
from testigo.store.blobs_folder import FolderBlobs
from testigo.store.blobs_s3 import S3Blobs, _path
from testigo.store.memory import MemoryBlobs


def damage(blobs: Blobs, digest: Digest, data: bytes) -> None:
    """Puts other bytes where these were held."""
    if isinstance(blobs, MemoryBlobs):
        blobs.held[digest] = data
    elif isinstance(blobs, S3Blobs):
        obstore.put(blobs._store(), _path(digest), data)
    else:
        assert isinstance(blobs, FolderBlobs)
        blobs._path(digest).write_bytes(data)


@pytest.mark.parametrize("data", [b"", b"\0", b"a photo" * 100_000], ids=["empty", "zero", "large"])
def test_what_is_put_is_opened_by_its_hash(blobs: Blobs, data: bytes) -> None:
    digest = blobs.put(data)
    assert digest == sha256(data).hexdigest()
    assert (blobs.has(digest), blobs.open(digest), list(blobs.all())) == (True, data, [digest])


def test_putting_the_same_bytes_again_changes_nothing(blobs: Blobs) -> None:
    assert blobs.put(b"photo") == blobs.put(b"photo")
    assert len(list(blobs.all())) == 1


def test_what_is_not_held_is_not_found(blobs: Blobs) -> None:
    digest = Digest("ab" * 32)
    assert not blobs.has(digest)
    assert list(blobs.all()) == []
    with pytest.raises(NotFound, match=digest):
        blobs.open(digest)


def test_all_names_come_sorted(blobs: Blobs) -> None:
    digests = [blobs.put(bytes([n])) for n in range(40)]
    assert list(blobs.all()) == sorted(digests)


@pytest.mark.parametrize("found", [b"", b"phot", b"photo!", b"PHOTO"])
def test_a_damaged_blob_is_refused(blobs: Blobs, found: bytes) -> None:
    digest = blobs.put(b"photo")
    damage(blobs, digest, found)
    with pytest.raises(BrokenStore, match=f"expected {digest}"):
        blobs.open(digest)


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    blobs = FolderBlobs(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=f"No space left on device: '.*{sha256(b'photo').hexdigest()}'"):
        blobs.put(b"photo")
    monkeypatch.undo()
    assert list(blobs.all()) == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert blobs.open(blobs.put(b"photo")) == b"photo"


def test_what_a_stopped_writer_left_aside_is_never_seen(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    digest = blobs.put(b"photo")
    (tmp_path / digest[:2] / digest[2:4] / ".aside-1234").write_bytes(b"pho")
    assert list(blobs.all()) == [digest]


def test_many_writers_of_the_same_bytes_do_not_disturb_each_other(blobs: Blobs) -> None:
    data = [bytes([n]) * 50_000 for n in range(12)]
    threads = [threading.Thread(target=lambda: [blobs.put(one) for one in data]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [blobs.open(Digest(sha256(one).hexdigest())) for one in data] == data
    assert len(list(blobs.all())) == 12
