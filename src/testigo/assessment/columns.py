"""The figures of a contest in columns: one row a station, with its place in the register."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from testigo.core.dossier import ballots_cast, figures_of, sum_of_known
from testigo.core.election import Contest
from testigo.core.ids import AreaId, Counts, StationCode, area_of
from testigo.core.register import StationRegister

Ints = NDArray[np.int64]
MOST_PER_CENTRE = 12
"""Mean number of stations up to which the smallest areas are taken for polling centres."""
UNKNOWN = -1
"""Stands in `registered` where nobody knows the number of voters."""


@dataclass(frozen=True)
class Stations:
    """The stations of the register, sorted by code.

    `registered` (n,) voters, UNKNOWN where not known. `areas` holds for each level, largest first, the index of every
    station's area into the `area_ids` of that level.
    """

    codes: tuple[StationCode, ...]
    registered: Ints
    areas: tuple[Ints, ...]
    area_ids: tuple[tuple[AreaId, ...], ...]

    @cached_property
    def places(self) -> Mapping[StationCode, int]:
        """A station's row."""
        return {code: row for row, code in enumerate(self.codes)}

    @property
    def clusters(self) -> Ints:
        """The smallest area of every station: stations of one centre are alike, so they are no independent draws."""
        return self.areas[-1] if self.areas else np.zeros(len(self.codes), np.int64)

    @property
    def has_centres(self) -> bool:
        """Whether the smallest areas are polling centres: few stations each, not towns."""
        return bool(self.areas) and len(self.codes) <= MOST_PER_CENTRE * len(self.area_ids[-1])

    @cached_property
    def cluster_sizes(self) -> Ints:
        """How many stations of the register stand in the smallest area of each station."""
        sizes: Ints = np.bincount(self.clusters, minlength=1)[self.clusters].astype(np.int64)
        return sizes


def stations_of(register: StationRegister) -> Stations:
    """The register in columns."""
    stations = [register.stations[code] for code in sorted(register.stations)]
    depth = len(stations[0].areas) if stations else 0
    areas, ids = [], []
    for level in range(1, depth + 1):
        named = [area_of(station.areas[:level]) for station in stations]
        known = sorted(set(named))
        numbers = {area: number for number, area in enumerate(known)}
        areas.append(np.fromiter((numbers[area] for area in named), np.int64, len(named)))
        ids.append(tuple(known))
    registered = (UNKNOWN if station.registered is None else station.registered for station in stations)
    return Stations(
        tuple(station.code for station in stations),
        np.fromiter(registered, np.int64, len(stations)),
        tuple(areas),
        tuple(ids),
    )


@dataclass(frozen=True)
class Figures:
    """One contest as a collection has it: only stations of the register for which every choice is known.

    `rows` (n,) point into `Stations`, ascending; `votes` (n, choices) in the order of the contest; `valid` (n,) their
    sums; `ballots` (n,) at least cast. `left_out` counts stations whose figures are not all there.
    """

    id: str
    name: str
    rows: Ints
    votes: Ints
    ballots: Ints
    left_out: int

    @cached_property
    def valid(self) -> Ints:
        """The votes of all choices at each station."""
        total: Ints = self.votes.sum(axis=1, dtype=np.int64)
        return total

    @cached_property
    def totals(self) -> Ints:
        """The votes of each choice over all stations, (choices,)."""
        total: Ints = self.votes.sum(axis=0, dtype=np.int64)
        return total

    def registered(self, stations: Stations) -> Ints:
        """The registered voters of each of these stations (n,), UNKNOWN where not known."""
        return stations.registered[self.rows]


def figures_in_columns(
    collection: tuple[str, str], counts: Iterable[tuple[StationCode, Counts]], contest: Contest, stations: Stations
) -> Figures:
    """The figures of a collection (its id and name), given by station; stations outside the register are left out."""
    rows: list[int] = []
    votes: list[list[int]] = []
    ballots: list[int] = []
    left_out = 0
    choices = [choice.id for choice in contest.choices]
    for code, stated in counts:
        row = stations.places.get(code)
        figures = figures_of(contest, stated)
        if not figures:
            continue
        known = [figures.get(choice) for choice in choices]
        if row is None or None in known:
            left_out += 1
            continue
        rows.append(row)
        votes.append([number for number in known if number is not None])
        cast = ballots_cast(contest, figures)
        ballots.append(sum_of_known(contest, figures) if cast is None else cast)
    order = np.argsort(np.array(rows, np.int64), kind="stable")
    return Figures(
        *collection,
        np.array(rows, np.int64)[order],
        np.array(votes, np.int64).reshape(len(rows), len(choices))[order],
        np.array(ballots, np.int64)[order],
        left_out,
    )


def first_known(sources: Iterable[Mapping[StationCode, Counts]]) -> Mapping[StationCode, Counts]:
    """The counts of several sources taken together: where two have a station, those of the first."""
    together: dict[StationCode, Counts] = {}
    for source in sources:
        for code, counts in source.items():
            together.setdefault(code, counts)
    return together
