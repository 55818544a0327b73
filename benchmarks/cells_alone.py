"""Reads pictures of figures with one reader, alone in its process: run by digits_beside_ocr.py, with its interpreter.

    PYTHON cells_alone.py testigo|pp-ocr PICTURES.npz ROUNDS

Prints what was read, the seconds of the processor for each round, and the most memory that the process held, as JSON.
PP-OCR's recogniser reads freely (`texts`: what of it is digits is kept) and, not timed, with nothing but digits to
choose from (`digits`: the same frames, other signs left out). It needs rapidocr and its requirements, and nothing of
testigo.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from itertools import groupby
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Pictures = Mapping[str, Sequence[Picture]]
SIGNS = "0123456789"
PER_SHEET = 24
"""So many cells are read at once, as of one sheet."""


def testigo(pictures: Pictures, rounds: int) -> dict[str, object]:
    """Cells as the product reads them: a field is read where its cells are, so there are no strips."""
    reader = import_module("testigo.vision.digits").DigitReader()
    cells = np.stack(pictures["cells"])

    def read() -> list[str]:
        parts = [reader.read(cells[start : start + PER_SHEET]) for start in range(0, len(cells), PER_SHEET)]
        return [SIGNS[one] if one < len(SIGNS) else "" for one in np.vstack(parts).argmax(axis=1).tolist()]

    texts, seconds = timed(read, rounds)
    return {"cells": {"texts": texts, "seconds": seconds}}


def pp_ocr(pictures: Pictures, rounds: int) -> dict[str, object]:
    """Every picture as a line of text, by the package's own recogniser on one thread."""
    import_module("cv2").setNumThreads(1)
    threads = {f"EngineConfig.onnxruntime.{one}_op_num_threads": 1 for one in ("intra", "inter")}
    package = import_module("rapidocr").RapidOCR(params={"Global.log_level": "error", **threads})
    # The package loads a model when it first needs it; finding and turning lines is not needed here.
    package(np.full((48, 320, 3), 255, np.uint8), use_det=False, use_cls=False, use_rec=True)
    recogniser = package.text_rec
    asked = import_module("rapidocr.ch_ppocr_rec.typings").TextRecInput
    found: dict[str, object] = {}
    for kind, some in pictures.items():
        colour = [one if one.ndim == 3 else np.dstack([one] * 3) for one in some]

        def read(lines: Sequence[Picture] = colour) -> list[str]:
            said = recogniser(asked(img=lines, return_word_box=False)).txts
            return ["".join(sign for sign in text if sign in SIGNS) for text in said]

        texts, seconds = timed(read, rounds)
        found[kind] = {"texts": texts, "seconds": seconds, "digits": [only_digits(recogniser, one) for one in colour]}
    return found


def only_digits(recogniser: Any, picture: Picture) -> str:
    """The best path through blank and the ten digits (greedy decoding: repeats joined, blanks dropped)."""
    _, high, wide = recogniser.rec_image_shape
    width = max(picture.shape[1] / picture.shape[0], wide / high)
    frames = recogniser.session(recogniser.resize_norm_img(picture, width)[None].astype(np.float32))[0]
    columns = [0, *(recogniser.postprocess_op.character.index(digit) for digit in SIGNS)]
    return "".join(SIGNS[one - 1] for one, _ in groupby(frames[:, columns].argmax(axis=1).tolist()) if one)


def timed(read: Callable[[], list[str]], rounds: int) -> tuple[list[str], list[float]]:
    """What is read, and the processor's seconds of every round after a first one that warms up."""
    texts, seconds = read(), []
    for _ in range(rounds):
        started = process_time()
        read()
        seconds.append(process_time() - started)
    return texts, seconds


def peak() -> int:
    """Bytes that the process held at most. Not `getrusage`: Linux counts there what its parent held when it began."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def main() -> None:
    name, path, rounds = sys.argv[1:]
    pictures: dict[str, list[Picture]] = {}
    with np.load(path) as kept:
        for key in kept.files:
            pictures.setdefault(key.split("/")[0], []).append(kept[key])
    found = {"testigo": testigo, "pp-ocr": pp_ocr}[name](pictures, int(rounds))
    print(json.dumps({"read": found, "memory": peak()}))


if __name__ == "__main__":
    main()
