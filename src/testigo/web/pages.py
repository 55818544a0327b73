"""Pages of the server in the language of whoever asks: one frame, one place where templates are loaded."""

import hashlib
import types
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from testigo.core.roles import WORDS
from testigo.errors import NotFound, TestigoError
from testigo.site.paths import PEOPLE_LANGUAGES
from testigo.site.words import SOURCE, words_of
from testigo.web.deployment import Deployment
from testigo.web.sentences import said_in

PLACES = ("templates", "phone_page", "desk_page", "board_page")
"""Folders of this package with templates; a template's name is the same nowhere else."""
LANGUAGE = "testigo_language"
"""The cookie that keeps a language that somebody chose, until the browser is closed."""
NOTHING_HERE = "There is nothing here."


FILES: Mapping[str, tuple[str, str, str]] = types.MappingProxyType(
    {
        "people.css": ("/style/", "templates", "text/css; charset=utf-8"),
        "desk.js": ("/desk/file/", "desk_page", "text/javascript; charset=utf-8"),
        "paper.js": ("/desk/file/", "desk_page", "text/javascript; charset=utf-8"),
        "again.js": ("/desk/file/", "desk_page", "text/javascript; charset=utf-8"),
    }
)
"""Styles and scripts of staff's pages: under which address, in which folder, of which type."""
_FOR_GOOD = {"Cache-Control": "private, max-age=31536000, immutable"}


@lru_cache(maxsize=8)
def _file(name: str) -> bytes:
    return files("testigo.web").joinpath(FILES[name][1], name).read_bytes()


@lru_cache(maxsize=8)
def address_of(name: str) -> str:
    """The address of a style or script; other bytes have another one, so that a browser may keep what it has."""
    return f"{FILES[name][0]}{name}?v={hashlib.sha256(_file(name)).hexdigest()[:12]}"


def file_answer(request: Request, name: str) -> Response:
    """A style or script, to be kept by the browser where its address names these bytes.

    Raises:
        NotFound: there is no such file at this address.
    """
    if name not in FILES or request.url.path != FILES[name][0] + name:
        raise NotFound(NOTHING_HERE)
    is_this = request.url.path + "?" + request.url.query == address_of(name)
    return Response(_file(name), media_type=FILES[name][2], headers=_FOR_GOOD if is_this else None)


def language_of(request: Request, deployment: Deployment) -> str:
    """The language for an answer: `?lang=`, else the one that was chosen so before, else the first known one of
    Accept-Language, else the election's.
    """
    known = dict(PEOPLE_LANGUAGES)
    asked = [request.query_params.get("lang", "")]
    asked.append(request.cookies.get(LANGUAGE, ""))
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
    templates.globals.update(address_of=address_of)
    return templates


def told(request: Request, deployment: Deployment, error: TestigoError, names: Mapping[str, str] | None = None) -> str:
    """An error's sentence in the language of whoever asks. `names` are what people call the fields of a sheet."""
    return said_in(words_of(language_of(request, deployment), PEOPLE_LANGUAGES), error, names or {})


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


def keep_language(request: Request, deployment: Deployment, answer: Response) -> Response:
    """The answer, which has the browser keep the language that somebody chose with `?lang=`."""
    chosen = request.query_params.get("lang", "")
    if chosen in dict(PEOPLE_LANGUAGES):
        answer.set_cookie(LANGUAGE, chosen, httponly=True, samesite="strict", secure=deployment.settings.secure)
    return answer
