import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "log.py"


def test_the_benchmark_of_the_log_prints_a_ratio_for_each_case() -> None:
    command = [sys.executable, str(PROGRAM), "--short"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    head, *lines = ran.stdout.splitlines()
    assert head.endswith("time / bare")
    ratios = {line[:14].strip(): float(line.split()[-1]) for line in lines}
    assert list(ratios) == ["bare hashing", "appending", "verifying", "proving"]
    assert ratios.pop("bare hashing") == 1
    assert all(ratio > 0 for ratio in ratios.values())
    assert all(line[14:].split()[0] == "5,000" for line in lines)
