"""What is audited: the terms of an audit, the reported figures it is of, and the plan and the draws that follow."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from testigo.core.dossier import ballots_cast, figures_of, sum_of_known
from testigo.core.election import Contest as ContestOfElection
from testigo.core.election import Election
from testigo.core.ids import Counts, FieldId, StationCode
from testigo.core.register import StationRegister
from testigo.core.tabulation import totals_bytes
from testigo.count.tabulation import tabulate_columns
from testigo.errors import BadUsage
from testigo.ports import World
from testigo.stats.audit import Contest, Digitisation, Ints, contest, digitisation
from testigo.stats.martingale import Test
from testigo.stats.tickets import Ticket, tickets

DIGITISATION = "digitisation"
"""Stands for our own accepted results, which are compared with the papers that they were read from."""


@dataclass(frozen=True, slots=True)
class Committed:
    """The sealed log that was there before the seed: its origin, size and root, and the SHA-256 of its totals."""

    origin: str
    size: int
    root: str
    totals: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What is fixed before the first paper is looked at.

    `of` is `digitisation` or the id of an official source. `within` is the limit in votes on the net error of the
    margin; None for the claim that the leader leads every rival. `risk` is a decimal as it was given. `missing` are the
    votes that stations without figures could hold in the worst case, None where that is not known.
    """

    log: Committed
    election: str
    of: str
    contest: str
    within: int | None
    both_directions: bool
    risk: str
    test: Test
    seed: str
    missing: int | None


@dataclass(frozen=True, slots=True)
class Reported:
    """The figures that are audited: one row a station, in the order of their codes.

    `votes` by choice, `ballots` at most at each station, `sheet` the fields that a person reads from the paper, each
    with the choice that it adds to.
    """

    stations: tuple[StationCode, ...]
    votes: Mapping[FieldId, Ints]
    ballots: Ints
    sheet: tuple[tuple[FieldId, FieldId], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Terms with what follows from them: who leads, the rival that needs most, sizes to draw by, U, risk a direction.

    `plan` says which of the two claims is tested.
    """

    leader: FieldId
    rival: FieldId
    margin: int
    sizes: Ints
    bound: Fraction
    risk_each: float
    plan: Contest | Digitisation


def risk_text(risk: float) -> str:
    """The risk limit as it is written down.

    Raises:
        BadUsage: it is not between 0 and 1.
    """
    if not 0 < risk < 1:
        raise BadUsage(f"--risk: expected a number between 0 and 1 such as 0.05, came {risk}")
    return str(risk)


def contest_named(election: Election, name: str | None) -> ContestOfElection:
    """The contest of this id, the first where None.

    Raises:
        BadUsage: there is none; names those that there are.
    """
    known = {one.id: one for one in election.contests}
    found = known.get(name or election.contests[0].id)
    if found is None:
        raise BadUsage(f"--contest: expected one of {', '.join(known)}; came {name}")
    return found


def committed(world: World) -> Committed:
    """The sealed log as it stands.

    Raises:
        BadUsage: records wait that no seal has closed yet.
    """
    waiting = world.journal.waiting()
    if waiting:
        raise BadUsage(
            f"an audit is of a sealed log, and {waiting} records wait: run `testigo publish` first, let the public see "
            "its checkpoint, and only then draw the seed"
        )
    head = world.journal.heads()[-1]
    results = [result for _, result in world.views.results().values()]
    totals = totals_bytes(tabulate_columns(results, world.views.stations_held(), world.register, world.election))
    return Committed(world.election.origin, head.size, head.root.hex(), hashlib.sha256(totals).hexdigest())


def reported(world: World, of: str, contest_id: str | None) -> tuple[Reported, int | None]:
    """The figures to be audited, and the votes that the stations without figures could hold.

    Ballots at most are the registered voters, or the ballots stated where those are unknown or more. The second is 0
    for our digitisation, which claims nothing of the others, and None where the register does not have every station or
    not the voters of one without figures.

    Raises:
        BadUsage: nothing that can be audited is called so, or fewer than two choices or no station have figures.
    """
    wanted = contest_named(world.election, contest_id)
    every = {station: figures_of(wanted, counts) for station, counts in _figures(world, of, wanted).items()}
    figures = {
        station: stated
        for station, stated in every.items()
        if station in world.register.stations and all(choice.id in stated for choice in wanted.choices)
    }
    if not figures or len(wanted.choices) < 2:
        raise BadUsage(
            f"audit of {of}: expected sealed figures of a contest with two choices or more, {wanted.id} has none"
        )
    stations = tuple(sorted(figures))
    votes = {c.id: np.array([figures[s][c.id] for s in stations], np.int64) for c in wanted.choices}
    ballots = np.array([_ballots(wanted, figures[s], world.register.stations[s].registered) for s in stations])
    sheet = tuple((line, choice.id) for choice in wanted.choices for line in (choice.lines or (choice.id,)))
    return Reported(stations, votes, ballots, sheet), 0 if of == DIGITISATION else _missing(world.register, figures)


def _figures(world: World, of: str, wanted: ContestOfElection) -> Mapping[StationCode, Counts]:
    official = [source.id for source in world.election.sources if source.kind == "official"]
    if of == DIGITISATION:
        results = world.views.results().items()
        return {s: r.counts for (s, c), (_, r) in results if c == wanted.id and r.status == "counted"}
    if of in official:
        reports = world.views.current_reports(of).items()
        return {station: report.counts for station, (_, report) in reports if report.counts is not None}
    raise BadUsage(
        f"--of: expected {DIGITISATION} or a source of kind official with a figure for each station "
        f"({', '.join(official) or 'this election has none'}); came {of}"
    )


def _ballots(wanted: ContestOfElection, figures: Counts, registered: int | None) -> int:
    stated = max(ballots_cast(wanted, figures) or 0, sum_of_known(wanted, figures))
    return stated if registered is None else max(registered, stated)


def _missing(register: StationRegister, figures: Mapping[StationCode, Counts]) -> int | None:
    left = [station.registered for code, station in register.stations.items() if code not in figures]
    if not register.complete or any(registered is None for registered in left):
        return None
    return sum(registered for registered in left if registered is not None)


def case_of(terms: Terms, figures: Reported) -> Case:
    """The sizes, bound and risk of an audit.

    "Leads" claims of an official source count the missing stations against the leader where their votes are known; our
    digitisation is of the stations that were counted, and nothing of the others is claimed.

    Raises:
        BadUsage: two choices have most votes, or no sample can show the claim.
    """
    order = sorted(figures.votes, key=lambda choice: -int(figures.votes[choice].sum()))
    leader, second = order[0], order[1]
    margins = figures.votes[leader] - figures.votes[second]
    margin, risk = int(margins.sum()), float(terms.risk)
    if margin == 0:
        raise BadUsage(f"audit of {terms.of}: {leader} and {second} have the same number of votes: count all papers")
    if terms.within is not None:
        net = digitisation(margins, figures.ballots, terms.within, two_sided=terms.both_directions)
        return Case(leader, second, margin, net.sizes, net.bound, net.risk_each(risk), net)
    whole = contest({str(choice): n for choice, n in figures.votes.items()}, figures.ballots, terms.missing or 0)
    rival = FieldId(whole.pairs[whole.hardest].rival)
    return Case(leader, rival, whole.pairs[whole.hardest].margin, whole.sizes, whole.bound, risk, whole)


def audited_votes(figures: Reported, keyed: Counts) -> Counts:
    """The votes by choice that a paper holds, from the fields that a person read; all of `figures.sheet` are there."""
    found = dict.fromkeys([choice for _, choice in figures.sheet], 0)
    for field, choice in figures.sheet:
        found[choice] += keyed[field]
    return found


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit: what is fixed, what follows, and the draws that were made."""

    terms: Terms
    figures: Reported
    case: Case
    draws: tuple[Ticket, ...]

    @property
    def drawn(self) -> tuple[StationCode, ...]:
        """The stations to look up, each once, in the order in which they were first drawn."""
        return tuple(dict.fromkeys(self.figures.stations[ticket.row] for ticket in self.draws))


def audit_of(terms: Terms, figures: Reported, draws: int) -> Audit:
    """The audit of these terms, with so many draws."""
    case = case_of(terms, figures)
    return Audit(terms, figures, case, tickets(terms.seed, case.sizes.tolist(), draws))
