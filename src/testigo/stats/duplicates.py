"""A screen: stations that state the same figures for every choice.

Large stations rarely agree in all figures by chance, so a sheet that was copied shows. That fewer figures agree (two
choices and the valid votes) is common by chance and only described: simulations of it are biased low, because redrawing
from the stated figures adds the scatter of sampling a second time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from testigo.stats.homogeneity import leading_choices
from testigo.stats.shapes import same_length

Ints = NDArray[np.int64]
MOST_IN_1000 = 1
"""Reported when more than so many stations of 1,000 share all their figures with another."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """`groups` of rows with the same figures for every choice, largest stations first; `statistic` stations in them.

    `triples` counts stations that share the votes of the two leading choices and the valid votes with another: it is
    described, not tested. Stations without votes take no part.
    """

    n: int
    statistic: int
    groups: tuple[tuple[int, ...], ...]
    triples: int

    @property
    def flagged(self) -> tuple[int, ...]:
        """All rows of all groups, ascending."""
        return tuple(sorted(row for group in self.groups for row in group))

    @property
    def reported(self) -> bool:
        """Whether more stations share their figures than clean elections show."""
        return 1000 * self.statistic > MOST_IN_1000 * self.n


def duplicates(votes: Ints, valid: Ints) -> Duplicates:
    """The stations whose figures are another's; `votes` (n, choices), `valid` (n,).

    Raises:
        BadUsage: the columns have different lengths.
    """
    same_length("duplicates", votes=votes, valid=valid)
    rows = np.flatnonzero(votes.sum(axis=1) > 0)
    full = _alike(votes[rows])
    few = np.column_stack([votes[rows][:, list(leading_choices(votes))], valid[rows]])
    groups = [tuple(rows[group].tolist()) for group in full]
    groups.sort(key=lambda group: (-int(votes[group[0]].sum()), group))
    return Duplicates(
        len(rows), sum(len(group) for group in groups), tuple(groups), sum(len(group) for group in _alike(few))
    )


def _alike(table: Ints) -> list[Ints]:
    """The positions of rows that occur more than once, group by group."""
    if not len(table):
        return []
    order = np.lexsort(table.T[::-1])
    ordered = table[order]
    starts = np.flatnonzero(np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)])
    parts = np.split(order, starts[1:])
    return [np.sort(part) for part in parts if len(part) > 1]
