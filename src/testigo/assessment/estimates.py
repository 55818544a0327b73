"""Claims that need an assumption about the missing stations; never one alone."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from testigo.assessment.case import ACCEPTED, Case
from testigo.assessment.claims import Claim, Value, rounded
from testigo.assessment.columns import UNKNOWN, Figures
from testigo.core.election import Contest
from testigo.errors import BadUsage
from testigo.stats.estimate import Interval, cells_with_enough, crossed, ratio_estimate, size_classes
from testigo.stats.sensitivity import Sensitivity, late_arrivals, sensitivity, shares_of, smallest_tenth

Bools = NDArray[np.bool_]
FEWEST_LATE = 30
"""Stations of a batch from which on it is compared with the ones before."""
CURVE = 20


def estimate_claims(case: Case, contest: Contest, figures: Figures) -> Iterator[Claim]:
    """The result if missing stations are like those of their cell, by two ways to make cells."""
    stations = case.stations
    known = case.register.complete and not (stations.registered == UNKNOWN).any()
    if (
        not known
        or len(figures.rows) in (0, len(stations.codes))
        or len(contest.choices) < 2
        or not figures.totals.any()
    ):
        return
    observed = np.zeros(len(stations.codes), bool)
    observed[figures.rows] = True
    votes = np.zeros((len(stations.codes), len(contest.choices)), np.int64)
    votes[figures.rows] = figures.votes
    largest = stations.areas[0] if stations.areas else stations.clusters
    sizes = size_classes(stations.clusters)
    ways = {"area and size": (crossed(largest, sizes), sizes)}
    if len(stations.areas) > 1:
        ways["smaller areas"] = (stations.areas[1], largest)
    for way, partitions in ways.items():
        cells, together = cells_with_enough(partitions, stations.clusters, observed)
        try:
            found = ratio_estimate(votes, stations.registered, cells, stations.clusters, observed, together=together)
        except BadUsage:  # too few centres to say anything: the sensitivity table stands alone then
            continue
        shares: list[Value] = [
            {"choice": choice.id, **_told(share)} for choice, share in zip(contest.choices, found.shares, strict=True)
        ]
        first, second = found.leading
        values: Mapping[str, Value] = {
            "cells_by": way,
            "cells": found.cells,
            "together": found.together,
            "leader": contest.choices[first].id,
            "rival": contest.choices[second].id,
            "lead": _told(found.lead),
            "shares": shares,
        }
        yield Claim("estimate", contest.id, figures.id, len(figures.rows), values, part=way.replace(" ", "-"))


def _told(interval: Interval) -> dict[str, Value]:
    return {"share": rounded(interval.value), "low": rounded(interval.low), "high": rounded(interval.high)}


def sensitivity_claims(case: Case, contest: Contest, collections: Mapping[str, Figures]) -> Iterator[Claim]:
    """The national shares for several assumptions about the missing stations."""
    expected, later = case.register.expected_nation, case.election.plan.later
    wanted = dict.fromkeys([ACCEPTED, *([later.late] if later is not None else [])])
    for name in wanted:
        figures = collections.get(name)
        if expected is None or figures is None or len(contest.choices) < 2 or not figures.totals.any():
            continue
        missing = expected - len(figures.rows)
        if missing > 0:
            yield _sensitivity(case, contest, collections, figures, missing)


def _sensitivity(
    case: Case, contest: Contest, collections: Mapping[str, Figures], figures: Figures, missing: int
) -> Claim:
    display = sensitivity(figures.votes, missing)
    first, second = display.leading
    centre = case.stations.clusters[figures.rows]
    alone = np.bincount(centre)[centre] == 1
    rows: list[tuple[str, tuple[float, ...] | None]] = [("like collected", display.alike)]
    rows += [(name, shares_of(figures.votes, late)) for name, late in _late_of(case, collections, figures).items()]
    if case.stations.has_centres:
        rows.append(("like centres with one station", shares_of(figures.votes, alone)))
        rows.append(("like the smallest centres", shares_of(figures.votes, smallest_tenth(figures.votes, centre))))
    rows += [(f"{part:.0%}", display.given(part)) for part in (0.3, 0.0) if part <= _most(display)]
    table: list[Value] = []
    for name, inside in rows:
        if inside is not None:
            mixed = display.mixed(inside)
            told = {"leader_there": inside[first], "rival_there": inside[second]}
            told |= {"leader": mixed.whole[first], "rival": mixed.whole[second]}
            table.append({"assumed": name, **{key: rounded(share) for key, share in told.items()}})
    alike, none = display.mixed(display.alike), display.mixed(display.given(0.0))
    tipping = display.tipping_point()
    curve: list[Value] = []
    for step in range(CURVE + 1):
        part = _most(display) * step / CURVE
        mixed = display.mixed(display.given(part))
        curve.append([rounded(part), rounded(mixed.whole[first]), rounded(mixed.whole[second])])
    values: Mapping[str, Value] = {
        "leader": contest.choices[first].id,
        "rival": contest.choices[second].id,
        "missing_stations": missing,
        "rows": table,
        "curve": curve,
        "tipping_point": None if tipping is None else rounded(tipping),
        "like_leader": rounded(alike.whole[first]),
        "like_rival": rounded(alike.whole[second]),
        "none_leader": rounded(none.whole[first]),
        "none_rival": rounded(none.whole[second]),
    }
    return Claim("sensitivity", contest.id, figures.id, len(figures.rows), values)


def _most(display: Sensitivity) -> float:
    """The largest share that the leader can have while the other choices keep theirs."""
    first, second = display.leading
    return display.alike[first] + display.alike[second]


def _late_of(case: Case, collections: Mapping[str, Figures], figures: Figures) -> dict[str, Bools]:
    """Which stations came late: those that an earlier source lacks, or those of the last sealed batch with enough."""
    later = case.election.plan.later
    if later is not None and later.early in collections:
        late = ~np.isin(figures.rows, collections[later.early].rows)
        return {"like late arrivals": late} if late.sum() >= FEWEST_LATE else {}
    codes = case.stations.codes
    batch = np.array([case.arrivals.get(codes[row], 0) for row in figures.rows], np.int64)
    last = batch == batch.max(initial=0)
    enough = FEWEST_LATE <= last.sum() <= len(batch) - FEWEST_LATE
    return {"like late arrivals": last} if enough else {}


def late_claims(case: Case, contest: Contest, collections: Mapping[str, Figures]) -> Iterator[Claim]:
    """Whether the stations that came late vote like those that came early."""
    later = case.election.plan.later
    figures = collections.get(later.late if later is not None else ACCEPTED)
    if figures is None:
        return
    for late in _late_of(case, collections, figures).values():
        found = late_arrivals(figures.votes, case.stations.clusters[figures.rows], late)
        if found is None:
            continue
        leader = int(figures.totals.argmax())
        shares: list[Value] = [
            {"choice": choice.id, "early": rounded(early), "late": rounded(after)}
            for choice, early, after in zip(contest.choices, found.early, found.late, strict=True)
        ]
        values: Mapping[str, Value] = {
            "leader": contest.choices[leader].id,
            "late_stations": found.stations,
            "shares": shares,
            "difference": rounded(found.difference),
            "error": rounded(found.error),
            "z": rounded(found.z),
        }
        yield Claim("late", contest.id, figures.id, len(figures.rows), values)
