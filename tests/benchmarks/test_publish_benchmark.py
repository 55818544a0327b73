import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "publish.py"


@pytest.mark.slow
def test_the_benchmark_of_publishing_prints_a_ratio_to_bare_writing(shared_data: Path) -> None:
    command = [sys.executable, str(PROGRAM), str(shared_data / "ve-2024"), "--short"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    head, *lines = ran.stdout.splitlines()
    assert head.endswith("time / bare")
    cases = {line[:12].strip(): line[12:].split() for line in lines}
    assert list(cases) == ["bare writing", "publishing"]
    (stations, files, size, *_), publishing = cases.values()
    assert [stations, files, size] == publishing[:3]
    assert stations == "500"
    assert int(files) > 500
    assert float(cases["bare writing"][-1]) == 1
    assert float(publishing[-1]) > 0
