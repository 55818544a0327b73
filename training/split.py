"""Which digits, fonts and seeds are for learning, for the temperature, and for the model card: no one is in two."""

from collections.abc import Mapping, Sequence

PARTS: Mapping[str, tuple[int, int, float, float]] = {
    "alone": (16, 1_900, 0.0, 0.1),
    "train": (11, 2_300, 0.0, 0.015),
    "more": (14, 2_600, 0.4, 0.015),
    "hands": (15, 2_200, 0.3, 0.015),
    "held_out": (12, 200, 0.4, 0.015),
    "measured": (13, 200, 0.4, 0.015),
}
"""By part: its seed, how many pages are drawn, on which part of them some figures are printed, and how often somebody
else goes on with the next field. `held_out` fits the temperatures, `measured` is measured."""
LEARNT = ("alone", "train", "more", "hands")


def held_out_fonts(names: Sequence[str]) -> frozenset[str]:
    """The fonts that are never learnt from: every eighth."""
    return frozenset(sorted(names)[5::8])
