"""The server: every route behind the guard, every error one sentence, nothing about who asked kept anywhere."""

from collections.abc import Callable, Iterable, Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from testigo.errors import NotFound, TestigoError
from testigo.site.paths import PEOPLE_LANGUAGES
from testigo.site.words import words_of
from testigo.web.board import board_routes
from testigo.web.deployment import Deployment
from testigo.web.desk import desk_routes
from testigo.web.enrol import enrol_routes
from testigo.web.guard import Doorman, guarded
from testigo.web.pages import language_of, page
from testigo.web.passkeys import passkey_routes
from testigo.web.phone import phone_routes
from testigo.web.plain import plain_routes
from testigo.web.problems import problem_routes
from testigo.web.rulings import ruling_routes
from testigo.web.sentences import said_in, told_sentence
from testigo.web.tus import told_by_tus
from testigo.web.uploads import upload_routes

Routes = Callable[[Deployment], Iterable[Route]]
PLACES: tuple[Routes, ...] = (
    enrol_routes,
    passkey_routes,
    problem_routes,
    phone_routes,
    upload_routes,
    plain_routes,
    desk_routes,
    ruling_routes,
    board_routes,
)

_OF_STATUS: Mapping[int, str] = {
    405: "this address does not do that",
    408: "the request did not come to its end",
}


def app_of(deployment: Deployment) -> Starlette:
    """The application for a deployment; its routes are those of `core/roles.py`, each behind its guard."""
    routes: list[Route | Mount] = [_guarded(route, deployment) for place in PLACES for route in place(deployment)]
    if deployment.settings.site is not None:
        routes.append(Mount("/results", StaticFiles(directory=deployment.settings.site, html=True), name="results"))
    app = Starlette(routes=routes)
    app.add_exception_handler(TestigoError, _told(deployment))
    app.add_exception_handler(HTTPException, _told(deployment))
    app.add_middleware(Doorman, deployment=deployment)
    return app


def _guarded(route: Route, deployment: Deployment) -> Route:
    methods = sorted(route.methods or {"GET"})
    return Route(route.path, guarded(route.endpoint, route.name, deployment), methods=methods, name=route.name)


def _told(deployment: Deployment) -> Callable[[Request, Exception], Response]:
    def told(request: Request, error: Exception) -> Response:
        headers: Mapping[str, str] | None = None
        said: TestigoError | str
        if isinstance(error, TestigoError):
            status, code, said = error.http_status, error.code, error
        else:
            status = error.status_code if isinstance(error, HTTPException) else 500
            code = NotFound.code if status == 404 else "http"
            said = _OF_STATUS.get(status, "there is nothing here")
            headers = error.headers if isinstance(error, HTTPException) else None
        if request.url.path.startswith("/api/"):
            sentence = told_sentence(said) if isinstance(said, TestigoError) else said
            return told_by_tus(request.url.path, JSONResponse({"code": code, "sentence": sentence}, status, headers))
        words = words_of(language_of(request, deployment), PEOPLE_LANGUAGES)
        shown = page(request, deployment, "error.html", status=status, sentence=said_in(words, said))
        shown.headers.update(headers or {})
        return shown

    return told
