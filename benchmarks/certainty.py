"""What it costs to count and to know how certain the count is, on a million stations, beside bare group-bys.

    python benchmarks/certainty.py [--stations N]

Stations are drawn: centres of a few, three levels of areas, ten choices, one in six missing. Counting is every total of
every area with five station counts, with and without quarantine (`count/tabulation.py`). Certainty is the worst case of
every area under two turnouts, and the curve as the stations came in (`stats/certainty.py`). The bare case sums only the
votes, one polars group-by a level.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from time import perf_counter

import numpy as np
import polars as pl
from numpy.typing import NDArray

from testigo.count.tabulation import SUM, area_totals
from testigo.stats.certainty import certainty_by_area, curve_by_order

CHOICES, LEVELS = 10, (24, 335, 1_090)
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Drawn:
    """`results` and `stations` as tabulation takes them; votes (n, choices), voters and what came for certainty."""

    results: pl.DataFrame
    stations: pl.DataFrame
    votes: NDArray[np.int64]
    voters: NDArray[np.int64]
    collected: NDArray[np.bool_]
    municipality: NDArray[np.int64]


def drawn(stations: int) -> Drawn:
    rng = np.random.default_rng(20240728)
    codes = [f"{n:08d}" for n in range(stations)]
    votes = rng.multinomial(330, [0.58, 0.29, *[0.13 / 8] * 8], size=stations).astype(np.int64)
    voters = votes.sum(axis=1) + rng.integers(50, 400, stations)
    collected = rng.random(stations) < 5 / 6
    columns = [np.arange(stations) * size // stations for size in LEVELS]
    names = [[f"{a:04d}" for a in column] for column in columns]
    paths = ["/".join(parts[:depth]) for parts in zip(*names, strict=True) for depth in (1, 2, 3)]
    areas = {f"area{depth}": paths[depth - 1 :: 3] for depth in (1, 2, 3)}
    frame = pl.DataFrame({"station": codes, "received": collected, **areas})
    results = pl.DataFrame(
        {
            "station": codes,
            "contest": ["president"] * stations,
            "counted": rng.random(stations) < 0.98,
            **{f"c{n}": votes[:, n] for n in range(CHOICES)},
        }
    )
    return Drawn(results.filter(pl.Series(collected)), frame, votes, voters, collected, columns[1].astype(np.int64))


def tabulated(one: Drawn) -> pl.DataFrame:
    return area_totals(one.results, one.stations, len(LEVELS))


def certain(one: Drawn) -> tuple[int, int | None]:
    """How many municipalities are certain, and after how many stations the nation was."""
    caps = (Fraction(1), Fraction(4, 5))
    areas = certainty_by_area(one.municipality, one.votes, one.voters, one.collected, caps)
    order = np.flatnonzero(one.collected)
    never = int(one.voters[~one.collected].sum())
    held = one.votes[order], one.voters[order]
    curve = curve_by_order(np.random.default_rng(1).permutation(len(order)), *held, never)
    return int(areas.certain[0].sum()), curve.first


def bare(one: Drawn) -> list[pl.DataFrame]:
    sums = pl.col([f"c{n}" for n in range(CHOICES)]).sum()
    joined = one.results.join(one.stations, on="station", how="inner")
    return [joined.group_by(f"area{depth}").agg(sums) for depth in (1, 2, 3)]


def timed(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=int, default=1_000_000)
    one = drawn(parser.parse_args().stations)
    counted = one.results.filter(pl.col("counted"))["c0"].sum()
    if tabulated(one).filter(pl.col("area") == "")[f"{SUM}c0"].sum() != counted:
        raise SystemExit("the totals of the nation are not the sums of the column")
    cases: dict[str, Callable[[], object]] = {
        "bare group-bys": lambda: bare(one),
        "tabulation": lambda: tabulated(one),
        "certainty": lambda: certain(one),
    }
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, work in cases.items():
            taken[name].append(timed(work))
    seconds = {name: median(times) for name, times in taken.items()}
    seconds["both together"] = seconds["tabulation"] + seconds["certainty"]
    print(f"{'case':<15} {'stations':>10} {'seconds':>9} {'time / bare':>12}")
    for name, own in seconds.items():
        print(f"{name:<15} {len(one.voters):>10,} {own:>9.2f} {own / seconds['bare group-bys']:>12.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
