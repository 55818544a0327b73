"""The page that people see on a desk: straight and upright from edge to edge; a field stands where the form says."""

import cv2
import numpy as np
import pytest
from drawn_form import LAYOUT, blank, filled
from troubled_photo import Trouble, photograph

from testigo.errors import BadPhoto
from testigo.vision.child import ReadingChild
from testigo.vision.load import decode
from testigo.vision.strip import strip

FIGURES = {"a": "120", "b": "_45", "c": "007", "sum": "172", "blank": "__3", "null": "011"}


def jpeg(pixels: np.ndarray) -> bytes:  # type: ignore[type-arg]
    return cv2.imencode(".jpg", pixels)[1].tobytes()


def png(pixels: np.ndarray) -> bytes:  # type: ignore[type-arg]
    return cv2.imencode(".png", pixels)[1].tobytes()


def test_a_page_that_lies_askew_is_shown_straight() -> None:
    sheet = filled(FIGURES)
    photo, _ = photograph(sheet, 3, Trouble(turn=183.0))
    with ReadingChild(blanks=[(LAYOUT, png(blank()))]) as child:
        ((form, page, shown),) = child.straightened(strip(jpeg(photo)).data, 1)
        none = child.straightened(strip(jpeg(np.full((900, 700, 3), 128, np.uint8))).data, 1)
        with pytest.raises(BadPhoto):
            child.straightened(b"\xff\xd8 none", 1)
    assert (form, page, none) == (LAYOUT.form, LAYOUT.page, ())
    straight = decode(shown, colour="grey")
    wanted = cv2.resize(
        sheet if sheet.ndim == 2 else cv2.cvtColor(sheet, cv2.COLOR_BGR2GRAY),
        straight.shape[::-1],
        interpolation=cv2.INTER_AREA,
    )
    dark, meant = straight < 128, wanted < 128
    # What is printed stands where the form has it, to a few pixels.
    near = cv2.dilate(meant.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    assert (dark & near).sum() > 0.9 * dark.sum()
    assert dark.sum() > 0.5 * meant.sum()
