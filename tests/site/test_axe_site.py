"""The public pages, looked at by axe: light and dark, narrow and wide."""

from pathlib import Path

import pytest

from axe import axe_source, browser, found_by_axe
from testigo.site.pages import site_files
from testigo.site.values import Published

pytestmark = [pytest.mark.slow, pytest.mark.thirdparty]


def test_axe_finds_nothing_on_the_public_pages(published: Published, tmp_path: Path) -> None:
    site = tmp_path / "site"
    for name, data in site_files(published):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(data)
    stations = sorted((site / "s").rglob("*.html"))
    pages = [*sorted(site.glob("*.html")), stations[0], stations[-1], *sorted(site.rglob("a/*.html"))[:2]]
    source, wrong = axe_source(tmp_path), []
    with browser(tmp_path / "profile") as page:
        for path in pages:
            for dark, width in ((False, 1280), (True, 320)):
                page.open(f"file://{path}")
                page.wait_for("document.readyState === 'complete'")
                told = found_by_axe(page, source, dark=dark, width=width)
                wrong += [f"{path.name} {width}: {one}" for one in told]
    assert len(pages) > 6
    assert not wrong, "\n".join(wrong)
