"""What `deploy/` and docs/running.md tell people to run is there: commands, options, files."""

import re
import shlex
from pathlib import Path

import pytest
from cyclopts import App

from testigo.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
TOLD = (
    "deploy/testigo.service", "deploy/testigo-backup.service", "deploy/compose.yaml", "deploy/Containerfile",
    "docs/running.md",
)  # fmt: skip


def calls(text: str) -> list[list[str]]:
    """The arguments of every call of `testigo` in a text."""
    found = re.findall(
        r"(?:testigo/?bin/testigo|bin/testigo|^ *testigo|&& testigo|rm testigo|command:) ([a-z][^#&\n]*)", text, re.M
    )
    return [shlex.split(call) for call in found if not call.startswith(("caddy", "verify_alone"))]


def options_of(command: str) -> set[str]:
    """The options of a command as the command line has them."""
    name, target = next((name, target) for name, target, _ in COMMANDS if name == command)
    module, function = target.split(":")
    app = App(name=name)
    app.default(getattr(__import__(f"testigo.commands.{module}", fromlist=[function]), function))
    return {option for argument in app.assemble_argument_collection() for option in argument.names}


@pytest.mark.parametrize("name", TOLD)
def test_every_command_and_option_exists(name: str) -> None:
    told = calls((ROOT / name).read_text("utf-8"))
    known = {command for command, _, _ in COMMANDS}
    for command, *rest in told:
        assert command in known, command
        for option in (one for one in rest if one.startswith("--")):
            assert option in options_of(command), f"{command} {option}"
    assert told or name == "deploy/Containerfile"


@pytest.mark.parametrize("name", TOLD)
def test_every_file_that_is_named_exists(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    for path in re.findall(r"(?:requirements|deploy|docs)/[\w.-]+\w", text):
        assert (ROOT / path).exists(), path


def test_only_the_proxy_can_be_reached_and_nothing_keeps_addresses() -> None:
    compose = (ROOT / "deploy" / "compose.yaml").read_text("utf-8")
    services = re.split(r"\n  (?=\w+:\n)", compose.partition("services:")[2])
    assert [part.split(":")[0].strip() for part in services if "ports:" in part] == ["proxy"]
    caddy = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
    assert not re.search(r"^\s*log\b", caddy, re.M)
