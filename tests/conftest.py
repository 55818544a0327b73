"""What all tests share: where the real data is, and an object store on this machine."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from browsers import chromium_80, program
from object_store import ObjectStore, running_object_store

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
