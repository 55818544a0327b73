"""Writes docs/openapi.yaml: every route of the server, who may use it, and every answer that it gives.

    python tests/web/openapi_yaml.py

Paths, methods and roles come from the program; what a route takes and answers stands in the table below, and
`test_openapi.py` has another program ask a real server for everything that this says and for what it does not.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from starlette.routing import Route

from testigo.core.roles import ROUTES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
FORM, JSON, CHUNK = "application/x-www-form-urlencoded", "application/json", "application/offset+octet-stream"
HTML = "text/html"
TEXTS = {
    200: "what was asked for", 201: "the upload has an address", 204: "done, and nothing to say", 303: "go there",
    304: "nothing changed", 400: "something in the request is not understood; says what",
    403: "not allowed to this role, session, pass or origin; says who is", 404: "there is no such thing",
    405: "this address does not do that", 409: "done by somebody else meanwhile; nothing was changed",
    410: "the upload is over", 411: "a length is needed", 412: "another version of tus is needed",
    413: "too large", 415: "no photo, or not of the type that is expected", 421: "this server has another name",
    422: "the form again, with what is wrong", 423: "another request is sending this photo",
    429: "more than a limit allows; try again later", 460: "the checksum is not that of the bytes",
    503: "try again in a minute", 507: "no room; what was promised is safe",
}  # fmt: skip
TUS = ((400, 403, 404, 410, 411, 412, 413, 415, 423, 429, 503, 507), JSON)
# name: (summary, fields of the form or body, {status: media type or None}, further statuses)
Told = tuple[str, Any, Mapping[int, str | None], tuple[int, ...]]
TABLE: Mapping[str, Told] = {
    "start": ("Where somebody begins.", None, {200: HTML}, ()),
    "style": ("Styles.", None, {200: "text/css"}, (404,)),
    "station name": ("The areas of a station, to confirm a typed number.", None, {200: JSON}, (404,)),
    "problem form": ("The form to report a problem.", None, {200: HTML}, ()),
    "problem report": (
        "Report a problem without an identity.",
        ("kind", "station", "text", "page"),
        {200: HTML, 422: HTML},
        (400, 403, 429),
    ),
    "invitation": ("What an invitation is.", None, {200: HTML, 303: None}, ()),
    "redeem": ("Use an invitation of staff: a session.", ("session",), {303: None}, (400, 403, 429)),
    "enrol": (
        "Use an invitation of a volunteer: a pass, which the phone may have made.",
        {"token": {"type": "string"}, "pass": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}},
        {200: JSON},
        (400, 403, 429),
    ),
    "leave": ("Sign out.", (), {303: None}, (403,)),
    "passkey file": ("The module of passkeys.", None, {200: "text/javascript"}, ()),
    "passkey new": ("What a new passkey is made from.", None, {200: JSON}, (403, 404, 429)),
    "passkey keep": (
        "Keep a passkey: the JSON of a PublicKeyCredential.",
        {"id": {"type": "string"}},
        {201: JSON},
        (400, 403, 404),
    ),
    "passkey ask": ("What a passkey has to answer.", None, {200: JSON}, (404, 429)),
    "passkey enter": (
        "Sign in: the JSON of a PublicKeyCredential.",
        {"id": {"type": "string"}},
        {200: JSON},
        (400, 403, 404, 429),
    ),
    "phone": ("The volunteer's page.", None, {200: HTML, 304: None}, ()),
    "phone file": ("A module, style or icon of the volunteer's page.", None, {200: "*/*", 304: None}, (404,)),
    "phone worker": ("The service worker.", None, {200: "text/javascript", 304: None}, ()),
    "phone manifest": ("The manifest, with a neutral name.", None, {200: "application/manifest+json"}, ()),
    "upload options": ("What of tus 1.0.0 is spoken.", None, {204: None}, ()),
    "upload create": (
        "tus creation: Upload-Length, and a typed JSON.",
        {
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "station": {"type": "string", "maxLength": 64},
            "page": {"type": "integer", "minimum": 1, "maximum": 99},
            "orient": {"type": "integer", "minimum": 1, "maximum": 8},
        },
        {201: None},
        (400, 403, 411, 412, 413, 415, 429, 507),
    ),
    "upload head": ("tus: how far an upload is.", None, {200: None}, (403, 404, 410, 412)),
    "upload patch": (
        "tus: one chunk.",
        CHUNK,
        {204: None},
        (400, 403, 404, 409, 410, 411, 412, 413, 415, 423, 460, 503, 507),
    ),
    "upload end": ("tus termination.", None, {204: None}, (403, 404, 410, 412, 423)),
    "upload state": ("Whether an upload waits, is promised or refused.", None, {200: JSON}, (403, 404, 410)),
    "upload plain": (
        "A photo by a form without scripts.",
        "multipart/form-data",
        {200: HTML},
        (400, 403, 413, 415, 429, 507),
    ),
    "desk file": ("A module of the desks.", None, {200: "text/javascript"}, (403, 404)),
    "desk": ("The next sheet, or that nothing waits.", None, {200: HTML, 303: None}, (403,)),
    "desk sheet": ("A sheet to key.", None, {200: HTML}, (403, 404, 409)),
    "desk image": ("The photo, upright.", None, {200: "image/jpeg"}, (403, 404, 415)),
    "desk page": ("A page of the form in the photo, straight.", None, {200: "image/jpeg", 204: None}, (403, 404, 415)),
    "desk ahead": (
        "The addresses of the next sheet's pictures, for a browser to fetch ahead; nobody holds it.",
        None,
        {200: JSON},
        (403, 404),
    ),
    "desk enter": (
        "Save what was keyed.",
        ("station", "problem", "note"),
        {200: HTML, 303: None, 422: HTML},
        (400, 403, 404, 409),
    ),
    "desk draft": ("Keep what was typed so far.", ("station",), {204: None}, (400, 403, 404)),
    "desk leave": ("Take a break.", (), {303: None}, (403, 404)),
    "rulings": ("The next sheet to settle, or that none differs.", None, {200: HTML, 303: None}, (403,)),
    "ruling sheet": ("What differs between the entries of a photo.", None, {200: HTML}, (403, 404, 409)),
    "ruling image": ("The photo, upright.", None, {200: "image/jpeg"}, (403, 404, 415)),
    "ruling page": (
        "A page of the form in the photo, straight.",
        None,
        {200: "image/jpeg", 204: None},
        (403, 404, 415),
    ),
    "ruling make": ("Settle a sheet.", ("reason",), {303: None, 422: HTML}, (400, 403, 404, 409)),
    "board": ("The state of the night.", None, {200: HTML, 304: None}, (403,)),
    "wall": ("The same for a wall.", None, {200: HTML, 304: None}, (403,)),
    "board report": ("The report of the night.", None, {200: HTML, 304: None}, (403,)),
    "board photo": ("A photo, small.", None, {200: "image/jpeg"}, (403, 404, 415)),
    "board station": ("A station with all that is said of it.", None, {200: HTML}, (403, 404)),
    "board invite": ("Make links.", ("role", "count", "days"), {200: HTML}, (400, 403)),
    "board withhold": ("Show a photo no longer.", ("photo", "reason"), {303: None}, (400, 403, 404)),
    "board release": ("Give a sheet to another.", ("photo",), {303: None}, (400, 403, 404)),
    "board pause": ("Pause the desk, or go on.", (), {303: None}, (403,)),
    "board night": ("Open or close the night.", (), {303: None}, (403,)),
    "board problem": ("A report is done with.", ("id",), {303: None}, (400, 403)),
    "board end sessions": ("End somebody's sessions.", ("alias",), {303: None}, (400, 403)),
}


def operation(route: Route, path: str) -> dict[str, Any]:
    """One route, as OpenAPI has it."""
    summary, takes, answers, refusals = TABLE[route.name]
    is_api = path.startswith("/api/")
    who = sorted(ROUTES[route.name])
    told: dict[str, Any] = {"operationId": operation_id(route.name, path), "summary": summary, "x-roles": who}
    if who != ["anyone"]:
        told["security"] = [{"pass": []}] if who == ["volunteer"] else [{"session": []}]
    names = [part.partition("}")[0] for part in path.split("{")[1:]]
    told["parameters"] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}} for name in names
    ]
    if isinstance(takes, tuple):
        schema = {"type": "object", "properties": {name: {"type": "string"} for name in takes}}
        told["requestBody"] = {"content": {FORM: {"schema": schema}}}
    elif isinstance(takes, dict):
        told["requestBody"] = {"content": {JSON: {"schema": {"type": "object", "properties": takes}}}}
    elif takes is not None:
        told["requestBody"] = {"content": {takes: {"schema": {"type": "string", "format": "binary"}}}}
    if route.name.startswith("upload ") and is_api and route.name != "upload state":
        told["parameters"].append({"name": "Tus-Resumable", "in": "header", "schema": {"type": "string"}})
    if route.name == "upload create":
        told["parameters"].append(
            {"name": "Upload-Length", "in": "header", "schema": {"type": "integer", "minimum": 1}}
        )
    if route.name == "upload patch":
        told["parameters"].append(
            {"name": "Upload-Offset", "in": "header", "schema": {"type": "integer", "minimum": 0}}
        )
    told["responses"] = dict(_responses(answers, refusals, JSON if is_api else HTML, route.name))
    return told


def _header(name: str, least: int) -> Mapping[str, Any]:
    return {"name": name, "in": "header", "schema": {"type": "integer", "minimum": least}}


def _responses(
    answers: Mapping[int, str | None], refusals: Iterable[int], media: str, name: str
) -> Iterable[tuple[str, Any]]:
    error = {"$ref": "#/components/schemas/Error"} if media == JSON else {"type": "string"}
    for status in sorted({*answers, *refusals}):
        one: dict[str, Any] = {"description": TEXTS[status]}
        kind = answers.get(status, media)
        if kind is not None and name != "upload head":
            schema = error if status >= 400 else {"type": "object"} if kind.endswith("json") else {"type": "string"}
            one["content"] = {kind: {"schema": schema}}
        yield str(status), one


def operation_id(name: str, path: str) -> str:
    """The route's name; both addresses of `upload options` need one of their own."""
    return name + (" one" if name == "upload options" and path.endswith("}") else "")


def document(routes: Iterable[Route]) -> str:
    """The whole document as YAML."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        methods = sorted((route.methods or {"GET"}) - ({"HEAD"} if "GET" in (route.methods or ()) else set()))
        for method in methods:
            paths.setdefault(route.path, {})[method.lower()] = operation(route, route.path)
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "testigo serve",
            "version": "1",
            "description": "The server of an election's people. Made by tests/web/openapi_yaml.py.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "testigo_session"},
                "pass": {"type": "http", "scheme": "bearer"},
            },
            "schemas": {
                "Error": {
                    "type": "object",
                    "required": ["code", "sentence"],
                    "properties": {"code": {"type": "string"}, "sentence": {"type": "string"}},
                }
            },
        },
    }
    text: str = yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=110)
    return text


def main() -> None:
    """Writes the document anew, from the routes of a server on a small election."""
    import sys
    import tempfile

    sys.path[:0] = [str(PAGE.parents[1] / "tests" / folder) for folder in ("web", "flows", ".")]
    import town
    from served import served
    from test_roles_matrix import routes

    from testigo.wiring import make_home

    with tempfile.TemporaryDirectory() as folder:
        world, *_ = make_home(town.write_town(Path(folder) / "election"), Path(folder) / "home", None)
        with served(world, town.TextReader()) as server:
            PAGE.write_text(document(routes(server)), "utf-8")


if __name__ == "__main__":
    main()
