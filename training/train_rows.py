"""Trains the reader of rows without boxes, fits its temperature on held-out hands, and writes rows.onnx."""

import argparse
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

from training.packed import exported
from training.row_network import Rows
from training.rows import MOST, ROWS, make
from training.sources import fetch
from training.split import LEARNT

EPOCHS, BATCH, RATE, SEED = 5, 128, 2e-3, 20251124


def train(folder: Path) -> Rows:
    """The network after all epochs; the last one is kept."""
    torch.manual_seed(SEED)
    # Two threads of so small a network mostly wait for each other.
    torch.set_num_threads(1)
    network = Rows().to(memory_format=torch.channels_last)
    kept = [np.load(folder / f"rows_{part}.npz") for part in LEARNT]
    strips = torch.from_numpy(np.concatenate([one["strips"] for one in kept]))
    texts = torch.from_numpy(np.concatenate([one["texts"] for one in kept]))
    widths = _widths(strips)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=0.02)
    steps = -(-len(strips) // BATCH)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=EPOCHS * steps, pct_start=0.15)
    for epoch in range(EPOCHS):
        network.train()
        total = 0.0
        for at, chosen in enumerate(_batches(widths)):
            part = strips[chosen, :, : int(widths[chosen].max())]
            with torch.autocast("cpu", torch.bfloat16):
                scores = network(shaken(part))
            loss = loss_of(scores.float(), texts[chosen])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            plan.step()
            total += float(loss.detach())
            if at % 50 == 49:
                print(
                    f"epoch {epoch + 1}, {at + 1} of {steps}: loss {total / (at + 1):.4f}", file=sys.stderr, flush=True
                )
        scores, said = measured(network, folder / "rows_held_out.npz")
        print(f"epoch {epoch + 1}: held-out loss {float(loss_of(scores, said)):.4f}", file=sys.stderr, flush=True)
        torch.save(network.state_dict(), folder / "rows.pt")
    return network.eval()


def _widths(strips: torch.Tensor) -> torch.Tensor:
    """Up to which column, a multiple of 4, something stands in each strip, and a little paper behind it."""
    shown = (strips < 250).any(dim=1)
    last = strips.shape[2] - shown.flip(1).int().argmax(dim=1)
    return ((last + 11) // 4 * 4).clamp(40, strips.shape[2])


def _batches(widths: torch.Tensor) -> list[torch.Tensor]:
    """All strips in a random order, in batches of about one width each: short ones are not padded to long ones."""
    batches = []
    for pool in torch.randperm(len(widths)).split(16 * BATCH):
        batches += list(pool[widths[pool].argsort()].split(BATCH))
    return [batches[at] for at in torch.randperm(len(batches)).tolist()]


def loss_of(scores: torch.Tensor, texts: torch.Tensor) -> torch.Tensor:
    """Minus the mean logarithm of the texts' probabilities for a digit (Graves et al. 2006, equation 8)."""
    steps = torch.full((len(scores),), scores.shape[1], dtype=torch.long)
    lengths = (texts >= 0).sum(1)
    logs = scores.log_softmax(2).transpose(0, 1)
    loss: torch.Tensor = nn.functional.ctc_loss(logs, texts.clamp(min=0) + 1, steps, lengths, zero_infinity=True)
    return loss


def shaken(strips: torch.Tensor) -> torch.Tensor:
    """Strips as the network takes them, moved by up to two pixels, lighter or darker."""
    ink = 1 - strips.float() / 255
    dx, dy = (int(torch.randint(-2, 3, ())) for _ in range(2))
    ink = torch.roll(ink, (dy, dx), (1, 2)) * torch.empty(len(strips), 1, 1).uniform_(0.7, 1.2)
    return ink[:, None].contiguous(memory_format=torch.channels_last)


def measured(network: Rows, file: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Scores (n, w, 11) of kept strips, and their texts (n, 5)."""
    kept = np.load(file)
    network.eval()
    with torch.no_grad():
        scores = [network(1 - part[:, None].float() / 255) for part in torch.from_numpy(kept["strips"]).split(256)]
    return torch.cat(scores), torch.from_numpy(kept["texts"])


def temperature_of(scores: torch.Tensor, texts: torch.Tensor) -> float:
    """The temperature of every step under which the texts are most probable."""
    tried = np.geomspace(0.5, 3, 40)
    losses = [float(loss_of(scores / float(one), texts)) for one in tried]
    return float(tried[int(np.argmin(losses))])


def main() -> None:
    """`python -m training.train_rows FOLDER`: packages, strips and the network are kept in FOLDER."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, default=Path("src/testigo/vision/rows.onnx"))
    asked = parser.parse_args()
    folder: Path = asked.folder
    fetch(folder / "packages")
    for part in ROWS:
        if not (folder / f"rows_{part}.npz").exists():
            make(folder / "packages", folder, part)
    network = train(folder)
    scores, texts = measured(network, folder / "rows_held_out.npz")
    temperature = temperature_of(scores, texts)
    axes = {"strips": {0: "n", 3: "w"}, "logs": {0: "n", 1: "w"}}
    onnx.save(exported(network, temperature, "strips", torch.zeros(2, 1, 40, 80), axes), str(asked.model))
    print(
        f"held out: loss {float(loss_of(scores / temperature, texts)):.4f} for a digit, up to {MOST} of them; "
        f"temperature {temperature:.3f}; {asked.model.stat().st_size:,} bytes"
    )


if __name__ == "__main__":
    main()
