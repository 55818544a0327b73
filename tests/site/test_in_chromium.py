"""The pages in a real browser: nothing wider than a small phone, the content policy keeps silent."""

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.thirdparty

PAGES = (
    "index",
    "a/1/index",
    "a/1/1/index",
    "s/112.02",
    "s/112.01",
    "missing",
    "findings",
    "sources",
    "check",
    "downloads",
)

MEASURE = """<!doctype html><title>waiting</title><script>
const told = {}, pages = PAGES_HERE
function next() {
  const page = pages.shift()
  if (!page) { document.title = 'told ' + JSON.stringify(told); return }
  const frame = document.createElement('iframe')
  frame.width = 320; frame.height = 800; frame.style.border = 0
  frame.onload = () => {
    const doc = frame.contentDocument, root = doc.documentElement
    const links = [...doc.querySelectorAll('nav a, li a, th a, td a, summary')].filter(a => a.getClientRects().length)
    told[page] = [root.scrollWidth - root.clientWidth, doc.styleSheets.length, getComputedStyle(root).direction,
      Math.min(...links.map(a => Math.round(a.getBoundingClientRect().height)))]
    frame.remove(); next()
  }
  frame.src = page; document.documentElement.append(frame)
}
onload = next
</script>"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *parts: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def chromium() -> str:
    """Where Chromium is."""
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("chromium: expected on the path in CI")
    if found is None:
        pytest.skip("needs Chromium")
    return found


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory,
    files: dict[str, bytes],
    spanish_files: dict[str, bytes],
    arabic_files: dict[str, bytes],
) -> Iterator[str]:
    """A server on this machine with three sites and the page that measures them; that in Arabic runs right to left.

    There are no words in a language from right to left yet, but the pages must be ready for them.
    """
    turned = {path: data.replace(b'dir="ltr">\n<head>', b'dir="rtl">\n<head>') for path, data in arabic_files.items()}
    root = tmp_path_factory.mktemp("site")
    for language, site in (("en", files), ("es", spanish_files), ("ar", turned)):
        for path, data in site.items():
            file = root / language / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        pages = json.dumps([f"{language}/{page}.html" for page in PAGES])
        (root / f"{language}.html").write_text(MEASURE.replace("PAGES_HERE", pages))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def _open(chromium: str, profile: Path, url: str) -> tuple[str, str]:
    flags = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --virtual-time-budget=20000 --enable-logging=stderr --dump-dom"
    )
    command = [chromium, *flags.split(), f"--user-data-dir={profile}", url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
    return done.stdout, done.stderr


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("es", "ltr"), ("ar", "rtl")])
def test_no_page_scrolls_sideways_on_a_small_phone_and_targets_are_large_enough(
    chromium: str, address: str, tmp_path: Path, language: str, direction: str
) -> None:
    dom, log = _open(chromium, tmp_path, f"{address}/{language}.html")
    title = re.search(r"<title>told (.*?)</title>", dom)
    assert title is not None, dom[:300] + log[-2000:]
    told = json.loads(title[1])
    assert {page: numbers[:3] for page, numbers in told.items()} == {
        f"{language}/{page}.html": [0, 1, direction] for page in PAGES
    }
    assert min(numbers[3] for numbers in told.values()) >= 24
    assert "Content Security Policy" not in log


def test_a_page_opened_from_a_folder_keeps_its_style(chromium: str, tmp_path: Path, files: dict[str, bytes]) -> None:
    for path in ("index.html", "site.css", "icon.svg"):
        (tmp_path / path).write_bytes(files[path])
    dom, log = _open(chromium, tmp_path / "profile", (tmp_path / "index.html").as_uri())
    assert "<h1>" in dom
    assert "Content Security Policy" not in log
