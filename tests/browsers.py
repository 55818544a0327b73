"""The browsers of the tests: Debian's Chromium, and Chromium 80 of February 2020, which old phones still have.

The old one has known holes: it sees pages of this machine alone.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

OLD = "chrome-aws-lambda@2.1.1"
_UNPACK = (
    "const f = require('fs'); f.writeFileSync('chromium', require('zlib').brotliDecompressSync(f.readFileSync('{}')))"
)


def missing(what: str) -> None:
    """Fails in CI, skips elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not here")
    pytest.skip(f"{what} is not here")


def program(name: str) -> str:
    """Where a program is."""
    found = shutil.which(name)
    if found is None:
        missing(name)
    return str(found)


def installed(package: str, folder: Path) -> Path:
    """The folder of a package of npm, installed without running anything of it."""
    install = [program("npm"), "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", package]
    if subprocess.run(install, cwd=folder, capture_output=True, check=False, timeout=300).returncode:
        missing(package)
    return folder / "node_modules" / package.rpartition("@")[0]


def with_flags(chromium: str | Path, flags: str, folder: Path) -> str:
    """A program that starts Chromium with these flags before those that it is given."""
    script = folder / "chromium-with-flags"
    script.write_text(f'#!/bin/sh\nexec {chromium} {flags} "$@"\n')
    script.chmod(0o755)
    return str(script)


def chromium_80(folder: Path) -> str:
    """A program that starts the old Chromium."""
    packed = installed(OLD, folder) / "bin" / "chromium.br"
    subprocess.run([program("node"), "-e", _UNPACK.format(packed)], cwd=folder, check=True)
    (folder / "chromium").chmod(0o755)
    return with_flags(folder / "chromium", "--single-process --no-zygote --disable-dev-shm-usage", folder)
