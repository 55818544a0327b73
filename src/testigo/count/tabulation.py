"""The totals of every area in columns; equal to `core.tabulation`, which defines them."""

from collections.abc import Iterable, Mapping

import polars as pl

from testigo.core.election import Election
from testigo.core.ids import NATION, AreaId, FieldId, StationCode
from testigo.core.records import Result
from testigo.core.register import StationRegister
from testigo.core.tabulation import AreaTotals, Tabulation

_TEXTS = frozenset({"contest", "area"})
SUM, HELD = "sum:", "held:"
"""Prefixes of the summed figures: of counted stations, and of counted and quarantined ones together."""


def figure_fields(election: Election) -> tuple[FieldId, ...]:
    """The figures of results, in the order of the election: choices first, then the other figures; no ballot lines."""
    lines = {line for contest in election.contests for choice in contest.choices for line in choice.lines}
    fields = dict.fromkeys(field for contest in election.contests for field in contest.fields)
    return tuple(field for field in fields if field not in lines)


def station_frame(register: StationRegister, received: Iterable[StationCode], levels: tuple[str, ...]) -> pl.DataFrame:
    """One row a station of the register: `station`, `received`, and `area1`... the ids of its areas, largest first."""
    held = set(received)
    stations = list(register.stations.values())
    columns: dict[str, pl.Series] = {
        "station": pl.Series([station.code for station in stations], dtype=pl.String),
        "received": pl.Series([station.code in held for station in stations], dtype=pl.Boolean),
    }
    for depth in range(1, len(levels) + 1):
        columns[f"area{depth}"] = pl.Series(["/".join(one.areas[:depth]) for one in stations], dtype=pl.String)
    return pl.DataFrame(columns)


def result_frame(results: Iterable[Result], election: Election) -> pl.DataFrame:
    """One row a result: `station`, `contest`, `counted`, and every figure in ballots (null where absent)."""
    rows = list(results)
    columns: dict[str, pl.Series] = {
        "station": pl.Series([row.station for row in rows], dtype=pl.String),
        "contest": pl.Series([row.contest for row in rows], dtype=pl.String),
        "counted": pl.Series([row.status == "counted" for row in rows], dtype=pl.Boolean),
    }
    for name in figure_fields(election):
        columns[name] = pl.Series([row.counts.get(name) for row in rows], dtype=pl.Int64)
    return pl.DataFrame(columns)


def area_totals(results: pl.DataFrame, stations: pl.DataFrame, levels: int) -> pl.DataFrame:
    """The totals by contest and area, of every level and the nation (area `""`).

    Columns: `contest`, `area`, `listed`, `received`, `read`, `counted`, `quarantined`, and for every figure its sums
    over counted stations (`sum:`) and over all with figures (`held:`); a sum is null where no station states it.
    """
    figures = [name for name in results.columns if name not in ("station", "contest", "counted")]
    areas = [f"area{depth}" for depth in range(1, levels + 1)]
    joined = results.join(stations.select("station", *areas), on="station", how="inner")
    # One pass over the stations, apart by status; from here on only these groups are added up.
    groups = joined.group_by("contest", "counted", *areas).agg(
        pl.len().cast(pl.Int64).alias("read"), *[_sum_or_null(name) for name in figures]
    )
    sums = groups.select(
        "contest",
        *areas,
        "read",
        pl.when("counted").then("read").otherwise(0).alias("counted"),
        *[pl.when("counted").then(name).alias(SUM + name) for name in figures],
        *[pl.col(name).alias(HELD + name) for name in figures],
    )
    listed = stations.group_by(*areas).agg(
        pl.len().cast(pl.Int64).alias("listed"), pl.col("received").sum().cast(pl.Int64)
    )
    contests = results.select("contest").unique()
    frames = []
    numbers = [name for name in sums.columns if name not in ("contest", *areas)]
    for depth in range(levels, -1, -1):
        area = pl.col(f"area{depth}") if depth else pl.lit("")
        keys = areas[:depth]
        sums = sums.group_by("contest", *keys).agg(*[_sum_or_null(name) for name in numbers])
        listed = _roll_up(listed, keys)
        full = listed.join(contests, how="cross").join(sums, on=["contest", *keys], how="left")
        frames.append(full.select("contest", area.alias("area"), pl.exclude("contest", *areas)))
    totals = pl.concat(frames)
    return totals.with_columns(
        pl.col("read", "counted").fill_null(0), (pl.col("read") - pl.col("counted")).fill_null(0).alias("quarantined")
    ).sort("contest", "area")


def _roll_up(listed: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    if keys:
        return listed.group_by(*keys).agg(pl.col("listed", "received").sum())
    return listed.select(pl.col("listed", "received").sum())


def _sum_or_null(name: str) -> pl.Expr:
    return pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name)


def tabulate_columns(
    results: Iterable[Result], received: Iterable[StationCode], register: StationRegister, election: Election
) -> Tabulation:
    """The same totals as `core.tabulation.tabulate`, by way of columns."""
    levels = election.areas.levels
    known = [result for result in results if result.status != "no figures"]
    frame = area_totals(result_frame(known, election), station_frame(register, received, levels), len(levels))
    found = {(row["contest"], row["area"]): _totals(row, register) for row in frame.iter_rows(named=True)}
    empty = {row["area"]: row for row in _listed(register, received, levels).iter_rows(named=True)}
    for contest in election.contests:
        for area in register.names:
            if (contest.id, area) not in found:
                listed, held = (empty[area]["listed"], empty[area]["received"]) if area in empty else (0, 0)
                found[contest.id, area] = AreaTotals(expected=register.expected(area, listed), received=held)
    return found


def _listed(register: StationRegister, received: Iterable[StationCode], levels: tuple[str, ...]) -> pl.DataFrame:
    stations = station_frame(register, received, levels)
    none = pl.DataFrame({"station": [""], "contest": [""], "counted": [False]})
    return area_totals(none, stations, len(levels))


def _totals(row: Mapping[str, object], register: StationRegister) -> AreaTotals:
    area = AreaId(str(row["area"]))
    numbers = {name: int(str(value)) for name, value in row.items() if value is not None and name not in _TEXTS}
    return AreaTotals(
        register.expected(area, numbers["listed"]),
        numbers["received"],
        numbers["read"],
        numbers["counted"],
        numbers["quarantined"],
        _prefixed(numbers, SUM),
        _prefixed(numbers, HELD),
    )


def _prefixed(numbers: Mapping[str, int], prefix: str) -> dict[FieldId, int]:
    return {FieldId(name.removeprefix(prefix)): n for name, n in numbers.items() if name.startswith(prefix)}


def area_ids(tabulation: Tabulation, contest: str, depth: int) -> tuple[AreaId, ...]:
    """The areas of one level (0 is the nation) in the order of their ids."""
    wanted = [area for c, area in tabulation if c == contest and (area.count("/") + 1 if area else 0) == depth]
    return tuple(sorted(wanted, key=lambda area: area.split("/"))) if depth else (NATION,)
