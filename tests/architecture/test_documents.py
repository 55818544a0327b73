"""The documents say what the code does: names, keys, commands, paths and links are compared."""

import ast
import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from testigo.cli import COMMANDS
from testigo.core.catalogue import CHECKS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("requirements/*.md")])
FILES = ("README", "ARCHITECTURE", "GLOSSARY", "CONTRIBUTING", "SECURITY", "PRIVACY", "CHANGELOG")


HOLD_NOTHING = ("Reader", "Tables")
"""Protocols of `ports` whose adapters keep nothing: they have no twin in memory."""


def packages() -> list[str]:
    return sorted(path.parent.name for path in (ROOT / "src" / "testigo").glob("*/__init__.py"))


def is_protocol(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_documents_of_the_house_are_there() -> None:
    assert [name for name in FILES if not (ROOT / f"{name}.md").is_file()] == []
    assert (ROOT / "LICENSE").is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    named = re.findall(r"`((?:docs|elections|examples|requirements|src|tests)/[\w./-]*)`", text)
    named += [f"src/testigo/{path}" for path in re.findall(rf"`((?:{'|'.join(packages())})/(?:\w+\.py)?)`", text)]
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    asked = {"run": project["dependencies"], **project["optional-dependencies"]}
    names = {(re.split(r"[<>=\[ ]", one)[0], group) for group, some in asked.items() for one in some}
    told = re.findall(r"^\| ([a-z0-9-]+) \| (\w+) \|", text_of("docs/dependencies.md"), re.M)
    assert set(told) - {("package", "for")} == {(name, group) for name, group in names if name != "testigo"}


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
    for module in ("election", "form", "plan", "places"):
        source = text_of(f"src/testigo/core/{module}.py")
        taken |= set(
            re.findall(r"""\.(?:optional_)?(?:text|texts|number|numbers|table|tables|\w+_map)\("(\w+)\"""", source)
        )
        taken |= {key for keys in re.findall(r"for key in \(([^)]*)\)", source) for key in re.findall(r'"(\w+)"', keys)}
    assert [key for key in sorted(taken) if not re.search(rf"[`.\[]{key}[`\].]", schema)] == []


def test_the_architecture_names_every_module_once_and_no_other() -> None:
    tree = text_of("ARCHITECTURE.md").split("## The tree")[1].split("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)/` \| (.*) \|$", tree, re.M))
    loose, drill = re.findall(r"^`src/testigo(?:_drill)?/`: (.*?)(?=\n\n|\n*\Z)", tree, re.M | re.S)
    source = ROOT / "src" / "testigo"
    folders = {source: loose, ROOT / "src" / "testigo_drill": drill} | {source / row: rows[row] for row in rows}
    assert sorted(rows) == sorted(packages())
    for folder, told in folders.items():
        modules = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("__")}
        assert sorted(re.findall(r"\*\*(\w+)\*\*", told)) == sorted(modules), folder.name


def test_every_seam_is_told_with_its_adapter() -> None:
    ports = ast.parse(text_of("src/testigo/ports.py"))
    seams = [node.name for node in ports.body if isinstance(node, ast.ClassDef) and is_protocol(node)]
    seams.remove("Master")  # what a Reader hands back
    told = re.findall(r"^\| `(\w+)` \|.*\| .*`[\w/]+(?:\.py)?`.* \|$", text_of("ARCHITECTURE.md"), re.M)
    assert told == [*[name for name in seams if name not in HOLD_NOTHING], *HOLD_NOTHING]


def test_the_files_refused_as_photos_are_told_with_every_cause() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "src" / "testigo").rglob("*.py"))
    raised = set(re.findall(r'(?:BadPhoto\(|"cause": |Refused\(path\.name, )"(\w+)"', code)) - {"missing"}
    refused = text_of("docs/checks.md").split("## Files that are refused as photos")[1]
    assert set(re.findall(r"`(\w+)`", refused)) == raised


def test_the_published_tables_have_the_hashes_and_rows_that_are_told(shared_data: Path) -> None:
    page = text_of("docs/venezuela-2024-data.md")
    told = re.findall(r"^\| `([\w.-]+)` \|.*\| ([\d,]+) \| `([0-9a-f]{64})` \|$", page, re.M)
    assert len(told) == 3
    for name, rows, sha256 in told:
        data = (shared_data / "ve-2024" / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == sha256, name
        assert len(data.splitlines()) - 1 == int(rows.replace(",", "")), name
    with_cr = re.findall(r"^\| [\w ]+ \| `([0-9a-f]{64})` \|", page, re.M)
    tables = [(shared_data / "ve-2024" / name).read_bytes() for name, _, _ in told[:2]]
    assert [hashlib.sha256(data.replace(b"\n", b"\r\n")).hexdigest() for data in tables] == with_cr


def test_every_threshold_of_an_election_belongs_to_a_check() -> None:
    known = {check.threshold for check in CHECKS}
    for election in (ROOT / "elections").glob("*/election.toml"):
        checks = tomllib.loads(election.read_text("utf-8")).get("checks", {})
        assert {key for key in checks if key != "weight"} <= known, election
