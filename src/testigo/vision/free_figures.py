"""Figures of a column without boxes, read where nobody knows beforehand where one digit ends and the next begins.

Every row is cut in more places than digits can part, each piece between two cuts is read as if it were one digit, and
all ways to make the row of so many pieces in turn are weighed at once (forward and backward over the cuts, as in
Matan, Burges, LeCun and Denker, Multi-Digit Recognition Using a Space Displacement Neural Network, 1992): a digit's
probabilities are averaged over the ways to cut, by their weights.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from testigo.core.ids import FieldId
from testigo.vision.digits import CLASSES, DigitReader
from testigo.vision.free_row import FreeRow, Piece, find_rows
from testigo.vision.layout import FreeColumn, Ink
from testigo.vision.load import Pixels

_DIGITS, _ILLEGIBLE = 10, 13
_LEAST = 1e-6
_PASSED = 0.03
"""How readily a cut that shows no digit is passed over."""


def column_ink(page: Pixels, column: FreeColumn, reader: DigitReader) -> tuple[tuple[FieldId, Ink], ...]:
    """What the fields of a column say: for each digit the logarithms of its probabilities.

    Where not just as many rows are written as there are fields, nobody can say which is whose: every digit of every
    field is then illegible. Nothing where the column shows no writing at all.
    """
    height, width = page.shape[:2]
    left, upper, right, lower = (round(v) for v in column.rect.in_pixels(width, height))
    crop = np.ascontiguousarray(page[upper:lower, left:right])
    rows = find_rows(crop, row_height=column.row * height, fewest=column.digits, most=column.digits)
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


def row_probabilities(row: FreeRow, digits: int, reader: DigitReader) -> NDArray[np.float64]:
    """Class probabilities (digits, 14) of the digits of a row, from the left."""
    pieces = row.pieces
    clean, ruled = (
        np.exp(reader.read(np.stack(pictures)))
        for pictures in ([piece.pixels for piece in pieces], [piece.ruled for piece in pieces])
    )
    table: NDArray[np.float64] = (clean + ruled) / 2
    return weighed(pieces, table, digits)


def weighed(pieces: Sequence[Piece], table: NDArray[np.float64], digits: int) -> NDArray[np.float64]:
    """Class probabilities (digits, 14) from those of every piece (pieces, 14), over all ways to cut the row.

    A way's weight is the product of its pieces' own: how probable their sizes are for a digit, times how sure the
    reader is of one digit (the sum of squares, which half a digit or two of them hardly reach). What may be dust is
    passed over. Within a way its pieces are taken for digits; how far the reader doubts that remains, squared, as
    illegible. Where there is no way at all the figure is illegible.
    """
    ends = 1 + max(piece.end for piece in pieces)
    own = np.array([piece.likely for piece in pieces]) * (table[:, :_DIGITS] ** 2).sum(axis=1)
    dust = np.zeros(ends)
    for piece, row in zip(pieces, table, strict=True):
        if piece.end == piece.start + 1:
            dust[piece.start] = max(piece.dust, _PASSED * float(row[_ILLEGIBLE]))
    forward = np.zeros((digits + 1, ends))
    backward = np.zeros((digits + 1, ends))
    forward[0, 0] = backward[digits, ends - 1] = 1.0
    for place in range(digits + 1):
        if place:
            for piece, weight in zip(pieces, own, strict=True):
                forward[place, piece.end] += forward[place - 1, piece.start] * weight
        for cut in range(1, ends):
            forward[place, cut] += forward[place, cut - 1] * dust[cut - 1]
    for place in range(digits, -1, -1):
        if place < digits:
            for piece, weight in zip(pieces, own, strict=True):
                backward[place, piece.start] += backward[place + 1, piece.end] * weight
        for cut in range(ends - 2, -1, -1):
            backward[place, cut] += backward[place, cut + 1] * dust[cut]
    found = np.zeros((digits, CLASSES))
    total = forward[digits, ends - 1]
    if total <= 0:
        found[:, _ILLEGIBLE] = 1
        return found
    for place in range(digits):
        for piece, weight, row in zip(pieces, own, table, strict=True):
            share = forward[place, piece.start] * weight * backward[place + 1, piece.end] / total
            if share == 0:
                continue
            sure = float(row[:_DIGITS].sum())
            found[place, :_DIGITS] += share * row[:_DIGITS] / sure
            found[place, _ILLEGIBLE] += share * (1 - sure)
    found[:, _ILLEGIBLE] **= 2
    found[:, :_DIGITS] *= 1 - found[:, [_ILLEGIBLE]]
    return found


def _logs(table: NDArray[np.float64]) -> Ink:
    softened = np.maximum(table, _LEAST)
    logs = np.log(softened / softened.sum(axis=1, keepdims=True))
    return tuple(tuple(map(float, row)) for row in logs)
