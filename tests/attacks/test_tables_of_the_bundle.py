"""What the public tables of the honest bundle say."""

import csv
import hashlib
import io

import pytest
from small_election import PHOTOGRAPHED, STATIONS, WITHHELD, object_of, sha256_of

from testigo.core.dictionary import COLUMNS, FIGURE, LEVEL, WITH_QUARANTINE


def rows(honest, name):
    return list(csv.DictReader(io.StringIO(honest[f"data/tables/{name}"].decode())))


def test_every_station_has_a_row_and_what_is_missing_is_empty_and_not_zero(honest):
    table = rows(honest, "stations.csv")
    assert [row["station"] for row in table] == list(STATIONS)
    counted = [row for row in table if row["status"] == "counted"]
    missing = [row for row in table if row["status"] == "missing"]
    assert (len(counted), len(missing)) == (110, 10)
    assert {row["ANA"] for row in missing} == {""}
    assert {row["region"] for row in table} == {"N", "S"}
    assert all(int(row["sum_of_choices"]) == int(row["ANA"]) + int(row["BEN"]) for row in counted)
    assert {row["basis"] for row in table} == {"photo", "party", ""}


def test_the_nation_is_the_sum_of_its_regions(honest):
    areas = {row["area"]: row for row in rows(honest, "areas.csv")}
    for column in ("expected", "received", "counted", "ANA", "BEN", "null", "ANA.with_quarantine"):
        assert int(areas[""][column]) == int(areas["N"][column]) + int(areas["S"][column])
    assert areas[""]["level"] == ""
    assert areas["N/t0"]["level"] == "town"


def test_a_corrected_row_stays_and_is_marked(honest):
    table = [row for row in rows(honest, "reports.csv") if row["station"] == STATIONS[100]]
    assert [(row["row"], row["superseded"]) for row in table] == [("102", "yes"), ("500", "no")]


def test_a_row_that_was_set_aside_is_listed_with_its_cause(honest):
    (row,) = [row for row in rows(honest, "reports.csv") if row["aside"]]
    assert (row["aside"], row["saw"], row["station"], row["ANA"]) == ("bad-station", 'station = "?"', "", "")


def test_every_photo_is_listed_with_why_it_is_not_shown(honest):
    table = {row["claimed"]: row for row in rows(honest, "photos.csv")}
    assert len(table) == len(PHOTOGRAPHED)
    assert table[WITHHELD]["withheld"] == "privacy"
    assert table[PHOTOGRAPHED[0]]["photo"] == sha256_of(object_of(PHOTOGRAPHED[0]))


def test_a_correction_is_a_finding_of_its_station(honest):
    codes = {(row["station"], row["code"]): row["weight"] for row in rows(honest, "findings.csv")}
    assert codes[STATIONS[100], "CP-CORRECTED"] == "warn"


@pytest.mark.parametrize(("name", "columns"), [(file, columns) for file, _, columns in COLUMNS])
def test_every_column_is_explained_and_every_explained_column_is_there(honest, name, columns):
    explained = [column for column, _ in columns]
    with_figures = {FIGURE: ("ANA", "BEN", "valid", "null", "cast"), LEVEL: ("region", "town")}
    expected = []
    for column in explained:
        ending = WITH_QUARANTINE if column.endswith(WITH_QUARANTINE) else ""
        names = with_figures.get(column.removesuffix(ending), (column,))
        expected += [part + ending for part in names] if column.startswith("<") else [column]
    assert list(rows(honest, name)[0]) == expected
    assert all(f"`{column}`" in honest["data/tables/README.md"].decode() for column in explained)


def test_parquet_copies_are_made_of_the_csv_tables(honest):
    table = honest["data/tables/areas.csv"]
    assert honest["data/tables/areas.parquet"] == b"parquet of " + hashlib.sha256(table).digest()
