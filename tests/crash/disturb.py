"""Ways to disturb a command, and what must hold afterwards."""

import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from testigo.core.records import Act, Photo
from testigo.ports import World
from testigo.tlog.merkle import root_of
from testigo.tlog.policy import open_checkpoint, parse_policy
from testigo.wiring import POLICY_FILE, open_home

COMMANDS = ("intake", "read", "seal", "publish")


@dataclass(frozen=True)
class Stage:
    """A home just before a command, and how long the undisturbed command takes, in seconds."""

    command: str
    home: Path
    arguments: tuple[str, ...]
    takes: float
    after: Counter[str]


def start(home: Path, command: str, arguments: tuple[str, ...], limit: int | None = None) -> subprocess.Popen[str]:
    """The command as a process group of its own, with a limit on what a file may hold where one is given."""

    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, "-m", "testigo", command, *arguments],
        env={**os.environ, "TESTIGO_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=limited,
    )


def finish(home: Path, command: str, arguments: tuple[str, ...]) -> None:
    """Runs the command to its end, which must be a good one."""
    process = start(home, command, arguments)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err


def kill_after(home: Path, command: str, arguments: tuple[str, ...], seconds: float) -> bool:
    """Whether the command was still running when it was killed, with all its children."""
    process = start(home, command, arguments)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    return False


@contextmanager
def opened(home: Path) -> Iterator[World]:
    """The World of a home, closed before anybody copies its database."""
    world = open_home(home)
    try:
        yield world
    finally:
        world.journal.close()


def records_by_kind(home: Path) -> Counter[str]:
    """How many records of each kind the home holds; every photo that has one is held."""
    with opened(home) as world:
        records = [record for _, record in world.views.records()]
        assert all(world.blobs.has(record.sha256) for record in records if isinstance(record, Photo))
    acts = [record for record in records if isinstance(record, Act)]
    assert len(acts) == len(set(map(str, acts)))
    return Counter(type(record).__name__ for record in records)


def check_log(home: Path) -> None:
    """The last checkpoint that was published is signed, and its root is that of the leaves."""
    with opened(home) as world:
        note = world.log.get("checkpoint")
        assert note is not None
        policy = parse_policy((home / POLICY_FILE).read_text(), where=POLICY_FILE)
        checkpoint, _ = open_checkpoint(note, policy)
        assert root_of(list(world.journal.leaf_hashes()[: checkpoint.size])) == checkpoint.root
