"""Photographs of sheets that were filled in by hand, with all that is true of them; made from a plan, photo by photo.

Whoever tunes takes the group `tune`, whoever measures takes `test`: they have no hand, no way of writing a numeral, no
form and no seed in common. Once readers were compared on the group `test`, it is no longer unseen: its hands and forms
then go to `tune`, and `test` begins anew under another key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import lcm
from types import MappingProxyType
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.errors import BadUsage
from testigo_drill.ballots import broken_figures, true_figures
from testigo_drill.camera import Grade, photograph
from testigo_drill.damage import DAMAGES, damaged_jpeg
from testigo_drill.filling import Sheet, filled, tampered
from testigo_drill.hands import HANDS, TEST_HANDS, TUNE_HANDS, Hand
from testigo_drill.layouts import FORMS, TEST_FORMS, TUNE_FORMS, WrittenForm

Picture = NDArray[np.uint8]
Group = Literal["tune", "test"]
Kind = Literal["sound", "broken", "tampered"]

GROUPS: Mapping[Group, tuple[int, tuple[WrittenForm, ...], tuple[Hand, ...]]] = MappingProxyType(
    {"tune": (0x71, TUNE_FORMS, TUNE_HANDS), "test": (0xB3, TEST_FORMS, TEST_HANDS)}
)
"""Each group's key of its random streams, its forms and its hands. 0x7E was the key of a former group `test`."""


@dataclass(frozen=True, slots=True)
class WrittenJob:
    """One photograph to be made; equal jobs make equal bytes.

    `kind`: `sound` sheets obey their sums, in `broken` ones the writer made a mistake that breaks a sum, in `tampered`
    ones a digit's picture was replaced afterwards. `corrections` digits were corrected by the writer. `grade` is the
    damage (0 to 4), `camera` how well the photo was taken.
    """

    group: Group
    seed: int
    number: int
    form: str
    hand: str
    kind: Kind
    corrections: int
    grade: int
    camera: Grade


@dataclass(frozen=True, slots=True)
class Written:
    """A photograph and what is true of it: `figures` as they stand on the paper, the sums that those break, and `cell`,
    the replaced one by field and place from 0; None where none was."""

    job: WrittenJob
    sheet: Sheet
    figures: Mapping[str, int]
    broken: tuple[str, ...]
    cell: tuple[str, int] | None
    jpeg: bytes


def plan_written(
    group: Group,
    photos: int,
    seed: int,
    *,
    broken: float = 0.0,
    tampered: float = 0.0,
    corrected: float = 0.0,
    grades: tuple[int, ...] = (0, 1, 2, 3, 4),
    camera: Grade = "mild",
) -> tuple[WrittenJob, ...]:
    """The photographs to make: forms, hands and grades of the group take turns, so that each meets each.

    In every round each hand writes one sheet; after as many rounds as there are pairs of a form and a grade it has met
    every pair once.

    `broken` and `tampered` are the probabilities of such a sheet, `corrected` that of a sheet with one or two corrected
    digits. A plan with more photos begins with those of one with fewer.

    Raises:
        BadUsage: a number is out of its range.
    """
    if photos < 0 or min(broken, tampered, corrected) < 0 or max(broken + tampered, corrected) > 1:
        raise BadUsage(
            "written sheets: expected a number from 0 and probabilities of which broken and tampered together make at "
            f"most 1, came {photos}, {broken}, {tampered}, {corrected}"
        )
    if not grades or not set(grades) <= set(range(len(DAMAGES))):
        raise BadUsage(f"written sheets: expected grades from 0 to {len(DAMAGES) - 1}, came {grades}")
    key, forms, hands = GROUPS[group]
    jobs = []
    for number in range(photos):
        rng = np.random.default_rng([key, 0, seed, number])
        draw = rng.random()
        kind: Kind = "broken" if draw < broken else "tampered" if draw < broken + tampered else "sound"
        corrections = int(rng.integers(1, 3)) if rng.random() < corrected else 0
        turn, place = divmod(number, len(hands))
        hand, form = hands[place], forms[(place + turn) % len(forms)]
        # Where the two numbers share a factor, the grades move on by one when all would come round the same.
        grade = grades[(place + turn + turn // lcm(len(grades), len(forms))) % len(grades)]
        jobs.append(WrittenJob(group, seed, number, form.id, hand.name, kind, corrections, grade, camera))
    return tuple(jobs)


def sheet_of(job: WrittenJob) -> tuple[Sheet, tuple[str, int] | None]:
    """The job's filled-in sheet, and the cell that was replaced in it, None where none was."""
    form = FORMS[job.form]
    rng = np.random.default_rng([GROUPS[job.group][0], 1, job.seed, job.number])
    station = f"{int(rng.integers(1, 100)):02}{int(rng.integers(1, 100)):02}{int(rng.integers(1, 100)):02}.01"
    figures = true_figures(form, rng)
    if job.kind == "broken":
        figures, _ = broken_figures(form, figures, rng)
    sheet = filled(form, station, figures, HANDS[job.hand], rng, corrections=job.corrections)
    if job.kind == "tampered":
        return tampered(sheet, rng)
    return sheet, None


def take(job: WrittenJob) -> Written:
    """The photograph of this job."""
    sheet, cell = sheet_of(job)
    rng = np.random.default_rng([GROUPS[job.group][0], 2, job.seed, job.number])
    photo = photograph(upright(sheet.picture(), rng), rng, job.camera)
    return Written(job, sheet, sheet.figures, sheet.broken, cell, damaged_jpeg(photo, job.grade, rng))


def upright(page: Picture, rng: np.random.Generator) -> Picture:
    """The page as it is held before the camera, whose photos are higher than wide: a broad page is turned to a side."""
    if page.shape[1] <= page.shape[0]:
        return page
    way = cv2.ROTATE_90_CLOCKWISE if rng.random() < 0.5 else cv2.ROTATE_90_COUNTERCLOCKWISE
    return np.asarray(cv2.rotate(page, way), np.uint8)


def truth_of(written: Written) -> dict[str, object]:
    """What is true of a photograph, as plain values for JSON."""
    job = written.job
    return {
        "group": job.group,
        "form": job.form,
        "hand": job.hand,
        "kind": job.kind,
        "grade": job.grade,
        "camera": job.camera,
        "station": written.sheet.station,
        "figures": dict(written.figures),
        "broken": list(written.broken),
        "replaced": None if written.cell is None else list(written.cell),
        "corrected": [list(cell) for cell in written.sheet.doubtful],
    }
