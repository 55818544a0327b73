"""A register of stations made from the tables that name them, where no official one can be had.

Codes of digits are compared without leading zeros and written with as many digits as the level's longest code, so
that tables that lost zeros agree with those that did not, and areas sort in their order.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from testigo.core.election import Election, Source
from testigo.core.ids import NATION, AreaId, StationCode, area_of
from testigo.core.register import Station, StationRegister
from testigo.core.rows import Row

UNKNOWN = "unknown"
"""The code of an area that no table tells."""

MOST_LISTED = 10
_WORD = re.compile(r"[^\W_]+")

Codes = tuple[str, ...]


class _Places:
    """What is known of areas so far, and what can be learned from stations that two tables share."""

    def __init__(self, ignore_words: Sequence[str]) -> None:
        self.ignore = frozenset(word for text in ignore_words for word in _words(text))
        self.stations: dict[StationCode, Codes] = {}
        self.names: dict[Codes, str] = {}
        self._smallest: dict[str, set[Codes]] = defaultdict(set)
        self._by_name: dict[Codes, set[Codes]] = defaultdict(set)
        self._called: set[tuple[Codes, Codes]] = set()
        self._plain: dict[str, str] = {}

    def put(self, station: StationCode, codes: Codes) -> None:
        """Places a station; codes may end in `unknown`."""
        self.stations[station] = codes
        if UNKNOWN not in codes:
            self._smallest[codes[-1]].add(codes)

    def call(self, codes: Codes, texts: Codes) -> None:
        """Keeps the first name of every area, and its plain spelling for comparisons."""
        if (codes, texts) in self._called:
            return
        self._called.add((codes, texts))
        plain: Codes = ()
        for depth, text in enumerate(texts, 1):
            if codes[depth - 1] == UNKNOWN:
                break
            if text:
                self.names.setdefault(codes[:depth], text)
                plain = (*plain, self._plain_name(text))
                if len(plain) == depth:
                    self._by_name[plain].add(codes[:depth])

    def codes_are_national(self) -> bool:
        """Whether no two of the smallest areas share a code, so that the code alone names the area."""
        return all(len(areas) == 1 for areas in self._smallest.values())

    def find(self, own: Codes, texts: Codes, learned: Mapping[Codes, set[Codes]], *, by_code: bool) -> Codes:
        """The codes of a station whose table has only some of them, `unknown` where nothing tells.

        Asked in turn: the smallest area's code (`by_code`), the spellings that shared stations have, equal names.
        """
        if by_code and own[-1] and (found := _only(self._smallest.get(own[-1], set()))):
            return found
        stated = own[: next((depth for depth, code in enumerate(own) if not code), len(own))]
        found = stated
        plain = tuple(self._plain_name(text) for text in texts)
        for depth in range(len(own), len(stated), -1):
            if texts[depth - 1]:
                area = _only(learned.get(texts[:depth], set())) or _only(self._by_name.get(plain[:depth], set()))
                if area and area[: len(stated)] == stated:
                    found = area
                    break
        return found + tuple(code or UNKNOWN for code in own[len(found) :])

    def _plain_name(self, text: str) -> str:
        if text not in self._plain:
            self._plain[text] = plain_name(text, self.ignore)
        return self._plain[text]


def derive_register(
    tables: Sequence[tuple[Source, Sequence[Row]]], election: Election
) -> tuple[tuple[Station, ...], dict[AreaId, str], tuple[str, ...]]:
    """The stations that any row names, in the order of their codes; the areas' names; and notes on what is unknown.

    Sources are taken in the order of `election.register.derive_from`; the first that places a station, names an area
    or states registered voters is kept. Rows that were set aside count too, as far as they name a station.
    """
    by_id = {source.id: (source, rows) for source, rows in tables}
    ordered = [by_id[name] for name in election.register.derive_from if name in by_id]
    levels = election.areas.levels
    widths = _widths([rows for _, rows in ordered], levels)
    places = _Places(election.areas.ignore_words)
    registered: dict[StationCode, int] = {}
    notes: list[str] = []
    for source, rows in ordered:
        named = [row for row in rows if row.station is not None]
        own = [_own_codes(row, levels, widths) for row in named]
        texts = [_texts(row, levels) for row in named]
        learned = _learned(named, texts, places.stations)
        by_code = places.codes_are_national()
        lost: list[StationCode] = []
        for row, codes, spelled in zip(named, own, texts, strict=True):
            if row.station is None:
                continue
            if row.registered is not None:
                registered.setdefault(row.station, row.registered)
            if row.station not in places.stations:
                placed = codes if all(codes) else places.find(codes, spelled, learned, by_code=by_code)
                places.put(row.station, placed)
                if UNKNOWN in placed:
                    lost.append(row.station)
            places.call(places.stations[row.station], spelled)
        if lost:
            first = ", ".join(lost[:MOST_LISTED]) + (", …" if len(lost) > MOST_LISTED else "")
            notes.append(f"{source.id}: the area of {len(lost)} stations is unknown: {first}")
    absent = [name for name in election.register.derive_from if name not in by_id]
    notes += [f"{name}: no table of this source was given" for name in absent]
    stations = tuple(Station(code, places.stations[code], registered.get(code)) for code in sorted(places.stations))
    return stations, _names(stations, places.names, election), tuple(notes)


def area_spelling_notes(rows: Sequence[Row], register: StationRegister, election: Election) -> tuple[str, ...]:
    """Where a table places or calls a station's area otherwise than the register: a line with numbers, then the first.

    Spellings that differ only in accents, case, punctuation, zeros or the election's `ignore_words` are the same.
    Empty where all agree.
    """
    ignore = frozenset(word for text in election.areas.ignore_words for word in _words(text))
    told: Counter[str] = Counter()
    stations = 0
    for row in rows:
        station = register.stations.get(row.station) if row.station is not None else None
        if station is None:
            continue
        differs = False
        for depth, level in enumerate(election.areas.levels):
            code, name = row.areas.get(f"area.{level}", ""), row.areas.get(f"area_name.{level}", "")
            ours = station.areas[depth]
            called = register.names.get(area_of(station.areas[: depth + 1]), ours)
            if code and _bare(code) != _bare(ours):
                told[f'{level}: code "{code}", the register has "{ours}"'] += 1
                differs = True
            elif name and name != called and plain_name(name, ignore) != plain_name(called, ignore):
                told[f'{level}: "{name}", the register has "{called}"'] += 1
                differs = True
        stations += differs
    if not told:
        return ()
    head = f"{stations} stations in areas that the register spells otherwise, {len(told)} spellings"
    return (head, *(f"{text} ({number} stations)" for text, number in told.most_common(MOST_LISTED)))


def plain_name(text: str, ignore: frozenset[str]) -> str:
    """The words of a name without accents, case and punctuation; words of `ignore` are left out unless all are."""
    words = _words(text)
    return " ".join([word for word in words if word not in ignore] or words)


def _words(text: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(letter for letter in letters if not unicodedata.combining(letter)))


def _learned(
    rows: Sequence[Row], texts: Sequence[Codes], known: Mapping[StationCode, Codes]
) -> Mapping[Codes, set[Codes]]:
    """Which areas of the register a table's spellings stand for, over the stations that both know."""
    learned: dict[Codes, set[Codes]] = defaultdict(set)
    for row, spelled in zip(rows, texts, strict=True):
        codes = known.get(row.station) if row.station is not None else None
        if codes is None:
            continue
        for depth in range(1, len(codes) + 1):
            if spelled[depth - 1] and UNKNOWN not in codes[:depth]:
                learned[spelled[:depth]].add(codes[:depth])
    return learned


def _only(found: set[Codes]) -> Codes:
    """The one that there is; nothing where it is not certain."""
    return next(iter(found)) if len(found) == 1 else ()


def _texts(row: Row, levels: Sequence[str]) -> Codes:
    return tuple(row.areas.get(f"area_name.{level}", "") for level in levels)


def _own_codes(row: Row, levels: Sequence[str], widths: Sequence[int]) -> Codes:
    codes = (_code(row.areas.get(f"area.{level}", "")) for level in levels)
    return tuple(code.rjust(width, "0") if code.isdigit() else code for code, width in zip(codes, widths, strict=True))


def _widths(tables: Iterable[Sequence[Row]], levels: Sequence[str]) -> list[int]:
    """The digits of the longest code of every level."""
    found: list[set[str]] = [set() for _ in levels]
    for rows in tables:
        for row in rows:
            for texts, level in zip(found, levels, strict=True):
                texts.add(row.areas.get(f"area.{level}", ""))
    return [max((len(text) for text in texts if text.isdigit()), default=0) for texts in found]


def _code(text: str) -> str:
    """A code that can stand in an area's id; empty where there is none."""
    code = text.replace("/", "-")
    return code if code.strip(".") else ""


def _bare(code: str) -> str:
    return code.lstrip("0") if code.isdigit() else code


def _names(stations: Iterable[Station], called: Mapping[Codes, str], election: Election) -> dict[AreaId, str]:
    names = {NATION: election.areas.nation}
    for station in stations:
        for depth in range(1, len(station.areas) + 1):
            codes = station.areas[:depth]
            names.setdefault(area_of(codes), called.get(codes, codes[-1]))
    return names
