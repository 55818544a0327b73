"""A form that nobody prepared is drawn in a real browser by mouse and keys, saved, and reads sheets."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fourth_form import CELLS, FIELDS, HEIGHT, LINES, SIGNATURES, TRUTH, WIDTH, cell, column, filled, photographed

from chromium_pipe import Browser
from testigo.designer.opening import opened_desk
from testigo.flows.folder import read_folder
from testigo.stats.fields import FieldCells
from testigo.stats.posterior import read_sheet
from testigo.vision.hand import HandReader
from testigo.vision.layout import layout_of

pytestmark = pytest.mark.thirdparty

MOST_PRESSES = 120
MAIN = """document.querySelector('[data-key="main"]')"""


@pytest.fixture(scope="module")
def chromium() -> str:
    """Where Chromium is."""
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("chromium: expected on the path in CI")
    if found is None:
        pytest.skip("needs Chromium")
    return found


@pytest.fixture
def folder(tmp_path: Path, make_folder: Callable[[Path], Path]) -> Path:
    return make_folder(tmp_path)


@pytest.fixture
def browser(chromium: str, folder: Path) -> Iterator[Browser]:
    """A browser that has opened the designer, with a filled sheet as its page and another one as a sample."""
    with opened_desk([folder / "first.jpg"], [folder / "second.jpg"], folder / "election") as desk:
        thread = threading.Thread(target=desk.serve)
        thread.start()
        try:
            with Browser(chromium, folder / "profile") as opened:
                opened.open(f"{desk.address}en/")
                opened.wait_for("document.querySelectorAll('.grip').length === 4")
                yield opened
        finally:
            desk.end()
            thread.join(20)


def spot(browser: Browser, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the blank is shown on the screen."""
    left, upper, wide, high = browser.value(
        "(b => [b.x, b.y, b.width, b.height])(document.querySelector('svg.sheet').getBoundingClientRect())"
    )
    return left + wide * x / WIDTH, upper + high * y / HEIGHT


def drag(browser: Browser, part: tuple[float, float, float, float], *, more: float = 7) -> None:
    """Draws around a part of the sheet, in pixels of the blank."""
    left, upper, right, lower = part
    points = (left - more, upper - more), ((left + right) / 2, (upper + lower) / 2), (right + more, lower + more)
    browser.mouse(*(spot(browser, x, y) for x, y in points))


def names(browser: Browser) -> list[str]:
    found: list[str] = browser.value("[...document.querySelectorAll('.names input')].map(field => field.value)")
    return found


def draw_the_boxes(browser: Browser) -> None:
    """Takes the corners that were found, and draws both columns."""
    browser.click(MAIN)
    browser.wait_for("""document.querySelector('[data-key="add"]') !== null""")
    drag(browser, column(0, 10))
    browser.wait_for("document.querySelectorAll('.names input').length === 11")
    drag(browser, column(11, 14))
    browser.wait_for("document.querySelectorAll('.names input').length === 15")


def test_fifteen_fields_two_sums_and_a_private_part_are_drawn_in_few_presses_and_read_a_sheet(
    browser: Browser, folder: Path
) -> None:
    draw_the_boxes(browser)
    assert names(browser) == list(FIELDS)
    browser.key("Enter", ctrl=True)
    browser.wait_for("document.querySelector('[data-key=\"offer-valid\"]') !== null")
    browser.click("document.querySelector('[data-key=\"offer-valid\"]')")
    browser.click("document.querySelector('[data-key=\"new-sum\"]')")
    browser.keys("valid + blank + null = csat")
    browser.wait_for("document.body.innerText.includes('There is no figure called csat. Did you mean cast?')")
    for _ in range(3):
        browser.key("Backspace")
    browser.keys("ast")
    browser.wait_for("[...document.querySelectorAll('.good')].filter(told => told.textContent).length === 2")
    browser.key("Enter", ctrl=True)
    drag(browser, SIGNATURES)
    browser.wait_for("document.querySelector('[data-key=\"personal-text-0\"]') !== null")
    browser.key("Enter", ctrl=True)
    browser.wait_for("document.querySelectorAll('#read tbody tr').length === 15", seconds=120)
    shown = "[...document.querySelectorAll('#read tbody tr')].map(row => +row.cells[2].textContent)"
    assert browser.value(shown) == list(TRUTH.values())
    browser.click(MAIN)
    browser.wait_for("document.querySelector('#saved') !== null")
    presses = browser.presses["mouse"] + browser.presses["keys"]
    print(f"\na form of {len(FIELDS)} fields: {presses} presses {browser.presses}")
    assert presses < MOST_PRESSES
    assert browser.problems == []
    the_form_reads_a_sheet(folder / "election")


def the_form_reads_a_sheet(election: Path) -> None:
    """The saved form has the figures, sums and private part; a photo is read with it, upside down."""
    folder = read_folder(election)
    (form,) = folder.forms.values()
    assert (form.fields, tuple(box.field for box in form.boxes)) == (FIELDS, FIELDS)
    assert {box.cells for box in form.boxes} == {CELLS}
    assert [rule.text for rule in form.rules] == [f"{' + '.join(LINES)} = valid", "valid + blank + null = cast"]
    assert len(form.personal) == 1
    layout = layout_of(form)
    for box in layout.boxes:
        for index in range(CELLS):
            # A box may stand beside its printed lines by a millimetre.
            off = np.subtract(box.cell(index).in_pixels(WIDTH, HEIGHT), cell(box.field, index))
            assert np.abs(off).max() < 6, box.field
    truth = {**TRUTH, "alder": 9, "kapok": 307, "blank": 0, "null": 4}
    truth["valid"] = sum(truth[line] for line in LINES)
    truth["cast"] = truth["valid"] + truth["blank"] + truth["null"]
    data, _ = photographed(filled(truth, seed=7), seed=9, turned=175)
    reader = HandReader()
    reader.learn(layout, folder.files["forms/fourth/blank.png"])
    (page,) = reader.read(data, 1)
    assert (page.form, page.page) == ("fourth", 1)
    read = read_sheet([FieldCells(field, np.array(rows)) for field, rows in page.ink], form.rules)
    assert (read.verdict, dict(read.counts)) == ("sure", truth)


def test_the_page_works_by_keys_alone(browser: Browser) -> None:
    def press(key: str, times: int = 1, *, shift: bool = False, ctrl: bool = False) -> None:
        for _ in range(times):
            browser.key(key, shift=shift, ctrl=ctrl)

    before = browser.value("document.querySelector('.grip').getAttribute('cx')")
    browser.value("document.querySelector('.grip').focus()")
    press("ArrowRight")
    assert float(browser.value("document.querySelector('.grip').getAttribute('cx')")) > float(before)
    assert browser.value("document.activeElement.dataset.key") == "corner-0"
    press("Enter", ctrl=True)
    browser.wait_for("""document.querySelector('[data-key="add"]') !== null""")
    browser.value("""document.querySelector('[data-key="add"]').focus()""")
    press("Enter")
    assert browser.value("document.activeElement.dataset.key") == "rows-0"
    browser.keys("12")
    assert browser.value("document.querySelectorAll('.names input').length") == 12
    press("Backspace")
    assert names(browser) == ["alder"]
    browser.value("document.querySelector('g.group').focus()")
    frame = "['x', 'y', 'width', 'height'].map(side => +document.querySelector('g.group .frame').getAttribute(side))"
    x, y, w, h = browser.value(frame)
    press("ArrowDown", 3)
    press("ArrowRight", 2, shift=True)
    moved = browser.value(frame)
    scale = browser.value("document.querySelector('svg.sheet').viewBox.baseVal.height") / 297
    assert moved == pytest.approx([x, y + 3 * scale, w + 2 * scale, h], abs=0.02)
    press("z", ctrl=True)
    press("z", ctrl=True)
    assert browser.value(frame) == pytest.approx([x, y, w, h], abs=0.02)
    browser.value("document.querySelector('g.group').focus()")
    press("Delete")
    assert names(browser) == []
    assert browser.problems == []


def test_a_name_that_somebody_writes_moves_the_names_behind_it(browser: Browser) -> None:
    draw_the_boxes(browser)
    browser.click("""document.querySelector('[data-key="name-1"]')""")
    browser.value("document.activeElement.select()")
    browser.keys("cedar")
    assert names(browser)[:4] == ["alder", "cedar", "damson", "elm"]
    browser.click("""document.querySelector('[data-key="name-2"]')""")
    browser.value("document.activeElement.select()")
    browser.keys("cedar")
    browser.wait_for("document.body.innerText.includes('Two figures have this name.')")
    assert browser.value("document.querySelector('[data-key=\"name-2\"]').getAttribute('aria-invalid')") == "true"


def test_what_is_not_saved_is_not_lost_by_one_press(browser: Browser) -> None:
    draw_the_boxes(browser)
    browser.click("document.querySelector('#end')")
    assert browser.value("document.querySelector('#end').textContent") == "End without saving"
    browser.value("window.before = true")
    browser.value("location.reload()")
    browser.wait_for("!window.before && document.querySelectorAll('.names input').length === 15")
    assert names(browser) == list(FIELDS)
    browser.click("document.querySelector('#end')")
    browser.wait_for("document.body.innerText.includes('The designer has ended')")


@pytest.mark.parametrize(("language", "title"), [("en", "Form designer"), ("es", "Diseñador de formularios")])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_on_a_small_screen_and_words_can_be_read(
    browser: Browser, language: str, title: str, scheme: str
) -> None:
    browser.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    metrics = {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": False}
    browser.command("Emulation.setDeviceMetricsOverride", **metrics)
    browser.value("window.before = true")
    browser.click(f"document.querySelector('[hreflang={language}]')")
    browser.wait_for(
        f"!window.before && document.title === '{title}' && document.querySelectorAll('.grip').length === 4"
    )
    browser.click(MAIN)
    browser.wait_for("""document.querySelector('[data-key="add"]') !== null""")
    drag(browser, column(11, 14), more=9)
    browser.wait_for("document.querySelectorAll('.names input').length === 4")
    for step in range(5):
        browser.click(f"""document.querySelector('[data-key="step-{step}"]')""")
        browser.wait_for(f"document.querySelector('[aria-current=step]').dataset.key === 'step-{step}'")
        assert browser.value("document.documentElement.scrollWidth") <= 320, step
        assert browser.value(CONTRAST) >= 4.5, step
    assert browser.problems == []


CONTRAST = """(() => {
  const light = text => { const [r, g, b] = text.match(/[\\d.]+/g).map(n => n / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b }
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor
    if (!c.startsWith('rgba(0, 0, 0, 0')) return c } return 'rgb(255, 255, 255)' }
  const shown = [...document.querySelectorAll('#panel *, header *')].filter(e => e.getClientRects().length)
  const worst = shown.filter(e => !e.disabled
    && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(e => {
      const [a, b] = [light(getComputedStyle(e).color), light(behind(e))]
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) })
  return Math.min(...worst)
})()"""
"""The least contrast of a text with what is behind it (WCAG 2.2, 1.4.3)."""
