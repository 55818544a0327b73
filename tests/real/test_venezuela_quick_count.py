"""Venezuela 2024, later release of the organisers as the population: how far quick counts of it are off."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from testigo.stats.quick_count import Drawn, quick_count
from testigo.stats.sample import (
    DESIGNS,
    Design,
    Pilot,
    as_if_voters,
    draw,
    half_width,
    intraclass,
    needed,
    pilot_of,
    systematic_places,
)

Ints = NDArray[np.int64]
CHOICES = ["EG", "NM", "LM", "JABE", "JOBR", "AE", "CF", "DC", "EM", "BERA"]
NUMBERS = (300, 500, 971, 1_500)
SIMULATED = 0.048
"""Three standard errors of a standard deviation from 2,000 samples, 3 / sqrt(4000), as a part of it."""


@pytest.fixture(scope="module")
def stations(shared_data: Path) -> pl.DataFrame:
    """The stations in the order of their areas."""
    data = (shared_data / "ve-2024" / "organisers-v2.csv").read_bytes()
    table = pl.read_csv(data.decode("latin-1").encode())
    return table.sort(["COD_EDO", "COD_MUN", "COD_PAR", "CENTRO", "MESA"])


@pytest.fixture(scope="module")
def votes(stations: pl.DataFrame) -> Ints:
    return stations.select(CHOICES).to_numpy().astype(np.int64)


@pytest.fixture(scope="module")
def state(stations: pl.DataFrame) -> Ints:
    return np.unique(stations["COD_EDO"].to_numpy(), return_inverse=True)[1].astype(np.int64)


@pytest.fixture(scope="module")
def share(votes: Ints, state: Ints) -> Pilot:
    """The share of EG."""
    return pilot_of(votes[:, 0], 0 * votes[:, 0], votes.sum(axis=1), state)


def test_voters_of_a_station_are_alike(share: Pilot) -> None:
    assert round(share.value, 5) == 0.67083
    assert round(share.scatter("simple", 1), 5) == 0.13647
    assert round(share.design_effect, 1) == 36.6
    assert round(intraclass(share.design_effect, share.votes), 4) == 0.0822


def test_the_margin_as_if_voters_were_drawn_is_six_times_too_narrow(share: Pilot) -> None:
    found = [100 * as_if_voters(share.voter, n * share.votes) for n in NUMBERS]
    assert [round(one, 3) for one in found] == [0.255, 0.198, 0.142, 0.114]
    stations = 100 * half_width(share.scatter("simple", 971), 971, len(share.residual))
    assert round(stations / found[2], 1) == 5.9  # by simulation 6.0


@pytest.mark.parametrize(
    ("design", "simulated"),
    [("simple", (1.545, 1.198, 0.848, 0.671)), ("stratified", (1.386, 1.064, 0.758, 0.611))],
)
def test_planned_half_widths_are_those_of_2000_simulated_samples(
    share: Pilot, design: Design, simulated: tuple[float, ...]
) -> None:
    planned = [100 * half_width(share.scatter(design, n), n, len(share.residual)) for n in NUMBERS]
    assert planned == pytest.approx(simulated, rel=SIMULATED)


def test_systematic_samples_are_better_than_their_intervals_say(share: Pilot) -> None:
    found, planned = [], []
    for n in NUMBERS:
        starts = range(0, len(share.residual), 13)
        places = np.array([systematic_places(len(share.residual), n, start) for start in starts])
        found.append(100 * 1.959964 * float(np.sqrt((share.residual[places].mean(axis=1) ** 2).mean())))
        planned.append(100 * half_width(share.scatter("systematic", n), n, len(share.residual)))
    assert found == pytest.approx([1.242, 0.681, 0.506, 0.480], rel=SIMULATED)
    assert all(told > true for told, true in zip(planned, found, strict=True))
    assert [round(one, 2) for one in planned] == [1.37, 1.01, 0.67, 0.51]


def test_half_a_point_needs_thousands_of_stations(share: Pilot) -> None:
    found = {d: needed(lambda n, d=d: share.scatter(d, n), len(share.residual), 0.005) for d in DESIGNS}  # type: ignore[misc]
    assert found == {"simple": 2_569, "stratified": 2_131, "systematic": 1_546}


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS)
def test_samples_drawn_from_seeds_hold_the_result(stations: pl.DataFrame, votes: Ints, design: Design) -> None:
    codes = [f"{centre:09}.{table:02}" for centre, table in stations.select("CENTRO", "MESA").iter_rows()]
    areas = [tuple(f"{one:04}" for one in row) for row in stations.select("COD_EDO", "COD_MUN", "COD_PAR").iter_rows()]
    truth = votes.sum(axis=0) / votes.sum()
    held = np.zeros(len(CHOICES))
    for seed in range(60):
        sample = draw(design, codes, areas, 971, f"{seed}")
        rows = np.array([pick.row for pick in sample.picks])
        stratum = np.array([pick.stratum for pick in sample.picks])
        sizes = np.array([one.stations for one in sample.strata])
        found = quick_count(Drawn(design, stratum, sizes, votes[rows], np.ones(971, np.bool_), None))
        assert found.leading == (0, 1)
        held += [one.low <= share <= one.high for one, share in zip(found.shares, truth, strict=True)]
    # .95 less three standard errors of 60 trials, .084; so for each of the two leading choices.
    assert (held[:2] / 60 >= 0.86).all()
