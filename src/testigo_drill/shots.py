"""What a sender's file shows, and its bytes: made anew from the shot alone, always the same."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from testigo_drill.camera import Grade, encode_jpeg, photograph
from testigo_drill.election import DrillStation, Figures
from testigo_drill.filling import written_page
from testigo_drill.layouts import WrittenForm
from testigo_drill.sheet import Layout, blank_sheet, print_code, print_sheet

Picture = NDArray[np.uint8]
Content = Literal["sheet", "copy", "blurred", "cut", "scene", "foreign-code", "text"]

_WITH_EXIF = 0.7


@dataclass(frozen=True, slots=True)
class Shot:
    """One file that somebody sent.

    `content` says what it is: a sheet's photo, a cropped and compressed copy of it, one far out of focus, one cut off
    in transfer; something else, a foreign QR code, a text. `station` and `figures` are those of the sheet, None where
    there is none. Shots with equal `key` and contents have equal bytes. `claim` is the station that the sender named,
    None if none.
    """

    key: str
    content: Content
    station: str | None
    registered: int
    figures: Figures | None
    grade: Grade
    claim: str | None


def shot_of(
    station: DrillStation,
    *,
    copy: int = 1,
    content: Content = "sheet",
    grade: Grade = "mild",
    figures: Figures | None = None,
    claim: str | None = None,
) -> Shot:
    """The photo number `copy` of a station's sheet, with other figures than the true ones where they are given."""
    return Shot(
        f"{station.code}/{copy}", content, station.code, station.registered, figures or station.figures, grade, claim
    )


@dataclass(frozen=True, slots=True)
class Studio:
    """What is needed to make shots: the layout, the unfilled form, and the drill's seed.

    `by_hand` is the form that stations fill in by hand; None where sheets are printed with their figures.
    """

    layout: Layout
    blank: Picture
    seed: int
    by_hand: WrittenForm | None = None

    def take(self, shot: Shot) -> bytes:
        """The bytes of the shot's file."""
        if shot.content == "text":
            return b"Dear friends, the picture would not open here, so this is only a text.\r\n"
        digest = hashlib.sha256(f"{self.seed}/{shot.key}".encode()).digest()
        rng = np.random.default_rng(int.from_bytes(digest[:16], "big"))
        photo = photograph(self._page(shot, rng), rng, shot.grade)
        exif = bool(rng.random() < _WITH_EXIF)
        if shot.content == "copy":
            photo, exif = _forwarded(photo), False
        elif shot.content == "blurred":
            photo = _out_of_focus(photo)
        data = encode_jpeg(photo, rng, shot.grade, exif=exif)
        return data[: len(data) * 2 // 5] if shot.content == "cut" else data

    def _page(self, shot: Shot, rng: np.random.Generator) -> Picture:
        if shot.station is not None and shot.figures is not None:
            if self.by_hand is not None:
                return written_page(self.by_hand, shot.station, shot.figures.by_field(), self.seed, rng)
            return print_sheet(self.blank, self.layout, shot.station, shot.registered, shot.figures)
        page = np.full_like(self.blank, 250)
        height, width = page.shape
        for _ in range(int(rng.integers(6, 20))):
            centre = (int(rng.integers(width)), int(rng.integers(height)))
            cv2.circle(page, centre, int(rng.integers(20, 260)), int(rng.integers(60, 230)), int(rng.integers(4, 40)))
        if shot.content == "foreign-code":
            print_code(page, self.layout.code, f"https://example.org/menu/{shot.key}")
        return page


def open_studio(layout: Layout, seed: int, by_hand: WrittenForm | None = None) -> Studio:
    """A studio with a freshly printed blank form."""
    return Studio(layout, blank_sheet(layout), seed, by_hand)


def _forwarded(photo: Picture) -> Picture:
    """The photo as a message service passes it on: cropped a little and made smaller."""
    height, width = photo.shape[:2]
    inner = photo[height // 60 : -(height // 60), width // 60 : -(width // 60)]
    return np.asarray(cv2.resize(inner, None, fx=0.9, fy=0.9, interpolation=cv2.INTER_AREA), np.uint8)


def _out_of_focus(photo: Picture) -> Picture:
    height, width = photo.shape[:2]
    coarse = cv2.resize(photo, (width // 40, height // 40), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
