"""How many codes are read, how many wrongly and how fast: testigo beside zbar and, where given, a public tool.

    python benchmarks/codes.py FOLDER [--short] [--xaiki CHECKOUT --xaiki-python PYTHON]

FOLDER holds photos (.jpg, .png) and may hold truth.json, an object from file name to the text of its QR code; a
reading that is not the truth counts as wrong. All readers use one thread and are timed with loading the photo;
zbarimg is one process a photo (as its users run it), the public tool one process for all, less its start.
CHECKOUT is a working copy of the public repository xaiki/resultadosvzla-tools, PYTHON an interpreter that has what
its cv.py imports. cv.py gives table rows instead of texts, and only for the sheets of Venezuela's 2024 election:
its rows are compared in station, null and invalid votes.
"""

import argparse
import csv
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import cv2

from testigo.vision.reader import CodeReader
from testigo.vision.strip import strip

SHORT = 10
Truth = dict[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """`wrong` is None where the truth is not known."""

    reader: str
    read: int
    wrong: int | None
    seconds: float


def ours(photo: Path) -> str | None:
    stripped = strip(photo.read_bytes())
    codes = CodeReader().read(stripped.data, stripped.orient, frozenset({"QRCode"})).codes
    return codes[0].text if codes else None


def zbar(photo: Path) -> str | None:
    only_qr = ["--set", "*.enable=0", "--set", "qrcode.enable=1"]
    told = subprocess.run(["zbarimg", "-q", "--raw", *only_qr, str(photo)], capture_output=True, text=True, check=False)
    return told.stdout.splitlines()[0] if told.stdout else None


def timed(name: str, read: Callable[[Path], str | None], photos: Sequence[Path], truth: Truth) -> Score:
    started = perf_counter()
    texts = {photo.name: read(photo) for photo in photos}
    seconds = perf_counter() - started
    found = {photo: text for photo, text in texts.items() if text is not None}
    wrong = sum(truth.get(photo, text) != text for photo, text in found.items()) if truth else None
    return Score(name, len(found) - (wrong or 0), wrong, seconds)


def xaiki(checkout: Path, python: str, photos: Sequence[Path], truth: Truth) -> Score:
    started = perf_counter()
    subprocess.run([python, str(checkout / "cv.py"), "--help"], capture_output=True, check=True)
    start = perf_counter() - started
    rows, seconds = _run_xaiki(checkout, python, photos)
    wrong = None
    if truth:
        wrong = sum(_shown(truth[name]) != row for name, row in rows.items() if name in truth)
    return Score("xaiki cv.py", len(rows) - (wrong or 0), wrong, max(seconds - start, 0.0))


def _run_xaiki(checkout: Path, python: str, photos: Sequence[Path]) -> tuple[dict[str, tuple[str, int, int]], float]:
    """Station, null and invalid votes for each photo that it read, and the seconds that the whole run took."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "read.csv"
        command = [python, str(checkout / "cv.py"), "-P", "1", "-c", str(table), "-F", f"{folder}/failed.csv"]
        started = perf_counter()
        ran = subprocess.run([*command, *map(str, photos)], capture_output=True, text=True, check=False)
        seconds = perf_counter() - started
        if not table.exists():
            sys.exit(f"{python} {checkout / 'cv.py'} wrote no table:\n{ran.stderr}")
        with table.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    read = {Path(row["Archivo"]).name: (row["Acta"].zfill(9), int(row["Nulos"]), int(row["Vacios"])) for row in rows}
    return read, seconds


def _shown(text: str) -> tuple[str, int, int]:
    station, _, null, invalid = text.split("!")
    return station[:9], int(null), int(invalid)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--short", action="store_true", help=f"only the first {SHORT} photos")
    parser.add_argument("--xaiki", type=Path, help="working copy of xaiki/resultadosvzla-tools")
    parser.add_argument("--xaiki-python", default=sys.executable, help="interpreter that runs its cv.py")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    photos = sorted(path for path in asked.folder.iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    photos = photos[:SHORT] if asked.short else photos
    if not photos:
        print(f"no .jpg or .png in {asked.folder}", file=sys.stderr)
        return 3
    known = asked.folder / "truth.json"
    truth: Truth = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
    ours(photos[0])
    scores = [timed("testigo", ours, photos, truth)]
    if shutil.which("zbarimg"):
        scores.append(timed("zbarimg", zbar, photos, truth))
    else:
        print("zbarimg is not installed (Debian package zbar-tools): left out")
    if asked.xaiki:
        scores.append(xaiki(asked.xaiki, asked.xaiki_python, photos, truth))
    print(f"{'reader':<12} {'read':>9} {'wrong':>6} {'ms/photo':>9} {'time / ours':>12} {'read / ours':>12}")
    for score in scores:
        wrong = "?" if score.wrong is None else str(score.wrong)
        read = f"{score.read}/{len(photos)}"
        share = f"{score.read / scores[0].read:.2f}" if scores[0].read else "?"
        pace = score.seconds / scores[0].seconds
        each = 1000 * score.seconds / len(photos)
        print(f"{score.reader:<12} {read:>9} {wrong:>6} {each:>9.1f} {pace:>12.2f} {share:>12}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
