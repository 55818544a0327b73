"""The volunteer's page: photographs sheets and sends them, with or without a network, from files that are precached.

Nothing here depends on who asks but the language, and nothing is asked of the private store.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testigo.core.election import Election
from testigo.core.sealed import SEALED_START, seal_info
from testigo.errors import NotFound
from testigo.ports import Opener
from testigo.site.paths import PEOPLE_LANGUAGES
from testigo.site.words import SOURCE, words_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
MEDIA = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
_FOLDER = "phone_page"
_WORKER = "sw.js"
_SAID = re.compile(r'\bgettext\(\s*"((?:[^"\\]|\\.)*)"')


class Home(Protocol):
    """What the page says of an election: its name, its language, and whether it is a rehearsal."""

    @property
    def election(self) -> Election: ...


class Served(Protocol):
    """Anything that has a `world` with an election, and the key that photos are sealed for."""

    @property
    def world(self) -> Home: ...

    @property
    def opener(self) -> Opener: ...


@dataclass(frozen=True, slots=True)
class PhoneFile:
    """One answer: its bytes, the same compressed, and its media type."""

    data: bytes
    packed: bytes
    media: str


def phone_routes(deployment: Served) -> list[Route]:
    """The routes under `/c/` of `core/roles.py`. Everything is made once, here, and is the same for everybody."""
    election = deployment.world.election
    pages = {
        language: _file(page_html(election, language, deployment.opener.public), "text/html; charset=utf-8")
        for language in _LANGUAGES
    }
    parts = {name: _file(data, MEDIA[name.rpartition(".")[2]]) for name, data in page_files().items()}
    default = words_of(election.language, PEOPLE_LANGUAGES).language
    worker = _file(worker_js(pages, parts, default), MEDIA["js"])

    async def phone(request: Request) -> Response:
        return _answer(request, pages[_language(request, default)], policy=POLICY)

    async def phone_file(request: Request) -> Response:
        found = parts.get(request.path_params["file"])
        if found is None:
            raise NotFound("there is no such file")
        return _answer(request, found)

    async def phone_worker(request: Request) -> Response:
        # A worker has a policy of its own, and may fetch what it keeps.
        return _answer(request, worker, policy="default-src 'none'; connect-src 'self'; script-src 'self'")

    async def phone_manifest(request: Request) -> Response:
        language = _language(request, default)
        words = words_of(language, PEOPLE_LANGUAGES)
        told = {
            # Neither name nor icon tells what it is for.
            "name": words.gettext("Photos"),
            "short_name": words.gettext("Photos"),
            "lang": language,
            "dir": words.direction,
            "start_url": f"/c/?lang={language}",
            "scope": "/c/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#0b4f8a",
            "icons": [{"src": "/c/app/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
        }
        return JSONResponse(told, media_type="application/manifest+json")

    return [
        Route("/c/", phone, name="phone"),
        Route("/c/app/{file}", phone_file, name="phone file"),
        Route("/c/sw.js", phone_worker, name="phone worker"),
        Route("/c/manifest.webmanifest", phone_manifest, name="phone manifest"),
    ]


_LANGUAGES = tuple(code for code, _ in PEOPLE_LANGUAGES)


def page_html(election: Election, language: str, key: bytes) -> bytes:
    """The page in a language, with the words of its modules in it, and the public key that photos are sealed for."""
    words = words_of(language, PEOPLE_LANGUAGES)
    templates = Environment(
        loader=PackageLoader("testigo.web", _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    said = {} if words.language == SOURCE else {text: words.gettext(text) for text in module_words()}
    sealing = {"key": key.hex(), "start": SEALED_START.decode(), "info": seal_info(election.origin).decode()}
    text = templates.get_template("phone.html").render(
        lang=words.language,
        dir=words.direction,
        languages=PEOPLE_LANGUAGES,
        election=election,
        words=_block(said),
        sealing=_block(sealing),
    )
    return text.encode()


def _block(said: Mapping[str, str]) -> Markup:
    # `<` would end the block; JSON may spell it otherwise.
    return Markup(json.dumps(said, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"))  # noqa: S704


def module_words() -> tuple[str, ...]:
    """Every English text that the modules say, sorted."""
    source = "".join(data.decode() for name, data in page_files().items() if name.endswith(".js"))
    return tuple(sorted({json.loads(f'"{text}"') for text in _SAID.findall(source)}))


def page_files() -> dict[str, bytes]:
    """The modules, the style and the icon by name; the page and the worker are none of them."""
    folder = files("testigo.web").joinpath(_FOLDER)
    return {
        place.name: place.read_bytes()
        for place in sorted(folder.iterdir(), key=lambda one: one.name)
        if place.name.rpartition(".")[2] in MEDIA and place.name != _WORKER
    }


def worker_js(pages: dict[str, PhoneFile], parts: dict[str, PhoneFile], default: str) -> bytes:
    """The service worker with its list: another byte anywhere makes another version of the whole list."""
    addresses = [f"/c/?lang={language}" for language in pages] + [f"/c/app/{name}" for name in parts]
    whole = hashlib.sha256(b"\0".join(part.data for part in (*pages.values(), *parts.values())))
    lines = (
        f"const VERSION = {json.dumps(whole.hexdigest()[:16])};",
        f"const FILES = {json.dumps(addresses)};",
        f"const LANGUAGES = {json.dumps(list(pages))};",
        f"const DEFAULT = {json.dumps(default)};",
    )
    source = files("testigo.web").joinpath(_FOLDER, _WORKER).read_text(encoding="utf-8")
    return ("\n".join(lines) + "\n" + source).encode()


def _file(data: bytes, media: str) -> PhoneFile:
    return PhoneFile(data, gzip.compress(data, 9, mtime=0), media)


def _language(request: Request, default: str) -> str:
    asked = [request.query_params.get("lang", "")]
    asked += [part.split(";")[0] for part in request.headers.get("accept-language", "").split(",")]
    bases = (part.strip().split("-")[0].lower() for part in asked)
    return next((base for base in bases if base in _LANGUAGES), default)


def _answer(request: Request, file: PhoneFile, *, policy: str | None = None) -> Response:
    headers = {"Vary": "Accept-Encoding, Accept-Language", "Cache-Control": "no-store"}
    if policy is not None:
        headers["Content-Security-Policy"] = policy
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=file.media)
    return Response(file.data, headers=headers, media_type=file.media)
