"""The clerk's desk: one photo, its fields in the order of the paper, and nothing that anybody or anything else said."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from testigo.core.entry import PROBLEMS, Answer
from testigo.core.form import Form
from testigo.core.ids import Counts, Digest, FieldId, StationCode
from testigo.errors import BadUsage, NotFound, Taken
from testigo.flows.desk import CLAIM, MOST_NOTE, check, enter, form_of, next_sheet, refusal, sheet_ahead
from testigo.flows.desk_kept import Desk
from testigo.flows.known import BLANK, ILLEGIBLE, Known, is_training, known_sheets, mark, next_known
from testigo.ports import World
from testigo.private import Claim
from testigo.web.deployment import Deployment
from testigo.web.pages import file_answer, page, told
from testigo.web.paper import FieldPlace, Papers, places_of
from testigo.web.problems import form_fields

PAUSED = "paused"
"""The setting `yes` while nobody is given a new sheet."""
MOST_BODY = 60_000
_MOST_DRAFT = 20_000
HEADS = ("station", "problem")
"""What an answer says beside its fields, and people are asked."""
NO_NUMBER = "%(field)s: expected a number, - for blank or ? for illegible, came %(came)s."
NO_PHOTO = "There is no such photo."
NO_PAGE = "There is no such page."
VALID, BLANK_VOTES, NULL_VOTES, CAST = "Valid votes", "Blank ballots", "Null ballots", "Ballots cast"
SENTENCES = (VALID, BLANK_VOTES, NULL_VOTES, CAST, NO_NUMBER, NO_PHOTO, NO_PAGE)
"""What a sheet's page says and answers, besides what the flow says."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of the paper: its label, what stands in its input, and where it stands on the paper if that is known."""

    id: str
    label: str
    value: str
    place: FieldPlace | None


def desk_routes(deployment: Deployment) -> list[Route]:
    """The clerk's pages."""
    world, private, clock = deployment.world, deployment.private, deployment.clock
    present = deployment.desk.present
    known = known_sheets(world)
    papers = Papers(deployment, known)
    begun: dict[tuple[str, Digest], datetime] = {}

    async def desk(request: Request) -> Response:
        alias = request.state.person.alias
        if private.setting(PAUSED) == "yes":
            return page(request, deployment, "desk_empty.html", paused=True, made=0)
        photo = await run_in_threadpool(given_to, alias)
        if photo is None:
            made = shown_as_made(await run_in_threadpool(present), alias)
            return page(request, deployment, "desk_empty.html", paused=False, made=made)
        return RedirectResponse(f"/desk/{photo}", 303)

    def given_to(alias: str) -> Digest | None:
        """The sheet that is this person's next, in their hands; None where nothing waits for them."""
        found = present()
        due = next_known(known, private, alias, entries_of(found, alias))
        return due.photo if due is not None else next_sheet(world, found, private, alias, clock())

    def after_saving(alias: str) -> Response:
        photo = None if private.setting(PAUSED) == "yes" else given_to(alias)
        return RedirectResponse("/desk" if photo is None else f"/desk/{photo}", 303)

    def due_known(found: Desk, photo: Digest, alias: str) -> Known | None:
        """The sheet with a known answer that this person is to key now, if the photo is that one."""
        due = next_known(known, private, alias, entries_of(found, alias)) if photo in known else None
        return due if due is not None and due.photo == photo else None

    def form_in(found: Desk, photo: Digest) -> Form:
        return world.forms[known[photo].answer.form] if photo in known else form_of(world, found, photo)

    def shown_as_made(found: Desk, alias: str) -> int:
        """A sheet that was mixed in counts as any other, or the number would tell."""
        mixed_in = sum(score.alias == alias and not score.training for score in private.scores())
        return entries_of(found, alias) + mixed_in

    async def sheet(request: Request) -> Response:
        photo, found, alias = photo_in(request), await run_in_threadpool(present), request.state.person.alias
        why = None if due_known(found, photo, alias) else refusal(world, found, photo, alias)
        if why is not None:
            raise Taken(why)
        begun.setdefault((alias, photo), clock())
        draft = private.draft(photo, alias)
        return shown(request, found, photo, json.loads(draft) if draft else {})

    def shown(
        request: Request, found: Desk, photo: Digest, typed: Mapping[str, str], error: BadUsage | None = None
    ) -> Response:
        form, alias = form_in(found, photo), request.state.person.alias
        places = places_of(form) if form.by_hand else {}
        named = dict(labels(world, form))
        fault = "" if error is None else told(request, deployment, error, named)
        return page(
            request, deployment, "desk_sheet.html", status=422 if fault else 200, photo=photo, form=form,
            fields=tuple(
                FieldView(f, label, typed.get(f"f.{f}", ""), places.get(FieldId(f))) for f, label in named.items()
            ),
            first=_first(typed, form, error),
            pages=sorted({place.page for place in places.values()}), photos=photos_of(found, photo),
            training=photo in known and is_training(private, alias),
            station=typed.get("station", ""), problem=typed.get("problem", ""), problems=PROBLEMS, fault=fault,
            note=typed.get("note", ""), most_note=MOST_NOTE,
            made=shown_as_made(found, alias), rules=[{"code": rule.code, "text": rule.text} for rule in form.rules],
        )  # fmt: skip

    async def image(request: Request) -> Response:
        return await papers.upright(await run_in_threadpool(present), photo_in(request))

    async def straight(request: Request) -> Response:
        found, photo = await run_in_threadpool(present), photo_in(request)
        return await papers.straight(found, photo, form_in(found, photo), page_in(request))

    async def ahead(request: Request) -> Response:
        """The pictures of the sheet that probably comes after this one, for the browser to have them by then."""
        photo, found, alias = photo_in(request), await run_in_threadpool(present), request.state.person.alias
        if private.setting(PAUSED) == "yes":
            return JSONResponse({"pictures": []})
        saved = entries_of(found, alias) + (photo not in known)
        due = await run_in_threadpool(partial(next_known, after=photo), known, private, alias, saved)
        one = due.photo if due else await run_in_threadpool(
            sheet_ahead, world, found, private, alias, clock(), photo
        )  # fmt: skip
        return JSONResponse({"pictures": [] if one is None else pictures_of(one, form_in(found, one))})

    async def entered(request: Request) -> Response:
        photo, typed = photo_in(request), await form_fields(request, MOST_BODY)
        found, alias = await run_in_threadpool(present), request.state.person.alias
        due = due_known(found, photo, alias)
        try:
            answer = answer_in(form_in(found, photo), typed)
            if due is not None:
                return await run_in_threadpool(marked, request, due, answer)
            beside, note = typed.get("beside", "").split(), plain_line(typed.get("note", ""))
            await run_in_threadpool(enter, world, found, private, alias, photo, answer, clock(), beside, note)
        except BadUsage as error:
            return shown(request, found, photo, typed, error)
        since = begun.pop((alias, photo), None)
        if since is not None and since > clock() - CLAIM:
            private.add_work(alias, round((clock() - since).total_seconds()))
        return await run_in_threadpool(after_saving, alias)

    def marked(request: Request, due: Known, answer: Answer) -> Response:
        """What follows a sheet whose answer is known: to learn from, or the next one as if nothing had been."""
        alias, form = request.state.person.alias, world.forms[due.answer.form]
        check(world, answer)
        training = is_training(private, alias)
        result = mark(private, due, form, alias, answer, training=training)
        private.drop_draft(due.photo, alias)
        begun.pop((alias, due.photo), None)
        if not training:
            return after_saving(alias)
        named = dict(labels(world, form))
        wrong = [(named.get(FieldId(one), one), _said(answer, one), _said(due.answer, one)) for one in result.wrong]
        return page(
            request, deployment, "desk_trained.html", wrong=wrong, fields=result.fields,
            more=is_training(private, alias), photo=due.photo,
        )  # fmt: skip

    async def draft(request: Request) -> Response:
        photo, typed = photo_in(request), await form_fields(request, MOST_BODY)
        text = json.dumps({name: value[: MOST_NOTE if name == "note" else 64] for name, value in typed.items()})
        if len(text) > _MOST_DRAFT:
            raise BadUsage(f"expected at most {_MOST_DRAFT} signs")
        alias, now = request.state.person.alias, clock()
        private.save_draft(photo, alias, text)
        if Claim(photo, "entry", alias) in private.claims(now):
            # Whoever still types keeps the sheet.
            private.claim(photo, "entry", alias, now, now + CLAIM)
        return Response(status_code=204)

    async def leave(request: Request) -> Response:
        private.release(photo_in(request), "entry", request.state.person.alias)
        return RedirectResponse("/", 303)

    async def file(request: Request) -> Response:
        return file_answer(request, request.path_params["file"])

    return [
        Route("/desk/file/{file}", file, name="desk file"),
        Route("/desk", desk, name="desk"),
        Route("/desk/{photo}", sheet, name="desk sheet"),
        Route("/desk/{photo}", entered, methods=["POST"], name="desk enter"),
        Route("/desk/{photo}/image", image, name="desk image"),
        Route("/desk/{photo}/page/{page}", straight, name="desk page"),
        Route("/desk/{photo}/ahead", ahead, name="desk ahead"),
        Route("/desk/{photo}/draft", draft, methods=["POST"], name="desk draft"),
        Route("/desk/{photo}/leave", leave, methods=["POST"], name="desk leave"),
    ]


def _first(typed: Mapping[str, str], form: Form, error: BadUsage | None) -> str:
    """The input to begin in: one that the error is about, else the first that is empty, else the station."""
    about = "" if error is None else str(error.gaps.get("fields", error.gaps.get("field", ""))).partition(", ")[0]
    if error is not None:
        return f"f.{about}" if about in form.fields else "station"
    inputs = ["station", *(f"f.{field}" for field in form.fields)]
    return next((name for name in inputs if not typed.get(name)), "station")


def pictures_of(photo: Digest, form: Form) -> list[str]:
    """The addresses of the pictures on a sheet's page: the photo, and the pages of the form that are made straight."""
    pages = sorted({place.page for place in places_of(form).values()}) if form.by_hand else []
    return [f"/desk/{photo}/image", *(f"/desk/{photo}/page/{page}" for page in pages)]


def photo_in(request: Request) -> Digest:
    """The photo that an address names."""
    photo = request.path_params["photo"]
    if not re.fullmatch(r"[0-9a-f]{64}", photo):
        raise NotFound(NO_PHOTO)
    return Digest(photo)


def page_in(request: Request) -> int:
    """The page of a form that an address names."""
    page = request.path_params["page"]
    if not re.fullmatch(r"[1-9][0-9]?", page):
        raise NotFound(NO_PAGE)
    return int(page)


def photos_of(found: Desk, photo: Digest) -> tuple[tuple[int, Digest], ...]:
    """The photos of the sheet that is keyed with this one, which is the first, each with its first page."""
    return tuple((found.shows.get(one, 1), one) for one in found.together(photo))


def entries_of(found: Desk, alias: str) -> int:
    """How many entries this person made."""
    return found.made.get(alias, 0)


def labels(world: World, form: Form) -> tuple[tuple[str, str], ...]:
    """The fields of a form in the order of the paper, with what they are called there."""
    named: dict[str, str] = {}
    for contest in world.election.contests:
        if len(world.election.contests) == 1:
            figures = {contest.valid: VALID, contest.blank: BLANK_VOTES, contest.cast: CAST}
            named |= {field: text for field, text in figures.items() if field is not None}
            named |= dict.fromkeys(contest.null[:1], NULL_VOTES)
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


def plain_line(text: str) -> str:
    """A text as one line of signs that can be seen."""
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())


def said_by(answer: Answer, field: str) -> str:
    """A field's answer as somebody types it; empty where it was not asked."""
    said = answer.said_of(field)
    return BLANK if said == "blank" else ILLEGIBLE if said == "illegible" else str(said)


def head_of(answer: Answer, name: str) -> str:
    """The `station` or the `problem` of an answer, empty for none."""
    return str(getattr(answer, name) or "")


def _said(answer: Answer, name: str) -> str:
    return head_of(answer, name) if name in HEADS else said_by(answer, name)


def _number(text: str, field: str) -> int:
    plain = _latin(text)
    if not re.fullmatch(r"[0-9]{1,9}", plain):
        raise BadUsage(NO_NUMBER, field=field, came=text[:40])
    return int(plain)


def _latin(text: str) -> str:
    """The same with digits of any script as 0 to 9."""
    return "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text)
