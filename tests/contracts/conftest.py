"""Each port's adapters, one after the other."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from stores import Store, engine_store, memory_store, sql_store

from testigo.ports import Blobs, LogFiles, Opener, Signer
from testigo.store.blobs_folder import FolderBlobs
from testigo.store.blobs_s3 import S3Blobs
from testigo.store.engine import postgres_engine
from testigo.store.log_folder import FolderLog
from testigo.store.memory import MemoryBlobs, MemoryLog, MemoryOpener, MemorySigner
from testigo.store.opener import FileOpener, make_intake_key
from testigo.store.signer import FileSigner, make_key


@pytest.fixture(params=["sql", "memory", pytest.param("postgres", marks=pytest.mark.thirdparty)])
def make_store(
    request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[], str]
) -> Iterator[Callable[[str], Store]]:
    """Makes an empty journal and its views under a name."""
    if request.param != "postgres":
        yield (lambda name: sql_store(tmp_path / name)) if request.param == "sql" else lambda _: memory_store()
        return
    engines: list[Engine] = []

    def make(name: str) -> Store:
        url = new_database()

        def open_engine() -> Engine:
            engines.append(postgres_engine(url))
            return engines[-1]

        return engine_store(open_engine)

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def store(make_store: Callable[[str], Store]) -> Store:
    """A journal and its views."""
    return make_store("store.sqlite")


@pytest.fixture(params=["folder", "memory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """A store of bytes."""
    if request.param == "s3":
        bucket = request.getfixturevalue("reached").new_bucket()
        return S3Blobs(f"s3://{bucket}/a/prefix")
    return FolderBlobs(tmp_path / "blobs") if request.param == "folder" else MemoryBlobs()


@pytest.fixture(params=["folder", "memory"])
def log_files(request: pytest.FixtureRequest, tmp_path: Path) -> LogFiles:
    """The files of a log."""
    return FolderLog(tmp_path / "log") if request.param == "folder" else MemoryLog()


@pytest.fixture(params=["file", "memory"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """The key that opens photos for the log log.example/1."""
    if request.param == "memory":
        return MemoryOpener("log.example/1")
    make_intake_key(tmp_path / "keys" / "intake.pem")
    return FileOpener(tmp_path / "keys" / "intake.pem", "log.example/1")


@pytest.fixture(params=["file", "memory"])
def signer(request: pytest.FixtureRequest, tmp_path: Path) -> Signer:
    """A log's key, under the name log.example/1."""
    if request.param == "memory":
        return MemorySigner("log.example/1", bytes(range(32)))
    make_key(tmp_path / "keys" / "log.pem")
    return FileSigner(tmp_path / "keys" / "log.pem", "log.example/1")
