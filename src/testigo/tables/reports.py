"""A table that a source published, as raw rows: CSV of any usual make, or Parquet. Nothing is judged here."""

import codecs
import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from testigo.core.election import Election, Source
from testigo.core.rows import RawRow, StationTemplate, station_template
from testigo.errors import BadElection, BadTable

MAX_BYTES = 512 * 1024 * 1024
MAX_PARQUET_CELLS = 100_000_000
"""A small Parquet file can unfold to any size; this is some ten times the largest table that an election needs."""

MAX_HEADER = 64 * 1024
"""Characters of a header line, some thousand columns: a file without line ends is no table."""

DELIMITERS = ",;\t|"
_MOST_NAMED = 600


def read_table(data: bytes, name: str, source: Source, election: Election) -> tuple[RawRow, ...]:
    """Every row of the table under the source's mapped names, with the line of the file that it starts on.

    Line 1 is the header; the first row of Parquet is line 2. A row with too few or too many cells comes as a broken
    row. A line without any character is no row. `name` is how errors call the file.

    Raises:
        BadTable: the file is empty, too large, neither CSV nor Parquet, or lacks columns (names those it has).
        BadElection: the source's encoding or station format is wrong, or a field has several columns.
    """
    for key, columns in source.columns.items():
        if key != "station" and len(columns) != 1:
            raise BadElection(f"election {election.id}, source {source.id}: columns.{key}: expected one column")
    template = station_template(source)
    if len(data) > MAX_BYTES:
        raise BadTable(f"{name}: expected at most {MAX_BYTES // 1024**2} MiB, came {len(data) / 1024**2:.0f} MiB")
    if not data.strip():
        raise BadTable(f"{name}: expected a table, the file is empty")
    if data[:4] == b"PAR1":
        return _parquet_rows(data, name, source, template)
    return _csv_rows(_text(data, name, source), name, source, template)


def _text(data: bytes, name: str, source: Source) -> str:
    encoding = source.encoding
    if encoding == "auto":
        encoding = _guess(data)
    try:
        # A stray byte that Windows-1252 does not have must not refuse a table: it shows in the cell that holds it.
        text = data.decode(encoding, "replace" if encoding == "cp1252" else "strict")
    except LookupError:
        raise BadElection(f"source {source.id}: encoding: expected auto or a Python codec, came {encoding}") from None
    except UnicodeDecodeError as error:
        raise BadTable(f"{name}: expected {encoding}, the byte at {error.start} is none: {error.reason}") from None
    if "\0" in text:
        raise BadTable(f"{name}: expected CSV or Parquet, came binary data")
    return text.removeprefix("\ufeff")


def _guess(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _csv_rows(text: str, name: str, source: Source, template: StationTemplate) -> tuple[RawRow, ...]:
    # newline="" keeps line ends as they are, and only \n, \r and \r\n are ends.
    lines = list(io.StringIO(text, newline=""))
    first = next((n for n, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise BadTable(f"{name}: expected a table, the file has no text")
    if len(lines[first]) > MAX_HEADER:
        raise BadTable(f"{name}: expected a header of at most {MAX_HEADER} characters, came {len(lines[first])}")
    wanted = [column for columns in source.columns.values() for column in columns]
    headers = [(delimiter, _cells(lines[first], delimiter) or []) for delimiter in DELIMITERS]
    delimiter, header = max(headers, key=lambda pair: (len(_found(pair[1], wanted)), len(pair[1])))
    station, others = _places(header, source, name)
    rows: list[RawRow] = []
    for line, cells in _records(lines, first + 1, delimiter, len(header)):
        if cells is None or len(cells) != len(header):
            came = "no cells" if cells is None else f"{len(cells)} cells"
            rows.append(RawRow(line, {}, f"{came}, expected {len(header)}"))
            continue
        values = {key: cells[place].strip() for key, place in others}
        values["station"] = template.join([cells[place].strip() for place in station])
        rows.append(RawRow(line, values))
    return tuple(rows)


def _records(lines: list[str], start: int, delimiter: str, width: int) -> Iterator[tuple[int, list[str] | None]]:
    """The line and the cells of every record from `start` on; None where a line cannot be cut into cells.

    A quote that is never closed would swallow the rows after it. So where the quotes of a file are not in order, or a
    record of several lines has not `width` cells, every line of the file is taken by itself.
    """
    reader = csv.reader(lines[start:], delimiter=delimiter, strict=True)
    records: list[tuple[int, list[str] | None]] = []
    line, in_order = start + 1, True
    try:
        for cells in reader:
            following = start + 1 + reader.line_num
            if cells:
                records.append((line, cells))
                in_order = in_order and (following == line + 1 or len(cells) == width)
            line = following
    except csv.Error:
        in_order = False
    if not in_order:
        whole = ((n, text) for n, text in enumerate(lines[start:], start + 1) if text.strip("\r\n"))
        records = [(n, _cells(text, delimiter)) for n, text in whole]
    yield from records


def _cells(line: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return None


def _parquet_rows(data: bytes, name: str, source: Source, template: StationTemplate) -> tuple[RawRow, ...]:
    try:
        header = list(pl.read_parquet_schema(io.BytesIO(data)))
        station, others = _places(header, source, name)
        columns = [header[place] for place in (*station, *(place for _, place in others))]
        height = pl.scan_parquet(io.BytesIO(data)).select(pl.len()).collect().item()
        if height * len(columns) > MAX_PARQUET_CELLS:
            raise BadTable(f"{name}: expected at most {MAX_PARQUET_CELLS} cells, came {height} × {len(columns)}")
        frame = pl.read_parquet(io.BytesIO(data), columns=list(dict.fromkeys(columns)))
        texts = {column: _texts(frame[column]) for column in frame.columns}
    except pl.exceptions.PolarsError as error:
        reason = str(error).partition("\n")[0][:200]
        raise BadTable(f"{name}: expected Parquet with columns of numbers and texts, {reason}") from None
    rows: list[RawRow] = []
    for n in range(frame.height):
        values = {key: texts[header[place]][n] for key, place in others}
        values["station"] = template.join([texts[header[place]][n] for place in station])
        rows.append(RawRow(n + 2, values))
    return tuple(rows)


def _texts(column: pl.Series) -> list[str]:
    value = pl.col(column.name)
    text = value.cast(pl.String)
    if column.dtype.is_float():
        # Spreadsheets make whole numbers floats; as texts they would read 1.0101001e7.
        whole = value.is_finite() & (value == value.floor()) & (value.abs() < 2**53)
        text = pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(text)
    texts: list[str] = column.to_frame().select(text.fill_null("").str.strip_chars()).to_series().to_list()
    return texts


def _places(header: Sequence[str], source: Source, name: str) -> tuple[list[int], list[tuple[str, int]]]:
    """Where the station's columns stand, and the mapped names of the others with their places."""
    wanted = tuple(dict.fromkeys(column for columns in source.columns.values() for column in columns))
    found = _found(header, wanted)
    missing = [column for column in wanted if column not in found]
    if missing:
        there = ", ".join(map(str.strip, header))
        there = there if len(there) <= _MOST_NAMED else there[:_MOST_NAMED] + "…"
        raise BadTable(
            f"{name}: expected for the source {source.id} the columns {', '.join(wanted)}; "
            f"missing {', '.join(missing)}; the file has {there}"
        )
    spelled = Counter(map(str.strip, header))
    twice = [column for column, place in found.items() if spelled[header[place].strip()] > 1]
    if twice:
        raise BadTable(f"{name}: expected every column once, came twice: {', '.join(twice)}")
    station = [found[column] for column in source.columns["station"]]
    return station, [(key, found[columns[0]]) for key, columns in source.columns.items() if key != "station"]


def _found(header: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    """The places of the columns that are there: spelled exactly so, else without regard to case, spaces, accents."""
    exact = {text.strip(): place for place, text in reversed(list(enumerate(header)))}
    plain = {_plain(text): place for text, place in reversed(exact.items())}
    places = ((column, exact.get(column.strip(), plain.get(_plain(column)))) for column in wanted)
    return {column: place for column, place in places if place is not None}


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter) and not letter.isspace())
