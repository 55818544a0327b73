"""The network for rows: a strip of 40 by any width in, for every four columns eleven classes out, 200,000 weights."""

import torch
from torch import nn

CLASSES = 11


class Rows(nn.Module):
    """Ink 1 on paper 0, (n, 1, 40, 4 w), to scores (n, w, 11): nothing here, or one of ten digits."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 24, 5, 2, 2, bias=False),
            nn.BatchNorm2d(24),
            nn.ReLU(),
            _layer(24, 32),
            _layer(32, 48, stride=2),
            _layer(48, 64),
            _layer(64, 80, stride=(2, 1)),
            nn.Conv2d(80, 112, (5, 1), bias=False),
            nn.BatchNorm2d(112),
            nn.ReLU(),
            nn.Dropout(0.1),
            nn.Conv2d(112, 112, (1, 5), padding=(0, 2), bias=False),
            nn.BatchNorm2d(112),
            nn.ReLU(),
            nn.Dropout(0.1),
        )
        self.head = nn.Conv2d(112, CLASSES, 1)

    def forward(self, strips: torch.Tensor) -> torch.Tensor:
        """Scores (n, w, 11)."""
        scores: torch.Tensor = self.head(self.body(strips))
        return scores.squeeze(2).transpose(1, 2)


def _layer(wide: int, out: int, stride: int | tuple[int, int] = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(wide, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU())
