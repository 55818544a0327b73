"""How well the drill's handwriting is read: forms, hands and seeds that nothing was learnt from.

    python benchmarks/written_drill.py [--photos N] [--seed N] [--broken P] [--tampered P] [--jobs N] [--picture SVG]
                                       [--group tune|test] [--swaps N] [--unconfirmed RATIO]

Prints whole sheets right before and after the sums by grade of damage, form and hand, the share accepted and the errors
among the accepted with their exact 95% bound, the curve of share accepted against errors, whether what was said came
true, and what became of sheets that are wrong on paper (`broken`: the writer's mistake, `tampered`: a digit's picture
replaced by another of the same hand). `--picture` draws that curve. With `--swaps` every sound photo is read N times
more with one cell's picture put in another's place, so that a sum breaks: tampering without a photo for each.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from testigo.core.arithmetic import evaluate
from testigo.core.form import Form, form_from_toml
from testigo.core.ids import FieldId
from testigo.stats.agreement import clopper_pearson, rate_at_most
from testigo.stats.posterior import USUAL, SheetReading, Thresholds, read_sheet
from testigo.stats.written import field_cells
from testigo.vision.cells import Cell, cut_cells
from testigo.vision.digits import DigitReader
from testigo.vision.hand import HandReader, ink_of
from testigo.vision.layout import layout_of
from testigo.vision.load import Pixels, decode
from testigo.vision.page import FoundPage, flatten
from testigo_drill.layouts import TEST_FORMS, TUNE_FORMS, form_toml
from testigo_drill.paper import blank_page
from testigo_drill.written import Group, Written, WrittenJob, plan_written, take

POSTERIORS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was made of one photograph; `lost` where its page was not found. `posterior` is that of the reading where
    it could be sure, None where it could not. Of `swaps` readings with a cell in another's place `bent` were sure of
    other figures than those."""

    job: WrittenJob
    verdict: str
    free: bool
    shown: bool
    posterior: float | None
    wrong_on_paper: bool
    corrected: bool
    seconds: float
    swaps: int = 0
    bent: int = 0


@dataclass(frozen=True, slots=True)
class How:
    """How photographs are read: with these thresholds, and so many times with a swap."""

    thresholds: Thresholds
    swaps: int


@lru_cache(maxsize=1)
def known(group: Group) -> tuple[HandReader, dict[str, Form]]:
    reader, forms = HandReader(), {}
    for one in TEST_FORMS if group == "test" else TUNE_FORMS:
        form = form_from_toml(form_toml(one), one.id)
        _, picture = cv2.imencode(".png", blank_page(one))
        reader.learn(layout_of(form), picture.tobytes())
        forms[form.id] = form
    return reader, forms


def seen(job: WrittenJob, how: How) -> Seen:
    cv2.setNumThreads(1)
    reader, forms = known(job.group)
    written = take(job)
    started = perf_counter()
    photo = decode(written.jpeg, orient=1, colour="bgr")
    pages = reader.find(photo)
    right_page = len(pages) == 1 and pages[0].reference.layout.form == job.form
    cells = cells_of(photo, pages[0]) if right_page else ()
    sheet = sheet_of(cells, forms[job.form], how) if right_page else None
    seconds = perf_counter() - started
    wrong, corrected = bool(written.broken), bool(written.sheet.doubtful)
    if sheet is None:
        return Seen(job, "lost", False, False, None, wrong, corrected, seconds)
    truth = dict(written.figures)
    free, shown = dict(sheet.free_counts) == truth, dict(sheet.counts) == truth
    could = sheet.why in ("read", "chosen by sums", "doubtful")
    posterior = sheet.posterior * (1 - sheet.unexamined) if could else None
    swaps, bent = (0, 0) if wrong else swapped(written, cells, forms[job.form], how)
    return Seen(job, sheet.verdict, free, shown, posterior, wrong, corrected, seconds, swaps, bent)


def cells_of(photo: Pixels, page: FoundPage) -> tuple[Cell, ...]:
    return cut_cells(flatten(photo, page), page.reference.printed, page.reference.layout)


def sheet_of(cells: Sequence[Cell], form: Form, how: How) -> SheetReading:
    return read_sheet(field_cells(ink_of(cells, digit_reader())), form.rules, (), how.thresholds)


def swapped(written: Written, cells: Sequence[Cell], form: Form, how: How) -> tuple[int, int]:
    """How many swaps broke a sum, and how many of these readings were sure of other figures than are then written."""
    rng = np.random.default_rng([written.job.seed, written.job.number])
    places = {(cell.field, cell.index): place for place, cell in enumerate(cells)}
    digits = [(FieldId(one.field), one.index, one.mark) for one in written.sheet.cells if one.mark.isdigit()]
    broke = bent = 0
    for _ in range(how.swaps):
        (field, place, was), (other, source, mark) = (digits[int(n)] for n in rng.choice(len(digits), 2, replace=False))
        step = 10 ** (sum(cell.field == field for cell in cells) - 1 - place)
        figures = {FieldId(one): count for one, count in written.figures.items()}
        figures[field] += (int(mark) - int(was)) * step
        if all(evaluate(rule, figures).state != "fail" for rule in form.rules):
            continue
        made = list(cells)
        at = places[field, place]
        made[at] = replace(made[at], pixels=cells[places[other, source]].pixels)
        sheet = sheet_of(made, form, how)
        broke += 1
        bent += sheet.verdict == "sure" and dict(sheet.counts) != figures
    return broke, bent


@lru_cache(maxsize=1)
def digit_reader() -> DigitReader:
    return DigitReader()


def table(title: str, found: Sequence[Seen], key: Callable[[Seen], str]) -> None:
    print(f"{title:<12} photos  lost  right before  right after  accepted         wrong  95% bound")
    for name in [*sorted({key(one) for one in found}), "all"]:
        some = [one for one in found if name in ("all", key(one))]
        sure = [one for one in some if one.verdict == "sure"]
        wrong = sum(not one.shown for one in sure)
        print(
            f"{name:<12} {len(some):>6} {sum(one.verdict == 'lost' for one in some):>5}  "
            f"{np.mean([one.free for one in some]):>12.1%}  {np.mean([one.shown for one in some]):>11.1%}  "
            f"{len(sure):>5} ({len(sure) / len(some):>5.1%})  {wrong:>6}  at most {rate_at_most(wrong, len(sure)):.3%}"
        )


def curve(found: Sequence[Seen]) -> None:
    print("posterior   accepted          wrong  95% interval")
    for least in POSTERIORS:
        sure = [one for one in found if one.posterior is not None and one.posterior >= least]
        wrong = sum(not one.shown for one in sure)
        low, high = clopper_pearson(wrong, len(sure))
        print(f"{least:<9}  {len(sure):>6} ({len(sure) / len(found):>5.1%})  {wrong:>6}  {low:.3%} to {high:.3%}")
    print("grade  said          sheets  mean said  came true")
    for grade in [*sorted({one.job.grade for one in found}), "all"]:
        for low, high in pairwise((0.0, 0.5, 0.8, 0.9, 0.99, 0.999, 1.0)):
            some = [one for one in found if grade in ("all", one.job.grade) and low < (one.posterior or 0) <= high]
            if some:
                said, true = np.mean([one.posterior or 0 for one in some]), np.mean([one.shown for one in some])
                print(f"{grade:>5}  {low} to {high:<6} {len(some):>7}  {said:>9.4f}  {true:>9.4f}")


def picture(found: Sequence[Seen]) -> str:
    """The curve as SVG: for the most sure sheets, from few to all that can be sure, the share of wrong ones among them
    and its one-sided 95% bound; a dot for each posterior that the table tells."""
    size, room, least = 420, 60, 1e-4
    sure = sorted((one for one in found if one.posterior is not None), key=lambda one: -(one.posterior or 0))
    wrong = np.cumsum([not one.shown for one in sure])

    def x(n: int) -> float:
        return room + size * n / len(found)

    def y(part: float) -> float:
        return 20 + size * float(np.log10(1 / max(part, least)) / np.log10(1 / least))

    ends = sorted({*range(9, len(sure), max(1, len(sure) // 200)), len(sure) - 1})
    bound = " ".join(f"{x(n + 1):.1f},{y(rate_at_most(int(wrong[n]), n + 1)):.1f}" for n in ends)
    share = " ".join(f"{x(n + 1):.1f},{y(wrong[n] / (n + 1)):.1f}" for n in ends)
    dots, marks = [], []
    for posterior in POSTERIORS:
        n = sum((one.posterior or 0) >= posterior for one in sure)
        if n:
            at, bad = y(rate_at_most(int(wrong[n - 1]), n)), int(wrong[n - 1])
            title = f"<title>posterior {posterior}: {n} of {len(found)} accepted, {bad} wrong</title>"
            dots.append(f'<circle cx="{x(n):.1f}" cy="{at:.1f}" r="5">{title}</circle>')
    for part in (1.0, 0.1, 0.01, 0.001):
        marks.append(f'<text x="{room - 8}" y="{y(part) + 4:.1f}" text-anchor="end">{part:.4g}</text>')
    marks.append(f'<text x="{room - 8}" y="{size + 24}" text-anchor="end">0</text>')
    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        marks.append(f'<text x="{room + part * size:.1f}" y="{size + 42}" text-anchor="middle">{part:.0%}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + room + 30} {size + 80}" '
        f'font-family="sans-serif" font-size="12" role="img" aria-label="Share accepted against errors among them">'
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<rect x="{room}" y="20" width="{size}" height="{size}" fill="none" stroke="#888"/>'
        f'<path d="M{room} {y(0.001):.1f} h{size}" stroke="#888" stroke-dasharray="4 4"/>'
        f'<polyline points="{share}" fill="none" stroke="#888" stroke-width="2"/>'
        f'<polyline points="{bound}" fill="none" stroke="#0072b2" stroke-width="2"/>'
        f'<g fill="#0072b2">{"".join(dots)}</g>{"".join(marks)}'
        f'<text x="{room + size / 2}" y="{size + 66}" text-anchor="middle">share of the sheets that is accepted</text>'
        f'<text transform="translate(14 {size / 2 + 20}) rotate(-90)" text-anchor="middle">'
        "share of them that is wrong: found (grey), at most (blue, 95%)</text></svg>\n"
    )


def told(found: Sequence[Seen]) -> None:
    sound = [one for one in found if not one.wrong_on_paper]
    table("grade", sound, lambda one: str(one.job.grade))
    table("form", sound, lambda one: one.job.form)
    table("hand", sound, lambda one: one.job.hand)
    curve(sound)
    for kind in ("broken", "tampered"):
        some = [one for one in found if one.job.kind == kind and one.wrong_on_paper]
        if some:
            verdicts = Counter(one.verdict for one in some)
            rewritten = sum(one.verdict == "sure" and not one.shown for one in some)
            print(
                f"{kind}: {len(some)} sheets; {verdicts['people']} to people, {verdicts['look']} to look at, "
                f"{verdicts['lost']} not found, {verdicts['sure']} sure, {rewritten} of them rewritten in silence "
                f"(at most {rate_at_most(rewritten, len(some)):.3%})"
            )
    swaps, bent = sum(one.swaps for one in found), sum(one.bent for one in found)
    if swaps:
        print(f"swapped: {swaps} readings, {bent} sure of other figures (at most {rate_at_most(bent, swaps):.3%})")
    corrected = [one for one in found if one.corrected]
    if corrected:
        verdicts = Counter(one.verdict for one in corrected)
        print(f"with corrected digits: {len(corrected)} sheets; {dict(verdicts)}")
    spent = np.array([one.seconds for one in found])
    print(f"{spent.mean():.2f} s a photo on one core, median {np.median(spent):.2f}, slowest {spent.max():.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broken", type=float, default=0.15)
    parser.add_argument("--tampered", type=float, default=0.15)
    parser.add_argument("--corrected", type=float, default=0.0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--group", choices=("tune", "test"), default="test")
    parser.add_argument("--swaps", type=int, default=0)
    parser.add_argument("--unconfirmed", type=float, default=USUAL.unconfirmed_ratio, help="see stats/posterior.py")
    parser.add_argument("--picture", type=Path, help="where to draw the curve, as SVG")
    asked = parser.parse_args()
    plan = plan_written(
        asked.group, asked.photos, asked.seed, broken=asked.broken, tampered=asked.tampered, corrected=asked.corrected
    )
    how = How(replace(USUAL, unconfirmed_ratio=asked.unconfirmed), asked.swaps)
    found: list[Seen] = []
    with ProcessPoolExecutor(asked.jobs) as pool:
        for one in pool.map(partial(seen, how=how), plan, chunksize=4):
            found.append(one)
            if len(found) % 100 == 0:
                print(f"{len(found)} of {len(plan)} photos", flush=True)
    told(found)
    if asked.picture:
        asked.picture.write_text(picture([one for one in found if not one.wrong_on_paper]), encoding="utf-8")


if __name__ == "__main__":
    main()
