"""Reading on a Dask cluster gives what reading here gives, whatever happens to workers."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("distributed")

from dask_cluster import Cluster, dask_cluster

from testigo import __version__
from testigo.cluster.dask import dask_reader, versions_here
from testigo.core.form import form_from_toml
from testigo.core.ids import Digest
from testigo.core.records import Reading, Record
from testigo.errors import BadUsage, BrokenStore
from testigo.flows.intake import files_of, intake
from testigo.flows.read import read
from testigo.ports import Reader, World
from testigo.store.memory import MemoryBlobs
from testigo.vision.photo_reader import PhotoReaders
from testigo.wiring import make_home, open_home, reading_by
from testigo_drill.folder import write_drill

pytestmark = pytest.mark.slow

STATIONS = 8


@pytest.fixture(scope="session")
def unread_home(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """A home with the photos of a small drill, none of them read."""
    folder = tmp_path_factory.mktemp("drill")
    write_drill(folder, STATIONS, 1, demo_folder=project / "elections" / "demo", workers=1)
    world, _ = make_home(folder / "election", folder / "home", None)
    with reading_by(world, dask=None, jobs=1) as (reader, executor):
        intake(world, files_of([folder / "photos"]), {}, executor, reader, lambda n: None)
    return folder / "home"


@pytest.fixture
def unread(unread_home: Path, tmp_path: Path) -> World:
    """A copy of it."""
    shutil.copytree(unread_home, tmp_path / "home")
    return open_home(tmp_path / "home")


@pytest.fixture(scope="session")
def read_here(unread_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Digest, Record]:
    """What is in the journal when the photos were read by child processes of this machine."""
    home = tmp_path_factory.mktemp("here") / "home"
    shutil.copytree(unread_home, home)
    return read_by(open_home(home), None)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One worker; tests add what they need."""
    with dask_cluster(tmp_path_factory.mktemp("cluster"), 1) as made:
        yield made


def read_by(world: World, address: str | None, step: Callable[[int], None] = lambda n: None) -> dict[Digest, Record]:
    """All records by the hash of their bytes, once everything was read."""
    with reading_by(world, dask=address, jobs=None) as (reader, executor):
        read(world, executor, reader, step)
    return records_of(world)


def records_of(world: World) -> dict[Digest, Record]:
    return {digest: record for digest, record in world.views.records() if record is not None}


def readings(records: dict[Digest, Record]) -> int:
    return sum(isinstance(record, Reading) for record in records.values())


def run_read(world: World, address: str, python_path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command, as people run it."""
    command = [sys.executable, "-m", "testigo", "read", "--home", str(world.home), "--dask", address]
    environment = os.environ | ({"PYTHONPATH": str(python_path)} if python_path else {})
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.slow
def test_the_command_reads_on_a_cluster_the_same_bytes_as_this_machine(
    cluster: Cluster, unread: World, read_here: dict[Digest, Record]
) -> None:
    ran = run_read(unread, cluster.address)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"{readings(read_here)} photos read\n")
    assert records_of(unread) == read_here
    assert readings(read_here) >= STATIONS - 2


@pytest.mark.slow
def test_two_workers_read_the_same_bytes_as_one(tmp_path: Path, unread: World, read_here: dict[Digest, Record]) -> None:
    with dask_cluster(tmp_path, 2) as two:
        assert read_by(unread, two.address) == read_here


@pytest.mark.slow
def test_a_worker_that_is_killed_takes_no_photo_with_it(
    tmp_path: Path, unread: World, read_here: dict[Digest, Record]
) -> None:
    with dask_cluster(tmp_path, 2) as two:
        seen = []

        def kill_one(step: int) -> None:
            seen.append(step)
            if len(seen) == 1:
                two.kill(1)

        assert read_by(unread, two.address, kill_one) == read_here
        assert len(seen) == readings(read_here)


@pytest.mark.slow
def test_a_worker_that_comes_late_reads_on_after_the_last_one_was_killed(
    tmp_path: Path, unread: World, read_here: dict[Digest, Record]
) -> None:
    with dask_cluster(tmp_path, 1) as lonely:
        seen = []

        def replace_it(step: int) -> None:
            seen.append(step)
            if len(seen) == 1:
                lonely.kill(1)
                lonely.add_worker()

        assert read_by(unread, lonely.address, replace_it) == read_here


@pytest.mark.slow
def test_a_scheduler_that_is_lost_is_said_and_the_same_command_ends_well(
    tmp_path: Path, unread: World, read_here: dict[Digest, Record]
) -> None:
    with dask_cluster(tmp_path, 1) as lost:
        seen = []

        def end_it(step: int) -> None:
            seen.append(step)
            if len(seen) == 1:
                lost.kill_scheduler()

        with pytest.raises(BadUsage, match="the scheduler is gone; what was read is kept"):
            read_by(unread, lost.address, end_it)
    assert read_by(unread, None) == read_here


@pytest.mark.slow
def test_workers_that_do_not_see_the_store_are_sent_the_bytes(
    cluster: Cluster, unread: World, unread_home: Path
) -> None:
    make_reader = partial(PhotoReaders, unread.forms, {})
    digest, photo = min(unread.views.photos().items())
    data = unread.blobs.open(digest)
    with make_reader() as reader:
        expected = reader.read(data, photo.orient)
    with dask_reader(cluster.address, make_reader, MemoryBlobs(), "elsewhere") as (distant, at_once):
        assert distant.read(data, photo.orient) == expected
        assert distant.thumbnail(data, photo.orient, 80)
        assert at_once == 4


def test_workers_that_see_the_store_open_the_photo_themselves(cluster: Cluster, unread: World) -> None:
    digest, photo = min(unread.views.photos().items())
    data = unread.blobs.open(digest)
    (held,) = (unread.home / "blobs").glob(f"??/??/{digest}")
    held.write_bytes(b"not these")
    with (
        dask_reader(cluster.address, partial(PhotoReaders, unread.forms, {}), unread.blobs, "same") as (distant, _),
        pytest.raises(BrokenStore, match=digest),
    ):
        distant.read(data, photo.orient)


def test_handwriting_has_the_same_probabilities_to_the_last_bit(cluster: Cluster, project: Path) -> None:
    form = form_from_toml((project / "elections/ke-2022/forms/ke/form.toml").read_text("utf-8"), "form.toml")
    make_reader = partial(PhotoReaders, {form.id: form}, {(form.id, 1): b""})
    crop = np.full((1100, 500, 3), 245, np.uint8)
    for row, figure in enumerate(("012", "345", "678", "901")):
        cv2.putText(crop, figure, (150, 80 + 100 * row), cv2.FONT_HERSHEY_SIMPLEX, 2.4, (120, 40, 30), 5, cv2.LINE_AA)
    data = cv2.imencode(".png", crop)[1].tobytes()
    with make_reader() as reader:
        expected = reader.read(data, 1)
    assert len(expected.pages) == 1
    with dask_reader(cluster.address, make_reader, MemoryBlobs(), "hand") as (distant, _):
        assert distant.read(data, 1) == expected


def test_an_address_without_a_scheduler_is_refused_within_seconds(unread: World) -> None:
    with (
        pytest.raises(BadUsage, match=r"tcp://127\.0\.0\.1:9: expected the address of a Dask scheduler, none answers"),
        dask_reader("tcp://127.0.0.1:9", unreachable, unread.blobs, "nobody", answer_s=0.5),
    ):
        pass


def test_what_is_no_address_is_refused(unread: World) -> None:
    with (
        pytest.raises(BadUsage, match="expected the address"),
        dask_reader("nonsense://here", unreachable, unread.blobs, "nobody", answer_s=0.5),
    ):
        pass


@pytest.mark.slow
def test_a_scheduler_without_workers_is_refused(tmp_path: Path, unread: World) -> None:
    with (
        dask_cluster(tmp_path, 0) as empty,
        pytest.raises(BadUsage, match="the scheduler has no workers; `dask worker tcp://"),
        dask_reader(empty.address, unreachable, unread.blobs, "nobody", answer_s=5),
    ):
        pass


@pytest.mark.slow
def test_a_worker_with_other_versions_is_refused_by_name(tmp_path: Path, unread: World) -> None:
    zxing = versions_here()["zxing-cpp"]
    old = tmp_path / "old" / "zxing_cpp-0.0.1.dist-info" / "METADATA"
    old.parent.mkdir(parents=True)
    old.write_text("Metadata-Version: 2.1\nName: zxing-cpp\nVersion: 0.0.1\n")
    with dask_cluster(tmp_path, 0) as cluster:
        first = cluster.add_worker(tmp_path / "old")
        with pytest.raises(BadUsage, match=rf"the worker tcp://.*it has zxing-cpp 0\.0\.1 for {zxing}$"):
            read_by(unread, cluster.address)
        cluster.kill(first)
        cluster.add_worker()
        seen = []

        def replace_it(step: int) -> None:
            seen.append(step)
            if len(seen) == 1:
                cluster.kill(2)
                cluster.add_worker(tmp_path / "old")

        with pytest.raises(BadUsage, match="a Dask worker cannot read here"):
            read_by(unread, cluster.address, replace_it)


def test_without_the_extra_the_command_says_what_to_install(tmp_path: Path, unread: World) -> None:
    (tmp_path / "absent").mkdir()
    (tmp_path / "absent" / "distributed.py").write_text("raise ImportError('No module named distributed')\n")
    ran = run_read(unread, "tcp://127.0.0.1:9", tmp_path / "absent")
    assert ran.returncode == BadUsage.exit_code
    assert "pip install 'testigo[vision,dask]'" in " ".join(ran.stderr.split())


def unreachable() -> AbstractContextManager[Reader]:
    raise AssertionError("no reader is made where nobody reads")


def test_the_versions_that_matter_are_those_of_this_machine() -> None:
    assert versions_here()["numpy"] == np.__version__
    release, code = versions_here()["testigo"].split("+")
    assert (release, len(code)) == (__version__, 12)
