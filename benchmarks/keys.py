"""How soon a clerk sees what they type, and the next sheet after they save one, in Debian's Chromium.

    python benchmarks/keys.py [--short]

A drill's sheets, photographed and filled in by hand, on a server of this machine; a clerk who types every field.
Limits: 50 ms from a key to the picture after it, 150 ms from saving to the next form with its first field ready. Every
other sheet the browser is kept from fetching the next pictures ahead: the ratio says what that is worth. A person
needs some seconds for the second half of a sheet; here it is a pause of eight. Chromium and its driver are those of
the tests. Nothing else should run beside it: pages made straight take a core.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests"))

from browsers import program  # noqa: E402
from chromium_pipe import Browser  # noqa: E402

COMMAND = str(Path(sys.executable).with_name("testigo"))
STATIONS, SHORT_STATIONS, PAUSE_S = 48, 12, 8.0
KEY_MS, FORM_MS = 50, 150
WATCH = """(() => {
  window.painted = [];
  addEventListener("keydown", ({ timeStamp, key }) => {
    sessionStorage.setItem("saved", String(performance.timeOrigin + timeStamp));
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.painted.push(performance.now() - timeStamp);
      port2.postMessage(0);
    });
  }, true);
})()"""
SEEN = """(() => {
  const since = Number(sessionStorage.getItem("saved")) - performance.timeOrigin;
  const painted = performance.getEntriesByName("first-contentful-paint")[0];
  const pictures = performance.getEntriesByType("resource").filter(({ name }) => /image$|page\\/1$/.test(name));
  const is_there = pictures.length > 1 && pictures.every(({ responseEnd }) => responseEnd > 0);
  if (!painted || !is_there || document.activeElement.id !== "station") return null;
  return [painted.startTime - since, Math.max(...pictures.map(({ responseEnd }) => responseEnd)) - since];
})()"""


def run(*arguments: str | Path) -> str:
    """What a command prints."""
    return subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, text=True, check=True).stdout


@contextmanager
def served(folder: Path, stations: int) -> Iterator[str]:
    """A clerk's link to a server with sheets that wait to be keyed."""
    election = ROOT / "elections" / "demo"
    run("drill", folder / "drill", "--stations", str(stations), "--written", "--seed", "5", "--election", election)
    home = folder / "home"
    run("setup", folder / "drill" / "election", "--home", home)
    run("intake", folder / "drill" / "photos", "--home", home)
    run("read", "--home", home)
    server = subprocess.Popen(
        [COMMAND, "serve", "--home", str(home), "--port", "0", "--no-tending"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        origin = server.stdout.readline().strip()
        yield run("invite", "clerk", "--home", home, "--address", origin).split()[0]
    finally:
        server.terminate()
        server.wait()


def sheet_keyed(page: Any, station: str, *, ahead: bool) -> list[float]:
    """Keys the sheet that is shown; gives the times from each key to the picture after it, in ms."""
    page.value(WATCH)
    page.command("Network.setBlockedURLs", urls=[] if ahead else ["*/ahead"])
    fields = int(page.value("document.querySelectorAll('.count').length"))
    page.keys(station)
    for number in range(fields):
        page.key("Enter")
        if number == fields // 2 + 1:
            time.sleep(PAUSE_S)
        page.keys("17")
    page.wait_for(f"window.painted.length >= {len(station) + 3 * fields}")
    painted: list[float] = page.value("window.painted")
    page.key("Enter")
    return painted


def line(what: str, found: Sequence[float], limit: str) -> str:
    """A row of the table."""
    return f"{what:<34} {len(found):>5} {median(found):>9.1f} {max(found):>9.1f}  {limit}"


def main() -> int:
    """Prints the times, and what fetching ahead is worth."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--short", action="store_true")
    stations = SHORT_STATIONS if arguments.parse_args().short else STATIONS
    keys: list[float] = []
    forms: list[float] = []
    photos: dict[bool, list[float]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as name, served(Path(name), stations) as link:
        station = (Path(name) / "drill" / "election" / "stations.csv").read_text().splitlines()[1].split(",")[0]
        with Browser(program("chromium"), Path(name) / "profile") as page:
            page.command("Network.enable")
            page.open(link)
            page.wait_for("document.readyState === 'complete' && !!document.querySelector('button.main')")
            page.click("document.querySelector('button.main')")
            page.wait_for("document.activeElement && document.activeElement.id === 'station'")
            time.sleep(PAUSE_S)
            for ahead in (True, False) * stations:
                keys += sheet_keyed(page, station, ahead=ahead)
                page.wait_for("!window.painted && document.readyState === 'complete'")
                if page.value("!document.getElementById('entry')"):
                    break
                form, photo = page.wait_for(SEEN)
                forms.append(form)
                photos[ahead].append(photo)
    print(f"{'ms':<34} {'count':>5} {'median':>9} {'worst':>9}  limit")
    print(line("from a key to the picture after it", keys, str(KEY_MS)))
    print(line("from saving to the next form", forms, str(FORM_MS)))
    print(line("to its photos, fetched ahead", photos[True], "-"))
    print(line("to its photos, not fetched ahead", photos[False], "-"))
    print(f"not ahead / ahead {median(photos[False]) / median(photos[True]):.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
