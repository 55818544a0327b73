"""What joins a pass to a photo is gone in time, also on a night on which nobody comes any more."""

import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sending import PhoneReader, begun, patch, photo, sent, spooled
from served import served

from testigo.web import sweeping
from testigo.wiring import open_home


def test_a_server_forgets_by_itself_what_has_run_out(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "SWEEP_S", 0)
    with served(open_home(shutil.copytree(prepared, tmp_path / "home")), PhoneReader()) as server:
        phone, clerk = server.invited("volunteer"), server.invited("clerk")
        server.link("volunteer", 3)
        assert sent(phone, photo(1))["state"] == "promised"
        path = begun(phone, 6000, {"station": "T3"})
        patch(phone, path, 0, photo(2)[:2000])
        assert len(server.private.rows()["upload"]) == 2
        server.clock.now += timedelta(days=4)
        while any(server.private.rows()[name] for name in ("upload", "pass", "session", "invitation")):
            time.sleep(0.05)
        assert (spooled(server), clerk.get("/desk").status) == ({}, 403)
