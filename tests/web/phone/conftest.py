"""The server with the phone's page, a reader that strips as the real one does, and Chromium with a camera."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from sending import PhoneMaster, PhoneReader
from served import Served, served

from browsers import with_flags
from chromium_pipe import Browser
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
def browse(either_chromium: str, tmp_path: Path) -> Callable[..., AbstractContextManager[Any]]:
    """Opens Chromium with a camera that shows a test picture; the same profile each time."""
    flags = "--use-fake-device-for-media-stream --use-fake-ui-for-media-stream"
    with_camera = with_flags(either_chromium, flags, tmp_path)

    def opened(*, width: int = 360, height: int = 740) -> AbstractContextManager[Any]:
        return Browser(with_camera, tmp_path / "profile", width=width, height=height)

    return opened
