"""Writers that never were: each shapes figures in a way of their own, with a pen of their own, never twice the same.

The hands stand in two groups: thresholds may be tuned on one, and what is told of the reader is measured on the other.
The groups share no way of writing a numeral. No hand has anything to do with what the digit reader learned from.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo.errors import BadUsage
from testigo_drill.numerals import NUMERALS, STROKES, Numeral
from testigo_drill.pen import Colour, Ink, Path, ink_of, path_of
from testigo_drill.unseen_numerals import UNSEEN_NUMERALS

Picture = NDArray[np.uint8]
Leading = Literal["blanks", "zeros", "dashes"]

BLUE, DARK_BLUE, BLACK, GREY = (150, 62, 28), (98, 36, 22), (34, 30, 30), (70, 66, 64)
ROYAL_BLUE, PALE_BLUE, VIOLET, SOOT, PENCIL = (176, 48, 36), (172, 104, 62), (112, 40, 70), (24, 22, 26), (92, 88, 88)

_OTHER_WAY = 0.12
_OWN_WAY = 0.032


@dataclass(frozen=True, slots=True)
class Hand:
    """One writer. `ways` names the way of every numeral, several where the writer changes between them (first: mostly).

    `slant` is how far a figure's top leans to the right of its foot, `aspect` how broad figures are against the
    skeletons, `size` their height in heights of a cell, `rise` the foot's distance from the cell's lower edge in the
    same unit; `wander` and `tremble` are standard deviations of the foot's place and of a skeleton's points (in heights
    of a figure), `haste`, `pressure` and `unevenness` (0 to 1) are those of `pen.ink_of`. `leading` is what stands in
    front of a figure that is shorter than its box. `restless` is how much size, slant and breadth change.
    """

    name: str
    ways: tuple[tuple[str, ...], ...]
    slant: float
    aspect: float
    size: float
    rise: float
    pen_mm: float
    colour: Colour
    pressure: float
    haste: float
    wander: float
    tremble: float
    leading: Leading
    restless: float = 0.05
    unevenness: float = 0.2

    def write(
        self,
        mark: str,
        cell: tuple[float, float],
        pixels_per_mm: float,
        rng: np.random.Generator,
        *,
        lift: float = 0.0,
        size: float = 1.0,
    ) -> Ink:
        """A mark as this hand writes it now: a numeral, `-`, `x` for a cross, or `strike` for a line through a figure.

        `cell` is the cell's width and height in pixels, `lift` moves the mark up by this part of the height, `size`
        makes it larger or smaller than the hand's own.

        Raises:
            BadUsage: `mark` is none of these.
        """
        wide, high = cell
        tall = self.size * size * high * (1 + self.restless * rng.standard_normal())
        broad = self.aspect * tall * (1 + self.restless * rng.standard_normal())
        slant = self.slant + self.restless * rng.standard_normal()
        shaken = [self._shaken(stroke, rng) for stroke in self._skeleton(mark, rng)]
        ways = []
        for points in shaken:
            way = path_of(points, self.haste)
            ways.append(np.stack([broad * way[:, 0] + slant * tall * (1 - way[:, 1]), tall * (way[:, 1] - 1)], axis=1))
        every = np.concatenate(ways)
        middle = (every[:, 0].min() + every[:, 0].max()) / 2
        across = wide / 2 + 0.045 * wide * rng.standard_normal() - middle
        foot = high * (1 - self.rise - lift + self.wander * rng.standard_normal())
        if mark == "strike":
            foot = high * (1 - self.rise - lift)
        width = self.pen_mm * pixels_per_mm * (1 + 0.06 * rng.standard_normal())
        return ink_of(
            [way + np.array((across, foot)) for way in ways],
            width,
            rng,
            colour=self.colour,
            pressure=float(np.clip(self.pressure + 0.04 * rng.standard_normal(), 0.3, 1)),
            haste=self.haste,
            unevenness=self.unevenness,
        )

    def _skeleton(self, mark: str, rng: np.random.Generator) -> tuple[Path, ...]:
        if mark in NUMERALS:
            ways = self.ways[int(mark)]
            chosen = ways[0] if len(ways) == 1 or rng.random() > _OTHER_WAY else ways[int(rng.integers(1, len(ways)))]
            return _own_skeleton(self.name, mark, chosen)
        if mark not in STROKES:
            raise BadUsage(f"hand {self.name}: expected one of {' '.join([*NUMERALS, *STROKES])}, came {mark!r}")
        kinds = STROKES[mark]
        return _points(kinds[int(rng.integers(len(kinds)))])

    def _shaken(self, points: Path, rng: np.random.Generator) -> Path:
        """The points moved a little; a corner stays a corner, and neighbours move alike."""
        moves = rng.standard_normal(points.shape)
        moves[1:] = 0.6 * moves[1:] + 0.6 * moves[:-1]
        same = np.flatnonzero((points[1:] == points[:-1]).all(axis=1))
        moves[same + 1] = moves[same]
        return points + 1.35 * self.tremble * moves


@lru_cache(maxsize=512)
def _own_skeleton(name: str, mark: str, way: str) -> tuple[Path, ...]:
    """The numeral in this way of writing as one person learned it: two who write it alike still do not quite."""
    digest = hashlib.sha256(f"{name}/{mark}/{way}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    own = []
    for points in _points(NUMERALS[mark][way] if way in NUMERALS[mark] else UNSEEN_NUMERALS[mark][way]):
        moves = rng.normal(0, _OWN_WAY, points.shape)
        same = np.flatnonzero((points[1:] == points[:-1]).all(axis=1))
        moves[same + 1] = moves[same]
        own.append(points + moves)
    return tuple(own)


def _points(numeral: Numeral) -> tuple[Path, ...]:
    return tuple(np.array(stroke) for stroke in numeral)


def _ways(text: str) -> tuple[tuple[str, ...], ...]:
    """The ways of the ten numerals from 0 to 9, spelled `oval flagged|plain swan ...`."""
    return tuple(tuple(part.split("|")) for part in text.split())


TUNE_HANDS: tuple[Hand, ...] = (
    Hand("amina", _ways("oval flagged swan round open two-stroke curved crossed ess straight"),
         0.12, 1.00, 0.66, 0.17, 0.45, BLUE, 0.88, 0.30, 0.020, 0.020, "blanks"),
    Hand("bruno", _ways("round plain|hooked looped flat-top closed one-stroke straight plain two-rings curled"),
         -0.04, 1.12, 0.58, 0.20, 0.55, BLACK, 0.92, 0.15, 0.025, 0.016, "zeros"),
    Hand("citra", _ways("curled hooked curved-foot|swan epsilon swung ess|one-stroke hooked curved open-top slanted"),
         0.28, 0.95, 0.62, 0.18, 0.38, DARK_BLUE, 0.80, 0.62, 0.030, 0.024, "dashes", 0.07),
    Hand("dario", _ways("slashed footed angular flat-top closed two-stroke straight serif-crossed ess straight"),
         0.02, 0.92, 0.70, 0.14, 0.50, BLACK, 0.95, 0.08, 0.015, 0.014, "zeros", 0.04, 0.1),
    Hand("elena", _ways("oval long-flag waved|looped looped open-tall loose-bar curved crossed|curved ess hooked"),
         0.18, 1.05, 0.64, 0.19, 0.42, BLUE, 0.72, 0.50, 0.030, 0.028, "blanks", 0.06, 0.35),
    Hand("farid", _ways("open plain swan round sail two-stroke tight plain from-middle curled|straight"),
         0.08, 0.86, 0.52, 0.24, 0.40, GREY, 0.78, 0.40, 0.035, 0.024, "dashes", 0.06, 0.3),
    Hand("gusti", _ways("round flagged|footed looped epsilon open one-stroke hooked serif two-rings open"),
         -0.10, 1.15, 0.60, 0.18, 0.62, DARK_BLUE, 0.90, 0.25, 0.025, 0.022, "blanks", 0.06),
    Hand("hodan",
         _ways("oval|open hooked|plain angular|swan round swung loose-bar|two-stroke tight curved ess slanted"),
         0.22, 0.90, 0.68, 0.15, 0.48, BLUE, 0.84, 0.70, 0.035, 0.026, "blanks", 0.07),
    Hand("ilse", _ways("round long-flag swan flat-top open two-stroke straight crossed two-rings straight"),
         0.05, 1.06, 0.64, 0.17, 0.50, DARK_BLUE, 0.90, 0.20, 0.018, 0.018, "blanks"),
    Hand("joao", _ways("oval flagged|hooked looped round open-tall one-stroke curved crossed ess curled"),
         0.20, 0.98, 0.60, 0.20, 0.42, BLUE, 0.80, 0.48, 0.028, 0.024, "dashes", 0.06, 0.3),
    Hand("karim", _ways("open plain curved-foot epsilon closed ess tight plain|curved open-top open"),
         0.14, 0.88, 0.56, 0.22, 0.45, BLACK, 0.86, 0.55, 0.030, 0.025, "zeros", 0.06),
    Hand("lucia", _ways("curled footed|flagged waved looped swung two-stroke hooked serif-crossed ess hooked"),
         0.10, 1.10, 0.68, 0.15, 0.40, BLUE, 0.88, 0.30, 0.022, 0.022, "blanks", 0.05, 0.25),
    Hand("mwangi", _ways("oval plain|hooked swan|angular round sail|closed loose-bar curved plain from-middle slanted"),
         0.24, 0.92, 0.62, 0.18, 0.36, BLACK, 0.82, 0.66, 0.034, 0.026, "blanks", 0.07),
    Hand("nadia", _ways("slashed|oval footed angular flat-top|round closed one-stroke straight serif two-rings curled"),
         -0.06, 1.00, 0.72, 0.13, 0.58, DARK_BLUE, 0.94, 0.10, 0.016, 0.015, "zeros", 0.04, 0.12),
    Hand("oscar",
         _ways("round hooked|flagged looped|waved epsilon|round open ess|two-stroke tight curved ess open|curled"),
         0.30, 1.04, 0.54, 0.22, 0.44, BLUE, 0.74, 0.72, 0.036, 0.028, "dashes", 0.08, 0.35),
    Hand("priya",
         _ways("open flagged curved-foot looped open-tall|swung two-stroke hooked crossed from-middle straight"),
         0.00, 0.94, 0.66, 0.16, 0.34, GREY, 0.80, 0.35, 0.022, 0.020, "blanks", 0.05, 0.25),
)  # fmt: skip
"""Writers on whose sheets thresholds may be tuned; readers were compared on the later eight of them, too."""

TEST_HANDS: tuple[Hand, ...] = (
    Hand("quique", _ways("tailed tick flowing|knot gliding ladle|fork quick comma barred one-line cane"),
         0.23, 0.98, 0.60, 0.19, 0.42, ROYAL_BLUE, 0.84, 0.52, 0.030, 0.023, "blanks", 0.06, 0.25),
    Hand("renata", _ways("egg wave-flag arch cusped pennant hat spiral scarf-barred snowman fishhook"),
         0.09, 1.02, 0.65, 0.17, 0.46, DARK_BLUE, 0.90, 0.22, 0.018, 0.017, "blanks", 0.04),
    Hand("sunil", _ways("circle stick flowing|arch small-head fork cocked-hat crook|pot bare waist balloon"),
         0.03, 0.93, 0.57, 0.21, 0.32, BLUE, 0.86, 0.34, 0.024, 0.020, "zeros", 0.05, 0.28),
    Hand("tomas", _ways("egg|unclosed tick dip curled-up pennant hat comma sickle-barred snowman cane"),
         0.07, 1.00, 0.68, 0.15, 0.44, BLACK, 0.80, 0.12, 0.034, 0.031, "dashes", 0.08, 0.32),
    Hand("ursula", _ways("unclosed|egg steep zed bench slipped gap-hat rod ticked-barred mirrored|one-line tadpole"),
         0.16, 0.96, 0.62, 0.18, 0.48, SOOT, 0.88, 0.40, 0.024, 0.021, "blanks"),
    Hand("violette", _ways("tailed roof inward eyelet short-mast sweep crook barred|scarf-barred one-line fishhook"),
         0.12, 1.08, 0.61, 0.19, 0.40, VIOLET, 0.82, 0.38, 0.024, 0.021, "dashes", 0.05, 0.24),
    Hand("wanjiru", _ways("egg pedestal arch cusped broad paunch upright sickle snowman balloon|pin"),
         0.00, 1.06, 0.70, 0.14, 0.50, BLUE, 0.92, 0.14, 0.016, 0.016, "zeros", 0.04, 0.15),
    Hand("yusuf", _ways("circle|egg stick|tick zed|arch bench|small-head broad hat pot ticked waist gapped|balloon"),
         0.06, 1.04, 0.66, 0.17, 0.85, BLACK, 0.96, 0.28, 0.024, 0.019, "blanks", 0.05, 0.06),
    Hand("ximena", _ways("bar-inside pedestal|tick inward curled-up pennant|slipped paunch spiral ticked snowman cane"),
         0.02, 1.14, 0.63, 0.18, 0.70, ROYAL_BLUE, 0.93, 0.18, 0.020, 0.018, "zeros", 0.05, 0.1),
    Hand("benigno", _ways("tailed|unclosed lean flowing gliding ladle quick comma|rod sickle antenna cane|tadpole"),
         0.29, 0.94, 0.55, 0.22, 0.38, DARK_BLUE, 0.78, 0.70, 0.036, 0.026, "dashes", 0.07, 0.3),
    Hand("sari", _ways("clockwise tick|stick arch|dip small-head|cusped fork cocked-hat rod bare mirrored gapped"),
         -0.17, 1.00, 0.60, 0.20, 0.45, PALE_BLUE, 0.80, 0.36, 0.026, 0.021, "blanks", 0.06, 0.26),
    Hand("carl", _ways("slim|egg lean|stick knot eyelet broad|fork sweep upright|rod scarf|bare antenna pin"),
         0.11, 0.90, 0.58, 0.20, 0.52, PENCIL, 0.74, 0.46, 0.028, 0.022, "blanks", 0.06, 0.36),
)  # fmt: skip
"""Writers on whose sheets the reader is measured; nothing is tuned on them, and no reader was chosen by them."""

HANDS: Mapping[str, Hand] = MappingProxyType({hand.name: hand for hand in TUNE_HANDS + TEST_HANDS})
"""All writers by name."""


def cell_picture(hand: Hand, mark: str, rng: np.random.Generator, *, side: int = 40) -> Picture:
    """A mark alone on white paper (side, side), grey; the cell is 4/5 of the side high, 8 mm, and has no lines."""
    high = round(0.8 * side)
    scale = 4
    page = np.full((scale * side, scale * side, 3), 255, np.uint8)
    edge = scale * (side - high) // 2
    hand.write(mark, (scale * high, scale * high), scale * high / 8, rng).put_on(page, edge, edge)
    return np.asarray(cv2.resize(page, (side, side), interpolation=cv2.INTER_AREA)[:, :, 2], np.uint8)
