"""Blind double entry: what people keyed from one photo, in which state that leaves it, and who may do what next.

A photo's state follows from its records alone, whatever their order (docs/states/entry.md).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from testigo.core.ids import Counts, Digest, FieldId, StationCode
from testigo.core.records import Entry, Reading, Ruling

PROBLEMS = (
    "blurred",
    "wrong station",
    "not a sheet",
    "overwritten",
    "page missing",
    "personal data",
)
"""Why a photo gives no figures, or fewer; an entry or ruling names one of them or none."""

KEYED_BY_YOU = "You have keyed this photo; the second entry needs another person."
IS_SETTLED = "This photo is settled."
DIFFERS = "The entries for this photo differ; it waits for an adjudicator."
ENTRY_BY_YOU = "You made one of the entries; the adjudicator is another person."
NO_DIFFERENCE = "Nothing is to be settled here: the entries do not differ."
REFUSALS = (KEYED_BY_YOU, IS_SETTLED, DIFFERS, ENTRY_BY_YOU, NO_DIFFERENCE)
"""Why somebody may not key or settle a photo; pages tell it in the language of whoever asks."""

By = Literal["entries", "reading and entry", "ruling"]


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What settles a photo: `[desk]` of election.toml.

    `entries` agreeing answers of as many people. With `reading_counts`, one entry that says what the machine proposed
    settles too. `again_ppm` of the settled photos, in parts per million, are drawn by `again_seed` and keyed once more.
    """

    entries: int = 2
    reading_counts: bool = False
    again_ppm: int = 0
    again_seed: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says that a photo shows. `blank` and `illegible` fields have no count; a `problem` may explain."""

    station: StationCode
    form: str
    page: int
    counts: Counts
    blank: tuple[str, ...] = ()
    illegible: tuple[str, ...] = ()
    problem: str | None = None

    def said_of(self, field: str) -> int | str:
        """A field's count, or `blank`, `illegible`, or empty where it was not asked."""
        if field in self.counts:
            return self.counts[FieldId(field)]
        return "blank" if field in self.blank else "illegible" if field in self.illegible else ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """More entries are needed; those that are there, by leaf hash: fewer than the rules ask."""

    entries: tuple[tuple[Digest, Entry], ...]


@dataclass(frozen=True, slots=True)
class Differs:
    """Enough people keyed it and do not agree: an adjudicator is needed. `fields` are those that differ; `station`,
    `form`, `page` and `problem` stand for themselves.
    """

    entries: tuple[tuple[Digest, Entry], ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """What the photo shows, as far as people are concerned. `digest` is the leaf hash of the ruling, or the smallest of
    the entries that agree; `entries` are all that were made. `beside` are the photos of the sheet's other pages.
    """

    answer: Answer
    by: By
    digest: Digest
    entries: tuple[tuple[Digest, Entry], ...]
    beside: tuple[Digest, ...] = ()


SheetState: TypeAlias = Waiting | Differs | Settled


def photos_keyed(photo: Digest, state: SheetState) -> tuple[Digest, ...]:
    """The photos of the sheet that people keyed, beginning with the one that the state is of."""
    if isinstance(state, Settled):
        return (photo, *state.beside)
    return (photo, *(state.entries[0][1].beside if state.entries else ()))


def says_nothing(answer: Answer | Entry | Ruling) -> bool:
    """Whether it names a problem and no figure: only then it may name no station, as where the photo shows no sheet."""
    return answer.problem is not None and not (answer.counts or answer.blank or answer.illegible)


def answer_of(record: Entry | Ruling) -> Answer:
    """What an entry or a ruling says, without who said it."""
    return Answer(
        record.station, record.form, record.page, record.counts, record.blank, record.illegible, record.problem
    )


def state_of(
    entries: Sequence[tuple[Digest, Entry]],
    rulings: Sequence[tuple[Digest, Ruling]],
    rules: DeskRules,
    reading: Reading | None = None,
) -> SheetState:
    """The state of one photo, from the entries and rulings about it that nothing superseded, by leaf hash.

    `reading` is the machine's in force, None where there is none: where it proposes figures that nobody confirmed, one
    entry of the same station, form and figures can. A person's second
    entry and a ruling on an own entry count for nothing. Where more pages of the sheet came in after somebody had keyed
    it, only entries and rulings that saw most of them count.
    """
    named = [entry.beside for _, entry in entries] + [ruling.beside for _, ruling in rulings]
    most = max(named, key=lambda beside: (len(beside), beside), default=())
    made = _one_each([one for one in entries if one[1].beside == most])
    people = {entry.clerk for _, entry in made}
    for digest, ruling in sorted(rulings, key=lambda one: one[0], reverse=True):
        if ruling.adjudicator not in people and ruling.beside == most:
            return Settled(answer_of(ruling), "ruling", digest, made, most)
    groups = _agreeing(made)
    sizes = sorted((len(group) for group in groups), reverse=True)
    if sizes and sizes[0] >= rules.entries and sizes[1:2] != sizes[:1]:
        group = max(groups, key=len)
        return Settled(answer_of(group[0][1]), "entries", group[0][0], made, most)
    if rules.reading_counts and reading is not None and reading.proposed and len(made) == 1:
        digest, entry = made[0]
        same = (entry.station, entry.form) == (reading.station, reading.form)
        same = same and dict(entry.counts) == dict(reading.proposed)
        if same and entry.problem is None and not entry.illegible:
            return Settled(answer_of(entry), "reading and entry", digest, made, most)
    if len(made) >= rules.entries:
        return Differs(made, differing([answer_of(entry) for _, entry in made]))
    return Waiting(made)


def differing(answers: Sequence[Answer]) -> tuple[str, ...]:
    """Where these answers are not all the same: `station`, `form`, `page`, `problem`, then fields by their names."""
    heads = [name for name in ("station", "form", "page", "problem") if len({getattr(a, name) for a in answers}) > 1]
    named = sorted({field for answer in answers for field in (*answer.counts, *answer.blank, *answer.illegible)})
    return (*heads, *(field for field in named if len({answer.said_of(field) for answer in answers}) > 1))


def may_enter(state: SheetState, alias: str, rules: DeskRules, *, drawn_again: bool = False) -> str | None:
    """Why this person may not key the photo now; None if they may."""
    if any(entry.clerk == alias for _, entry in state.entries):
        return KEYED_BY_YOU
    if isinstance(state, Settled):
        return None if drawn_again and len(state.entries) <= rules.entries else IS_SETTLED
    if isinstance(state, Differs):
        return DIFFERS
    return None


def may_rule(state: SheetState, alias: str) -> str | None:
    """Why this person may not settle the photo now; None if they may."""
    if any(entry.clerk == alias for _, entry in state.entries):
        return ENTRY_BY_YOU
    if not isinstance(state, Differs):
        return NO_DIFFERENCE
    return None


def is_drawn_again(photo: Digest, rules: DeskRules) -> bool:
    """Whether the public seed draws this photo to be keyed once more: SHA-256 of `seed:photo` below the share."""
    value = int.from_bytes(hashlib.sha256(f"{rules.again_seed}:{photo}".encode()).digest())
    return value * 1_000_000 < rules.again_ppm << 256


def _one_each(entries: Sequence[tuple[Digest, Entry]]) -> tuple[tuple[Digest, Entry], ...]:
    """The entries by leaf hash, one a person."""
    made: dict[str, tuple[Digest, Entry]] = {}
    for digest, entry in sorted(entries, key=lambda one: one[0]):
        made.setdefault(entry.clerk, (digest, entry))
    return tuple(sorted(made.values(), key=lambda one: one[0]))


def _agreeing(made: Sequence[tuple[Digest, Entry]]) -> list[list[tuple[Digest, Entry]]]:
    groups: dict[tuple[object, ...], list[tuple[Digest, Entry]]] = {}
    for digest, entry in made:
        groups.setdefault(_spelling(answer_of(entry)), []).append((digest, entry))
    return list(groups.values())


def _spelling(answer: Answer) -> tuple[object, ...]:
    counts = tuple(sorted(answer.counts.items()))
    marks = (tuple(sorted(answer.blank)), tuple(sorted(answer.illegible)))
    return answer.station, answer.form, answer.page, answer.problem, counts, marks
