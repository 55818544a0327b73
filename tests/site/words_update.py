"""The words that pages need, as marked in templates and code; run as a program it brings the catalogues up to date.

`python tests/site/words_update.py` rewrites `src/testigo/locale/*.po`: what is marked and not there yet comes in with
an empty translation, what is not marked any more goes, the rest stays as it is. Sorted and without line numbers, so
that a diff shows only words.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import chain
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

import testigo
from testigo.assessment.methods import METHODS
from testigo.core.catalogue import CHECKS
from testigo.core.entry import PROBLEMS, REFUSALS
from testigo.core.roles import ROLES, WORDS
from testigo.core.rows import CAUSES
from testigo.flows import desk as desk_flow
from testigo.flows.withhold import NOT_ONE, REASONS
from testigo.site.paths import LANGUAGES
from testigo.site.seen import CELLS, SEEN
from testigo.site.words import LEVELS
from testigo.web import app, board, desk, guard, rulings
from testigo.web.problems import KINDS, NO_STATION, NO_TEXT
from testigo.web.sentences import NO_PHOTO, OF_PHOTOS, SENTENCES

PACKAGE = Path(testigo.__file__).parent
LOCALE = PACKAGE / "locale"
DESIGNER = PACKAGE / "designer"
WEB = PACKAGE / "web"

_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}

Word = tuple[str, ...]
"""A text with what it means there, empty where it means one thing; then the text for many where a number decides."""


def marked_words(language: str) -> frozenset[Word]:
    """Every text that a page can ask this language's catalogue for: of some languages, the places of people alone."""
    places = [WEB] if language not in dict(LANGUAGES) else [PACKAGE / "site", DESIGNER, WEB]
    tables = chain(_in_tables() if language in dict(LANGUAGES) else (), _in_peoples_tables())
    return frozenset(chain(_in_templates(places), _in_code(places), (("", text) for text in tables)))


def _in_templates(places: Sequence[Path]) -> Iterator[Word]:
    for path in sorted(path for place in places for path in place.rglob("*.html")):
        for _, message, _, context in extract_from_file("jinja2.ext:babel_extract", path, options=_OPTIONS):
            yield word_of(message, context)


def _in_code(places: Sequence[Path]) -> Iterator[Word]:
    for path in sorted(path for place in places for path in place.rglob("*.py")):
        for _, message, _, context in extract_from_file("python", path):
            yield word_of(message, context)
    for path in sorted(path for place in places for path in place.rglob("*.js")):
        for _, message, _, context in extract_from_file("javascript", path):
            yield word_of(message, context)


def _in_tables() -> Iterator[str]:
    """Texts of the rules that pages show: they are told in English there and translated where they are shown."""
    for check in CHECKS:
        yield from (check.title, check.meaning, check.advice)
    for method in METHODS.values():
        yield from (text for text in (method.title, method.assumption, method.control, method.source) if text)
    yield from (*CAUSES, *REASONS, *LEVELS, *CELLS, *chain.from_iterable(SEEN.values()))


def _in_peoples_tables() -> Iterator[str]:
    yield from (*ROLES, *WORDS.values(), *PROBLEMS, *KINDS, NO_TEXT, NO_STATION, *REASONS)
    yield from (*REFUSALS, *desk_flow.SENTENCES, *app.SENTENCES, *desk.SENTENCES, *guard.SENTENCES, rulings.CHOOSE)
    yield from (*board.SENTENCES, NOT_ONE)
    yield from (*SENTENCES, *OF_PHOTOS.values(), NO_PHOTO)


def word_of(message: str | Sequence[str], context: str | None) -> Word:
    """The word that a mark or an entry of a catalogue stands for."""
    return (context or "", message) if isinstance(message, str) else (context or "", *message)


def read_catalogue(path: Path) -> Catalog:
    """The catalogue in this file, as it stands there."""
    return read_po(BytesIO(path.read_bytes()), locale=path.stem, abort_invalid=True)


def brought_up_to_date(path: Path) -> bytes:
    """The file with every marked word, and only these; its head, up to the first empty line, stays."""
    kept = read_catalogue(path)
    words = marked_words(path.stem)
    for message in list(kept):
        if message.id and word_of(message.id, message.context) not in words:
            kept.delete(message.id, message.context)
    for context, text, *many in words:
        if kept.get(text, context or None) is None:
            kept.add((text, *many) if many else text, context=context or None)
    head = path.read_bytes().split(b"\n\n")[0]
    written = BytesIO()
    write_po(written, kept, width=110, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return head + b"\n\n" + written.getvalue()


if __name__ == "__main__":
    for catalogue in sorted(LOCALE.glob("*.po")):
        catalogue.write_bytes(brought_up_to_date(catalogue))
