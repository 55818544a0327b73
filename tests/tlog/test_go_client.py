"""The log as a program sees it that shares no code with us: Go's golang.org/x/mod/sumdb, from Debian."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from log_maker import LOG, Pen, checkpoint_note, entries_of, log_files

from testigo.tlog.merkle import leaf_hash
from testigo.tlog.tiles import encode_entries

GO_PATH = Path("/usr/share/gocode")
SOURCE = Path(__file__).parent / "go" / "full.go"
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
    command = ["go", "build", "-o", str(built), str(SOURCE)]
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


def check(program: Path, folder: Path, *indexes: int, vkey: str = LOG.vkey) -> tuple[int, str]:
    command = [str(program), str(folder), vkey, *map(str, indexes)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout.strip()


def flip(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def test_go_finds_the_same_root_tiles_and_proofs(program: Path, files: Files, tmp_path: Path) -> None:
    root = files["checkpoint"].decode().split("\n")[2]
    folder = write(tmp_path, files)
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
    program: Path, files: Files, tmp_path: Path, tamper: Callable[[Files], Files], named: str
) -> None:
    folder = write(tmp_path, files | tamper(files))
    code, told = check(program, folder, FORGED)
    assert (code, told.split(": ")[0]) == (1, named), told


def test_go_misses_a_tile_that_is_not_there(program: Path, files: Files, tmp_path: Path) -> None:
    folder = write(tmp_path, {name: data for name, data in files.items() if name != "tile/1/000"})
    assert check(program, folder)[1].startswith("tile/1/000: expected this file")
