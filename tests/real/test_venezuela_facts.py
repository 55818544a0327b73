"""What others published of Venezuela 2024 comes out of our own count.

The figures: the organisers' site for their two tables, MOE Colombia for the third, the electoral authority's two
bulletins. Without a home the tables are counted alone; with one, the whole way is gone and the policy decides.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from testigo.core.dossier import figures_of
from testigo.core.election import Election, election_from_toml
from testigo.core.ids import NATION, Counts, FieldId, StationCode
from testigo.core.records import Result
from testigo.core.register import StationRegister, register_from_csv, register_to_csv
from testigo.core.rows import judge_rows
from testigo.core.tabulation import Tabulation, standing_of
from testigo.count.comparison import compare_announced
from testigo.count.reconciliation import Reconciliation, comparable_fields, figures_frame, reconcile_frames
from testigo.count.tabulation import area_ids, tabulate_columns
from testigo.flows.report import report
from testigo.flows.tabulate import compare, reconcile, tabulate
from testigo.ports import World
from testigo.tables.registers import derive_register
from testigo.tables.reports import read_table
from testigo.wiring import make_home

pytestmark = pytest.mark.slow

V1, V2, THIRD = "organisers-v1", "organisers-v2", "third-party-qr"
PRESIDENT = "president"
Figures = Mapping[StationCode, Counts]


@pytest.fixture(scope="module")
def election(project: Path) -> Election:
    path = project / "elections" / "ve-2024" / "election.toml"
    return election_from_toml(path.read_text(encoding="utf-8"), str(path))


@pytest.fixture(scope="module")
def tables(election: Election, shared_data: Path) -> tuple[StationRegister, Mapping[str, Figures]]:
    """The register that follows from the three tables, and each table's figures by station."""
    judged = []
    for source in election.sources:
        raws = read_table((shared_data / "ve-2024" / str(source.file)).read_bytes(), source.id, source, election)
        judged.append((source, judge_rows(raws, election, source)))
    stations, names, _ = derive_register(judged, election)
    register = register_from_csv(register_to_csv(stations, names, election), election, "stations.csv")
    contest = election.contests[0]
    figures = {
        source.id: {row.station: figures_of(contest, row.counts) for row in rows if row.station and row.counts}
        for source, rows in judged
    }
    return register, figures


@pytest.fixture(scope="module")
def alone(election: Election, tables: tuple[StationRegister, Mapping[str, Figures]]) -> Mapping[str, Tabulation]:
    """The totals of each table by itself."""
    register, figures = tables
    return {
        source: tabulate_columns(
            [Result(station, PRESIDENT, "counted", source, (), counts) for station, counts in held.items()],
            held,
            register,
            election,
        )
        for source, held in figures.items()
    }


@pytest.fixture(scope="module")
def home(project: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A home that has taken in the three tables."""
    data = shared_data / "ve-2024"
    world, _ = make_home(project / "elections" / "ve-2024", tmp_path_factory.mktemp("ve") / "home", data)
    for source in world.election.sources:
        report(world, source.id, str(source.file), (data / str(source.file)).read_bytes())
    return world


def areas_led(totals: Tabulation, election: Election, depth: int) -> tuple[int, int]:
    """In how many areas of this level González leads, and how many have votes."""
    contest = election.contests[0]
    areas = area_ids(totals, PRESIDENT, depth)
    found = Counter(standing_of(contest, totals[PRESIDENT, area].counts).leader for area in areas)
    voted = sum(standing_of(contest, totals[PRESIDENT, area].counts).votes > 0 for area in areas)
    return found[FieldId("EG")], voted


@pytest.mark.parametrize(
    ("source", "stations", "gonzalez", "maduro", "votes"),
    [
        (V1, 24_532, 7_156_462, 3_241_461, 10_659_128),
        (V2, 25_073, 7_303_480, 3_316_142, 10_887_262),
        (THIRD, 21_952, 6_392_350, 2_891_553, 9_515_322),
    ],
)
def test_each_table_alone_sums_to_what_was_published(
    alone: Mapping[str, Tabulation],
    election: Election,
    source: str,
    stations: int,
    gonzalez: int,
    maduro: int,
    votes: int,
) -> None:
    nation = alone[source][PRESIDENT, NATION]
    assert (nation.counted, nation.quarantined, nation.expected) == (stations, 0, 30_026)
    assert (nation.counts[FieldId("EG")], nation.counts[FieldId("NM")]) == (gonzalez, maduro)
    standing = standing_of(election.contests[0], nation.counts)
    assert (standing.leader, standing.lead, standing.votes) == ("EG", gonzalez - maduro, votes)


def test_the_lead_of_the_first_release_and_the_shares_of_the_second(alone: Mapping[str, Tabulation]) -> None:
    first, second = alone[V1][PRESIDENT, NATION].counts, alone[V2][PRESIDENT, NATION].counts
    assert first[FieldId("EG")] - first[FieldId("NM")] == 3_915_001
    valid = second[FieldId("valid")]
    assert valid == 10_887_262
    shares = [round(100 * second[FieldId(choice)] / valid, 3) for choice in ("EG", "NM")]
    assert shares == [67.083, 30.459]


@pytest.mark.parametrize(("depth", "led", "voted"), [(1, 24, 24), (2, 300, 328), (3, 919, 1_090)])
def test_gonzalez_leads_in_24_states_300_municipalities_and_919_parishes(
    alone: Mapping[str, Tabulation], election: Election, depth: int, led: int, voted: int
) -> None:
    assert areas_led(alone[V2], election, depth) == (led, voted)


def test_the_first_release_states_the_registered_voters_of_its_stations(
    tables: tuple[StationRegister, Mapping[str, Figures]],
) -> None:
    register, figures = tables
    assert sum(register.stations[code].registered or 0 for code in figures[V1]) == 17_745_239
    assert {code for code, station in register.stations.items() if station.registered is not None} == set(figures[V1])


def reconciled(election: Election, figures: Mapping[str, Figures], here: str, there: str) -> Reconciliation:
    fields = comparable_fields(election.contests[0])
    return reconcile_frames(here, figures_frame(figures[here], fields), there, figures_frame(figures[there], fields))


def test_the_two_releases_agree_on_every_cell_of_their_common_stations(
    election: Election, tables: tuple[StationRegister, Mapping[str, Figures]]
) -> None:
    found = reconciled(election, tables[1], V1, V2)
    assert (found.common, len(found.only_here), len(found.only_there)) == (24_530, 2, 543)
    # Ten choices, the valid votes and the stated null votes.
    assert (found.cells, found.cells_compared) == ((), 24_530 * 12)


def test_the_later_release_and_the_codes_of_the_photos_differ_in_13_cells_of_7_stations(
    election: Election, tables: tuple[StationRegister, Mapping[str, Figures]]
) -> None:
    found = reconciled(election, tables[1], V2, THIRD)
    assert (found.common, len(found.only_here), len(found.only_there)) == (21_937, 3_136, 15)
    assert (len(found.stations_that_differ), len(found.cells)) == (7, 13)
    assert found.cells_compared == 21_937 * 10


@pytest.mark.parametrize(
    ("bulletin", "ppm", "maduro", "gonzalez", "others"),
    [("bulletin-1", 800_000, 5_150_092, 4_445_978, 462_704), ("bulletin-2", 968_700, 6_408_844, 5_326_104, 600_936)],
)
def test_the_bulletins_stand_beside_the_documented_votes(
    alone: Mapping[str, Tabulation],
    election: Election,
    bulletin: str,
    ppm: int,
    maduro: int,
    gonzalez: int,
    others: int,
) -> None:
    announced = next(one for one in election.announced if one.id == bulletin)
    found = compare_announced(announced, election.contests[0], alone[V2][PRESIDENT, NATION])
    assert announced.stations_ppm == ppm
    assert [(line.name, line.documented, line.announced) for line in found.lines] == [
        ("Maduro", 3_316_142, maduro),
        ("González", 7_303_480, gonzalez),
        ("otros", 10_887_262 - 7_303_480 - 3_316_142, others),
    ]
    assert (found.counted, found.expected) == (25_073, 30_026)


def test_a_home_gives_each_source_the_totals_of_its_table(home: World, alone: Mapping[str, Tabulation]) -> None:
    assert {source: tabulate(home, source) for source in alone} == alone


def test_a_home_counts_every_station_that_any_table_states(home: World) -> None:
    nation = tabulate(home)[PRESIDENT, NATION]
    stations = (nation.expected, nation.received, nation.read, nation.counted, nation.quarantined)
    assert stations == (30_026, 25_090, 25_090, 25_090, 0)


def test_a_home_reconciles_its_sources_as_the_tables_do(
    home: World, election: Election, tables: tuple[StationRegister, Mapping[str, Figures]]
) -> None:
    for here, there in ((V1, V2), (V2, THIRD)):
        assert reconcile(home, here, there) == (reconciled(election, tables[1], here, there),)


def test_a_home_compares_both_bulletins_with_all_its_stations(home: World) -> None:
    found = compare(home)
    assert [(one.announced.id, one.counted, one.total_announced) for one in found] == [
        ("bulletin-1", 25_090, 10_058_774),
        ("bulletin-2", 25_090, 12_335_884),
    ]
