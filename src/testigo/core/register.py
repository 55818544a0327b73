"""The station register: which stations there are, in which areas, with how many registered voters."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from testigo.core.election import Election
from testigo.core.ids import NATION, AreaId, StationCode, area_of
from testigo.errors import BadElection


@dataclass(frozen=True, slots=True)
class Station:
    """A polling station. `areas` are codes from the largest level down; `registered` voters, None where unknown."""

    code: StationCode
    areas: tuple[str, ...]
    registered: int | None

    @property
    def area(self) -> AreaId:
        """The smallest area that contains the station."""
        return area_of(self.areas)


@dataclass(frozen=True, slots=True)
class StationRegister:
    """All stations by code and all areas with their names; `complete` when no station of the nation is missing.

    `expected_nation` is the number of stations in the nation, None where nobody knows it.
    """

    stations: Mapping[StationCode, Station]
    names: Mapping[AreaId, str]
    complete: bool
    expected_nation: int | None

    def expected(self, area: AreaId, listed: int) -> int | None:
        """Stations that this area has, given how many of them the register lists; None where it is not known."""
        if self.complete:
            return listed
        return self.expected_nation if area == NATION else None


def register_from_csv(text: str, election: Election, where: str) -> StationRegister:
    """The register of a `stations.csv`: `station,registered,<level>,<level>_name,...`; `registered` may be empty.

    Raises:
        BadElection: names the line, what was expected and what came.
    """
    levels = election.areas.levels
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    columns = ["station", "registered", *(name for level in levels for name in (level, f"{level}_name"))]
    header = next(reader, [])
    if header != columns:
        raise BadElection(f"{where}, line 1: expected the columns {','.join(columns)}, came {','.join(header)}")
    stations: dict[StationCode, Station] = {}
    names: dict[AreaId, str] = {NATION: election.areas.nation}
    for row in reader:
        line = f"{where}, line {reader.line_num}"
        if len(row) != len(columns):
            raise BadElection(f"{line}: expected {len(columns)} columns, came {len(row)}")
        code = StationCode(row[0])
        if not election.station_pattern.fullmatch(code):
            raise BadElection(f"{line}: expected a station like {election.station_pattern.pattern}, came {code!r}")
        if code in stations:
            raise BadElection(f"{line}: the station {code} stands here a second time")
        if row[1] and not (row[1].isascii() and row[1].isdigit()):
            raise BadElection(f"{line}: expected a number of registered voters or nothing, came {row[1]!r}")
        areas = tuple(row[2::2])
        if not all(part and "/" not in part and part.strip(".") for part in areas):
            raise BadElection(f"{line}: expected a code without / for every level, came {', '.join(areas)}")
        for depth in range(len(areas)):
            area = area_of(areas[: depth + 1])
            if names.setdefault(area, row[3 + 2 * depth]) != row[3 + 2 * depth]:
                raise BadElection(
                    f"{line}: the area {area} is called {names[area]!r} above, {row[3 + 2 * depth]!r} here"
                )
        stations[code] = Station(code, areas, int(row[1]) if row[1] else None)
    expected = election.register.expected_stations
    complete = expected is None or expected == len(stations)
    return StationRegister(stations, names, complete, len(stations) if complete else expected)


def register_to_csv(stations: Iterable[Station], names: Mapping[AreaId, str], election: Election) -> str:
    """The `stations.csv` of these stations, in the order of their codes."""
    levels = election.areas.levels
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["station", "registered", *(name for level in levels for name in (level, f"{level}_name"))])
    for station in sorted(stations, key=lambda one: one.code):
        row: list[str] = [station.code, "" if station.registered is None else str(station.registered)]
        for depth, code in enumerate(station.areas):
            row += [code, names[area_of(station.areas[: depth + 1])]]
        writer.writerow(row)
    return text.getvalue()
