"""How people come in: an invitation is used once; staff get a session, a volunteer's phone a pass, nobody a name."""

import json
import re
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from testigo.core.ids import StationCode, area_of
from testigo.core.roles import Role
from testigo.errors import BadUsage, NotAllowed, NotFound
from testigo.flows.invite import PASS_DAYS, PASS_UPLOADS, is_volunteers
from testigo.web.bodies import whole_of
from testigo.web.deployment import Deployment, hidden
from testigo.web.guard import COOKIE
from testigo.web.pages import page
from testigo.web.problems import form_fields
from testigo.web.rates import Rates
from testigo.web.relying import relying_party

SESSION = timedelta(hours=16)
"""A session of staff ends by itself after a long night."""
TRIES_EACH = 600
"""Invitations that one address may try in ten minutes: a hall full of volunteers shares one."""
_MANY = "many invitations are used from this network just now; try again in ten minutes"
_MOST_BODY = 512
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
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
        # A new one each time: who sends the form twice, as when the answer was lost, sends the same.
        return page(request, deployment, "invitation.html", token=token, session=deployment.token())

    async def redeem(request: Request) -> Response:
        rates.check(request, deployment, _MANY)
        token, fields = request.path_params["token"], await form_fields(request, _MOST_BODY)
        session, now = _random(fields.get("session") or deployment.token(), "session"), clock()
        found = None if is_volunteers(token) else private.sign_in(hidden(token), hidden(session), now, now + SESSION)
        if found is None:
            raise NotAllowed("this invitation was used, has run out, or never was one; ask the steward for another")
        return _with_cookie(deployment, session, RedirectResponse(HOME_OF[found.role], 303))

    async def enrol(request: Request) -> Response:
        rates.check(request, deployment, _MANY)
        said, now = await _said_in(request), clock()
        token, given = said["token"], _random(said.get("pass", deployment.token()), "pass")
        until = now + timedelta(days=PASS_DAYS)
        left = private.enrol(hidden(token), hidden(given), PASS_UPLOADS, now, until) if is_volunteers(token) else None
        if left is None:
            raise NotAllowed("this invitation was used, has run out, or never was one")
        return JSONResponse({"pass": given, "left": left})

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
    return _with_cookie(deployment, session, answer)


def _with_cookie(deployment: Deployment, session: str, answer: Response) -> Response:
    answer.set_cookie(
        COOKIE, session, int(SESSION.total_seconds()), httponly=True, samesite="strict",
        secure=deployment.settings.secure,
    )  # fmt: skip
    return answer


def _random(text: str, name: str) -> str:
    """The 256 random bits that somebody brought along, spelled as this server spells its own."""
    if not _SECRET.fullmatch(text):
        raise BadUsage("%(name)s: expected 43 signs of base64url, random ones", name=name)
    return text


async def _said_in(request: Request) -> dict[str, str]:
    try:
        said = json.loads(await whole_of(request, _MOST_BODY))
    except (ValueError, RecursionError):
        raise BadUsage("expected JSON") from None
    if not isinstance(said, dict) or "token" not in said or not all(isinstance(text, str) for text in said.values()):
        raise BadUsage('expected a JSON map of texts with the key "token", and perhaps "pass"')
    return said
