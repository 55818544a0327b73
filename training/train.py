"""Trains the digit reader, fits its temperature on held-out hands, and writes digits.onnx."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from training.cells import make
from training.network import ALONE, PAGES, Digits, Kind
from training.packed import exported, together
from training.sources import fetch
from training.split import PARTS

BATCH, SEED = 256, 20251123
STAGES = (
    (ALONE, (("alone", 6, 2e-3),)),
    (PAGES, (("train", 6, 2e-3), ("more", 3, 1.2e-3), ("hands", 3, 1.2e-3))),
)
"""For each network one after the other: what is learnt from, in how many epochs, and the highest rate."""
SMOOTHING = 0.02
BY_ITSELF = 0.4
"""What it weighs that a cell is read rightly without its page."""
PARTS_OF_PAGE = (16, 32, 64, 128)
KEPT_OF_MEAN = 0.998


def train(folder: Path, kind: Kind, stages: Sequence[tuple[str, int, float]]) -> Digits:
    """The moving mean of the network's weights after all epochs (Polyak and Juditsky 1992); no epoch is chosen.

    A stage that is done is kept in FOLDER and not done again.
    """
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    network = Digits(kind).to(memory_format=torch.channels_last)
    for part, epochs, rate in stages:
        done = folder / f"digits_{part}.pt"
        if not done.exists():
            torch.save(_stage(network, folder, part, epochs, rate).state_dict(), done)
        network.load_state_dict(torch.load(done))
    return network.eval()


def _stage(network: Digits, folder: Path, part: str, epochs: int, rate: float) -> Digits:
    mean = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(KEPT_OF_MEAN), use_buffers=True)
    kept = np.load(folder / f"{part}.npz")
    cells, labels = torch.from_numpy(kept["cells"]), torch.from_numpy(kept["labels"])
    pages = np.split(np.arange(len(labels)), np.flatnonzero(np.diff(kept["pages"])) + 1)
    draws = np.random.default_rng(SEED)
    optimiser = torch.optim.AdamW(network.parameters(), rate, weight_decay=0.02)
    steps = len(_batches(pages, np.random.default_rng(SEED))) + 50
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=epochs * steps, pct_start=0.15)
    rule = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    for epoch in range(epochs):
        network.train()
        total = 0.0
        for at, chosen in enumerate(map(torch.from_numpy, _batches(pages, draws))):
            said = labels[chosen].flatten()
            with torch.autocast("cpu", torch.bfloat16):
                alone, together = network.pages(shaken(cells[chosen.flatten()]).unflatten(0, tuple(chosen.shape)))
            loss = rule(together.float().flatten(0, 1), said) + BY_ITSELF * rule(alone.float().flatten(0, 1), said)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            plan.step()
            mean.update_parameters(network)
            total += float(loss.detach())
            if at % 100 == 99:
                tell = f"{part}, epoch {epoch + 1} of {epochs}, {at + 1} of {steps}: loss {total / (at + 1):.4f}"
                print(tell, file=sys.stderr, flush=True)
        right, _ = measured(mean.module, folder / "held_out.npz")
        print(f"{part}, epoch {epoch + 1}: {right:.4f} of the held-out cells right", file=sys.stderr, flush=True)
    averaged: Digits = mean.module
    return averaged


def _batches(pages: Sequence[NDArray[np.int64]], rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Every cell of every page about once, by its number: batches (p, n) of parts of p pages with n cells each.

    Sheets have few boxes or many, so parts have 16 to 128 cells; a page's last part takes some of its cells again.
    """
    parts: dict[int, list[NDArray[np.int64]]] = {size: [] for size in PARTS_OF_PAGE}
    for page in pages:
        mixed = rng.permutation(page)
        size = int(rng.choice([size for size in PARTS_OF_PAGE if size <= max(len(mixed), PARTS_OF_PAGE[0])]))
        whole = np.resize(mixed, len(mixed) + -len(mixed) % size)
        parts[size] += list(whole.reshape(-1, size))
    batches = []
    for size, some in parts.items():
        order = rng.permutation(len(some))
        for start in range(0, len(order) - BATCH // size + 1, BATCH // size):
            batches.append(np.stack([some[n] for n in order[start : start + BATCH // size]]))
    return [batches[n] for n in rng.permutation(len(batches))]


def shaken(cells: torch.Tensor) -> torch.Tensor:
    """Cells as the network takes them, moved by up to two pixels, lighter or darker."""
    ink = 1 - cells.float() / 255
    dx, dy = (int(torch.randint(-2, 3, ())) for _ in range(2))
    ink = torch.roll(ink, (dy, dx), (1, 2)) * torch.empty(len(cells), 1, 1).uniform_(0.7, 1.15)
    return ink[:, None].contiguous(memory_format=torch.channels_last)


def measured(network: Digits, file: Path) -> tuple[float, tuple[NDArray[np.float32], NDArray[np.int64]]]:
    """The share of cells that are right, page by page, and scores (n, 14) with labels."""
    kept = np.load(file)
    network.eval()
    scores = []
    with torch.no_grad():
        for page in torch.from_numpy(kept["cells"]).split(np.bincount(kept["pages"]).tolist()):
            scores.append(network(1 - page[:, None].float() / 255).numpy())
    found = np.concatenate(scores)
    return float((found.argmax(1) == kept["labels"]).mean()), (found, kept["labels"])


def temperature_of(scores: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The temperature under which the labels are most probable (Guo et al., On Calibration, 2017, section 4.2)."""
    scaled, said = torch.from_numpy(scores), torch.from_numpy(labels)
    tried = np.geomspace(0.4, 4, 200)
    losses = [float(nn.functional.cross_entropy(scaled / float(one), said)) for one in tried]
    return float(tried[int(np.argmin(losses))])


def main() -> None:
    """`python -m training.train FOLDER`: packages, cells and the networks are kept in FOLDER."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, default=Path("src/testigo/vision/digits.onnx"))
    asked = parser.parse_args()
    folder: Path = asked.folder
    fetch(folder / "packages")
    for part in PARTS:
        if not (folder / f"{part}.npz").exists():
            make(folder / "packages", folder, part)
    models = []
    for kind, stages in STAGES:
        network = train(folder, kind, stages)
        right, (scores, labels) = measured(network, folder / "held_out.npz")
        temperature = temperature_of(scores, labels)
        print(f"held out: {right:.4f} right; temperature {temperature:.3f}")
        axes = {"cells": {0: "n"}, "logs": {0: "n"}}
        models.append(exported(network, temperature, "cells", torch.zeros(2, 1, 40, 40), axes))
    together(models, asked.model)
    print(f"{asked.model}: {asked.model.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
