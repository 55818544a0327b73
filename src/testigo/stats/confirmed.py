"""Whether something on the sheet speaks a second time for a number: an equation that must hold exactly, words, tallies.

Only what could contradict counts: an equation within a tolerance lets small mistakes pass, and words that fit other
numbers as well say nothing.
"""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from testigo.stats.fields import ValueEvidence
from testigo.stats.sums import Reading, Sum

MOST_CHANGED = 8
"""Of more fields no choice is taken as confirmed; each of them would need to be open."""
CLEARLY = math.log(10)
"""Words and tallies speak for a number if they are ten times as probable under it as under any other."""


def checked_twice(sums: Sequence[Sum], evidence: Sequence[Sequence[ValueEvidence]], shown: Reading) -> bool:
    """Whether every field is said a second time: else nobody finds a misread digit of it."""
    factors = _factors(sums, len(shown))
    return all(
        bool(factors[:, place].any()) or _told(said, number)
        for place, (said, number) in enumerate(zip(evidence, shown, strict=True))
    )


def confirmed(sums: Sequence[Sum], evidence: Sequence[Sequence[ValueEvidence]], free: Reading, shown: Reading) -> bool:
    """Whether the equations that chose these numbers against the ink had to agree with each other about them.

    k numbers can as a rule be found that settle k equations. So of every part of the changed fields more equations, or
    words, must tell than it has fields (Hall's condition, 1935, with one to spare). And no other field may stand in all
    equations in just the way the part does: if that one were wrong on paper, the part would make up for it in all of
    them at once.
    """
    changed = [place for place, (one, other) in enumerate(zip(free, shown, strict=True)) if one != other]
    if len(changed) > MOST_CHANGED:
        return False
    factors = _factors(sums, len(shown))
    by = np.array([(after or 0) - (before or 0) for before, after in zip(free, shown, strict=True)], dtype=object)
    told = {place for place, (said, number) in enumerate(zip(evidence, shown, strict=True)) if _told(said, number)}
    others = [factors[:, place] for place in range(len(shown)) if place not in changed and place not in told]
    parts = (list(part) for size in range(1, len(changed) + 1) for part in combinations(changed, size))
    for part in parts:
        telling = int((factors[:, part] != 0).any(axis=1).sum()) + len(told.intersection(part))
        if telling <= len(part):
            return False
        moved = factors[:, part] @ by[part]
        if told.isdisjoint(part) and any(_along(moved, other) for other in others):
            return False
    return True


def _factors(sums: Sequence[Sum], fields: int) -> NDArray[np.object_]:
    """(equations, fields): of every equation that holds exactly the factor of every field, as whole numbers of any
    size."""
    exact = [one for one in sums if one.low is not None and one.low == one.high]
    factors = np.zeros((len(exact), fields), dtype=object)
    for row, one in enumerate(exact):
        for place, factor in one.terms:
            factors[row, place] = factor
    return factors


def _along(moved: NDArray[np.object_], other: NDArray[np.object_]) -> bool:
    """Whether one number of the other field would move all equations just so."""
    stands = np.flatnonzero(other)
    if not len(stands):
        return False
    first = stands[0]
    return bool(moved[first]) and bool((moved * other[first] == other * moved[first]).all())


def _told(evidence: Sequence[ValueEvidence], number: int | None) -> bool:
    """Whether a piece of evidence clearly speaks for this number."""
    return number is not None and any(
        piece.logs.get(number, piece.otherwise)
        - max([piece.otherwise, *(log for other, log in piece.logs.items() if other != number)])
        >= CLEARLY
        for piece in evidence
    )
