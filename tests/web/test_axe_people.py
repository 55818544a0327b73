"""The pages where people work, looked at by axe: light and dark, narrow and wide, left to right and right to left.

Six looks hold every pair of colours, width and language; a page is loaded once in each language.
"""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest
from served import Person, Served, served
from test_desks import first_station, put_photo, taken, typed
from test_known_sheets import write_known

from axe import axe_source, browser, found_by_axe
from testigo.core.ids import Digest
from testigo.flows.known import take_known
from testigo.ports import StraightPage
from testigo.wiring import make_home, open_private

pytestmark = [pytest.mark.slow, pytest.mark.thirdparty]

LOOKS = {"en": ((False, 1280), (True, 320)), "es": ((False, 320), (True, 1280)), "ar": ((False, 1280), (True, 320))}
"""Whether dark, and the width, by language."""
WITH_BOXES = """
[[box]]
field = "ANA"
page = 1
box_mm = [50, 60, 20, 8]
cells = 3
"""


def as_person(page: Any, server: Served, person: Person) -> None:
    page.command("Network.clearBrowserCookies")
    for name, value in person.cookies.items():
        page.command("Network.setCookie", name=name, value=value, url=server.origin)


def picture() -> bytes:
    """A sheet of grey paper."""
    jpeg: bytes = cv2.imencode(".jpg", np.full((297, 210), 200, np.uint8))[1].tobytes()
    return jpeg


@pytest.fixture
def desks(town: ModuleType, tmp_path: Path) -> Iterator[Served]:
    """The town served, with boxes on its paper that are found in every photo."""

    class Straightening(town.TextReader):  # type: ignore[misc,name-defined]
        def thumbnail(self, data: bytes, orient: int, width: int) -> bytes:
            return picture()

        def straightened(self, data: bytes, orient: int) -> tuple[StraightPage, ...]:
            return (StraightPage("sheet", 1, picture()),)

    election = town.write_town(tmp_path / "election")
    (form,) = election.glob("forms/*/form.toml")
    form.write_text(form.read_text().replace("[form]", '[form]\nphotos = "cropped"', 1) + WITH_BOXES)
    world = make_home(election, tmp_path / "home", None)[0]
    private = open_private(world)
    take_known(world, write_known(tmp_path / "known"), town.TextReader(), private, training=0, every=0)
    with served(world, Straightening()) as running:
        yield running


def looked_at(page: Any, address: str, source: str, *, ready: str) -> Iterator[str]:
    """What axe finds at an address, in every look."""
    for language, looks in LOOKS.items():
        page.open(f"{address}?lang={language}")
        page.wait_for("document.readyState === 'complete'")
        page.wait_for(ready)
        for dark, width in looks:
            for told in found_by_axe(page, source, dark=dark, width=width):
                yield f"{address} {language} {'dark' if dark else 'light'} {width}: {told}"


def test_axe_finds_nothing_on_the_pages_of_people(desks: Served, tmp_path: Path) -> None:
    server = desks
    differing = put_photo(server, b"PHOTO one")
    for slip in ("31", "13"):
        clerk = server.invited("clerk")
        clerk.post(taken(clerk), typed(server, f__ANA=slip))
    put_photo(server, b"PHOTO two")
    server.anyone().post("/problem", {"kind": "a station", "text": "The door was shut."})
    station = f"/board/station/{first_station(server)}"
    pages: list[tuple[str, str | None]] = [
        ("/", None), (server.link("clerk")[0], None), ("/problem", None), ("/nowhere", None), ("/c/", None),
        ("/", "clerk"), ("/desk", "clerk"), (f"/rulings/{Digest(differing)}", "adjudicator"), ("/board", "steward"),
        ("/board/wall", "steward"), ("/board/report", "steward"), (station, "steward"),
        ("/board", "observer"), (f"http://localhost:{server.port}/", None),
    ]  # fmt: skip
    source, wrong = axe_source(tmp_path), []
    people = {role: server.invited(role) for role in ("clerk", "adjudicator", "steward", "observer")}  # type: ignore[arg-type]
    with browser(tmp_path / "profile") as page:
        page.command("Network.enable")
        for path, role in pages:
            as_person(page, server, people[role] if role else server.anyone())
            address = path if "://" in path else server.origin + path
            # A photo that was made straight is shown with its field marked.
            ready = "!document.getElementById('start').hidden" if path == "/c/" else "true"
            if path == "/desk":
                ready = "(document.getElementById('f.ANA').focus(), !document.getElementById('mark').hidden)"
            wrong += looked_at(page, address, source, ready=ready)
    assert not wrong, "\n".join(wrong)
