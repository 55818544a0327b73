"""Worlds that flows work on: a home with its files, and one in memory."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from town import TextReader, memory_world, write_town

from testigo.flows.intake import PhotosTaken, files_of, intake
from testigo.flows.read import PhotosRead, read
from testigo.ports import World
from testigo.wiring import make_home

MakeWorld = Callable[..., World]


@pytest.fixture(params=["home", "memory"])
def make_world(request: pytest.FixtureRequest, tmp_path: Path) -> MakeWorld:
    """Sets up the town; the arguments are those of `write_town`."""

    def make(name: str = "town", **policy: object) -> World:
        folder = write_town(tmp_path / f"{name}-election", **policy)  # type: ignore[arg-type]
        home = tmp_path / f"{name}-home"
        if request.param == "memory":
            home.mkdir()
            return memory_world(folder, home)
        return make_home(folder, home, None)[0]

    return make


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """The town, set up, with photos before the tables of north and south."""
    return make_world()


@pytest.fixture
def home_world(tmp_path: Path) -> World:
    """The town in a home with files and a database."""
    return make_home(write_town(tmp_path / "election"), tmp_path / "home", None)[0]


@pytest.fixture
def photograph(tmp_path: Path) -> Callable[..., tuple[PhotosTaken, PhotosRead]]:
    """Takes photos in, given by file name, and reads them; `claims` are stations by file name."""

    def take(world: World, photos: dict[str, bytes], claims: dict | None = None) -> tuple[PhotosTaken, PhotosRead]:  # type: ignore[type-arg]
        folder = tmp_path / "photos"
        folder.mkdir(exist_ok=True)
        for name, data in photos.items():
            (folder / name).write_bytes(data)
        files, reader = files_of([folder / name for name in photos]), TextReader()
        with ThreadPoolExecutor(2) as executor:
            taken = intake(world, files, claims or {}, executor, reader, lambda n: None)
            return taken, read(world, executor, reader, lambda n: None)

    return take
