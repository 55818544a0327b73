"""Screens: sheets to be looked at again. Only those that a calibration on elections like this one allows."""

from collections.abc import Iterator, Mapping

from testigo.assessment.calibrated import calibration_from_json
from testigo.assessment.case import Case
from testigo.assessment.claims import Claim, Value, rounded
from testigo.assessment.columns import Figures
from testigo.core.election import Contest
from testigo.stats.calibration import Calibrated
from testigo.stats.duplicates import duplicates
from testigo.stats.fingerprint import fingerprint
from testigo.stats.homogeneity import Homogeneity, homogeneity, leading_choices, swaps
from testigo.stats.jump import jump
from testigo.stats.last_digit import last_digit
from testigo.stats.lattice import lattice

MOST_LISTED = 300
BINS = 50


def screening_claims(case: Case, contest: Contest, figures: Figures) -> Iterator[Claim]:
    """The fingerprint, which is no test; and every screen whose false alarms were measured and are few enough."""
    yield from _fingerprint(case, contest, figures)
    if case.calibration is None or len(contest.choices) < 2:
        return
    calibration = calibration_from_json(case.calibration)
    allowed = {one.screen: one for one in calibration.screens if one.reported}
    seed = str(calibration.seed)
    for method, part, values in _screens(case, contest, figures, allowed):
        yield Claim(method, contest.id, figures.id, len(figures.rows), values, part=part, seed=seed)


Made = Iterator[tuple[str, str, dict[str, Value]]]


def _screens(case: Case, contest: Contest, figures: Figures, allowed: Mapping[str, Calibrated]) -> Made:
    centre = case.stations.clusters[figures.rows]
    leading = leading_choices(figures.votes)
    # Stations of a town differ for good reasons; only those of one centre have the same voters.
    found = {
        choice: homogeneity(figures.votes[:, choice], figures.valid, centre) if case.stations.has_centres else None
        for choice in leading
    }
    for choice, one in found.items():
        if one is not None and "homogeneity" in allowed:
            yield (
                "homogeneity",
                contest.choices[choice].id,
                {
                    "choice": contest.choices[choice].id,
                    "n": one.n,
                    "df": one.df,
                    "phi": rounded(one.statistic),
                    "limit": rounded(one.limit),
                    "largest": rounded(one.largest),
                    "outliers": len(one.flagged),
                    "more_than_clean": "yes" if one.reported else "no",
                    **_rates(allowed["homogeneity"]),
                },
            )
    if "outliers" in allowed and any(one is not None for one in found.values()):
        yield "homogeneity", "list", _work_list(case, contest, figures, found, allowed)
    for choice in leading:
        votes, name = figures.votes[:, choice], contest.choices[choice].id
        whole = lattice(votes, figures.valid)
        if whole is not None and "lattice" in allowed:
            hits: list[Value] = [
                {"window": hit.window, "observed": hit.observed, "expected": rounded(hit.expected), "z": rounded(hit.z)}
                for hit in whole.whole
            ]
            told = "yes" if whole.reported else "no"
            yield "lattice", name, {"choice": name, "hits": hits, "reported": told, **_rates(allowed["lattice"])}
        digits = last_digit(votes)
        if digits is not None and "last-digit" in allowed:
            told = "yes" if digits.reported else "no"
            values: dict[str, Value] = {"choice": name, "n": digits.n, "chi2": rounded(digits.statistic)}
            yield (
                "last-digit",
                name,
                {**values, "p": rounded(digits.p), "reported": told, **_rates(allowed["last-digit"])},
            )
    if "duplicates" in allowed:
        yield "duplicates", "", _duplicates(case, figures, allowed["duplicates"])
    if "jump" in allowed:
        yield "jump", "", _jump(contest, figures, leading, allowed["jump"])


def _rates(screen: Calibrated) -> dict[str, Value]:
    return {
        "false_alarms": screen.clean.alarms,
        "elections": screen.clean.elections,
        "false_alarms_at_most": rounded(screen.clean.high),
    }


def _work_list(
    case: Case,
    contest: Contest,
    figures: Figures,
    found: Mapping[int, Homogeneity | None],
    allowed: Mapping[str, Calibrated],
) -> dict[str, Value]:
    """Stations that differ from the others of their centre, the largest difference first, and likely exchanges.

    The rate of false alarms is that of `beyond`: stations that would be marked even if centres scattered half as much
    again.
    """
    worst: dict[int, tuple[float, int]] = {}
    for choice, one in found.items():
        for row, z in zip(one.flagged, one.z, strict=True) if one is not None else ():
            if row not in worst or abs(z) > abs(worst[row][0]):
                worst[row] = (z, choice)
    exchanged = {}
    if "exchanged columns" in allowed:
        centre = case.stations.clusters[figures.rows]
        exchanged = {swap.row: swap for swap in swaps(figures.votes, figures.valid, centre)}
    beyond = {row for one in found.values() if one is not None for row in one.beyond}
    listed: list[Value] = []
    for row, (z, choice) in sorted(worst.items(), key=lambda item: (-abs(item[1][0]), item[0]))[:MOST_LISTED]:
        pair: list[Value] = []
        if row in exchanged:
            pair = [contest.choices[exchanged[row].a].id, contest.choices[exchanged[row].b].id]
        listed.append(
            {
                "station": case.stations.codes[figures.rows[row]],
                "choice": contest.choices[choice].id,
                "votes": int(figures.votes[row, choice]),
                "valid": int(figures.valid[row]),
                "z": rounded(z),
                "beyond": "yes" if row in beyond else "no",
                "exchange": pair,
            }
        )
    tested = max((one.n for one in found.values() if one is not None), default=0)
    counts: dict[str, Value] = {"flagged": len(worst), "beyond": len(beyond), "tested": tested}
    return {**counts, "listed": listed, **_rates(allowed["outliers"])}


def _duplicates(case: Case, figures: Figures, screen: Calibrated) -> dict[str, Value]:
    same = duplicates(figures.votes, figures.valid)
    codes = case.stations.codes
    groups: list[Value] = [[codes[figures.rows[row]] for row in group] for group in same.groups[:MOST_LISTED]]
    return {
        "stations": same.statistic,
        "groups": groups,
        "reported": "yes" if same.reported else "no",
        **_rates(screen),
    }


def _jump(contest: Contest, figures: Figures, leading: tuple[int, ...], screen: Calibrated) -> dict[str, Value]:
    one = jump(figures.votes[:, leading[0]], figures.votes[:, leading[1]], figures.valid)
    sides: list[Value] = [
        {"width": side.width, "above": side.above, "below": side.below, "p": rounded(side.p)} for side in one.sides
    ]
    first, second = (contest.choices[choice].id for choice in leading)
    told = "yes" if one.reported else "no"
    return {"choice": first, "other": second, "sides": sides, "reported": told, **_rates(screen)}


def _fingerprint(case: Case, contest: Contest, figures: Figures) -> Iterator[Claim]:
    registered = figures.registered(case.stations)
    for choice in leading_choices(figures.votes)[:1]:
        found = fingerprint(figures.votes[:, choice], figures.valid, figures.ballots, registered, bins=BINS)
        if found is not None:
            cells: list[Value] = [[int(number) for number in row] for row in found.cells]
            values: Mapping[str, Value] = {
                "choice": contest.choices[choice].id,
                "bins": BINS,
                "unknown": found.unknown,
                "beyond": found.beyond,
                "cells": cells,
            }
            yield Claim("fingerprint", contest.id, figures.id, found.n, values)
