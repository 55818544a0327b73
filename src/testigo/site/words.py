"""The words of the pages in a language, from its gettext catalogue `locale/<language>.po`."""

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from testigo.site.numbers import direction_of
from testigo.site.paths import LANGUAGES

SOURCE = LANGUAGES[0][0]
"""The language in which the words stand in templates and code."""

LEVELS = (
    "canton", "centre", "city", "commune", "constituency", "county", "department", "district", "municipality", "parish",
    "province", "region", "state", "ward",
)  # fmt: skip
"""Usual words for levels of areas, as elections name them in English; catalogues translate them, others stay."""


@dataclass(frozen=True, slots=True)
class Words:
    """What Jinja and tellers ask for words. `language` is that of the words, `direction` (`ltr`, `rtl`) how it runs."""

    language: str
    direction: str
    catalogue: NullTranslations

    def gettext(self, text: str) -> str:
        """The text in this language; the text itself where the catalogue lacks it."""
        return self.catalogue.gettext(text) if text else ""

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The text in the form that this number asks for."""
        return self.catalogue.ngettext(one, many, number)

    def pgettext(self, context: str, text: str) -> str:
        """The text where it means this; for words that English has once and another language twice."""
        return self.catalogue.pgettext(context, text)


@cache
def words_of(language: str, among: tuple[tuple[str, str], ...] = LANGUAGES) -> Words:
    """The words for pages in this language (a region, `es-VE`, does not matter); English where it is not `among` those.

    The catalogue is read once in a process; nothing changes it afterwards.
    """
    base = language.replace("_", "-").split("-")[0].lower()
    shown = base if base in dict(among) else SOURCE
    return Words(shown, direction_of(shown), NullTranslations() if shown == SOURCE else _catalogue(shown))


def _catalogue(language: str) -> GNUTranslations:
    source = files("testigo").joinpath("locale", f"{language}.po")
    catalogue = read_po(BytesIO(source.read_bytes()), locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
