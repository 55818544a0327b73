"""The desk: which photo somebody keys next, what they keyed, and what an adjudicator settled.

The rules of who may are in `core/entry.py`. Here a photo is claimed, so that two people do not key it at once, and the
record is written. No answer of anybody else leaves this file towards a clerk.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from testigo.core.entry import (
    PROBLEMS,
    Answer,
    Differs,
    may_enter,
    may_rule,
    says_nothing,
)
from testigo.core.form import Form
from testigo.core.ids import Digest
from testigo.core.records import MAX_COUNT, Entry, Ruling
from testigo.errors import BadUsage, NotFound, Taken
from testigo.flows.desk_kept import Desk, found_beside
from testigo.ports import World
from testigo.private import Private

CLAIM = timedelta(minutes=10)
MOST_REASON = 500
MOST_NOTE = 280
DOES_NOT_WAIT = "This photo does not wait to be keyed."
TIME_IS_OVER = "Your ten minutes for this photo were over, and somebody else has it now."
OTHER_ADJUDICATOR = "Another adjudicator has this photo now."
NOT_KEYED = "Nobody has keyed this photo."
NO_REASON = "Write why it is so, in at most %(most)s signs."
NO_STATION = "Type the number of the station. It may be left empty where a problem says why and no figure is typed."
UNKNOWN_STATION = "The register has no station of the number %(came)s."
UNKNOWN_FORM = "The election has no form called %(came)s."
UNKNOWN_PROBLEM = "Expected one of the problems %(expected)s, came %(came)s."
UNKNOWN_FIELDS = "Expected every field of the form %(form)s once, came %(came)s."
TOO_MUCH = "Expected numbers up to %(most)s."
LONG_NOTE = "Write the note in at most %(most)s signs."
NOTE_ALONE = "A note goes with a problem: choose one, or leave the note empty."
NOT_ANSWERED = "Not answered: %(fields)s. A field is a number, blank or illegible."
SENTENCES = (
    DOES_NOT_WAIT, TIME_IS_OVER, OTHER_ADJUDICATOR, NOT_KEYED, NO_REASON, NO_STATION, UNKNOWN_STATION, UNKNOWN_FORM,
    UNKNOWN_PROBLEM, UNKNOWN_FIELDS, TOO_MUCH, LONG_NOTE, NOTE_ALONE, NOT_ANSWERED,
)  # fmt: skip
"""What the desk answers to what it cannot take; pages tell it in the language of whoever asks."""


def next_sheet(world: World, desk: Desk, private: Private, alias: str, now: datetime) -> Digest | None:
    """A photo that this person may key, in their hands for ten minutes; None where nothing waits for them."""
    for photo in _open_to(world, desk, private, alias, now):
        if private.claim(photo, "entry", alias, now, now + CLAIM):
            return photo
    return None


def sheet_ahead(world: World, desk: Desk, private: Private, alias: str, now: datetime, after: Digest) -> Digest | None:
    """The photo that this person will be given after that one, unless somebody else takes it first.

    Nobody's hands hold it: a picture that is fetched ahead keeps no sheet from anybody.
    """
    return next((photo for photo in _open_to(world, desk, private, alias, now) if photo != after), None)


def _open_to(world: World, desk: Desk, private: Private, alias: str, now: datetime) -> Iterator[Digest]:
    """The photos that this person may key and nobody else has: first those in their own hands."""
    held = {claim.photo: claim.alias for claim in private.claims(now) if claim.kind == "entry"}
    mine = [photo for photo, holder in held.items() if holder == alias]
    for photo in (*mine, *(photo for photo in in_own_order(desk, alias) if photo not in held)):
        if refusal(world, desk, photo, alias) is None:
            yield photo


def in_own_order(desk: Desk, alias: str) -> Iterator[Digest]:
    """The photos to key, the most urgent first. Among those of one urgency everybody begins at a place of their own, so
    that few people want the same one next.
    """
    own = Digest(hashlib.sha256(alias.encode()).hexdigest())
    for begin, end in pairwise((0, *desk.groups)):
        start = bisect_left(desk.to_key, own, begin, end)
        yield from desk.to_key[start:end]
        yield from desk.to_key[begin:start]


def refusal(world: World, desk: Desk, photo: Digest, alias: str) -> str | None:
    """Why this person may not key this photo; None if they may."""
    if photo not in desk.wanted:
        return DOES_NOT_WAIT
    return may_enter(desk.state_at(photo), alias, world.election.desk, drawn_again=photo in desk.drawn_again)


def form_of(world: World, desk: Desk, photo: Digest) -> Form:
    """The form of a photo: that of its reading, else that of the election's first contest."""
    return world.forms[desk.forms.get(photo, world.election.contests[0].form)]


def enter(
    world: World,
    desk: Desk,
    private: Private,
    alias: str,
    photo: Digest,
    answer: Answer,
    now: datetime,
    beside: Sequence[str] = (),
    note: str = "",
) -> None:
    """Writes what somebody keyed; the photo leaves their hands. `beside` are the photos of other pages that they saw.

    A `note` on the problem is for whoever settles the sheet: it stays in the private store until then, and never comes
    into a record.

    Raises:
        Taken: somebody else has it now, or it was settled meanwhile.
        BadUsage: the answer is none for this election's form, another page of the sheet came in meanwhile, or the note
            is long or stands without a problem.
    """
    check(world, answer)
    if len(note) > MOST_NOTE:
        raise BadUsage(LONG_NOTE, most=MOST_NOTE)
    if note and answer.problem is None:
        raise BadUsage(NOTE_ALONE)
    seen = desk.beside.get(photo, ())
    if photo in desk.wanted and tuple(beside) != seen:
        raise BadUsage("another photo of this sheet came in meanwhile: look at all of them, then save again")
    why = refusal(world, desk, photo, alias)
    if why is not None:
        raise Taken(why)
    if not private.claim(photo, "entry", alias, now, now + CLAIM):
        raise Taken(TIME_IS_OVER)
    if note or alias in private.notes(photo):
        private.keep_note(photo, alias, note)
    world.journal.append(
        [
            Entry(
                photo, alias, answer.form, answer.station, answer.counts, answer.page, answer.blank, answer.illegible,
                answer.problem, seen,
            )
        ]
    )  # fmt: skip
    private.drop_draft(photo, alias)
    private.release(photo, "entry", alias)


def differing_sheets(desk: Desk, alias: str) -> Iterator[tuple[Digest, Differs]]:
    """The photos whose entries differ and that this person may settle, sorted."""
    for photo in desk.differing:
        found = desk.sheets[photo]
        if isinstance(found, Differs) and may_rule(found, alias) is None:
            yield photo, found


def rule(
    world: World, desk: Desk, private: Private, alias: str, photo: Digest, answer: Answer, reason: str, now: datetime
) -> None:
    """Writes what an adjudicator found in a photo.

    Raises:
        NotFound: nobody keyed this photo.
        Taken: it was settled meanwhile, is in another adjudicator's hands, or they made one of its entries.
        BadUsage: the answer is none for this election's form, or the reason is missing or long.
    """
    found = desk.sheets.get(photo)
    if found is None:
        raise NotFound(NOT_KEYED)
    why = may_rule(found, alias)
    if why is not None:
        raise Taken(why)
    if not 0 < len(reason) <= MOST_REASON:
        raise BadUsage(NO_REASON, most=MOST_REASON)
    check(world, answer)
    if not private.claim(photo, "ruling", alias, now, now + CLAIM):
        raise Taken(OTHER_ADJUDICATOR)
    entries = tuple(sorted(digest for digest, _ in found.entries))
    world.journal.append(
        [
            Ruling(
                photo, alias, answer.form, answer.station, answer.counts, reason, entries, answer.page, answer.blank,
                answer.illegible, answer.problem, found_beside(photo, found),
            )
        ]
    )  # fmt: skip
    private.drop_notes(photo)
    private.release(photo, "ruling", alias)


def check(world: World, answer: Answer) -> None:
    """Holds where an answer is one for this election: its station, form, fields and numbers.

    Raises:
        BadUsage: names the field, what was expected and what came.
    """
    said: Sequence[str] = (*answer.counts, *answer.blank, *answer.illegible)
    if answer.problem is not None and answer.problem not in PROBLEMS:
        raise BadUsage(UNKNOWN_PROBLEM, expected=", ".join(PROBLEMS), came=answer.problem[:40])
    if not answer.station and not says_nothing(answer):
        raise BadUsage(NO_STATION)
    if answer.station and answer.station not in world.register.stations:
        raise BadUsage(UNKNOWN_STATION, came=answer.station[:40])
    form = world.forms.get(answer.form)
    if form is None:
        raise BadUsage(UNKNOWN_FORM, came=answer.form[:40])
    unknown = sorted(set(said) - set(form.fields))
    if unknown or len(set(said)) < len(said):
        raise BadUsage(UNKNOWN_FIELDS, form=form.id, came=", ".join(unknown) or "one twice")
    if any(not 0 <= value <= MAX_COUNT for value in answer.counts.values()):
        raise BadUsage(TOO_MUCH, most=MAX_COUNT)
    missing = [field for field in form.fields if field not in said]
    if missing and answer.problem is None:
        raise BadUsage(NOT_ANSWERED, fields=", ".join(missing))
