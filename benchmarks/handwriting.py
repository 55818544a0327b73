"""How well real sheets are read from photographs that get worse, and whether sheets that are wrong on paper stay so.

    python benchmarks/handwriting.py SHEETS FORM.toml [--copies N] [--broken N] [--grades 0,1,2,3,4] [--camera]
                                                      [--jobs N]

SHEETS holds reference.png, labels.json and photos/, as the project's shared data does. Every copy is one of the sheets,
turned a little, made smaller, blurred, noisy and compressed by its grade (0 is the sheet itself, only turned; 1 to 4 as
the design measured them: scale .7, .5, .4, .33). With `--camera` the sheet is photographed by the drill's camera first
(a table, perspective, curled paper, shadow, now and then upside down) and its photo damaged as the drill does. Broken
copies are sheets in which one handwritten digit was replaced by another of the same sheet, so that what is written
breaks a sum; a reading that is sure of one has rewritten it.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.core.arithmetic import evaluate
from testigo.core.form import Form, form_from_toml
from testigo.core.ids import Counts, FieldId
from testigo.stats.agreement import clopper_pearson, rate_at_most
from testigo.stats.posterior import SheetReading, read_sheet
from testigo.stats.written import field_cells
from testigo.vision.hand import HandReader
from testigo.vision.layout import layout_of
from testigo.vision.page import flatten
from testigo_drill.camera import photograph
from testigo_drill.damage import damaged_jpeg
from testigo_drill.written import upright

Picture = NDArray[np.uint8]
SCALES = (1.0, 0.7, 0.5, 0.4, 0.33)
BLURS = ((0, 0.3), (0.3, 0.7), (0.3, 0.8), (0.5, 1.0), (0.6, 1.1))
NOISES = ((0, 1), (0, 2), (1, 3), (3, 7), (5, 9))
QUALITIES = ((90, 96), (80, 92), (65, 85), (45, 70), (35, 55))


@dataclass(frozen=True, slots=True)
class Job:
    """One copy: which sheet, how bad, whether a digit of it is replaced, the seed, and whether the drill's camera takes
    it."""

    sheets: Path
    form: Path
    name: str
    grade: int
    broken: bool
    seed: int
    camera: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What was made of one copy. `cells` are digits right and all, `free` and `shown` whole sheets right before and
    after the sums; the sheet's `verdict` is `lost` where its page was not found."""

    grade: int
    broken: bool
    verdict: str
    cells: tuple[int, int]
    free: bool
    shown: bool
    seconds: float


def truth_of(sheets: Path) -> Mapping[str, Mapping[FieldId, str]]:
    """The cells of every field of every sheet, as in labels.json."""
    images = json.loads((sheets / "labels.json").read_text("utf-8"))["images"]
    return {name: {FieldId(field): cells for field, cells in one["fields"].items()} for name, one in images.items()}


@lru_cache(maxsize=1)
def reader_of(sheets: Path, form: Path) -> tuple[HandReader, Form]:
    known = form_from_toml(form.read_text("utf-8"), form.name)
    reader = HandReader()
    reader.learn(layout_of(known), (sheets / "reference.png").read_bytes())
    return reader, known


@lru_cache(maxsize=8)
def sheet_of(sheets: Path, form: Path, name: str) -> tuple[Picture, Picture]:
    """A sheet as it was scanned, and flattened."""
    photo = np.asarray(cv2.imread(str(sheets / "photos" / name)), np.uint8)
    reader, _ = reader_of(sheets, form)
    (page,) = reader.find(photo)
    return photo, flatten(photo, page)


def damaged(picture: Picture, grade: int, rng: np.random.Generator) -> bytes:
    """A copy as a JPEG file."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.uniform(-3, 3)), SCALES[grade])
    size = round(width * SCALES[grade] * 1.06), round(height * SCALES[grade] * 1.08)
    turn[:, 2] += size[0] / 2 - width / 2, size[1] / 2 - height / 2
    turn[:, :2] += rng.normal(0, 0.01, (2, 2)) * SCALES[grade]
    smooth = cv2.GaussianBlur(picture, (0, 0), 0.45 / SCALES[grade]) if SCALES[grade] < 0.9 else picture
    small = cv2.warpAffine(smooth, turn, size, flags=cv2.INTER_LINEAR, borderValue=(120, 140, 150))
    blur = rng.uniform(*BLURS[grade])
    small = cv2.GaussianBlur(small, (0, 0), blur) if blur > 0.1 else small
    noisy = small + rng.normal(0, rng.uniform(*NOISES[grade]), small.shape)
    quality = int(rng.integers(*QUALITIES[grade]))
    return cv2.imencode(".jpg", np.clip(noisy, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])[
        1
    ].tobytes()


def numbers(cells: Mapping[FieldId, str], form: Form) -> Counts:
    """The figures of the fields that the form has."""
    return {field: int(text.replace("_", "").replace("X", "")) for field, text in cells.items() if field in form.fields}


def replaced(
    flat: Picture, form: Form, cells: Mapping[FieldId, str], rng: np.random.Generator
) -> tuple[Picture, Mapping[FieldId, str]]:
    """The page with one digit's cell shown in another's place, so that a sum of what is written breaks."""
    layout = layout_of(form)
    places = [
        (box.field, at, box.cell(at).in_pixels(flat.shape[1], flat.shape[0]))
        for box in layout.boxes
        if box.field != "electores_habilitados"
        for at in range(box.cells)
        if cells[box.field][at].isdigit()
    ]
    while True:
        (field, at, to), (other, which, source) = (places[int(n)] for n in rng.choice(len(places), 2, replace=False))
        written = dict(cells)
        written[field] = written[field][:at] + cells[other][which] + written[field][at + 1 :]
        if any(evaluate(rule, numbers(written, form)).state == "fail" for rule in form.rules):
            break
    made = flat.copy()
    x0, y0, x1, y1 = (round(v) for v in source)
    patch = flat[y0 + 4 : y1 - 3, x0 + 4 : x1 - 3]
    u0, v0, u1, v1 = (round(v) for v in to)
    made[v0 + 4 : v1 - 3, u0 + 4 : u1 - 3] = cv2.resize(patch, (u1 - u0 - 7, v1 - v0 - 7))
    return made, written


def seen(job: Job) -> Seen:
    rng = np.random.default_rng(job.seed)
    cv2.setNumThreads(1)
    reader, form = reader_of(job.sheets, job.form)
    photo, flat = sheet_of(job.sheets, job.form, job.name)
    cells = truth_of(job.sheets)[job.name]
    picture = photo
    if job.broken:
        picture, cells = replaced(flat, form, cells, rng)
    if job.camera:
        data = damaged_jpeg(photograph(upright(picture, rng), rng, "mild"), job.grade, rng)
    else:
        data = damaged(picture, job.grade, rng)
    started = perf_counter()
    pages = reader.read(data, 1)
    sheet = read_sheet(field_cells(pages[0].ink), form.rules) if len(pages) == 1 else None
    seconds = perf_counter() - started
    if sheet is None:
        return Seen(job.grade, job.broken, "lost", (0, 0), False, False, seconds)
    said = [
        (int(np.argmax(row)), text)
        for field, rows in pages[0].ink
        for row, text in zip(rows, cells[field], strict=True)
        if text.isdigit()
    ]
    right = sum(str(one) == text for one, text in said)
    truth = numbers(cells, form)
    return Seen(
        job.grade, job.broken, sheet.verdict, (right, len(said)), dict(sheet.free_counts) == truth,
        same(sheet, truth), seconds,
    )  # fmt: skip


def same(sheet: SheetReading, truth: Counts) -> bool:
    return dict(sheet.counts) == dict(truth)


def jobs_of(asked: argparse.Namespace) -> Iterator[Job]:
    names = sorted(truth_of(asked.sheets))
    grades = [int(one) for one in asked.grades.split(",")]
    for n in range(asked.copies):
        grade = grades[n // len(names) % len(grades)]
        yield Job(asked.sheets, asked.form, names[n % len(names)], grade, False, n, asked.camera)
    for n in range(asked.broken):
        yield Job(
            asked.sheets, asked.form, names[n % len(names)], n // len(names) % 3, True, 1_000_000 + n, asked.camera
        )


def told(found: Sequence[Seen]) -> None:
    print("grade  copies  page lost  digits right  whole sheet right  after the sums  sure           wrong of them")
    for grade in sorted({one.grade for one in found}):
        row([one for one in found if one.grade == grade and not one.broken], str(grade))
    clean = [one for one in found if not one.broken]
    row(clean, "all")
    broken = [one for one in found if one.broken]
    if broken:
        kinds = Counter(one.verdict for one in broken)
        sure = kinds["sure"]
        rewritten = sum(one.verdict == "sure" and not one.shown for one in broken)
        print(
            f"wrong on paper: {len(broken)} copies; {kinds['people']} to people, {kinds['look']} to look at, "
            f"{kinds['lost']} not found, {sure} sure, {rewritten} of them rewritten "
            f"(at most {rate_at_most(rewritten, len(broken)):.3%})"
        )
    spent = np.array([one.seconds for one in found])
    print(f"{spent.mean():.2f} s a photo on one core, median {np.median(spent):.2f}, slowest {spent.max():.2f}")


def row(some: Sequence[Seen], name: str) -> None:
    if not some:
        return
    right, cells = (sum(one.cells[n] for one in some) for n in (0, 1))
    sure = [one for one in some if one.verdict == "sure"]
    wrong = sum(not one.shown for one in sure)
    low, high = clopper_pearson(wrong, len(sure))
    print(
        f"{name:>5}  {len(some):>6}  {sum(one.verdict == 'lost' for one in some):>9}  {right / max(cells, 1):>12.2%}  "
        f"{np.mean([one.free for one in some]):>17.1%}  {np.mean([one.shown for one in some]):>14.1%}  "
        f"{len(sure):>5} ({len(sure) / len(some):.1%})  {wrong} ({low:.3%} to {high:.3%})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sheets", type=Path)
    parser.add_argument("form", type=Path)
    parser.add_argument("--copies", type=int, default=60)
    parser.add_argument("--broken", type=int, default=30)
    parser.add_argument("--grades", default="0,1,2,3,4")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--camera", action="store_true", help="photographed by the drill's camera first")
    asked = parser.parse_args()
    with ProcessPoolExecutor(asked.jobs) as pool:
        found = []
        for one in pool.map(seen, list(jobs_of(asked)), chunksize=4):
            found.append(one)
            if len(found) % 100 == 0:
                print(f"{len(found)} copies", flush=True)
    told(found)


if __name__ == "__main__":
    main()
