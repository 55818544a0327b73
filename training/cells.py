"""Draws the pages that the reader learns from, in two processes, and keeps their cells in one file for each part."""

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from training.glyphs import Sources, alike_of
from training.pages import Cells, Labels, page_of_cells
from training.sources import PENS, TYPEFACES, fonts, mnist
from training.split import LEARNT, PARTS


def make(packages: Path, into: Path, part: str) -> None:
    """Writes `<part>.npz`: cells (n, 40, 40), labels (n) and of which page they are (n), in its order; the same for the
    same packages and seed."""
    seed, pages, printed, another = PARTS[part]
    jobs = [(packages, seed, page, printed, another, part not in LEARNT) for page in range(pages)]
    cells, labels, numbers = [], [], []
    with ProcessPoolExecutor(2) as pool:
        for done, (pixels, said) in enumerate(pool.map(_page, jobs, chunksize=4), 1):
            cells.append(pixels)
            labels.append(said)
            numbers.append(np.full(len(said), done - 1))
            if done % 50 == 0:
                print(f"{part}: {done} of {pages} pages", file=sys.stderr, flush=True)
    np.savez(
        into / f"{part}.npz",
        cells=np.concatenate(cells),
        labels=np.concatenate(labels),
        pages=np.concatenate(numbers),
    )


def _page(job: tuple[Path, int, int, float, float, bool]) -> tuple[Cells, Labels]:
    packages, seed, page, printed, another, held_out = job
    cv2.setNumThreads(1)
    return page_of_cells(
        sources_of(packages, held_out), np.random.default_rng([seed, page]), printed=printed, another=another
    )


@lru_cache(maxsize=2)
def sources_of(packages: Path, held_out: bool) -> Sources:
    """What pages are drawn from: what may be learnt, or what is kept apart."""
    by_hand = mnist(packages, held_out=held_out)
    pens, faces = (fonts(packages, listed, held_out=held_out) for listed in (PENS, TYPEFACES))
    return Sources(by_hand, pens, faces, alike_of(by_hand))
