"""The designer as a server on this machine: its routes, and how it starts and ends."""

import json
import secrets
import socket
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from testigo.designer.draft import Draft
from testigo.designer.faults import faults_of
from testigo.designer.guard import Guard
from testigo.designer.page_files import MEDIA, language_asked, page_file, page_html, page_words, start_values
from testigo.designer.sketch import rect_from_json, sketch_from_json
from testigo.designer.told import told_reading
from testigo.errors import BadPhoto, BadUsage, TestigoError
from testigo.site.words import words_of
from testigo.vision.stripped import MAX_BYTES

_MOST_JSON = 1_000_000
_HOST = "127.0.0.1"

Answer = Callable[[Request], Awaitable[Response]]


class Desk:
    """One run of the designer. `address` is what a browser opens; `serve` returns when somebody ends it."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind((_HOST, 0))
        # A browser that is quicker than this server waits, and is not refused.
        self._socket.listen(64)
        authority = f"{_HOST}:{self._socket.getsockname()[1]}"
        token = secrets.token_urlsafe(24)
        self.address = f"http://{authority}/{token}/"
        app = Guard(Starlette(routes=self._routes(token)), token, authority)
        self._server = uvicorn.Server(
            uvicorn.Config(
                app, log_level="error", access_log=False, server_header=False, lifespan="off", ws="none",
                timeout_graceful_shutdown=3,
            )
        )  # fmt: skip

    def serve(self) -> None:
        """Answers until the page's button is pressed; a KeyboardInterrupt comes through."""
        with self._socket:
            self._server.run(sockets=[self._socket])

    def end(self) -> None:
        """Has `serve` return soon; may be called from another thread."""
        self._server.should_exit = True

    def _routes(self, token: str) -> list[Route]:
        gets: dict[str, Answer] = {
            "": self._page,
            "words.json": self._words,
            "start.json": self._start,
            "photo/{page:int}": self._photo,
            "outline/{page:int}": self._outline,
            "straight/{page:int}": self._straight,
            "codes/{page:int}": self._codes,
            "sample/{index:int}/{page:int}": self._sample,
            "{file}": self._file,
        }
        posts: dict[str, Answer] = {
            "straighten/{page:int}": self._straighten,
            "grid/{page:int}": self._grid,
            "faults": self._faults,
            "keep": self._keep,
            "samples": self._add_sample,
            "read/{index:int}": self._read,
            "save": self._save,
            "end": self._end,
        }
        root = f"/{token}/"
        routes = [Route(root, self._root)]
        for method, answers in (("GET", gets), ("POST", posts)):
            routes += [
                Route(root + "{language:str}/" + path, _caught(answer), methods=[method])
                for path, answer in answers.items()
            ]
        return routes

    async def _root(self, request: Request) -> Response:
        return RedirectResponse(f"{request.url.path}{language_asked(request.headers.get('accept-language', ''))}/")

    async def _page(self, request: Request) -> Response:
        return Response(page_html(request.path_params["language"]), media_type="text/html; charset=utf-8")

    async def _file(self, request: Request) -> Response:
        name = request.path_params["file"]
        return Response(page_file(name), media_type=MEDIA[name.rpartition(".")[2]])

    async def _words(self, request: Request) -> Response:
        return JSONResponse(page_words(request.path_params["language"]))

    async def _start(self, _: Request) -> Response:
        return JSONResponse(start_values(self._draft))

    async def _photo(self, request: Request) -> Response:
        return Response(await run_in_threadpool(self._draft.shown, _page_of(request)), media_type="image/jpeg")

    async def _outline(self, request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._draft.outline, _page_of(request)))

    async def _straight(self, request: Request) -> Response:
        return Response(self._draft.straight(_page_of(request)), media_type="image/png")

    async def _codes(self, request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._draft.codes, _page_of(request)))

    async def _sample(self, request: Request) -> Response:
        picture = self._draft.picture(int(request.path_params["index"]), _page_of(request))
        return Response(picture, media_type="image/jpeg")

    async def _straighten(self, request: Request) -> Response:
        match await _json(request):
            case {"corners": [[_, _], [_, _], [_, _], [_, _]] as corners, "paper_mm": [_, _] as paper}:
                if not all(type(n) in (int, float) for n in (*paper, *(n for corner in corners for n in corner))):
                    raise BadUsage("straighten: expected numbers")
                if not all(30 <= side <= 1200 for side in paper):
                    raise BadUsage("straighten: expected paper_mm of 30 to 1200")
                return JSONResponse(await run_in_threadpool(self._draft.straighten, _page_of(request), corners, paper))
        raise BadUsage("straighten: expected four corners and paper_mm")

    async def _grid(self, request: Request) -> Response:
        rect = rect_from_json(await _body(request, _MOST_JSON))
        return JSONResponse(await run_in_threadpool(self._draft.grid, _page_of(request), rect))

    async def _faults(self, request: Request) -> Response:
        sketch = sketch_from_json(await _body(request, _MOST_JSON), self._draft.pages)
        found = faults_of(sketch, words_of(request.path_params["language"]))
        return JSONResponse([{"part": one.part, "index": one.index, "sentence": one.sentence} for one in found])

    async def _keep(self, request: Request) -> Response:
        self._draft.kept = json.dumps(await _json(request)).encode()
        return JSONResponse({})

    async def _add_sample(self, request: Request) -> Response:
        data = await _body(request, MAX_BYTES)
        name = request.query_params.get("name", "photo")
        return JSONResponse({"index": await run_in_threadpool(self._draft.add_sample, name, data)})

    async def _read(self, request: Request) -> Response:
        sketch = sketch_from_json(await _body(request, _MOST_JSON), self._draft.pages)
        index = int(request.path_params["index"])
        form, replies = await run_in_threadpool(self._draft.read, index, sketch)
        return JSONResponse(await run_in_threadpool(told_reading, form, replies))

    async def _save(self, request: Request) -> Response:
        sketch = sketch_from_json(await _body(request, _MOST_JSON), self._draft.pages)
        if faults_of(sketch, words_of("en")):
            raise BadUsage("save: expected a form without faults")
        if request.query_params.get("replace") != "yes" and self._draft.form_file(sketch).exists():
            return JSONResponse({"exists": str(self._draft.form_file(sketch))})
        paths = await run_in_threadpool(self._draft.save, sketch)
        return JSONResponse({"files": [str(path) for path in paths]})

    async def _end(self, _: Request) -> Response:
        self.end()
        return JSONResponse({})


def _caught(answer: Answer) -> Answer:
    """The answer; what a person can meet becomes its sentence and status."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except TestigoError as error:
            cause = error.cause if isinstance(error, BadPhoto) else ""
            told = {"code": error.code, "cause": cause, "sentence": str(error)}
            return JSONResponse(told, error.http_status)

    return answered


def _page_of(request: Request) -> int:
    return int(request.path_params["page"])


async def _json(request: Request) -> object:
    data = await _body(request, _MOST_JSON)
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadUsage(f"expected JSON, {error}") from None


async def _body(request: Request, most: int) -> bytes:
    """The request's body, refused as soon as it is over the limit in bytes."""
    came = bytearray()
    async for piece in request.stream():
        came += piece
        if len(came) > most:
            raise BadPhoto("huge", f"the file has more than {most:,} bytes")
    return bytes(came)
