"""Registers made from tables: every station is named, areas are learned from what tables share, nothing is invented."""

import pytest

from testigo.core.election import Election, Source, election_from_toml
from testigo.core.ids import AreaId, StationCode
from testigo.core.register import Station, register_from_csv, register_to_csv
from testigo.core.rows import Row
from testigo.tables.registers import area_spelling_notes, derive_register, plain_name

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
levels = ["state", "town", "centre"]
ignore_words = ["St.", "town of"]
[register]
derive_from = ["coded", "named"]
expected_stations = 99
[station]
pattern = "^[0-9]+$"
[[contest]]
id = "mayor"
name = "Mayor"
form = "sheet"
[[contest.choice]]
id = "A"
name = "Ana"
colour = "#0072b2"
[[source]]
id = "coded"
name = "Coded"
licence = "CC0-1.0"
published_at = "count.example"
columns = { station = "S" }
[[source]]
id = "named"
name = "Named"
licence = "CC0-1.0"
published_at = "count.example"
columns = { station = "S" }
[policy]
[[policy.basis]]
id = "coded"
from = "report"
source = "coded"
"""
ELECTION: Election = election_from_toml(TOML, "village")
CODED, NAMED = ELECTION.sources
LEVELS = ELECTION.areas.levels


def row(station: str | None, codes: str = "", names: str = "", registered: int | None = None) -> Row:
    """A row whose codes and names are given as `state/town/centre`, with empty parts where the table has none."""
    areas = dict(zip((f"area.{level}" for level in LEVELS), codes.split("/"), strict=False))
    areas |= dict(zip((f"area_name.{level}" for level in LEVELS), names.split("/"), strict=False))
    return Row(2, None if station is None else StationCode(station), {}, registered, areas, None, None)


def derived(coded: list[Row], named: list[Row]) -> tuple[dict[str, str], dict[AreaId, str], tuple[str, ...]]:
    tables: list[tuple[Source, list[Row]]] = [(NAMED, named), (CODED, coded)]
    stations, names, notes = derive_register(tables, ELECTION)
    return {station.code: station.area for station in stations}, names, notes


BASE = [
    row("10", "1/1/101", "St. Anna/Old Town"),
    row("20", "2/1/201", "Béla/Port"),
    row("30", "12/1/301", "Cely/Hill"),
]


def test_stations_of_all_tables_are_in_it_with_the_first_names_and_voters() -> None:
    coded = [row("2", "2/1/20", "Two/Port", None), row("1", "1/1/10", "One/Hill", 300)]
    named = [row("1", "//10", "ONE/HILL/School", 999), row("2", "//20", "//Hall", 250), row(None)]
    stations, names, notes = derive_register([(CODED, coded), (NAMED, named)], ELECTION)
    assert stations == (
        Station(StationCode("1"), ("1", "1", "10"), 300),
        Station(StationCode("2"), ("2", "1", "20"), 250),
    )
    assert names == {
        "": "Nation", "1": "One", "1/1": "Hill", "1/1/10": "School", "2": "Two", "2/1": "Port", "2/1/20": "Hall",
    }  # fmt: skip
    assert notes == ()


def test_codes_that_lost_their_zeros_are_the_same_area() -> None:
    found, _, _ = derived([row("1", "1/1/9"), row("2", "12/1/010")], [row("3", "//09")])
    assert found == {"1": "01/1/009", "2": "12/1/010", "3": "01/1/009"}


def test_a_station_is_placed_by_the_code_of_its_centre() -> None:
    found, _, notes = derived(BASE, [row("11", "//101", "Somewhere/Else")])
    assert (found["11"], notes) == ("01/1/101", ())


def test_a_centre_code_that_two_areas_use_places_nothing() -> None:
    coded = [row("1", "1/1/5"), row("2", "2/1/5")]
    found, _, notes = derived(coded, [row("3", "//5")])
    assert found["3"] == "unknown/unknown/5"
    assert notes == ("named: the area of 1 stations is unknown: 3",)


def test_a_station_is_placed_by_spellings_that_shared_stations_have() -> None:
    named = [row("20", "", "B./The Harbour"), row("21", "//202", "B./The Harbour")]
    found, _, notes = derived(BASE, named)
    assert (found["21"], notes) == ("02/1/202", ())


def test_a_spelling_that_stands_for_two_areas_is_not_used() -> None:
    named = [row("10", "", "X/Y"), row("20", "", "X/Y"), row("31", "//999", "X/Y")]
    assert derived(BASE, named)[0]["31"] == "unknown/unknown/999"


def test_a_station_is_placed_by_names_without_accents_case_and_common_words() -> None:
    found, _, notes = derived(
        BASE, [row("11", "//102", "ANNA/town of old   town"), row("21", "//299", "BELA/St. port")]
    )
    assert (found["11"], found["21"], notes) == ("01/1/102", "02/1/299", ())


def test_what_is_known_of_an_area_is_kept_and_the_rest_is_unknown() -> None:
    found, names, notes = derived(BASE, [row("11", "", "St. Anna/New Town"), row("12", "1//", "/New Town")])
    assert (found["11"], found["12"]) == ("01/unknown/unknown", "01/unknown/unknown")
    assert names[AreaId("01/unknown")] == "unknown"
    assert notes == ("named: the area of 2 stations is unknown: 11, 12",)


def test_a_code_that_could_not_stand_in_an_areas_id_is_rewritten_or_unknown() -> None:
    found, _, _ = derived([row("1", "a b/../c")], [])
    assert found == {"1": "a b/unknown/c"}
    tables = [(CODED, [Row(2, StationCode("1"), {}, None, {f"area.{level}": "4/5" for level in LEVELS}, None, None)])]
    assert derive_register(tables, ELECTION)[0][0].areas == ("4-5", "4-5", "4-5")


def test_a_table_that_was_not_given_is_noted() -> None:
    assert derive_register([(CODED, BASE)], ELECTION)[2] == ("named: no table of this source was given",)


def test_a_derived_register_can_be_written_and_read_again() -> None:
    stations, names, _ = derive_register([(CODED, BASE), (NAMED, [row("99", "", '"x", y/z')])], ELECTION)
    register = register_from_csv(register_to_csv(stations, names, ELECTION), ELECTION, "stations.csv")
    assert tuple(register.stations.values()) == stations
    assert register.names == names
    assert (register.complete, register.expected_nation) == (False, 99)


def test_other_spellings_of_areas_are_counted_and_the_first_are_listed() -> None:
    stations, names, _ = derive_register([(CODED, BASE)], ELECTION)
    register = register_from_csv(register_to_csv(stations, names, ELECTION), ELECTION, "stations.csv")
    rows = [
        row("10", "001/1/101", "ANNA/OLD TOWN"),
        row("20", "2/1/201", "Bela/Harbour"),
        row("30", "2/1/301", "Cely/Harbour"),
        row("77", "9/9/9", "No/Where"),
    ]
    assert area_spelling_notes(rows[:1], register, ELECTION) == ()
    assert area_spelling_notes(rows, register, ELECTION) == (
        "2 stations in areas that the register spells otherwise, 3 spellings",
        'town: "Harbour", the register has "Port" (1 stations)',
        'state: code "2", the register has "12" (1 stations)',
        'town: "Harbour", the register has "Hill" (1 stations)',
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Béla-Bártók", "bela bartok"), ("ST. ANNA", "anna"), ("St.", "st"), ("  a_b  ", "a b"), ("EDO.NVA", "edo nva")],
)
def test_names_are_compared_by_their_plain_words(text: str, plain: str) -> None:
    assert plain_name(text, frozenset({"st"})) == plain
