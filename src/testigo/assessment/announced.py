"""Claims about what was announced, beside the documented sheets: can both be true?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from testigo.assessment.case import Case
from testigo.assessment.claims import Claim, Value, rounded
from testigo.assessment.columns import Figures, Ints
from testigo.assessment.frames import Missing, missing_of
from testigo.core.election import Announced, Contest
from testigo.core.plan import WHOLE_PPM
from testigo.errors import BadUsage
from testigo.stats.impossibility import (
    check_shares,
    decimals_of_ppm,
    growth,
    least_inside,
    least_wrong_votes,
    most_coverage,
    needed_from_undocumented,
    stations_inside,
    stations_left_out,
    sum_of_shares,
)
from testigo.stats.rounding import MODES, matching, null_probability


@dataclass(frozen=True)
class Beside:
    """A bulletin beside a collection: names and votes of its lines, and the documented votes (n, lines)."""

    bulletin: Announced
    figures: Figures
    names: tuple[str, ...]
    votes: tuple[int, ...]
    documented: Ints
    stations: int | None

    @property
    def coverage(self) -> Fraction | None:
        """The part of the stations that it says it covers, None where it names none."""
        ppm = self.bulletin.stations_ppm
        return None if ppm is None else Fraction(ppm, WHOLE_PPM)

    @property
    def left_out(self) -> int | None:
        """The stations that it leaves out if its coverage is taken as printed, None where nobody can say."""
        if self.coverage is None or self.stations is None:
            return None
        return stations_left_out(self.coverage, self.stations)

    @property
    def inside(self) -> tuple[int, int] | None:
        """The least and the most stations of which this coverage is the rounded share; None where there is none."""
        ppm = self.bulletin.stations_ppm
        if ppm is None or self.coverage is None or self.stations is None:
            return None
        try:
            return stations_inside(self.coverage, self.stations, decimals_of_ppm(ppm))
        except BadUsage:  # a coverage that no number of so few stations has
            return None

    @property
    def most_left_out(self) -> int | None:
        """The stations that it may leave out at most, if its coverage was rounded; None where nobody can say.

        What is said to be impossible rests on this number, never on the printed coverage alone.
        """
        if self.left_out is None or self.stations is None:
            return None
        return self.left_out if self.inside is None else max(self.left_out, self.stations - self.inside[0])


def beside(case: Case, contest: Contest, figures: Figures, bulletin: Announced) -> Beside:
    """The lines of a bulletin with the documented votes of the same choices."""
    places = {choice.id: number for number, choice in enumerate(contest.choices)}
    names: list[str] = list(bulletin.votes)
    columns = [figures.votes[:, places[choice]] for choice in bulletin.votes]
    votes = list(bulletin.votes.values())
    for name, members, number in bulletin.groups:
        names.append(name)
        columns.append(figures.votes[:, [places[member] for member in members]].sum(axis=1))
        votes.append(number)
    documented = np.stack(columns, axis=1).astype(np.int64)
    return Beside(bulletin, figures, tuple(names), tuple(votes), documented, case.register.expected_nation)


def announced_claims(case: Case, contest: Contest, figures: Figures) -> Iterator[Claim]:
    """What the bulletins of a contest must contain, need, and get wrong, beside this collection."""
    for bulletin in case.election.announced:
        if bulletin.contest != contest.id:
            continue
        one = beside(case, contest, figures, bulletin)
        yield from _inside(contest, one)
        missing = missing_of(case, figures)
        yield from _needed(contest, one, missing)
        # Turnouts that are only assumed are told for the frame that leaves most votes, which suits the bulletin best.
        hardest = max(missing, key=lambda frame: frame.registered, default=None)
        for frame in missing:
            caps = case.election.plan.caps_ppm if frame == hardest else ()
            yield from _certificate(contest, one, frame, (WHOLE_PPM, *caps))


def _inside(contest: Contest, one: Beside) -> Iterator[Claim]:
    left_out, most_left_out, stations = one.left_out, one.most_left_out, one.stations
    if left_out is None or most_left_out is None or stations is None or one.coverage is None:
        return
    for number, (name, announced) in enumerate(zip(one.names, one.votes, strict=True)):
        votes = one.documented[:, number]
        least = least_inside(votes, left_out)
        values: Mapping[str, Value] = {
            "bulletin": one.bulletin.id,
            "choice": name,
            "coverage": rounded(float(one.coverage)),
            "left_out": left_out,
            "documented": int(votes.sum()),
            "least": least,
            "announced": announced,
            "over": least - announced,
            "rounded_left_out": most_left_out,
            "rounded_least": least_inside(votes, most_left_out),
            "rounded_over": least_inside(votes, most_left_out) - announced,
            "most_coverage": rounded(float(min(Fraction(1), most_coverage(votes, announced, stations)))),
        }
        part = f"{one.bulletin.id}/{name}"
        yield Claim("inside", contest.id, one.figures.id, len(votes), values, part=part)


def _needed(contest: Contest, one: Beside, missing: tuple[Missing, ...]) -> Iterator[Claim]:
    if one.stations is None:
        return
    undocumented = max(0, one.stations - len(one.figures.rows))
    printed = None if one.left_out is None else sum(one.votes) - least_inside(one.figures.valid, one.left_out)
    most = max((frame.registered for frame in missing), default=None)
    for number, (name, announced) in enumerate(zip(one.names, one.votes, strict=True)):
        need = needed_from_undocumented(
            announced,
            int(one.documented[:, number].sum()),
            undocumented,
            missing_registered=most,
            announced_total=sum(one.votes),
            valid=one.figures.valid,
            left_out=one.most_left_out,
        )
        limits = [limit for limit in (need.by_register, need.by_total) if limit is not None]
        values: Mapping[str, Value] = {
            "bulletin": one.bulletin.id,
            "choice": name,
            "announced": announced,
            "needed": need.needed,
            "per_station": None if need.per_station is None else rounded(float(need.per_station)),
            "left": printed,
            "rounded_left": need.by_total,
            "by_register": need.by_register,
            "limit": min(limits, default=None),
            "limited_by": None if not limits else "total" if min(limits) == need.by_total else "register",
            "short": max((need.needed - limit for limit in limits), default=0),
        }
        part = f"{one.bulletin.id}/{name}"
        yield Claim("needed", contest.id, one.figures.id, len(one.figures.rows), values, part=part)


def _certificate(contest: Contest, one: Beside, frame: Missing, caps: tuple[int, ...]) -> Iterator[Claim]:
    inside, stations = one.inside, one.stations
    if inside is None or stations is None or frame.registered < 0:
        return
    undocumented = max(0, stations - len(one.figures.rows))
    for cap in caps:
        found = least_wrong_votes(
            one.documented,
            one.votes,
            inside=inside,
            undocumented=undocumented,
            missing_registered=frame.registered,
            cap=Fraction(cap, WHOLE_PPM),
        )
        values: Mapping[str, Value] = {
            "bulletin": one.bulletin.id,
            "frame": frame.frame,
            "cap_ppm": cap,
            "inside": list(inside),
            "missing": frame.registered,
            "least_wrong": found.least_wrong,
        }
        part = f"{one.bulletin.id}/{frame.frame}/{cap}"
        yield Claim("certificate", contest.id, one.figures.id, len(one.figures.rows), values, part=part)


def bulletin_claims(case: Case, contest: Contest) -> Iterator[Claim]:
    """What the bulletins of a contest say of themselves: shares, growth, and whether percentages came first."""
    before: Announced | None = None
    for bulletin in case.election.announced:
        if bulletin.contest != contest.id:
            continue
        votes = votes_of(bulletin)
        yield _hygiene(case, contest, bulletin, before)
        yield _percent_first(contest, bulletin, tuple(votes.values()))
        before = bulletin


def votes_of(bulletin: Announced) -> dict[str, int]:
    """What a bulletin announced, by choice and by the name of a group."""
    return dict([*bulletin.votes.items(), *((name, number) for name, _, number in bulletin.groups)])


def _hygiene(case: Case, contest: Contest, bulletin: Announced, before: Announced | None) -> Claim:
    votes, stations = votes_of(bulletin), case.register.expected_nation
    shares: list[Value] = [
        {
            "choice": check.name,
            "printed": bulletin.shares[check.name],
            "worked_out": rounded(float(check.worked_out)),
            "agrees": "rounded" if check.rounded else "cut" if check.cut else "no",
        }
        for check in check_shares(votes, bulletin.shares)
    ]
    grown: Value = None
    if before is not None:
        covered = [
            None if one.stations_ppm is None or stations is None else Fraction(one.stations_ppm * stations, WHOLE_PPM)
            for one in (before, bulletin)
        ]
        found = growth(votes_of(before), votes, earlier_stations=covered[0], later_stations=covered[1])
        grown = {
            "since": before.id,
            "added": dict(found.added),
            "fallen": list(found.fallen),
            "per_station_before": None if found.before is None else rounded(float(found.before)),
            "per_station_after": None if found.after is None else rounded(float(found.after)),
        }
    values: Mapping[str, Value] = {
        "bulletin": bulletin.id,
        "total": sum(votes.values()),
        "shares": shares,
        "sum_of_shares": rounded(float(sum_of_shares(bulletin.shares))) if bulletin.shares else None,
        "growth": grown,
    }
    return Claim("hygiene", contest.id, "", 0, values, part=bulletin.id)


def _percent_first(contest: Contest, bulletin: Announced, votes: tuple[int, ...]) -> Claim:
    """Of the precisions that match, the coarsest; `one_in` is None where none matches or nothing can be said."""
    total = sum(votes)
    values: dict[str, Value] = {"bulletin": bulletin.id, "total": total, "decimals": None, "one_in": None}
    found = matching(votes) if len(votes) > 1 and total else ()
    if not found:
        values["told"] = "no precision matches"
        return Claim("percent-first", contest.id, "", 0, values, part=bulletin.id)
    first = found[0]
    values["decimals"] = first.decimals
    values["residuals"] = [rounded(float(residual)) for residual in first.residuals]
    try:
        chance = null_probability(total, len(votes), first.decimals)
    except BadUsage as error:
        values["told"] = str(error)
    else:
        values["hits"] = chance.hits
        values["one_in"] = round(1 / chance.value)
        # Of the precisions that the votes allow, in each way to round.
        tests = len(MODES) * (first.decimals + 2)
        values["corrected_one_in"] = round(1 / chance.corrected(tests))
    return Claim("percent-first", contest.id, "", 0, values, part=bulletin.id)
