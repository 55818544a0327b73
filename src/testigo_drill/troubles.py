"""Everything that goes wrong in a drill, each kind with what must follow from it under the demonstration's policy.

The policy: the sheet's reading counts first, then the observers' table; where they disagree, or the sheet breaks a
sum, the station goes into quarantine.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from testigo_drill.election import DrillStation, Figures, figures_of
from testigo_drill.shots import Content, Shot, shot_of

Status = Literal["counted", "quarantined", "missing", "counted-if-read", "quarantined-if-read"]
Basis = Literal["sheet", "second", "either"]


@dataclass(frozen=True, slots=True)
class SecondRow:
    """A station's row in the observers' table, in ballots; `votes` in the order of the choices."""

    code: str
    areas: tuple[str, str, str]
    registered: int
    votes: tuple[int, ...]
    valid: int
    blank: int
    null: int
    cast: int


@dataclass(frozen=True, slots=True)
class Course:
    """What happened with a station: its photos, its row (None if the table lacks it), and what must follow.

    `code` is None where photos belong to no station. `status` is None for what is not in the register, `basis` None
    where nothing is accepted, `either` where sheet and table say the same and either may be read.
    """

    code: str | None
    figures: Figures | None
    shots: tuple[Shot, ...]
    row: SecondRow | None
    status: Status | None
    basis: Basis | None


Make = Callable[[tuple[DrillStation, ...], np.random.Generator], tuple[Course, ...]]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A kind of trouble: `what` exactly, how many stations of the register it takes, how often in 1000 stations.

    Where it takes none, `make` gets one station whose code the register does not have.
    """

    kind: str
    what: str
    stations: int
    per_mille: float
    make: Make


def row_of(station: DrillStation, figures: Figures | None = None) -> SecondRow:
    """The row of this station with its true figures, or with these."""
    stated = figures or station.figures
    return SecondRow(
        station.code,
        station.areas,
        station.registered,
        tuple(stated.of_choices().values()),
        stated.valid,
        stated.blank,
        stated.null,
        stated.cast,
    )


def _chance_row(station: DrillStation, rng: np.random.Generator) -> SecondRow | None:
    return row_of(station) if rng.random() < 0.85 else None


def _from_sheet(station: DrillStation, row: SecondRow | None, *shots: Shot) -> Course:
    return Course(station.code, station.figures, shots or (shot_of(station),), row, "counted", "sheet")


def _held(station: DrillStation, figures: Figures, row: SecondRow | None, *shots: Shot) -> Course:
    return Course(station.code, figures, shots, row, "quarantined", "sheet")


def _from_table(station: DrillStation, *shots: Shot) -> Course:
    return Course(station.code, station.figures, shots, row_of(station), "counted", "second")


def _nothing(station: DrillStation, *shots: Shot) -> Course:
    return Course(station.code, station.figures, shots, None, "missing", None)


def _moved(numbers: tuple[int, ...], rng: np.random.Generator, *, to: int | None = None) -> tuple[int, ...]:
    """The same sum with some votes moved from the largest number to the one at `to`, by chance where None."""
    largest = numbers.index(max(numbers))
    if to is None:
        to = int(rng.choice([place for place in range(len(numbers)) if place != largest]))
    votes = int(rng.integers(1, max(2, numbers[largest] // 2)))
    return tuple(n - votes * (place == largest) + votes * (place == to) for place, n in enumerate(numbers))


def _duplicate(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
    (station,) = stations
    first = shot_of(station)
    return (_from_sheet(station, _chance_row(station, rng), first, first, shot_of(station, copy=2)),)


def _same_photo(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
    shown, other = stations
    again = shot_of(shown, content="copy", claim=other.code)
    return (
        _from_sheet(shown, _chance_row(shown, rng), shot_of(shown, claim=shown.code), again),
        _from_table(other),
    )


def _copies_differ(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
    (station,) = stations
    figures = station.figures
    # The last two lines are choices of their own, so that the results by choice differ as the lines do.
    last = len(figures.lines) - 1
    other = _moved(figures.lines, rng, to=last if figures.lines[last] < max(figures.lines) else last - 1)
    changed = figures_of(other, figures.blank, figures.null)
    shots = (shot_of(station), shot_of(station, copy=2, figures=changed))
    return (_held(station, figures, _chance_row(station, rng), *shots),)


def _wrong_valid(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
    (station,) = stations
    true, off = station.figures, int(rng.integers(1, 30))
    stated = replace(true, valid=true.valid + off, cast=true.cast + off)
    return (_held(station, stated, _chance_row(station, rng), shot_of(station, figures=stated)),)


def _wrong_cast(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
    (station,) = stations
    stated = replace(station.figures, cast=max(0, station.figures.cast - int(rng.integers(1, 20))))
    return (_held(station, stated, _chance_row(station, rng), shot_of(station, figures=stated)),)


def _altered(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
    (station,) = stations
    row = row_of(station)
    altered = replace(row, votes=_moved(row.votes, rng))
    return (_held(station, station.figures, altered, shot_of(station)),)


def _altered_sum(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
    (station,) = stations
    row = row_of(station)
    place = int(rng.integers(len(row.votes)))
    votes = tuple(n + int(rng.integers(1, 90)) * (at == place) for at, n in enumerate(row.votes))
    return (_from_sheet(station, replace(row, votes=votes)),)


def _unknown(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
    (station,) = stations
    return (Course(station.code, station.figures, (shot_of(station),), row_of(station), None, None),)


def _over(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
    (station,) = stations
    true = station.figures
    more = station.registered - true.cast + int(rng.integers(1, 60))
    stated = figures_of((true.lines[0] + more, *true.lines[1:]), true.blank, true.null)
    return (_held(station, stated, row_of(station, stated), shot_of(station, figures=stated)),)


def _same_vector(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
    figures = min(stations, key=lambda station: station.registered).figures
    alike = [replace(station, figures=figures) for station in stations]
    return tuple(_from_sheet(station, _chance_row(station, rng)) for station in alike)


def _foreign(content: Content) -> Make:
    def make(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
        key = f"{content}/{int(rng.integers(10**9))}"
        return (Course(None, None, (Shot(key, content, None, 0, None, "mild", None),), None, None, None),)

    return make


def _cut(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
    (station,) = stations
    return (_from_table(station, shot_of(station, content="cut", claim=station.code)),)


def _blurred_with_row(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
    (station,) = stations
    return (_from_table(station, shot_of(station, content="blurred")),)


def _blurred_alone(stations: tuple[DrillStation, ...], rng: np.random.Generator) -> tuple[Course, ...]:
    (station,) = stations
    return (_nothing(station, shot_of(station, content="blurred")),)


TROUBLES: tuple[Trouble, ...] = (
    Trouble("missing", "no photo, in the table", 1, 20, lambda s, rng: (_from_table(s[0]),)),
    Trouble("missing", "no photo, not in the table", 1, 12, lambda s, rng: (_nothing(s[0]),)),
    Trouble("duplicate", "the same file twice, and another photo of the sheet", 1, 15, _duplicate),
    Trouble("same-photo-two-stations", "a copy of the first station's photo sent for the second", 2, 6, _same_photo),
    Trouble("copies-differ", "two sheets of one station with different figures", 1, 8, _copies_differ),
    Trouble("wrong-sum", "the lines are not the valid votes", 1, 6, _wrong_valid),
    Trouble("wrong-sum", "valid, blank and null are not the ballots cast", 1, 6, _wrong_cast),
    Trouble("altered-in-source", "votes moved between choices in the table", 1, 8, _altered),
    Trouble("altered-sum-in-source", "a row of the table whose choices are not its valid votes", 1, 6, _altered_sum),
    Trouble("unknown-station", "a sheet and a row of a station that the register lacks", 0, 4, _unknown),
    Trouble("foreign-image", "a photo of something else", 0, 3, _foreign("scene")),
    Trouble("foreign-image", "a QR code with foreign text", 0, 3, _foreign("foreign-code")),
    Trouble("foreign-image", "a text file", 0, 1, _foreign("text")),
    Trouble("foreign-image", "a photo cut off in transfer, of a station in the table", 1, 3, _cut),
    Trouble("unreadable", "far out of focus, in the table", 1, 4, _blurred_with_row),
    Trouble("unreadable", "far out of focus, not in the table", 1, 4, _blurred_alone),
    Trouble("over-registered", "more ballots than registered voters", 1, 5, _over),
    Trouble("same-vector", "two stations with identical figures", 2, 4, _same_vector),
)
