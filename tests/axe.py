"""axe-core, which nobody here wrote, and Chromium: what of a page keeps somebody from using it."""

import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

AXE = "axe-core@4.14.1"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def missing(what: str) -> None:
    """Fails in CI, skips elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not here")
    pytest.skip(f"{what} is not here")


def axe_source(folder: Path) -> str:
    """The script, installed into a folder without running anything of it."""
    npm = shutil.which("npm")
    if npm is None:
        missing("npm")
    install = [str(npm), "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", AXE]
    if subprocess.run(install, cwd=folder, capture_output=True, check=False, timeout=300).returncode:
        missing(AXE)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def browser(project: Path, profile: Path) -> Any:
    """Chromium, with the small driver of the designer's tests."""
    chromium = shutil.which("chromium")
    if chromium is None:
        missing("chromium")
    place = project / "tests" / "designer" / "chromium_pipe.py"
    spec = importlib.util.spec_from_file_location("chromium_of_axe", place)
    assert spec is not None
    assert spec.loader is not None
    pipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pipe)
    return pipe.Browser(chromium, profile)


def found_by_axe(page: Any, source: str, *, dark: bool, width: int) -> list[str]:
    """What axe finds in the page that is open, a line each; and whether something leaves the page sideways."""
    theme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    page.command("Emulation.setEmulatedMedia", features=theme)
    page.command("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    page.value(f"{source}; 0")
    told = page.value(
        f"axe.run(document, {{runOnly: {json.dumps(_TAGS)}}}).then(({{ violations }}) => violations.flatMap("
        "({ id, nodes }) => nodes.map(({ target, html }) => `${id}: ${target} ${html.slice(0, 160)}`)))"
    )
    wide = page.value("document.documentElement.scrollWidth")
    return [*told, *([f"{wide} pixels wide on {width}"] if wide > width else [])]
