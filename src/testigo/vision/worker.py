"""The process in which hostile pictures are decoded: `python -I -m testigo.vision.worker`, spoken to by `child`.

It gives up the network, files and memory before the first picture comes, then answers frames on standard output
for frames on standard input until the input ends. A frame is a JSON object and a number of byte strings:
u32 length of the JSON, JSON, then for each length in its "sizes" that many bytes (numbers big-endian).
"""

import contextlib
import ctypes
import json
import math
import os
import resource
import signal
import struct
import sys
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from testigo.vision.hand import HandReader

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def main() -> None:
    """Serves until standard input ends. Arguments: memory in bytes, `hand` if figures are read, `words` for words."""
    memory = int(sys.argv[1])
    # Whoever asked may be gone before the answer: that is no error of the child.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    _leave_network()
    # The libraries open files and start from shared objects, so they are loaded before the doors close.
    import cv2
    import numpy as np
    from PIL import Image

    import testigo.vision.reader

    cv2.setNumThreads(1)
    Image.init()
    testigo.vision.reader.perceptual_hash(np.zeros((64, 64), np.uint8))
    hand = None
    if "hand" in sys.argv[2:]:
        from testigo.vision.hand import HandReader

        hand = HandReader(words="words" in sys.argv[2:])
    inward, outward = sys.stdin.buffer, sys.stdout.buffer
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 16),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    _send(outward, {"ready": True}, ())
    while True:
        head = inward.read(4)
        if len(head) < 4:
            return
        (length,) = struct.unpack(">I", head)
        line = inward.read(length)
        if len(line) < length:
            return
        asked = json.loads(line)
        (data,) = (inward.read(size) for size in asked["sizes"])
        if [len(data)] != asked["sizes"]:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = math.ceil(used.ru_utime + used.ru_stime + asked["cpu_s"]) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
        answer, payloads = _answer(asked, data, hand)
        _send(outward, answer, payloads)


def _answer(
    asked: dict[str, object], data: bytes, hand: "HandReader | None"
) -> tuple[dict[str, object], tuple[bytes, ...]]:
    """The answer to one request. A refused picture is an answer; a bug ends the process and shows on standard error."""
    import cv2

    from testigo.errors import BadPhoto

    try:
        return _do(asked, data, hand)
    except BadPhoto as bad:
        return {"cause": bad.cause, "sentence": str(bad)}, ()
    except MemoryError:
        return {"cause": "huge", "sentence": "the picture needs more memory than a photo may use"}, ()
    except cv2.error as error:
        return {"cause": "broken", "sentence": f"the picture cannot be worked on ({error.err})"}, ()


def _do(
    asked: dict[str, object], data: bytes, hand: "HandReader | None"
) -> tuple[dict[str, object], tuple[bytes, ...]]:
    from testigo.vision.layout import layout_from_plain, written_plain
    from testigo.vision.load import decode, render_pdf, thumbnail
    from testigo.vision.reader import CodeReader

    match asked:
        case {"ask": "check"}:
            decode(data)
            return {}, ()
        case {"ask": "pdf", "dpi": int(dpi)}:
            return {}, render_pdf(data, dpi=dpi)
        case {"ask": "thumbnail", "orient": int(orient), "width": int(width)}:
            return {}, (thumbnail(data, orient=orient, width=width),)
        case {"ask": "learn", "layout": dict(layout)} if hand is not None:
            hand.learn(layout_from_plain(layout), data)
            return {}, ()
        case {"ask": "design", "design": dict(design)}:
            from testigo.vision.designing import designed

            return designed(design, data)
        case {"ask": "figures", "orient": int(orient)} if hand is not None:
            pages, covered = hand.look(data, orient)
            return {"pages": [written_plain(page) for page in pages]}, () if covered is None else (covered,)
        case {"ask": "straighten", "orient": int(orient)} if hand is not None:
            straight = hand.straightened(data, orient)
            return {"pages": [[form, page] for form, page, _ in straight]}, tuple(jpeg for _, _, jpeg in straight)
        case {
            "ask": "read",
            "orient": int(orient),
            "wanted": list(wanted),
            "regions": list(regions),
            "budget_s": int() | float() as budget,
        }:
            reader = CodeReader(tuple((x0, y0, x1, y1) for x0, y0, x1, y1 in regions), budget)
            reading = reader.read(data, orient, frozenset(wanted))
            codes = [[code.symbology, code.text, *code.box] for code in reading.codes]
            size = [reading.width, reading.height]
            return {"codes": codes, "phash": reading.phash, "size": size, "steps": reading.steps}, ()
    raise ValueError(f"unknown request {asked}")


def _send(outward: BinaryIO, answer: dict[str, object], payloads: tuple[bytes, ...]) -> None:
    line = json.dumps({**answer, "sizes": [len(payload) for payload in payloads]}).encode()
    outward.write(struct.pack(">I", len(line)) + line + b"".join(payloads))
    outward.flush()


def _leave_network() -> None:
    """Moves into an empty network, where the system allows it: some containers do not, and photos still get read."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).unshare(_NEW_USER | _NEW_NETWORK)
    os.environ.clear()


if __name__ == "__main__":
    main()
