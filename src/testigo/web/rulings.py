"""The adjudicator's desk: what differs between the entries, without names, beside the photo; and a reason."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from testigo.core.arithmetic import evaluate
from testigo.core.entry import NO_DIFFERENCE, PROBLEMS, Answer, Differs, answer_of, may_rule
from testigo.core.form import Form
from testigo.core.ids import Digest
from testigo.errors import BadUsage, NotFound, Taken
from testigo.flows.desk import CLAIM, NOT_KEYED, differing_sheets, form_of, rule
from testigo.flows.desk_kept import Desk
from testigo.web.deployment import Deployment
from testigo.web.desk import HEADS, MOST_BODY, answer_in, head_of, labels, page_in, photo_in, photos_of, said_by
from testigo.web.pages import page, told
from testigo.web.paper import FieldPlace, Papers, places_of
from testigo.web.problems import form_fields

CHOOSE = "%(field)s: choose what the paper says."


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: its label, what each entry says, in the order of the entries, and where it stands in the
    photo if that is known.
    """

    id: str
    label: str
    said: tuple[str, ...]
    place: FieldPlace | None = None


def ruling_routes(deployment: Deployment) -> list[Route]:
    """The adjudicator's pages."""
    world, private, clock = deployment.world, deployment.private, deployment.clock
    present = deployment.desk.present
    papers = Papers(deployment, {})

    async def rulings(request: Request) -> Response:
        found = await run_in_threadpool(present)
        alias, now = request.state.person.alias, clock()
        for photo, _ in differing_sheets(found, alias):
            if private.claim(photo, "ruling", alias, now, now + CLAIM):
                return RedirectResponse(f"/rulings/{photo}", 303)
        return page(request, deployment, "rulings_empty.html")

    async def sheet(request: Request) -> Response:
        photo, found = photo_in(request), await run_in_threadpool(present)
        state = differs_at(found, photo, request)
        await run_in_threadpool(papers.pages, found, photo)
        return shown(request, found, photo, state, {})

    def differs_at(found: Desk, photo: Digest, request: Request) -> Differs:
        state = found.sheets.get(photo)
        if state is None:
            raise NotFound(NOT_KEYED)
        why = may_rule(state, request.state.person.alias)
        if why is not None or not isinstance(state, Differs):
            raise Taken(why or NO_DIFFERENCE)
        return state

    def shown(
        request: Request,
        found: Desk,
        photo: Digest,
        state: Differs,
        typed: dict[str, str],
        error: BadUsage | None = None,
    ) -> Response:
        answers = [answer_of(entry) for _, entry in state.entries]
        form = world.forms[answers[0].form]
        named, notes = dict(labels(world, form)), private.notes(photo)
        fault = "" if error is None else told(request, deployment, error, named)
        seen = papers.pages(found, photo) if form.by_hand else {}
        places = {field: place for field, place in places_of(form).items() if (form.id, place.page) in seen}
        differences = [Difference(head, head, tuple(head_of(a, head) for a in answers))
                       for head in HEADS if head in state.fields]  # fmt: skip
        differences += [
            Difference(field, named[field], tuple(said_by(answer, field) for answer in answers), places.get(field))
            for field in form.fields if field in state.fields
        ]  # fmt: skip
        failing = [
            sorted(r.code for r in form.rules if evaluate(r, answer.counts).state == "fail") for answer in answers
        ]
        return page(
            request, deployment, "ruling_sheet.html", status=422 if fault else 200, photo=photo, problems=PROBLEMS,
            differences=differences, failing=failing, typed=typed, fault=fault, reason=typed.get("reason", ""),
            pages=sorted({place.page for place in places.values()}), paper=form.paper_mm,
            photos=photos_of(found, photo), notes=[notes.get(entry.clerk, "") for _, entry in state.entries],
        )  # fmt: skip

    async def image(request: Request) -> Response:
        return await papers.upright(await run_in_threadpool(present), photo_in(request))

    async def straight(request: Request) -> Response:
        found, photo = await run_in_threadpool(present), photo_in(request)
        return await papers.straight(found, photo, form_of(world, found, photo), page_in(request))

    async def made(request: Request) -> Response:
        photo, typed = photo_in(request), await form_fields(request, MOST_BODY)
        found = await run_in_threadpool(present)
        state = differs_at(found, photo, request)
        try:
            answer = _settled(state, typed, world.forms[state.entries[0][1].form])
            await run_in_threadpool(
                rule, world, found, private, request.state.person.alias, photo, answer,
                typed.get("reason", "").strip(), clock(),
            )  # fmt: skip
        except BadUsage as error:
            return shown(request, found, photo, state, typed, error)
        return RedirectResponse("/rulings", 303)

    return [
        Route("/rulings", rulings, name="rulings"),
        Route("/rulings/{photo}", sheet, name="ruling sheet"),
        Route("/rulings/{photo}", made, methods=["POST"], name="ruling make"),
        Route("/rulings/{photo}/image", image, name="ruling image"),
        Route("/rulings/{photo}/page/{page}", straight, name="ruling page"),
    ]


def _settled(state: Differs, typed: dict[str, str], form: Form) -> Answer:
    """The adjudicator's answer: where nothing differs what the entries say, elsewhere what was chosen or typed."""
    answers = [answer_of(entry) for _, entry in state.entries]
    filled = {f"f.{field}": said_by(answers[0], field) for field in form.fields}
    filled |= {head: head_of(answers[0], head) for head in HEADS}
    for field in state.fields:
        chosen = typed.get(f"pick.{field}", "")
        other = typed.get(f"other.{field}", "").strip()
        if chosen == "other" or (not chosen and other):
            # Whoever types something means it.
            said = other
        elif chosen.isdigit() and int(chosen) < len(answers):
            one = answers[int(chosen)]
            said = head_of(one, field) if field in HEADS else said_by(one, field)
        else:
            raise BadUsage(CHOOSE, field=field)
        filled[field if field in HEADS else f"f.{field}"] = said
    return answer_in(form, filled)
