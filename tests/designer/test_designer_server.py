"""The designer answers one browser on this machine, and does what it is asked within limits."""

import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
from desk_visit import Visit
from fourth_form import CELLS, FIELDS, HEIGHT, LINES, SIGNATURES, TRUTH, WIDTH, column, filled, photographed

from testigo.core.form import form_from_toml
from testigo.designer.opening import opened_desk
from testigo.designer.page_files import language_asked
from testigo.errors import BadElection, BadPhoto
from testigo.flows.folder import read_folder


def as_rect(left: float, upper: float, right: float, lower: float) -> list[float]:
    return [left / WIDTH, upper / HEIGHT, (right - left) / WIDTH, (lower - upper) / HEIGHT]


def sketch() -> dict[str, object]:
    """The fourth form as the page would send it."""
    groups = [
        {"page": 1, "rect": as_rect(*column(0, 10)), "cells": CELLS, "gap": 0.25, "free": False, "names": FIELDS[:11]},
        {"page": 1, "rect": as_rect(*column(11, 14)), "cells": CELLS, "gap": 0, "free": False, "names": FIELDS[11:]},
    ]
    sums = [
        {"code": "valid", "text": f"{' + '.join(LINES)} = valid", "warns": False},
        {"code": "cast", "text": "valid + blank + null = cast", "warns": False},
    ]
    personal = [{"page": 1, "rect": as_rect(*SIGNATURES), "what": "signatures"}]
    head = {"id": "fourth", "name": "Fourth", "paper_mm": [210, 297]}
    return {**head, "groups": groups, "sums": sums, "personal": personal, "codes": []}


def make_straight(visit: Visit) -> None:
    _, corners = photographed(filled(TRUTH))
    reply = visit.ask("straighten/1", {"corners": corners.tolist(), "paper_mm": [210, 297]})
    assert reply.status == 200, reply.data


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost:80"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_gets_nothing(visit: Visit, headers: dict[str, str]) -> None:
    for path, body in (("start.json", None), ("end", {}), ("save", sketch())):
        reply = visit.ask(path, body, headers=headers)
        assert (reply.status, reply.data) == (404, b"not found")
    assert visit.ask("start.json").status == 200


def test_without_the_token_there_is_nothing(visit: Visit) -> None:
    token = urlsplit(visit.address).path.strip("/")
    assert len(token) >= 32
    for path in ("/", "/en/start.json", f"/{token[:-1]}/en/start.json", f"/x{token}/en/", f"//{token}/en/", "/%ff/"):
        reply = visit.ask(path)
        assert (reply.status, reply.data) == (404, b"not found")


def test_every_answer_forbids_what_the_page_does_not_need(visit: Visit) -> None:
    for path in ("", "main.js", "start.json", "/nothing", "photo/1"):
        headers = visit.ask(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert (headers["referrer-policy"], headers["x-content-type-options"]) == ("no-referrer", "nosniff")
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


def test_the_page_holds_no_script_or_style_of_its_own(visit: Visit) -> None:
    for language in ("en", "es"):
        text = visit.ask(f"{urlsplit(visit.address).path}{language}/").data.decode()
        assert re.findall(r"<script(?! type=\"module\" src=\"main.js\"></script>)", text) == []
        assert re.findall(r"<style| style=| on\w+=", text) == []
        assert f'<html lang="{language}"' in text


def test_files_outside_the_page_cannot_be_asked_for(visit: Visit) -> None:
    root = urlsplit(visit.address).path
    for name in ("designer.html", "../server.py", "..%2fserver.py", "%2e%2e/server.py", "x.js", "main.js%00"):
        assert visit.ask(f"{root}en/{name}").status == 404
    assert visit.ask(f"{root}xx/").status == 404
    assert visit.ask("main.js", method="DELETE").status == 405


def test_the_language_is_that_which_the_browser_asks_for() -> None:
    assert [language_asked(text) for text in ("es-VE,es;q=0.9,en;q=0.8", "fr, es;q=0.5", "fr", "")] == [
        "es",
        "es",
        "en",
        "en",
    ]


def test_what_is_too_large_or_no_photo_is_refused(visit: Visit) -> None:
    assert visit.ask("faults", b" " * 1_100_000).status == 422
    refused = visit.ask("samples?name=x", b"GIF89a")
    assert (refused.status, refused.value["cause"]) == (422, "foreign")
    assert visit.ask("samples?name=x", b"\xff\xd8\xff\xe0" + bytes(20_000_000)).value["cause"] == "huge"
    assert visit.ask("straighten/1", {"corners": [[0, 0]] * 4, "paper_mm": [210, 297]}).status == 422
    assert visit.ask("straighten/1", {"corners": [[0, 0]] * 3, "paper_mm": [210, 297]}).status == 400
    assert visit.ask("straighten/1", {"corners": [[0, 0], [9, 0], [9, 9], [0, "x"]], "paper_mm": [1, 2]}).status == 400
    assert (
        visit.ask("straighten/7", {"corners": [[0, 0], [9, 0], [9, 9], [0, 9]], "paper_mm": [210, 297]}).status == 404
    )
    assert visit.ask("sample/0/9").status == 404
    assert visit.ask("read/99", sketch()).status == 404
    assert visit.ask("grid/1", [0, 0, 7, 1]).status == 400
    assert visit.ask("save", {**sketch(), "id": "../../x"}).status == 400


def test_the_sheet_s_corners_are_proposed(visit: Visit) -> None:
    told = visit.ask("outline/1").value
    _, corners = photographed(filled(TRUTH))
    assert told["found"]
    assert np.abs(np.array(told["corners"]) - corners).max() < 0.01 * max(told["size"])


def test_the_printed_table_is_found_on_the_straight_page(visit: Visit) -> None:
    make_straight(visit)
    left, upper, right, lower = column(0, 10)
    (grid,) = visit.ask("grid/1", as_rect(left - 6, upper - 6, right + 6, lower + 6)).value["grids"]
    assert grid[4:6] == [11, 3]
    assert np.abs(np.array(grid[:4]) - as_rect(*column(0, 10))).max() < 0.003


def test_a_sample_is_read_with_the_form_as_it_is_drawn(visit: Visit) -> None:
    make_straight(visit)
    told = visit.ask("read/1", sketch()).value
    assert told["pages"] == [{"page": 1, "why": None, "turned": pytest.approx(4, abs=2)}]
    assert [field["name"] for field in told["fields"]] == list(FIELDS)
    assert {mark for field in told["fields"] for mark in field["marks"]} <= {"written", "heavy"}
    picture = visit.ask("sample/1/1")
    assert (picture.headers["content-type"], picture.data[:2]) == ("image/jpeg", b"\xff\xd8")


@pytest.mark.slow
def test_a_photo_of_something_else_is_said_to_be_none_of_this_form(visit: Visit) -> None:
    make_straight(visit)
    other = np.full((1200, 900, 3), 235, np.uint8)
    for row in range(40):
        cv2.putText(other, "other words " * 3, (30, 30 + 28 * row), cv2.FONT_HERSHEY_PLAIN, 1.5, (40, 40, 40), 2)
    index = visit.ask("samples?name=other", cv2.imencode(".jpg", other)[1].tobytes()).value["index"]
    told = visit.ask(f"read/{index}", sketch()).value
    assert told["pages"][0]["why"] in ("no features", "no shape of a page", "other print")
    assert all(field["value"] is None for field in told["fields"])


def test_saving_writes_a_form_that_the_election_loads_and_asks_before_it_replaces_one(visit: Visit) -> None:
    make_straight(visit)
    saved = visit.ask("save", sketch()).value["files"]
    assert [Path(path).name for path in saved] == ["form.toml", "blank.png"]
    (form,) = read_folder(visit.folder).forms.values()
    assert form == form_from_toml(Path(saved[0]).read_text(), saved[0])
    assert (form.fields, len(form.boxes), [rule.code for rule in form.rules]) == (FIELDS, 15, ["valid", "cast"])
    before = Path(saved[0]).read_bytes()
    renamed = {**sketch(), "name": "Another"}
    assert visit.ask("save", renamed).value == {"exists": saved[0]}
    assert Path(saved[0]).read_bytes() == before
    assert visit.ask("save?replace=yes", renamed).value["files"] == saved
    assert b'name = "Another"' in Path(saved[0]).read_bytes()
    assert sorted(path.name for path in Path(saved[0]).parent.iterdir()) == ["blank.png", "form.toml"]


def test_a_page_that_is_loaded_again_goes_on_where_it_was(visit: Visit) -> None:
    assert visit.ask("keep", {"id": "fourth"}).status == 200
    assert visit.ask("start.json").value["kept"] == {"id": "fourth"}
    assert visit.ask("keep", b"{").status == 400


def test_the_command_names_a_file_that_is_no_photo_and_an_election_that_is_none(
    tmp_path: Path, make_folder: Callable[[Path], Path]
) -> None:
    folder = make_folder(tmp_path)
    (tmp_path / "text.jpg").write_text("no photo")
    for photos, error in (([folder / "text.jpg"], BadPhoto), ([folder / "missing.jpg"], BadPhoto)):
        with pytest.raises(error, match=photos[0].name), opened_desk(photos, [], None):
            pass
    with pytest.raises(BadElection, match=r"election\.toml"), opened_desk([folder / "first.jpg"], [], tmp_path):
        pass


@pytest.mark.slow
def test_a_form_of_two_pages_has_a_blank_of_each(tmp_path: Path, make_folder: Callable[[Path], Path]) -> None:
    folder = make_folder(tmp_path)
    page, corners = photographed(np.ascontiguousarray(filled(TRUTH)[:, ::-1]), seed=8)
    (folder / "back.jpg").write_bytes(page)
    with opened_desk([folder / "first.jpg", folder / "back.jpg"], [], folder / "election") as desk:
        thread = threading.Thread(target=desk.serve)
        thread.start()
        visit = Visit(desk.address, folder)
        make_straight(visit)
        both = {**sketch(), "personal": [{"page": 2, "rect": [0.1, 0.1, 0.2, 0.1], "what": "names"}]}
        assert visit.ask("read/0", both).status == 404
        assert visit.ask("straighten/2", {"corners": corners.tolist(), "paper_mm": [210, 297]}).status == 200
        whys = [[part["why"] is None for part in visit.ask(f"read/{index}", both).value["pages"]] for index in (0, 1)]
        saved = visit.ask("save", both).value["files"]
        desk.end()
        thread.join(20)
    assert whys == [[True, False], [False, True]]
    assert [Path(path).name for path in saved] == ["form.toml", "blank-1.png", "blank-2.png"]
    assert read_folder(folder / "election").forms["fourth"].pages == 2


def test_the_button_ends_the_desk(tmp_path: Path, make_folder: Callable[[Path], Path]) -> None:
    folder = make_folder(tmp_path)
    with opened_desk([folder / "first.jpg"], [], None) as desk:
        thread = threading.Thread(target=desk.serve)
        thread.start()
        visit = Visit(desk.address, folder)
        assert json.loads(visit.ask("start.json").data)["ballots"] == []
        assert visit.ask("end", {}).status == 200
        thread.join(20)
        assert not thread.is_alive()
