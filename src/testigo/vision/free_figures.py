"""Figures of a column without boxes, read where nobody knows beforehand where one digit ends and the next begins.

Every row is read as a whole, as many digits as the form says, in several views: in four sizes, without and with the
printed rules, for a bar of a digit that lies on a rule is taken out with it. The views are averaged by how well each
can be read as so many digits.
"""

import numpy as np
from numpy.typing import NDArray

from testigo.core.ids import FieldId
from testigo.vision.digits import CLASSES
from testigo.vision.free_row import FreeRow, find_rows
from testigo.vision.layout import FreeColumn, Ink
from testigo.vision.load import Pixels
from testigo.vision.strips import StripReader, digits_of

_DIGITS, _ILLEGIBLE = 10, 13
_LEAST = 1e-6
_MISCOUNTED = 0.05
_SHARED = 0.8
"""Views of one ink share their mistakes: so much of what they say together counts. Fitted with `_MISCOUNTED` on drawn
columns of the drill's hands for tuning."""


def column_ink(page: Pixels, column: FreeColumn, reader: StripReader) -> tuple[tuple[FieldId, Ink], ...]:
    """What the fields of a column say: for each digit the logarithms of its probabilities.

    Where not just as many rows are written as there are fields, nobody can say which is whose: every digit of every
    field is then illegible. Nothing where the column shows no writing at all.
    """
    height, width = page.shape[:2]
    left, upper, right, lower = (round(v) for v in column.rect.in_pixels(width, height))
    crop = np.ascontiguousarray(page[upper:lower, left:right])
    rows = find_rows(crop, row_height=column.row * height, fewest=column.digits)
    written = [row for row in rows if not row.struck]
    if not rows:
        return ()
    if len(written) != len(column.fields):
        lost = _logs(np.eye(CLASSES)[[_ILLEGIBLE] * column.digits])
        return tuple((field, lost) for field in column.fields)
    return tuple(
        (field, _logs(row_probabilities(row, column.digits, reader)))
        for field, row in zip(column.fields, written, strict=True)
    )


def row_probabilities(row: FreeRow, digits: int, reader: StripReader) -> NDArray[np.float64]:
    """Class probabilities (digits, 14) of the digits of a row, from the left.

    With e the mean probability of just so many digits in the views, and q that of a row that does not show so many
    before it is seen, the figure is legible by l = e (1 - q) / (e (1 - q) + (1 - e) q), by Bayes' rule; each of its
    digits by l^(1 / digits).
    """
    views = [digits_of(steps, digits) for steps in reader.read(row.strips)]
    weights = np.array([exactly for _, exactly in views])
    even = float(weights.mean())
    legible = (even * (1 - _MISCOUNTED) / (even * (1 - _MISCOUNTED) + (1 - even) * _MISCOUNTED)) ** (1 / digits)
    found = np.zeros((digits, CLASSES))
    found[:, _ILLEGIBLE] = 1 - legible
    if legible > 0:
        table = np.average(np.stack([table for table, _ in views]), axis=0, weights=weights) ** _SHARED
        found[:, :_DIGITS] = legible * table / table.sum(axis=1, keepdims=True)
    return found


def _logs(table: NDArray[np.float64]) -> Ink:
    softened = np.maximum(table, _LEAST)
    logs = np.log(softened / softened.sum(axis=1, keepdims=True))
    return tuple(tuple(map(float, row)) for row in logs)
