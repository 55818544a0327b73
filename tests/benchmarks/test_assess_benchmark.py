import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.mark.slow
def test_the_benchmark_of_the_assessment_says_where_the_time_goes(shared_data: Path) -> None:
    command = [sys.executable, str(FOLDER / "assess.py"), str(shared_data / "ve-2024"), "--short"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    head, *parts, whole = ran.stdout.splitlines()
    assert head.split() == ["part", "seconds", "share"]
    assert {"records", "certainty", "announced", "texts"} <= {line.split()[0] for line in parts}
    assert whole.startswith("500 stations: ")


@pytest.mark.slow
def test_the_benchmark_of_certainty_prints_a_ratio_to_bare_group_bys() -> None:
    command = [sys.executable, str(FOLDER / "certainty.py"), "--stations", "5000"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    cases = {line[:15].strip(): line[15:].split() for line in ran.stdout.splitlines()[1:]}
    assert list(cases) == ["bare group-bys", "tabulation", "certainty", "both together"]
    assert {case[0] for case in cases.values()} == {"5,000"}
    assert float(cases["bare group-bys"][-1]) == 1
