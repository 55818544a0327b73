"""What people fill in by hand: `findings.csv`, a line a station and a column a field of the paper."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from testigo.core.ids import Counts, FieldId, StationCode
from testigo.core.records import MAX_COUNT
from testigo.errors import BadAssessment
from testigo.flows.audit_case import Audit

FINDINGS = "findings.csv"
MISSING = "missing"


def bytes_of(path: Path) -> bytes:
    """The bytes of a file of the folder.

    Raises:
        BadAssessment: there is no such file.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadAssessment(f"{path}: expected this file of an audit, there is none") from None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of `findings.csv` as it was filled in."""

    line: int
    station: StationCode
    cells: tuple[str, ...]


def rows_of(path: Path, audit: Audit) -> tuple[Row, ...]:
    """The lines of `findings.csv`, with commas or semicolons, zeros that a spreadsheet took from the codes put back.

    Raises:
        BadAssessment: names the line and what was expected.
    """
    try:
        text = bytes_of(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadAssessment(f"{path}: expected a table saved as CSV in UTF-8") from None
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in head else ",")
    columns = ["station", *(field for field, _ in audit.figures.sheet)]
    header = [cell.strip() for cell in next(reader, [])]
    if header != columns:
        raise BadAssessment(f"{path}, line 1: expected the columns {','.join(columns)}; came {','.join(header)}")
    codes = _spellings(audit)
    found: dict[StationCode, Row] = {}
    for cells in reader:
        line, where = reader.line_num, f"{path}, line {reader.line_num}"
        if not any(cell.strip() for cell in cells):
            continue
        station = codes.get(cells[0].strip())
        if station is None:
            raise BadAssessment(f"{where}, column station: expected a station that was drawn, came {cells[0]!r}")
        if station in found:
            raise BadAssessment(f"{where}: the station {station} stands in line {found[station].line} already")
        if len(cells) != len(columns):
            raise BadAssessment(f"{where}: expected {len(columns)} cells, came {len(cells)}")
        found[station] = Row(line, station, tuple(cell.strip() for cell in cells[1:]))
    return tuple(found.values())


def _spellings(audit: Audit) -> Mapping[str, StationCode]:
    """The drawn stations by their codes, and without leading zeros where that names one of them only."""
    bare = [station.lstrip("0") for station in audit.drawn]
    once = {short: station for short, station in zip(bare, audit.drawn, strict=True) if bare.count(short) == 1}
    return {**once, **{str(station): station for station in audit.drawn}}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a person found at a station; `keyed` is None where the paper is missing or was refused."""

    line: int
    keyed: Counts | None


def findings(path: Path, audit: Audit) -> Mapping[StationCode, Finding]:
    """What was filled in, by station; lines that are still empty are left out.

    Raises:
        BadAssessment: names the line, the column, what was expected and what came.
    """
    fields = [field for field, _ in audit.figures.sheet]
    found: dict[StationCode, Finding] = {}
    for row in rows_of(path, audit):
        if not any(row.cells):
            continue
        where = f"{path}, line {row.line}"
        lost = [cell.casefold() == MISSING for cell in row.cells]
        keyed: dict[FieldId, int] = {}
        for field, cell, gone in zip(fields, row.cells, lost, strict=True):
            if any(lost):
                if cell and not gone:
                    raise BadAssessment(f"{where}, column {field}: the paper is {MISSING}, yet there is {cell!r}")
                continue
            if not (cell.isascii() and cell.isdigit()) or int(cell[:9]) > MAX_COUNT or len(cell) > len(str(MAX_COUNT)):
                raise BadAssessment(
                    f"{where}, column {field}: expected a whole number up to {MAX_COUNT} or {MISSING}, "
                    + (f"came {cell!r}" if cell else "the cell is empty")
                )
            keyed[field] = int(cell)
        found[row.station] = Finding(row.line, None if any(lost) else keyed)
    return found
