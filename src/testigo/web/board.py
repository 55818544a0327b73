"""The steward's board, the screen on the wall, and the steward's acts: each of them leaves a public record."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from testigo.core import catalogue
from testigo.core.boundaries import Land, boundaries_in
from testigo.core.ids import Digest, StationCode
from testigo.core.records import Act
from testigo.core.roles import ROLES, Role
from testigo.errors import BadUsage, NotFound
from testigo.flows.board import ClerkRow
from testigo.flows.board_kept import KeptBoard
from testigo.flows.compared import compared
from testigo.flows.invite import invite
from testigo.flows.restore import ENDED
from testigo.flows.withhold import REASONS, withhold
from testigo.ports import World
from testigo.private import Private
from testigo.verification.places import BOUNDARIES_FILE
from testigo.web.deployment import Deployment, hidden
from testigo.web.desk import NO_PHOTO, PAUSED, labels
from testigo.web.land import LandMap
from testigo.web.pages import page
from testigo.web.problems import form_fields
from testigo.web.tiles import tile_map

NIGHT = "night"
NOBODY_HOLDS = "Nobody holds this photo any more."
OWN_SESSION = "Sign out yourself with the button above."
NO_WHOLE = "Expected a whole number from %(least)s to %(most)s, came %(came)s."
SENTENCES = (NOBODY_HOLDS, OWN_SESSION, NO_WHOLE)
CHECKS = {check.code: check for check in catalogue.CHECKS}
_MOST_BODY = 10_000
_MOST_LINKS = 200
_WIDTH = 900


def board_routes(deployment: Deployment) -> list[Route]:
    """The board and its acts."""
    world, private = deployment.world, deployment.private
    rules = world.election.places.boundaries
    land = None if rules is None else LandMap(_land(world))
    present = KeptBoard(world).present

    async def shown(request: Request, template: str) -> Response:
        found = await run_in_threadpool(present)
        now = deployment.clock()
        answer = page(
            request,
            deployment,
            template,
            board=found,
            people=people_of(found.clerks, private),
            tiles=tile_map(found.areas),
            land=None if land is None else partial(land.drawn, found.drawn),
            boundaries=rules,
            problems=private.problems() if request.state.person.role == "steward" else (),
            claims=private.claims(now),
            paused=private.setting(PAUSED) == "yes",
            night=private.setting(NIGHT) or "",
            reasons=REASONS,
            invited=ROLES,
        )
        # Pages that look again by themselves are sent only where something changed.
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        answer.headers["ETag"] = tag
        return answer

    async def board_page(request: Request) -> Response:
        return await shown(request, "board.html")

    async def wall(request: Request) -> Response:
        return await shown(request, "wall.html")

    async def report(request: Request) -> Response:
        return await shown(request, "night.html")

    async def photo(request: Request) -> Response:
        sha256 = Digest(request.path_params["photo"])
        held = world.views.photos().get(sha256)
        if held is None:
            raise NotFound(NO_PHOTO)
        data = await run_in_threadpool(world.blobs.open, sha256)
        small = await run_in_threadpool(deployment.reader.thumbnail, data, held.orient, _WIDTH)
        return Response(small, media_type="image/jpeg")

    async def station(request: Request) -> Response:
        found = await run_in_threadpool(compared, world, StationCode(request.path_params["code"]))
        forms = {label: text for form in world.forms.values() for label, text in labels(world, form)}
        return page(request, deployment, "board_station.html", one=found, labels=forms, checks=CHECKS, reasons=REASONS)

    async def invitations(request: Request) -> Response:
        fields = await form_fields(request, _MOST_BODY)
        role, count = _role(fields.get("role", "")), _whole(fields.get("count", ""), 1, _MOST_LINKS)
        days = _whole(fields.get("days", "2"), 1, 30)
        links = invite(
            private, role, count, origin=deployment.settings.origins[0], now=deployment.clock(), days=days,
            token=deployment.token, hidden=hidden,
        )  # fmt: skip
        return page(request, deployment, "invitations.html", links=links, role=role, days=days)

    async def withheld(request: Request) -> Response:
        fields = await form_fields(request, _MOST_BODY)
        withhold(world, fields.get("photo", ""), fields.get("reason", ""))
        return RedirectResponse("/board", 303)

    async def release(request: Request) -> Response:
        fields = await form_fields(request, _MOST_BODY)
        taken = [claim for claim in private.claims(deployment.clock()) if claim.photo == fields.get("photo")]
        if not taken:
            raise NotFound(NOBODY_HOLDS)
        for claim in taken:
            private.release(claim.photo, claim.kind, claim.alias)
        return RedirectResponse("/board", 303)

    async def pause(request: Request) -> Response:
        to = "no" if private.setting(PAUSED) == "yes" else "yes"
        private.put_setting(PAUSED, to)
        _record(request, "desk paused" if to == "yes" else "desk resumed")
        return RedirectResponse("/board", 303)

    async def night(request: Request) -> Response:
        to = "closed" if private.setting(NIGHT) == "open" else "open"
        private.put_setting(NIGHT, to)
        found = await run_in_threadpool(present)
        _record(request, f"night {to}", photos=found.photos, counted=found.nation.counted)
        return RedirectResponse("/board/report" if to == "closed" else "/board", 303)

    async def problem(request: Request) -> Response:
        private.close_problem((await form_fields(request, _MOST_BODY)).get("id", ""))
        return RedirectResponse("/board", 303)

    async def sessions(request: Request) -> Response:
        alias = (await form_fields(request, _MOST_BODY)).get("alias", "")
        if alias == request.state.person.alias:
            raise BadUsage(OWN_SESSION)
        private.end_sessions_of(alias)
        _record(request, ENDED, of=alias)
        return RedirectResponse("/board", 303)

    def _record(request: Request, act: str, **detail: int | str) -> None:
        world.journal.append([Act(act, {"by": request.state.person.alias, **detail})])

    return [
        Route("/board", board_page, name="board"),
        Route("/board/wall", wall, name="wall"),
        Route("/board/report", report, name="board report"),
        Route("/board/photo/{photo}", photo, name="board photo"),
        Route("/board/station/{code}", station, name="board station"),
        Route("/board/invite", invitations, methods=["POST"], name="board invite"),
        Route("/board/withhold", withheld, methods=["POST"], name="board withhold"),
        Route("/board/release", release, methods=["POST"], name="board release"),
        Route("/board/pause", pause, methods=["POST"], name="board pause"),
        Route("/board/night", night, methods=["POST"], name="board night"),
        Route("/board/problem", problem, methods=["POST"], name="board problem"),
        Route("/board/sessions", sessions, methods=["POST"], name="board end sessions"),
    ]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What an alias keyed, with how many sheets an hour (None: unknown) and how many fields of known sheets right.

    `known` is None where they met none but to learn on.
    """

    clerk: ClerkRow
    an_hour: int | None
    known: tuple[int, int] | None


def people_of(clerks: Sequence[ClerkRow], private: Private) -> tuple[PersonRow, ...]:
    """The rows of the board about those who key."""
    work = {one.alias: one for one in private.work()}
    right, fields = Counter[str](), Counter[str]()
    for score in private.scores():
        if not score.training:
            right[score.alias] += score.right
            fields[score.alias] += score.fields
    return tuple(
        PersonRow(
            clerk,
            round(3600 * work[clerk.alias].sheets / max(1, work[clerk.alias].seconds)) if clerk.alias in work else None,
            (right[clerk.alias], fields[clerk.alias]) if fields[clerk.alias] else None,
        )
        for clerk in clerks
    )


def _land(world: World) -> tuple[Land, ...]:
    place = world.home / "election" / BOUNDARIES_FILE
    return boundaries_in(place.read_bytes(), world.election, world.register, str(place))


def _role(name: str) -> Role:
    for role in ROLES:
        if role == name:
            return role
    raise BadUsage("role: expected one of %(roles)s, came %(what)s", roles=", ".join(ROLES), what=repr(name[:40]))


def _whole(text: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text[:9]) <= most:
        raise BadUsage(NO_WHOLE, least=least, most=most, came=text[:40])
    return int(text)
