"""What a sheet of an election shows: the names of its figures in their usual order, and the sums that they suggest."""

from collections.abc import Sequence
from dataclasses import dataclass

from testigo.core.election import Contest, Election
from testigo.core.ids import FieldId


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that a form of this election may have. `label` is what people call it, empty where the name says it."""

    field: FieldId
    label: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """What is offered for a form: its id and name, the figures in order, and sums as (code, text)."""

    form: str
    name: str
    figures: tuple[Figure, ...]
    sums: tuple[tuple[str, str], ...]


def ballot_of(election: Election, form: str) -> Ballot:
    """What the contests on this form ask for: ballot lines, then the other figures from valid to cast."""
    contests = tuple(contest for contest in election.contests if contest.form == form)
    figures = [figure for contest in contests for figure in _figures(contest)]
    sums = [one for contest in contests for one in _sums(contest, several=len(contests) > 1)]
    return Ballot(form, election.name, tuple(figures), tuple(sums))


def forms_of(election: Election) -> tuple[str, ...]:
    """The forms that the contests of an election name, in their order."""
    return tuple(dict.fromkeys(contest.form for contest in election.contests))


def _lines(contest: Contest) -> tuple[FieldId, ...]:
    return tuple(line for choice in contest.choices for line in choice.lines or (choice.id,))


def _figures(contest: Contest) -> Sequence[Figure]:
    named = [
        Figure(line, choice.name if line == choice.id else f"{choice.name}, {line}")
        for choice in contest.choices
        for line in choice.lines or (choice.id,)
    ]
    others = (contest.valid, contest.blank, *contest.null, contest.cast)
    return [*named, *(Figure(field, "") for field in others if field is not None)]


def _sums(contest: Contest, *, several: bool) -> list[tuple[str, str]]:
    """Votes of the lines make the valid ones; these, blank and null ones make those cast."""
    lines, mark = _lines(contest), f"{contest.id}-" if several else ""
    sums = []
    if contest.valid is not None:
        sums.append((f"{mark}valid", f"{' + '.join(lines)} = {contest.valid}"))
    if contest.cast is not None:
        start = lines if contest.valid is None else (contest.valid,)
        parts = [*start, *([] if contest.blank is None else [contest.blank]), *contest.null]
        sums.append((f"{mark}cast", f"{' + '.join(parts)} = {contest.cast}"))
    return sums
