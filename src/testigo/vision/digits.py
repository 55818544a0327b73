"""Which digit stands in a cell, as measured probabilities: docs/model-digits.md says on what, and where it fails."""

from importlib.resources import files
from typing import Final

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from testigo.vision.load import Pixels

CLASSES: Final = 14
_VIEWS: Final = ((0, 0, 0), (7, 1, 0), (-7, 0, 1))
"""Degrees by which a cell is turned, and pixels by which it is moved right and down."""
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

        The classes are the ten digits, blank, dash, cross and illegible; every row sums to 1. Cells of a page, up
        to 512, are read together, since one hand wrote most of them. They are read three times, also turned a little
        and moved by a pixel, and the probabilities are averaged: a digit does not depend on either.
        """
        if not len(cells):
            return np.zeros((0, CLASSES))
        ink = np.asarray(1 - cells.astype(np.float32) / 255, np.float32)
        total = np.zeros((len(cells), CLASSES))
        for view in _VIEWS:
            moved = _seen(ink, *view)
            for start in range(0, len(cells), _AT_ONCE):
                part = np.ascontiguousarray(moved[start : start + _AT_ONCE, None])
                (logs,) = self._session.run(None, {"cells": part})
                total[start : start + _AT_ONCE] += np.exp(np.asarray(logs, np.float64))
        with np.errstate(divide="ignore"):
            found: NDArray[np.float64] = np.log(total / total.sum(axis=1, keepdims=True))
        return np.maximum(found, -60.0)


def _seen(ink: NDArray[np.float32], degrees: int, dx: int, dy: int) -> NDArray[np.float32]:
    if not degrees:
        return ink
    turn = cv2.getRotationMatrix2D((_SIDE / 2 - 0.5, _SIDE / 2 - 0.5), degrees, 1)
    turn[:, 2] += dx, dy
    return np.stack([cv2.warpAffine(cell, turn, (_SIDE, _SIDE)) for cell in ink])
