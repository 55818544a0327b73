"""The house rules that a program can hold: layers, sizes, words, what never stands in a file."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = ("core", "tlog", "verification")
CODE = sorted(
    path for top in ("src", "tests", "benchmarks", "examples") for path in (ROOT / top).rglob("*.py")
    if "egg-info" not in path.parts
)  # fmt: skip
FORBIDDEN_WORDS = ("winner", "fraud", "stolen", "anomaly", "ground truth")


def tracked() -> list[Path]:
    """The files of the project that hold text, without those that git does not know."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]
    return [path for path in paths if b"\0" not in path.read_bytes()[:4096]]


def test_the_layers_hold() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_the_pure_packages_import_only_the_standard_library_and_each_other() -> None:
    allowed = set(sys.stdlib_module_names) | {"testigo"}
    for package in PURE:
        for path in (ROOT / "src" / "testigo" / package).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                assert {name.split(".")[0] for name in names} <= allowed, path


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_is_over_400_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_no_page_or_text_takes_sides() -> None:
    shown = [*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.html"), *(ROOT / "elections").rglob("*.toml")]
    for path in [*shown, *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        # The glossary ends with the list itself.
        text = path.read_text("utf-8").lower().split("\nnot used, ")[0]
        assert [word for word in FORBIDDEN_WORDS if re.search(rf"\b{word}s?\b", text)] == [], path


def test_no_file_names_a_registry_or_a_place_on_a_machine() -> None:
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org", "deb.debian" + ".org")
    places = re.compile(r"(?<![\w.$}/:])/(?:work|root|home/\w+)/")
    for path in tracked():
        text = path.read_text("utf-8", "replace")
        assert [host for host in hosts if host in text] == [], path
        assert places.findall(text) == [], path


def test_what_a_port_holds_has_a_twin_in_memory_with_the_same_words() -> None:
    """Readers, their masters and tables hold nothing; each of the other ports has a class in `store/memory.py`."""
    ports, memory = (
        {node.name: methods_of(node) for node in ast.parse((ROOT / "src/testigo" / name).read_text("utf-8")).body
         if isinstance(node, ast.ClassDef)}
        for name in ("ports.py", "store/memory.py")
    )  # fmt: skip
    twins = {"Memory" + name.removesuffix("Files"): methods for name, methods in ports.items() if methods}
    twins = {
        name: methods for name, methods in twins.items() if name not in ("MemoryReader", "MemoryMaster", "MemoryTables")
    }
    assert twins.keys() == memory.keys()
    assert [name for name, methods in twins.items() if not methods <= memory[name]] == []


def methods_of(node: ast.ClassDef) -> frozenset[tuple[str, str]]:
    """The functions of a class that others may call, each with its signature."""
    return frozenset(
        (part.name, f"{ast.unparse(part.args)} -> {ast.unparse(part.returns) if part.returns else ''}")
        for part in node.body
        if isinstance(part, ast.FunctionDef) and not part.name.startswith("_")
    )


def test_no_work_is_left_as_a_note_in_the_code() -> None:
    mark = "TO" + "DO"
    assert [path.name for path in CODE if mark in path.read_text("utf-8")] == []
