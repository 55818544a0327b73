"""`testigo audit draw` and `status`: which papers to look up, and what those that were looked up say."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from testigo.core.ids import StationCode, area_of
from testigo.errors import BadAssessment, BadUsage
from testigo.flows.audit_case import (
    DIGITISATION,
    Audit,
    Terms,
    audit_of,
    audited_votes,
    case_of,
    committed,
    contest_named,
    reported,
    risk_text,
)
from testigo.flows.audit_findings import FINDINGS, Finding, findings
from testigo.flows.audit_folder import AUDIT, read_audit, write_audit
from testigo.ports import World
from testigo.site.audit_sheet import Line, Sheet, worksheet
from testigo.stats.audit import Advice, Contest, Running, advice, contest_taints, running, taints
from testigo.stats.martingale import Floats, Test, draws_needed

MOST_DRAWS = 20_000
"""A sample that needs more is dearer than keying everything twice."""


def draw(
    world: World,
    folder: Path,
    *,
    seed: str,
    of: str,
    contest: str | None = None,
    risk: float = 0.05,
    within: int | None = None,
    both: bool = False,
    test: Test = "capped",
    draws: int | None = None,
) -> Audit:
    """The stations to look up, with their worksheet in `folder`; a folder that is there keeps what was filled in.

    As many as the test needs where no paper differs, if `draws` is None; a larger number later draws on.

    Raises:
        BadUsage: the log is not sealed, there is nothing to audit, or the sample would be larger than a full count.
        BadAssessment: the folder holds an audit of another log, seed or claim; names what differs.
    """
    log = committed(world)
    figures, missing = reported(world, of, contest)
    named = contest_named(world.election, contest).id
    terms = Terms(log, world.election.id, of, named, within, both, risk_text(risk), test, seed, missing)
    there = read_audit(folder) if (folder / AUDIT).exists() else None
    if there is None and folder.exists() and any(folder.iterdir()):
        raise BadUsage(f"{folder}: expected an empty place or an audit, came a folder with other files")
    if there is not None:
        _same_terms(folder, there.terms, terms)
    case = case_of(terms, figures)
    if within is not None:
        # Only the margin of these two is claimed: nobody needs to read the other boxes.
        figures = replace(figures, sheet=tuple(one for one in figures.sheet if one[1] in (case.leader, case.rival)))
    needed = draws if draws is not None else draws_needed(test, float(case.bound), case.risk_each)
    stations = len(figures.stations)
    if needed is None or (draws is None and needed > stations):
        raise BadUsage(
            f"this claim needs more draws than the {stations} stations: count all papers, or allow a wider limit "
            "(`testigo audit plan` shows the sizes)"
        )
    if case.bound <= 1:
        raise BadUsage(f"--within {within}: all stations together cannot be wrong by so many votes: nothing to draw")
    if not 1 <= needed <= MOST_DRAWS:
        raise BadUsage(f"--draws: expected 1 to {MOST_DRAWS}, came {needed}")
    audit = audit_of(terms, figures, max(needed, len(there.draws) if there else 0))
    write_audit(folder, audit, worksheet(sheet_of(world, audit), world.election.language))
    return audit


def _same_terms(folder: Path, found: Terms, now: Terms) -> None:
    was, new = ({**asdict(one.log), **asdict(one)} for one in (found, now))
    for key, value in was.items():
        if key != "log" and new[key] != value:
            log = " of the log" if key in asdict(found.log) else ""
            raise BadAssessment(
                f"{folder / AUDIT}: the {key}{log} is fixed: expected {value}, came {new[key]}; an audit is of one "
                "sealed log, one claim and one seed: another one needs another folder"
            )


def sheet_of(world: World, audit: Audit) -> Sheet:
    """What the worksheet prints: the stations to look up and the tickets, none of the reported figures."""
    numbers: dict[StationCode, list[int]] = {}
    for ticket in audit.draws:
        numbers.setdefault(audit.figures.stations[ticket.row], []).append(ticket.draw)
    lines = []
    for station in audit.drawn:
        codes = world.register.stations[station].areas
        names = tuple(world.register.names[area_of(codes[: n + 1])] or code for n, code in enumerate(codes))
        lines.append(Line(station, names, tuple(numbers[station])))
    contest = contest_named(world.election, audit.terms.contest)
    labels = {choice.id: choice.name for choice in contest.choices}
    fields = tuple((field, labels[choice]) for field, choice in audit.figures.sheet)
    terms = audit.terms
    commitment = (
        ("log", terms.log.origin),
        ("size", str(terms.log.size)),
        ("root", terms.log.root),
        ("totals", terms.log.totals),
        ("seed", terms.seed),
        ("risk", terms.risk),
        ("test", terms.test),
        ("sum of sizes", str(int(audit.case.sizes.sum()))),
    )
    tickets = tuple((one.draw, one.digest, one.value, audit.figures.stations[one.row]) for one in audit.draws)
    return Sheet(
        world.election.name,
        contest.name,
        None if terms.of == DIGITISATION else world.election.source(terms.of).name,
        fields,
        tuple(lines),
        commitment,
        tickets,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A draw that was looked up: `error` in votes of the margin, above 0 where it helped the leader.

    None where the paper is missing or was refused.
    """

    draw: int
    station: StationCode
    error: int | None
    taint: float


@dataclass(frozen=True, slots=True)
class Status:
    """What an audit says so far: `seen` are the draws up to the first station that was not looked up yet.

    `ahead` is the number of stations that were looked up beyond. `risk` is that of each direction.
    """

    audit: Audit
    seen: tuple[Seen, ...]
    ahead: int
    running: Running
    advice: Advice


def status(folder: Path, world: World | None = None) -> Status:
    """What the papers that were looked up say; with a world, only if its log is still the one that was audited.

    Raises:
        BadAssessment: a file of the folder is wrong; names line and column. Or the log is another one.
    """
    audit = read_audit(folder)
    if world is not None:
        _same_terms(folder, audit.terms, replace(audit.terms, log=committed(world), election=world.election.id))
    found = findings(folder / FINDINGS, audit)
    stations = [audit.figures.stations[ticket.row] for ticket in audit.draws]
    done = next((n for n, station in enumerate(stations) if station not in found), len(stations))
    for station, one in found.items():
        _check_bound(folder, audit, station, one)
    seen = stations[:done]
    directions = _taints(audit, [found[station] for station in seen])
    say = running(audit.terms.test, directions, audit.case.bound, audit.case.risk_each)
    return Status(
        audit,
        tuple(
            Seen(n + 1, station, _error(audit, n, found[station]), float(max(one[n] for one in directions)))
            for n, station in enumerate(seen)
        ),
        len(found.keys() - set(seen)),
        say,
        advice(say.more, done, len(audit.figures.stations)),
    )


def _error(audit: Audit, draw: int, one: Finding) -> int | None:
    return None if one.keyed is None else _error_of(audit, audit.draws[draw].row, one, audit.case.rival)


def _error_of(audit: Audit, row: int, one: Finding, rival: str) -> int:
    """The reported margin of the leader less that on the paper; 0 where the paper is missing (its taint is 1)."""
    if one.keyed is None:
        return 0
    paper = {str(choice): votes for choice, votes in audited_votes(audit.figures, one.keyed).items()}
    votes = {str(choice): int(column[row]) for choice, column in audit.figures.votes.items()}
    leader = audit.case.leader
    return (votes[leader] - votes[rival]) - (paper[leader] - paper[rival])


def _taints(audit: Audit, found: Sequence[Finding]) -> list[Floats]:
    rows = np.array([ticket.row for ticket in audit.draws[: len(found)]], np.int64)
    lost = np.array([one.keyed is None for one in found], np.bool_)
    rules = audit.case.plan
    if isinstance(rules, Contest):
        errors = [
            np.array([_error_of(audit, row, one, pair.rival) for row, one in zip(rows, found, strict=True)], np.int64)
            for pair in rules.pairs
        ]
        return [contest_taints(rules, rows, errors, lost)]
    error = np.array(
        [_error_of(audit, row, one, audit.case.rival) for row, one in zip(rows, found, strict=True)], np.int64
    )
    over = taints(error, rules.sizes[rows], lost)
    return [over, taints(-error, rules.sizes[rows], lost)] if rules.two_sided else [over]


def _check_bound(folder: Path, audit: Audit, station: StationCode, one: Finding) -> None:
    """A paper with more votes than the station can hold breaks the bound that the whole test rests on."""
    if one.keyed is None:
        return
    held = sum(audited_votes(audit.figures, one.keyed).values())
    most = int(audit.figures.ballots[audit.figures.stations.index(station)])
    if held > most:
        raise BadAssessment(
            f"{folder / FINDINGS}, line {one.line}: the votes of {station} add up to {held}, expected {most} at most "
            "(registered voters, or ballots stated); mend the line, or if the paper says so: count all papers, because "
            "a sample cannot tell when stations hold more than they may"
        )
