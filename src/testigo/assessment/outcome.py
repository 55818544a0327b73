"""Claims of pure arithmetic about who leads: can it still flip, since when not, and where."""

import hashlib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

import numpy as np

from testigo.assessment.case import Case
from testigo.assessment.claims import Claim, Value, rounded
from testigo.assessment.columns import UNKNOWN, Figures, Ints
from testigo.assessment.frames import Missing, missing_of
from testigo.core.election import Contest
from testigo.core.plan import WHOLE_PPM
from testigo.stats.certainty import (
    RandomArrivals,
    certainty_by_area,
    curve_by_batch,
    curve_by_order,
    random_arrivals,
    slack,
)

ORDERS = 50
"""Random orders of arrival that are tried."""
DRAWN = 15
"""Of these, how many make the picture."""
MOST_BATCHES = 500
QUANTILES = MappingProxyType({"low": Fraction(1, 20), "median": Fraction(1, 2), "high": Fraction(19, 20)})


def standing(contest: Contest, figures: Figures) -> tuple[str, str, int] | None:
    """The leader, the choice that comes next, and the lead in votes; None where no choice leads alone."""
    order = np.argsort(-figures.totals, kind="stable")
    if len(order) < 2 or figures.totals[order[0]] == figures.totals[order[1]]:
        return None
    first, second = int(order[0]), int(order[1])
    lead = int(figures.totals[first] - figures.totals[second])
    return contest.choices[first].id, contest.choices[second].id, lead


def standing_claims(case: Case, contest: Contest, figures: Figures) -> Iterator[Claim]:
    """Who leads, where no claim of certainty says it: no choice leads alone, or nobody knows the missing voters."""
    lead = standing(contest, figures)
    if lead is not None and missing_of(case, figures):
        return
    leader, rival, votes = lead or (None, None, 0)
    expected = case.register.expected_nation
    values: Mapping[str, Value] = {
        "leader": leader,
        "rival": rival,
        "lead": votes,
        "votes": int(figures.valid.sum()),
        "stations": len(figures.rows),
        "stations_missing": None if expected is None else max(0, expected - len(figures.rows)),
    }
    yield Claim("standing", contest.id, figures.id, len(figures.rows), values)


def certainty_claims(case: Case, contest: Contest, figures: Figures) -> Iterator[Claim]:
    """Whether the leader of a collection can still be passed, by every frame and by what others state."""
    lead = standing(contest, figures)
    if lead is None:
        return
    for missing in missing_of(case, figures):
        yield _certainty(case, contest, figures, lead, missing)
    for stated in case.election.plan.stated:
        if stated.collection == figures.id:
            of, most = ("votes", stated.votes) if stated.votes is not None else ("registered", stated.registered)
            expected = case.register.expected_nation
            outside = None if expected is None else max(0, expected - len(figures.rows))
            missing = Missing(stated.id, "", stated.source, outside, most or 0, exact=True, of=of)
            yield _certainty(case, contest, figures, lead, missing)


def _certainty(case: Case, contest: Contest, figures: Figures, lead: tuple[str, str, int], missing: Missing) -> Claim:
    leader, rival, votes = lead
    worst = slack(votes, missing.registered)
    caps: list[Value] = [
        {"cap_ppm": cap, "slack": slack(votes, missing.registered, Fraction(cap, WHOLE_PPM))}
        for cap in (WHOLE_PPM, *case.election.plan.caps_ppm)
        if missing.of == "registered"
    ]
    values: Mapping[str, Value] = {
        "leader": leader,
        "rival": rival,
        "lead": votes,
        "votes": int(figures.valid.sum()),
        "stations": len(figures.rows),
        "stations_missing": missing.stations,
        "frame": missing.frame,
        "frame_name": missing.name,
        "frame_source": missing.source,
        "missing": missing.registered,
        "missing_of": missing.of,
        "missing_is": "exact" if missing.exact else "at most",
        "slack": worst,
        "certain": "yes" if worst > 0 else "no",
        "share_needed": rounded(votes / missing.registered) if missing.registered > 0 else None,
        "caps": caps,
    }
    return Claim("certainty", contest.id, figures.id, len(figures.rows), values, part=missing.frame)


def area_claims(case: Case, contest: Contest, figures: Figures) -> Iterator[Claim]:
    """Which areas of each level can still change their leader, where the register knows all their stations."""
    stations = case.stations
    if not case.register.complete or len(contest.choices) < 2:
        return
    collected = np.zeros(len(stations.codes), bool)
    collected[figures.rows] = True
    votes = np.zeros((len(stations.codes), len(contest.choices)), np.int64)
    votes[figures.rows] = figures.votes
    for level, index, ids in zip(case.election.areas.levels, stations.areas, stations.area_ids, strict=True):
        found = certainty_by_area(index, votes, stations.registered, collected, areas=len(ids))
        certain = found.certain[0]
        values: Mapping[str, Value] = {
            "level": level,
            "areas": len(ids),
            "known": int(found.framed.sum()),
            "certain": int(certain.sum()),
            "certain_by_choice": {
                choice.id: int((certain & (found.leader == number)).sum())
                for number, choice in enumerate(contest.choices)
            },
        }
        yield Claim("areas", contest.id, figures.id, len(figures.rows), values, part=level)


def coverage_claims(case: Case, contest: Contest, figures: Figures) -> Iterator[Claim]:
    """How many stations of each of the largest areas are counted, and how many voters they have."""
    stations = case.stations
    if not stations.areas:
        return
    index, ids = stations.areas[0], stations.area_ids[0]
    listed = np.bincount(index, minlength=len(ids))
    counted = np.bincount(index[figures.rows], minlength=len(ids))
    rows: list[Value] = [
        {
            "area": area,
            "name": case.register.names[area],
            "counted": int(counted[number]),
            "listed": int(listed[number]),
            "expected": case.register.expected(area, int(listed[number])),
        }
        for number, area in enumerate(ids)
    ]
    values: Mapping[str, Value] = {"level": case.election.areas.levels[0], "areas": rows}
    yield Claim("coverage", contest.id, figures.id, len(figures.rows), values)


def curve_claims(case: Case, contest: Contest, figures: Figures) -> Iterator[Claim]:
    """When the result became certain, had the stations come in random order; and after which sealed batch it was."""
    expected = case.register.expected_nation
    if expected is None or len(contest.choices) < 2:
        return
    registered = figures.registered(case.stations)
    known = np.where(registered == UNKNOWN, figures.ballots, registered)
    for missing in missing_of(case, figures):
        if missing.registered < 0:
            continue
        caps = tuple(Fraction(cap, WHOLE_PPM) for cap in (WHOLE_PPM, *case.election.plan.caps_ppm))
        seed = seed_of(case.election.id, "curve")
        found = random_arrivals(
            figures.votes, known, missing.registered, stations=expected, orders=ORDERS, seed=seed, caps=caps
        )
        if not found[0].needed:
            continue
        values: Mapping[str, Value] = {
            "frame": missing.frame,
            "frame_name": missing.name,
            "orders": ORDERS,
            "caps": [_arrivals(one) for one in found],
            "points": _points(figures, known, missing.registered, expected, seed),
            "batches": _batches(case, figures, known, missing.registered),
        }
        yield Claim(
            "curve",
            contest.id,
            figures.id,
            len(figures.rows),
            values,
            part=missing.frame,
            seed=f"{seed} ({ORDERS} orders)",
        )


def seed_of(election: str, method: str) -> int:
    """The public seed of what a method draws about an election: from their names, so nobody can choose it."""
    return int.from_bytes(hashlib.sha256(f"{election}/{method}".encode()).digest()[:6], "big")


def _arrivals(one: RandomArrivals) -> Value:
    shares = {name: one.share(quantile) for name, quantile in QUANTILES.items()}
    told: dict[str, Value] = {name: None if part is None else rounded(float(part)) for name, part in shares.items()}
    return {"cap_ppm": int(one.cap * WHOLE_PPM), **told}


def _points(figures: Figures, registered: Ints, never: int, expected: int, seed: int) -> list[Value]:
    """Share of stations, and the lowest, middle and highest slack of some orders there; for a picture."""
    source = np.random.PCG64(seed)
    grid = np.unique(np.linspace(0, len(figures.rows), 61).astype(np.int64))
    slacks = np.stack(
        [
            curve_by_order(
                np.argsort(source.random_raw(len(figures.rows)), kind="stable"), figures.votes, registered, never
            ).slack[grid]
            for _ in range(DRAWN)
        ]
    )
    ordered = np.sort(slacks, axis=0)
    return [
        [rounded(int(n) / expected), int(column[0]), int(column[DRAWN // 2]), int(column[-1])]
        for n, column in zip(grid, ordered.T, strict=True)
    ]


def _batches(case: Case, figures: Figures, registered: Ints, never: int) -> list[Value]:
    """Stations and slack after every sealed batch that brought figures."""
    codes = case.stations.codes
    batch = np.array([case.arrivals.get(codes[row], -1) for row in figures.rows], np.int64)
    numbers, index = np.unique(batch, return_inverse=True)
    curve = curve_by_batch(index.astype(np.int64), figures.votes, registered, never)
    sizes = np.cumsum(np.bincount(index, minlength=len(numbers)))
    rows = zip(numbers, sizes, curve.slack[1:], strict=True)
    told: list[Value] = [{"batch": int(number), "stations": int(n), "slack": int(left)} for number, n, left in rows]
    return told[:MOST_BATCHES]
