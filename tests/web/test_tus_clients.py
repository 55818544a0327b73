"""Two tus clients that nobody here wrote: interrupted between chunks, they go on from where the server stands."""

import base64
import hashlib
import io
import json
import subprocess
from pathlib import Path

import pytest
from sending import photo, photos_held, promise_in, state
from served import Served
from tusclient.client import TusClient

from browsers import installed

TUS_JS = "tus-js-client@4.3.1"
CHUNK = 2048
SIZE = 3 * CHUNK + 700
CUTS = (0, 1, 2, 3)


@pytest.fixture(scope="module")
def tus_js(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of tus-js-client, installed without running its scripts."""
    return installed(TUS_JS, tmp_path_factory.mktemp("npm"))


@pytest.mark.thirdparty
def test_tus_js_client_goes_on_after_every_chunk(phones: Served, project: Path, tus_js: Path) -> None:
    phone, photos = phones.invited("volunteer"), [photo(number, SIZE) for number in CUTS]
    script = project / "tests" / "web" / "tus_client.cjs"
    command = ["node", str(script), str(tus_js), f"{phones.origin}/api/uploads", str(phone.bearer), str(CHUNK)]
    command += [base64.b64encode(data).decode() for data in photos]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [one["resumed"] for one in told] == [cut * CHUNK for cut in CUTS]
    for one, data in zip(told, photos, strict=True):
        assert promise_in(phones, state(phone, one["path"])).sha256 == hashlib.sha256(data).hexdigest()
    assert len(photos_held(phones)) == len(photos)


def test_tuspy_goes_on_after_every_chunk_with_checksums(phones: Served) -> None:
    phone = phones.invited("volunteer")
    client = TusClient(f"{phones.origin}/api/uploads", headers={"Authorization": f"Bearer {phone.bearer}"})
    for cut in CUTS:
        data = photo(cut, SIZE)
        first = client.uploader(file_stream=io.BytesIO(data), chunk_size=CHUNK, upload_checksum=True)
        first.set_url(first.create_url())
        for _ in range(cut):
            first.upload_chunk()
        second = client.uploader(file_stream=io.BytesIO(data), chunk_size=CHUNK, url=first.url, upload_checksum=True)
        assert second.offset == cut * CHUNK
        second.upload()
        path = "/api/uploads/" + first.url.rpartition("/")[2]
        assert promise_in(phones, state(phone, path)).sha256 == hashlib.sha256(data).hexdigest()
    assert len(photos_held(phones)) == len(CUTS)
