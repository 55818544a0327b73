"""Passkeys: what is refused without a browser, and the whole of it in Chromium with an authenticator of its own."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from served import Person, Served

from browsers import program
from chromium_pipe import Browser

REFUSED_ID = {"id": "AAAA", "rawId": "AAAA", "type": "public-key"}
CLIENT = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUFBQSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3QifQ"


def post(server: Served, person: Person, path: str, told: object = None, *, own: bool = True) -> Any:
    """An answer asked of the server by its name, which passkeys need."""
    origin = f"http://localhost:{server.port}"
    headers = {"Host": f"localhost:{server.port}", "Origin": origin if own else "http://elsewhere.example"}
    return person.ask("POST", path, json.dumps(told).encode() if told else b"", headers)


def test_a_server_without_a_name_offers_no_passkeys(server: Served) -> None:
    assert "passkey" not in server.anyone().get("/").text
    assert server.anyone().post("/api/passkeys/ask").status == 404
    named = server.anyone().ask("GET", "/", None, {"Host": f"localhost:{server.port}"})
    assert "Sign in with a passkey" in named.text


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (None, 400), ([1], 400), ({"id": 5}, 400), (REFUSED_ID, 400), (REFUSED_ID | {"response": "x"}, 400),
        (REFUSED_ID | {"response": {"clientDataJSON": "%%"}}, 400),
        (REFUSED_ID | {"response": {"clientDataJSON": 5}}, 400),
        (REFUSED_ID | {"response": {"clientDataJSON": "W10"}}, 400),
        (REFUSED_ID | {"response": {"clientDataJSON": CLIENT}}, 403),
        (REFUSED_ID | {"id": "A" * 20_000}, 400),
    ],
)  # fmt: skip
def test_what_is_no_answer_of_a_passkey_is_refused(server: Served, told: object, status: int) -> None:
    answer = post(server, server.anyone(), "/api/passkeys/enter", told)
    assert (answer.status, "set-cookie" in answer.headers) == (status, False)
    clerk = server.invited("clerk")
    assert post(server, clerk, "/api/passkeys", told).status == status


def test_a_foreign_page_cannot_sign_somebody_in(server: Served) -> None:
    answer = post(server, server.anyone(), "/api/passkeys/enter", REFUSED_ID, own=False)
    assert (answer.status, "another site" in answer.json()["sentence"]) == (403, True)


def test_challenges_fill_no_memory_without_end(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("testigo.store.private_sql.MOST_CHALLENGES", 3)
    asked = [post(server, server.anyone(), "/api/passkeys/ask").status for _ in range(4)]
    assert asked == [200, 200, 200, 429]
    server.clock.now += timedelta(seconds=301)
    assert post(server, server.anyone(), "/api/passkeys/ask").status == 200


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Browser]:
    with Browser(program("chromium"), tmp_path / "profile") as browser:
        browser.command("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
        browser.command("WebAuthn.addVirtualAuthenticator", options=options)
        yield browser


def pressed(page: Browser, address: str) -> None:
    page.open(address)
    page.wait_for("document.readyState === 'complete' && !!document.querySelector('#passkey:not([hidden])')")
    page.click("document.querySelector('#passkey button')")


def answered(page: Browser, home: str) -> Any:
    """What the page would send to sign in, held back."""
    page.open(home + "/")
    page.wait_for("document.readyState === 'complete' && !!document.querySelector('#passkey:not([hidden])')")
    page.value(
        "globalThis.kept = ''; globalThis.fetch = ((own) => (path, how) => path.endsWith('enter')"
        " ? (globalThis.kept = how.body, Promise.reject(new Error('held'))) : own(path, how))(fetch); 0"
    )
    page.click("document.querySelector('#passkey button')")
    return json.loads(page.wait_for("globalThis.kept"))


@pytest.mark.slow
@pytest.mark.thirdparty
def test_a_clerk_adds_a_passkey_signs_in_with_it_and_loses_the_device(server: Served, page: Browser) -> None:
    home = f"http://localhost:{server.port}"
    page.open(home + server.link("clerk")[0])
    page.wait_for("!!document.querySelector('button.main')")
    page.click("document.querySelector('button.main')")
    page.wait_for("location.pathname === '/desk'")
    pressed(page, home + "/?lang=en")
    page.wait_for("!document.querySelector('[data-said=kept]').hidden")
    alias = page.value("document.querySelector('.who span').textContent").split()[3].rstrip(",")
    page.command("Network.clearBrowserCookies")

    pressed(page, home + "/?lang=en")
    page.wait_for("location.pathname === '/desk' && !!document.querySelector('.who span')")
    assert alias in page.value("document.querySelector('.who span').textContent")
    page.command("Network.clearBrowserCookies")

    # What is not signed signs nobody in, and uses its challenge up.
    shown = answered(page, home)
    spoilt = shown | {"response": shown["response"] | {"signature": shown["response"]["signature"][:-8] + "AAAAAAA"}}
    assert post(server, server.anyone(), "/api/passkeys/enter", spoilt).status == 403
    assert post(server, server.anyone(), "/api/passkeys/enter", shown).status == 403

    server.private.end_sessions_of(alias)
    pressed(page, home + "/?lang=en")
    page.wait_for("!document.querySelector('[data-said=failed]').hidden")
    assert "not known here" in page.value("document.querySelector('[data-why]').textContent")


@pytest.mark.slow
@pytest.mark.thirdparty
def test_an_answer_that_comes_too_late_or_counts_too_little_signs_nobody_in(server: Served, page: Browser) -> None:
    clerk = server.invited("clerk")
    home = f"http://localhost:{server.port}"
    page.command("Network.enable")
    for name, value in clerk.cookies.items():
        page.command("Network.setCookie", name=name, value=value, url=home)
    pressed(page, home + "/?lang=en")
    page.wait_for("!document.querySelector('[data-said=kept]').hidden")
    page.command("Network.clearBrowserCookies")

    late = answered(page, home)
    server.clock.now += timedelta(seconds=301)
    assert post(server, server.anyone(), "/api/passkeys/enter", late).status == 403
    earlier, later = answered(page, home), answered(page, home)
    assert post(server, server.anyone(), "/api/passkeys/enter", later).status == 200
    fewer = post(server, server.anyone(), "/api/passkeys/enter", earlier)
    assert (fewer.status, "as a copy would" in fewer.json()["sentence"]) == (403, True)
    assert post(server, server.anyone(), "/api/passkeys/enter", later).status == 403
