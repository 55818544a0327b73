"""Venezuela 2024: certainty, impossibility and percent-first come out to the digit, also where others published."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from testigo.stats import certainty as ct
from testigo.stats import impossibility as im
from testigo.stats import rounding as ro

Ints = NDArray[np.int64]
CHOICES = ["EG", "NM", "LM", "JABE", "JOBR", "AE", "CF", "DC", "EM", "BERA"]
STATIONS = 30_026
REGISTER, DOMESTIC = 21_392_464, 21_323_253
MISSING = 3_348_935
FIRST = {"EG": 4_445_978, "NM": 5_150_092, "others": 462_704}
SECOND = {"EG": 5_326_104, "NM": 6_408_844, "others": 600_936}
COVERAGE_1, COVERAGE_2 = Fraction(4, 5), Fraction(9687, 10_000)


@dataclass(frozen=True)
class Tables:
    """The organisers' two tables and their union; `three` (n, 3) are the union's votes for EG, NM and all others."""

    one: pl.DataFrame
    two: pl.DataFrame
    union: pl.DataFrame
    three: Ints


def columns(table: pl.DataFrame, names: list[str]) -> Ints:
    found: Ints = table.select(names).to_numpy().astype(np.int64)
    return found


def totals(table: pl.DataFrame) -> dict[str, int]:
    return dict(zip(CHOICES, (int(n) for n in columns(table, CHOICES).sum(axis=0)), strict=True))


@pytest.fixture(scope="module")
def tables(shared_data: Path) -> Tables:
    folder = shared_data / "ve-2024"
    one = pl.read_csv((folder / "organisers-v1.csv").read_bytes())
    two = pl.read_csv((folder / "organisers-v2.csv").read_bytes().decode("latin-1").encode())
    late = one.join(two, on=["CENTRO", "MESA"], how="anti")
    union = pl.concat([two, late.select(two.columns)])
    votes = columns(union, CHOICES)
    three = np.column_stack([votes[:, 0], votes[:, 1], votes[:, 2:].sum(axis=1)])
    return Tables(one, two, union, three)


def certificate(tables: Tables, bulletin: dict[str, int], inside: tuple[int, int], cap: Fraction) -> im.Certificate:
    return im.least_wrong_votes(
        tables.three,
        list(bulletin.values()),
        inside=inside,
        undocumented=STATIONS - len(tables.three),
        missing_registered=MISSING,
        cap=cap,
    )


def test_the_tables_have_the_published_totals(tables: Tables) -> None:
    one, two, union = totals(tables.one), totals(tables.two), totals(tables.union)
    assert (len(tables.one), one["EG"], one["NM"], sum(one.values())) == (24_532, 7_156_462, 3_241_461, 10_659_128)
    assert (len(tables.two), two["EG"], two["NM"], sum(two.values())) == (25_073, 7_303_480, 3_316_142, 10_887_262)
    assert (len(tables.union), union["EG"], union["NM"]) == (25_075, 7_304_224, 3_316_258)
    assert (columns(tables.two, CHOICES).sum(axis=1) == tables.two["VOTOS_VALIDOS"].to_numpy()).all()
    areas = tables.two.group_by("COD_EDO", "COD_MUN").agg(pl.col("EG", "NM").sum())
    assert (areas.filter(pl.col("EG") > pl.col("NM")).height, areas.height) == (300, 328)


def test_both_tables_say_the_same_of_every_station_that_both_have(tables: Tables) -> None:
    both = tables.one.join(tables.two, on=["CENTRO", "MESA"], how="inner")
    assert both.height == 24_530
    assert (columns(both, CHOICES) == columns(both, [f"{choice}_right" for choice in CHOICES])).all()


def test_areas_of_every_level_have_the_leaders_that_are_known(tables: Tables) -> None:
    def ahead(*keys: str) -> tuple[int, int, int]:
        sums = tables.two.group_by(keys).agg(pl.col("EG", "NM").sum())
        ties = sums.filter(pl.col("EG") == pl.col("NM")).height
        return sums.filter(pl.col("EG") > pl.col("NM")).height, ties, sums.height

    assert ahead("COD_EDO") == (24, 0, 24)
    assert ahead("COD_EDO", "COD_MUN", "COD_PAR")[::2] == (919, 1_090)
    assert ahead("CENTRO") == (10_236, 33, 13_110)
    assert ahead("CENTRO", "MESA") == (21_712, 41, 25_073)


def test_no_sheet_has_more_ballots_than_voters(tables: Tables) -> None:
    ballots, registered = tables.one["VOTOS_VALIDOS"] + tables.one["VOTOS_NULOS"], tables.one["RE"]
    turnout = (ballots / registered).to_numpy()
    assert round(float(turnout.max()), 4) == 0.9906
    assert round(float(tables.one["VOTOS_VALIDOS"].sum()) / float(registered.sum()), 4) == 0.6007
    parts = np.quantile(turnout, [0.01, 0.5, 0.95, 0.99, 0.999])
    assert parts.tolist() == pytest.approx([0.382, 0.616, 0.794, 0.911, 0.952], abs=0.001)


def test_a_share_of_the_first_table_gives_what_newspapers_counted(tables: Tables) -> None:
    votes = totals(tables.one)
    part = Fraction(23_720, 24_532)
    expected = [round(part * number) for number in (sum(votes.values()), votes["EG"], votes["NM"])]
    assert expected == [10_306_315, 6_919_586, 3_134_170]
    mean = Fraction(sum(votes.values()), len(tables.one))
    assert ct.slack(6_901_845 - 3_131_103, round(mean * (STATIONS - 23_720))) == 1_030_792


@pytest.mark.parametrize(("kept", "states"), [(0.82, range(6, 16)), (0.5, range(1))])
def test_with_centres_taken_away_only_areas_that_cannot_change_are_certain(
    tables: Tables, kept: float, states: range
) -> None:
    table = tables.one
    votes, registered = columns(table, CHOICES), columns(table, ["RE"])[:, 0]
    area = columns(table.select(pl.col("COD_EDO").rank("dense") - 1), ["COD_EDO"])[:, 0]
    centre = columns(table.select(pl.col("CENTRO").rank("dense") - 1), ["CENTRO"])[:, 0]
    drawn = np.random.PCG64(1).random_raw(int(centre.max()) + 1) / 2**64
    found = ct.certainty_by_area(area, votes, registered, drawn[centre] < kept, [Fraction(1), Fraction(4, 5)])
    truth = ct.certainty_by_area(area, votes, registered, np.ones(table.height, np.bool_)).leader
    certain, capped = found.certain
    assert int(certain.sum()) in states
    assert (capped | ~certain).all()
    assert (found.leader[capped] == truth[capped]).all()


def test_the_lead_is_more_than_all_voters_of_the_missing_stations(tables: Tables) -> None:
    votes, known = totals(tables.one), int(tables.one["RE"].sum())
    assert known == 17_745_239
    for register, missing, left in ((REGISTER, 3_647_225, 267_776), (DOMESTIC, 3_578_014, 336_987)):
        absent = ct.missing_registered(register, known=known)
        found = ct.certainty_of(votes, absent.registered)
        assert (absent.registered, absent.exact) == (missing, True)
        assert (found.leader, found.rival, found.lead, found.slack) == ("EG", "NM", 3_915_001, left)
        assert found.certain
    assert ct.certainty_of(votes, 3_576_544).slack == 338_457, "the Carter Center's own number of missing voters"
    turnouts = [ct.certainty_of(votes, missing).tie_turnout for missing in (3_578_014, 3_647_225)]
    assert [round(float(turnout), 3) for turnout in turnouts if turnout is not None] == [1.094, 1.073]


def test_of_both_tables_together_the_bound_is_wider_though_some_voters_are_unknown(tables: Tables) -> None:
    late = tables.two.join(tables.one, on=["CENTRO", "MESA"], how="anti")
    ballots = int((late["VOTOS_VALIDOS"] + late["VOTOS_NULOS"]).sum())
    assert (late.height, ballots) == (543, 229_079)
    known = int(tables.one["RE"].sum())
    for register, missing, left in ((DOMESTIC, MISSING, 639_031), (REGISTER, 3_418_146, 569_820)):
        absent = ct.missing_registered(register, known=known, unknown_stations=543, ballots_of_unknown=ballots)
        found = ct.certainty_of(totals(tables.union), absent.registered)
        assert (absent.registered, absent.exact, found.lead, found.slack) == (missing, False, 3_987_966, left)


def test_the_third_table_gives_the_bound_that_moe_colombia_published(shared_data: Path) -> None:
    table = pl.read_csv(shared_data / "ve-2024" / "third-party-qr.csv")
    names = [
        "Gonzalez",
        "Maduro",
        "Martinez",
        "Bertucci",
        "Brito",
        "Ecarri",
        "Fermin",
        "Ceballos",
        "Marquez",
        "Rausseo",
    ]
    votes = {name: int(table[name].sum()) for name in names}
    assert (table.height, votes["Gonzalez"], votes["Maduro"]) == (21_952, 6_392_350, 2_891_553)
    assert sum(votes.values()) == 9_515_322
    found = ct.certainty_of_votes_cast(votes, 12_386_699)
    assert (found.lead, found.missing, found.slack) == (3_500_797, 2_871_377, 629_420)


def test_in_random_order_the_result_was_certain_after_four_fifths_of_the_stations(tables: Tables) -> None:
    registered = columns(tables.one, ["RE"])[:, 0]
    caps = [Fraction(1), Fraction(9, 10), Fraction(8, 10), Fraction(7, 10), Fraction(65, 100)]
    drawn = ct.random_arrivals(
        columns(tables.one, CHOICES),
        registered,
        DOMESTIC - int(registered.sum()),
        stations=STATIONS,
        orders=50,
        seed=1,
        caps=caps,
    )
    shares = [float(share) for share in (one.share() for one in drawn) if share is not None]
    assert shares == pytest.approx([0.804, 0.788, 0.770, 0.746, 0.733], abs=0.001)


@pytest.mark.parametrize(
    ("bulletin", "coverage", "inside", "coverage_possible"),
    [(FIRST, COVERAGE_1, 4_785_356, 0.7694), (SECOND, COVERAGE_2, 6_844_160, 0.8472)],
)
def test_the_bulletins_hold_fewer_votes_for_eg_than_they_must(
    tables: Tables, bulletin: dict[str, int], coverage: Fraction, inside: int, coverage_possible: float
) -> None:
    eg = tables.three[:, 0]
    assert im.least_inside(eg, im.stations_left_out(coverage, STATIONS)) == inside
    assert inside - bulletin["EG"] in (339_378, 1_518_056)
    assert round(float(im.most_coverage(eg, bulletin["EG"], STATIONS)), 4) == coverage_possible


def test_the_bulletins_need_more_votes_for_nm_than_are_left_in_the_second(tables: Tables) -> None:
    found = [
        im.needed_from_undocumented(
            bulletin["NM"],
            int(tables.three[:, 1].sum()),
            STATIONS - len(tables.three),
            missing_registered=MISSING,
            announced_total=sum(bulletin.values()),
            valid=tables.three.sum(axis=1),
            left_out=im.stations_left_out(coverage, STATIONS),
        )
        for bulletin, coverage in ((FIRST, COVERAGE_1), (SECOND, COVERAGE_2))
    ]
    assert [(one.undocumented, one.needed, one.by_total, one.possible) for one in found] == [
        (4_951, 1_833_834, 2_657_830, True),
        (4_951, 3_092_586, 2_062_084, False),
    ]
    assert [round(float(one.per_station), 1) for one in found if one.per_station is not None] == [370.4, 624.6]
    assert round(found[1].needed / MISSING, 3) == 0.923


@pytest.mark.parametrize(
    ("cap", "second", "first", "first_wide"),
    [
        (Fraction(1), 1_683_598, 283_769, 228_026),
        (Fraction(4, 5), 2_353_385, 323_525, 280_020),
        (Fraction(6503, 10_000), 2_854_721, 811_680, 774_386),
    ],
)
def test_so_many_votes_of_the_bulletins_are_wrong_whatever_stations_were_inside(
    tables: Tables, cap: Fraction, second: int, first: int, first_wide: int
) -> None:
    assert certificate(tables, SECOND, im.stations_inside(COVERAGE_2, STATIONS, 2), cap).least_wrong == second
    assert certificate(tables, FIRST, im.stations_inside(COVERAGE_1, STATIONS, 0), cap).least_wrong == first
    wide = certificate(tables, FIRST, (23_721, 24_321), cap)  # 79% to 81% of the stations
    assert round(wide.bound) == first_wide
    assert wide.least_wrong - wide.bound < 1


def test_true_totals_of_a_random_80_percent_are_possible(tables: Tables) -> None:
    votes = columns(tables.two, CHOICES)
    three = np.column_stack([votes[:, 0], votes[:, 1], votes[:, 2:].sum(axis=1)])
    inside = np.random.Generator(np.random.PCG64(7)).random(len(three)) < 0.8
    found = im.least_wrong_votes(
        three,
        [int(n) for n in three[inside].sum(axis=0)],
        inside=(int(inside.sum()), int(inside.sum())),
        undocumented=0,
        missing_registered=0,
    )
    assert found.least_wrong == 0


def test_the_second_bulletin_told_a_share_that_its_votes_do_not_give(tables: Tables) -> None:
    shares = {"NM": "51.95", "EG": "43.18", "others": "4.86"}
    checks = {check.name: check for check in im.check_shares(SECOND, shares)}
    assert [name for name, check in checks.items() if not (check.rounded or check.cut)] == ["others"]
    assert round(float(checks["others"].worked_out), 4) == 4.8714
    assert im.sum_of_shares(shares) == Fraction("99.99")
    others = int(tables.three[:, 2].sum())
    assert (others, round(FIRST["others"] / others, 2), round(SECOND["others"] / others, 2)) == (267_651, 1.73, 2.25)


def test_nothing_fell_between_the_bulletins() -> None:
    found = im.growth(FIRST, SECOND, earlier_stations=COVERAGE_1 * STATIONS, later_stations=COVERAGE_2 * STATIONS)
    assert (found.added, found.fallen) == ({"NM": 1_258_752, "EG": 880_126, "others": 138_232}, ())
    assert found.before is not None
    assert found.after is not None
    assert (round(float(found.before), 1), round(float(found.after), 1)) == (418.8, 449.5)
    shares = {name: round(float(100 * share), 3) for name, share in found.shares_added.items()}
    assert shares == {"NM": 55.278, "EG": 38.651, "others": 6.071}


def test_the_first_bulletin_was_worked_out_from_percentages_with_one_decimal() -> None:
    votes = (FIRST["NM"], FIRST["EG"], FIRST["others"])
    found = ro.match(votes, 1)
    assert found.holds
    assert found.steps == (512, 442, 46)
    assert [round(float(residual), 3) for residual in found.residuals] == [-0.288, -0.108, 0.396]
    assert ro.matching(votes)[0].decimals == 1
    chance = ro.null_probability(sum(votes), 3, 1)
    assert chance.hits == 376_479
    assert round(1 / chance.value) == 134_375_310
    assert round(float(chance.corrected(9)), 9) == 6.7e-08
    assert round(float(ro.null_probability(sum(votes), 3, 2).value), 9) == 7.42e-07


def test_the_second_bulletin_was_not() -> None:
    votes = (SECOND["NM"], SECOND["EG"], SECOND["others"])
    assert ro.matching(votes, modes=ro.MODES) == ()
    assert [round(residual) for residual in ro.match(votes, 2).residuals] == [352, -531, 178]
    chances = [float(ro.null_probability(sum(votes), 3, d).value) for d in (1, 2)]
    assert [f"{chance:.2e}" for chance in chances] == ["4.95e-09", "4.93e-07"]


@pytest.mark.parametrize(("depth", "areas", "by_chance"), [(1, 24, 0.0007), (2, 135, 0.08), (3, 155, 0.13)])
def test_no_area_of_the_documented_totals_looks_worked_out_from_percentages(
    tables: Tables, depth: int, areas: int, by_chance: float
) -> None:
    keys = ["COD_EDO", "COD_MUN", "COD_PAR"][:depth]
    sums = tables.two.group_by(keys).agg(pl.col("EG", "NM", "VOTOS_VALIDOS").sum())
    large = sums.filter(pl.col("VOTOS_VALIDOS") >= 20_000)
    hits, expected = 0, 0.0
    for eg, nm, valid in large.select("EG", "NM", "VOTOS_VALIDOS").iter_rows():
        hits += ro.match((eg, nm, valid - eg - nm), 1).holds
        expected += float(ro.null_probability(valid, 3, 1).value)
    assert (large.height, hits) == (areas, 0)
    assert expected == pytest.approx(by_chance, rel=0.1)
