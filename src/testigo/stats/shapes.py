"""Columns that must belong together."""

import numpy as np
from numpy.typing import NDArray

from testigo.errors import BadUsage


def same_length(where: str, **columns: NDArray[np.int64] | None) -> int:
    """The common length of these columns; None stands for a column that is not known.

    Raises:
        BadUsage: they have different lengths, or one holds anything but whole numbers.
    """
    known = {name: column for name, column in columns.items() if column is not None}
    lengths = {name: len(column) for name, column in known.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise BadUsage(f"{where}: expected columns of one length, came {told}")
    for name, column in known.items():
        if not np.issubdtype(column.dtype, np.integer):
            raise BadUsage(f"{where}: expected whole numbers in {name}, came {column.dtype}")
    return next(iter(lengths.values()), 0)
