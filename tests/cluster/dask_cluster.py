"""A Dask cluster of real processes on this machine, as the command line starts them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

START_LIMIT_S = 60.0


class Cluster:
    """A scheduler with workers of one thread each; all of them end with the context of `dask_cluster`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        told = folder / "scheduler.json"
        self._start("scheduler", ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", told])
        self._wait(0, lambda: told.exists() and told.read_text() != "")
        self.address = str(json.loads(told.read_text())["address"])

    def add_worker(self, python_path: Path | None = None) -> int:
        """The place of a new worker that the scheduler knows; modules in `python_path` come before installed ones."""
        settings = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--memory-limit", "0"]
        place = self._start("worker", [self.address, *settings, "--local-directory", self._folder], python_path)
        log = self._folder / f"{place}.log"
        self._wait(place, lambda: "Registered to:" in log.read_text())
        return place

    def kill(self, place: int) -> None:
        """Ends a process without a word, as a machine that loses its power."""
        self._processes[place].kill()
        self._processes[place].wait()

    def kill_scheduler(self) -> None:
        """The same for the scheduler."""
        self.kill(0)

    def end(self) -> None:
        """Ends all that is still there; politely, a worker would first wait for its scheduler."""
        for place in range(len(self._processes)):
            self.kill(place)

    def _wait(self, place: int, done: Callable[[], bool]) -> None:
        deadline = monotonic() + START_LIMIT_S
        while not done():
            assert self._processes[place].poll() is None, (self._folder / f"{place}.log").read_text()
            assert monotonic() < deadline, (self._folder / f"{place}.log").read_text()
            sleep(0.05)

    def _start(self, what: str, arguments: Sequence[str | Path], python_path: Path | None = None) -> int:
        place = len(self._processes)
        with (self._folder / f"{place}.log").open("wb") as log:
            command = [sys.executable, "-m", "dask", what, *map(str, arguments)]
            environment = os.environ | ({"PYTHONPATH": str(python_path)} if python_path else {})
            started = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder, env=environment)
        self._processes.append(started)
        return place


@contextmanager
def dask_cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """A cluster that keeps its files in `folder`."""
    cluster = Cluster(folder)
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        cluster.end()
