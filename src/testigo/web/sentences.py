"""What pages say when something did not work, in the language of whoever asks.

An error says its sentence in English. Those that people can meet on a page stand here, with gaps where they name
something, and are found again by their words: so rules and flows need not know that there are languages.
"""

import re
from collections.abc import Mapping
from functools import cache

from testigo.errors import BadPhoto, CannotWrite, TestigoError
from testigo.site.words import Words
from testigo.terminal import warn

NOT_NOW = "the server cannot write just now; what it had promised is safe; try again later"
_OF_WRITING = (
    NOT_NOW,
    "the server has no room for more photos under way; try again later",
    "the photo could not be kept; try again later",
    "the photo could not be kept: %(why)s; try again later",
)
SENTENCES = (
    # Who may pass.
    "this is for %(roles)s; open your invitation's link first",
    "this is for %(roles)s; you are signed in as %(role)s",
    "this request came from a page of another site; nothing was done",
    "this invitation was used, has run out, or never was one",
    "this invitation was used, has run out, or never was one; ask the steward for another",
    "this pass has no photos left, has run out, or never was one; ask for another invitation",
    "many invitations are used from this network just now; try again in ten minutes",
    # What is not there.
    "there is nothing here",
    "this address does not do that",
    "the request did not come to its end",
    "the register has no station of this number",
    "there is no such photo",
    "there is no such page",
    "%(name)s: there is no such file",
    # Photos and reports.
    "many photos come from this network just now; try again in ten minutes",
    "many photos are coming in just now; try again in a minute",
    "too many reports wait to be looked at; try again in some hours",
    "expected a photo; choose one before you send the form",
    "station: the register has no station of this number; leave it out if you do not know it",
    "page: expected a number from 1 to %(most)s",
    "orient: expected a number from 1 to 8",
    "sha256: expected 64 hexadecimal digits in small letters",
    *_OF_WRITING,
    # Forms that are none of ours.
    "the form did not come to its end; send it again",
    "the form: %(why)s",
    "Content-Type: expected multipart/form-data with a boundary",
    "expected a form, came %(what)s",
    "expected the fields of a form in UTF-8",
    "expected at most %(most)s bytes",
    "%(name)s: expected at most %(most)s",
    "%(name)s: expected 43 signs of base64url, random ones",
    # The desks.
    "you have keyed this photo; the second entry needs another person",
    "this photo is settled",
    "the entries for this photo differ; it waits for an adjudicator",
    "you made one of the entries; the adjudicator is another person",
    "nothing is to be settled here: the entries do not differ",
    "nothing is to be settled here",
    "nobody has keyed this photo",
    "your ten minutes for this photo were over, and somebody else has it now",
    "another adjudicator has this photo now",
    "reason: expected why it is so, in at most %(most)s signs",
    "station: the register has none of the number %(station)s",
    "form: the election has none called %(form)s",
    "%(field)s: expected a number, - for blank or ? for illegible, came %(what)s",
    "%(field)s: choose what the paper says",
    "expected numbers up to %(most)s",
    "not answered: %(fields)s; a field is a number, blank or illegible",
    # The board.
    "photo %(photo)s: it is not held",
    "nobody holds this photo any more",
    "sign out yourself with the button above",
    "role: expected one of %(roles)s, came %(what)s",
    "expected a whole number from %(least)s to %(most)s, came %(what)s",
    "reason: expected one of %(reasons)s, came %(what)s",
)
"""Of two that fit the earlier one is meant."""
OF_PHOTOS: Mapping[str, str] = {
    "broken": "The file is damaged. Take the photo again.",
    "huge": "The file is too large. Choose a smaller one.",
    "slow": "The photo took too long to look at. Take it again.",
    "sealed": "The server cannot open the photo: it was sealed for another key. Take it again, with the newest page.",
}
"""Why a photo was refused, by the cause of the error."""
NO_PHOTO = "The file is no JPEG photo. Set the camera to JPEG, or choose another file."
_GAP = re.compile(r"%\((\w+)\)s")


def told_sentence(error: TestigoError) -> str:
    """An error's sentence as strangers may read it: a store names places of this machine, which are told to whoever
    runs the server, and to nobody else.
    """
    sentence = str(error)
    found = _gaps_of(sentence) if isinstance(error, CannotWrite) else None
    if not isinstance(error, CannotWrite) or (found is not None and found[0] in _OF_WRITING):
        return sentence
    warn(f"testigo: {sentence}")
    return NOT_NOW


def said_in(words: Words, error: TestigoError | str) -> str:
    """The sentence for a page in these words; one that does not stand here stays English."""
    if isinstance(error, BadPhoto):
        return words.gettext(OF_PHOTOS.get(error.cause, NO_PHOTO))
    sentence = error if isinstance(error, str) else told_sentence(error)
    found = _gaps_of(sentence)
    if found is None:
        return sentence
    text, gaps = found
    # What stands in a gap can be words of ours, such as roles.
    said = {name: ", ".join(words.gettext(part) for part in value.split(", ")) for name, value in gaps.items()}
    return words.gettext(text) % said if said else words.gettext(text)


def _gaps_of(sentence: str) -> tuple[str, dict[str, str]] | None:
    """Which of `SENTENCES` it is, and what stands in its gaps."""
    for text, pattern in _patterns():
        found = pattern.fullmatch(sentence)
        if found is not None:
            return text, found.groupdict()
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((text, re.compile(_pattern(text), re.DOTALL)) for text in SENTENCES)


def _pattern(text: str) -> str:
    # Between two gaps stands what they have in common with no other sentence.
    parts = _GAP.split(text)
    return "".join(f"(?P<{part}>.+)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
