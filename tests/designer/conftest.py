"""A desk that serves in a thread, and the folder of its election."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk_visit import Visit
from fourth_form import TRUTH, election_toml, filled, photographed

from testigo.designer.opening import opened_desk


@pytest.fixture(scope="session")
def make_folder() -> Callable[[Path], Path]:
    """Writes a folder with an election that has no form yet, and photos of two filled sheets; gives it."""

    def make(folder: Path) -> Path:
        (folder / "election").mkdir()
        (folder / "election" / "election.toml").write_text(election_toml())
        (folder / "first.jpg").write_bytes(photographed(filled(TRUTH))[0])
        (folder / "second.jpg").write_bytes(photographed(filled(TRUTH, seed=3), seed=5, turned=-4)[0])
        return folder

    return make


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory, make_folder: Callable[[Path], Path]) -> Iterator[Visit]:
    """A desk with the first photo as its page and the second as a sample."""
    folder = make_folder(tmp_path_factory.mktemp("desk"))
    with opened_desk([folder / "first.jpg"], [folder / "second.jpg"], folder / "election") as desk:
        thread = threading.Thread(target=desk.serve)
        thread.start()
        yield Visit(desk.address, folder / "election")
        desk.end()
        thread.join(20)
        assert not thread.is_alive()
