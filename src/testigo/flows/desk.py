"""The desk: which photo somebody keys next, what they keyed, and what an adjudicator settled.

The rules of who may are in `core/entry.py`. Here a photo is claimed, so that two people do not key it at once, and the
record is written. No answer of anybody else leaves this file towards a clerk.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from testigo.core.entry import (
    PROBLEMS,
    Answer,
    Differs,
    may_enter,
    may_rule,
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


def next_sheet(world: World, desk: Desk, private: Private, alias: str, now: datetime) -> Digest | None:
    """A photo that this person may key, in their hands for ten minutes; None where nothing waits for them."""
    held = {claim.photo: claim.alias for claim in private.claims(now) if claim.kind == "entry"}
    mine = [photo for photo, holder in held.items() if holder == alias]
    for photo in (*mine, *(photo for photo in desk.to_key if photo not in held)):
        if refusal(world, desk, photo, alias) is None and private.claim(photo, "entry", alias, now, now + CLAIM):
            return photo
    return None


def refusal(world: World, desk: Desk, photo: Digest, alias: str) -> str | None:
    """Why this person may not key this photo; None if they may."""
    if photo not in desk.wanted:
        return "this photo does not wait to be keyed"
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
) -> None:
    """Writes what somebody keyed; the photo leaves their hands. `beside` are the photos of other pages that they saw.

    Raises:
        Taken: somebody else has it now, or it was settled meanwhile.
        BadUsage: the answer is none for this election's form, or another page of the sheet came in meanwhile.
    """
    check(world, answer)
    seen = desk.beside.get(photo, ())
    if photo in desk.wanted and tuple(beside) != seen:
        raise BadUsage("another photo of this sheet came in meanwhile: look at all of them, then save again")
    why = refusal(world, desk, photo, alias)
    if why is not None:
        raise Taken(why)
    if not private.claim(photo, "entry", alias, now, now + CLAIM):
        raise Taken("your ten minutes for this photo were over, and somebody else has it now")
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
        raise NotFound("nobody has keyed this photo")
    why = may_rule(found, alias)
    if why is not None:
        raise Taken(why)
    if not 0 < len(reason) <= MOST_REASON:
        raise BadUsage(f"reason: expected why it is so, in at most {MOST_REASON} signs")
    check(world, answer)
    if not private.claim(photo, "ruling", alias, now, now + CLAIM):
        raise Taken("another adjudicator has this photo now")
    entries = tuple(sorted(digest for digest, _ in found.entries))
    world.journal.append(
        [
            Ruling(
                photo, alias, answer.form, answer.station, answer.counts, reason, entries, answer.page, answer.blank,
                answer.illegible, answer.problem, found_beside(photo, found),
            )
        ]
    )  # fmt: skip
    private.release(photo, "ruling", alias)


def check(world: World, answer: Answer) -> None:
    """Holds where an answer is one for this election: its station, form, fields and numbers.

    Raises:
        BadUsage: names the field, what was expected and what came.
    """
    if answer.station not in world.register.stations:
        raise BadUsage(f"station: the register has none of the number {answer.station[:40]!r}")
    form = world.forms.get(answer.form)
    if form is None:
        raise BadUsage(f"form: the election has none called {answer.form[:40]!r}")
    if answer.problem is not None and answer.problem not in PROBLEMS:
        raise BadUsage(f"problem: expected one of {', '.join(PROBLEMS)}, came {answer.problem[:40]!r}")
    said: Sequence[str] = (*answer.counts, *answer.blank, *answer.illegible)
    unknown = sorted(set(said) - set(form.fields))
    if unknown or len(set(said)) < len(said):
        raise BadUsage(f"expected every field of the form {form.id} once, came {', '.join(unknown) or 'one twice'}")
    if any(not 0 <= value <= MAX_COUNT for value in answer.counts.values()):
        raise BadUsage(f"expected numbers up to {MAX_COUNT}")
    missing = [field for field in form.fields if field not in said]
    if missing and answer.problem is None:
        raise BadUsage(f"not answered: {', '.join(missing)}; a field is a number, blank or illegible")
