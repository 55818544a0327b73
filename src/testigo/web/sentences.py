"""What pages say when something did not work, in the language of whoever asks.

An error of the desks carries its sentence and what stands in its gaps. Others say a whole sentence in English, for
phones and logs too: those that people can meet on a page stand here, and are found again by their words.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

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
    "this request came from a page of another site; nothing was done",
    "this invitation was used, has run out, or never was one",
    "this invitation was used, has run out, or never was one; ask the steward for another",
    "this pass has no photos left, has run out, or never was one; ask for another invitation",
    "many invitations are used from this network just now; try again in ten minutes",
    # What is not there.
    "the register has no station of this number",
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
    # The board.
    "role: expected one of %(roles)s, came %(what)s",
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


def said_in(words: Words, error: TestigoError, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """The sentence for a page in these words; one that no catalogue knows stays English.

    `names` are what people call what stands in gaps, such as the fields of a sheet.
    """
    if isinstance(error, BadPhoto):
        return words.gettext(OF_PHOTOS.get(error.cause, NO_PHOTO))
    text, gaps = error.sentence, {name: str(value) for name, value in error.gaps.items()}
    if not gaps:
        text, gaps = _gaps_of(told_sentence(error)) or (told_sentence(error), {})

    def named(value: str) -> str:
        # What stands in a gap can be words of ours, such as roles.
        called = (names.get(part, part) for part in value.split(", "))
        return ", ".join(words.gettext(part) if part else "" for part in called)

    said = {name: named(value) for name, value in gaps.items()}
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
