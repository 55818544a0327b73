"""Reading on a Dask cluster: a `ports.Reader` whose photos are looked at by the workers of a scheduler.

The flows stay as they are: threads of this machine ask this reader as they ask the one with child processes, take the
answers in order and append them. A worker gets a photo's hash and opens the bytes itself where it sees the same store;
where it does not, the bytes are sent. A worker that is lost loses nothing but time: the scheduler gives its photos to
another.

Dask's messages are pickles and carry code. Whoever reaches the scheduler can run anything on the workers, and a worker
can answer anything: scheduler and workers belong in a closed network, or behind Dask's own TLS (`tls://`).
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import cast

from distributed import Client, KilledWorker, Worker, WorkerPlugin, get_worker
from distributed.client import ClosedClientError
from distributed.comm.core import CommClosedError

import testigo
from testigo.core.ids import Digest
from testigo.errors import BadUsage, NotFound
from testigo.ports import Blobs, Master, Reader, Sight, StraightPage

ANSWER_S = 5.0
"""So long a scheduler may take to answer, and so long a first worker may take to come."""
MATTERS = ("numpy", "opencv-contrib-python-headless", "zxing-cpp", "onnxruntime", "pillow")
"""Packages whose versions must be the same everywhere, as testigo's own: with others a reading can differ."""
_ATTEMPTS = 5
_MOST_AT_ONCE = 128

MakeReader = Callable[[], AbstractContextManager[Reader]]


@dataclass
class WorkersReader(WorkerPlugin):
    """What a worker process keeps while it reads: one reader with its child processes, and the store if it sees it.

    It travels to every worker, also to those that come later. `versions` are those of the machine that asks.
    """

    make_reader: MakeReader
    blobs: Blobs
    versions: Mapping[str, str]
    name: str
    _reader: Reader | None = field(default=None, init=False)
    _open: ExitStack = field(default_factory=ExitStack, init=False)

    def setup(self, worker: Worker) -> None:
        """Opens the reader on this worker.

        Raises:
            BadUsage: a package has another version here.
        """
        here = versions_here()
        other = [f"{name} {here[name]} for {wanted}" for name, wanted in self.versions.items() if here[name] != wanted]
        if other:
            raise BadUsage(
                f"--dask: the worker {worker.address}: expected the same versions as here, or its readings could "
                f"differ; it has {', '.join(other)}"
            )
        self._reader = self._open.enter_context(self.make_reader())

    def teardown(self, worker: Worker) -> None:
        """Ends the reader's child processes."""
        self._reader = None
        self._open.close()

    def read(self, photo: Digest | bytes, orient: int) -> Sight | None:
        """What is seen in a photo, given by its hash or its bytes; None where this worker does not hold it."""
        if self._reader is None:
            raise BadUsage("a Dask worker cannot read here: its log says why; end it, and run the same command again")
        if isinstance(photo, bytes):
            return self._reader.read(photo, orient)
        try:
            return self._reader.read(self.blobs.open(photo), orient)
        except NotFound:
            return None


class DaskReader:
    """`ports.Reader` by a cluster, for many threads at once. What is not reading is done by `here`, on this machine."""

    def __init__(self, client: Client, name: str, here: Reader) -> None:
        self._client = client
        self._name = name
        self._here = here
        self._workers_hold = True

    def masters(self, data: bytes) -> tuple[Master, ...]:
        """See `ports.Reader`."""
        return self._here.masters(data)

    def thumbnail(self, data: bytes, orient: int, width: int) -> bytes:
        """See `ports.Reader`."""
        return self._here.thumbnail(data, orient, width)

    def straightened(self, data: bytes, orient: int) -> tuple[StraightPage, ...]:
        """See `ports.Reader`."""
        return self._here.straightened(data, orient)

    def read(self, data: bytes, orient: int) -> Sight:
        """See `ports.Reader`.

        Raises:
            BadUsage: the scheduler is gone, or photo after photo loses its worker.
        """
        if self._workers_hold:
            sight = self._ask(Digest(hashlib.sha256(data).hexdigest()), orient)
            if sight is not None:
                return sight
            # A store that one worker does not see is as good as none: from now on the bytes travel.
            self._workers_hold = False
        sight = self._ask(data, orient)
        assert sight is not None
        return sight

    def _ask(self, photo: Digest | bytes, orient: int) -> Sight | None:
        for _ in range(_ATTEMPTS):
            try:
                # A key of its own for each question: the cluster keeps no answers, and none is taken for another's.
                asked = self._client.submit(_read_there, self._name, photo, orient, pure=False)
                sight: Sight | None = asked.result()
                return sight
            except KilledWorker:
                # The scheduler gives a task up when a few workers in turn are lost with it: theirs was the fault, for
                # a photo can only end the reader's child process.
                continue
            except (CancelledError, CommClosedError, ClosedClientError):
                raise BadUsage(
                    "--dask: the scheduler is gone; what was read is kept: run the same command again when it is back"
                ) from None
        raise BadUsage(
            f"--dask: a photo was given to {_ATTEMPTS} rounds of workers and each was lost; the workers' logs say why, "
            "and what was read is kept"
        )


def _read_there(name: str, photo: Digest | bytes, orient: int) -> Sight | None:
    """Runs on a worker."""
    reader = get_worker().plugins.get(name)
    if reader is None:
        raise BadUsage("--dask: the cluster was started anew; what was read is kept: run the same command again")
    return cast("WorkersReader", reader).read(photo, orient)


@contextmanager
def dask_reader(
    address: str, make_reader: MakeReader, blobs: Blobs, name: str, *, answer_s: float = ANSWER_S
) -> Iterator[tuple[DaskReader, int]]:
    """A reader by the cluster of the scheduler at `address`, and how many photos to have in hand at once.

    `make_reader` and `blobs` are pickled: the first makes a worker's reader. `name` tells this home from others that
    use the same cluster; what a killed command left on the workers under this name is replaced.

    Raises:
        BadUsage: no scheduler answers at the address, it has no workers, or a worker has other versions.
    """
    try:
        client = Client(address, timeout=answer_s, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise BadUsage(f"--dask {address}: expected the address of a Dask scheduler, none answers: {error}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=answer_s)
        except TimeoutError:
            raise BadUsage(
                f"--dask {address}: the scheduler has no workers; `dask worker {address}` on any machine with the same "
                "testigo adds one"
            ) from None
        try:
            client.register_plugin(WorkersReader(make_reader, blobs, versions_here(), name))
            with make_reader() as here:
                threads: Mapping[str, int] = client.nthreads()  # type: ignore[no-untyped-call]
                yield DaskReader(client, name, here), at_once(threads)
        finally:
            if client.status == "running":
                # A scheduler that was started anew meanwhile does not know the name.
                with suppress(ValueError, OSError):
                    client.unregister_worker_plugin(name)  # type: ignore[no-untyped-call]


def at_once(threads: Mapping[str, int]) -> int:
    """How many photos to ask for at once, from the threads of every worker: each has the next one waiting already."""
    return min(_MOST_AT_ONCE, max(4, 2 * sum(threads.values())))


def versions_here() -> dict[str, str]:
    """The versions of what matters to a reading, `none` for a package that is not installed.

    The release of testigo is followed by a hash of its code and its model: working copies differ within a release.
    """
    found = {}
    for name in MATTERS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    code = hashlib.sha256()
    package = Path(testigo.__file__).parent
    for path in sorted(path for path in package.rglob("*") if path.suffix in (".py", ".onnx")):
        code.update(f"{path.relative_to(package).as_posix()} {path.stat().st_size}\n".encode() + path.read_bytes())
    return {"testigo": f"{testigo.__version__}+{code.hexdigest()[:12]}"} | found
