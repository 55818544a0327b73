"""Invitations to print and cut: a QR code and the address under it, nothing else that says whose it is."""

from collections.abc import Sequence

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from testigo.flows.invite import Link
from testigo.site.paths import PEOPLE_LANGUAGES
from testigo.site.words import words_of


def invitation_sheet(links: Sequence[Link], election: str, language: str) -> str:
    """A page of HTML that needs no other file. Volunteers' invitations look all the same."""
    words = words_of(language, PEOPLE_LANGUAGES)
    templates = Environment(
        loader=PackageLoader("testigo.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    codes = [(link, Markup(segno.make(link.address, error="m").svg_inline(border=2))) for link in links]  # noqa: S704
    return templates.get_template("sheet.html").render(
        lang=words.language, dir=words.direction, election=election, codes=codes
    )
