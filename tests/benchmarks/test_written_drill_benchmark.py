import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "written_drill.py"
ALL = re.compile(r"^all +(\d+) +\d+ +[\d.]+% +[\d.]+% +(\d+) \( *[\d.]+%\) +(\d+) ", re.MULTILINE)
WRONG_ON_PAPER = re.compile(r"^(?:broken|tampered): (\d+) sheets; .* (\d+) sure, (\d+) of them rewritten", re.MULTILINE)
SWAPPED = re.compile(r"^swapped: (\d+) readings, (\d+) sure of other figures", re.MULTILINE)


@pytest.mark.slow
def test_of_hands_that_nothing_was_tuned_on_most_sheets_are_accepted_none_wrong_and_none_rewritten(
    tmp_path: Path,
) -> None:
    """A small sample of what docs/handwriting-measured.md measures at length."""
    picture = tmp_path / "curve.svg"
    asked = [
        "--photos",
        "60",
        "--seed",
        "5",
        "--broken",
        "0.1",
        "--tampered",
        "0.15",
        "--jobs",
        "1",
        "--swaps",
        "2",
        "--picture",
    ]
    ran = subprocess.run([sys.executable, str(PROGRAM), *asked, str(picture)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    begins = {line.split()[0] for line in ran.stdout.splitlines()}
    assert {"0", "1", "2", "3", "4", "all", "flat", "cross", "ledger", "0.9"} <= begins
    sound, accepted, wrong = map(int, ALL.findall(ran.stdout)[0])
    assert wrong == 0
    assert accepted >= 0.75 * sound
    kinds = [tuple(map(int, one)) for one in WRONG_ON_PAPER.findall(ran.stdout)]
    assert len(kinds) == 2
    assert all(sheets > 0 and rewritten == 0 for sheets, _, rewritten in kinds)
    swaps, bent = map(int, SWAPPED.findall(ran.stdout)[0])
    assert swaps > 30
    assert bent == 0
    drawn = ET.fromstring(picture.read_text("utf-8"))
    assert len(drawn.findall(".//{*}polyline")) == 2
    assert "accepted" in "".join(title.text or "" for title in drawn.findall(".//{*}title"))
