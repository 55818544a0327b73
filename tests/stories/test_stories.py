"""Stories: prose, commands and what they answer; each is told from its first line to its last in a folder of its own.

Only indented lines count. `$ testigo ...` runs a command, and the lines after it are what it says, on both outputs:
`...` within a line stands for any text, on a line of its own for any lines. `(exit 1)` at the end is the exit code
where it is not 0. `$ write FILE` takes its lines after `|`, `$ delete FILE` deletes it with what a database keeps
beside it, and `$ flip FILE` changes one bit in its middle.
"""

import contextlib
import gc
import io
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from testigo import cli

STORIES = sorted(Path(__file__).parent.glob("*.txt"))
INDENT = "    "


def steps_of(story: str) -> Iterator[tuple[int, str, list[str]]]:
    """Line, command and the indented lines after it."""
    lines = story.split("\n")
    starts = [n for n, line in enumerate(lines) if line.startswith(f"{INDENT}$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        told = [line.removeprefix(INDENT) for line in lines[start + 1 : end] if line.startswith(INDENT)]
        yield start + 1, lines[start].removeprefix(f"{INDENT}$ "), told


def pattern_of(lines: list[str]) -> str:
    """The pattern that an output must match whole."""
    parts = []
    for line in lines:
        text = ".*".join(map(re.escape, re.split(r"\s*\.\.\.\s*", line.rstrip())))
        parts.append(r"(?:[^\n]*\n)*?" if line.strip() == "..." else rf"{text}[ ]*\n")
    return "".join(parts)


def write(folder: Path, name: str, told: list[str]) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(line.removeprefix("|").removeprefix(" ") + "\n" for line in told), "utf-8")


def delete(folder: Path, name: str, told: list[str]) -> None:
    found = list((folder / name).parent.glob(f"{Path(name).name}*"))
    assert found
    for path in found:
        path.unlink()


def flip(folder: Path, name: str, told: list[str]) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)


DEEDS: dict[str, Callable[[Path, str, list[str]], None]] = {"write": write, "delete": delete, "flip": flip}


def run(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """What the command says on both outputs, and its exit code."""
    said = io.StringIO()
    monkeypatch.setattr(sys, "argv", ["testigo", *arguments])
    code: object = 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code or 0
    assert isinstance(code, int)
    return said.getvalue(), code


@pytest.fixture(autouse=True)
def _same_garbage() -> Iterator[None]:
    """Commands set how often garbage is looked for, because they are processes of their own."""
    before = gc.get_threshold()
    yield
    gc.enable()
    gc.set_threshold(*before)


@pytest.mark.filterwarnings("ignore:Cyclopts application invoked without tokens")
@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_the_story_is_true(story: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TESTIGO_HOME", raising=False)
    shutil.copytree(project / "elections" / "demo", tmp_path / "demo")
    steps = list(steps_of(story.read_text("utf-8")))
    assert steps
    for line, command, told in steps:
        what, *arguments = shlex.split(command)
        if what != "testigo":
            DEEDS[what](tmp_path, arguments[0], told)
            continue
        expected_code = 0
        if told and (ending := re.fullmatch(r"\(exit (\d+)\)", told[-1])):
            expected_code = int(ending[1])
            told = told[:-1]
        said, code = run(arguments, monkeypatch)
        place = f"{story.name}, line {line}: $ {command}\n{said}(exit {code})"
        assert code == expected_code, place
        assert re.fullmatch(pattern_of(told), said), f"{place}\nexpected:\n" + "\n".join(told)


def test_a_story_that_is_not_true_is_noticed() -> None:
    assert re.fullmatch(pattern_of(["a", "...", "c ... e"]), "a\nb\nb\nc d e\n")
    assert re.fullmatch(pattern_of(["a ... c"]), "a        c\n")
    assert not re.fullmatch(pattern_of(["a"]), "a\nb\n")
    assert not re.fullmatch(pattern_of(["a.c"]), "abc\n")
    assert not re.fullmatch(pattern_of([]), "a\n")
