"""The definition of the totals: accepted results summed by area, in plain Python.

`count.tabulation` does the same in columns; a test holds the two equal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from testigo.core.canonical import canonical_bytes
from testigo.core.election import Contest, Election
from testigo.core.ids import NATION, AreaId, Counts, FieldId, StationCode, area_of
from testigo.core.records import Result
from testigo.core.register import StationRegister


@dataclass(slots=True)
class AreaTotals:
    """The totals of one area and contest.

    `expected` stations are None where nobody knows them; received are those that anything is held about, read those
    with figures, and every one of these is counted or in quarantine. `counts` sums the counted ones, `with_quarantine`
    both, in ballots.
    """

    expected: int | None = None
    received: int = 0
    read: int = 0
    counted: int = 0
    quarantined: int = 0
    counts: dict[FieldId, int] = field(default_factory=dict)
    with_quarantine: dict[FieldId, int] = field(default_factory=dict)


Tabulation = Mapping[tuple[str, AreaId], AreaTotals]
"""(contest, area) to totals, for every area of the register and the nation."""


def tabulate(
    results: Iterable[Result], received: Iterable[StationCode], register: StationRegister, election: Election
) -> Tabulation:
    """The totals of every area from the results in force and the stations that anything is held about."""
    listed: dict[AreaId, int] = dict.fromkeys(register.names, 0)
    above: dict[StationCode, tuple[AreaId, ...]] = {}
    known: dict[tuple[str, ...], tuple[AreaId, ...]] = {}
    for code, station in register.stations.items():
        areas = known.get(station.areas)
        if areas is None:
            areas = (NATION, *(area_of(station.areas[: n + 1]) for n in range(len(station.areas))))
            known[station.areas] = areas
        above[code] = areas
        for area in areas:
            listed[area] += 1
    totals = {
        (contest.id, area): AreaTotals(expected=register.expected(area, listed[area]))
        for contest in election.contests
        for area in register.names
    }
    for code in set(received) & above.keys():
        for contest in election.contests:
            for area in above[code]:
                totals[contest.id, area].received += 1
    for result in results:
        if result.status == "no figures":
            continue
        for area in above[result.station]:
            total = totals[result.contest, area]
            total.read += 1
            _add(total.with_quarantine, result.counts)
            if result.status == "counted":
                total.counted += 1
                _add(total.counts, result.counts)
            else:
                total.quarantined += 1
    return totals


def _add(total: dict[FieldId, int], counts: Counts) -> None:
    for name, value in counts.items():
        total[name] = total.get(name, 0) + value


def totals_bytes(tabulation: Tabulation) -> bytes:
    """The canonical bytes of the totals, whose hash a `release` record holds; unknown numbers are absent."""
    value: dict[str, dict[str, object]] = {}
    for (contest, area), total in tabulation.items():
        stations = {
            "received": total.received,
            "read": total.read,
            "counted": total.counted,
            "quarantined": total.quarantined,
        }
        if total.expected is not None:
            stations["expected"] = total.expected
        value.setdefault(contest, {})[area.encode("ascii", "backslashreplace").decode()] = {
            "stations": stations,
            "counts": total.counts,
            "with_quarantine": total.with_quarantine,
        }
    return canonical_bytes(value)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who leads and by how much; `leader` is None on a tie or where there are no votes."""

    leader: FieldId | None
    lead: int
    votes: int


def standing_of(contest: Contest, counts: Counts) -> Standing:
    """The standing of a contest in these counts; `votes` is the sum of the choices, `lead` first less second."""
    votes = sorted(((counts.get(choice.id, 0), n) for n, choice in enumerate(contest.choices)), reverse=True)
    total = sum(number for number, _ in votes)
    lead = votes[0][0] - votes[1][0] if len(votes) > 1 else votes[0][0]
    leader = max(contest.choices, key=lambda choice: counts.get(choice.id, 0)).id if lead > 0 else None
    return Standing(leader, lead, total)
