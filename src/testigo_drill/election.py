"""An election that never took place: areas, stations, registered voters, and how every station voted."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from testigo.errors import BadUsage
from testigo_drill.names import area_name

LINES = ("A1", "A2", "B1", "B2", "C1", "C2", "D1", "E1")
"""The ballot lines in the order of the form."""

CHOICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("A", ("A1", "A2")),
    ("B", ("B1", "B2")),
    ("C", ("C1", "C2")),
    ("D", ("D1",)),
    ("E", ("E1",)),
)

MOST_STATIONS = 200_000
_MOST_OF_A_LEVEL = 99
_LEAST_REGISTERED, _MOST_REGISTERED = 150, 900
_NATION_SHARES = (0.30, 0.06, 0.27, 0.05, 0.12, 0.05, 0.09, 0.06)
_LIKENESS = 120.0
"""Concentration of the Dirichlet draw of a station's shares: voters of a station are more alike than chance."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a sheet states, in ballots; `lines` in the order of `LINES`. The sums need not hold: paper can be wrong."""

    lines: tuple[int, ...]
    valid: int
    blank: int
    null: int
    cast: int

    def of_choices(self) -> dict[str, int]:
        """Votes by choice, summed from the lines."""
        votes = dict(zip(LINES, self.lines, strict=True))
        return {choice: sum(votes[line] for line in lines) for choice, lines in CHOICES}

    def by_field(self) -> dict[str, int]:
        """Every figure under its field of the form."""
        others = {"valid": self.valid, "blank": self.blank, "null": self.null, "cast": self.cast}
        return dict(zip(LINES, self.lines, strict=True)) | others


def figures_of(lines: tuple[int, ...], blank: int, null: int) -> Figures:
    """Figures whose sums hold."""
    valid = sum(lines)
    return Figures(lines, valid, blank, null, valid + blank + null)


@dataclass(frozen=True, slots=True)
class DrillStation:
    """A station: its code, the codes of its region, district and centre, registered voters, and its true figures."""

    code: str
    areas: tuple[str, str, str]
    registered: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class DrillElection:
    """The whole truth. `names` holds an area's name by its codes from the region down."""

    stations: tuple[DrillStation, ...]
    names: Mapping[tuple[str, ...], str]


def make_election(stations: int, seed: int) -> DrillElection:
    """The election with this many stations; the same for the same numbers.

    Shares and turnout differ by region, district and centre, and stations differ more than chance alone would have it.

    Raises:
        BadUsage: fewer than 1 station, or more than `MOST_STATIONS`.
    """
    if not 1 <= stations <= MOST_STATIONS:
        raise BadUsage(f"drill: expected 1 to {MOST_STATIONS} stations, came {stations}")
    rng = np.random.default_rng([seed, stations])
    made: list[DrillStation] = []
    names: dict[tuple[str, ...], str] = {}
    nation = np.log(np.array(_NATION_SHARES))
    leaning: dict[tuple[str, ...], tuple[np.ndarray, float]] = {(): (nation, 0.9)}
    for centre, tables in _centres(stations, rng):
        for depth, spread in ((1, 0.35), (2, 0.25), (3, 0.2)):
            codes = centre[:depth]
            if codes not in leaning:
                shares, turnout = leaning[codes[:-1]]
                leaning[codes] = (shares + rng.normal(0, spread, len(LINES)), turnout + rng.normal(0, 0.6 * spread))
                names[codes] = area_name(codes)
        for table in range(1, tables + 1):
            registered = int(rng.integers(_LEAST_REGISTERED, _MOST_REGISTERED + 1))
            figures = _votes(registered, *leaning[centre], rng)
            made.append(DrillStation(f"{''.join(centre)}.{table:02}", centre, registered, figures))
    return DrillElection(tuple(made), names)


def _centres(stations: int, rng: np.random.Generator) -> Iterator[tuple[tuple[str, str, str], int]]:
    """The centres in the order of their codes, each with its number of stations (1 to 4)."""
    drawn = rng.integers(1, 5, stations).cumsum()
    ends = [*drawn[drawn < stations].tolist(), stations]
    sizes = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    districts = max(min(3, len(sizes)), min(round(len(sizes) / 5.5), _MOST_OF_A_LEVEL**2))
    regions = max(min(2, districts), min(round(districts**0.5), _MOST_OF_A_LEVEL))
    for number, size in enumerate(sizes):
        district = number * districts // len(sizes)
        region = district * regions // districts
        first_district = -(-region * districts // regions)
        first_centre = -(-district * len(sizes) // districts)
        codes = (region, district - first_district, number - first_centre)
        yield (f"{codes[0] + 1:02}", f"{codes[1] + 1:02}", f"{codes[2] + 1:02}"), size


def _votes(registered: int, shares: np.ndarray, turnout: float, rng: np.random.Generator) -> Figures:
    rate = 1 / (1 + np.exp(-rng.normal(turnout, 0.15)))
    cast = int(rng.binomial(registered, rate))
    blank, null = int(rng.binomial(cast, 0.015)), int(rng.binomial(cast, 0.02))
    likely = np.exp(shares - shares.max())
    drawn = rng.dirichlet(_LIKENESS * likely / likely.sum() + 0.05)
    lines = rng.multinomial(cast - blank - null, drawn)
    return figures_of(tuple(int(votes) for votes in lines), blank, null)


def stations_csv(election: DrillElection) -> str:
    """The register as `stations.csv` of an election folder."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    levels = ("region", "district", "centre")
    writer.writerow(["station", "registered", *(name for level in levels for name in (level, f"{level}_name"))])
    for station in election.stations:
        row = [station.code, str(station.registered)]
        for depth, code in enumerate(station.areas, 1):
            row += [code, election.names[station.areas[:depth]]]
        writer.writerow(row)
    return text.getvalue()
