"""Trains the digit reader, fits its temperature on held-out hands, and writes digits.onnx."""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from training.cells import make
from training.halved import halved
from training.network import Digits
from training.sources import fetch
from training.split import LEARNT, PARTS

EPOCHS, BATCH, RATE, SEED = 6, 256, 2e-3, 20251123
SMOOTHING = 0.02
KEPT_OF_MEAN = 0.998


def train(folder: Path) -> Digits:
    """The moving mean of the network's weights after all epochs (Polyak and Juditsky 1992); no epoch is chosen."""
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    network = Digits().to(memory_format=torch.channels_last)
    mean = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(KEPT_OF_MEAN), use_buffers=True)
    kept = [np.load(folder / f"{part}.npz") for part in LEARNT]
    cells = torch.from_numpy(np.concatenate([one["cells"] for one in kept]))
    labels = torch.from_numpy(np.concatenate([one["labels"] for one in kept]))
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=0.02)
    steps = -(-len(cells) // BATCH)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=EPOCHS * steps, pct_start=0.15)
    rule = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    for epoch in range(EPOCHS):
        network.train()
        total = 0.0
        for at, chosen in enumerate(torch.randperm(len(cells)).split(BATCH)):
            with torch.autocast("cpu", torch.bfloat16):
                loss = rule(network(shaken(cells[chosen])), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            plan.step()
            mean.update_parameters(network)
            total += float(loss.detach())
            if at % 100 == 99:
                print(
                    f"epoch {epoch + 1}, {at + 1} of {steps}: loss {total / (at + 1):.4f}", file=sys.stderr, flush=True
                )
        right, _ = measured(mean.module, folder / "held_out.npz")
        torch.save(mean.module.state_dict(), folder / "digits.pt")
        print(f"epoch {epoch + 1}: {right:.4f} of the held-out cells right", file=sys.stderr, flush=True)
    averaged: Digits = mean.module.eval()
    return averaged


def shaken(cells: torch.Tensor) -> torch.Tensor:
    """Cells as the network takes them, moved by up to two pixels, lighter or darker."""
    ink = 1 - cells.float() / 255
    dx, dy = (int(torch.randint(-2, 3, ())) for _ in range(2))
    ink = torch.roll(ink, (dy, dx), (1, 2)) * torch.empty(len(cells), 1, 1).uniform_(0.7, 1.15)
    return ink[:, None].contiguous(memory_format=torch.channels_last)


def measured(network: Digits, file: Path) -> tuple[float, tuple[NDArray[np.float32], NDArray[np.int64]]]:
    """The share of cells that are right, and scores (n, 14) with labels."""
    kept = np.load(file)
    network.eval()
    scores = []
    with torch.no_grad():
        for part in torch.from_numpy(kept["cells"]).split(1024):
            scores.append(network(1 - part[:, None].float() / 255).numpy())
    found = np.concatenate(scores)
    return float((found.argmax(1) == kept["labels"]).mean()), (found, kept["labels"])


def temperature_of(scores: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The temperature under which the labels are most probable (Guo et al., On Calibration, 2017, section 4.2)."""
    scaled, said = torch.from_numpy(scores), torch.from_numpy(labels)
    tried = np.geomspace(0.4, 4, 200)
    losses = [float(nn.functional.cross_entropy(scaled / float(one), said)) for one in tried]
    return float(tried[int(np.argmin(losses))])


def export(network: Digits, temperature: float, file: Path) -> None:
    """Writes the network with the temperature in it: cells (n, 1, 40, 40) to log-probabilities (n, 14)."""

    class Whole(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, cells: torch.Tensor) -> torch.Tensor:
            return nn.functional.log_softmax(self.network(cells) / temperature, dim=1)

    torch.onnx.export(
        Whole().eval(), (torch.zeros(2, 1, 40, 40),), str(file), input_names=["cells"], output_names=["logs"],
        dynamic_axes={"cells": {0: "n"}, "logs": {0: "n"}}, opset_version=17, dynamo=False,
    )  # fmt: skip
    halved(file)


def main() -> None:
    """`python -m training.train FOLDER`: packages, cells and the network are kept in FOLDER."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, default=Path("src/testigo/vision/digits.onnx"))
    asked = parser.parse_args()
    folder: Path = asked.folder
    fetch(folder / "packages")
    for part in PARTS:
        if not (folder / f"{part}.npz").exists():
            make(folder / "packages", folder, part)
    network = train(folder)
    right, (scores, labels) = measured(network, folder / "held_out.npz")
    temperature = temperature_of(scores, labels)
    export(network, temperature, asked.model)
    print(f"held out: {right:.4f} right; temperature {temperature:.3f}; {asked.model.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
