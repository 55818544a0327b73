"""Tables for others to use: the same frame always gives the same bytes, so that two publications can be compared."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from testigo.errors import BadTable

ROWS_PER_GROUP = 100_000
"""Fixed, because a library's own choice may depend on the number of threads."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of a published table holds; `unit` is `ballots`, `stations`... and empty for names and codes."""

    name: str
    type: str
    unit: str
    meaning: str


def to_csv(frame: pl.DataFrame) -> bytes:
    """The frame as CSV: UTF-8 without mark, commas, lines ended by \\n, quotes where needed, nothing for unknown.

    Texts are written as they are, also those that a spreadsheet would take for a formula.
    """
    return frame.write_csv(line_terminator="\n", quote_style="necessary", null_value="").encode()


def to_parquet(frame: pl.DataFrame) -> bytes:
    """The frame as Parquet, compressed with snappy; byte-identical for equal frames under the same polars version."""
    # One chunk per column: how a frame was put together must not show in its bytes.
    out = io.BytesIO()
    frame.rechunk().write_parquet(
        out, compression="snappy", statistics=True, row_group_size=ROWS_PER_GROUP, data_page_size=1024 * 1024
    )
    return out.getvalue()


def parquet_of_csv(csv: bytes, numbers: frozenset[str]) -> bytes:
    """The Parquet of a CSV that we wrote: these columns as whole numbers (null where empty), the others as texts.

    Raises:
        BadTable: a cell of a column of numbers is none.
    """
    frame = pl.read_csv(csv, infer_schema=False)
    columns = [pl.col(name).cast(pl.Int64) if name in numbers else pl.col(name).fill_null("") for name in frame.columns]
    try:
        return to_parquet(frame.with_columns(columns))
    except pl.exceptions.PolarsError as error:
        raise BadTable(f"export: expected whole numbers, {str(error).partition(chr(10))[0][:200]}") from None


def data_dictionary(columns: Sequence[Column]) -> str:
    """A Markdown table that says what every column means, in the order given."""
    lines = ["| column | type | unit | meaning |", "|---|---|---|---|"]
    for column in columns:
        cells = (f"`{column.name}`", column.type, column.unit, column.meaning)
        lines.append("| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def check_columns(frame: pl.DataFrame, columns: Sequence[Column], name: str) -> None:
    """Holds when the dictionary speaks of exactly the frame's columns, in their order.

    Raises:
        BadTable: names what is missing on either side.
    """
    told = [column.name for column in columns]
    if told != frame.columns:
        raise BadTable(
            f"{name}: expected the columns of its dictionary ({', '.join(told)}), came {', '.join(frame.columns)}"
        )
