"""Venezuela 2024: how many sheets an audit would have to draw, and how well the transcriptions agree."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from testigo.stats.agreement import agreement
from testigo.stats.audit import contest, digitisation, equal_probability_bound, pair
from testigo.stats.martingale import draws_needed

Ints = NDArray[np.int64]
CHOICES = ["EG", "NM", "LM", "JABE", "JOBR", "AE", "CF", "DC", "EM", "BERA"]
TABLES, MISSING_REGISTERED = 30_026, 3_348_935


@pytest.fixture(scope="module")
def two(shared_data: Path) -> pl.DataFrame:
    data = (shared_data / "ve-2024" / "organisers-v2.csv").read_bytes()
    return pl.read_csv(data.decode("latin-1").encode())


@pytest.fixture(scope="module")
def one(shared_data: Path) -> pl.DataFrame:
    return pl.read_csv((shared_data / "ve-2024" / "organisers-v1.csv").read_bytes())


def column(table: pl.DataFrame, name: str) -> Ints:
    return table[name].to_numpy().astype(np.int64)


def ballots(table: pl.DataFrame) -> Ints:
    return column(table, "VOTOS_VALIDOS") + column(table, "VOTOS_NULOS")


def test_ten_sheets_at_five_percent_and_fifteen_at_one(two: pl.DataFrame) -> None:
    found = pair("EG", "NM", column(two, "EG") - column(two, "NM"), ballots(two))
    assert found.bound is not None
    assert (found.margin, int(found.sizes.sum())) == (3_987_338, 14_875_813)
    assert round(float(found.bound), 5) == 3.73076
    assert [draws_needed("kaplan-markov", float(found.bound), risk) for risk in (0.05, 0.01)] == [10, 15]
    assert draws_needed("capped", float(found.bound), 0.05) == 13


def test_all_rivals_at_once_cost_no_draw_more_than_the_closest(two: pl.DataFrame) -> None:
    plan = contest({name: column(two, name) for name in CHOICES}, ballots(two))
    assert plan.pairs[plan.hardest].rival == "NM"
    assert float(plan.bound) == pytest.approx(3.731, abs=0.02)
    assert [draws_needed("kaplan-markov", float(plan.bound), risk) for risk in (0.05, 0.01)] == [10, 15]


def test_missing_tables_that_all_go_to_the_rival_make_it_dearer(two: pl.DataFrame) -> None:
    margins = column(two, "EG") - column(two, "NM")
    worst = pair("EG", "NM", margins, ballots(two), MISSING_REGISTERED)
    assert worst.limit == 638_403
    assert worst.bound is not None
    assert [draws_needed("kaplan-markov", float(worst.bound), risk) for risk in (0.05, 0.01)] == [69, 105]
    mean = ballots(two).mean()
    usual = pair("EG", "NM", margins, ballots(two), round((TABLES - len(two)) * mean))
    assert usual.bound is not None
    assert [draws_needed("kaplan-markov", float(usual.bound), risk) for risk in (0.05, 0.01)] == [23, 35]


def test_draws_for_the_net_error_of_the_margin(two: pl.DataFrame) -> None:
    margins, cast = column(two, "EG") - column(two, "NM"), ballots(two)
    limits = (3_987_338, 2_000_000, 1_000_000, 500_000, 100_000, 54_442, 10_000)
    plans = [digitisation(margins, cast, limit) for limit in limits]
    found = [draws_needed("kaplan-markov", float(plan.bound), 0.05) for plan in plans]
    assert found == [10, 21, 44, 88, 445, 818, 4_455]
    alike = [equal_probability_bound(plans[0].sizes, limit) for limit in (3_987_338, 1_000_000, 100_000)]
    assert [draws_needed("kaplan-markov", float(bound), 0.05) for bound in alike] == [24, 98, 992]


def test_the_two_tables_of_the_organisers_agree_in_every_cell(one: pl.DataFrame, two: pl.DataFrame) -> None:
    both = one.join(two, on=["CENTRO", "MESA"], how="inner", suffix=":there")
    here = np.column_stack([column(both, name) for name in CHOICES])
    there = np.column_stack([column(both, f"{name}:there") for name in CHOICES])
    found = agreement(here, there, np.ones(here.shape, np.bool_))
    assert (found.sheets.wrong, found.sheets.n, found.overall.n) == (0, 24_530, 245_300)
    assert found.sheets.at_most == pytest.approx(1.2212e-4, rel=1e-3)
