"""Makes drill photos whose QR code follows the Venezuelan grammar: `code_photos.py FOLDER [COUNT]`.

The drill's camera and sheet, with a code text that other people's programs understand too, and truth.json beside the
photos (file name to text). benchmarks/codes.py reads the folder. Half of the photos are mild, 35% medium, 15% strong.
"""

import json
import sys
from pathlib import Path

import numpy as np

from testigo_drill.camera import encode_jpeg, photograph
from testigo_drill.sheet import blank_sheet, print_code, read_layout

FORM = Path(__file__).resolve().parents[1] / "elections" / "demo" / "forms" / "drill" / "form.toml"
LINES = 38


def make(folder: Path, count: int) -> None:
    """The photos and their truth; photos that are there already stay."""
    folder.mkdir(parents=True, exist_ok=True)
    layout = read_layout(FORM)
    blank = blank_sheet(layout)
    truth = {}
    for number in range(count):
        rng = np.random.default_rng([2024, number])
        grade = str(rng.choice(["mild", "medium", "strong"], p=[0.5, 0.35, 0.15]))
        figures = ",".join(str(n) for n in rng.integers(0, 300, LINES))
        text = f"{rng.integers(10**7, 25 * 10**7):09d}.{rng.integers(1, 12):02d}.1.0001!{figures}!{rng.integers(9)}!0"
        name = f"{number:05d}.jpg"
        truth[name] = text
        if not (folder / name).exists():
            page = blank.copy()
            print_code(page, layout.code, text)
            (folder / name).write_bytes(encode_jpeg(photograph(page, rng, grade), rng, grade, exif=False))
    (folder / "truth.json").write_text(json.dumps(truth, indent=1), "utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200)
