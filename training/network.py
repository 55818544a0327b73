"""The networks: the cells of one page in, fourteen classes for each out, 1,180,000 weights together.

Both look at a cell alone. In one of them the cells of a page then look at each other: one hand wrote most of them, with
one pen and before one camera. What is a hasty 7 in one hand is a 1 in another, and the rest of the page says in which.
The other knows nothing of pages and learnt from others, so it makes other mistakes.
"""

from dataclasses import dataclass

import torch
from torch import nn

CLASSES = 14
STRIDES = (1, 2, 1, 2, 1, 2, 1)
SEEN = 64
"""What a cell tells the others about itself, in numbers."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How broad the layers are, and how often the cells of a page look at each other."""

    widths: tuple[int, ...]
    looks: int


ALONE = Kind((16, 32, 48, 64, 96, 128, 144), 0)
PAGES = Kind((24, 40, 64, 96, 128, 160, 160), 2)


class Digits(nn.Module):
    """Ink 1 on paper 0, (n, 1, 40, 40), to scores (n, 14); `softmax(scores / temperature)` are the probabilities."""

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        wide, last = (1, *kind.widths), kind.widths[-1]
        self.body = nn.Sequential(*(_layer(a, b, s) for a, b, s in zip(wide, kind.widths, STRIDES, strict=False)))
        self.dropped = nn.Dropout(0.25)
        self.head = nn.Linear(last * 25, CLASSES)
        self.tells = nn.Linear(last + CLASSES, SEEN)
        self.page = nn.ModuleList([Page() for _ in range(kind.looks)])
        self.changes = nn.Linear(SEEN, CLASSES)
        nn.init.zeros_(self.changes.weight)
        nn.init.zeros_(self.changes.bias)

    def forward(self, cells: torch.Tensor) -> torch.Tensor:
        """Scores (n, 14) of the cells of one page."""
        return self.pages(cells[None])[1][0]

    def pages(self, cells: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Of cells (p, n, 1, 40, 40) on p pages the scores (p, n, 14) of each alone, and with its page."""
        pages = cells.shape[0]
        seen = self.body(cells.flatten(0, 1))
        alone = self.head(self.dropped(seen.flatten(1)))
        if not self.page:
            alone = alone.reshape(pages, -1, CLASSES)
            return alone, alone
        told = torch.cat([seen.mean(dim=(2, 3)), alone.softmax(dim=1).detach()], dim=1)
        found = self.tells(told).reshape(pages, -1, SEEN)
        for one in self.page:
            found = one(found)
        alone = alone.reshape(pages, -1, CLASSES)
        return alone, alone + self.changes(found)


class Page(nn.Module):
    """Every cell of a page asks all of them (Vaswani et al. 2017), in four ways: (p, n, 64) to the same."""

    def __init__(self, ways: int = 4) -> None:
        super().__init__()
        self.ways = ways
        self.before, self.behind = nn.LayerNorm(SEEN), nn.LayerNorm(SEEN)
        self.asks, self.answers = nn.Linear(SEEN, 3 * SEEN), nn.Linear(SEEN, SEEN)
        self.thinks = nn.Sequential(nn.Linear(SEEN, 2 * SEEN), nn.ReLU(), nn.Linear(2 * SEEN, SEEN))

    def forward(self, cells: torch.Tensor) -> torch.Tensor:
        """What each cell is, with what the others say."""
        parts = self.asks(self.before(cells)).unflatten(2, (3, self.ways, SEEN // self.ways))
        asked, known, said = parts.permute(2, 0, 3, 1, 4)
        near = (asked @ known.transpose(2, 3) * (SEEN // self.ways) ** -0.5).softmax(dim=3)
        cells = cells + self.answers((near @ said).transpose(1, 2).flatten(2))
        return cells + self.thinks(self.behind(cells))


def _layer(wide: int, out: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(wide, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU())
