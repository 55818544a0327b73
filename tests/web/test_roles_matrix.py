"""Every route against every role: what is not allowed is refused, and says for whom it is."""

import re

import pytest
from sending import TUS, begun, patch
from sending import photo as photo_of
from served import Person, Served
from starlette.routing import Route
from test_desks import put_photo

from testigo.core.roles import ROLES, ROUTES, may
from testigo.flows.desk_kept import KeptDesk
from testigo.web.app import PLACES
from testigo.web.deployment import Deployment, Settings

FILLED = {
    "page": "1", "token": "snone", "code": "1", "photo": "ab" * 32, "file": "people.css", "id": "A" * 43, "field": "a",
}  # fmt: skip


def routes(server: Served) -> list[Route]:
    """All routes of the server, as their modules give them."""
    nothing = Deployment(
        server.world,
        server.private,
        None,
        None,
        server.clock,
        str,
        Settings((server.origin,)),  # type: ignore[arg-type]
        KeptDesk(server.world),
        server.opener,
    )
    return [route for place in PLACES for route in place(nothing)]


def address(route: Route) -> str:
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: FILLED[found[1]], route.path)


def test_every_route_stands_in_the_table_and_every_name_in_the_table_is_a_route(server: Served) -> None:
    assert {route.name for route in routes(server)} == set(ROUTES) - {"results"}


def test_what_a_role_may_not_do_is_refused_before_anything_happens(server: Served) -> None:
    people: dict[str, Person] = {role: server.invited(role) for role in ROLES}
    people["nobody"] = server.anyone()
    refused = 0
    for route in routes(server):
        method = sorted((route.methods or {"GET"}) - {"HEAD"})[0] if route.methods != {"HEAD"} else "HEAD"
        for name, person in people.items():
            role = next((one for one in ROLES if one == name), None)
            if may(role, route.name):
                continue
            answer = person.ask(method, address(route), b"" if method != "GET" else None, {"Origin": server.origin})
            assert (route.name, name, answer.status) == (route.name, name, 403)
            refused += 1
            if method != "HEAD":
                assert "This is for" in answer.text
    assert refused > 40


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {}, {"Origin": "null"}])
def test_a_page_of_another_site_cannot_act_for_somebody_who_is_signed_in(
    server: Served, headers: dict[str, str]
) -> None:
    steward = server.invited("steward")
    answer = steward.ask("POST", "/board/pause", b"", headers)
    assert (answer.status, "another site" in answer.text) == (403, True)
    assert server.private.setting("paused") is None


def test_a_foreign_name_for_this_machine_is_not_answered(server: Served) -> None:
    assert server.anyone().get("/", Host="elsewhere.example").status == 421


def test_every_answer_has_the_headers_that_keep_others_out(server: Served) -> None:
    for path in ("/", "/problem", "/nowhere", "/board"):
        headers = server.anyone().get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "'unsafe" not in headers["content-security-policy"]
        assert "server" not in headers


def test_a_picture_is_a_picture_and_nothing_that_runs(server: Served) -> None:
    photo = put_photo(server)
    (steward, clerk), pictures = (server.invited("steward"), server.invited("clerk")), []
    assert clerk.get("/desk").headers["location"] == f"/desk/{photo}"
    pictures += [steward.get(f"/board/photo/{photo}"), clerk.get(f"/desk/{photo}/image")]
    pictures.append(server.anyone().get("/c/app/icon.svg"))
    for answer in pictures:
        assert (answer.status, answer.headers["content-type"].partition("/")[0]) == (200, "image")
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "content-disposition" not in answer.headers


def test_nothing_of_an_upload_can_be_fetched_back(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo_of(1)
    path = begun(phone, len(data))
    patch(phone, path, 0, data[:3000])
    for method in ("GET", "HEAD", "OPTIONS", "POST"):
        answer = phone.ask(method, path, b"" if method == "POST" else None, TUS)
        assert data[200:260] not in answer.body
        assert not answer.headers.get("content-type", "").startswith(("image/", "application/oct"))
