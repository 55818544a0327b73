"""Can it still flip? The answer for every contest and area, as every page gives it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from testigo.assessment.case import ACCEPTED
from testigo.core.ids import NATION, AreaId, area_of
from testigo.core.tabulation import standing_of
from testigo.site.values import Published


@dataclass(frozen=True, slots=True)
class Flip:
    """Whether the leader of an area can still be passed, in the worst case over what is not counted.

    `state` is `no`, `yes`, `complete` (nothing is missing), `tie`, `nothing` (no votes), or `unknown` where nobody says
    how many voters the missing stations have. `missing` are these voters, `slack` the lead less all of them.
    """

    state: str
    missing: int = 0
    slack: int = 0


Flips = Mapping[tuple[str, AreaId], Flip]


def flips_of(published: Published) -> Flips:
    """The answer for every contest and every area of the register, the nation among them."""
    missing, unknown = _missing(published)
    found = {}
    for contest in published.election.contests:
        for area in published.register.names:
            totals = published.tabulation[contest.id, area]
            standing = standing_of(contest, totals.counts)
            key = (contest.id, area)
            if not standing.votes:
                found[key] = Flip("nothing")
            elif standing.leader is None:
                found[key] = Flip("tie")
            elif not published.register.complete or unknown[key]:
                found[key] = Flip("unknown")
            else:
                slack = standing.lead - missing[key]
                state = "complete" if totals.counted == totals.expected else "no" if slack > 0 else "yes"
                found[key] = Flip(state, missing[key], slack)
    return found | _stated(published)


def _missing(published: Published) -> tuple[Mapping[tuple[str, AreaId], int], Mapping[tuple[str, AreaId], int]]:
    """By contest and area: the registered voters of stations that are not counted, and such stations without them."""
    voters: dict[tuple[str, AreaId], int] = defaultdict(int)
    unknown: dict[tuple[str, AreaId], int] = defaultdict(int)
    for contest in published.election.contests:
        for code, station in published.register.stations.items():
            held = published.results.get((code, contest.id))
            if held is not None and held[1].status == "counted":
                continue
            for depth in range(len(station.areas) + 1):
                area = area_of(station.areas[:depth]) if depth else NATION
                if station.registered is None:
                    unknown[contest.id, area] += 1
                else:
                    voters[contest.id, area] += station.registered
    return voters, unknown


def _stated(published: Published) -> dict[tuple[str, AreaId], Flip]:
    """The nation by the frame that leaves most voters, where the register does not say how many there are."""
    found: dict[tuple[str, AreaId], Flip] = {}
    if published.register.complete:
        return found
    for claim in published.assessment.of("certainty"):
        slack, missing = claim.values["slack"], claim.values["missing"]
        if claim.collection != ACCEPTED or not isinstance(slack, int) or not isinstance(missing, int):
            continue
        flip = Flip("no" if slack > 0 else "yes", missing, slack)
        key = (claim.contest, NATION)
        if key not in found or flip.slack < found[key].slack:
            found[key] = flip
    return found
