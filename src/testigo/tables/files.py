"""The adapter of tables. The library for them is loaded when one is touched: half a second of every start."""

from collections.abc import Sequence

from testigo.core.election import Election, Source
from testigo.core.ids import AreaId
from testigo.core.register import Station, StationRegister
from testigo.core.rows import RawRow, Row


class FileTables:
    """`ports.Tables`: CSV and Parquet."""

    def rows(self, data: bytes, name: str, source: Source, election: Election) -> tuple[RawRow, ...]:
        """See `ports.Tables`."""
        from testigo.tables.reports import read_table

        return read_table(data, name, source, election)

    def derive_register(
        self, tables: Sequence[tuple[Source, Sequence[Row]]], election: Election
    ) -> tuple[tuple[Station, ...], dict[AreaId, str], tuple[str, ...]]:
        """See `ports.Tables`."""
        from testigo.tables.registers import derive_register

        return derive_register(tables, election)

    def spelling_notes(self, rows: Sequence[Row], register: StationRegister, election: Election) -> tuple[str, ...]:
        """See `ports.Tables`."""
        from testigo.tables.registers import area_spelling_notes

        return area_spelling_notes(rows, register, election)

    def parquet(self, csv: bytes, numbers: frozenset[str]) -> bytes:
        """See `ports.Tables`."""
        from testigo.tables.exports import parquet_of_csv

        return parquet_of_csv(csv, numbers)
