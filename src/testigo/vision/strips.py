"""Digits of a whole row at once, where nobody knows where one ends and the next begins: docs/model-digits.md.

The reader says for every four columns of a strip which digit begins or goes on there, or none. How many digits the
figure has is known from the form, so all ways to lay just so many over the strip are summed (connectionist temporal
classification: Graves, Fernández, Gomez, Schmidhuber, 2006, equations 5 to 15, over all texts of one length).
"""

from collections.abc import Sequence
from importlib.resources import files

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from testigo.vision.load import Pixels

Floats = NDArray[np.float64]

_BLANK, _DIGITS = 0, 10


class StripReader:
    """Holds the model of rows. Reading is deterministic on one machine; make one reader for each process."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        model = files("testigo.vision").joinpath("rows.onnx").read_bytes()
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def read(self, strips: Sequence[Pixels]) -> tuple[Floats, ...]:
        """Of each strip (40, 4 w), paper 255 and ink near 0, probabilities (w, 11) of nothing and of ten digits."""
        found = []
        for strip in strips:
            ink = np.ascontiguousarray(1 - strip.astype(np.float32) / 255)[None, None]
            (logs,) = self._session.run(None, {"strips": ink})
            found.append(np.exp(np.asarray(logs[0], np.float64)))
        return tuple(found)


def digits_of(steps: Floats, digits: int) -> tuple[Floats, float]:
    """Probabilities (digits, 10) of each digit given that there are just so many, and the probability of that.

    `steps` are probabilities (w, 11), of nothing first. The same digit twice in a row needs nothing between.
    """
    count = len(steps)
    in_digit, in_blank = np.zeros((digits + 1, _DIGITS)), np.zeros(digits + 1)
    in_blank[0] = 1.0
    entered = np.zeros((count, digits + 1, _DIGITS))
    for at, step in enumerate(steps):
        begun = np.zeros_like(in_digit)
        begun[1:] = in_blank[:-1, None] + in_digit[:-1].sum(axis=1)[:, None] - in_digit[:-1]
        entered[at] = begun * step[1:]
        in_blank = (in_blank + in_digit.sum(axis=1)) * step[_BLANK]
        in_digit = (in_digit + begun) * step[1:]
    total = float(in_blank[digits] + in_digit[digits].sum())
    # What follows, once a digit was begun at a step.
    after_digit, after_blank = np.zeros((digits + 1, _DIGITS)), np.zeros(digits + 1)
    after_digit[digits], after_blank[digits] = 1.0, 1.0
    found = entered[-1] * after_digit
    for at in range(count - 2, -1, -1):
        step = steps[at + 1]
        on = after_digit * step[1:]
        further = np.zeros(digits + 1)
        further[:-1] = on[1:].sum(axis=1)
        others = np.zeros_like(on)
        others[:-1] = further[:-1, None] - on[1:]
        rest = after_blank * step[_BLANK]
        after_digit = on + others + rest[:, None]
        after_blank = rest + further
        found += entered[at] * after_digit
    if total <= 0:
        return np.full((digits, _DIGITS), 1 / _DIGITS), 0.0
    return found[1:] / total, min(total, 1.0)
