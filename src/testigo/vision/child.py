"""A child process that decodes photos, so that a hostile one can at worst kill the child.

One child serves thousands of photos: starting it costs about half a second, a request a fraction of a millisecond.
A photo that is too slow, too greedy or deadly is refused, the child is replaced, and the next photo is read.
"""

import json
import os
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Sequence
from time import monotonic
from types import TracebackType
from typing import Self

from testigo.errors import BadPhoto
from testigo.vision.codes import DEFAULT_WANTED, Code
from testigo.vision.jpeg import strip_jpeg
from testigo.vision.layout import Layout, WrittenPage, layout_plain, written_from_plain
from testigo.vision.reader import PhotoReading
from testigo.vision.stripped import MAX_BYTES
from testigo.vision.views import Region

MEMORY_BYTES = 1536 * 1024 * 1024
HAND_BYTES = 1536 * 1024 * 1024
"""Address space beside that for decoding, where boxes are read."""
FIGURES_FACTOR = 3
"""Finding a page by its print takes longer than looking for codes."""
PATIENCE = 6
"""So many times its limit of computing a photo may take by the clock: a busy machine is not the photo's fault."""
_START_LIMIT_S = 60.0
_LONGEST_JSON = 1 << 20
_LONGEST_PAYLOADS = 400_000_000
# A child is replaced before leaks of the decoders could add up.
_PHOTOS_OF_ONE_CHILD = 2000
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"} | {
    # Pictures are large blocks: without these, every one is asked from the system and given back, page by page.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
}


Answer = tuple[dict[str, object], tuple[bytes, ...]]


class _Gone(Exception):
    """The child ended, or spoke nonsense, in the middle of a request."""


class _Late(Exception):
    """The time limit passed before the answer came."""


class ReadingChild:
    """Checks and reads stripped photos in a child process. A context manager; before it is entered it may be pickled.

    `limit_s` is the time of computing for one photo, `pdf_limit_s` for one PDF, and `PATIENCE` times as much goes by
    before nobody waits any longer; `memory_bytes` is the address space of the
    child. `blanks` are layouts of forms with pictures of their empty pages: such pages are found in photos and what
    stands in their boxes is read, `with_words` also figures in words. One photo at a time: give each thread or pool
    worker a child of its own.
    """

    def __init__(
        self,
        *,
        limit_s: float = 10.0,
        pdf_limit_s: float = 60.0,
        memory_bytes: int = MEMORY_BYTES,
        budget_s: float = 3.0,
        blanks: Sequence[tuple[Layout, bytes]] = (),
        with_words: bool = False,
    ) -> None:
        self._limit_s = limit_s
        self._pdf_limit_s = pdf_limit_s
        self._memory_bytes = memory_bytes
        self._budget_s = budget_s
        self._blanks = tuple(blanks)
        self._with_words = with_words
        self._served = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def check(self, data: bytes) -> None:
        """Returns where the whole picture decodes.

        Raises:
            BadPhoto: it does not (`broken`, `huge`), or not within the time limit (`slow`).
        """
        self._ask({"ask": "check"}, data, self._limit_s)

    def read(
        self,
        data: bytes,
        orient: int = 1,
        *,
        wanted: frozenset[str] = DEFAULT_WANTED,
        regions: tuple[Region, ...] = (),
    ) -> PhotoReading:
        """What `reader.CodeReader` reads in the photo.

        Raises:
            BadPhoto: as `check`.
        """
        request = {
            "ask": "read",
            "orient": orient,
            "wanted": sorted(wanted),
            "regions": regions,
            "budget_s": min(self._budget_s, self._limit_s),
        }
        answer, _ = self._ask(request, data, self._limit_s)
        return _reading(answer)

    def figures(self, data: bytes, orient: int) -> tuple[tuple[WrittenPage, ...], bytes | None]:
        """What `hand.HandReader.look` gives for the photo: its pages, and the copy in which personal data is covered.

        The copy is a JPEG without metadata; nobody can tell here what it shows.

        Raises:
            BadPhoto: as `check`.
        """
        answer, copies = self._ask({"ask": "figures", "orient": orient}, data, FIGURES_FACTOR * self._limit_s)
        try:
            pages = written_from_plain(answer.get("pages"), [layout for layout, _ in self._blanks])
        except ValueError as error:
            raise BadPhoto(
                "broken", f"the process that decoded the photo gave an answer that is no page: {error}"
            ) from None
        if not copies:
            return pages, None
        if len(copies) > 1 or strip_jpeg(copies[0]).data != copies[0]:
            raise BadPhoto("broken", "the process that decoded the photo gave a copy that is no JPEG without metadata")
        return pages, copies[0]

    def render_pdf(self, data: bytes, *, dpi: int = 200) -> tuple[bytes, ...]:
        """The pages of a PDF as PNG bytes, as `load.render_pdf` gives them.

        Raises:
            BadPhoto: as `check`; `huge` for too many or too large pages.
        """
        _, pages = self._ask({"ask": "pdf", "dpi": dpi}, data, self._pdf_limit_s)
        return pages

    def thumbnail(self, data: bytes, orient: int, *, width: int) -> bytes:
        """A small upright JPEG, as `load.thumbnail` gives it.

        Raises:
            BadPhoto: as `check`.
        """
        _, (small,) = self._ask({"ask": "thumbnail", "orient": orient, "width": width}, data, self._limit_s)
        return small

    def straightened(self, data: bytes, orient: int) -> tuple[tuple[str, int, bytes], ...]:
        """Form, page and JPEG of each page that stands in the photo, as `hand.HandReader.straightened` gives them.

        Raises:
            BadPhoto: as `check`.
        """
        answer, jpegs = self._ask({"ask": "straighten", "orient": orient}, data, FIGURES_FACTOR * self._limit_s)
        match answer.get("pages"):
            case list(pages) if len(pages) == len(jpegs):
                return tuple(_straight(page, jpeg) for page, jpeg in zip(pages, jpegs, strict=True))
        raise BadPhoto("broken", "the process that decoded the photo gave an answer that is no pages")

    def design(self, request: dict[str, object], data: bytes) -> Answer:
        """What `designing.designed` answers, as it came: the caller checks each part.

        Raises:
            BadPhoto: as `check`.
        """
        return self._ask({"ask": "design", "design": request}, data, FIGURES_FACTOR * self._limit_s)

    def _ask(self, request: dict[str, object], data: bytes, limit_s: float) -> Answer:
        if len(data) > MAX_BYTES:
            raise BadPhoto("huge", f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are taken")
        if self._process is None or self._served >= _PHOTOS_OF_ONE_CHILD:
            self._start()
        self._served += 1
        line = json.dumps({**request, "sizes": [len(data)], "cpu_s": limit_s}).encode()
        process = self._running()
        try:
            sent = struct.pack(">I", len(line)) + line + data
            answer, payloads = _exchange(process, sent, monotonic() + PATIENCE * limit_s)
        except _Late:
            self._end()
            raise BadPhoto("slow", f"the photo was not done within {PATIENCE * limit_s:g} seconds") from None
        except _Gone as gone:
            ending = self._end(grace_s=0.5)
            if ending == -signal.SIGXCPU:
                raise BadPhoto("slow", f"the photo took more than {limit_s:g} seconds of computing") from None
            raise BadPhoto("broken", f"the photo ended the process that decoded it ({ending}, {gone})") from None
        if "cause" in answer:
            raise BadPhoto(str(answer["cause"]), str(answer["sentence"]))
        return answer, payloads

    def _start(self) -> None:
        self._end()
        memory = self._memory_bytes + (HAND_BYTES if self._blanks else 0)
        command = [sys.executable, "-I", "-m", "testigo.vision.worker", str(memory)]
        if self._blanks:
            spoken = any(place.language is not None for layout, _ in self._blanks for place in layout.words)
            command += ["hand", *(["words"] if spoken and self._with_words else [])]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_ENVIRONMENT, cwd="/", bufsize=0
        )
        self._served = 0
        process = self._running()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
        try:
            _exchange(process, b"", monotonic() + _START_LIMIT_S)
        except (_Gone, _Late) as error:
            raise RuntimeError(f"the decoding process does not start (exit status {self._end(grace_s=0.5)})") from error
        for layout, blank in self._blanks:
            self._ask({"ask": "learn", "layout": layout_plain(layout)}, blank, _START_LIMIT_S)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the decoding process was not started")
        return self._process

    def _end(self, *, grace_s: float = 0.0) -> int | None:
        """Kills the child unless it ends within `grace_s` seconds; gives its exit status, None where none ran."""
        process, self._process = self._process, None
        if process is None:
            return None
        with process:
            try:
                return process.wait(grace_s)
            except subprocess.TimeoutExpired:
                process.kill()
                return process.wait()


def _exchange(process: subprocess.Popen[bytes], request: bytes, deadline: float) -> Answer:
    """Sends a frame and gives the frame that comes back; `worker` describes frames.

    The child answers only when it has the whole request, so that the two never wait for each other.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    _write(process.stdin.fileno(), request, deadline)
    inward = process.stdout.fileno()
    (length,) = struct.unpack(">I", _read(inward, 4, deadline))
    if length > _LONGEST_JSON:
        raise _Gone("an answer over the limit")
    try:
        answer = json.loads(_read(inward, length, deadline))
        sizes = [int(size) for size in answer.pop("sizes")]
    except (ValueError, TypeError, AttributeError, KeyError):
        raise _Gone("an answer that is no frame") from None
    if sum(sizes) > _LONGEST_PAYLOADS or min(sizes, default=0) < 0:
        raise _Gone("an answer over the limit")
    return answer, tuple(_read(inward, size, deadline) for size in sizes)


def _write(descriptor: int, data: bytes, deadline: float) -> None:
    left = memoryview(data)
    while left:
        _await(descriptor, select.POLLOUT, deadline)
        try:
            left = left[os.write(descriptor, left) :]
        except BrokenPipeError:
            raise _Gone("it ended") from None


def _read(descriptor: int, length: int, deadline: float) -> bytes:
    came = bytearray()
    while len(came) < length:
        _await(descriptor, select.POLLIN, deadline)
        piece = os.read(descriptor, min(length - len(came), 1 << 20))
        if not piece:
            raise _Gone("it ended")
        came += piece
    return bytes(came)


def _await(descriptor: int, event: int, deadline: float) -> None:
    """Returns when the pipe can be used, or has ended."""
    poll = select.poll()
    poll.register(descriptor, event)
    remaining = deadline - monotonic()
    if remaining <= 0 or not poll.poll(1000 * remaining):
        raise _Late


def _straight(page: object, jpeg: bytes) -> tuple[str, int, bytes]:
    match page:
        case [str(form), int(number)] if strip_jpeg(jpeg).data == jpeg:
            return form, number, jpeg
    raise BadPhoto("broken", "the process that decoded the photo gave a page that is no JPEG without metadata")


def _reading(answer: dict[str, object]) -> PhotoReading:
    """The reading in an answer; the child may be in hostile hands, so that each part is checked."""
    match answer:
        case {"codes": list(codes), "phash": int(phash), "size": [int(width), int(height)], "steps": str(steps)}:
            return PhotoReading(tuple(_code(code) for code in codes), phash, width, height, steps)
    raise BadPhoto("broken", "the process that decoded the photo gave an answer that is no reading")


def _code(listed: object) -> Code:
    match listed:
        case [str(symbology), str(text), int(x), int(y), int(width), int(height)]:
            return Code(symbology, text, (x, y, width, height))
    raise BadPhoto("broken", "the process that decoded the photo gave an answer that is no code")
