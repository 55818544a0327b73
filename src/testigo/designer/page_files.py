"""The files of the page: its HTML in a language, its modules and style, its words, and what it starts with."""

import json
import re
from importlib.resources import files

from babel.messages.pofile import read_po
from jinja2 import Environment, PackageLoader, StrictUndefined

from testigo.designer.draft import Draft, Reply
from testigo.errors import NotFound
from testigo.site.paths import LANGUAGES
from testigo.site.words import SOURCE, words_of

MEDIA = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
_NAME = re.compile(r"[a-z_]+\.(?:js|css|svg)")


def language_asked(accepted: str) -> str:
    """The first language of an Accept-Language header in which there are words; English where there is none."""
    for part in accepted.split(","):
        base = part.split(";")[0].strip().split("-")[0].lower()
        if base in dict(LANGUAGES):
            return base
    return SOURCE


def page_html(language: str) -> str:
    """The page.

    Raises:
        NotFound: there are no words in this language.
    """
    _check(language)
    words = words_of(language)
    templates = Environment(
        loader=PackageLoader("testigo.designer", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    return templates.get_template("designer.html").render(lang=words.language, dir=words.direction, languages=LANGUAGES)


def page_file(name: str) -> bytes:
    """A module, the style or the icon.

    Raises:
        NotFound: there is no file of this name.
    """
    place = files("testigo.designer").joinpath("page", name)
    if not _NAME.fullmatch(name) or not place.is_file():
        raise NotFound(f"{name}: there is no such file")
    return place.read_bytes()


def page_words(language: str) -> dict[str, str]:
    """What the modules say, from English into this language; empty for English.

    Raises:
        NotFound: there are no words in this language.
    """
    _check(language)
    if language == SOURCE:
        return {}
    with files("testigo").joinpath("locale", f"{language}.po").open("rb") as source:
        catalogue = read_po(source, locale=language)
    return {
        message.id: message.string
        for message in catalogue
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id and not message.context
    }


def start_values(draft: Draft) -> Reply:
    """What the page needs to begin, or to go on after it was loaded again."""
    return {
        "pages": draft.pages,
        "folder": str(draft.folder),
        "samples": [sample.name for sample in draft.samples],
        "ballots": [
            {
                "form": ballot.form,
                "name": ballot.name,
                "figures": [{"name": one.field, "label": one.label} for one in ballot.figures],
                "sums": [{"code": code, "text": text} for code, text in ballot.sums],
            }
            for ballot in draft.ballots
        ],
        "kept": json.loads(draft.kept),
    }


def _check(language: str) -> None:
    if language not in dict(LANGUAGES):
        raise NotFound(f"{language}: expected one of {', '.join(base for base, _ in LANGUAGES)}")
