"""Reporting a problem without an identity, and the files of style."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from testigo.core.ids import StationCode
from testigo.errors import BadUsage, TooMany
from testigo.private import Problem
from testigo.web.bodies import whole_of
from testigo.web.deployment import Deployment
from testigo.web.pages import file_answer, page

KINDS = ("a figure on a page", "a photo that should not be shown", "a station", "this site", "something else")
NO_TEXT = "Write what you saw, in at most 2,000 signs."
NO_STATION = "The register has no station of this number; leave it empty if you do not know it."
MOST_TEXT = 2_000
MOST_OPEN = 5_000
"""So many reports may wait for the steward; a flood does not fill the disk."""
_MOST_BODY = 20_000
_PAGE = re.compile(r"[A-Za-z0-9_./-]{1,400}\.html")


def problem_routes(deployment: Deployment) -> list[Route]:
    """The form, what it sends, and styles of all pages."""

    def form(request: Request, asked: Mapping[str, str], fault: str = "") -> Response:
        about = {name: asked.get(name, "") for name in ("kind", "station", "page", "text")}
        status = 422 if fault else 200
        return page(request, deployment, "problem.html", status=status, kinds=KINDS, fault=fault, done=False, **about)

    async def problem_form(request: Request) -> Response:
        asked = request.query_params
        return form(request, {"station": asked.get("station", "")[:64], "page": _page(asked.get("page", ""))})

    async def problem_report(request: Request) -> Response:
        fields = await form_fields(request, _MOST_BODY)
        kind, station = fields.get("kind", ""), fields.get("station", "").strip()[:64]
        text = fields.get("text", "").strip()
        if kind not in KINDS or not 0 < len(text) <= MOST_TEXT:
            return form(request, fields, NO_TEXT)
        if station and StationCode(station) not in deployment.world.register.stations:
            return form(request, fields, NO_STATION)
        if len(deployment.private.problems()) >= MOST_OPEN:
            raise TooMany("too many reports wait to be looked at; try again in some hours")
        named = StationCode(station) if station else None
        where = _page(fields.get("page", ""))
        text = f"{where}: {text}" if where else text
        deployment.private.report_problem(Problem(deployment.token(), named, kind, text))
        return page(request, deployment, "problem.html", done=True)

    async def style(request: Request) -> Response:
        return file_answer(request, request.path_params["file"])

    return [
        Route("/problem", problem_form, name="problem form"),
        Route("/problem", problem_report, methods=["POST"], name="problem report"),
        Route("/style/{file}", style, name="style"),
    ]


def _page(text: str) -> str:
    """The page of the published site that a report is about; empty where the text is no such path."""
    return text if _PAGE.fullmatch(text) else ""


async def form_fields(request: Request, most: int) -> dict[str, str]:
    """The fields of a plain form (application/x-www-form-urlencoded); of several of one name the last.

    Raises:
        BadUsage: it is longer than `most` bytes, of another type, or not UTF-8.
        HTTPException: 408, it did not come to its end in time.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise BadUsage("expected a form, came %(what)s", what=kind[:40] or "nothing")
    body = await whole_of(request, most)
    try:
        found = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=600, errors="strict")
    except ValueError:
        raise BadUsage("expected the fields of a form in UTF-8") from None
    return {name: values[-1] for name, values in found.items()}
