"""The pages where people work, looked at by axe: light and dark, narrow and wide, left to right and right to left."""

from pathlib import Path
from typing import Any

import pytest
from served import Person, Served
from test_desks import put_photo, taken, typed

from axe import axe_source, browser, found_by_axe
from testigo.core.ids import Digest

pytestmark = [pytest.mark.slow, pytest.mark.thirdparty]

LOOKS = ((False, 1280, "en"), (True, 320, "ar"))


def as_person(page: Any, server: Served, person: Person) -> None:
    page.command("Network.clearBrowserCookies")
    for name, value in person.cookies.items():
        page.command("Network.setCookie", name=name, value=value, url=server.origin)


def test_axe_finds_nothing_on_the_pages_of_people(server: Served, tmp_path: Path) -> None:
    differing, waiting = put_photo(server, b"PHOTO one"), put_photo(server, b"PHOTO two")
    for slip in ("31", "13"):
        clerk = server.invited("clerk")
        while (place := taken(clerk)) != f"/desk/{differing}":
            clerk.post(place, typed(server))
        clerk.post(place, typed(server, f__ANA=slip))
    server.anyone().post("/problem", {"kind": "a station", "text": "The door was shut."})
    pages: list[tuple[str, str | None]] = [
        ("/", None), (server.link("clerk")[0], None), ("/problem", None), ("/nowhere", None), ("/c/", None),
        ("/", "clerk"), ("/desk", "clerk"), (f"/rulings/{Digest(differing)}", "adjudicator"), ("/board", "steward"),
        ("/board/wall", "steward"), ("/board/report", "steward"), ("/board/station/T1", "steward"),
        ("/board", "observer"), (f"http://localhost:{server.port}/", None),
    ]  # fmt: skip
    assert waiting != differing
    source, wrong = axe_source(tmp_path), []
    people = {role: server.invited(role) for role in ("clerk", "adjudicator", "steward", "observer")}  # type: ignore[arg-type]
    with browser(tmp_path / "profile") as page:
        page.command("Network.enable")
        for path, role in pages:
            as_person(page, server, people[role] if role else server.anyone())
            for dark, width, language in LOOKS:
                address = path if "://" in path else server.origin + path
                page.open(f"{address}?lang={language}")
                page.wait_for("document.readyState === 'complete'")
                if path == "/c/":
                    page.wait_for("!document.getElementById('start').hidden")
                told = found_by_axe(page, source, dark=dark, width=width)
                wrong += [f"{path} {role} {language}: {one}" for one in told]
    assert not wrong, "\n".join(wrong)
