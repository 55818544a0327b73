"""How many voters the missing stations have: from the register where it is complete, else from what somebody states."""

from dataclasses import dataclass

import numpy as np

from testigo.assessment.case import Case
from testigo.assessment.columns import UNKNOWN, Figures

REGISTER = "register"
"""The frame of a register that lists every station, and the voters of those that a collection misses."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not in a collection. `stations` is None where nobody knows how many there are in all.

    `registered` are the voters of the missing stations by this frame, or the votes cast there where `of` is `votes`;
    `exact` is False where some collected stations have unknown voters and were counted with their ballots only, so that
    the true number is at most this.
    """

    frame: str
    name: str
    source: str
    stations: int | None
    registered: int
    exact: bool
    of: str = "registered"


def missing_of(case: Case, figures: Figures) -> tuple[Missing, ...]:
    """What a collection misses, by every frame that the election names; empty where nobody says how many voters.

    A stated number of voters that is smaller than that of the collected stations is no frame.
    """
    expected = case.register.expected_nation
    outside = None if expected is None else max(0, expected - len(figures.rows))
    registered = figures.registered(case.stations)
    known = registered != UNKNOWN
    uncollected = np.delete(case.stations.registered, figures.rows)
    if case.register.complete and not (uncollected == UNKNOWN).any():
        return (Missing(REGISTER, "", "", outside, int(uncollected.sum()), exact=True),)
    seen = int(registered[known].sum() + figures.ballots[~known].sum())
    return tuple(
        Missing(frame.id, frame.name, frame.source, outside, frame.registered - seen, exact=bool(known.all()))
        for frame in case.election.plan.frames
        if frame.registered >= seen
    )
