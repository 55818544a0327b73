"""Which digit stands in a cell, as measured probabilities: docs/model-digits.md says on what, and where it fails."""

from importlib.resources import files
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from testigo.vision.load import Pixels

CLASSES: Final = 14
_SHIFTS: Final = ((0, 0), (1, 0), (0, 1))
_SIDE: Final = 40
_AT_ONCE: Final = 512


class DigitReader:
    """Holds the model. Reading is deterministic on one machine; make one reader for each process."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        model = files("testigo.vision").joinpath("digits.onnx").read_bytes()
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def read(self, cells: Pixels) -> NDArray[np.float64]:
        """Natural logarithms of the classes' probabilities (n, 14) of the cells (n, 40, 40) of one page, paper 255 and
        ink near 0.

        The classes are the ten digits, blank, dash, cross and illegible; every row sums to 1. Cells of a page are read
        together, since one hand wrote most of them. They are read three times, also moved by a pixel, and the
        probabilities are averaged: a digit does not depend on a pixel.
        """
        ink = 1 - cells.astype(np.float32) / 255
        total = np.zeros((len(cells), CLASSES))
        for dx, dy in _SHIFTS:
            moved = np.roll(ink, (dy, dx), (1, 2))
            for start in range(0, len(cells), _AT_ONCE):
                part = np.ascontiguousarray(moved[start : start + _AT_ONCE, None])
                (logs,) = self._session.run(None, {"cells": part})
                total[start : start + _AT_ONCE] += np.exp(np.asarray(logs, np.float64))
        with np.errstate(divide="ignore"):
            found: NDArray[np.float64] = np.log(total / total.sum(axis=1, keepdims=True)) if len(cells) else total
        return np.maximum(found, -60.0)
