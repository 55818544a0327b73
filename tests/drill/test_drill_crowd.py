"""A crowd of phones against a real server that is killed on the way: what was promised is in the log."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from testigo_drill.crowd import Parcel, Waits, parcels_for, waits_of
from testigo_drill.phones import Sending


def test_every_photo_is_in_somebodys_hands_and_some_twice() -> None:
    photos = [Parcel(str(n), bytes([n]), {}) for n in range(100)]
    hands = parcels_for(30, photos, doubles=0.2, junk=0.5, seed=4)
    sent = [parcel.name for hand in hands for parcel in hand]
    assert {str(n) for n in range(100)} <= set(sent)
    assert 5 < len([name for name in sent if name == "junk"]) < 25
    assert 105 < len([name for name in sent if name != "junk"]) < 140
    assert hands == parcels_for(30, photos, doubles=0.2, junk=0.5, seed=4)


def test_waits_are_those_of_promised_photos() -> None:
    made = [Sending(str(n), "promised", "ab", "", float(n), 1) for n in range(1, 101)]
    made.append(Sending("junk", "refused", "", "no photo", 999.0, 1))
    assert waits_of(made) == Waits(51.0, 96.0, 100.0)
    assert waits_of([]) == Waits(0.0, 0.0, 0.0)


@pytest.mark.slow
def test_a_small_night_ends_with_every_promise_kept_and_the_truths_figures(project: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "testigo", "drill", str(tmp_path / "night"), "--stations", "14", "--seed", "3"]
    command += ["--people", "10", "--clerks", "4", "--election", str(project / "elections" / "demo")]
    night = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert night.returncode == 0, night.stderr
    assert "every photo that was promised is in the log" in night.stdout
    assert re.search(r"[1-9]\d* stations counted that should be, 0 figures differ", night.stdout)
    assert " lost" not in night.stdout
