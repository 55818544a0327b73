"""The benchmark of the desk runs, finds both desks alike, and prints a ratio."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "desk.py"


def test_the_benchmark_of_the_desk_prints_its_ratio() -> None:
    ran = subprocess.run([sys.executable, str(PROGRAM), "--short"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    head, line = ran.stdout.splitlines()
    assert head.split()[-1] == "kept"
    assert line.split()[0] == "300"
    assert all(float(number.replace(",", "")) > 0 for number in line.split())
