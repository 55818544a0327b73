"""What every `LogFiles` promises: files by their path, whole or not at all."""

import os
from pathlib import Path

import pytest

from testigo.ports import LogFiles
from testigo.store.log_folder import FolderLog


def test_what_is_put_under_a_path_is_there(log_files: LogFiles) -> None:
    log_files.put("tile/0/x001/067.p/7", b"hashes")
    log_files.put("checkpoint", b"")
    assert (log_files.get("tile/0/x001/067.p/7"), log_files.get("checkpoint")) == (b"hashes", b"")


def test_there_is_nothing_under_another_path(log_files: LogFiles) -> None:
    assert log_files.get("checkpoint") is None
    assert log_files.names() == ()


def test_other_bytes_under_a_path_replace_those_that_were_there(log_files: LogFiles) -> None:
    log_files.put("checkpoint", b"a long one")
    log_files.put("checkpoint", b"new")
    assert (log_files.get("checkpoint"), log_files.names()) == (b"new", ("checkpoint",))


def test_all_paths_come_sorted(log_files: LogFiles) -> None:
    names = ["checkpoints/9", "tile/entries/000.p/3", "checkpoint", "tile/0/000", "checkpoints/12"]
    for name in names:
        log_files.put(name, name.encode())
    assert log_files.names() == tuple(sorted(names))


def test_the_same_bytes_again_are_not_written(tmp_path: Path) -> None:
    log = FolderLog(tmp_path)
    log.put("checkpoint", b"note")
    before = (tmp_path / "checkpoint").stat()
    log.put("checkpoint", b"note")
    assert (tmp_path / "checkpoint").stat() == before


def test_a_write_that_fails_leaves_the_earlier_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    log = FolderLog(tmp_path)
    log.put("checkpoint", b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        log.put("checkpoint", b"new")
    assert (log.get("checkpoint"), log.names()) == (b"old", ("checkpoint",))
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
