"""The ratio estimator against hand-worked cases, another implementation, and the coverage that was measured."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testigo.errors import BadUsage
from testigo.stats.estimate import (
    FEWEST_CLUSTERS,
    cells_with_enough,
    crossed,
    ratio_estimate,
    size_classes,
)

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def ints(*values: int) -> Ints:
    return np.array(values, np.int64)


def population(rng: np.random.Generator, centres: int) -> tuple[Ints, Ints, Ints]:
    """Votes (stations, 2), voters and centre of every station; stations of a centre vote alike."""
    sizes = rng.integers(1, 6, centres)
    cluster = np.repeat(np.arange(centres), sizes)
    share = np.clip(rng.beta(6, 4, centres), 0.02, 0.98)[cluster]
    voters = rng.integers(300, 800, len(cluster))
    valid = rng.binomial(voters, 0.6)
    first = rng.binomial(valid, share)
    return np.stack([first, valid - first], axis=1).astype(np.int64), voters.astype(np.int64), cluster.astype(np.int64)


def test_a_hand_worked_estimate() -> None:
    votes = np.array([[60, 30], [20, 40], [0, 0]], np.int64)
    found = ratio_estimate(votes, ints(100, 100, 50), ints(0, 0, 0), ints(0, 1, 2), np.array([True, True, False]))
    # A quarter more of everything: 100 and 87.5.
    assert [one.value for one in found.shares] == pytest.approx([100 / 187.5, 87.5 / 187.5])
    assert found.leading == (0, 1)
    assert found.lead.value == pytest.approx(12.5 / 187.5)
    # z_j = (v_cj - s v_j) / T; e_j = z_j - R x_j; V = n / (n - 1) sum e^2 (f^2 + f), f = 50 / 200.
    s, whole, f = 100 / 187.5, 187.5, 0.25
    z = np.array([60 - s * 90, 20 - s * 60]) / whole
    e = z - z.sum() / 200 * 100
    half = 1.959964 * (2 * (e**2).sum() * (f**2 + f)) ** 0.5
    assert found.shares[0].high - found.shares[0].value == pytest.approx(half)


def test_the_same_by_pandas() -> None:
    rng = np.random.default_rng(5)
    votes, voters, cluster = population(rng, 200)
    observed = rng.random(200)[cluster] < 0.7
    cells = (cluster % 4).astype(np.int64)
    found = ratio_estimate(votes, voters, cells, cluster, observed)
    table = pd.DataFrame({"cell": cells, "seen": observed, "x": voters, "a": votes[:, 0], "b": votes[:, 1]})
    seen = table[table.seen].groupby("cell")[["x", "a", "b"]].sum()
    missing = table[~table.seen].groupby("cell")["x"].sum()
    totals = [seen[one].sum() + (seen[one] / seen["x"] * missing).sum() for one in ("a", "b")]
    assert [one.value for one in found.shares] == pytest.approx([total / sum(totals) for total in totals])


def test_all_stations_leave_nothing_to_estimate() -> None:
    votes, voters, cluster = population(np.random.default_rng(2), 30)
    found = ratio_estimate(votes, voters, np.zeros_like(cluster), cluster, np.ones(len(cluster), bool))
    assert found.shares[0].value == votes[:, 0].sum() / votes.sum()
    assert found.lead.low == found.lead.value == found.lead.high


@given(st.integers(0, 10_000))
def test_shares_add_up_and_the_lead_is_their_difference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    votes, voters, cluster = population(rng, 40)
    found = ratio_estimate(votes, voters, np.zeros_like(cluster), cluster, rng.random(40)[cluster] < 0.6)
    first, second = found.leading
    assert sum(one.value for one in found.shares) == pytest.approx(1)
    assert found.lead.value == pytest.approx(found.shares[first].value - found.shares[second].value)
    assert all(one.low <= one.value <= one.high for one in (*found.shares, found.lead))


def covered(kept: float, *, by_station: bool = False, trials: int = 200) -> float:
    """In how many trials the interval of the first share holds the truth; whole centres arrive at random."""
    hits = 0
    for trial in range(trials):
        rng = np.random.default_rng([7, trial])
        votes, voters, cluster = population(rng, 400)
        observed = rng.random(400)[cluster] < kept
        own = np.arange(len(cluster)) if by_station else cluster
        found = ratio_estimate(votes, voters, size_classes(cluster), own, observed).shares[0]
        hits += found.low <= votes[:, 0].sum() / votes.sum() <= found.high
    return hits / trials


@pytest.mark.parametrize("kept", [0.82, 0.4])
def test_intervals_cover_where_centres_arrive_at_random(kept: float) -> None:
    """Measured on the real population: .950 and .915; within three standard errors of 95% in 200 trials."""
    assert covered(kept) >= 0.95 - 3 * (0.95 * 0.05 / 200) ** 0.5


def test_stations_taken_as_independent_cover_too_rarely() -> None:
    """Why centres are the clusters: .79 was measured where each station counts as one."""
    assert covered(0.82, by_station=True) < 0.9


def test_an_estimate_does_not_cover_where_missing_stations_vote_differently() -> None:
    """Measured: no estimator covers then; the sensitivity table is there for that."""
    hits = 0
    for trial in range(50):
        rng = np.random.default_rng([8, trial])
        votes, voters, cluster = population(rng, 400)
        share = votes[:, 0] / np.maximum(votes.sum(axis=1), 1)
        by_centre = np.bincount(cluster, share) / np.bincount(cluster)
        observed = (rng.random(400) < np.clip(by_centre, 0.1, 0.95))[cluster]
        found = ratio_estimate(votes, voters, size_classes(cluster), cluster, observed).shares[0]
        hits += found.low <= votes[:, 0].sum() / votes.sum() <= found.high
    assert hits <= 5


def test_centres_have_size_classes() -> None:
    cluster = np.repeat(np.arange(6), [1, 2, 3, 4, 5, 9])
    assert size_classes(cluster).tolist() == [0] + [1] * 2 + [2] * 7 + [3] * 14
    assert crossed(ints(0, 0, 1), ints(5, 6, 5)).tolist() == [0, 1, 2]


def test_cells_with_few_centres_are_put_together_with_their_whole_neighbourhood() -> None:
    centres = 4 * FEWEST_CLUSTERS
    cluster = np.arange(centres, dtype=np.int64)
    fine = (cluster // 5).astype(np.int64)
    coarse = (cluster // 20).astype(np.int64)
    observed = np.ones(centres, bool)
    observed[0] = False
    cells, together = cells_with_enough([fine, coarse], cluster, observed)
    assert together == 1
    assert len(set(cells[:20].tolist())) == 1
    assert len(set(cells[20:].tolist())) == 4
    assert cells_with_enough([fine], cluster, np.ones(centres, bool))[1] == 0


def test_what_cannot_be_estimated_is_refused() -> None:
    votes = np.array([[5, 5], [0, 0]], np.int64)
    two = ints(0, 1)
    with pytest.raises(BadUsage, match="two observed centres"):
        ratio_estimate(votes, ints(10, 10), ints(0, 0), two, np.array([True, False]))
    with pytest.raises(BadUsage, match="two choices"):
        ratio_estimate(votes[:, :1], ints(10, 10), ints(0, 0), two, np.array([True, True]))
    with pytest.raises(BadUsage, match="stations with votes"):
        ratio_estimate(votes * 0, ints(10, 10), ints(0, 0), two, np.array([True, True]))
