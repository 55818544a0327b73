"""The worksheet of an audit: a page to print, with the papers to look up, empty boxes, and the tickets of the draw.

It shows none of the reported figures: whoever reads a paper does not know what is expected.
"""

from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from testigo.core.ids import FieldId, StationCode
from testigo.site.numbers import numbers_of
from testigo.site.words import words_of


@dataclass(frozen=True, slots=True)
class Line:
    """A station to look up: the names of its areas, largest first, and the numbers of its draws."""

    station: StationCode
    areas: tuple[str, ...]
    draws: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the worksheet prints.

    `source` is whose figures are audited, None for our own. `fields` are those to read, each with its choice.
    `commitment` is what was fixed, by name; `tickets` are (draw, digest, value, station).
    """

    election: str
    contest: str
    source: str | None
    fields: tuple[tuple[FieldId, str], ...]
    lines: tuple[Line, ...]
    commitment: tuple[tuple[str, str], ...]
    tickets: tuple[tuple[int, str, int, StationCode], ...]


def worksheet(sheet: Sheet, language: str) -> bytes:
    """The worksheet as one HTML file without anything outside it, in a language that there are words for."""
    words = words_of(language)
    templates = Environment(
        loader=PackageLoader("testigo.site", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    templates.filters["whole"] = numbers_of(words.language).whole
    page = templates.get_template("audit.html")
    return page.render(sheet=sheet, lang=words.language, dir=words.direction).encode()
