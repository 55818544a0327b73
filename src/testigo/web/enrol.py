"""How people come in: an invitation is used once; staff get a session, a volunteer's phone a pass, nobody a name."""

import json
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from testigo.core.ids import StationCode, area_of
from testigo.core.roles import Role
from testigo.errors import BadUsage, NotAllowed, NotFound
from testigo.flows.invite import PASS_DAYS, PASS_UPLOADS, is_volunteers
from testigo.web.deployment import Deployment, hidden
from testigo.web.guard import COOKIE
from testigo.web.pages import page
from testigo.web.rates import Rates
from testigo.web.relying import relying_party

SESSION = timedelta(hours=16)
"""A session of staff ends by itself after a long night."""
TRIES_EACH = 600
"""Invitations that one address may try in ten minutes: a hall full of volunteers shares one."""
_MANY = "many invitations are used from this network just now; try again in ten minutes"
_MOST_BODY = 512
HOME_OF: dict[Role, str] = {"clerk": "/desk", "adjudicator": "/rulings", "steward": "/board", "observer": "/board"}


def enrol_routes(deployment: Deployment) -> list[Route]:
    """Start page, invitations, passes, leaving, and the names of stations."""
    private, clock = deployment.private, deployment.clock
    rates = Rates(TRIES_EACH, lambda: deployment.token().encode())

    async def start(request: Request) -> Response:
        person = request.state.person
        home = None if person is None else HOME_OF.get(person.role)
        passkeys = relying_party(request) is not None and (person is None or person.alias is not None)
        return page(
            request, deployment, "start.html", home=home, passkeys=passkeys, site=deployment.settings.site is not None
        )

    async def invitation(request: Request) -> Response:
        token = request.path_params["token"]
        if is_volunteers(token):
            # In the fragment it is never sent again, and stands in no log.
            return RedirectResponse(f"/c/#i={token}", 303)
        return page(request, deployment, "invitation.html", token=token)

    async def redeem(request: Request) -> Response:
        rates.check(request, deployment, _MANY)
        token = request.path_params["token"]
        found = None if is_volunteers(token) else private.redeem(hidden(token), clock())
        if found is None or found.alias is None:
            raise NotAllowed("this invitation was used, has run out, or never was one; ask the steward for another")
        return signed_in(deployment, found.role, found.alias, RedirectResponse(HOME_OF[found.role], 303))

    async def enrol(request: Request) -> Response:
        rates.check(request, deployment, _MANY)
        token = await _token_in(request)
        if not is_volunteers(token) or private.redeem(hidden(token), clock()) is None:
            raise NotAllowed("this invitation was used, has run out, or never was one")
        given = deployment.token()
        private.grant(hidden(given), PASS_UPLOADS, clock() + timedelta(days=PASS_DAYS))
        return JSONResponse({"pass": given, "left": PASS_UPLOADS})

    async def leave(request: Request) -> Response:
        private.end_session(request.state.person.secret)
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(COOKIE)
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    async def station_name(request: Request) -> Response:
        register = deployment.world.register
        station = register.stations.get(StationCode(request.path_params["code"]))
        if station is None:
            raise NotFound("the register has no station of this number")
        above = (area_of(station.areas[: depth + 1]) for depth in range(len(station.areas)))
        return JSONResponse(
            {"station": station.code, "areas": [register.names[a] for a in above if a in register.names]}
        )

    return [
        Route("/", start, name="start"),
        Route("/i/{token}", invitation, name="invitation"),
        Route("/i/{token}", redeem, methods=["POST"], name="redeem"),
        Route("/api/enrol", enrol, methods=["POST"], name="enrol"),
        Route("/leave", leave, methods=["POST"], name="leave"),
        Route("/api/stations/{code}", station_name, name="station name"),
    ]


def signed_in(deployment: Deployment, role: Role, alias: str, answer: Response) -> Response:
    """The answer with the cookie of a new session."""
    session = deployment.token()
    deployment.private.open_session(hidden(session), role, alias, deployment.clock() + SESSION)
    answer.set_cookie(
        COOKIE, session, int(SESSION.total_seconds()), httponly=True, samesite="strict",
        secure=deployment.settings.secure,
    )  # fmt: skip
    return answer


async def _token_in(request: Request) -> str:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BODY:
            raise BadUsage(f"expected at most {_MOST_BODY} bytes")
    try:
        token = json.loads(body)["token"]
    except (ValueError, KeyError, TypeError):
        raise BadUsage('expected JSON with the key "token"') from None
    if not isinstance(token, str):
        raise BadUsage('expected a text at the key "token"')
    return token
