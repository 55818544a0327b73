"""A second copy of every photo, before anybody is promised it."""

from pathlib import Path

import pytest

from testigo.errors import BadHome, BadUsage, BrokenStore, NotFound
from testigo.store.blobs_copied import CopiedBlobs
from testigo.store.blobs_folder import FolderBlobs
from testigo.store.memory import MemoryBlobs
from testigo.wiring import make_home, open_home


def test_either_place_answers_for_what_the_other_has_lost_or_spoilt() -> None:
    first, second = MemoryBlobs(), MemoryBlobs()
    both = CopiedBlobs(first, second)
    one, two = both.put(b"one"), both.put(b"two")
    assert first.held == second.held
    del first.held[one]
    first.held[two] = b"other"
    assert (both.open(one), both.open(two)) == (b"one", b"two")
    assert (both.has(one), list(both.all())) == (True, sorted([one, two]))
    del second.held[two]
    with pytest.raises(BrokenStore):
        both.open(two)
    del first.held[two]
    with pytest.raises(NotFound):
        both.open(two)


def test_a_copy_that_cannot_be_written_is_an_error_and_one_that_lies_too(tmp_path: Path) -> None:
    (tmp_path / "full").write_bytes(b"a file where a folder belongs")
    with pytest.raises(OSError, match="full"):
        CopiedBlobs(MemoryBlobs(), FolderBlobs(tmp_path / "full")).put(b"photo")

    class Lying(MemoryBlobs):
        def open(self, digest: object) -> bytes:
            return b"other"

    with pytest.raises(BrokenStore, match="copies"):
        CopiedBlobs(MemoryBlobs(), Lying()).put(b"photo")


def test_a_home_keeps_its_copies_where_it_was_told(project: Path, tmp_path: Path) -> None:
    election, home, copies = project / "elections" / "demo", tmp_path / "home", tmp_path / "other disk"
    world, _ = make_home(election, home, None, copies=str(copies))
    digest = world.blobs.put(b"photo")
    assert FolderBlobs(copies).open(digest) == b"photo"
    (found,) = (home / "blobs").rglob(digest)
    found.unlink()
    assert open_home(home).blobs.open(digest) == b"photo"
    make_home(election, home, None, copies=str(copies))
    with pytest.raises(BadHome, match="other disk"):
        make_home(election, home, None, copies=str(tmp_path / "third"))
    with pytest.raises(BadUsage, match="copies"):
        make_home(election, tmp_path / "second", None, copies="relative")
