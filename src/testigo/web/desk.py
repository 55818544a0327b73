"""The clerk's desk: one photo, its fields in the order of the paper, and nothing that anybody or anything else said."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from testigo.core.entry import PROBLEMS, Answer
from testigo.core.form import Form
from testigo.core.ids import Counts, Digest, FieldId, StationCode
from testigo.errors import BadUsage, NotFound, Taken
from testigo.flows.desk import Desk, desk_of, enter, form_of, next_sheet, refusal
from testigo.ports import World
from testigo.web.board import PAUSED
from testigo.web.deployment import Deployment
from testigo.web.pages import page
from testigo.web.problems import form_fields

WIDTH = 1600
MOST_BODY = 60_000
BLANK, ILLEGIBLE = "-", "?"
_MOST_DRAFT = 20_000
_FILE = re.compile(r"[a-z_]+\.js")


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of the paper: its label, and what stands in its input."""

    id: str
    label: str
    value: str


def desk_routes(deployment: Deployment) -> list[Route]:
    """The clerk's pages."""
    world, private, clock = deployment.world, deployment.private, deployment.clock
    present = newest_desk(world)

    async def desk(request: Request) -> Response:
        alias = request.state.person.alias
        if private.setting(PAUSED) == "yes":
            return page(request, deployment, "desk_empty.html", paused=True, made=0)
        found = await run_in_threadpool(present)
        photo = await run_in_threadpool(next_sheet, world, found, private, alias, clock())
        if photo is None:
            made = sum(entry.clerk == alias for entry in found.state.entries.values())
            return page(request, deployment, "desk_empty.html", paused=False, made=made)
        return RedirectResponse(f"/desk/{photo}", 303)

    async def sheet(request: Request) -> Response:
        photo, found = photo_in(request), await run_in_threadpool(present)
        why = refusal(world, found, photo, request.state.person.alias)
        if why is not None:
            raise Taken(why)
        draft = private.draft(photo, request.state.person.alias)
        return shown(request, found, photo, json.loads(draft) if draft else {})

    def shown(request: Request, found: Desk, photo: Digest, typed: Mapping[str, str], fault: str = "") -> Response:
        form = form_of(world, found, photo)
        made = sum(entry.clerk == request.state.person.alias for entry in found.state.entries.values())
        return page(
            request, deployment, "desk_sheet.html", status=422 if fault else 200, photo=photo, form=form,
            fields=tuple(FieldView(f, label, typed.get(f"f.{f}", "")) for f, label in labels(world, form)),
            station=typed.get("station", ""), problem=typed.get("problem", ""), problems=PROBLEMS, fault=fault,
            made=made, rules=[{"code": rule.code, "text": rule.text} for rule in form.rules],
        )  # fmt: skip

    async def image(request: Request) -> Response:
        found = await run_in_threadpool(present)
        return await upright(deployment, found, photo_in(request))

    async def entered(request: Request) -> Response:
        photo, typed = photo_in(request), await form_fields(request, MOST_BODY)
        found = await run_in_threadpool(present)
        try:
            answer = answer_in(form_of(world, found, photo), typed)
            await run_in_threadpool(enter, world, found, private, request.state.person.alias, photo, answer, clock())
        except BadUsage as error:
            return shown(request, found, photo, typed, str(error))
        return RedirectResponse("/desk", 303)

    async def draft(request: Request) -> Response:
        photo, typed = photo_in(request), await form_fields(request, MOST_BODY)
        text = json.dumps({name: value[:64] for name, value in typed.items()})
        if len(text) > _MOST_DRAFT:
            raise BadUsage(f"expected at most {_MOST_DRAFT} signs")
        private.save_draft(photo, request.state.person.alias, text)
        return Response(status_code=204)

    async def leave(request: Request) -> Response:
        private.release(photo_in(request), "entry", request.state.person.alias)
        return RedirectResponse("/", 303)

    async def file(request: Request) -> Response:
        name = request.path_params["file"]
        place = files("testigo.web").joinpath("desk_page", name)
        if not _FILE.fullmatch(name) or not place.is_file():
            raise NotFound(f"{name}: there is no such file")
        return Response(place.read_bytes(), media_type="text/javascript; charset=utf-8")

    return [
        Route("/desk/file/{file}", file, name="desk file"),
        Route("/desk", desk, name="desk"),
        Route("/desk/{photo}", sheet, name="desk sheet"),
        Route("/desk/{photo}", entered, methods=["POST"], name="desk enter"),
        Route("/desk/{photo}/image", image, name="desk image"),
        Route("/desk/{photo}/draft", draft, methods=["POST"], name="desk draft"),
        Route("/desk/{photo}/leave", leave, methods=["POST"], name="desk leave"),
    ]


def newest_desk(world: World) -> Callable[[], Desk]:
    """The desk, folded again only where a record came or a seal closed."""
    newest: dict[tuple[int, int], Desk] = {}

    def present() -> Desk:
        version = (len(world.journal.heads()), world.journal.waiting())
        found = newest.get(version)
        if found is None:
            found = desk_of(world)
            newest.clear()
            newest[version] = found
        return found

    return present


def photo_in(request: Request) -> Digest:
    """The photo that an address names."""
    photo = request.path_params["photo"]
    if not re.fullmatch(r"[0-9a-f]{64}", photo):
        raise NotFound("there is no such photo")
    return Digest(photo)


async def upright(deployment: Deployment, found: Desk, photo: Digest) -> Response:
    """The photo as a JPEG that stands upright, of up to 1600 pixels of width."""
    record = found.photos.get(photo)
    if record is None or photo in found.state.withheld:
        raise NotFound("there is no such photo")
    data = deployment.world.blobs.open(photo)
    made = await run_in_threadpool(deployment.reader.thumbnail, data, record.orient, WIDTH)
    return Response(made, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=900"})


def labels(world: World, form: Form) -> tuple[tuple[str, str], ...]:
    """The fields of a form in the order of the paper, with what they are called there."""
    named: dict[str, str] = {}
    for contest in world.election.contests:
        for choice in contest.choices:
            named[choice.id] = choice.name
            for line in choice.lines:
                named[line] = f"{choice.name} ({line})" if len(choice.lines) > 1 else choice.name
    return tuple((field, named.get(field, field)) for field in form.fields)


def answer_in(form: Form, typed: Mapping[str, str], prefix: str = "f.") -> Answer:
    """What somebody typed, as an answer: a number, `-` for blank, `?` for illegible; digits of any script.

    Raises:
        BadUsage: a field has something else in it; names it.
    """
    counts: dict[FieldId, int] = {}
    blank, illegible = [], []
    for field in form.fields:
        text = typed.get(prefix + field, "").strip()
        if text == BLANK:
            blank.append(str(field))
        elif text == ILLEGIBLE:
            illegible.append(str(field))
        elif text:
            counts[field] = _number(text, field)
    problem = typed.get("problem") or None
    station = StationCode(_latin(typed.get("station", "").strip()))
    said: Counts = counts
    return Answer(station, form.id, 1, said, tuple(blank), tuple(illegible), problem)


def _number(text: str, field: str) -> int:
    plain = _latin(text)
    if not re.fullmatch(r"[0-9]{1,9}", plain):
        raise BadUsage(f"{field}: expected a number, - for blank or ? for illegible, came {text[:40]!r}")
    return int(plain)


def _latin(text: str) -> str:
    """The same with digits of any script as 0 to 9."""
    return "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text)
