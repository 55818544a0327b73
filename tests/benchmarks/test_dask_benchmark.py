import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("distributed")

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "dask_reading.py"


@pytest.mark.slow
def test_the_benchmark_of_dask_reads_the_same_bytes_each_time() -> None:
    ran = subprocess.run([sys.executable, str(PROGRAM), "--short"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    lines = [line.split() for line in ran.stdout.splitlines()]
    assert [line[-1] for line in lines if line[0] in ("one", "Dask,")] == ["yes"] * 3
    assert lines[-1][:3] == ["two", "workers", "/"]
