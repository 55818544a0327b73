"""Pages of the server in the language of whoever asks: one frame, one place where templates are loaded."""

from functools import lru_cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from testigo.core.roles import WORDS
from testigo.site.paths import PEOPLE_LANGUAGES
from testigo.site.words import SOURCE, words_of
from testigo.web.deployment import Deployment

PLACES = ("templates", "phone_page", "desk_page", "board_page")
"""Folders of this package with templates; a template's name is the same nowhere else."""


def language_of(request: Request, deployment: Deployment) -> str:
    """The language for an answer: `?lang=`, else the first known one of Accept-Language, else the election's."""
    known = dict(PEOPLE_LANGUAGES)
    asked = [request.query_params.get("lang", "")]
    asked += [part.split(";")[0] for part in request.headers.get("accept-language", "").split(",")]
    asked.append(deployment.world.election.language)
    bases = (part.strip().split("-")[0].lower() for part in asked)
    return next((base for base in bases if base in known), SOURCE)


@lru_cache(maxsize=8)
def _templates(language: str) -> Environment:
    words = words_of(language, PEOPLE_LANGUAGES)
    templates = Environment(
        loader=ChoiceLoader([PackageLoader("testigo.web", place) for place in PLACES]),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    templates.globals.update(lang=words.language, dir=words.direction, languages=PEOPLE_LANGUAGES, roles=WORDS)
    return templates


def page(request: Request, deployment: Deployment, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """An answer from a template, which knows the election, who asks, and `_()` for words in their language."""
    person = getattr(request.state, "person", None)
    text = _templates(language_of(request, deployment)).get_template(template)
    body = text.render(
        election=deployment.world.election,
        person=person,
        rehearsal=deployment.world.election.rehearsal,
        **values,
    )
    return HTMLResponse(body, status)
