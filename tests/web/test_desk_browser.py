"""A clerk at the keyboard of a real browser: no key is lost, none counts twice, and the next pictures are there."""

from pathlib import Path

import pytest
from served import Served
from test_axe_people import as_person, desks
from test_desks import FIELDS, RIGHT, put_photo, records

from axe import browser
from testigo.core.records import Entry

pytestmark = [pytest.mark.slow, pytest.mark.thirdparty]
__all__ = ["desks"]

LOADED = "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)"


def test_an_impatient_clerk_keys_two_sheets(desks: Served, tmp_path: Path) -> None:
    photos = [put_photo(desks, b"PHOTO %d" % number) for number in range(2)]
    with browser(tmp_path / "profile") as page:
        page.command("Network.enable")
        as_person(page, desks, desks.invited("clerk"))
        page.open(desks.origin + "/desk")
        for left in (1, 0):
            page.wait_for("document.activeElement && document.activeElement.id === 'station' && !window.was")
            first = str(page.value("location.pathname"))
            page.keys("T1")
            for field in FIELDS:
                page.key("Enter")
                page.keys(RIGHT[field])
            assert page.value("document.activeElement.id") == f"f.{FIELDS[-1]}"
            if left:
                (other,) = (photo for photo in photos if first != f"/desk/{photo}")
                for part in ("image", "page/1"):
                    page.wait_for(f"{LOADED}.includes('/desk/{other}/{part}')")
            page.value("window.was = true")
            # The server's answer waits until everything is typed.
            page.command("Fetch.enable", patterns=[{"urlPattern": "*/desk/*"}])
            for _ in range(3):
                page.key("Enter")
            page.keys("9")
            page.command("Fetch.disable")
            page.wait_for("!window.was && document.readyState === 'complete'")
        assert "Nothing waits for you" in str(page.value("document.body.innerText"))
        assert page.problems == []
    right = {name: int(said) for name, said in RIGHT.items()}
    assert [entry.counts for entry in records(desks, Entry)] == [right, right]
