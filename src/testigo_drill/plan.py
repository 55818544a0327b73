"""Which station meets which trouble, which photos were sent under which names: a whole drill before it is made."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from testigo.errors import BadUsage
from testigo_drill.camera import GRADES
from testigo_drill.election import DrillElection, DrillStation, figures_of
from testigo_drill.shots import Shot, shot_of
from testigo_drill.troubles import TROUBLES, Course, SecondRow, Trouble, row_of

EVERY_TROUBLE_FROM = 100
"""From this many stations on, every trouble happens at least once."""

_TABLE_COVERS = 0.85
_CLAIMED = 0.4
_FIRST_STRANGE_TABLE = 60


@dataclass(frozen=True, slots=True)
class Happening:
    """A trouble that happened: its kind, what exactly, the stations it hit and the names of the files it concerns."""

    kind: str
    what: str
    stations: tuple[str, ...]
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrillPlan:
    """A drill before it is made. `courses` in the order of the stations' codes, `photos` are shots by file name."""

    courses: tuple[Course, ...]
    photos: tuple[tuple[str, Shot], ...]
    rows: tuple[SecondRow, ...]
    happenings: tuple[Happening, ...]


def plan_drill(election: DrillElection, seed: int, grades: tuple[float, float, float]) -> DrillPlan:
    """The drill of this election; the same for the same seed. `grades` are the shares of mild, medium, strong photos.

    Photos of troubles are mild, so that what must follow from a trouble does not hang on luck.

    Raises:
        BadUsage: the shares are negative or their sum is not 1.
    """
    if min(grades) < 0 or abs(sum(grades) - 1) > 1e-9:
        raise BadUsage(f"drill: expected shares of mild, medium and strong photos that add up to 1, came {grades}")
    rng = np.random.default_rng([seed, len(election.stations), 2])
    order = [election.stations[place] for place in rng.permutation(len(election.stations))]
    strangers = _strangers(election, rng)
    troubled: list[tuple[Trouble, tuple[Course, ...]]] = []
    for trouble in TROUBLES:
        for _ in range(_times(trouble, len(election.stations))):
            if len(order) < trouble.stations:
                break
            hit = tuple(order.pop() for _ in range(trouble.stations)) or (next(strangers),)
            troubled.append((trouble, trouble.make(hit, rng)))
    ordinary = [_ordinary(station, rng, grades) for station in sorted(order, key=lambda one: one.code)]
    courses = [*(course for _, made in troubled for course in made), *ordinary]
    shots = [shot for course in courses for shot in course.shots]
    names = [f"{place + 1:05}.jpg" for place in rng.permutation(len(shots))]
    named = iter(names)
    happenings = tuple(
        Happening(
            trouble.kind,
            trouble.what,
            tuple(course.code for course in made if course.code is not None),
            tuple(next(named) for course in made for _ in course.shots),
        )
        for trouble, made in troubled
    )
    rows = (course.row for course in courses if course.row is not None)
    return DrillPlan(
        tuple(sorted(courses, key=lambda course: course.code or "")),
        tuple(sorted(zip(names, shots, strict=True), key=lambda photo: photo[0])),
        tuple(sorted(rows, key=lambda row: row.code)),
        happenings,
    )


def as_written(plan: DrillPlan) -> DrillPlan:
    """The plan where sheets are filled in by hand: none must be read, and unread ones leave the word to the table."""
    return replace(plan, courses=tuple(_if_read(course) for course in plan.courses))


def _if_read(course: Course) -> Course:
    if course.basis != "sheet" or course.status not in ("counted", "quarantined"):
        return course
    if course.status == "quarantined":
        return replace(course, status="quarantined-if-read", basis="either")
    return (
        replace(course, status="counted", basis="either") if course.row else replace(course, status="counted-if-read")
    )


def _times(trouble: Trouble, stations: int) -> int:
    times = round(trouble.per_mille * stations / 1000)
    return max(1, times) if stations >= EVERY_TROUBLE_FROM else times


def _ordinary(station: DrillStation, rng: np.random.Generator, grades: tuple[float, float, float]) -> Course:
    """A station where nothing went wrong; a strong photo may be unreadable all the same."""
    grade = GRADES[int(rng.choice(3, p=grades))]
    claim = station.code if rng.random() < _CLAIMED else None
    row = row_of(station) if rng.random() < _TABLE_COVERS else None
    shots = (shot_of(station, grade=grade, claim=claim),)
    if grade != "strong":
        return Course(station.code, station.figures, shots, row, "counted", "sheet")
    if row is None:
        return Course(station.code, station.figures, shots, None, "counted-if-read", "sheet")
    return Course(station.code, station.figures, shots, row, "counted", "either")


def _strangers(election: DrillElection, rng: np.random.Generator) -> Iterator[DrillStation]:
    """Stations that the register does not have, in centres that it has: no centre has that many tables."""
    table = _FIRST_STRANGE_TABLE
    centres = sorted({station.areas for station in election.stations})
    while True:
        for place in rng.permutation(len(centres)):
            model = election.stations[int(rng.integers(len(election.stations)))]
            figures = figures_of(model.figures.lines[::-1], model.figures.blank, model.figures.null)
            areas = centres[place]
            yield replace(model, code=f"{''.join(areas)}.{table:02}", areas=areas, figures=figures)
        table += 1
