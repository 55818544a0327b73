"""What a section of an assessment is made of: tables, notes and pictures, told in one language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from testigo.assessment.claims import Value


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: a caption, the heads of its columns, and rows of cells; after the first `texts` columns come numbers."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1


@dataclass(frozen=True, slots=True)
class Told:
    """What claims of one method say: notes, tables, pictures."""

    notes: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    pictures: tuple[Markup, ...] = field(default=())


def rows_at(value: Value) -> Iterator[Mapping[str, Value]]:
    """The rows of a table inside a claim."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from (row for row in value if isinstance(row, Mapping))


def items_at(value: Value) -> tuple[Value, ...]:
    """The items of a list inside a claim."""
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else ()


def number_at(value: Value) -> float:
    """A number of a claim; 0 where there is none."""
    return float(value) if isinstance(value, int | float) else 0.0


def ppm(value: Value) -> float:
    """Parts per million as a fraction of 1."""
    return number_at(value) / 1_000_000


def is_over(value: Value) -> bool:
    """Whether a number is above zero."""
    return number_at(value) > 0
