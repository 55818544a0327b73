"""The three published tables of Venezuela 2024 are taken in whole, and a register comes out of them.

The figures were published by others: totals of the organisers' site, and of MOE Colombia for the third table.
"""

from collections import defaultdict
from pathlib import Path

import pytest

from testigo.core.election import Election, Source, election_from_toml
from testigo.core.register import Station, StationRegister, register_from_csv, register_to_csv
from testigo.core.rows import Row, judge_rows
from testigo.tables.registers import area_spelling_notes, derive_register
from testigo.tables.reports import read_table

Tables = dict[str, tuple[Source, tuple[Row, ...]]]


@pytest.fixture(scope="module")
def election() -> Election:
    path = Path(__file__).resolve().parents[2] / "elections" / "ve-2024" / "election.toml"
    return election_from_toml(path.read_text(encoding="utf-8"), "ve-2024/election.toml")


@pytest.fixture(scope="module")
def tables(election: Election, shared_data: Path) -> Tables:
    found: Tables = {}
    for source in election.sources:
        assert source.file is not None
        raws = read_table((shared_data / "ve-2024" / source.file).read_bytes(), source.file, source, election)
        found[source.id] = (source, judge_rows(raws, election, source))
    return found


@pytest.fixture(scope="module")
def derived(tables: Tables, election: Election) -> tuple[tuple[Station, ...], StationRegister, tuple[str, ...]]:
    stations, names, notes = derive_register(list(tables.values()), election)
    register = register_from_csv(register_to_csv(stations, names, election), election, "stations.csv")
    return stations, register, notes


@pytest.mark.parametrize(
    ("source", "rows", "gonzalez", "maduro", "votes"),
    [
        ("organisers-v1", 24_532, 7_156_462, 3_241_461, 10_659_128),
        ("organisers-v2", 25_073, 7_303_480, 3_316_142, 10_887_262),
        ("third-party-qr", 21_952, 6_392_350, 2_891_553, 9_515_322),
    ],
)
def test_a_table_is_taken_whole_and_sums_to_what_was_published(
    tables: Tables, election: Election, source: str, rows: int, gonzalez: int, maduro: int, votes: int
) -> None:
    found = tables[source][1]
    assert [row for row in found if row.aside is not None] == []
    assert [row.line for row in found] == list(range(2, rows + 2))
    sums: dict[str, int] = defaultdict(int)
    for row in found:
        for field, ballots in (row.counts or {}).items():
            sums[field] += ballots
    assert (sums["EG"], sums["NM"]) == (gonzalez, maduro)
    assert sum(sums[choice.id] for choice in election.contests[0].choices) == votes


def test_the_lost_zeros_of_the_organisers_codes_are_put_back(tables: Tables) -> None:
    v1, v2, third = (
        {row.station for row in tables[name][1]} for name in ("organisers-v1", "organisers-v2", "third-party-qr")
    )
    assert (len(v1 | v2), len(v2 & third), len(v1 & v2), len(v1 | v2 | third)) == (25_075, 21_937, 24_530, 25_090)


def test_only_seven_stations_differ_between_the_later_table_and_the_codes(tables: Tables) -> None:
    third = {row.station: row.counts or {} for row in tables["third-party-qr"][1]}
    cells = [
        (row.station, field)
        for row in tables["organisers-v2"][1]
        for field, ballots in third.get(row.station, {}).items()
        if (row.counts or {})[field] != ballots
    ]
    assert (len({station for station, _ in cells}), len(cells)) == (7, 13)


def test_the_register_has_every_station_and_no_unknown_area(
    derived: tuple[tuple[Station, ...], StationRegister, tuple[str, ...]],
) -> None:
    stations, register, notes = derived
    assert notes == ()
    assert len(stations) == 25_090
    areas = [len({station.areas[:depth] for station in stations}) for depth in (1, 2, 3)]
    assert areas == [24, 328, 1_090]
    assert not [area for area in register.names if "unknown" in area]
    assert {station.areas[3] for station in stations} == {station.code[:9] for station in stations}
    assert sum(station.registered or 0 for station in stations) == 17_745_239
    assert (register.complete, register.expected_nation) == (False, 30_026)


def test_the_organisers_spell_areas_alike_and_the_third_party_otherwise(
    tables: Tables,
    election: Election,
    derived: tuple[tuple[Station, ...], StationRegister, tuple[str, ...]],
) -> None:
    _, register, _ = derived
    assert area_spelling_notes(tables["organisers-v2"][1], register, election) == ()
    assert area_spelling_notes(tables["organisers-v1"][1], register, election) == ()
    notes = area_spelling_notes(tables["third-party-qr"][1], register, election)
    assert len(notes) == 11
    assert 'state: "NUEVA ESPARTA", the register has "EDO.NVA.ESPARTA" (475 stations)' in notes
