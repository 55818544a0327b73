"""Draws the pages that the reader learns from, in two processes, and keeps their cells in one file for each part."""

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from training.glyphs import Sources
from training.pages import Cells, Labels, page_of_cells
from training.sources import fonts, mnist
from training.split import LEARNT, PARTS


def make(packages: Path, into: Path, part: str) -> None:
    """Writes `<part>.npz`: cells (n, 40, 40) and labels (n), the same for the same packages and seed."""
    seed, pages = PARTS[part]
    jobs = [(packages, seed, page, part not in LEARNT) for page in range(pages)]
    cells, labels = [], []
    with ProcessPoolExecutor(2) as pool:
        for done, (pixels, said) in enumerate(pool.map(_page, jobs, chunksize=4), 1):
            cells.append(pixels)
            labels.append(said)
            if done % 50 == 0:
                print(f"{part}: {done} of {pages} pages", file=sys.stderr, flush=True)
    np.savez(into / f"{part}.npz", cells=np.concatenate(cells), labels=np.concatenate(labels))


def _page(job: tuple[Path, int, int, bool]) -> tuple[Cells, Labels]:
    packages, seed, page, held_out = job
    cv2.setNumThreads(1)
    return page_of_cells(_sources(packages, held_out), np.random.default_rng([seed, page]))


@lru_cache(maxsize=2)
def _sources(packages: Path, held_out: bool) -> Sources:
    return Sources(mnist(packages, held_out=held_out), fonts(packages, held_out=held_out))
