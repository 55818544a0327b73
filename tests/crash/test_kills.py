"""kill -9 at random moments: the same command ends well afterwards, nothing is lost and nothing is there twice."""

import random
import shutil
from pathlib import Path

import pytest
from disturb import COMMANDS, Stage, check_log, finish, kill_after, records_by_kind, start

from testigo.flows.staging import MARK
from testigo.tlog.policy import parse_policy
from testigo.verification.folder import FolderFiles
from testigo.verification.run import verify_bundle
from testigo.wiring import POLICY_FILE

pytestmark = pytest.mark.slow
KILLS = 50


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_killed_at_50_moments_ends_well(
    stages: dict[str, Stage], command: str, moments: random.Random, tmp_path: Path
) -> None:
    stage = stages[command]
    home, out = tmp_path / "home", tmp_path / "site"
    arguments = (str(out),) if command == "publish" else stage.arguments
    shutil.copytree(stage.home, home)
    kills = 0
    while kills < KILLS:
        if kill_after(home, command, arguments, moments.uniform(0.3, stage.takes)):
            kills += 1
            check_log(home)
            assert not out.exists() or (out / MARK).exists()
        else:
            assert records_by_kind(home) == stage.after
            shutil.rmtree(home)
            shutil.rmtree(out, ignore_errors=True)
            shutil.copytree(stage.home, home)
    finish(home, command, arguments)
    check_log(home)
    assert records_by_kind(home) == stage.after
    if command == "publish":
        policy = parse_policy((home / POLICY_FILE).read_text(), where=POLICY_FILE)
        assert verify_bundle(FolderFiles(out / "bundle"), policy).exit_code == 0
        assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "site"]


@pytest.mark.parametrize("limit", [2_000, 60_000, 400_000])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_cannot_write_says_so_and_ends_well_later(
    stages: dict[str, Stage], command: str, limit: int, tmp_path: Path
) -> None:
    stage = stages[command]
    home, out = tmp_path / "home", tmp_path / "site"
    arguments = (str(out),) if command == "publish" else stage.arguments
    shutil.copytree(stage.home, home)
    process = start(home, command, arguments, limit)
    _, told = process.communicate(timeout=120)
    assert process.returncode in (0, 74), told
    if process.returncode:
        assert told.count("\n") == 1, told
        assert "run the same command again" in told
        check_log(home)
        assert not out.exists()
    finish(home, command, arguments)
    check_log(home)
    assert records_by_kind(home) == stage.after
