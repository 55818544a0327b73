"""The phone and the server strip the same file to the same bytes, or both refuse it for the same cause."""

import hashlib
import io
import json
import os
import random
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
from PIL import Image

from testigo.errors import BadPhoto
from testigo.vision.jpeg import strip_jpeg


def _jpeg(mode: str = "RGB", orient: int | None = None, *, order: str = "<", **options: object) -> bytes:
    noise = random.Random(7).randbytes(61 * 47 * 4)
    picture = Image.frombytes(mode, (61, 47), noise[: 61 * 47 * len(mode)])
    exif = Image.Exif()
    exif.endian = order
    exif[0x010F] = "a maker"
    if orient is not None:
        exif[0x0112] = orient
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, **options)
    return out.getvalue()


def vectors() -> list[bytes]:
    """Whole files of many kinds, files with extras, and files with damage at every kind of place."""
    whole = [
        _jpeg(), _jpeg("L"), _jpeg("CMYK"), _jpeg(progressive=True), _jpeg(restart_marker_blocks=2),
        _jpeg(comment="who took it", quality=97), *(_jpeg(orient=turn) for turn in range(10)),
        _jpeg(orient=6, order=">"),
    ]  # fmt: skip
    first = whole[0]
    whole.append(first + b"a film behind the picture")
    whole.append(first[:2] + b"\xff\xff\xff" + first[3:])
    whole.append(first[:2] + b"\xff\xfe\x00\x0bGPS 10 N" + b"\xff\xef\x00\x04ab" + first[2:])
    chance = random.Random(20)
    broken = [b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"\x89PNG", first[:-2], first[: len(first) // 2]]
    for _ in range(400):
        data = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 3)):
            # The segments in front of the picture are where a change decides most.
            data[chance.randrange(2, chance.choice((40, 700, len(data))))] = chance.choice(
                (0, 1, 8, 0x10, 0xC4, 0xD9, 0xDA, 0xE1, 0xFF, chance.randrange(256))
            )
        broken.append(
            bytes(data[: chance.choice((len(data), chance.randrange(2, len(data)))) if chance.random() < 0.2 else None])
        )
    return whole + broken


def _stripped(data: bytes) -> list[object] | str:
    try:
        found = strip_jpeg(data)
    except BadPhoto as error:
        return error.cause
    return [hashlib.sha256(found.data).hexdigest(), found.width, found.height, found.orient]


@pytest.mark.thirdparty
def test_the_phone_strips_as_the_server_does(project: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("node is not here")
        pytest.skip("node is not here")
    data = vectors()
    names = [tmp_path / f"{number}.jpg" for number in range(len(data))]
    for name, one in zip(names, data, strict=True):
        name.write_bytes(one)
    module = tmp_path / "strip.mjs"
    module.write_text(files("testigo.web").joinpath("phone_page", "strip.js").read_text(encoding="utf-8"))
    script = project / "tests" / "web" / "phone" / "strip_vectors.mjs"
    ran = subprocess.run([node, script, module, *names], capture_output=True, text=True, check=True, timeout=120)
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    # What is no JPEG at all is told apart before the strip by the server, in the strip by the phone.
    expected = [_stripped(one) if one[:2] == b"\xff\xd8" else "empty" if not one else "foreign" for one in data]
    assert found == expected
    assert sum(isinstance(one, list) for one in found) > 100
    assert {one for one in found if isinstance(one, str)} >= {"empty", "broken", "foreign"}
