import json
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from testigo_drill.layouts import COLUMN, form_toml
from testigo_drill.paper import blank_page
from testigo_drill.written import plan_written, take

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "digits_beside_ocr.py"


def run(*asked: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(PROGRAM), *asked], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the project's shared data has it, of one invented sheet."""
    folder = tmp_path_factory.mktemp("sheets")
    job = next(one for one in plan_written("tune", 20, 3, grades=(0,)) if one.form == COLUMN.id)
    written = take(job)
    said: dict[str, str] = {}
    for cell in written.sheet.cells:
        said[cell.field] = said.get(cell.field, "") + (cell.mark or "_")
    (folder / "photos").mkdir()
    (folder / "photos" / "one.jpg").write_bytes(written.jpeg)
    (folder / "labels.json").write_text(json.dumps({"images": {"one.jpg": {"fields": said}}}), encoding="utf-8")
    cv2.imwrite(str(folder / "reference.png"), blank_page(COLUMN))
    (folder / "form.toml").write_text(form_toml(COLUMN), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_the_benchmark_of_digits_counts_digits_and_fields_without_the_peer(sheets: Path) -> None:
    ran = run(str(sheets), str(sheets / "form.toml"), "--rounds", "1")
    assert ran.returncode == 0, ran.stderr
    fields, cells = len(COLUMN.fields), sum(one.cells for one in COLUMN.fields)
    lines = ran.stdout.splitlines()
    assert lines[0].startswith(f"{fields} fields, {cells} cells")
    reader, pictures, pace, digits, whole = lines[2].split()
    assert (reader, pictures, whole.split("/")[1]) == ("testigo", "cells", str(fields))
    assert float(pace) > 0
    right, of = map(int, digits.split("/"))
    assert cells / 2 < right <= of <= cells
    assert lines[3] == "no --peer: PP-OCR is left out"


@pytest.mark.slow
def test_a_peer_that_fails_is_told_with_its_own_words(sheets: Path, tmp_path: Path) -> None:
    peer = tmp_path / "peer"
    peer.write_text("#!/bin/sh\necho no recogniser here >&2\nexit 1\n", encoding="utf-8")
    peer.chmod(0o755)
    ran = run(str(sheets), str(sheets / "form.toml"), "--rounds", "1", "--peer", str(peer))
    assert ran.returncode == 1
    assert ran.stderr == f"pp-ocr: {peer} could not read the pictures:\nno recogniser here\n\n"
