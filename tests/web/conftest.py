"""A server over the demonstration election, with a reader that understands photos of text."""

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sending import PhoneReader
from served import Served, served

from testigo.wiring import make_home, open_home


@pytest.fixture(scope="session")
def town(project: Path) -> ModuleType:
    """The small town of `tests/flows`, which is another folder of tests."""
    spec = importlib.util.spec_from_file_location("town_of_flows", project / "tests" / "flows" / "town.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def server(town: ModuleType, tmp_path: Path) -> Iterator[Served]:
    """The town in a home, served."""
    world = make_home(town.write_town(tmp_path / "election"), tmp_path / "home", None)[0]
    with served(world, town.TextReader()) as running:
        yield running


@pytest.fixture(scope="session")
def prepared(town: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of the town, to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    make_home(town.write_town(folder / "election"), folder / "home", None)
    return folder / "home"


@pytest.fixture
def reader() -> PhoneReader:
    """What looks at photos in `phones`."""
    return PhoneReader()


@pytest.fixture
def phones(prepared: Path, tmp_path: Path, reader: PhoneReader) -> Iterator[Served]:
    """The town served, with a reader that takes what a phone sends."""
    with served(open_home(shutil.copytree(prepared, tmp_path / "home")), reader) as running:
        yield running
