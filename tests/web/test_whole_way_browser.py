"""One sheet the whole way in a real browser: camera, no network, killed, promised, keyed twice, settled, proved.

Everything runs as people run it: the commands, one server process, and a browser profile for each person.
"""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from browsers import with_flags
from chromium_pipe import Browser
from testigo.core.records import Photo, Ruling
from testigo.wiring import open_home

pytestmark = [pytest.mark.slow, pytest.mark.thirdparty]

COMMAND = str(Path(sys.executable).with_name("testigo"))
ROWS = "[...document.querySelectorAll('#photos [data-state]')].map((row) => row.dataset.state)"


def run(*arguments: str | Path) -> str:
    done = subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def drill(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six stations whose sheets were filled in by hand."""
    folder = tmp_path_factory.mktemp("drill") / "drill"
    run("drill", folder, "--stations", "6", "--written", "--seed", "3", "--election", project / "elections" / "demo")
    return folder


@dataclass
class Night:
    """A home and a server that reads and seals it by itself, at `origin`."""

    home: Path
    process: "subprocess.Popen[str]"
    origin: str

    def link(self, role: str) -> str:
        return run("invite", role, "--home", self.home, "--address", self.origin).split()[0]

    def end(self) -> None:
        """As a steward ends it: what waits is sealed."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0


@pytest.fixture
def night(drill: Path, tmp_path: Path) -> Iterator[Night]:
    home = tmp_path / "home"
    run("setup", drill / "election", "--home", home)
    process = subprocess.Popen(
        [COMMAND, "serve", "--home", str(home), "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield Night(home, process, process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


class People:
    """Browsers, one profile a person; `phone` has a camera before which a sheet lies."""

    def __init__(self, chromium: str, folder: Path, paper: bytes) -> None:
        self._folder = folder
        (folder / "paper.y4m").write_bytes(paper)
        flags = "--use-fake-device-for-media-stream --use-fake-ui-for-media-stream"
        self._chromium = with_flags(chromium, f"{flags} --use-file-for-fake-video-capture={folder}/paper.y4m", folder)

    def of(self, name: str, *, width: int = 1280) -> Browser:
        return Browser(self._chromium, self._folder / name, width=width, height=800)


def frame(photo: Path) -> bytes:
    """What a cheap phone's camera sees of the photographed sheet: upright and small, so that no machine is sure."""
    with Image.open(photo) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((480, 480))
    upright = upright.crop((0, 0, upright.width // 2 * 2, upright.height // 2 * 2))
    planes: bytes = cv2.cvtColor(np.asarray(upright), cv2.COLOR_RGB2YUV_I420).tobytes()
    return b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % upright.size + (b"FRAME\n" + planes) * 3


def sheet_of(drill: Path) -> tuple[Path, str, dict[str, int]]:
    """A photo of a sheet with its station and what was written on it."""
    truth = json.loads((drill / "truth.json").read_text())
    for name, one in sorted(truth["photos"].items()):
        station = truth["stations"][one["station"]]
        if one["content"] == "sheet" and one["grade"] == "mild" and station["trouble"] is None:
            return drill / "photos" / name, one["station"], station["figures"]
    raise AssertionError("no sheet")


def by(id_: str) -> str:
    return f"document.getElementById('{id_}')"


def came_in(page: Any, address: str) -> None:
    page.open(address)
    page.wait_for("document.readyState === 'complete' && !!document.querySelector('button.main')")
    page.click("document.querySelector('button.main')")
    page.wait_for("!location.pathname.startsWith('/i/')")


def photographed(people: People, night: Night, station: str) -> str:
    """The phone's part; gives the hash that the server promised to publish."""
    with people.of("phone", width=360) as page:
        page.open(night.link("volunteer"))
        page.wait_for(f"{by('start')} && !{by('start')}.hidden")
        page.click(by("begin"))
        page.wait_for(f"!{by('capture')}.hidden")
        page.wait_for("navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated')")
        page.command("Network.enable")
        page.command(
            "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1
        )
        page.click(by("station"))
        page.command("Input.insertText", text=station)
        page.click(by("take"))
        page.wait_for(f"{by('video')}.videoWidth > 0")
        page.click(by("shoot"))
        page.wait_for(f"!!{by('use')}")
        page.click(by("use"))
        page.wait_for(f"({ROWS})[0] === 'saved'")
    # The browser is gone; the photo is not.
    with people.of("phone", width=360) as page:
        page.open(f"{night.origin}/c/?lang=en")
        page.wait_for(f"({ROWS})[0] === 'promised'")
        note = str(page.value("document.querySelector('pre').textContent"))
        assert page.problems == []
    found = re.search(r"\b[0-9a-f]{64}\b", note)
    assert found is not None, note
    return found[0]


def keyed(people: People, name: str, address: str, station: str, figures: dict[str, int]) -> None:
    """A clerk keys the sheet by keyboard alone, as it is given to them once a machine has looked at it."""
    with people.of(name) as page:
        came_in(page, address)
        for _ in range(240):
            page.wait_for("document.readyState === 'complete'")
            if page.value(f"!!{by('entry')}"):
                break
            time.sleep(0.5)
            page.open(str(page.value("location.origin")) + "/desk")
        page.wait_for("document.activeElement && document.activeElement.id === 'station'")
        assert page.value(f"{by('entry')} && [...document.querySelectorAll('.count')].every((one) => !one.value)")
        page.command("Input.insertText", text=station)
        for value in figures.values():
            page.key("Enter")
            page.command("Input.insertText", text=str(value))
        page.key("Enter")
        page.wait_for(f"!{by('entry')}")
        assert page.problems == []


def settled(people: People, address: str, right: int, slip: int) -> None:
    """An adjudicator sees the one field that differs, and says why."""
    with people.of("third") as page:
        came_in(page, address)
        page.wait_for(f"document.readyState === 'complete' && !!{by('ruling')}")
        assert page.value("document.querySelectorAll('fieldset').length") == 1
        said = page.value("[...document.querySelectorAll('.pick bdi')].map((one) => one.textContent)")
        assert sorted(said) == sorted([str(right), str(slip)])
        page.value(f"document.querySelectorAll('.pick input')[{said.index(str(right))}].click()")
        page.value(f"{by('reason')}.focus()")
        page.command("Input.insertText", text="a two with a loop")
        page.click("document.querySelector('#ruling button')")
        page.wait_for(f"!{by('ruling')}")
        assert page.problems == []


def test_one_sheet_goes_the_whole_way(either_chromium: str, drill: Path, night: Night, tmp_path: Path) -> None:
    photo, station, figures = sheet_of(drill)
    people = People(either_chromium, tmp_path, frame(photo))
    promised = photographed(people, night, station)
    slip = figures | {"B1": figures["B1"] + 1}
    keyed(people, "first", night.link("clerk"), station, figures)
    keyed(people, "second", night.link("clerk"), station, slip)
    settled(people, night.link("adjudicator"), figures["B1"], slip["B1"])
    night.end()

    records = [record for _, record in open_home(night.home).views.records()]
    assert [record.sha256 for record in records if isinstance(record, Photo)] == [promised]
    (ruling,) = [record for record in records if isinstance(record, Ruling)]
    assert dict(ruling.counts) == figures
    site = tmp_path / "site"
    run("publish", site, "--home", night.home)
    assert "verified" in run("verify", site / "bundle", "--policy", night.home / "policy.txt").lower()
    run("prove", station, "--home", night.home, "--out", tmp_path / "proofs")
    (proof,) = (tmp_path / "proofs").iterdir()
    assert proof.read_text().startswith("c2sp.org/tlog-proof@v1\n")
    (page_file,) = site.rglob(f"{station}.html")
    with people.of("reader") as page:
        page.open(f"file://{page_file}")
        page.wait_for("location.protocol === 'file:' && document.readyState === 'complete'")
        text = str(page.value("document.body.innerText"))
        votes = (figures["A1"] + figures["A2"], figures["D1"], figures["valid"], figures["cast"])
        assert [bool(re.search(rf"\b{value}\b", text)) for value in votes] == [True] * 4, text
        assert promised[:12] in text
        assert page.problems == []
