"""The network: a cell of 40 by 40 in, fourteen classes out, 440,000 weights."""

import torch
from torch import nn

CLASSES = 14


class Digits(nn.Module):
    """Ink 1 on paper 0, (n, 1, 40, 40), to scores (n, 14); `softmax(scores / temperature)` are the probabilities."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _layer(1, 16),
            _layer(16, 32, stride=2),
            _layer(32, 48),
            _layer(48, 64, stride=2),
            _layer(64, 96),
            _layer(96, 128, stride=2),
            _layer(128, 144),
            nn.Flatten(),
            nn.Dropout(0.25),
        )
        self.head = nn.Linear(144 * 5 * 5, CLASSES)

    def forward(self, cells: torch.Tensor) -> torch.Tensor:
        """Scores (n, 14)."""
        scores: torch.Tensor = self.head(self.body(cells))
        return scores


def _layer(wide: int, out: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(wide, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU())
