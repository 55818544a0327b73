"""The scripts of `examples/`, run as a user would run them."""

import os
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def run(project: Path, script: str, *arguments: str, **settings: str) -> str:
    """What a script printed; it must end well."""
    path = f"{project / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", str(project / "examples" / script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": path, **settings},
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return ran.stdout


def section(output: str, title: str) -> str:
    """What the script printed under one of its headings."""
    found = re.search(rf"^--- {re.escape(title)}\n(.*?)(?=^--- |\Z)", output, re.M | re.S)
    assert found, title
    return found[1]


def test_venezuela_2024_comes_out_as_published(project: Path, shared_data: Path, tmp_path: Path) -> None:
    output = run(project, "ve-2024.sh", str(shared_data / "ve-2024"), str(tmp_path))
    first = section(output, "the first release alone")
    assert re.search(r"^González +7,156,462 ", first, re.M)
    assert re.search(r"^Maduro +3,241,461 ", first, re.M)
    assert "González leads by 3,915,001 votes" in first
    second = section(output, "the second release alone")
    assert "expected 30,026, received 25,073, read 25,073, counted 25,073, in quarantine 0" in second
    assert re.search(r"^González +7,303,480 +67\.08%", second, re.M)
    assert re.search(r"^Maduro +3,316,142 +30\.46%", second, re.M)
    assert re.search(r"^all choices +10,887,262 ", second, re.M)
    assert "state: 24 of 24 areas with counted stations: González 24\n" in second
    assert "municipality: 328 of 328 areas with counted stations: Maduro 28, González 300\n" in second
    assert "González 919" in second
    others = section(output, "the readings of the QR codes by others, alone")
    assert re.search(r"^González +6,392,350 ", others, re.M)
    assert re.search(r"^all choices +9,515,322 ", others, re.M)
    releases = section(output, "the first release against the second")
    assert "stations in common 24,530, only organisers-v1 2, only organisers-v2 543" in releases
    assert " 0 differ, at 0 stations" in releases
    readings = section(output, "the second release against the readings by others")
    assert "stations in common 21,937, only organisers-v2 3,136, only third-party-qr 15" in readings
    assert "13 differ, at 7 stations" in readings
    announced = section(output, "the announced bulletins beside it")
    assert "5,150,092" in announced
    assert "5,326,104" in announced
    assert output.splitlines()[-1].startswith("VERIFIED: ")
    assert re.search(r"^from the tables to the verified bundle: \d+ seconds$", output, re.M)


def test_the_demonstration_finds_what_went_in_and_nothing_else(project: Path, tmp_path: Path) -> None:
    output = run(project, "demo.sh", OUT=str(tmp_path / "out"), STATIONS="140", SERVE="0")
    assert "findings where nothing is wrong: 0; differences from the truth: 0" in output
    assert re.search(r"^VERIFIED: \d+ records", output, re.M)


def test_the_same_log_gives_the_same_bytes_and_the_same_database(project: Path) -> None:
    output = run(project, "twice.sh")
    assert "published twice: the same bytes" in output
    assert "rebuild: the database is what the log says" in output
    assert "published from the rebuilt database: the same bytes" in output
    assert output.count("VERIFIED: ") == 2
