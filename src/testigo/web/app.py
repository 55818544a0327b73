"""The server: every route behind the guard, every error one sentence, nothing about who asked kept anywhere."""

from collections.abc import Callable, Iterable, Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from testigo.errors import NotFound, TestigoError
from testigo.web.board import board_routes
from testigo.web.deployment import Deployment
from testigo.web.desk import desk_routes
from testigo.web.enrol import HOME_OF, enrol_routes
from testigo.web.guard import Doorman, guarded
from testigo.web.pages import NOTHING_HERE, keep_language, page, told
from testigo.web.passkeys import passkey_routes
from testigo.web.phone import phone_routes
from testigo.web.plain import plain_routes
from testigo.web.problems import problem_routes
from testigo.web.rulings import ruling_routes
from testigo.web.sentences import told_sentence
from testigo.web.tus import told_by_tus
from testigo.web.uploads import upload_routes

OTHER_METHOD = "This address does not do that."
CUT_SHORT = "The request did not come to its end."
SENTENCES = (OTHER_METHOD, CUT_SHORT, NOTHING_HERE)
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

_OF_STATUS: Mapping[int, str] = {405: OTHER_METHOD, 408: CUT_SHORT}


def app_of(deployment: Deployment) -> Starlette:
    """The application for a deployment; its routes are those of `core/roles.py`, each behind its guard."""
    routes: list[Route | Mount] = [_guarded(route, deployment) for place in PLACES for route in place(deployment)]
    if deployment.settings.site is not None:
        routes.append(Mount("/results", StaticFiles(directory=deployment.settings.site, html=True), name="results"))
    app = Starlette(routes=routes)
    app.add_exception_handler(TestigoError, _answered(deployment))
    app.add_exception_handler(HTTPException, _answered(deployment))
    app.add_middleware(Doorman, deployment=deployment)
    return app


def _guarded(route: Route, deployment: Deployment) -> Route:
    methods = sorted(route.methods or {"GET"})
    allowed = guarded(route.endpoint, route.name, deployment)

    async def answered(request: Request) -> Response:
        return keep_language(request, deployment, await allowed(request))

    return Route(route.path, answered, methods=methods, name=route.name)


def _answered(deployment: Deployment) -> Callable[[Request, Exception], Response]:
    def answered(request: Request, error: Exception) -> Response:
        headers: Mapping[str, str] | None = None
        if isinstance(error, TestigoError):
            status, code, said = error.http_status, error.code, error
        else:
            status = error.status_code if isinstance(error, HTTPException) else 500
            code = NotFound.code if status == 404 else "http"
            said = NotFound(_OF_STATUS.get(status, NOTHING_HERE))
            headers = error.headers if isinstance(error, HTTPException) else None
        if request.url.path.startswith("/api/"):
            answer = JSONResponse({"code": code, "sentence": told_sentence(said)}, status, headers)
            return told_by_tus(request.url.path, answer)
        person = getattr(request.state, "person", None)
        home = None if person is None else HOME_OF.get(person.role)
        shown = page(
            request, deployment, "error.html", status=status, sentence=told(request, deployment, said), home=home
        )
        shown.headers.update(headers or {})
        return shown

    return answered
