"""Rows of tables: every one is judged, none is lost, and each cause for setting one aside has its word."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testigo.core.election import Election, Source, election_from_toml
from testigo.core.ids import FieldId, StationCode
from testigo.core.register import StationRegister, register_from_csv
from testigo.core.rows import CAUSES, RawRow, Row, judge_rows, station_template
from testigo.errors import BadElection

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
pad = 6
[[contest]]
id = "mayor"
name = "Mayor"
form = "sheet"
valid = "valid"
null = ["null"]
[[contest.choice]]
id = "A"
name = "Ana"
colour = "#0072b2"
lines = ["A.x", "A.y"]
[[contest.choice]]
id = "B"
name = "Ben"
colour = "#d55e00"
[[source]]
id = "table"
name = "Table"
licence = "CC0-1.0"
published_at = "count.example"
station_format = "{CENTRE:0>3}.{TABLE:0>2}"
[source.columns]
station = ["CENTRE", "TABLE"]
registered = "REG"
"area.ward" = "WARD"
A = "A"
"A.x" = "AX"
"A.y" = "AY"
B = "B"
valid = "VALID"
[policy]
[[policy.basis]]
id = "table"
from = "report"
source = "table"
"""
ELECTION: Election = election_from_toml(TOML, "village")
SOURCE: Source = ELECTION.sources[0]


def judged(*rows: dict[str, str], register: StationRegister | None = None) -> tuple[Row, ...]:
    raws = [RawRow(line, {"station": "001.01", **row}) for line, row in enumerate(rows, 2)]
    return judge_rows(raws, ELECTION, SOURCE, register)


def asides(*rows: dict[str, str]) -> list[tuple[str | None, str | None]]:
    return [(row.aside, row.saw) for row in judged(*rows)]


def test_a_good_row_is_taken_whole() -> None:
    raw = {"station": "01.01", "registered": "300", "area.ward": "7", "A": "10", "B": "20", "valid": "30"}
    counts = {FieldId("A"): 10, FieldId("B"): 20, FieldId("valid"): 30}
    assert judged(raw) == (Row(2, StationCode("001.01"), counts, 300, {"area.ward": "7"}, None, None),)


@pytest.mark.parametrize(
    ("values", "aside", "saw"),
    [
        ({"station": "1234567", "A": "1"}, "bad-station", 'station = "1234567"'),
        ({"station": "", "A": "1"}, "bad-station", 'station = ""'),
        ({"station": "१२३.०१", "A": "1"}, "bad-station", 'station = "१२३.०१"'),
        ({"A": "12,5", "B": "1"}, "not-a-number", 'A = "12,5"'),
        ({"A": "1,234"}, "not-a-number", 'A = "1,234"'),
        ({"A": "1.234"}, "not-a-number", 'A = "1.234"'),
        ({"A": "1 234"}, "not-a-number", 'A = "1 234"'),
        ({"A": "+5"}, "not-a-number", 'A = "+5"'),
        ({"A": "1e3"}, "not-a-number", 'A = "1e3"'),
        ({"A": "²"}, "not-a-number", 'A = "²"'),
        ({"A": "NaN"}, "not-a-number", 'A = "NaN"'),
        ({"A": "5", "registered": "many"}, "not-a-number", 'registered = "many"'),
        ({"A": "5", "B": "-3"}, "negative", 'B = "-3"'),
        ({"A": "-1", "B": "many"}, "not-a-number", 'B = "many"'),
        ({"A": "1000000000"}, "too-large", 'A = "1000000000"'),
        ({"A": "9" * 5000}, "too-large", f'A = "{"9" * 60}…"'),
        ({"valid": "7"}, "missing-figure", "no figure in A, A.x, A.y, B"),
        ({"A": "1", "B": "2", "valid": "4"}, "parts-not-total", "choices = 3, valid = 4"),
        ({"A": "3", "A.x": "1", "A.y": "1"}, "parts-not-total", "lines of A = 2, A = 3"),
        ({"A.x": "1", "A.y": "1", "B": "2", "valid": "5"}, "parts-not-total", "choices = 4, valid = 5"),
    ],
)
def test_a_row_is_set_aside_with_its_cause_and_what_was_there(values: dict[str, str], aside: str, saw: str) -> None:
    assert asides(values) == [(aside, saw)]


@pytest.mark.parametrize(
    ("text", "ballots"),
    [("0", 0), ("007", 7), ("12.0", 12), (" 12 ", 12), ("١٢٣", 123), ("۴۵", 45), ("999999999", 999_999_999)],
)
def test_numbers_of_spreadsheets_and_of_arabic_hands_are_understood(text: str, ballots: int) -> None:
    (row,) = judged({"A": text})
    assert (row.counts, row.aside) == ({"A": ballots}, None)


def test_an_empty_figure_is_absent_and_never_zero() -> None:
    (row,) = judged({"A": "5", "B": "", "valid": "9"})
    assert (row.counts, row.aside) == ({"A": 5, "valid": 9}, None)


def test_a_row_of_zeros_is_taken() -> None:
    assert asides({"A": "0", "B": "0", "valid": "0"}) == [(None, None)]


def test_a_station_that_the_register_lacks_is_set_aside() -> None:
    register = register_from_csv("station,registered,ward,ward_name\n001.01,,7,Seven\n", ELECTION, "stations.csv")
    rows = judged({"A": "1"}, {"station": "001.02", "A": "1"}, register=register)
    assert [(row.aside, row.station) for row in rows] == [(None, "001.01"), ("unknown-station", "001.02")]


def test_of_equal_rows_of_a_station_the_first_is_taken() -> None:
    assert asides({"A": "1"}, {"A": "1"}, {"A": "1.0"}) == [
        (None, None),
        ("duplicate", "the same figures as line 2"),
        ("duplicate", "the same figures as line 2"),
    ]


def test_of_rows_that_differ_about_a_station_none_is_taken() -> None:
    saw = "lines 2, 3, 4: A 1 and 2"
    assert asides({"A": "1"}, {"A": "2"}, {"A": "1"}) == [("duplicate-differs", saw)] * 3


def test_a_row_with_broken_sums_still_contradicts_another_one() -> None:
    assert asides({"A": "1", "B": "1", "valid": "9"}, {"A": "1", "B": "8", "valid": "9"}) == [
        ("parts-not-total", "choices = 2, valid = 9"),
        ("duplicate-differs", "lines 2, 3: B 1 and 8"),
    ]


def test_a_broken_row_is_kept_as_such() -> None:
    (row,) = judge_rows([RawRow(9, {}, "3 cells, expected 7")], ELECTION, SOURCE)
    assert row == Row(9, None, None, None, {}, "broken-row", "3 cells, expected 7")


TEXTS = st.one_of(st.text(max_size=8), st.integers(-5, 10**10).map(str), st.just("12.0"))
RAWS = st.lists(
    st.dictionaries(st.sampled_from(["station", "registered", "A", "A.x", "A.y", "B", "valid", "area.ward"]), TEXTS),
    max_size=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RAWS)
def test_no_row_is_ever_lost_whatever_stands_in_it(values: list[dict[str, str]]) -> None:
    raws = [RawRow(line, row) for line, row in enumerate(values, 2)]
    rows = judge_rows(raws, ELECTION, SOURCE)
    assert [row.line for row in rows] == [raw.line for raw in raws]
    for row in rows:
        assert row.aside is None or row.aside in CAUSES
        assert (row.saw is None) == (row.aside is None)
        assert row.saw is None or (len(row.saw) < 120 and row.saw.isprintable())
        assert row.aside is not None or (row.station is not None and row.counts is not None)


@given(st.lists(st.tuples(st.sampled_from(["001.01", "001.02"]), st.integers(0, 2)), max_size=8))
def test_every_station_takes_part_at_most_once_and_only_undisputed(pairs: list[tuple[str, int]]) -> None:
    rows = judged(*({"station": station, "A": str(votes)} for station, votes in pairs))
    for station in ("001.01", "001.02"):
        stated = {votes for code, votes in pairs if code == station}
        taken = [row for row in rows if row.station == station and row.aside is None]
        assert len(taken) == (1 if len(stated) == 1 else 0)


def with_format(text: str | None, columns: tuple[str, ...] = ("CENTRE", "TABLE")) -> Source:
    return Source("t", "T", "report", None, "", "", "auto", {"station": columns}, text)


@pytest.mark.parametrize(
    ("text", "cells", "code"),
    [
        ("{CENTRE:0>3}.{TABLE:0>2}", ("7", "1"), "007.01"),
        ("{CENTRE:0>3}.{TABLE:0>2}", ("7.0", "1.0"), "007.01"),
        ("{CENTRE}-{TABLE}", ("7", "1"), "7-1"),
        ("{CENTRE:.2}/{TABLE}", ("7654", "1"), "76/1"),
        ("{CENTRE:0>3}.{TABLE:0>2}", ("", "1"), ""),
        ("{TABLE}x", ("7", "1"), "1x"),
    ],
)
def test_a_station_is_put_together_from_columns(text: str, cells: tuple[str, ...], code: str) -> None:
    assert station_template(with_format(text)).join(cells) == code


@pytest.mark.parametrize("text", ["{OTHER}", "{CENTRE", "CENTRE", "{CENTRE!r}", "{CENTRE.real}", "{0}", "{CENTRE:>9}"])
def test_a_station_format_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(BadElection, match="station_format: expected columns"):
        station_template(with_format(text))


def test_several_station_columns_need_a_format() -> None:
    with pytest.raises(BadElection, match="expected station_format for 2 station columns"):
        station_template(with_format(None))
