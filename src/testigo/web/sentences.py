"""What pages say when something did not work, in the language of whoever asks.

An error carries its sentence and what stands in its gaps (`errors.TestigoError`). In English that is one text, for
phones and logs too; on a page the sentence is looked up in the catalogue before its gaps are filled.
"""

from collections.abc import Mapping
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
"""For the catalogues; a test compares them with what the modules say."""
OF_PHOTOS: Mapping[str, str] = {
    "broken": "The file is damaged. Take the photo again.",
    "huge": "The file is too large. Choose a smaller one.",
    "slow": "The photo took too long to look at. Take it again.",
    "sealed": "The server cannot open the photo: it was sealed for another key. Take it again, with the newest page.",
}
"""Why a photo was refused, by the cause of the error."""
NO_PHOTO = "The file is no JPEG photo. Set the camera to JPEG, or choose another file."


def told_sentence(error: TestigoError) -> str:
    """An error's sentence as strangers may read it: a store names places of this machine, which are told to whoever
    runs the server, and to nobody else.
    """
    if not _names_places(error):
        return str(error)
    warn(f"testigo: {error}")
    return NOT_NOW


def said_in(words: Words, error: TestigoError, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """The sentence for a page in these words; one that no catalogue knows stays English.

    `names` are what people call what stands in gaps, such as the fields of a sheet.
    """
    if isinstance(error, BadPhoto):
        return words.gettext(OF_PHOTOS.get(error.cause, NO_PHOTO))
    if _names_places(error):
        return words.gettext(told_sentence(error))

    def named(value: object) -> str:
        # What stands in a gap can be words of ours, such as roles.
        called = (names.get(part, part) for part in str(value).split(", "))
        return ", ".join(words.gettext(part) if part else "" for part in called)

    text = words.gettext(error.sentence)
    return text % {name: named(value) for name, value in error.gaps.items()} if error.gaps else text


def _names_places(error: TestigoError) -> bool:
    return isinstance(error, CannotWrite) and error.sentence not in _OF_WRITING
