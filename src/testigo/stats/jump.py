"""A screen: stations just beside a tie of the two leading choices.

Where figures were changed until a choice leads, one side of the tie fills up. Near a tie either side is about equally
frequent, so the count of one side is binomial with one half, given both (the idea of McCrary's density test 2008, here
with fixed widths and an exact test).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from testigo.stats.shapes import same_length

Ints = NDArray[np.int64]
WIDTHS = (5, 10, 20)
"""Widths in thousandths of the valid votes: half a per cent, one, two. They are fixed before anybody looks."""
LEVEL = 0.01
"""Stations grow more frequent towards the leader's side, so one half is not exact; a small level makes up for it."""


@dataclass(frozen=True, slots=True)
class Side:
    """Stations where the first choice leads (`above`) or trails (`below`) by `width` thousandths of valid at most."""

    width: int
    above: int
    below: int
    p: float


@dataclass(frozen=True, slots=True)
class Jump:
    """`statistic` is the smallest p of the widths, `p` the same times their number (Bonferroni), 1 at most.

    `n` stations lie within the largest width; `flagged` are those of the smallest one, where the screen is reported.
    """

    n: int
    statistic: float
    p: float
    sides: tuple[Side, ...]
    flagged: tuple[int, ...]

    @property
    def reported(self) -> bool:
        """Whether the sides differ by more than chance gives."""
        return self.p < LEVEL


def jump(first: Ints, second: Ints, valid: Ints) -> Jump:
    """The stations on either side of equality of two choices; ties are on neither side. All columns (n,).

    Raises:
        BadUsage: the columns have different lengths.
    """
    same_length("jump", first=first, second=second, valid=valid)
    lead = 1000 * (first - second)
    near = [np.abs(lead) <= width * valid for width in WIDTHS]
    sides = []
    for width, inside in zip(WIDTHS, near, strict=True):
        above, below = int((inside & (lead > 0)).sum()), int((inside & (lead < 0)).sum())
        p = float(stats.binomtest(above, above + below).pvalue) if above + below else 1.0
        sides.append(Side(width, above, below, p))
    smallest = min(side.p for side in sides)
    p = min(1.0, len(WIDTHS) * smallest)
    rows = np.flatnonzero(near[0] & (lead != 0)) if p < LEVEL else np.zeros(0, np.int64)
    return Jump(sides[-1].above + sides[-1].below, smallest, p, tuple(sides), tuple(rows.tolist()))
