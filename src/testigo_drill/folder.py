"""A drill on disk: the election's folder, photos as they were sent, the observers' table, and the truth."""

import csv
import io
import json
import multiprocessing
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2

from testigo.errors import BadUsage
from testigo_drill.election import make_election, stations_csv
from testigo_drill.layouts import COLUMN, WrittenForm, form_toml
from testigo_drill.names import observers_name
from testigo_drill.paper import blank_page
from testigo_drill.plan import DrillPlan, as_written, plan_drill
from testigo_drill.sheet import Layout, read_layout
from testigo_drill.shots import Shot, open_studio
from testigo_drill.truth import truth_json

_AT_ONCE = 8
_HEADER = (
    "MESA", "REGION", "DISTRICT", "REGISTERED",
    "ALDER", "BIRCH", "CEDAR", "DAMSON", "ELM", "VALID", "BLANK", "NULL", "CAST",
)  # fmt: skip


def write_drill(
    out: Path,
    stations: int,
    seed: int,
    *,
    demo_folder: Path,
    photos: bool = True,
    written: bool = False,
    workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
    grades: tuple[float, float, float] = (0.5, 0.35, 0.15),
) -> None:
    """Makes a drill in `out`: election/, photos/, claims.csv, tables/second.csv, truth.json.

    The same numbers give the same bytes on the same machine. After a crash, running it again makes only the photos
    that are missing. With `written`, the sheets are another form than the demonstration's, whose figures are written by
    hand, and nothing says that they must be readable. `demo_folder` is the demonstration's election folder; `progress`
    is told how many photos there are and of how many.

    Raises:
        BadUsage: `out` holds a drill of other numbers, or a number is out of its range.
    """
    election = make_election(stations, seed)
    plan = plan_drill(election, seed, grades)
    if written:
        plan = as_written(plan)
    truth = truth_json(plan, stations=stations, seed=seed, grades=grades, written=written)
    _refuse_another(out / "truth.json", truth)
    (out / "photos").mkdir(parents=True, exist_ok=True)
    (out / "tables").mkdir(exist_ok=True)
    by_hand = COLUMN if written else None
    _write_election(out / "election", demo_folder, by_hand)
    _write(out / "election" / "stations.csv", stations_csv(election).encode())
    _write(out / "claims.csv", _claims_csv(plan).encode())
    _write(out / "tables" / "second.csv", _second_csv(plan, election.names).encode("cp1252"))
    _write(out / "truth.json", truth.encode())
    if photos:
        form = "drill" if by_hand is None else by_hand.id
        layout = read_layout(out / "election" / "forms" / form / "form.toml")
        _take_photos(out / "photos", plan, layout, by_hand, seed, workers, progress)


def _write_election(folder: Path, demo_folder: Path, by_hand: WrittenForm | None) -> None:
    """The demonstration's election folder, with this form in place of its own where sheets are filled in."""
    if by_hand is None:
        shutil.copytree(demo_folder, folder, dirs_exist_ok=True)
        return
    shutil.copytree(demo_folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("forms"))
    rules = (demo_folder / "election.toml").read_text("utf-8")
    _write(folder / "election.toml", rules.replace('form = "drill"', f'form = "{by_hand.id}"').encode())
    form = folder / "forms" / by_hand.id
    form.mkdir(parents=True, exist_ok=True)
    _write(form / "form.toml", form_toml(by_hand).encode())
    _write(form / "blank.png", cv2.imencode(".png", blank_page(by_hand))[1].tobytes())


def _refuse_another(path: Path, truth: str) -> None:
    if path.exists() and (found := json.loads(path.read_text("utf-8"))["drill"]) != json.loads(truth)["drill"]:
        raise BadUsage(f"{path.parent}: expected an empty folder or the same drill, came the drill {found}")


def _take_photos(
    folder: Path,
    plan: DrillPlan,
    layout: Layout,
    by_hand: WrittenForm | None,
    seed: int,
    workers: int,
    progress: Callable[[int, int], None] | None,
) -> None:
    absent = [(name, shot) for name, shot in plan.photos if not (folder / name).exists()]
    chunks = [absent[start : start + _AT_ONCE] for start in range(0, len(absent), _AT_ONCE)]
    made = len(plan.photos) - len(absent)
    tell = progress or (lambda done, total: None)
    tell(made, len(plan.photos))
    if not chunks:
        return
    # Spawned, not forked: a fork of a program with threads can hang.
    with ProcessPoolExecutor(max(1, workers), multiprocessing.get_context("spawn")) as pool:
        for done in [pool.submit(_take, folder, chunk, layout, by_hand, seed) for chunk in chunks]:
            made += done.result()
            tell(made, len(plan.photos))


def _take(
    folder: Path, photos: Sequence[tuple[str, Shot]], layout: Layout, by_hand: WrittenForm | None, seed: int
) -> int:
    cv2.setNumThreads(1)
    studio = open_studio(layout, seed, by_hand)
    for name, shot in photos:
        _write(folder / name, studio.take(shot))
    return len(photos)


def _write(path: Path, data: bytes) -> None:
    """The file is there whole or not at all."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(data)
    os.replace(unfinished, path)


def _claims_csv(plan: DrillPlan) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("file", "station"))
    writer.writerows((name, shot.claim) for name, shot in plan.photos if shot.claim is not None)
    return text.getvalue()


def _second_csv(plan: DrillPlan, names: Mapping[tuple[str, ...], str]) -> str:
    """The observers' table as a spreadsheet wrote it: semicolons, CR LF, and station codes without leading zeros."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADER)
    for row in plan.rows:
        region, district = (observers_name(names[row.areas[:n]], level) for n, level in ((1, "REG"), (2, "DIST")))
        figures = (*row.votes, row.valid, row.blank, row.null, row.cast)
        writer.writerow((row.code.lstrip("0"), region, district, row.registered, *figures))
    return text.getvalue()
