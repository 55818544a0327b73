"""What all tests share: where the real data is, an object store and a PostgreSQL on this machine."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine

from browsers import chromium_80, program
from object_store import ObjectStore, running_object_store
from postgres import programs, running_postgres

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real tables and sheets; tests skip without it, except in CI, where it must be there."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        reason = "the real data (../shared/data) is not here"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStore]:
    """A running object store."""
    with running_object_store() as store:
        yield store


@pytest.fixture
def reached(object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """The object store, with the variables that lead to it in the environment, and no others of theirs."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in object_store.variables.items():
        monkeypatch.setenv(name, value)
    return object_store


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The folder of a running PostgreSQL's socket."""
    if programs() is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL's programs are not here")
        pytest.skip("PostgreSQL's programs are not here")
    with running_postgres() as folder:
        yield folder


@pytest.fixture
def new_database(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes an empty PostgreSQL database; its address."""

    def make() -> str:
        folder, name = request.getfixturevalue("postgres"), f"d{uuid4().hex}"
        engine = create_engine(f"postgresql+psycopg://testigo@/postgres?host={folder}", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return f"postgresql://testigo@/{name}?host={folder}"

    return make


@pytest.fixture(scope="session")
def old_chromium(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A program that starts Chromium 80."""
    return chromium_80(tmp_path_factory.mktemp("chromium-80"))


@pytest.fixture(params=["chromium", pytest.param("chromium 80", marks=pytest.mark.slow)])
def either_chromium(request: pytest.FixtureRequest) -> str:
    """Debian's Chromium, then the one of 2020."""
    if request.param == "chromium":
        return program("chromium")
    old: str = request.getfixturevalue("old_chromium")
    return old
