"""The figures of one area and contest as they are printed: totals with coverage, who leads, what quarantine holds."""

from dataclasses import dataclass

from markupsafe import Markup

from testigo.core.dossier import choice_sum
from testigo.core.election import Contest
from testigo.core.ids import NATION, AreaId, Counts, FieldId
from testigo.core.tabulation import AreaTotals, Standing, standing_of
from testigo.site.charts import bar, coverage_bar, swatch, thin_bar
from testigo.site.edition import Edition, other_fields
from testigo.site.flips import Flip


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One choice of a table; `with_votes` and `with_share` count quarantine in and are empty where it holds nothing."""

    name: str
    swatch: Markup
    bar: Markup
    votes: str
    share: str
    with_votes: str
    with_share: str


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads: `name` None on a tie or without votes; `lead` in votes and in points of the share."""

    name: str | None
    tie: bool
    lead: str
    points: str
    votes: str


@dataclass(frozen=True, slots=True)
class Held:
    """What quarantine holds in an area: votes by the figures as they stand, against the lead of the counted ones.

    `can_turn` says whether these votes are at least as many as the lead.
    """

    stations: int
    votes: str
    lead: str
    can_turn: bool
    standing: Lead


@dataclass(frozen=True, slots=True)
class ContestFigures:
    """One contest in one area. `expected`, `missing` and `covered` are None where nobody knows the number of stations.

    `others` are the figures that are no choice: kind, field, votes, votes with quarantine.
    """

    id: str
    name: str
    expected: str | None
    received: str
    read: str
    counted: str
    quarantined: str
    listed: str
    missing: int | None
    covered: str | None
    coverage: Markup
    rows: tuple[ChoiceRow, ...]
    others: tuple[tuple[str, str, str, str], ...]
    lead: Lead
    held: Held | None
    flip: Flip


def contest_figures(edition: Edition, contest: Contest, area: AreaId, listed: int) -> ContestFigures:
    """The figures of a contest in an area of which the register lists this many stations; most votes first."""
    totals = edition.published.tabulation[contest.id, area]
    numbers = edition.numbers
    standing = standing_of(contest, totals.counts)
    expected = totals.expected
    return ContestFigures(
        contest.id,
        contest.name,
        None if expected is None else numbers.whole(expected),
        numbers.whole(totals.received),
        numbers.whole(totals.read),
        numbers.whole(totals.counted),
        numbers.whole(totals.quarantined),
        numbers.whole(listed),
        None if expected is None else max(0, expected - totals.received),
        numbers.share(totals.counted, expected) if expected else None,
        coverage_of(totals, contest.id) if expected else Markup(""),
        _choice_rows(edition, contest, totals, standing),
        _other_rows(edition, contest, totals),
        lead_of(edition, contest, standing),
        _held(edition, contest, totals, standing),
        edition.flips[contest.id, area],
    )


def coverage_of(totals: AreaTotals, key: str) -> Markup:
    """The bar of expected, received, counted and quarantined stations; empty where the expected are not known."""
    if not totals.expected:
        return Markup("")
    return coverage_bar(totals.counted, totals.quarantined, totals.received, totals.expected, key=key)


def choice_name(contest: Contest, choice: FieldId) -> str:
    """The name of a choice of this contest."""
    return next(one.name for one in contest.choices if one.id == choice)


def lead_of(edition: Edition, contest: Contest, standing: Standing) -> Lead:
    """The standing as it is printed."""
    numbers = edition.numbers
    name = None if standing.leader is None else choice_name(contest, standing.leader)
    points = numbers.share(standing.lead, standing.votes).removesuffix("%")
    return Lead(
        name,
        name is None and standing.votes > 0,
        numbers.whole(standing.lead),
        points,
        numbers.whole(standing.votes),
    )


def _choice_rows(edition: Edition, contest: Contest, totals: AreaTotals, standing: Standing) -> tuple[ChoiceRow, ...]:
    numbers = edition.numbers
    held = standing_of(contest, totals.with_quarantine).votes if totals.quarantined else 0
    rows = []
    for choice in sorted(contest.choices, key=lambda one: -totals.counts.get(one.id, 0)):
        votes = totals.counts.get(choice.id, 0)
        with_votes = totals.with_quarantine.get(choice.id, 0)
        rows.append(
            ChoiceRow(
                choice.name,
                swatch(choice.colour),
                bar(votes, standing.votes, choice.colour),
                numbers.whole(votes),
                numbers.share(votes, standing.votes),
                numbers.whole(with_votes) if totals.quarantined else "",
                numbers.share(with_votes, held) if totals.quarantined else "",
            )
        )
    return tuple(rows)


def _other_rows(edition: Edition, contest: Contest, totals: AreaTotals) -> tuple[tuple[str, str, str, str], ...]:
    numbers = edition.numbers
    return tuple(
        (
            kind,
            field,
            numbers.whole(totals.counts.get(field, 0)),
            numbers.whole(totals.with_quarantine[field]) if totals.quarantined else "",
        )
        for field, kind in other_fields(contest)
        if field in totals.with_quarantine
    )


def _held(edition: Edition, contest: Contest, totals: AreaTotals, standing: Standing) -> Held | None:
    if not totals.quarantined:
        return None
    both = standing_of(contest, totals.with_quarantine)
    votes = both.votes - standing.votes
    return Held(
        totals.quarantined,
        edition.numbers.whole(votes),
        edition.numbers.whole(standing.lead),
        votes >= standing.lead,
        lead_of(edition, contest, both),
    )


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area in the table of its parent: who leads it, by how much, and how many of its stations are counted."""

    name: str
    page: str
    lead: Lead
    swatch: Markup
    counted: str
    expected: str | None
    covered: str | None
    bar: Markup


def area_row(edition: Edition, contest: Contest, area: AreaId) -> AreaRow:
    """The row of an area; `page` from the root of the site."""
    totals = edition.published.tabulation[contest.id, area]
    numbers = edition.numbers
    standing = standing_of(contest, totals.counts)
    colour = next((choice.colour for choice in contest.choices if choice.id == standing.leader), None)
    expected = totals.expected
    return AreaRow(
        edition.name_of(area),
        edition.page_of(area),
        lead_of(edition, contest, standing),
        swatch(colour) if colour else Markup(""),
        numbers.whole(totals.counted),
        None if expected is None else numbers.whole(expected),
        numbers.share(totals.counted, expected) if expected else None,
        thin_bar(totals.counted, expected) if expected else Markup(""),
    )


def areas_led(edition: Edition, contest: Contest) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """For each choice, then for none (empty name): how many areas of each level it leads, over areas with votes."""
    depths = len(edition.published.election.areas.levels)
    led: dict[str, list[int]] = {name: [0] * depths for name in (*(c.name for c in contest.choices), "")}
    for area in edition.published.register.names:
        if area == NATION:
            continue
        counts = edition.published.tabulation[contest.id, area].counts
        if not choice_sum_of(contest, counts):
            continue
        leader = standing_of(contest, counts).leader
        led["" if leader is None else choice_name(contest, leader)][area.count("/")] += 1
    return tuple((name, tuple(numbers)) for name, numbers in led.items() if any(numbers))


def choice_sum_of(contest: Contest, counts: Counts) -> int:
    """The votes of the choices that are there."""
    return choice_sum(contest, {choice.id: counts.get(choice.id, 0) for choice in contest.choices}) or 0
