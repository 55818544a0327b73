import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from testigo.core.register import register_from_csv
from testigo.core.rows import judge_rows
from testigo.errors import BadUsage
from testigo.flows.folder import read_folder
from testigo.tables.reports import read_table
from testigo_drill.folder import write_drill

DEMO = Path(__file__).resolve().parents[2] / "elections" / "demo"


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drill of 120 stations without photos."""
    out = tmp_path_factory.mktemp("drill")
    write_drill(out, 120, 7, demo_folder=DEMO, photos=False)
    return out


def test_the_same_numbers_make_the_same_bytes(drill: Path, tmp_path: Path) -> None:
    write_drill(tmp_path, 120, 7, demo_folder=DEMO, photos=False)
    assert hashes(tmp_path) == hashes(drill)


def test_totals_of_the_truth_are_sums_of_its_stations(drill: Path) -> None:
    truth = json.loads((drill / "truth.json").read_text("utf-8"))
    assert len(truth["stations"]) == 120
    assert Counter(one["status"] for one in truth["stations"].values()) == truth["statuses"]
    for status, total in truth["totals"].items():
        figures = [one["figures"] for one in truth["stations"].values() if one["status"] == status]
        assert total["A"] == sum(one["A1"] + one["A2"] for one in figures)
        assert total["E"] == sum(one["E1"] for one in figures)
        assert total["cast"] == sum(one["cast"] for one in figures)


def test_the_observers_table_is_understood_and_only_its_bad_rows_are_set_aside(drill: Path) -> None:
    truth = json.loads((drill / "truth.json").read_text("utf-8"))
    election = read_folder(drill / "election").election
    register = register_from_csv((drill / "election" / "stations.csv").read_text("utf-8"), election, "stations.csv")
    source = election.source("second")
    data = (drill / "tables" / "second.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    rows = judge_rows(read_table(data, "second.csv", source, election), election, source, register)
    aside = {(row.station, row.aside) for row in rows if row.aside is not None}
    causes = {"unknown-station": "unknown-station", "altered-sum-in-source": "parts-not-total"}
    expected = {(one["stations"][0], causes[one["kind"]]) for one in truth["troubles"] if one["kind"] in causes}
    assert aside == expected
    held = {row.station for row in rows if row.station in register.stations}
    assert held == {code for code, one in truth["stations"].items() if one["in_second"]}


def test_claims_name_files_and_stations_of_the_truth(drill: Path) -> None:
    truth = json.loads((drill / "truth.json").read_text("utf-8"))
    header, *lines = (drill / "claims.csv").read_text("utf-8").splitlines()
    assert header == "file,station"
    claims = dict(line.split(",") for line in lines)
    assert claims == {name: one["claim"] for name, one in truth["photos"].items() if one["claim"]}
    assert 0.2 < len(claims) / len(truth["photos"]) < 0.7


@pytest.mark.slow
def test_photos_that_went_missing_are_made_again_and_no_others(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_drill(tmp_path, 12, 3, demo_folder=DEMO, progress=lambda done, total: told.append((done, total)))
    before = hashes(tmp_path)
    photos = sorted((tmp_path / "photos").iterdir())
    assert told[0] == (0, len(photos))
    assert told[-1] == (len(photos), len(photos))
    kept = photos[0].stat().st_mtime_ns
    for path in photos[2:5]:
        path.unlink()
    write_drill(tmp_path, 12, 3, demo_folder=DEMO, workers=1)
    assert hashes(tmp_path) == before
    assert photos[0].stat().st_mtime_ns == kept


def test_a_folder_with_another_drill_is_refused(tmp_path: Path) -> None:
    write_drill(tmp_path, 5, 3, demo_folder=DEMO, photos=False)
    with pytest.raises(BadUsage, match="the same drill"):
        write_drill(tmp_path, 5, 4, demo_folder=DEMO, photos=False)
