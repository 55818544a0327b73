"""Who may speak to the designer: a browser on this machine that was given the address with its token, and no page of
another site in that browser."""

import secrets
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Lets a request through to `app` where its Host is this server's, its path begins with the token, and no other
    site sent it; everything else gets the same answer, so that it tells nothing.

    The Host header is compared because of DNS rebinding: a foreign name may point to this machine.
    """

    def __init__(self, app: ASGIApp, token: str, authority: str) -> None:
        self._app = app
        self._token = token
        self._authority = authority

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if scope["type"] == "http" and self._may_enter(scope):
            await self._app(scope, receive, send_guarded)
        else:
            await PlainTextResponse("not found", 404)(scope, receive, send_guarded)

    def _may_enter(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        given = scope["path"].split("/", 2)[1].encode()
        return (
            headers.getlist("host") == [self._authority]
            and secrets.compare_digest(given, self._token.encode())
            and origin in (None, f"http://{self._authority}")
            and site in ("none", "same-origin")
        )
