"""What publishing an election costs beside writing the same bytes, which no publication can do without.

    python benchmarks/publish.py [DATA_FOLDER] [--short]

A home takes in organisers-v2.csv (Venezuela 2024) and seals it; then both cases take turns, and the medians count.
Publishing is the whole flow: the log is read and decided anew, every page, table and proof is made and written, in as
many processes as there are cores. The bare case writes files of the same names and bytes from memory, in one process.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import perf_counter

from testigo.flows.publish import publish
from testigo.flows.report import report
from testigo.flows.seal import seal
from testigo.flows.staging import replaced_folder
from testigo.ports import World
from testigo.wiring import make_home

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "ve-2024"
ELECTION = ROOT / "elections" / "ve-2024"
SOURCE, TABLE = "organisers-v2", "organisers-v2.csv"
SHORT_STATIONS = 500
ROUNDS, SHORT_ROUNDS = 3, 2


def prepared(folder: Path, data: Path, most: int | None) -> World:
    """A sealed home that holds the first stations of the table, or all of them."""
    tables = folder / "tables"
    tables.mkdir()
    for path in sorted(data.glob("*.csv")):
        header_and_rows = path.read_bytes().splitlines(keepends=True)
        (tables / path.name).write_bytes(b"".join(header_and_rows[: None if most is None else most + 1]))
    world, _ = make_home(ELECTION, folder / "home", tables)
    report(world, SOURCE, TABLE, (tables / TABLE).read_bytes())
    seal(world)
    return world


def published(world: World, out: Path) -> int:
    """Publishes to a new folder; how many files."""
    cores = len(os.sched_getaffinity(0))
    with ThreadPoolExecutor(cores) as executor:
        return publish(world, out, None, executor, lambda step: None, processes=cores).files


def written(files: dict[str, bytes], out: Path) -> int:
    """Writes files as a publication does; how many."""
    with replaced_folder(out) as write:
        for name, data in files.items():
            write(name, data)
    return len(files)


def timed(work: Callable[[Path], int], out: Path) -> float:
    started = perf_counter()
    work(out)
    seconds = perf_counter() - started
    shutil.rmtree(out)
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_folder", nargs="?", type=Path, default=DATA, help="where the three tables are")
    parser.add_argument("--short", action="store_true", help=f"only {SHORT_STATIONS} stations of each table")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = prepared(folder, asked.data_folder, SHORT_STATIONS if asked.short else None)
        out = folder / "out"
        published(world, out)
        files = {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}
        shutil.rmtree(out)
        cases: dict[str, Callable[[Path], int]] = {
            "bare writing": lambda place: written(files, place),
            "publishing": lambda place: published(world, place),
        }
        taken: dict[str, list[float]] = {case: [] for case in cases}
        for _ in range(SHORT_ROUNDS if asked.short else ROUNDS):
            for case, work in cases.items():
                taken[case].append(timed(work, out))
    stations = world.views.stations_held()
    print(f"{'case':<12} {'stations':>9} {'files':>9} {'MB':>9} {'seconds':>9} {'time / bare':>12}")
    for case, times in taken.items():
        ratio = median(times) / median(taken["bare writing"])
        size = sum(map(len, files.values())) / 1e6
        print(f"{case:<12} {len(stations):>9,} {len(files):>9,} {size:>9.1f} {median(times):>9.2f} {ratio:>12.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
