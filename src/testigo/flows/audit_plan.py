"""`testigo audit plan`: how many papers an audit would have to look up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from testigo.errors import BadUsage
from testigo.flows.audit_case import Committed, Terms, case_of, reported, risk_text
from testigo.ports import World
from testigo.stats.martingale import draws_needed

SHARES = (1.0, 0.5, 0.25, 0.1, 0.01)
"""Limits on the net error that are shown where none is asked for, as shares of the margin."""


@dataclass(frozen=True, slots=True)
class Size:
    """What one claim costs at one risk: draws if no paper differs, by both tests; None where more than 100,000.

    `within` is None for the claim that the leader leads every rival.
    """

    within: int | None
    risk: str
    kaplan_markov: int | None
    capped: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an audit would cost. `missing` as in `Terms`; `full` is the number of papers of a full count."""

    leader: str
    rival: str
    margin: int
    full: int
    missing: int | None
    sizes: tuple[Size, ...]


def plan(
    world: World, of: str, *, contest: str | None, withins: Sequence[int], risks: Sequence[float], both: bool
) -> Plan:
    """The number of papers for these claims and risks; without `withins`, for shares of the margin.

    Raises:
        BadUsage: there is nothing to audit, or a number is out of its range.
    """
    figures, missing = reported(world, of, contest)
    nobody = Committed(world.election.origin, 0, "", "")
    texts = [risk_text(risk) for risk in risks]
    base = Terms(nobody, world.election.id, of, "", 1, both, "0.05", "capped", "", missing)
    rest = case_of(base, figures)
    limits: list[int | None] = [None]
    limits += withins or [max(1, round(abs(rest.margin) * part)) for part in SHARES]
    sizes = []
    for within in limits:
        for risk in texts:
            try:
                case = case_of(replace(base, within=within, risk=risk), figures)
            except BadUsage:
                if within is not None:
                    raise
                # A rival could lead with what is missing: no sample is enough.
                sizes.append(Size(within, risk, None, None))
                continue
            u, each = float(case.bound), case.risk_each
            sizes.append(Size(within, risk, draws_needed("kaplan-markov", u, each), draws_needed("capped", u, each)))
    return Plan(rest.leader, rest.rival, rest.margin, len(figures.stations), missing, tuple(sizes))
