"""The adjudicator's desk: what differs between the entries, without names, beside the photo; and a reason."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from testigo.core.arithmetic import evaluate
from testigo.core.entry import PROBLEMS, Answer, Differs, answer_of, may_rule
from testigo.core.form import Form
from testigo.core.ids import Digest
from testigo.errors import BadUsage, NotFound, Taken
from testigo.flows.desk import CLAIM, Desk, differing_sheets, rule
from testigo.web.deployment import Deployment
from testigo.web.desk import BLANK, ILLEGIBLE, MOST_BODY, answer_in, labels, newest_desk, photo_in, upright
from testigo.web.pages import page
from testigo.web.problems import form_fields

_HEADS = ("station", "problem")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: its label, and what each entry says, in the order of the entries."""

    id: str
    label: str
    said: tuple[str, ...]


def ruling_routes(deployment: Deployment) -> list[Route]:
    """The adjudicator's pages."""
    world, private, clock = deployment.world, deployment.private, deployment.clock
    present = newest_desk(world)

    async def rulings(request: Request) -> Response:
        found = await run_in_threadpool(present)
        alias, now = request.state.person.alias, clock()
        for photo, _ in differing_sheets(found, alias):
            if private.claim(photo, "ruling", alias, now, now + CLAIM):
                return RedirectResponse(f"/rulings/{photo}", 303)
        return page(request, deployment, "rulings_empty.html")

    async def sheet(request: Request) -> Response:
        photo, found = photo_in(request), await run_in_threadpool(present)
        return shown(request, photo, differs_at(found, photo, request), {})

    def differs_at(found: Desk, photo: Digest, request: Request) -> Differs:
        state = found.sheets.get(photo)
        if state is None:
            raise NotFound("nobody has keyed this photo")
        why = may_rule(state, request.state.person.alias)
        if why is not None or not isinstance(state, Differs):
            raise Taken(why or "nothing is to be settled here")
        return state

    def shown(request: Request, photo: Digest, state: Differs, typed: dict[str, str], fault: str = "") -> Response:
        answers = [answer_of(entry) for _, entry in state.entries]
        form = world.forms[answers[0].form]
        named = dict(labels(world, form))
        differences = [Difference(head, head, tuple(_head(a, head) for a in answers))
                       for head in _HEADS if head in state.fields]  # fmt: skip
        differences += [
            Difference(field, named[field], tuple(_said(answer, field) for answer in answers))
            for field in form.fields if field in state.fields
        ]  # fmt: skip
        failing = [
            sorted(r.code for r in form.rules if evaluate(r, answer.counts).state == "fail") for answer in answers
        ]
        return page(
            request, deployment, "ruling_sheet.html", status=422 if fault else 200, photo=photo, problems=PROBLEMS,
            differences=differences, failing=failing, typed=typed, fault=fault, reason=typed.get("reason", ""),
        )  # fmt: skip

    async def image(request: Request) -> Response:
        return await upright(deployment, await run_in_threadpool(present), photo_in(request))

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
            return shown(request, photo, state, typed, str(error))
        return RedirectResponse("/rulings", 303)

    return [
        Route("/rulings", rulings, name="rulings"),
        Route("/rulings/{photo}", sheet, name="ruling sheet"),
        Route("/rulings/{photo}", made, methods=["POST"], name="ruling make"),
        Route("/rulings/{photo}/image", image, name="ruling image"),
    ]


def _settled(state: Differs, typed: dict[str, str], form: Form) -> Answer:
    """The adjudicator's answer: where nothing differs what the entries say, elsewhere what was chosen or typed."""
    answers = [answer_of(entry) for _, entry in state.entries]
    filled = {f"f.{field}": _said(answers[0], field) for field in form.fields}
    filled |= {head: _head(answers[0], head) for head in _HEADS}
    for field in state.fields:
        chosen = typed.get(f"pick.{field}", "")
        if chosen == "other":
            said = typed.get(f"other.{field}", "").strip()
        elif chosen.isdigit() and int(chosen) < len(answers):
            one = answers[int(chosen)]
            said = _head(one, field) if field in _HEADS else _said(one, field)
        else:
            raise BadUsage(f"{field}: choose what the paper says")
        filled[field if field in _HEADS else f"f.{field}"] = said
    return answer_in(form, filled)


def _said(answer: Answer, field: str) -> str:
    said = answer.said_of(field)
    return BLANK if said == "blank" else ILLEGIBLE if said == "illegible" else str(said)


def _head(answer: Answer, name: str) -> str:
    return str(getattr(answer, name) or "")
