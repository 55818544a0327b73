import io
import pickle
import signal
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from testigo.errors import BadPhoto
from testigo.vision.child import ReadingChild
from testigo.vision.reader import CodeReader
from testigo.vision.strip import strip

Make = Callable[..., NDArray[np.uint8]]
Encode = Callable[..., bytes]


@pytest.fixture(scope="module")
def child() -> Iterator[ReadingChild]:
    with ReadingChild(budget_s=1.0) as started:
        yield started


@pytest.fixture(scope="module")
def slow_photo() -> bytes:
    """A photo within all limits whose decoding takes seconds: 36 million pixels in many progressive scans."""
    out = io.BytesIO()
    Image.new("RGB", (6000, 6000), "grey").save(out, "JPEG", progressive=True, quality=50)
    data = strip(out.getvalue()).data
    at = data.rindex(b"\xff\xda")
    return data[:-2] + data[at:-2] * 300 + data[-2:]


def test_a_photo_reads_in_the_child_as_in_this_process(child: ReadingChild, sheet: Make, as_jpeg: Encode) -> None:
    data = as_jpeg(sheet("010203004.05.1.0001!1,2,3", bars="10034"))
    wanted = frozenset({"QRCode", "Code128"})
    reading = child.read(data, 3, wanted=wanted)
    assert reading == CodeReader().read(data, 3, wanted)
    assert [code.text for code in reading.codes] == ["10034", "010203004.05.1.0001!1,2,3"]


def test_bytes_that_are_no_picture_are_refused_and_the_next_photo_is_read(
    child: ReadingChild, page: Image.Image
) -> None:
    good = _png(page)
    for bad in (b"", b"\xff\xd8\xff", good[: len(good) // 2], b"\x89PNG\r\n\x1a\n" + bytes(100)):
        with pytest.raises(BadPhoto) as caught:
            child.check(bad)
        assert caught.value.cause == "broken"
        child.check(good)


def test_a_photo_that_takes_too_long_is_refused_and_the_next_is_read(slow_photo: bytes, page: Image.Image) -> None:
    with ReadingChild(limit_s=0.7) as hurried:
        with pytest.raises(
            BadPhoto, match=r"not done within 4\.2 seconds|more than 0\.7 seconds of computing"
        ) as caught:
            hurried.check(slow_photo)
        assert caught.value.cause == "slow"
        hurried.check(_png(page))


def test_a_child_that_is_held_back_is_waited_for_and_one_that_never_answers_is_not(page: Image.Image) -> None:
    with ReadingChild(limit_s=1.0) as held:
        process: Any = held._process
        process.send_signal(signal.SIGSTOP)
        wake = threading.Timer(1.3, process.send_signal, [signal.SIGCONT])
        wake.start()
        held.check(_png(page))
        wake.join()
    with ReadingChild(limit_s=0.1) as asleep:
        process = asleep._process
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(BadPhoto, match=r"not done within 0\.6 seconds"):
            asleep.check(_png(page))


def test_a_photo_that_needs_too_much_memory_is_refused_and_the_next_is_read(page: Image.Image) -> None:
    wide = _blank_png(7000, 7000)
    with ReadingChild(memory_bytes=700_000_000) as small:
        with pytest.raises(BadPhoto) as caught:
            small.check(wide)
        assert caught.value.cause in {"huge", "broken"}
        small.check(_png(page))


def test_a_child_that_was_killed_is_replaced(page: Image.Image) -> None:
    with ReadingChild() as mortal:
        process: Any = mortal._process
        process.kill()
        with pytest.raises(BadPhoto, match="ended the process that decoded it") as caught:
            mortal.check(_png(page))
        assert caught.value.cause == "broken"
        mortal.check(_png(page))


def test_the_child_cannot_write_files_and_keeps_no_environment(child: ReadingChild) -> None:
    process: Any = child._process
    limits = _proc(process.pid, "limits")
    assert [line.split()[3] for line in limits.splitlines() if line.startswith("Max file size")] == ["0"]
    assert [line.split()[3] for line in limits.splitlines() if line.startswith("Max open files")] == ["16"]
    assert "HOME" not in _proc(process.pid, "environ")


def test_pages_of_a_pdf_come_out_of_the_child(child: ReadingChild, page: Image.Image) -> None:
    out = io.BytesIO()
    page.save(out, "PDF", save_all=True, append_images=[page])
    pages = child.render_pdf(out.getvalue(), dpi=72)
    assert len(pages) == 2
    child.check(strip(pages[0]).data)


def test_a_child_that_was_not_started_travels_to_a_pool_worker(page: Image.Image) -> None:
    packed = pickle.dumps(ReadingChild(limit_s=5.0))

    def work(data: bytes) -> None:
        with pickle.loads(packed) as travelled:
            travelled.check(data)

    with ThreadPoolExecutor(1) as pool:
        list(pool.map(work, [_png(page)]))


def test_a_file_over_the_byte_limit_never_reaches_the_child(child: ReadingChild) -> None:
    with pytest.raises(BadPhoto, match="at most 20,000,000"):
        child.check(bytes(20_000_001))


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _blank_png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (width, height)).save(out, "PNG", compress_level=zlib.Z_BEST_SPEED)
    return out.getvalue()


def _proc(number: int, name: str) -> str:
    with open(f"/proc/{number}/{name}") as told:
        return told.read()


CUT_SHORT = {
    "a line": struct.pack(">I", 256) + b"{",
    "a photo": struct.pack(">I", 43) + b'{"ask":"check","cpu_s":5,"sizes":[1000000]}' + bytes(10),
}


@pytest.mark.parametrize("request_of", CUT_SHORT.values(), ids=CUT_SHORT)
def test_a_child_whose_asker_is_gone_ends_without_a_word(request_of: bytes) -> None:
    command = [sys.executable, "-I", "-m", "testigo.vision.worker", "3221225472"]
    ended = subprocess.run(command, input=request_of, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
