"""Each port's adapters, one after the other."""

from collections.abc import Callable
from pathlib import Path

import pytest
from stores import Store, memory_store, sql_store

from testigo.ports import Blobs, LogFiles, Signer
from testigo.store.blobs_folder import FolderBlobs
from testigo.store.log_folder import FolderLog
from testigo.store.memory import MemoryBlobs, MemoryLog, MemorySigner
from testigo.store.signer import FileSigner, make_key


@pytest.fixture(params=["sql", "memory"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Store]:
    """Makes an empty journal and its views under a name."""
    return (lambda name: sql_store(tmp_path / name)) if request.param == "sql" else lambda _: memory_store()


@pytest.fixture
def store(make_store: Callable[[str], Store]) -> Store:
    """A journal and its views."""
    return make_store("store.sqlite")


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """A store of bytes."""
    return FolderBlobs(tmp_path / "blobs") if request.param == "folder" else MemoryBlobs()


@pytest.fixture(params=["folder", "memory"])
def log_files(request: pytest.FixtureRequest, tmp_path: Path) -> LogFiles:
    """The files of a log."""
    return FolderLog(tmp_path / "log") if request.param == "folder" else MemoryLog()


@pytest.fixture(params=["file", "memory"])
def signer(request: pytest.FixtureRequest, tmp_path: Path) -> Signer:
    """A log's key, under the name log.example/1."""
    if request.param == "memory":
        return MemorySigner("log.example/1", bytes(range(32)))
    make_key(tmp_path / "keys" / "log.pem")
    return FileSigner(tmp_path / "keys" / "log.pem", "log.example/1")
