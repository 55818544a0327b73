"""The server: every route behind the guard, every error one sentence, nothing about who asked kept anywhere."""

from collections.abc import Callable, Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from testigo.errors import CannotWrite, NotFound, TestigoError
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
from testigo.web.uploads import upload_routes

CANNOT_WRITE = "The server cannot write just now. What it had promised is safe. Try again later."
OTHER_METHOD = "This address does not do that."
SENTENCES = (CANNOT_WRITE, OTHER_METHOD, NOTHING_HERE)
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
        if isinstance(error, TestigoError):
            status, code = error.http_status, error.code
            if isinstance(error, CannotWrite):
                # Its sentence names a path of this machine.
                error = CannotWrite(CANNOT_WRITE)
        else:
            status = error.status_code if isinstance(error, HTTPException) else 500
            code = NotFound.code if status == 404 else "http"
            error = NotFound(NOTHING_HERE if status != 405 else OTHER_METHOD)
        if request.url.path.startswith("/api/"):
            return JSONResponse({"code": code, "sentence": str(error)}, status)
        person = getattr(request.state, "person", None)
        home = None if person is None else HOME_OF.get(person.role)
        sentence = told(request, deployment, error)
        return page(request, deployment, "error.html", status=status, sentence=sentence, home=home)

    return answered
