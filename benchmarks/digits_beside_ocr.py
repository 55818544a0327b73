"""Figures read by our digit reader beside PP-OCR's recogniser: how many right, how fast, and with how much memory.

    python benchmarks/digits_beside_ocr.py SHEETS FORM.toml [--peer PYTHON] [--grades 2,3,4] [--rounds N]

SHEETS holds reference.png, labels.json and photos/, as the project's shared data does; PYTHON is an interpreter that
has rapidocr (PP-OCR's recogniser is in its wheel). Pages are found, flattened and cut by the product. Both readers get
the same pictures: every cell without its printed lines, and a field's cells joined to a strip; PP-OCR gets the same
boxes as they were photographed too, in colour and with their lines. Each reader is alone in a process with one thread;
time is the processor's, of reading alone, the median of the rounds. A field is right where all its digits are. With
grades, copies of the sheets that are made smaller, blurred, noisy and compressed are added, each told by itself.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.core.form import form_from_toml
from testigo.vision.cells import cut_cells
from testigo.vision.hand import HandReader
from testigo.vision.layout import layout_of
from testigo.vision.load import decode
from testigo.vision.page import flatten
from testigo_drill.damage import damaged_jpeg

READER = Path(__file__).with_name("cells_alone.py")
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one sheet: what stands in its cells (one sign each, "" where nothing does), and its pictures.

    `grade` is None for the sheet as it was scanned; `shown` is the field as it was photographed.
    """

    grade: int | None
    said: tuple[str, ...]
    cells: tuple[Picture, ...]
    shown: Picture


def fields_of(sheets: Path, form: Path, grades: Sequence[int]) -> Iterator[Field]:
    """The fields of every sheet whose page is found, as scanned and damaged."""
    layout = layout_of(form_from_toml(form.read_text("utf-8"), form.name))
    reader = HandReader()
    reader.learn(layout, (sheets / "reference.png").read_bytes())
    images = json.loads((sheets / "labels.json").read_text("utf-8"))["images"]
    rng = np.random.default_rng(1)
    for name in sorted(images):
        scan = (sheets / "photos" / name).read_bytes()
        for grade in (None, *grades):
            data = scan if grade is None else damaged_jpeg(decode(scan, colour="bgr"), grade, rng)
            photo = decode(data, colour="bgr")
            for page in reader.find(photo)[:1]:
                flat = flatten(photo, page)
                cut = cut_cells(flat, page.reference.printed, layout)
                for box in layout.boxes:
                    said = tuple(sign if sign.isdigit() else "" for sign in images[name]["fields"][box.field])
                    left, upper, right, lower = map(round, box.rect.in_pixels(flat.shape[1], flat.shape[0]))
                    cells = tuple(one.pixels for one in cut if one.field == box.field)
                    yield Field(grade, said, cells, np.ascontiguousarray(flat[upper:lower, left:right]))


def kept(fields: Sequence[Field], path: Path) -> None:
    """Writes all pictures by kind, in the fields' order."""
    kinds: dict[str, list[Picture]] = {
        "cells": [cell for field in fields for cell in field.cells],
        "strips": [np.hstack(field.cells) for field in fields],
        "photographed cells": [cell for field in fields for cell in np.array_split(field.shown, len(field.cells), 1)],
        "photographed strips": [field.shown for field in fields],
    }
    # The keys' order is the pictures': a dictionary and an archive both keep it.
    np.savez(path, **{f"{kind}/{n}": one for kind, some in kinds.items() for n, one in enumerate(some)})  # type: ignore[arg-type]


def read_by(python: str, name: str, pictures: Path, rounds: int) -> Mapping[str, Any]:
    """What one reader says of the pictures; its own words where it fails."""
    ran = subprocess.run([python, str(READER), name, str(pictures), str(rounds)], capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"{name}: {python} could not read the pictures:\n{ran.stderr}")
    answer: Mapping[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return answer


def fields_said(fields: Sequence[Field], texts: Sequence[str], *, by_cell: bool) -> list[str]:
    """What a reader says of every field, put together where it was asked cell by cell."""
    if not by_cell:
        return list(texts)
    one = iter(texts)
    return ["".join(next(one) for _ in field.cells) for field in fields]


def share(right: Sequence[bool], grades: Sequence[int | None], grade: int | None) -> str:
    some = [one for one, at in zip(right, grades, strict=True) if at == grade]
    return f"{sum(some)}/{len(some)}"


def told(name: str, kind: str, texts: Sequence[str], seconds: float | None, fields: Sequence[Field]) -> None:
    """One line: digits (where cells were asked) and fields that are right, by grade, and milliseconds a field."""
    by_cell = kind.endswith("cells")
    grades = [field.grade for field in fields]
    said = fields_said(fields, texts, by_cell=by_cell)
    whole = [one == "".join(field.said) for one, field in zip(said, fields, strict=True)]
    cells = [(sign, field.grade) for field in fields for sign in field.said]
    columns = []
    for grade in dict.fromkeys(grades):
        column = share(whole, grades, grade)
        if by_cell:
            digits = [text == sign for text, (sign, at) in zip(texts, cells, strict=True) if at == grade and sign != ""]
            column = f"{sum(digits)}/{len(digits)} {column}"
        columns.append(f"{column:>16}")
    pace = "" if seconds is None else f"{1000 * seconds / len(fields):.2f}"
    print(f"{name:<22} {kind:<20} {pace:>9} {' '.join(columns)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sheets", type=Path)
    parser.add_argument("form", type=Path)
    parser.add_argument("--peer", help="interpreter that has rapidocr")
    parser.add_argument("--grades", default="", help="damaged copies too, grades 0 to 4 with commas")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    grades = [int(one) for one in asked.grades.split(",") if one]
    fields = list(fields_of(asked.sheets, asked.form, grades))
    print(f"{len(fields)} fields, {sum(len(field.cells) for field in fields)} cells; digits and fields right:")
    heads = ["as scanned" if grade is None else f"grade {grade}" for grade in dict.fromkeys(f.grade for f in fields)]
    print(f"{'reader':<22} {'pictures':<20} {'ms/field':>9} {' '.join(f'{head:>16}' for head in heads)}")
    with tempfile.TemporaryDirectory() as folder:
        pictures = Path(folder) / "pictures.npz"
        kept(fields, pictures)
        ours = read_by(sys.executable, "testigo", pictures, asked.rounds)
        theirs = read_by(asked.peer, "pp-ocr", pictures, asked.rounds) if asked.peer else None
    cost = median(ours["read"]["cells"]["seconds"])
    told("testigo", "cells", ours["read"]["cells"]["texts"], cost, fields)
    if theirs is None:
        print("no --peer: PP-OCR is left out")
        print(f"memory: testigo {ours['memory'] / 2**20:.0f} MiB")
        return
    for kind, one in theirs["read"].items():
        told("PP-OCR", kind, one["texts"], median(one["seconds"]), fields)
        told("PP-OCR, digits only", kind, one["digits"], None, fields)
    best = min(median(one["seconds"]) for one in theirs["read"].values())
    print(f"memory: testigo {ours['memory'] / 2**20:.0f} MiB, PP-OCR {theirs['memory'] / 2**20:.0f} MiB")
    print(f"PP-OCR / testigo: time of a field {best / cost:.1f}, memory {theirs['memory'] / ours['memory']:.2f}")


if __name__ == "__main__":
    main()
