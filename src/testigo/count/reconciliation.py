"""Sources against each other: stations in common, only here, only there, and every cell that differs."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from testigo.core.election import Contest
from testigo.core.ids import Counts, FieldId, StationCode


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure that two sources state differently, in ballots."""

    station: StationCode
    field: FieldId
    here: int
    there: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Two sources side by side. `cells_compared` counts the figures that both state for the stations in common."""

    here: str
    there: str
    common: int
    only_here: tuple[StationCode, ...]
    only_there: tuple[StationCode, ...]
    cells_compared: int
    cells: tuple[Cell, ...]

    @property
    def stations_that_differ(self) -> tuple[StationCode, ...]:
        """The stations with at least one figure that differs, in order."""
        return tuple(dict.fromkeys(cell.station for cell in self.cells))


def figures_frame(figures: Mapping[StationCode, Counts], fields: tuple[FieldId, ...]) -> pl.DataFrame:
    """One row a station: `station` and the fields (null where absent)."""
    columns: dict[str, pl.Series] = {"station": pl.Series(list(figures), dtype=pl.String)}
    for field in fields:
        columns[field] = pl.Series([counts.get(field) for counts in figures.values()], dtype=pl.Int64)
    return pl.DataFrame(columns).sort("station")


def comparable_fields(contest: Contest) -> tuple[FieldId, ...]:
    """The fields that sources can be compared on: choices, then the other figures."""
    others = (contest.valid, contest.blank, *contest.null, contest.cast)
    return (*(choice.id for choice in contest.choices), *(field for field in others if field is not None))


def reconcile_frames(here: str, a: pl.DataFrame, there: str, b: pl.DataFrame) -> Reconciliation:
    """Two frames of `figures_frame` with the same columns, station by station and cell by cell."""
    common = a.join(b, on="station", how="inner", suffix=":there").sort("station")
    only_here = a.join(b, on="station", how="anti")["station"].sort().to_list()
    only_there = b.join(a, on="station", how="anti")["station"].sort().to_list()
    fields = [name for name in a.columns if name != "station"]
    compared, cells = 0, []
    for name in fields:
        both = common.filter(pl.col(name).is_not_null() & pl.col(name + ":there").is_not_null())
        compared += both.height
        differ = both.filter(pl.col(name) != pl.col(name + ":there"))
        for row in differ.select("station", name, name + ":there").iter_rows():
            cells.append(Cell(StationCode(row[0]), FieldId(name), row[1], row[2]))
    order = {name: n for n, name in enumerate(fields)}
    cells.sort(key=lambda cell: (cell.station, order[cell.field]))
    return Reconciliation(here, there, common.height, tuple(only_here), tuple(only_there), compared, tuple(cells))
