"""The rules of a table's row: which rows take part, and why a row is set aside. Nothing is dropped."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from testigo.core.arithmetic import sum_of
from testigo.core.election import Contest, Election, Source
from testigo.core.ids import Counts, FieldId, StationCode
from testigo.core.records import MAX_COUNT
from testigo.core.register import StationRegister
from testigo.errors import BadElection

CAUSES = (
    "broken-row",
    "bad-station",
    "unknown-station",
    "not-a-number",
    "negative",
    "too-large",
    "missing-figure",
    "parts-not-total",
    "duplicate",
    "duplicate-differs",
)
"""Why a row is set aside; where several hold, the first of this list is told."""

MOST_SAW = 119
_PLACE = re.compile(r"\{([^{}:]+)(?::(?:0>([0-9]{1,2})|\.([0-9]{1,2})))?\}")
_NUMBER = re.compile(r"([-\u2212]?)([0-9]+)(?:\.0)?")
_ARABIC = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2)


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as found. `line` is that of the file, 1 being the header; `values` are stripped texts by mapped name.

    Mapped names are `station`, `registered`, field ids, `area.<level>` and `area_name.<level>`. `broken` says what
    is wrong with the row's cells (its values are then empty), None where there are as many as the header has.
    """

    line: int
    values: Mapping[str, str]
    broken: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row as judged. `aside` is one of `CAUSES`, None where the row takes part; `saw` what was there.

    `station` is None where no code of the right shape was found, `counts` where no figure was understood,
    `registered` where the table does not say. `areas` holds the `area.` and `area_name.` texts.
    """

    line: int
    station: StationCode | None
    counts: Counts | None
    registered: int | None
    areas: Mapping[str, str]
    aside: str | None
    saw: str | None


@dataclass(frozen=True, slots=True)
class StationTemplate:
    """How a station's code is put together: literal texts, and columns by place with zeros to pad and length to keep.

    `pad` 0 and `keep` None leave the column's text as it is.
    """

    parts: tuple[tuple[str, int, int, int | None], ...]

    def join(self, cells: Sequence[str]) -> str:
        """The code of these cells, in the order of the source's station columns; empty where one of them is empty."""
        text = ""
        for literal, place, pad, keep in self.parts:
            text += literal
            if place < 0:
                continue
            cell = cells[place]
            if not cell:
                return ""
            if pad:
                cell = cell.removesuffix(".0").rjust(pad, "0")
            text += cell[:keep]
        return text


def station_template(source: Source) -> StationTemplate:
    """The template of a source's `station_format`: columns in braces, `{MESA:0>2}` pads, `{CODE:.12}` keeps 12 signs.

    Raises:
        BadElection: the format names no column of the source, or has a brace that is not understood.
    """
    columns = source.columns["station"]
    if source.station_format is None:
        if len(columns) != 1:
            raise BadElection(f"source {source.id}: expected station_format for {len(columns)} station columns")
        return StationTemplate((("", 0, 0, None),))
    parts: list[tuple[str, int, int, int | None]] = []
    position = 0
    for found in _PLACE.finditer(source.station_format):
        if found[1] not in columns:
            raise BadElection(
                f"source {source.id}: station_format: expected columns of station ({', '.join(columns)}), "
                f"came {found[1]}"
            )
        literal = source.station_format[position : found.start()]
        parts.append((literal, columns.index(found[1]), int(found[2] or 0), int(found[3]) if found[3] else None))
        position = found.end()
    parts.append((source.station_format[position:], -1, 0, None))
    if any("{" in literal or "}" in literal for literal, *_ in parts) or len(parts) == 1:
        raise BadElection(
            f"source {source.id}: station_format: expected columns in braces like {{NAME}}, {{NAME:0>2}} or "
            f"{{NAME:.12}}, came {source.station_format!r}"
        )
    return StationTemplate(tuple(parts))


def judge_rows(
    raws: Iterable[RawRow], election: Election, source: Source, register: StationRegister | None = None
) -> tuple[Row, ...]:
    """Every row judged, in the order given, as many as came in.

    An empty figure is absent, never zero; a row of zeros takes part (checks judge it later). Of rows that state a
    station twice with the same figures the first takes part; with different figures none does.
    """
    figures = tuple(FieldId(name) for name in source.columns if _is_figure(name))
    votes = frozenset(f for c in election.contests for choice in c.choices for f in (choice.id, *choice.lines))
    voted = tuple(field for field in figures if field in votes)
    area_names = tuple(name for name in source.columns if name.startswith(("area.", "area_name.")))
    # The same few hundred numbers stand in a table over and over; each is understood once.
    known: dict[str, int | str] = {}
    rows = [_judge(raw, figures, voted, area_names, election, register, known) for raw in raws]
    _mark_duplicates(rows)
    return tuple(rows)


def _is_figure(name: str) -> bool:
    return name not in ("station", "registered") and not name.startswith(("area.", "area_name."))


def _judge(
    raw: RawRow,
    figures: tuple[FieldId, ...],
    voted: tuple[FieldId, ...],
    area_names: tuple[str, ...],
    election: Election,
    register: StationRegister | None,
    known: dict[str, int | str],
) -> Row:
    values = raw.values
    if raw.broken is not None:
        return Row(raw.line, None, None, None, {}, "broken-row", _clip(raw.broken))
    areas = {name: values.get(name, "") for name in area_names}
    station = station_code(values.get("station", ""), election)
    counts: dict[FieldId, int] = {}
    wrong: tuple[str, str] | None = None
    for field in figures:
        if text := values.get(field):
            number = known.get(text)
            if number is None:
                number = known[text] = _number(text)
            if isinstance(number, int):
                counts[field] = number
            else:
                wrong = _earlier(wrong, number, field, text)
    registered: int | None = None
    if text := values.get("registered"):
        number = _number(text)
        if isinstance(number, int):
            registered = number
        else:
            wrong = _earlier(wrong, number, "registered", text)
    kept = counts if counts and wrong is None else None
    aside: str | None = None
    saw: str | None = None
    if station is None:
        aside, saw = "bad-station", f"station = {_quote(values.get('station', ''))}"
    elif register is not None and station not in register.stations:
        aside, saw = "unknown-station", f"station = {_quote(station)}"
    elif wrong is not None:
        aside, saw = wrong
    elif voted and not any(field in counts for field in voted):
        aside, saw = "missing-figure", f"no figure in {', '.join(voted)}"
    elif broken_sum := _broken_sum(counts, election.contests):
        aside, saw = "parts-not-total", broken_sum
    return Row(raw.line, station, kept, registered, areas, aside, None if saw is None else _clip(saw))


def station_code(text: str, election: Election) -> StationCode | None:
    """The code in the register's spelling (ASCII digits, lost leading zeros put back); None if its shape is another."""
    if not text:
        return None
    code = text.translate(_ARABIC).rjust(election.station_pad, "0")
    return StationCode(code) if election.station_pattern.fullmatch(code) else None


def _number(text: str) -> int | str:
    """The number of ballots, or the cause why there is none."""
    found = _NUMBER.fullmatch(text.strip().translate(_ARABIC))
    if found is None:
        return "not-a-number"
    if found[1]:
        return "negative"
    digits = found[2].lstrip("0")
    # Measured before int(): Python refuses to convert thousands of digits.
    if len(digits) > 9 or int(digits or 0) > MAX_COUNT:
        return "too-large"
    return int(digits or 0)


def _earlier(known: tuple[str, str] | None, cause: str, name: str, text: str) -> tuple[str, str]:
    if known is not None and CAUSES.index(known[0]) <= CAUSES.index(cause):
        return known
    return cause, f"{name} = {_quote(text)}"


def _broken_sum(counts: Counts, contests: tuple[Contest, ...]) -> str | None:
    for contest in contests:
        total: int | None = 0
        for choice in contest.choices:
            votes = counts.get(choice.id)
            if choice.lines:
                lines = sum_of(counts, choice.lines)
                if votes is not None and lines is not None and lines != votes:
                    return f"lines of {choice.id} = {lines}, {choice.id} = {votes}"
                votes = lines if votes is None else votes
            total = None if votes is None or total is None else total + votes
        valid = None if contest.valid is None else counts.get(contest.valid)
        if total is not None and valid is not None and total != valid:
            return f"choices = {total}, {contest.valid} = {valid}"
    return None


def _mark_duplicates(rows: list[Row]) -> None:
    """Sets aside what states a station again; rows that were set aside for another cause keep that cause."""
    places: dict[StationCode, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if row.station is not None and row.counts is not None:
            places[row.station].append(place)
    for group in places.values():
        if len(group) == 1:
            continue
        first = rows[group[0]]
        others = [rows[place] for place in group if rows[place].counts != first.counts]
        taken = [place for place in group if rows[place].aside is None]
        if others:
            lines = ", ".join(str(rows[place].line) for place in group[:6])
            saw = _clip(f"lines {lines}: {_difference(first.counts or {}, others[0].counts or {})}")
            for place in taken:
                rows[place] = replace(rows[place], aside="duplicate-differs", saw=saw)
        else:
            for place in taken[1:]:
                saw = f"the same figures as line {rows[taken[0]].line}"
                rows[place] = replace(rows[place], aside="duplicate", saw=saw)


def _difference(a: Counts, b: Counts) -> str:
    cells = [f for f in (*a, *(f for f in b if f not in a)) if a.get(f) != b.get(f)]
    return ", ".join(f"{field} {a.get(field, 'absent')} and {b.get(field, 'absent')}" for field in cells)


def _quote(text: str) -> str:
    shown = "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:60])
    return f'"{shown}…"' if len(text) > 60 else f'"{shown}"'


def _clip(text: str) -> str:
    return text if len(text) <= MOST_SAW else text[: MOST_SAW - 1] + "…"
