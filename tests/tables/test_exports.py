"""Published tables: the same frame gives the same bytes, and its dictionary says what every column means."""

import io

import polars as pl
import pytest

from testigo.errors import BadTable
from testigo.tables.exports import Column, check_columns, data_dictionary, parquet_of_csv, to_csv, to_parquet

FRAME = pl.DataFrame({"station": ["1", "2"], "name": ['Peña, "a"', None], "votes": [10, None]})
COLUMNS = (
    Column("station", "text", "", "the station's code"),
    Column("name", "text", "", "what it is called | empty where\nunknown"),
    Column("votes", "integer", "ballots", "votes counted"),
)


def test_csv_has_plain_line_ends_and_nothing_for_unknown() -> None:
    assert to_csv(FRAME) == 'station,name,votes\n1,"Peña, ""a""",10\n2,,\n'.encode()


def test_parquet_is_the_same_however_the_frame_was_put_together() -> None:
    rows = 250_000
    whole = pl.DataFrame({"station": [str(n) for n in range(rows)], "votes": [n % 500 for n in range(rows)]})
    parts = pl.concat([whole[:70_001], whole[70_001:]], rechunk=False)
    assert to_parquet(whole) == to_parquet(whole) == to_parquet(parts)


def test_parquet_and_csv_can_be_read_back() -> None:
    assert pl.read_parquet(io.BytesIO(to_parquet(FRAME))).equals(FRAME)
    assert pl.read_csv(io.BytesIO(to_csv(FRAME)), schema_overrides={"station": pl.String}).equals(FRAME)


def test_a_csv_becomes_the_same_parquet_every_time_with_codes_kept_as_texts() -> None:
    data = 'station,name,votes\n01,"Peña, ""a""\n",10\n02,,\n'.encode()
    made = parquet_of_csv(data, frozenset({"votes", "absent"}))
    assert made == parquet_of_csv(data, frozenset({"votes"}))
    assert pl.read_parquet(io.BytesIO(made)).rows() == [("01", 'Peña, "a"\n', 10), ("02", "", None)]


def test_a_csv_without_rows_becomes_a_parquet_without_rows() -> None:
    made = pl.read_parquet(io.BytesIO(parquet_of_csv(b"station,votes\n", frozenset({"votes"}))))
    assert (dict(made.schema), made.height) == ({"station": pl.String(), "votes": pl.Int64()}, 0)


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(BadTable, match="export: expected whole numbers"):
        parquet_of_csv(b"station,votes\n01,many\n", frozenset({"votes"}))


def test_the_dictionary_is_a_table_of_one_line_a_column() -> None:
    assert data_dictionary(COLUMNS) == (
        "| column | type | unit | meaning |\n"
        "|---|---|---|---|\n"
        "| `station` | text |  | the station's code |\n"
        "| `name` | text |  | what it is called \\| empty where unknown |\n"
        "| `votes` | integer | ballots | votes counted |\n"
    )


def test_a_table_whose_dictionary_speaks_of_other_columns_is_refused() -> None:
    check_columns(FRAME, COLUMNS, "stations.csv")
    with pytest.raises(BadTable, match=r"stations\.csv: expected the columns of its dictionary \(station, name\)"):
        check_columns(FRAME, COLUMNS[:2], "stations.csv")
