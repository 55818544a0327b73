"""What the authority announced, against what the sheets document: a neutral sentence for every figure."""

from dataclasses import dataclass
from typing import Literal

from testigo.core.election import Announced, Contest
from testigo.core.ids import NATION
from testigo.core.tabulation import AreaTotals
from testigo.site.edition import Edition

Comparison = Literal["exceeds", "missing", "same", "differs"]
"""Documented votes exceed announced ones; stations are missing, so nothing follows; all stations are counted and the
figures are the same; all are counted and the figures differ."""


@dataclass(frozen=True, slots=True)
class AnnouncedRow:
    """One announced figure: of a choice or of a group of choices, `by` is how far the figures are apart."""

    name: str
    documented: str
    announced: str
    difference: str
    comparison: Comparison
    by: str


@dataclass(frozen=True, slots=True)
class AnnouncedTable:
    """One bulletin. `covers` is its own coverage, `outside` the stations that it leaves out; None where not known."""

    name: str
    source: str
    covers: str | None
    outside: str | None
    rows: tuple[AnnouncedRow, ...]


def announced_tables(edition: Edition, contest: Contest) -> tuple[AnnouncedTable, ...]:
    """Every bulletin about this contest, for the nation."""
    published = edition.published
    totals = published.tabulation[contest.id, NATION]
    return tuple(
        _table(edition, contest, bulletin, totals)
        for bulletin in published.election.announced
        if bulletin.contest == contest.id
    )


def _table(edition: Edition, contest: Contest, bulletin: Announced, totals: AreaTotals) -> AnnouncedTable:
    names = {choice.id: choice.name for choice in contest.choices}
    figures = [(names[choice], totals.counts.get(choice, 0), votes) for choice, votes in bulletin.votes.items()]
    figures += [
        (name, sum(totals.counts.get(choice, 0) for choice in choices), votes)
        for name, choices, votes in bulletin.groups
    ]
    all_counted = totals.expected is not None and totals.counted >= totals.expected
    covers = bulletin.stations_ppm
    outside = None
    if covers is not None and covers < 1_000_000 and totals.expected is not None:
        outside = edition.numbers.whole(totals.expected - totals.expected * covers // 1_000_000)
    return AnnouncedTable(
        bulletin.name,
        bulletin.source,
        None if covers is None else edition.numbers.ppm(covers),
        outside,
        tuple(_row(edition, name, ours, theirs, all_counted=all_counted) for name, ours, theirs in figures),
    )


def _row(edition: Edition, name: str, ours: int, theirs: int, *, all_counted: bool) -> AnnouncedRow:
    comparison: Comparison
    if ours > theirs:
        comparison = "exceeds"
    elif not all_counted:
        comparison = "missing"
    else:
        comparison = "same" if ours == theirs else "differs"
    numbers = edition.numbers
    return AnnouncedRow(
        name,
        numbers.whole(ours),
        numbers.whole(theirs),
        numbers.signed(ours - theirs),
        comparison,
        numbers.whole(abs(ours - theirs)),
    )
