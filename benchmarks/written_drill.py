"""How well the drill's handwriting is read: forms, hands and seeds that nothing was trained or tuned on.

    python benchmarks/written_drill.py [--photos N] [--seed N] [--broken P] [--tampered P] [--jobs N]

Prints whole sheets right before and after the sums by grade of damage and by form, the share accepted and the errors
among the accepted with their exact 95% bound, the curve of share accepted against errors, whether what was said came
true, and what became of sheets that are wrong on paper (`broken`: the writer's mistake, `tampered`: a digit's picture
replaced by another of the same hand).
"""

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from time import perf_counter

import cv2
import numpy as np

from testigo.core.form import Form, form_from_toml
from testigo.stats.agreement import clopper_pearson, rate_at_most
from testigo.stats.posterior import read_sheet
from testigo.stats.written import field_cells
from testigo.vision.hand import HandReader
from testigo.vision.layout import layout_of
from testigo_drill.layouts import TEST_FORMS, form_toml
from testigo_drill.paper import blank_page
from testigo_drill.written import WrittenJob, plan_written, take

POSTERIORS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was made of one photograph; `lost` where its page was not found. `posterior` is that of the reading where
    it could be sure, None where it could not."""

    job: WrittenJob
    verdict: str
    free: bool
    shown: bool
    posterior: float | None
    wrong_on_paper: bool
    corrected: bool
    seconds: float


@lru_cache(maxsize=1)
def known() -> tuple[HandReader, dict[str, Form]]:
    reader, forms = HandReader(), {}
    for one in TEST_FORMS:
        form = form_from_toml(form_toml(one), one.id)
        _, picture = cv2.imencode(".png", blank_page(one))
        reader.learn(layout_of(form), picture.tobytes())
        forms[form.id] = form
    return reader, forms


def seen(job: WrittenJob) -> Seen:
    cv2.setNumThreads(1)
    reader, forms = known()
    written = take(job)
    started = perf_counter()
    pages = reader.read(written.jpeg, 1)
    right_page = len(pages) == 1 and pages[0].form == job.form
    sheet = read_sheet(field_cells(pages[0].ink), forms[job.form].rules) if right_page else None
    seconds = perf_counter() - started
    wrong, corrected = bool(written.broken), bool(written.sheet.doubtful)
    if sheet is None:
        return Seen(job, "lost", False, False, None, wrong, corrected, seconds)
    truth = dict(written.figures)
    free, shown = dict(sheet.free_counts) == truth, dict(sheet.counts) == truth
    could = sheet.why in ("read", "chosen by sums", "doubtful")
    posterior = sheet.posterior * (1 - sheet.unexamined) if could else None
    return Seen(job, sheet.verdict, free, shown, posterior, wrong, corrected, seconds)


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
    print("said          sheets  mean said  came true")
    for low, high in pairwise((0.0, 0.5, 0.8, 0.9, 0.99, 0.999, 1.0)):
        some = [one for one in found if one.posterior is not None and low < one.posterior <= high]
        if some:
            said = np.mean([one.posterior for one in some if one.posterior is not None])
            print(f"{low} to {high:<6} {len(some):>7}  {said:>9.4f}  {np.mean([one.shown for one in some]):>9.4f}")


def told(found: Sequence[Seen]) -> None:
    sound = [one for one in found if not one.wrong_on_paper]
    table("grade", sound, lambda one: str(one.job.grade))
    table("form", sound, lambda one: one.job.form)
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
    asked = parser.parse_args()
    plan = plan_written(
        "test", asked.photos, asked.seed, broken=asked.broken, tampered=asked.tampered, corrected=asked.corrected
    )
    found: list[Seen] = []
    with ProcessPoolExecutor(asked.jobs) as pool:
        for one in pool.map(seen, plan, chunksize=4):
            found.append(one)
            if len(found) % 100 == 0:
                print(f"{len(found)} of {len(plan)} photos", flush=True)
    told(found)


if __name__ == "__main__":
    main()
