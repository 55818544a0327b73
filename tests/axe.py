"""axe-core, which nobody here wrote, and Chromium: what of a page keeps somebody from using it."""

import json
from pathlib import Path
from typing import Any

from browsers import installed, program
from chromium_pipe import Browser

AXE = "axe-core@4.14.1"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe_source(folder: Path) -> str:
    """The script, installed into a folder without running anything of it."""
    return (installed(AXE, folder) / "axe.min.js").read_text("utf-8")


def browser(profile: Path) -> Browser:
    """Chromium, with the small driver of the designer's tests."""
    return Browser(program("chromium"), profile)


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
