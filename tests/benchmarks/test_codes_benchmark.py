import json
import subprocess
import sys
from pathlib import Path

import segno

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "codes.py"


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), str(folder), "--short"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_benchmark_of_codes_counts_what_is_read_and_what_is_wrong(tmp_path: Path) -> None:
    truth = {}
    for number in range(12):
        name, text = f"sheet{number:02}.png", f"01020304{number % 10}.05.1.0001!1,2!0!0"
        segno.make(text).save(str(tmp_path / name), scale=6)
        truth[name] = text
    truth["sheet03.png"] = "something else"
    (tmp_path / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    ran = run(tmp_path)
    assert ran.returncode == 0, ran.stderr
    line = next(line.split() for line in ran.stdout.splitlines() if line.startswith("testigo"))
    assert line[1:3] == ["9/10", "1"]


def test_the_benchmark_of_codes_says_where_there_is_nothing_to_read(tmp_path: Path) -> None:
    ran = run(tmp_path)
    assert (ran.returncode, ran.stderr) == (3, f"no .jpg or .png in {tmp_path}\n")
