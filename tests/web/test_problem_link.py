"""From a published page to the steward's board, over HTTP and without an identity."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest
from served import Served

from testigo.commands.publication import publish_command
from testigo.errors import BadUsage
from testigo.flows.publish import publish
from testigo.flows.report import report
from testigo.web.problems import KINDS
from testigo.wiring import make_home

LINK = re.compile(r'<a rel="nofollow" href="([^"]+)">')


class Fields(HTMLParser):
    """The fields of a form as a browser would send them untouched."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in ("input", "textarea") and values.get("name"):
            self.found[str(values["name"])] = values.get("value") or ""


def published(server: Served, reader: Any, out: Path, people: str | None) -> dict[str, str]:
    with ThreadPoolExecutor(1) as executor:
        publish(server.world, out, reader, executor, lambda step: None, people=people)
    return {page.relative_to(out).as_posix(): page.read_text("utf-8") for page in sorted(out.glob("**/*.html"))}


def test_a_report_goes_from_a_published_page_to_the_board(server: Served, town: ModuleType, tmp_path: Path) -> None:
    reader = town.TextReader()
    report(server.world, "north", "a.csv", town.table(town.STATIONS, "T9,1,1,1,1,1,2,3"))
    pages = published(server, reader, tmp_path / "one", server.origin)
    assert [path for path, text in pages.items() if "bundle" not in path and len(LINK.findall(text)) != 1] == []
    (link,) = LINK.findall(pages["s/T1.html"])
    address = html.unescape(link).removeprefix(server.origin)
    assert address == "/problem?page=s/T1.html&station=T1"
    visitor, steward = server.anyone(), server.invited("steward")
    fields = Fields(visitor.get(address).text).found
    assert (fields["page"], fields["station"]) == ("s/T1.html", "T1")
    assert visitor.post("/problem", fields | {"kind": KINDS[0], "text": "It says 7, the photo says 1."}).status == 200
    board = steward.get("/board").text
    assert "s/T1.html: It says 7, the photo says 1." in board
    (problem,) = server.private.problems()
    assert (problem.station, visitor.cookies) == ("T1", {})
    (link,) = LINK.findall(pages["missing.html"])
    assert 'value="missing.html"' in visitor.get(html.unescape(link).removeprefix(server.origin)).text


def test_a_page_that_is_no_path_of_the_site_is_not_taken_over(server: Served) -> None:
    for page in ("javascript:x.html", 'a".html', "https://elsewhere.example/x.html?y", "x"):
        assert 'name="page"' not in server.anyone().get(f"/problem?page={quote(page)}").text
    told = {"kind": KINDS[0], "text": "x", "page": "<b>.html"}
    assert server.anyone().post("/problem", told).status == 200
    assert [problem.text for problem in server.private.problems()] == ["x"]
    kept = server.anyone().post("/problem", {"kind": KINDS[0], "text": "", "page": "findings.html"})
    assert (kept.status, 'value="findings.html"' in kept.text) == (422, True)


def test_without_an_address_pages_offer_nothing_and_twice_published_is_the_same(
    server: Served, town: ModuleType, tmp_path: Path
) -> None:
    reader = town.TextReader()
    plain = published(server, reader, tmp_path / "plain", None)
    assert not any("nofollow" in text for text in plain.values())
    one, two = (published(server, reader, tmp_path / name, "https://count.example") for name in ("one", "two"))
    assert one == two
    assert {LINK.sub("", text).count("count.example") for text in one.values()} == {0}


def test_the_election_names_the_address(town: ModuleType, tmp_path: Path) -> None:
    folder = town.write_town(tmp_path / "election")
    text = (folder / "election.toml").read_text()
    (folder / "election.toml").write_text(text + '[people]\naddress = "https://count.example"\n')
    world, _ = make_home(folder, tmp_path / "home", None)
    with ThreadPoolExecutor(1) as executor:
        publish(world, tmp_path / "site", town.TextReader(), executor, lambda step: None)
    assert 'href="https://count.example/problem?page=index.html"' in (tmp_path / "site" / "index.html").read_text()
    with pytest.raises(BadUsage, match="--people: expected an address"):
        publish_command(tmp_path / "site", home=tmp_path / "home", people="count.example/x")
