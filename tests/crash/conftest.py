"""A small election with photos, and its home before each command."""

import random
import shutil
import time
from pathlib import Path

import pytest
from disturb import COMMANDS, Stage, finish, records_by_kind

from testigo_drill.folder import write_drill


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory, project: Path) -> dict[str, Stage]:
    """Every command with a home that waits for it."""
    folder = tmp_path_factory.mktemp("crash")
    write_drill(folder / "drill", 36, 11, demo_folder=project / "elections" / "demo")
    home = folder / "home"
    finish(home, "setup", (str(folder / "drill" / "election"), "--home", str(home)))
    finish(home, "report", ("second", str(folder / "drill" / "tables" / "second.csv")))
    found = {}
    for command in COMMANDS:
        before = folder / f"before-{command}"
        shutil.copytree(home, before)
        arguments: tuple[str, ...] = ()
        if command == "intake":
            arguments = (str(folder / "drill" / "photos"), "--claims", str(folder / "drill" / "claims.csv"))
        elif command == "publish":
            arguments = (str(folder / "site"),)
        began = time.monotonic()
        finish(home, command, arguments)
        found[command] = Stage(command, before, arguments, time.monotonic() - began, records_by_kind(home))
    return found


@pytest.fixture
def moments() -> random.Random:
    """Random moments, the same ones every time."""
    return random.Random(28072024)
