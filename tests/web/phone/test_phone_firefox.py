"""The phone's page in Firefox, driven by puppeteer over WebDriver BiDi."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from sending import photos_held
from served import Served

from browsers import installed, program

pytestmark = [pytest.mark.slow, pytest.mark.thirdparty]
PUPPETEER = "puppeteer-core@24.10.0"


def test_a_photo_is_promised_in_firefox_and_the_page_works_without_a_server(
    phone_server: Served, project: Path, tmp_path: Path
) -> None:
    (path,) = phone_server.link("volunteer")
    address = f"{phone_server.origin}/c/?lang=en#i={path.rpartition('/')[2]}"
    script = project / "tests" / "web" / "firefox_visit.cjs"
    module, firefox = installed(PUPPETEER, tmp_path), program("firefox-esr")
    visit = subprocess.Popen(
        ["node", script, module, firefox, tmp_path / "profile", address],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert visit.stdout is not None
        first = visit.stdout.readline()
        assert first, visit.communicate()[1]
        told = json.loads(first)
        assert told["version"].startswith("firefox/")
        assert re.findall(r"\b[0-9a-f]{64}\b", told["promise"])[0] in [one.sha256 for one in photos_held(phone_server)]
        phone_server.stop()
        last, said = visit.communicate("go on\n", timeout=240)
        assert visit.returncode == 0, said
        assert json.loads(last) == {"problems": []}
    finally:
        visit.kill()
        visit.communicate()
