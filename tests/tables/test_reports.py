"""Tables of others, of any usual make, become raw rows with the file's line numbers."""

import csv
import io

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testigo.core.election import Election, Source, election_from_toml
from testigo.core.rows import RawRow, judge_rows
from testigo.errors import BadElection, BadTable
from testigo.tables import reports
from testigo.tables.reports import read_table

TOML = """
[election]
id = "village"
name = "Village"
date = "2030-01-01"
origin = "count.example/village"
language = "en"
licence = "CC0-1.0"
[areas]
nation = "Nation"
levels = ["ward"]
[register]
derive_from = ["table"]
[station]
pattern = "^[0-9]{3}\\\\.[0-9]{2}$"
[[contest]]
id = "mayor"
name = "Mayor"
form = "sheet"
[[contest.choice]]
id = "A"
name = "Ana"
colour = "#0072b2"
[[contest.choice]]
id = "B"
name = "Ben"
colour = "#d55e00"
[[source]]
id = "table"
name = "Table"
licence = "CC0-1.0"
published_at = "count.example"
encoding = "ENCODING"
station_format = "{Centre:0>3}.{Table:0>2}"
[source.columns]
station = ["Centre", "Table"]
"area_name.ward" = "Ward"
A = "Ana Núñez"
B = "Ben"
[policy]
[[policy.basis]]
id = "table"
from = "report"
source = "table"
"""
ELECTION: Election = election_from_toml(TOML.replace("ENCODING", "auto"), "village")
SOURCE: Source = ELECTION.sources[0]
TEXT = "Centre,Table,Ward,Ana Núñez,Ben\n7,1,Peña,10,20\n7,2,Río,11,21\n"
ROWS = (
    RawRow(2, {"station": "007.01", "area_name.ward": "Peña", "A": "10", "B": "20"}),
    RawRow(3, {"station": "007.02", "area_name.ward": "Río", "A": "11", "B": "21"}),
)


def read(data: bytes, encoding: str = "auto") -> tuple[RawRow, ...]:
    election = election_from_toml(TOML.replace("ENCODING", encoding), "village")
    return read_table(data, "table.csv", election.sources[0], election)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_usual_encoding_delimiter_and_line_end_is_read(encoding: str, delimiter: str, end: str) -> None:
    assert read(TEXT.replace(",", delimiter).replace("\n", end).encode(encoding)) == ROWS


@pytest.mark.parametrize("encoding", ["utf-16-le", "cp850", "utf-8"])
def test_an_encoding_that_the_election_names_is_used(encoding: str) -> None:
    assert read(TEXT.encode(encoding), encoding) == ROWS


def test_columns_are_found_without_regard_to_case_spaces_accents_and_order() -> None:
    text = "BEN,ward,ANANUNEZ,other, CENTRE ,table\n20,Peña,10,x,7,1\n21,Río,11,y,7,2\n"
    assert read(text.encode()) == ROWS


def test_an_exact_column_goes_before_a_similar_one() -> None:
    text = TEXT.replace("Ben\n", "Ben,BEN\n").replace("20\n", "20,99\n").replace("21\n", "21,99\n")
    assert read(text.encode()) == ROWS


def test_quotes_hold_delimiters_line_ends_and_quotes() -> None:
    text = 'Centre,Table,Ward,Ana Núñez,Ben\n7,1,"Pe\n""ñ"", a",10,20\n7,2,Río,11,21\n'
    first = RawRow(2, {**ROWS[0].values, "area_name.ward": 'Pe\n"ñ", a'})
    assert read(text.encode()) == (first, RawRow(4, ROWS[1].values))


def test_a_quote_that_is_never_closed_swallows_no_row() -> None:
    text = 'Centre,Table,Ward,Ana Núñez,Ben\n7,1,"Peña,10,20\n7,2,Río,11,21\n7,3,"Alto,12,22\n'
    rows = read(text.encode())
    assert rows == (
        RawRow(2, {}, "3 cells, expected 5"),
        ROWS[1],
        RawRow(4, {}, "3 cells, expected 5"),
    )
    assert [row.aside for row in judge_rows(rows, ELECTION, SOURCE)] == ["broken-row", None, "broken-row"]


def test_quotes_in_pairs_that_join_two_lines_into_a_broken_row_swallow_none() -> None:
    text = 'Centre,Table,Ward,Ana Núñez,Ben\n7,1,"Peña,10,20\n7,2,Río,11,"21"\n7,2,Río",11\n'
    assert [row.line for row in read(text.encode())] == [2, 3, 4]


def test_rows_with_other_numbers_of_cells_are_kept_as_broken() -> None:
    text = TEXT + "7,3,Sur,1\n\n7,4,Sur,1,2,3\n"
    assert read(text.encode()) == (
        *ROWS,
        RawRow(4, {}, "4 cells, expected 5"),
        RawRow(6, {}, "6 cells, expected 5"),
    )


def test_parquet_gives_the_same_rows_as_csv() -> None:
    frame = pl.DataFrame(
        {"Centre": [7, 7], "Table": ["1", " 2"], "Ward": ["Peña", "Río"], "Ana Núñez": [10.0, 11.0], "Ben": [20, 21]}
    )
    out = io.BytesIO()
    frame.write_parquet(out)
    assert read(out.getvalue()) == ROWS


def test_parquet_shows_what_is_missing_and_what_is_no_whole_number() -> None:
    frame = pl.DataFrame({"Centre": [10101001.0], "Table": [1], "Ward": [None], "Ana Núñez": [1.5], "Ben": [None]})
    out = io.BytesIO()
    frame.write_parquet(out)
    (row,) = read(out.getvalue())
    assert row == RawRow(2, {"station": "10101001.01", "area_name.ward": "", "A": "1.5", "B": ""})


def test_a_parquet_of_lists_is_refused_and_a_broken_one_too() -> None:
    out = io.BytesIO()
    pl.DataFrame({"Centre": [7], "Table": [1], "Ward": ["x"], "Ana Núñez": [[1]], "Ben": [{"a": 1}]}).write_parquet(out)
    for data in (out.getvalue(), out.getvalue()[:40], b"PAR1"):
        with pytest.raises(BadTable, match="expected Parquet"):
            read(data)


def test_a_small_parquet_that_unfolds_to_too_many_cells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MAX_PARQUET_CELLS", 9)
    out = io.BytesIO()
    pl.DataFrame({name: ["7", "7"] for name in ("Centre", "Table", "Ward", "Ana Núñez", "Ben")}).write_parquet(out)
    with pytest.raises(BadTable, match="expected at most 9 cells, came 2 × 5"):
        read(out.getvalue())


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "table.csv: expected a table, the file is empty"),
        (b" \n\n", "table.csv: expected a table, the file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "table.csv: expected CSV or Parquet, came binary data"),
        (
            b"Centre,Table,Ben\n",
            "the columns Centre, Table, Ward, Ana Núñez, Ben; missing Ward, Ana Núñez; the file has Centre, Table, Ben",
        ),
        (b"Centre,Table,Ward,Ana Nunez,Ben,Ben\n", "expected every column once, came twice: Ben"),
        (b"\xff\xfeC", "expected utf-16, the byte at 2 is none"),
    ],
)
def test_what_is_no_table_is_refused_by_name(data: bytes, sentence: str) -> None:
    with pytest.raises(BadTable) as caught:
        read(data)
    assert sentence in str(caught.value)


def test_a_file_without_line_ends_is_no_table() -> None:
    with pytest.raises(BadTable, match="expected a header of at most 65536 characters, came 100000"):
        read(b"a," * 50_000)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MAX_BYTES", 1024 * 1024)
    with pytest.raises(BadTable, match="expected at most 1 MiB, came 2 MiB"):
        read(b"x" * 2 * 1024 * 1024)


@pytest.mark.parametrize("encoding", ["klingon", "hex"])
def test_an_encoding_that_is_none_is_the_elections_mistake(encoding: str) -> None:
    with pytest.raises(BadElection, match="encoding: expected auto or a Python codec"):
        read(TEXT.encode(), encoding)


def test_a_figure_in_two_columns_is_the_elections_mistake() -> None:
    election = election_from_toml(TOML.replace('B = "Ben"', 'B = ["Ben", "Bob"]').replace("ENCODING", "auto"), "v")
    with pytest.raises(BadElection, match=r"columns\.B: expected one column"):
        read_table(TEXT.encode(), "table.csv", election.sources[0], election)


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS)), st.sampled_from(",;\t|"))
def test_a_table_that_a_program_wrote_comes_back_row_by_row(rows: list[tuple[str, ...]], delimiter: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["Centre", "Table", "Ward", "Ana Núñez", "Ben"])
    writer.writerows(rows)
    found = read(text.getvalue().encode())
    assert [(row.values["area_name.ward"], row.values["B"], row.broken) for row in found] == [
        (row[2].strip(), row[4].strip(), None) for row in rows
    ]
    assert len(judge_rows(found, ELECTION, SOURCE)) == len(rows)


@given(st.lists(st.text("ab,;7 \t", min_size=1, max_size=12), min_size=1), st.data())
@settings(deadline=None)
def test_every_line_of_a_broken_table_is_told_even_after_a_stray_quote(lines: list[str], data: st.DataObject) -> None:
    stray = data.draw(st.integers(0, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[stray])))
    lines[stray] = lines[stray][:place] + '"' + lines[stray][place:]
    text = "Centre,Table,Ward,Ana Núñez,Ben\n" + "".join(f"{line}\n" for line in lines)
    assert [row.line for row in read(text.encode())] == list(range(2, len(lines) + 2))
