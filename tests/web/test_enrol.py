"""Invitations, sessions and passes."""

import json
import re
from datetime import timedelta

import pytest
from served import Served

from testigo.flows.invite import PASS_UPLOADS
from testigo.web.deployment import hidden
from testigo.web.enrol import TRIES_EACH


def test_an_invitation_makes_one_session_and_no_second(server: Served) -> None:
    (path,) = server.link("clerk")
    first, second = server.anyone(), server.anyone()
    assert "works once" in first.get(path).text
    answer = first.post(path)
    assert (answer.status, answer.headers["location"]) == (303, "/desk")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=strict" in answer.headers["set-cookie"]
    again = second.post(path)
    assert (again.status, "was used" in again.text, second.cookies) == (403, True, {})


def test_looking_at_an_invitation_does_not_use_it_up(server: Served) -> None:
    (path,) = server.link("steward")
    for _ in range(3):
        assert server.anyone().get(path).status == 200
    assert server.anyone().post(path).status == 303


def test_a_volunteers_link_leads_to_the_phones_page_with_the_secret_where_it_is_not_sent(server: Served) -> None:
    (path,) = server.link("volunteer")
    answer = server.anyone().get(path)
    assert answer.status == 303
    assert answer.headers["location"] == "/c/#i=" + path.rpartition("/")[2]


def test_a_volunteers_invitation_gives_one_pass_and_leaves_nothing(server: Served) -> None:
    (path,) = server.link("volunteer")
    body = json.dumps({"token": path.rpartition("/")[2]}).encode()
    assert len(server.anyone().ask("POST", "/api/enrol", body).json()["pass"]) == 43
    again = server.anyone().ask("POST", "/api/enrol", body)
    assert (again.status, again.json()["code"]) == (403, "not-allowed")


def test_a_phone_whose_answer_was_lost_asks_again_with_the_pass_that_it_made(server: Served) -> None:
    (path,) = server.link("volunteer")
    token, own = path.rpartition("/")[2], "p" * 43
    body = json.dumps({"token": token, "pass": own}).encode()
    for _ in range(3):
        answer = server.anyone().ask("POST", "/api/enrol", body)
        assert (answer.status, answer.json()) == (200, {"pass": own, "left": PASS_UPLOADS})
    other = json.dumps({"token": token, "pass": "q" * 43}).encode()
    assert server.anyone().ask("POST", "/api/enrol", other).status == 403
    # Nothing says by which invitation a pass came.
    rows = server.private.rows()
    assert (rows["invitation"], [set(row) for row in rows["pass"]]) == ((), [{"secret", "uploads", "until"}])
    assert hidden(token) not in repr(rows)


def test_a_browser_whose_answer_was_lost_sends_the_same_form_again(server: Served) -> None:
    (path,) = server.link("clerk")
    first, again, thief = server.anyone(), server.anyone(), server.anyone()
    (session,) = re.findall(r'name="session" value="([^"]{43})"', first.get(path).text)
    assert first.post(path, {"session": session}).status == 303
    assert again.post(path, {"session": session}).status == 303
    assert first.cookies == again.cookies
    assert again.get("/desk").status == 200
    (other,) = re.findall(r'name="session" value="([^"]{43})"', thief.get(path).text)
    assert (other == session, thief.post(path, {"session": other}).status) == (False, 403)
    assert first.post("/leave").status == 303
    assert again.post(path, {"session": session}).status == 403


def test_a_session_or_pass_that_is_not_as_long_as_ours_is_refused_and_uses_nothing_up(server: Served) -> None:
    (staff,), (volunteer,) = server.link("clerk"), server.link("volunteer")
    for short in ("a", "a" * 42, "a" * 44, "a" * 42 + "!"):
        assert server.anyone().post(staff, {"session": short}).status == 400
        body = json.dumps({"token": volunteer.rpartition("/")[2], "pass": short}).encode()
        assert server.anyone().ask("POST", "/api/enrol", body).status == 400
    assert len(server.private.rows()["invitation"]) == 2


def test_staff_do_not_lose_their_invitation_on_the_phones_page(server: Served) -> None:
    (path,) = server.link("clerk")
    body = json.dumps({"token": path.rpartition("/")[2]}).encode()
    assert server.anyone().ask("POST", "/api/enrol", body).status == 403
    assert server.anyone().post(path).status == 303


def test_what_is_no_enrolment_is_refused_with_a_sentence(server: Served) -> None:
    for body in (b"", b"[]", b"{}", b'{"token":5}', b'{"token":"v","pass":5}', b"\xff", b"x" * 10_000):
        answer = server.anyone().ask("POST", "/api/enrol", body)
        assert (answer.status, answer.json()["code"]) == (400, "usage")


def test_a_session_ends_when_its_owner_leaves_and_after_a_long_night(server: Served) -> None:
    steward = server.invited("steward")
    assert steward.get("/board").status == 200
    kept = dict(steward.cookies)
    assert steward.post("/leave").status == 303
    steward.cookies = kept
    assert steward.get("/board").status == 403
    other = server.invited("steward")
    server.clock.now += timedelta(hours=17)
    assert other.get("/board").status == 403


def test_a_lost_device_is_signed_out_by_the_steward(server: Served) -> None:
    steward, clerk = server.invited("steward"), server.invited("observer")
    alias = server.private.session(_secret_of(clerk.cookies), server.clock())
    assert alias is not None
    assert steward.post("/board/sessions", {"alias": alias.alias}).status == 303
    assert clerk.get("/board").status == 403


def test_a_station_is_named_and_an_unknown_one_is_not(server: Served) -> None:
    code = sorted(server.world.register.stations)[0]
    told = server.anyone().get(f"/api/stations/{code}").json()
    assert told["station"] == code
    assert told["areas"]
    missing = server.anyone().get("/api/stations/nowhere")
    assert (missing.status, missing.json()["code"]) == (404, "not-found")


def test_pages_come_in_the_language_that_is_asked(server: Served) -> None:
    assert 'lang="es"' in server.anyone().get("/", **{"Accept-Language": "es-VE,en;q=0.5"}).text
    arabic = server.anyone().get("/?lang=ar").text
    assert '<html lang="ar" dir="rtl">' in arabic
    assert "Skip to the content" not in arabic


def test_a_page_says_in_one_sentence_what_it_is_in_the_language_that_is_asked(server: Served) -> None:
    said = {"/": "Contar una elección a partir de sus actas", "/c/": "Fotografíe el acta de una mesa y envíela."}
    for path, sentence in said.items():
        text = server.anyone().get(path, **{"Accept-Language": "es"}).text
        (told,) = re.findall(r'<meta name="description" content="([^"]+)">', text)
        assert sentence in told


def _secret_of(cookies: dict[str, str]):  # type: ignore[no-untyped-def]
    return hidden(cookies["testigo_session"])


def test_one_address_may_not_try_invitations_without_end(server: Served) -> None:
    far = {"X-Forwarded-For": "192.0.2.9"}
    (good,) = server.link("clerk")
    wrong = [server.anyone().post(f"/i/{number}", **far).status for number in range(TRIES_EACH)]
    assert set(wrong) == {403}
    refused = server.anyone().post(good, **far)
    assert (refused.status, "in ten minutes" in refused.text) == (429, True)
    body = json.dumps({"token": server.link("volunteer")[0].rpartition("/")[2]}).encode()
    assert server.anyone().ask("POST", "/api/enrol", body, far).status == 429
    assert server.anyone().post(good, **{"X-Forwarded-For": "192.0.2.10"}).status == 303


@pytest.mark.parametrize("said", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_page_of_another_site_uses_no_invitation(server: Served, said: dict[str, str]) -> None:
    (path,) = server.link("clerk")
    assert server.anyone().post(path, **said).status == 403
    assert server.anyone().post(path).status == 303
