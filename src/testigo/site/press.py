"""The templates of the site, loaded once for one edition: pages as bytes, and single words as safe markup."""

import re
from dataclasses import dataclass
from gettext import NullTranslations

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from testigo.core.ids import NATION
from testigo.site.edition import Edition
from testigo.site.paths import assessment_language, assessment_page, root_of

WORDS_LANGUAGE = "en"
"""The language of the words on the pages; an election in another one brings its own names only, for now."""

_CONSTANT = re.compile(r'\{\{ _\("([^"%{}]*)"\) \}\}')


class ConstantWords(Extension):
    """Translates what takes no arguments when a template is compiled, not again on each of its pages."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template with its constant words in the language of the site."""
        catalogue: NullTranslations = self.environment.globals["catalogue"]  # type: ignore[assignment]
        return _CONSTANT.sub(lambda found: catalogue.gettext(found[1]), source)


@dataclass(frozen=True, slots=True)
class Press:
    """What prints pages: every value is escaped, and a name that a template misses is an error."""

    templates: Environment

    def page(self, template: str, path: str, **values: object) -> bytes:
        """The page at this path of the site, from this template."""
        return self.templates.get_template(template).render(root=root_of(path), **values).encode()

    def word(self, template: str, macro: str, *arguments: object) -> Markup:
        """What a macro of a template says: a word or sentence in the language of the site."""
        told: Markup = getattr(self.templates.get_template(template).module, macro)(*arguments)
        return told


def press_of(edition: Edition, language: str | None = None) -> Press:
    """The press for an edition, with the election and the direction of its language known to every page.

    It prints in the language of the election, or in another one if given.
    """
    election = edition.published.election
    templates = Environment(
        loader=PackageLoader("testigo.site", "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", ConstantWords],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue = NullTranslations()
    templates.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    templates.globals["catalogue"] = catalogue
    templates.filters["whole"] = edition.numbers.whole
    templates.globals["lang"] = WORDS_LANGUAGE
    templates.globals["dir"] = edition.direction
    templates.globals["election"] = election
    templates.globals["assessment"] = assessment_page(assessment_language(language or election.language))
    templates.globals["log_size"] = edition.numbers.whole(edition.published.log_size)
    press = Press(templates)
    nation = tuple((contest.name, edition.flips[contest.id, NATION].state) for contest in election.contests)
    templates.globals["flips"] = press.word("parts.html", "flips", nation)
    return press
