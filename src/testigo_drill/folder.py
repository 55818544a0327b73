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
from testigo_drill.names import observers_name
from testigo_drill.plan import DrillPlan, plan_drill
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
    workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
    grades: tuple[float, float, float] = (0.5, 0.35, 0.15),
) -> None:
    """Makes a drill in `out`: election/, photos/, claims.csv, tables/second.csv, truth.json.

    The same numbers give the same bytes on the same machine. After a crash, running it again makes only the photos
    that are missing. `demo_folder` is the demonstration's election folder; `progress` is told how many photos there
    are and of how many.

    Raises:
        BadUsage: `out` holds a drill of other numbers, or a number is out of its range.
    """
    election = make_election(stations, seed)
    plan = plan_drill(election, seed, grades)
    truth = truth_json(plan, stations=stations, seed=seed, grades=grades)
    _refuse_another(out / "truth.json", truth)
    (out / "photos").mkdir(parents=True, exist_ok=True)
    (out / "tables").mkdir(exist_ok=True)
    shutil.copytree(demo_folder, out / "election", dirs_exist_ok=True)
    _write(out / "election" / "stations.csv", stations_csv(election).encode())
    _write(out / "claims.csv", _claims_csv(plan).encode())
    _write(out / "tables" / "second.csv", _second_csv(plan, election.names).encode("cp1252"))
    _write(out / "truth.json", truth.encode())
    if photos:
        layout = read_layout(demo_folder / "forms" / "drill" / "form.toml")
        _take_photos(out / "photos", plan, layout, seed, workers, progress)


def _refuse_another(path: Path, truth: str) -> None:
    if path.exists() and (found := json.loads(path.read_text("utf-8"))["drill"]) != json.loads(truth)["drill"]:
        raise BadUsage(f"{path.parent}: expected an empty folder or the same drill, came the drill {found}")


def _take_photos(
    folder: Path,
    plan: DrillPlan,
    layout: Layout,
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
        for done in [pool.submit(_take, folder, chunk, layout, seed) for chunk in chunks]:
            made += done.result()
            tell(made, len(plan.photos))


def _take(folder: Path, photos: Sequence[tuple[str, Shot]], layout: Layout, seed: int) -> int:
    cv2.setNumThreads(1)
    studio = open_studio(layout, seed)
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
