"""A picture, not a test: how many stations have which turnout and which share of the leader.

Klimek, Yegorov, Hanel, Thurner, PNAS 109:16469 (2012) drew it first. Their parametric fractions are not worked out:
fitted to clean simulated elections they named large ones.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from testigo.stats.shapes import same_length

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Fingerprint:
    """`cells` (turnout, share) counts stations; cell i holds what is at least i / bins and below (i + 1) / bins.

    A value of 1 stands in the last cell. `n` stations are drawn, `unknown` lack their number of voters, and `beyond`
    state more ballots than voters.
    """

    n: int
    cells: Ints
    unknown: int
    beyond: int


def fingerprint(
    part: Ints, valid: Ints, ballots: Ints, registered: Ints | None, *, bins: int = 100
) -> Fingerprint | None:
    """Turnout (`ballots` of `registered`) by share (`part` of `valid`), all (n,); None where no turnout is known.

    `registered` None or a number below 1 says that nobody knows it. Stations without valid votes are left out.

    Raises:
        BadUsage: the columns have different lengths.
    """
    same_length("fingerprint", part=part, valid=valid, ballots=ballots, registered=registered)
    if registered is None:
        return None
    voted = valid > 0
    known = voted & (registered > 0)
    beyond = known & (ballots > registered)
    drawn = known & ~beyond
    if not drawn.any():
        return None
    # Whole numbers all the way: a station on an edge falls into the same cell on every machine.
    row = np.minimum(bins * ballots[drawn] // registered[drawn], bins - 1)
    column = np.minimum(bins * part[drawn] // valid[drawn], bins - 1)
    cells = np.bincount(row * bins + column, minlength=bins * bins).reshape(bins, bins).astype(np.int64)
    return Fingerprint(int(drawn.sum()), cells, int((voted & ~known).sum()), int(beyond.sum()))
