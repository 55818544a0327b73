"""The log as a program sees it that shares no code with us: Go's golang.org/x/mod/sumdb, from Debian."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from log_maker import LOG, Pen, checkpoint_note, entries_of, grown_log, log_files

from testigo.tlog.merkle import leaf_hash
from testigo.tlog.tiles import encode_entries

GO_PATH = Path("/usr/share/gocode")
SOURCES = sorted((Path(__file__).parent / "go").glob("*.go"))
SIZE = 66_000
FORGED = 1795
ENTRIES = entries_of(SIZE)
Files = dict[str, bytes]

pytestmark = pytest.mark.thirdparty


def missing() -> str:
    """Why the Go program cannot be built here; empty where it can."""
    if shutil.which("go") is None:
        return "go is not installed (Debian package golang-go)"
    if not (GO_PATH / "src" / "golang.org" / "x" / "mod" / "sumdb").is_dir():
        return "Go's x/mod is not installed (Debian package golang-golang-x-mod-dev)"
    return ""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if why := missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    folder = tmp_path_factory.mktemp("go")
    built = folder / "full"
    offline = {"GO111MODULE": "off", "GOPATH": str(GO_PATH), "GOCACHE": str(folder / "cache"), "GOFLAGS": ""}
    command = ["go", "build", "-o", str(built), *map(str, SOURCES)]
    ran = subprocess.run(command, env=os.environ | offline, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return built


@pytest.fixture(scope="module")
def files() -> Files:
    return log_files(ENTRIES, 0, FORGED, 65_535, 65_536, SIZE - 1)


def write(folder: Path, files: Files) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def folder(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The large log, written once; `changed` puts back what it changes."""
    return write(tmp_path_factory.mktemp("log"), files)


@contextlib.contextmanager
def changed(folder: Path, tampered: Files) -> Iterator[None]:
    """The folder with these files instead of its own, for a while."""
    kept = {name: (folder / name).read_bytes() for name in tampered if (folder / name).exists()}
    write(folder, tampered)
    try:
        yield
    finally:
        for name in tampered.keys() - kept.keys():
            (folder / name).unlink()
        write(folder, kept)


def check(program: Path, folder: Path, *indexes: int, vkey: str = LOG.vkey) -> tuple[int, str]:
    command = [str(program), str(folder), vkey, *map(str, indexes)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout.strip()


def flip(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def test_go_finds_the_same_root_tiles_and_proofs(program: Path, files: Files, folder: Path) -> None:
    root = files["checkpoint"].decode().split("\n")[2]
    assert check(program, folder, 0, FORGED, 65_535, 65_536, SIZE - 1) == (0, f"OK {SIZE} {root}")


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 700])
def test_go_finds_the_same_root_at_the_edges_of_tiles(program: Path, tmp_path: Path, size: int) -> None:
    files = log_files(ENTRIES[:size], 0, size // 2, size - 1)
    code, told = check(program, write(tmp_path, files), 0, size // 2, size - 1)
    assert (code, told.split()[:2]) == (0, ["OK", str(size)])


def forged_leaf(files: Files) -> Files:
    """Another entry and the tile of leaf hashes to match: only the levels above betray it (CVE-2026-56865)."""
    bundle, place = divmod(FORGED, 256)
    entries = list(ENTRIES[256 * bundle : 256 * bundle + 256])
    entries[place] = b'{"k":"demo","number":9999}'
    hashes = b"".join(leaf_hash(entry) for entry in entries)
    return {f"tile/entries/{bundle:03}": encode_entries(entries), f"tile/0/{bundle:03}": hashes}


def forged_column(files: Files) -> Files:
    """The forged leaf, and all tiles above made to match it: only the signed root betrays it."""
    entries = list(ENTRIES)
    entries[FORGED] = b'{"k":"demo","number":9999}'
    return {name: data for name, data in log_files(entries).items() if name != "checkpoint"}


def other_key(files: Files) -> Files:
    stranger = Pen("log.example/stranger")
    return {"checkpoint": checkpoint_note([leaf_hash(entry) for entry in ENTRIES], stranger)}


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (forged_leaf, "tile/1/000"),
        (forged_column, "checkpoint"),
        (other_key, "checkpoint"),
        (lambda files: {"checkpoint": flip(files["checkpoint"], 20)}, "checkpoint"),
        (lambda files: {"checkpoint": flip(files["checkpoint"], -5)}, "checkpoint"),
        (lambda files: {"tile/entries/100": flip(files["tile/entries/100"], 9)}, "tile/0/100"),
        (lambda files: {"tile/entries/100": files["tile/entries/100"] + b"\0\0"}, "tile/entries/100"),
        (lambda files: {"tile/entries/257.p/208": files["tile/entries/257.p/208"][:-1]}, "tile/entries/257.p/208"),
        (lambda files: {"tile/0/000": flip(files["tile/0/000"], 0)}, "tile/0/000"),
        (lambda files: {"tile/0/257.p/208": flip(files["tile/0/257.p/208"], -1)}, "tile/0/257.p/208"),
        (lambda files: {"tile/1/001.p/1": flip(files["tile/1/001.p/1"], 7)}, "tile/1/001.p/1"),
        (lambda files: {"tile/2/000.p/1": files["tile/2/000.p/1"] * 2}, "tile/2/000.p/1"),
        (lambda files: {"tile/1/001.p/2": files["tile/1/001.p/1"] * 2}, "tile/1/001.p/2"),
        (lambda files: {f"proofs/{FORGED}": files["proofs/0"]}, f"proofs/{FORGED}"),
    ],
)
def test_go_refuses_a_log_that_was_changed_and_names_the_file(
    program: Path, files: Files, folder: Path, tamper: Callable[[Files], Files], named: str
) -> None:
    with changed(folder, tamper(files)):
        code, told = check(program, folder, FORGED)
    assert (code, told.split(": ")[0]) == (1, named), told


def test_go_misses_a_tile_that_is_not_there(program: Path, grown: Files, tmp_path: Path) -> None:
    folder = write(tmp_path, {name: data for name, data in grown.items() if name != "tile/0/001"})
    assert check(program, folder)[1].startswith("tile/0/001: expected this file")


@pytest.fixture(scope="module")
def grown() -> Files:
    """A log that was signed three times, with the narrow tiles of its earlier sizes."""
    return grown_log(ENTRIES[:700], 300, 512, 700)


def test_go_finds_every_earlier_checkpoint_in_the_tree(program: Path, grown: Files, tmp_path: Path) -> None:
    root = grown["checkpoint"].decode().split("\n")[2]
    assert check(program, write(tmp_path, grown)) == (0, f"OK 700 {root}")


def test_go_accepts_an_empty_log(program: Path, tmp_path: Path) -> None:
    note = checkpoint_note([])
    folder = write(tmp_path, {"checkpoint": note, "checkpoints/0": note})
    assert check(program, folder) == (0, "OK 0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")


def test_go_does_not_need_the_narrow_tiles_of_earlier_sizes(program: Path, grown: Files, tmp_path: Path) -> None:
    present = log_files(ENTRIES[:700])
    kept = {name: data for name, data in grown.items() if name in present or name.startswith("checkpoint")}
    assert kept.keys() < grown.keys()
    assert check(program, write(tmp_path, kept))[0] == 0


def forged_beginning(grown: Files) -> Files:
    """A forged first entry with the tile of leaf hashes to match, in a log of few tiles (CVE-2026-56865)."""
    entries = [b"forged", *ENTRIES[1:256]]
    return {"tile/entries/000": encode_entries(entries), "tile/0/000": b"".join(map(leaf_hash, entries))}


def fork(grown: Files) -> Files:
    """The log signed another tree of a size that it had signed."""
    return {"checkpoints/300": checkpoint_note([leaf_hash(entry) for entry in [b"other", *ENTRIES[1:300]]])}


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (forged_beginning, "tile/1/000.p/2"),
        (fork, "checkpoints/300"),
        (lambda grown: {"checkpoint": grown["checkpoints/512"]}, "checkpoints/700"),
        (lambda grown: {"checkpoints/700": grown["checkpoints/512"]}, "checkpoints/700"),
        (lambda grown: {"checkpoints/300": flip(grown["checkpoints/300"], 15)}, "checkpoints/300"),
        (lambda grown: {"checkpoints/0700": grown["checkpoints/700"]}, "checkpoints/0700"),
        (lambda grown: {"checkpoints/900": grown["checkpoints/700"]}, "checkpoints/900"),
        (lambda grown: {"tile/entries/000": flip(grown["tile/entries/000"], 9)}, "tile/0/000"),
        (lambda grown: {"tile/entries/002.p/188": flip(grown["tile/entries/002.p/188"], -1)}, "tile/0/002.p/188"),
        (lambda grown: {"tile/0/001": flip(grown["tile/0/001"], 31)}, "tile/0/001"),
        (lambda grown: {"tile/0/002.p/188": flip(grown["tile/0/002.p/188"], 0)}, "tile/0/002.p/188"),
        (lambda grown: {"tile/0/001.p/44": flip(grown["tile/0/001.p/44"], 9)}, "tile/0/001.p/44"),
        (lambda grown: {"tile/1/000.p/1": grown["tile/1/000.p/2"]}, "tile/1/000.p/1"),
        (lambda grown: {"tile/entries/001.p/44": flip(grown["tile/entries/001.p/44"], 9)}, "tile/entries/001.p/44"),
        (lambda grown: {"tile/0/001.p/45": grown["tile/0/001.p/44"]}, "tile/0/001.p/45"),
    ],
)
def test_go_refuses_a_log_whose_history_was_changed_and_names_the_file(
    program: Path, grown: Files, tmp_path: Path, tamper: Callable[[Files], Files], named: str
) -> None:
    code, told = check(program, write(tmp_path, grown | tamper(grown)))
    assert (code, told.split(": ")[0]) == (1, named), told


def test_go_misses_the_present_checkpoint_in_the_history(program: Path, grown: Files, tmp_path: Path) -> None:
    folder = write(tmp_path, {name: data for name, data in grown.items() if name != "checkpoints/700"})
    code, told = check(program, folder)
    assert (code, told.split(": ")[0]) == (1, "checkpoints/700"), told


def test_go_accepts_the_log_of_a_home_and_refuses_it_with_one_bit_changed(program: Path, tmp_path: Path) -> None:
    home, drill = tmp_path / "home", tmp_path / "drill"
    command_line("drill", drill, "--stations", 400, "--no-photos")
    command_line("setup", drill / "election", "--home", home)
    command_line("report", "second", drill / "tables" / "second.csv", "--home", home)
    command_line("seal", "--home", home)
    vkey = next(line[4:] for line in (home / "policy.txt").read_text("utf-8").splitlines() if line.startswith("log "))
    code, told = check(program, home / "log", vkey=vkey)
    size = int((home / "log" / "checkpoint").read_text("utf-8").split("\n")[1])
    assert (code, told.split()[:2]) == (0, ["OK", str(size)]), told
    assert size > 512
    assert {path.name for path in (home / "log" / "checkpoints").iterdir()} == {"4", str(size)}
    for name in ("tile/entries/001", "tile/0/001", "tile/0/000.p/4", "checkpoints/4"):
        with changed(home / "log", {name: flip((home / "log" / name).read_bytes(), 9)}):
            code, told = check(program, home / "log", vkey=vkey)
        assert (code, told.split(": ")[0]) == (1, name.replace("entries", "0")), told
    assert check(program, home / "log", vkey=vkey)[0] == 0


def command_line(*arguments: object) -> None:
    command = [sys.executable, "-m", "testigo", *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
