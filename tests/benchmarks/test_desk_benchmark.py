"""The benchmarks of the desk and of the board run, find kept and new ones alike, and print a ratio."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROGRAMS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.mark.parametrize("name", ["desk", "board"])
def test_the_benchmark_prints_its_ratio(name: str) -> None:
    ran = subprocess.run(
        [sys.executable, str(PROGRAMS / f"{name}.py"), "--short"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    head, line = ran.stdout.splitlines()
    assert head.split()[-1] == "kept"
    assert line.split()[0] == "300"
    assert all(float(number.replace(",", "")) > 0 for number in line.split())
