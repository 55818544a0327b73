"""Measures the reader of the package on hands it never saw, and writes the tables and the picture of its model card."""

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from testigo.vision.digits import DigitReader

NAMES = (*"0123456789", "blank", "dash", "cross", "illegible")
EDGES = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)


def tables(logs: NDArray[np.float64], labels: NDArray[np.int64]) -> str:
    """Markdown: right by class with what it is taken for, and how often a said probability comes true."""
    said, sure = logs.argmax(1), np.exp(logs.max(1))
    lines = ["| in the cell | cells | right | taken for |", "|---|---|---|---|"]
    for label, name in enumerate(NAMES):
        here = labels == label
        others = np.bincount(said[here & (said != label)], minlength=len(NAMES))
        worst = ", ".join(
            f"{NAMES[one]} {others[one] / here.sum():.1%}" for one in np.argsort(-others)[:3] if others[one]
        )
        lines.append(f"| {name} | {here.sum():,} | {(said[here] == label).mean():.2%} | {worst} |")
    lines += ["", "| said to be right | cells | mean of what was said | came true |", "|---|---|---|---|"]
    for low, high in pairwise(EDGES):
        here = (sure > low) & (sure <= high)
        if here.any():
            true = (said == labels)[here].mean()
            lines.append(f"| {low:.3g} to {high:.3g} | {here.sum():,} | {sure[here].mean():.4f} | {true:.4f} |")
    gap = sum(
        abs(sure[here].mean() - (said == labels)[here].mean()) * here.mean()
        for low, high in pairwise(EDGES)
        if (here := (sure > low) & (sure <= high)).any()
    )
    lines += ["", f"{len(labels):,} cells, {(said == labels).mean():.2%} right; expected calibration error {gap:.4f}."]
    return "\n".join(lines) + "\n"


def diagram(logs: NDArray[np.float64], labels: NDArray[np.int64]) -> str:
    """The reliability diagram as SVG: said against come true, both as the logarithm of the odds of being wrong."""
    said, sure = logs.argmax(1), np.exp(logs.max(1))
    edges = 1 - np.geomspace(0.6, 3e-5, 16)
    size, room = 420, 60

    def place(share: float) -> float:
        return (np.log10(0.7) - np.log10(max(1 - share, 1e-5))) / (np.log10(0.7) + 5) * size

    parts = []
    for low, high in pairwise(edges):
        here = (sure > low) & (sure <= high)
        n = int(here.sum())
        if n >= 30:
            wrong = int((said != labels)[here].sum())
            x, y = place(float(sure[here].mean())), place(1 - wrong / n)
            parts.append(
                f'<circle cx="{room + x:.1f}" cy="{size + 20 - y:.1f}" r="5"><title>{n}: {wrong}</title></circle>'
            )
    marks = []
    for share, name in ((0.5, "0.5"), (0.9, "0.9"), (0.99, "0.99"), (0.999, "0.999"), (0.9999, "0.9999")):
        at = place(share)
        marks.append(f'<text x="{room + at:.1f}" y="{size + 42}" text-anchor="middle">{name}</text>')
        marks.append(f'<text x="{room - 8}" y="{size + 24 - at:.1f}" text-anchor="end">{name}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + room + 30} {size + 80}" '
        f'font-family="sans-serif" font-size="12" role="img" aria-label="Reliability: said against come true">'
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<rect x="{room}" y="20" width="{size}" height="{size}" fill="none" stroke="#888"/>'
        f'<path d="M{room} {size + 20} L{room + size} 20" stroke="#888" stroke-dasharray="4 4"/>'
        f'<g fill="#0072b2">{"".join(parts)}</g>{"".join(marks)}'
        f'<text x="{room + size / 2}" y="{size + 66}" text-anchor="middle">probability that the reader gave</text>'
        f'<text transform="translate(14 {size / 2 + 20}) rotate(-90)" text-anchor="middle">share that was right</text>'
        "</svg>\n"
    )


def main() -> None:
    """`python -m training.measure FOLDER`: prints the tables for `measured.npz` and writes docs/reliability.svg."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--picture", type=Path, default=Path("docs/reliability.svg"))
    asked = parser.parse_args()
    kept = np.load(asked.folder / "measured.npz")
    reader, ends = DigitReader(), np.flatnonzero(np.diff(kept["pages"])) + 1
    logs = np.concatenate([reader.read(page) for page in np.split(kept["cells"], ends)])
    asked.picture.write_text(diagram(logs, kept["labels"]), encoding="utf-8")
    print(tables(logs, kept["labels"]))


if __name__ == "__main__":
    main()
