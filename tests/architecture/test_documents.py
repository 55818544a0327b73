"""The documents say what the code does: names, keys, commands and links are compared."""

import re
import tomllib
from pathlib import Path

import pytest

from testigo.cli import COMMANDS
from testigo.core.catalogue import CHECKS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("requirements/*.md")])
FILES = ("README", "ARCHITECTURE", "GLOSSARY", "CONTRIBUTING", "SECURITY", "PRIVACY", "CHANGELOG")


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_documents_of_the_house_are_there() -> None:
    assert [name for name in FILES if not (ROOT / f"{name}.md").is_file()] == []
    assert (ROOT / "LICENSE").is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    asked = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    names = {re.split(r"[<>=\[ ]", one)[0] for one in asked} - {"testigo"}
    told = set(re.findall(r"^\| ([a-z0-9-]+) \|", text_of("docs/dependencies.md"), re.M)) - {"package"}
    assert told == names


def test_the_readme_names_every_command_and_no_other() -> None:
    named = set(re.findall(r"testigo ([a-z]+)\b", text_of("README.md")))
    commands = {name for name, _, _ in COMMANDS}
    assert commands <= named
    for page in PAGES:
        shown = set(re.findall(r"`testigo ([a-z]+)", page.read_text("utf-8")))
        assert shown <= commands, page


def test_the_schema_names_every_key_that_the_loaders_take() -> None:
    schema = text_of("docs/formats/election.md")
    taken = set()
    for module in ("election", "form"):
        source = text_of(f"src/testigo/core/{module}.py")
        taken |= set(
            re.findall(r"""\.(?:optional_)?(?:text|texts|number|numbers|table|tables|\w+_map)\("(\w+)\"""", source)
        )
        taken |= {key for keys in re.findall(r"for key in \(([^)]*)\)", source) for key in re.findall(r'"(\w+)"', keys)}
    assert [key for key in sorted(taken) if not re.search(rf"[`.\[]{key}[`\].]", schema)] == []


def test_the_architecture_names_every_package_and_only_modules_that_exist() -> None:
    page = text_of("ARCHITECTURE.md")
    packages = [path.parent.name for path in (ROOT / "src" / "testigo").glob("*/__init__.py")]
    assert [name for name in packages if f"{name}/" not in page] == []
    modules = re.findall(r"`((?:\w+/)+\w+\.py)`", page)
    assert [name for name in modules if not (ROOT / "src" / "testigo" / name).is_file()] == []


def test_every_threshold_of_an_election_belongs_to_a_check() -> None:
    known = {check.threshold for check in CHECKS}
    for election in (ROOT / "elections").glob("*/election.toml"):
        checks = tomllib.loads(election.read_text("utf-8")).get("checks", {})
        assert {key for key in checks if key != "weight"} <= known, election
