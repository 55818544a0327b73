"""What the CLI prints of totals, reconciliations and comparisons: as tables, and as plain values for JSON."""

from collections.abc import Iterable, Mapping

from testigo.core.election import Contest, Election
from testigo.core.ids import NATION, AreaId
from testigo.core.register import StationRegister
from testigo.core.tabulation import AreaTotals, Tabulation, standing_of
from testigo.count.comparison import Comparison
from testigo.count.reconciliation import Reconciliation
from testigo.count.tabulation import area_ids
from testigo.terminal import number, say, share, table

FIVE = ("expected", "received", "read", "counted", "in quarantine")


def _five(totals: AreaTotals) -> tuple[str, ...]:
    found = (totals.expected, totals.received, totals.read, totals.counted, totals.quarantined)
    return tuple(number(value) for value in found)


def say_nation(tabulation: Tabulation, election: Election) -> None:
    """The nation's totals of every contest, with and without quarantine, and the areas led."""
    for contest in election.contests:
        totals = tabulation[contest.id, NATION]
        standing = standing_of(contest, totals.counts)
        held = standing_of(contest, totals.with_quarantine)
        say(f"{election.name} · {contest.name} · {election.areas.nation}")
        say("stations: " + ", ".join(f"{what} {n}" for what, n in zip(FIVE, _five(totals), strict=True)))
        rows = [
            (
                choice.name,
                number(totals.counts.get(choice.id, 0)),
                share(totals.counts.get(choice.id, 0), standing.votes),
                number(totals.with_quarantine.get(choice.id, 0)),
                share(totals.with_quarantine.get(choice.id, 0), held.votes),
            )
            for choice in contest.choices
        ]
        rows.append(("all choices", number(standing.votes), "", number(held.votes), ""))
        table("", ("choice", "counted", "share", "with quarantine", "share"), rows)
        say(_lead(contest, totals))
        for depth, level in enumerate(election.areas.levels, 1):
            say(f"{level}: {_areas_led(contest, tabulation, depth)}")
        say()


def _lead(contest: Contest, totals: AreaTotals) -> str:
    standing, held = standing_of(contest, totals.counts), standing_of(contest, totals.with_quarantine)
    names: Mapping[str | None, str] = {choice.id: choice.name for choice in contest.choices}
    if standing.leader is None:
        return "no choice leads"
    text = f"{names[standing.leader]} leads by {number(standing.lead)} votes"
    if totals.quarantined:
        told = f"{names[held.leader]} leads by {number(held.lead)}" if held.leader else "no choice leads"
        text += f"; with quarantine {told}; stations in quarantine hold {number(held.votes - standing.votes)} votes"
    return text


def _areas_led(contest: Contest, tabulation: Tabulation, depth: int) -> str:
    areas = area_ids(tabulation, contest.id, depth)
    counted = [area for area in areas if tabulation[contest.id, area].counted]
    led = [standing_of(contest, tabulation[contest.id, area].counts).leader for area in counted]
    by_choice = [f"{choice.name} {led.count(choice.id)}" for choice in contest.choices if led.count(choice.id)]
    tied = f", tied {led.count(None)}" if led.count(None) else ""
    return f"{number(len(counted))} of {number(len(areas))} areas with counted stations: {', '.join(by_choice)}{tied}"


def say_areas(tabulation: Tabulation, election: Election, register: StationRegister, level: str) -> None:
    """Every area of a level: its stations, votes, leader and lead."""
    depth = election.areas.levels.index(level) + 1
    for contest in election.contests:
        rows = []
        for area in area_ids(tabulation, contest.id, depth):
            totals = tabulation[contest.id, area]
            standing = standing_of(contest, totals.counts)
            votes = tuple(number(totals.counts.get(choice.id, 0)) for choice in contest.choices)
            name = register.names[area] or area
            rows.append((area, name, *_five(totals), *votes, standing.leader or "–", number(standing.lead)))
        choices = tuple(choice.id for choice in contest.choices)
        table(f"{contest.name} by {level}", (level, "name", *FIVE, *choices, "leads", "lead"), rows, left=2)


def tabulation_json(tabulation: Tabulation, election: Election, register: StationRegister, level: str | None) -> object:
    """The totals as plain values: the nation, or every area of a level; unknown numbers are null."""
    depth = election.areas.levels.index(level) + 1 if level else 0
    return {
        contest.id: [
            _area_json(contest, area, register, tabulation[contest.id, area])
            for area in area_ids(tabulation, contest.id, depth)
        ]
        for contest in election.contests
    }


def _area_json(contest: Contest, area: AreaId, register: StationRegister, totals: AreaTotals) -> object:
    standing = standing_of(contest, totals.counts)
    return {
        "area": area,
        "name": register.names[area],
        "stations": {
            "expected": totals.expected,
            "received": totals.received,
            "read": totals.read,
            "counted": totals.counted,
            "quarantined": totals.quarantined,
        },
        "counts": totals.counts,
        "with_quarantine": totals.with_quarantine,
        "votes": standing.votes,
        "leader": standing.leader,
        "lead": standing.lead,
    }


def say_reconciliations(found: Iterable[Reconciliation]) -> None:
    """Two sources against each other, and every cell that differs."""
    for one in found:
        differ = one.stations_that_differ
        say(f"{one.here} against {one.there}")
        say(
            f"  stations in common {number(one.common)}, only {one.here} {number(len(one.only_here))}, "
            f"only {one.there} {number(len(one.only_there))}"
        )
        say(
            f"  {number(one.cells_compared)} cells compared, {number(len(one.cells))} differ, "
            f"at {number(len(differ))} stations"
        )
        if one.cells:
            rows = [(c.station, c.field, number(c.here), number(c.there), f"{c.there - c.here:+,}") for c in one.cells]
            table("", ("station", "field", one.here, one.there, "difference"), rows, left=2)
        say()


def reconciliation_json(found: Iterable[Reconciliation]) -> object:
    """The same as plain values, with every station and cell."""
    return [
        {
            "here": one.here,
            "there": one.there,
            "common": one.common,
            "only_here": one.only_here,
            "only_there": one.only_there,
            "cells_compared": one.cells_compared,
            "stations_that_differ": one.stations_that_differ,
            "cells": [[cell.station, cell.field, cell.here, cell.there] for cell in one.cells],
        }
        for one in found
    ]


def say_comparisons(found: Iterable[Comparison]) -> None:
    """The announced results beside the documented votes."""
    for one in found:
        coverage = one.announced.stations_ppm
        claimed = "" if coverage is None else f", said to cover {coverage / 10_000:.2f}% of the stations"
        say(f"{one.announced.name}{claimed}; documented: {number(one.counted)} of {number(one.expected)} stations")
        rows = [
            (line.name, number(line.documented), share(line.documented, one.total_documented), number(line.announced),
             share(line.announced, one.total_announced), f"{line.difference:+,}")
            for line in one.lines
        ]  # fmt: skip
        rows.append(
            (
                "total",
                number(one.total_documented),
                "",
                number(one.total_announced),
                "",
                f"{one.total_announced - one.total_documented:+,}",
            )
        )
        table("", ("", "documented", "share", "announced", "share", "announced − documented"), rows)
        for line in one.lines:
            if line.difference < 0:
                say(
                    f"{line.name}: {number(-line.difference)} votes more are documented than were announced; "
                    "both cannot be true of the same ballots"
                )
        say()


def comparison_json(found: Iterable[Comparison]) -> object:
    """The same as plain values."""
    return [
        {
            "announced": one.announced.id,
            "contest": one.announced.contest,
            "stations_ppm": one.announced.stations_ppm,
            "counted": one.counted,
            "expected": one.expected,
            "lines": [
                {"name": n.name, "documented": n.documented, "announced": n.announced, "difference": n.difference}
                for n in one.lines
            ],
        }
        for one in found
    ]
