"""The templates of the site, loaded once for one edition: pages as bytes, and single words as safe markup."""

import re
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from testigo.core.ids import NATION
from testigo.site.edition import Edition
from testigo.site.numbers import numbers_of
from testigo.site.paths import assessment_page, root_of
from testigo.site.words import Words, words_of

_CONSTANT = re.compile(r'\{\{ _\("([^"%{}]*)"\) \}\}')


class ConstantWords(Extension):
    """Translates what takes no arguments when a template is compiled, not again on each of its pages."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template with its constant words in the language of the site."""
        words: Words = self.environment.globals["told"]  # type: ignore[assignment]
        return _CONSTANT.sub(lambda found: words.gettext(found[1]), source)


@dataclass(frozen=True, slots=True)
class Press:
    """What prints pages: every value is escaped, and a name that a template misses is an error."""

    templates: Environment

    def page(self, template: str, path: str, **values: object) -> bytes:
        """The page at this path of the site, from this template."""
        return self.templates.get_template(template).render(root=root_of(path), here=path, **values).encode()

    def word(self, template: str, macro: str, *arguments: object) -> Markup:
        """What a macro of a template says: a word or sentence in the language of the site."""
        told: Markup = getattr(self.templates.get_template(template).module, macro)(*arguments)
        return told


def press_of(edition: Edition, language: str | None = None) -> Press:
    """The press for an edition, with the election known to every page.

    It prints in the language of the election, or in another one if given; in English where there are no words in it.
    `lang` and `dir` are those of the words. `own` stands in the tag of a name that the election gives: it says which
    language the name is in where that is not the page's.
    """
    election = edition.published.election
    words = words_of(language or election.language)
    numbers = numbers_of(words.language)
    templates = Environment(
        loader=PackageLoader("testigo.site", "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", ConstantWords],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    templates.filters["whole"] = numbers.whole
    templates.globals |= {
        "told": words,
        "lang": words.language,
        "dir": words.direction,
        "own": own_language(election.language, words.language),
        "election": election,
        "assessment": assessment_page(words.language),
        "people": edition.published.people,
        "log_size": numbers.whole(edition.published.log_size),
    }
    press = Press(templates)
    nation = tuple((contest.name, edition.flips[contest.id, NATION].state) for contest in election.contests)
    templates.globals["flips"] = press.word("parts.html", "flips", nation)
    return press


def own_language(election: str, page: str) -> Markup:
    """The attribute for names in the election's language; empty where the page is in the same one."""
    tag = election.replace("_", "-")
    return Markup("") if tag.split("-")[0].lower() == page else Markup(' lang="{}"').format(tag)
