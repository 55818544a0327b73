"""The server with the phone's page, a reader that strips as the real one does, and Chromium with a camera."""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from sending import PhoneMaster, PhoneReader
from served import Served, served

from testigo.vision.jpeg import strip_jpeg
from testigo.web import app
from testigo.web.phone import phone_routes
from testigo.wiring import open_home


class StripReader(PhoneReader):
    """Takes photos as the server's own reader takes them, without reading any."""

    def masters(self, data: bytes) -> tuple[PhoneMaster, ...]:
        stripped = strip_jpeg(data)
        return (PhoneMaster(stripped.data, width=stripped.width, height=stripped.height, orient=stripped.orient),)


@pytest.fixture
def phone_server(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The town served, the phone's page among it."""
    if phone_routes not in app.PLACES:
        monkeypatch.setattr(app, "PLACES", (*app.PLACES, phone_routes))
    with served(open_home(shutil.copytree(prepared, tmp_path / "home")), StripReader()) as running:
        yield running


@pytest.fixture
def browse(project: Path, tmp_path: Path) -> Callable[..., AbstractContextManager[Any]]:
    """Opens Chromium with a camera that shows a test picture; the same profile each time."""
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not here")
        pytest.skip("chromium is not here")
    spec = importlib.util.spec_from_file_location(
        "chromium_of_phone", project / "tests" / "designer" / "chromium_pipe.py"
    )
    assert spec is not None
    assert spec.loader is not None
    pipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pipe)
    with_camera = tmp_path / "chromium-with-camera"
    flags = "--use-fake-device-for-media-stream --use-fake-ui-for-media-stream"
    with_camera.write_text(f'#!/bin/sh\nexec {chromium} {flags} "$@"\n')
    with_camera.chmod(0o755)

    def opened(*, width: int = 360, height: int = 740) -> AbstractContextManager[Any]:
        return pipe.Browser(str(with_camera), tmp_path / "profile", width=width, height=height)

    return opened
