"""Who may pass: every route asks `core/roles.py` before its handler runs, and before a byte of a body is read."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from testigo.core.ids import Digest
from testigo.core.roles import ROUTES, Role, may
from testigo.errors import NotAllowed
from testigo.web.deployment import Deployment, hidden
from testigo.web.heads import MOST_HEAD
from testigo.web.tus import meant_method

COOKIE = "testigo_session"
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOT_SIGNED_IN = "This is for %(roles)s. Open your invitation's link first."
OTHER_ROLE = "This is for %(roles)s. You are signed in as %(role)s."
OTHER_SITE = "This request came from a page of another site; nothing was done."
SENTENCES = (NOT_SIGNED_IN, OTHER_ROLE, OTHER_SITE)

PICTURE = "sandbox; default-src 'none'"
"""The policy of an answer that is a picture: whatever somebody has hidden in it, nothing of it may run."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Answer = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: a role, and for staff the alias. `secret` is the hash of the session or pass."""

    role: Role
    alias: str | None
    secret: Digest


def person_of(request: Request, deployment: Deployment) -> Person | None:
    """Who asks, by the session's cookie or a volunteer's pass; None for nobody that we know."""
    now = deployment.clock()
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and given:
        secret = hidden(given)
        return None if deployment.private.passes_left(secret, now) is None else Person("volunteer", None, secret)
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    session = deployment.private.session(hidden(cookie), now)
    return None if session is None else Person(session.role, session.alias, hidden(cookie))


def guarded(answer: Answer, route: str, deployment: Deployment) -> Answer:
    """The handler behind its guard: it sees `request.state.person`, None where anyone may ask."""
    if route not in ROUTES:
        raise AssertionError(f"route {route!r} does not stand in core/roles.py")

    async def checked(request: Request) -> Response:
        person = person_of(request, deployment)
        if not may(None if person is None else person.role, route):
            raise _refusal(route, person)
        if request.method not in _SAFE:
            # Without a session a page of another site could still have a browser use an invitation.
            unproved = COOKIE in request.cookies and not same_origin(request, deployment)
            if unproved or from_elsewhere(request, deployment):
                raise NotAllowed(OTHER_SITE)
        request.state.person = person
        return await answer(request)

    return checked


def _refusal(route: str, person: Person | None) -> NotAllowed:
    allowed = ", ".join(sorted(ROUTES[route]))
    if person is None:
        return NotAllowed(NOT_SIGNED_IN, roles=allowed)
    return NotAllowed(OTHER_ROLE, roles=allowed, role=person.role)


def same_origin(request: Request, deployment: Deployment) -> bool:
    """Whether a request was made by a page of this server, as the browser says."""
    origin = request.headers.get("origin")
    if origin is None or origin == "null":
        return request.headers.get("sec-fetch-site") in ("same-origin", "none")
    return origin in deployment.settings.origins


def from_elsewhere(request: Request, deployment: Deployment) -> bool:
    """Whether the browser says that a page of another server made the request; programs say nothing."""
    origin = request.headers.get("origin", "null")
    return (origin != "null" and origin not in deployment.settings.origins) or (
        request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
    )


class Doorman:
    """Lets only requests for this server's own names in, since a foreign name may point to this machine (DNS
    rebinding), and puts the headers on every answer that has not its own.
    """

    def __init__(self, app: ASGIApp, deployment: Deployment) -> None:
        self._app = app
        self._hosts = frozenset(origin.partition("://")[2] for origin in deployment.settings.origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("image/"):
                    headers.setdefault("Content-Security-Policy", PICTURE)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] == "http" and _head_bytes(scope) > MOST_HEAD:
            refused = Response("the head of the request is too long\n", 431, media_type="text/plain")
            await refused(scope, receive, send_with_headers)
            return
        if scope["type"] == "http" and Headers(scope=scope).get("host") not in self._hosts:
            refused = Response("this server has another name\n", 421, media_type="text/plain")
            await refused(scope, receive, send_with_headers)
            return
        if scope["type"] == "http":
            override = Headers(scope=scope).get("x-http-method-override")
            scope = {**scope, "method": meant_method(scope["path"], scope["method"], override)}
        await self._app(scope, receive, send_with_headers)


def _head_bytes(scope: Scope) -> int:
    """How many bytes a request's line and headers have; those that come at once are one piece, however long it is."""
    fields = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    return fields + len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
