import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "tabulate.py"


def test_the_benchmark_of_tabulation_prints_both_ratios_for_each_case(shared_data: Path) -> None:
    command = [sys.executable, str(PROGRAM), str(shared_data / "ve-2024"), "--short"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    head, *lines = ran.stdout.splitlines()
    assert head.split("  ")[0] == "case"
    assert head.endswith("time / polars  time / pandas")
    cases = [(line[:12].strip(), line[12:].split()) for line in lines]
    assert [name for name, _ in cases] == ["area_totals", "bare polars", "bare pandas"] * 2
    assert [numbers[0] for _, numbers in cases] == ["2,000"] * 3 + ["4,000"] * 3
    assert all(float(ratio) > 0 for _, numbers in cases for ratio in numbers[1:])
    assert all(float(numbers[2]) == 1 for name, numbers in cases if name == "bare polars")
    assert all(float(numbers[3]) == 1 for name, numbers in cases if name == "bare pandas")
