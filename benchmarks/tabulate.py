"""What the totals of every area cost beside the shortest group-bys, which know no coverage and no quarantine.

    python benchmarks/tabulate.py [DATA_FOLDER] [--short]

The stations are those of organisers-v2.csv (Venezuela 2024), and the same 40 times under other codes. Ours makes five
station counts and all sums with and without quarantine, for the nation and four levels, from the frame of results and
the frame of stations. The bare cases sum only the votes of the choices, from one frame that has the areas already: one
group-by a level and the total. All cases take turns; the medians count.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import pandas as pd  # type: ignore[import-untyped]
import polars as pl

from testigo.core.election import Election, election_from_toml
from testigo.core.ids import FieldId, StationCode
from testigo.core.records import Result
from testigo.core.register import register_from_csv, register_to_csv
from testigo.core.rows import judge_rows
from testigo.count.tabulation import SUM, area_totals, result_frame, station_frame
from testigo.tables.registers import derive_register
from testigo.tables.reports import read_table

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "ve-2024"
FILE = "organisers-v2.csv"
ROUNDS, COPIES = 7, 40
SHORT_ROWS, SHORT_COPIES = 2_000, 2
QUARANTINED_EVERY = 50


def frames(folder: Path, most: int | None) -> tuple[Election, pl.DataFrame, pl.DataFrame]:
    """The election, the results (one in fifty in quarantine) and the stations of the published table."""
    path = ROOT / "elections" / "ve-2024" / "election.toml"
    election = election_from_toml(path.read_text(encoding="utf-8"), str(path))
    source = election.source("organisers-v2")
    rows = judge_rows(read_table((folder / FILE).read_bytes(), FILE, source, election)[:most], election, source)
    stations, names, _ = derive_register([(source, rows)], election)
    register = register_from_csv(register_to_csv(stations, names, election), election, "stations.csv")
    contest = election.contests[0]
    results = [
        Result(
            row.station, contest.id, "counted" if n % QUARANTINED_EVERY else "quarantined", source.id, (), row.counts
        )
        for n, row in enumerate(rows)
        if row.station is not None and row.counts is not None
    ]
    received: list[StationCode] = [result.station for result in results]
    return election, result_frame(results, election), station_frame(register, received, election.areas.levels)


def copies(frame: pl.DataFrame, times: int) -> pl.DataFrame:
    """The rows this many times, each time under station codes of their own."""
    return pl.concat([frame.with_columns(pl.col("station") + f"-{n}") for n in range(times)])


def bare_polars(frame: pl.DataFrame, areas: list[str], choices: list[FieldId]) -> list[pl.DataFrame]:
    sums = pl.col(choices).sum()
    return [frame.group_by(area).agg(sums) for area in areas] + [frame.select(sums)]


def bare_pandas(frame: pd.DataFrame, areas: list[str], choices: list[FieldId]) -> list[object]:
    return [frame.groupby(area, sort=False)[choices].sum() for area in areas] + [frame[choices].sum()]


def timed(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def compare(election: Election, results: pl.DataFrame, stations: pl.DataFrame) -> list[str]:
    """One line for each case: stations, seconds, and the time as a multiple of either bare case."""
    depth = len(election.areas.levels)
    areas = [f"area{n}" for n in range(1, depth + 1)]
    choices = [choice.id for choice in election.contests[0].choices]
    joined = results.join(stations, on="station", how="inner").select(*areas, *choices)
    plain = pd.DataFrame(joined.to_dict(as_series=False))
    cases: dict[str, Callable[[], object]] = {
        "area_totals": lambda: area_totals(results, stations, depth),
        "bare polars": lambda: bare_polars(joined, areas, choices),
        "bare pandas": lambda: bare_pandas(plain, areas, choices),
    }
    nation = area_totals(results, stations, depth).row(0, named=True)
    summed = bare_polars(joined.filter(results["counted"]), areas, choices)[-1].row(0, named=True)
    if any(nation[SUM + choice] != summed[choice] for choice in choices):
        raise SystemExit("the totals of the nation are not the sums of the column")
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, work in cases.items():
            taken[name].append(timed(work))
    seconds = {name: median(times) for name, times in taken.items()}
    return [
        f"{name:<12} {results.height:>9,} {own:>9.4f} {own / seconds['bare polars']:>14.2f}"
        f" {own / seconds['bare pandas']:>14.2f}"
        for name, own in seconds.items()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_folder", nargs="?", type=Path, default=DATA, help=f"where {FILE} is")
    parser.add_argument(
        "--short", action="store_true", help=f"only {SHORT_ROWS:,} rows, and these {SHORT_COPIES} times"
    )
    asked = parser.parse_args()
    election, results, stations = frames(asked.data_folder, SHORT_ROWS if asked.short else None)
    print(f"{'case':<12} {'stations':>9} {'seconds':>9} {'time / polars':>14} {'time / pandas':>14}")
    for times in (1, SHORT_COPIES if asked.short else COPIES):
        for line in compare(election, copies(results, times), copies(stations, times)):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
