"""The phone's page in Chromium: with a camera, without a network, with the browser killed in between."""

import base64
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat
from sending import photos_held
from served import Served

from testigo.core.sealed import SEALED_START

pytestmark = pytest.mark.thirdparty

EVERYTHING_KEPT = """(async () => ({
  databases: (await indexedDB.databases()).map(({ name }) => name), caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  storage: localStorage.length + sessionStorage.length,
  cookies: document.cookie }))()"""
NOTHING = {"databases": [], "caches": [], "workers": 0, "storage": 0, "cookies": ""}
ROWS = "[...document.querySelectorAll('#photos [data-state]')].map((row) => row.dataset.state)"
BYTES_KEPT = """(async () => {
  const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const opened = await answer(indexedDB.open("photos"));
  const all = await answer(opened.transaction("photos").objectStore("photos").getAll());
  opened.close();
  return all.map(({ state, sha256, bytes }) => ({ state, sha256, size: bytes ? bytes.byteLength : 0 }));
})()"""


BYTES_IN_EVERY_STORE = """(async () => {
  const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const opened = await answer(indexedDB.open(name));
    for (const store of opened.objectStoreNames) {
      for (const one of await answer(opened.transaction(store).objectStore(store).getAll())) {
        for (const value of Object.values(one)) {
          if (value instanceof ArrayBuffer || value instanceof Blob || ArrayBuffer.isView(value)) {
            const read = new FileReader();
            const done = new Promise((end) => { read.onload = end; });
            read.readAsDataURL(new Blob([value]));
            await done;
            found.push(read.result.split(",")[1]);
          }
        }
      }
    }
    opened.close();
  }
  return found;
})()"""


def element(id_: str) -> str:
    return f"document.getElementById('{id_}')"


def network(page: Any, *, there: bool) -> None:
    page.command("Network.enable")
    page.command(
        "Network.emulateNetworkConditions", offline=not there, latency=0, downloadThroughput=-1, uploadThroughput=-1
    )


def started(page: Any, server: Served, *, how: str = "begin", language: str = "en", invited: bool = True) -> None:
    (path,) = server.link("volunteer")
    token = path.rpartition("/")[2]
    page.open(f"{server.origin}/c/?lang={language}" + (f"#i={token}" if invited else ""))
    page.wait_for(f"!!{element('start')} && !{element('start')}.hidden")
    page.click(element(how))
    page.wait_for(f"!{element('capture')}.hidden")


def shot(page: Any) -> None:
    page.click(element("take"))
    page.wait_for(f"{element('video')}.videoWidth > 0")
    page.click(element("shoot"))
    page.wait_for(f"!!{element('use')}")


def choose(page: Any, file: Path) -> None:
    root = page.command("DOM.getDocument")["root"]["nodeId"]
    found = page.command("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
    page.command("DOM.setFileInputFiles", nodeId=found, files=[str(file)])
    page.wait_for(f"!!{element('use')}")


def sheet(kind: str = "JPEG", **options: object) -> bytes:
    picture = Image.effect_noise((1400, 1800), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "CanaryMaker", 6
    out = io.BytesIO()
    picture.save(out, kind, exif=exif, **options)
    return out.getvalue()


def test_a_photo_taken_without_a_network_survives_a_killed_browser_and_is_sent(
    phone_server: Served, browse: Callable[..., Any]
) -> None:
    with browse() as page:
        started(page, phone_server)
        assert "#i=" not in page.value("location.href")
        page.wait_for("navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated')")
        network(page, there=False)
        page.open(f"{phone_server.origin}/c/")
        page.wait_for(f"!!{element('capture')} && !{element('capture')}.hidden")
        shot(page)
        page.click(element("use"))
        page.wait_for(f"{ROWS}[0] === 'saved'")
        page.wait_for(f"{element('sending')}.textContent.includes('No network')")
        (kept,) = page.value(BYTES_KEPT)
        assert kept["size"] > 1000
    assert photos_held(phone_server) == []
    with browse() as page:
        page.open(f"{phone_server.origin}/c/")
        page.wait_for(f"({ROWS})[0] === 'promised'")
        (after,) = page.value(BYTES_KEPT)
        # The server has it: the phone needs it no longer.
        assert after == {"state": "promised", "sha256": kept["sha256"], "size": 0}
        assert kept["sha256"] in page.value("document.querySelector('pre').textContent")
        assert page.problems == []
    (held,) = photos_held(phone_server)
    assert held.sha256 == kept["sha256"]


def test_a_photo_that_nobody_decided_on_is_safe_when_the_browser_is_killed(
    phone_server: Served, browse: Callable[..., Any]
) -> None:
    with browse() as page:
        started(page, phone_server)
        shot(page)
    with browse() as page:
        page.open(f"{phone_server.origin}/c/")
        page.wait_for(f"!!{element('use')}")
        # The pixels went with the page: what the phone keeps nobody but the server can open.
        assert page.value(f"!!{element('sealed')} && !document.querySelector('#draft canvas')")
        page.click(element("again"))
        page.wait_for(f"!{element('form')}.hidden")
        assert page.value(BYTES_KEPT) == []


def test_what_the_phone_keeps_only_the_server_can_open(
    phone_server: Served, browse: Callable[..., Any], tmp_path: Path
) -> None:
    with browse() as page:
        started(page, phone_server, invited=False)
        (tmp_path / "one.jpg").write_bytes(sheet(quality=90))
        choose(page, tmp_path / "one.jpg")
        page.click(element("use"))
        page.wait_for(f"({ROWS})[0] === 'saved'")
        # The page moves when this line comes.
        page.wait_for(f"{element('sending')}.textContent.includes('invitation')")
        # Nobody decides on the second one.
        shot(page)
        kept = [base64.b64decode(text) for text in page.value(BYTES_IN_EVERY_STORE)]
    assert len(kept) == 2
    photos = [phone_server.opener.open(data) for data in kept]
    on_disk = b"".join(path.read_bytes() for path in sorted((tmp_path / "profile").rglob("*")) if path.is_file())
    for sealed, photo in zip(kept, photos, strict=True):
        assert sealed.startswith(SEALED_START)
        assert photo[:3] == b"\xff\xd8\xff"
        pieces = [photo[at : at + 24] for at in range(600, len(photo) - 24, 997)]
        # The camera's test picture is flat in most places, which gives runs of the same bytes.
        pieces = [piece for piece in pieces if len(set(piece)) > 12]
        assert len(pieces) > 5
        assert not any(piece in data for piece in pieces for data in kept)
        assert [at for at, piece in enumerate(pieces) if piece in on_disk] == []
    # It is looked for where it would be.
    assert kept[0][5000:5024] in on_disk


def test_a_sealed_photo_of_a_killed_browser_can_be_sent_with_what_was_said_of_it(
    phone_server: Served, browse: Callable[..., Any]
) -> None:
    station = next(iter(phone_server.world.register.stations))
    with browse() as page:
        started(page, phone_server)
        page.click(element("station"))
        page.command("Input.insertText", text=station)
        page.click(element("next-page"))
        page.wait_for(f"{element('place')}.className === 'good'")
        shot(page)
        (kept,) = page.value(BYTES_KEPT)
    with browse() as page:
        page.open(f"{phone_server.origin}/c/")
        page.wait_for(f"!!{element('sealed')} && !!{element('use')}")
        page.click(element("use"))
        page.wait_for(f"({ROWS})[0] === 'promised'")
        assert page.problems == []
    (held,) = photos_held(phone_server)
    assert (held.sha256, held.station, held.page) == (kept["sha256"], station, 2)


def test_a_photo_sealed_for_another_key_is_told_as_such(phone_server: Served, browse: Callable[..., Any]) -> None:
    with browse() as page:
        started(page, phone_server, how="discreet")
        page.value(
            "document.getElementById('sealing').textContent ="
            " document.getElementById('sealing').textContent.replace('log.example/town', 'log.example/else')"
        )
        shot(page)
        page.click(element("use"))
        page.wait_for(f"({ROWS})[0] === 'refused'")
        assert "another key" in page.value(f"{element('photos')}.textContent")
    assert photos_held(phone_server) == []


def test_a_chosen_photo_loses_its_metadata_on_the_phone_and_keeps_its_station(
    phone_server: Served, browse: Callable[..., Any], tmp_path: Path
) -> None:
    station = next(iter(phone_server.world.register.stations))
    (tmp_path / "private-name.jpg").write_bytes(sheet(quality=90))
    with browse() as page:
        started(page, phone_server)
        page.click(element("station"))
        page.command("Input.insertText", text=station)
        page.click(element("next-page"))
        page.wait_for(f"{element('place')}.className === 'good'")
        choose(page, tmp_path / "private-name.jpg")
        page.click(element("use"))
        page.wait_for(f"({ROWS})[0] === 'promised'")
    (held,) = photos_held(phone_server)
    assert (held.station, held.page, held.orient) == (station, 2, 6)
    data = phone_server.world.blobs.open(held.sha256)
    assert b"CanaryMaker" not in data
    assert hashlib.sha256(data).hexdigest() == held.sha256


def test_a_png_becomes_a_jpeg_and_a_number_that_the_list_lacks_does_not_stop_it(
    phone_server: Served, browse: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "screen.png").write_bytes(sheet("PNG"))
    with browse() as page:
        started(page, phone_server)
        page.click(element("station"))
        page.command("Input.insertText", text="99999999")
        page.click(element("next-page"))
        page.wait_for(f"{element('place')}.className === 'fault'")
        choose(page, tmp_path / "screen.png")
        page.click(element("use"))
        page.wait_for(f"({ROWS})[0] === 'promised'")
        assert "goes without it" in page.value(f"{element('photos')}.textContent")
    (held,) = photos_held(phone_server)
    assert held.station is None
    assert phone_server.world.blobs.open(held.sha256)[:2] == b"\xff\xd8"


def test_one_tap_leaves_nothing_on_the_phone(phone_server: Served, browse: Callable[..., Any]) -> None:
    with browse() as page:
        started(page, phone_server)
        page.wait_for("navigator.serviceWorker.ready.then(() => true)")
        shot(page)
        assert page.value(EVERYTHING_KEPT) != NOTHING
        page.click(element("forget"))
        page.wait_for(f"!{element('gone')}.hidden")
        assert page.value(EVERYTHING_KEPT) == NOTHING
        page.open(f"{phone_server.origin}/c/?lang=en")
        page.wait_for(f"!!{element('start')} && !{element('start')}.hidden")


def test_discreet_mode_keeps_nothing_and_sends_all_the_same(phone_server: Served, browse: Callable[..., Any]) -> None:
    with browse() as page:
        started(page, phone_server, how="discreet")
        shot(page)
        page.click(element("use"))
        page.wait_for(f"({ROWS})[0] === 'promised'")
        assert page.value(EVERYTHING_KEPT) == NOTHING
    assert len(photos_held(phone_server)) == 1


def test_without_an_invitation_photos_wait_and_another_link_sends_them(
    phone_server: Served, browse: Callable[..., Any]
) -> None:
    with browse() as page:
        started(page, phone_server, invited=False)
        shot(page)
        page.click(element("use"))
        page.wait_for(f"{element('sending')}.textContent.includes('invitation')")
        assert page.value(ROWS) == ["saved"]
        (path,) = phone_server.link("volunteer")
        page.open(f"{phone_server.origin}/c/?lang=en#i={path.rpartition('/')[2]}")
        page.wait_for(f"({ROWS})[0] === 'promised'")


def test_an_invitation_whose_answer_was_lost_is_not_lost(phone_server: Served, browse: Callable[..., Any]) -> None:
    with browse() as page:
        (path,) = phone_server.link("volunteer")
        page.open(f"{phone_server.origin}/c/?lang=en#i={path.rpartition('/')[2]}")
        page.wait_for(f"!!{element('start')} && !{element('start')}.hidden")
        page.value(
            "window.fetch = ((real) => async (url, how) => { const answer = await real(url, how);"
            " if (url === '/api/enrol') throw new TypeError('lost'); return answer; })(window.fetch)"
        )
        page.click(element("begin"))
        page.wait_for(f"!{element('capture')}.hidden")
        shot(page)
        page.click(element("use"))
        page.wait_for(f"{element('sending')}.textContent.includes('No network')")
        assert (len(phone_server.private.rows()["pass"]), photos_held(phone_server)) == (1, [])
    with browse() as page:
        page.open(f"{phone_server.origin}/c/?lang=en")
        page.wait_for(f"({ROWS})[0] === 'promised'")
    assert len(photos_held(phone_server)) == 1


@pytest.mark.parametrize("spoiled", ["promise", "sha256"])
def test_a_note_for_another_photo_is_not_called_sent(
    phone_server: Served, browse: Callable[..., Any], spoiled: str
) -> None:
    with browse() as page:
        started(page, phone_server, how="discreet")
        page.command("Fetch.enable", patterns=[{"urlPattern": "*/api/uploads/*", "requestStage": "Response"}])
        page.value(
            "window.fetch = ((real) => async (url, how) => { const answer = await real(url, how);"
            " if (how.method !== 'GET' || !String(url).startsWith('/api/uploads/')) return answer;"
            " const told = await answer.json();"
            f" if (told.{spoiled}) told.{spoiled} = told.{spoiled}.replace(/[0-9a-f]{{64}}/, 'a'.repeat(64));"
            " return new Response(JSON.stringify(told)); })(window.fetch)"
        )
        page.command("Fetch.disable")
        shot(page)
        page.click(element("use"))
        page.wait_for(f"{element('sending')}.textContent.includes('later')")
        assert page.value(ROWS) == ["sending"]


def test_no_button_moves_when_the_place_of_a_number_is_told(phone_server: Served, browse: Callable[..., Any]) -> None:
    """A press that begins on a button must end on it: the answer may come in between."""
    stations = iter(phone_server.world.register.stations)
    buttons = "['next-page', 'take'].map((id) => document.getElementById(id).getBoundingClientRect().top)"
    for language in ("en", "es", "ar"):
        with browse() as page:
            started(page, phone_server, how="discreet", language=language)
            before = page.value(buttons)
            for number, kind in ((next(stations), "good"), ("99999999", "fault")):
                page.value(f"{element('station')}.value = ''")
                page.click(element("station"))
                page.command("Input.insertText", text=number)
                page.value(f"{element('station')}.blur()")
                page.wait_for(f"{element('place')}.className === '{kind}'")
                assert page.value(buttons) == before
            page.click(element("unknown"))
            page.wait_for(f"{element('place')}.className === ''")
            assert page.value(buttons) == before


def test_no_word_or_button_leaves_a_narrow_page(phone_server: Served, browse: Callable[..., Any]) -> None:
    for language in ("en", "es", "ar"):
        with browse(width=320) as page:
            page.command("Emulation.setDeviceMetricsOverride", width=320, height=640, deviceScaleFactor=1, mobile=True)
            started(page, phone_server, how="discreet", language=language)
            shot(page)
            assert page.value("document.documentElement.scrollWidth") <= 320
            page.click(element("use"))
            page.wait_for(f"({ROWS})[0] === 'promised'")
            page.value("document.querySelectorAll('details').forEach((one) => { one.open = true })")
            assert page.value("document.documentElement.scrollWidth") <= 320
            small = page.value(
                "[...document.querySelectorAll('button, input:not([type=checkbox]):not([type=file]), .button')]"
                ".filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.outerHTML)"
            )
            assert small == [], json.dumps(small)
            assert page.problems == []


def test_what_the_camera_showed_is_what_was_kept(phone_server: Served, browse: Callable[..., Any]) -> None:
    with browse() as page:
        started(page, phone_server, how="discreet")
        shot(page)
        shown = base64.b64decode(
            page.value("document.querySelector('#draft canvas').toDataURL('image/png').split(',')[1]")
        )
        page.click(element("use"))
        page.wait_for(f"({ROWS})[0] === 'promised'")
    (held,) = photos_held(phone_server)
    with (
        Image.open(io.BytesIO(phone_server.world.blobs.open(held.sha256))) as photo,
        Image.open(io.BytesIO(shown)) as seen,
    ):
        assert photo.width * seen.height == photo.height * seen.width
        small = photo.resize(seen.size, Image.Resampling.BOX).convert("RGB")
        difference = ImageChops.difference(small, seen.convert("RGB"))
        assert max(ImageStat.Stat(difference).mean) < 4
        assert dict(photo.getexif()) == {}
