import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "written_drill.py"


@pytest.mark.slow
def test_the_benchmark_of_the_written_drill_tells_what_is_accepted_and_draws_it(tmp_path: Path) -> None:
    picture = tmp_path / "curve.svg"
    # What is measured on stays unseen: the tests of the benchmark read the group on which thresholds may be tuned.
    asked = [
        "--group",
        "tune",
        "--photos",
        "15",
        "--seed",
        "5",
        "--broken",
        "0.2",
        "--jobs",
        "1",
        "--swaps",
        "2",
        "--picture",
        str(picture),
    ]
    ran = subprocess.run([sys.executable, str(PROGRAM), *asked], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    lines = {line.split()[0]: line for line in ran.stdout.splitlines()}
    assert {"0", "1", "2", "3", "4", "all", "blocks", "column", "crossed", "slip", "0.9", "swapped:"} <= set(lines)
    assert "sheets; " in lines["broken:"]
    drawn = ET.fromstring(picture.read_text("utf-8"))
    assert len(drawn.findall(".//{*}polyline")) == 2
    assert "accepted" in "".join(title.text or "" for title in drawn.findall(".//{*}title"))
