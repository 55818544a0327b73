"""What `deploy/` and docs/running.md tell people to run is there: commands, options, files."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from cyclopts import App

from testigo.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
TOLD = (
    "deploy/testigo.service", "deploy/testigo-backup.service", "deploy/compose.yaml", "deploy/Containerfile",
    "deploy/laptop.sh", "docs/running.md",
)  # fmt: skip


def calls(text: str) -> list[list[str]]:
    """The arguments of every call of `testigo` in a text."""
    found = re.findall(
        r"(?:testigo/?bin/testigo|bin/testigo|^ *testigo|&& testigo|rm testigo|command:) ([a-z][^#&\n]*)", text, re.M
    )
    return [shlex.split(call) for call in found if not call.startswith(("posix", "verify_alone"))]


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


def test_only_the_proxy_can_be_reached_and_only_it_reaches_out() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
    services = compose["services"]
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    assert services["proxy"]["ports"] == ["443:443"]
    assert [name for name, one in services.items() if "outside" in one["networks"]] == ["proxy"]
    inside = compose["networks"]["inside"]
    assert inside["internal"] is True
    # Whom testigo believes who asks: the proxy's network alone.
    assert f"--proxy {inside['ipam']['config'][0]['subnet']} " in services["testigo"]["command"]
    assert all("network_mode" not in one and one["networks"] for one in services.values())


def test_what_a_service_needs_is_there_and_no_password_stands_in_the_file() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
    services = compose["services"]
    for name, one in services.items():
        assert set(one.get("depends_on", ())) <= services.keys(), name
        for volume in one["volumes"]:
            source = volume.split(":")[0]
            assert (ROOT / "deploy" / source).is_file() if source.startswith(".") else source in compose["volumes"], (
                volume
            )
        for variable, value in one.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|ACCESS_KEY", variable):
                assert re.fullmatch(r"\$\{\w+:\?\}", value), variable
    assert (
        ROOT / "deploy" / services["testigo"]["build"]["context"] / services["testigo"]["build"]["dockerfile"]
    ).is_file()
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "deploy" / "compose.yaml").read_text("utf-8")))
    told = (ROOT / "deploy" / "compose.yaml").read_text("utf-8").split("services:")[0]
    assert all(name in told for name in asked)


@pytest.mark.parametrize("name", ["Caddyfile", "laptop.Caddyfile"])
def test_the_proxy_keeps_nothing_of_a_request_and_tells_no_address(name: str) -> None:
    caddy = re.sub(r"^#.*$", "", (ROOT / "deploy" / name).read_text("utf-8"), flags=re.M)
    assert re.findall(r"^\s*log\b.*\n\s*(.*)$", caddy, re.M) == ["exclude http"]
    assert re.findall(r"header_up (\S+)", caddy) == ["X-Forwarded-For", "-X-Real-IP", "-Forwarded"]
