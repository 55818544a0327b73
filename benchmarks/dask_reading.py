"""What a photo costs on Dask with one and with two workers, beside reading without Dask: `dask_reading.py [STATIONS]`.

Makes a drill (60 stations unless said), takes its photos in, and reads the same home three times: by one thread here,
by a cluster of one worker on this machine and by a cluster of two, each of one thread; starts of processes are not
timed. The readings must be the same bytes. Cost is the processors' time of all processes together: it stays the same
where work is near-linear in workers. The clock says so too where a core is free for each worker.
"""

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psutil

from testigo.flows.intake import files_of, intake
from testigo.flows.read import read, unread_count
from testigo.wiring import make_home, open_home, reading_by
from testigo_drill.folder import write_drill

ROOT = Path(__file__).resolve().parents[1]
SHORT = 4


@dataclass(frozen=True, slots=True)
class Run:
    """A reading: seconds by the clock, seconds of processors, and the hashes of all records after it."""

    clock_s: float
    cost_s: float
    records: frozenset[str]


def computed() -> float:
    """Seconds of processors that this process and all that came from it have used."""
    myself = psutil.Process()
    used = [process.cpu_times() for process in [myself, *myself.children(recursive=True)]]
    return sum(one.user + one.system for one in used)


def timed(home: Path, copy: Path, address: str | None, jobs: int | None) -> Run:
    """One reading of a copy of the home."""
    shutil.copytree(home, copy)
    world = open_home(copy)
    photos = world.views.photos()
    with reading_by(world, dask=address, jobs=jobs) as (reader, executor):
        # Each thread or worker has started its child process before the clock runs.
        warm = [world.blobs.open(digest) for digest in sorted(photos)[:4]] * 2
        list(executor.map(lambda data: reader.read(data, 1), warm))
        cost, started = computed(), perf_counter()
        read(world, executor, reader, lambda n: None)
        seconds, cost = perf_counter() - started, computed() - cost
    return Run(seconds, cost, frozenset(digest for digest, _ in world.views.records()))


def main() -> int:
    stations = SHORT if "--short" in sys.argv else int(sys.argv[1]) if len(sys.argv) > 1 else 60
    sys.path.insert(0, str(ROOT / "tests" / "cluster"))
    from dask_cluster import dask_cluster

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_drill(folder / "drill", stations, 1, demo_folder=ROOT / "elections" / "demo", workers=2)
        home = folder / "home"
        world, _ = make_home(folder / "drill" / "election", home, None)
        with reading_by(world, dask=None, jobs=2) as (reader, executor):
            intake(world, files_of([folder / "drill" / "photos"]), {}, executor, reader, lambda n: None)
        photos = unread_count(world)
        runs = {"one thread here": timed(home, folder / "here", None, 1)}
        for workers in (1, 2):
            place = folder / f"cluster{workers}"
            place.mkdir()
            with dask_cluster(place, workers) as cluster:
                runs[f"Dask, {workers} workers"] = timed(home, folder / f"dask{workers}", cluster.address, None)
    base = runs["one thread here"]
    print(f"{photos} photos of {stations} stations")
    print(
        f"{'reading':<16} {'clock ms/photo':>15} {'/ here':>7} {'cost ms/photo':>14} {'/ here':>7} {'same bytes':>11}"
    )
    for what, run in runs.items():
        same = "yes" if run.records == base.records else "NO"
        clock, cost = 1000 * run.clock_s / photos, 1000 * run.cost_s / photos
        print(
            f"{what:<16} {clock:>15.1f} {run.clock_s / base.clock_s:>7.2f} {cost:>14.1f} "
            f"{run.cost_s / base.cost_s:>7.2f} {same:>11}"
        )
    one, two = (runs[f"Dask, {workers} workers"] for workers in (1, 2))
    print(f"two workers / one: clock {two.clock_s / one.clock_s:.2f}, cost {two.cost_s / one.cost_s:.2f}")
    return 0 if all(run.records == base.records for run in runs.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
