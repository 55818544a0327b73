"""What a reader sees in boxes, invented: cells that say a number with a certain probability."""

import numpy as np

from testigo.core.ids import FieldId
from testigo.ports import InkSeen

CLASSES = 14


def ink(field: str, number: int, sure: float = 0.99, digits: int = 2) -> InkSeen:
    """A field whose cells say this number, each digit with this probability and the other classes alike."""
    rows = np.full((digits, CLASSES), (1 - sure) / (CLASSES - 1))
    for place, digit in enumerate(f"{number:0{digits}d}"):
        rows[place, int(digit)] = sure
    return InkSeen(FieldId(field), tuple(tuple(row) for row in np.log(rows).tolist()))
