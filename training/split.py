"""Which digits, fonts and seeds are for learning, for the temperature, and for the model card: no one is in two."""

from collections.abc import Mapping, Sequence

PARTS: Mapping[str, tuple[int, int]] = {
    "train": (11, 1_900),
    "held_out": (12, 200),
    "measured": (13, 200),
}
"""By part: its seed and how many pages are drawn. `held_out` fits the temperature, `measured` is measured."""
LEARNT = ("train",)
HELD_OUT_DIGITS = 100
"""The last so many of each of MNIST's digits are never learnt from."""


def held_out_fonts(names: Sequence[str]) -> frozenset[str]:
    """The fonts that are never learnt from: every eighth."""
    return frozenset(sorted(names)[5::8])
