"""What the form designer asks of pictures; answered in the process that decodes photos (`worker`)."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from testigo.errors import BadPhoto
from testigo.vision.cells import Cell, cut_cells
from testigo.vision.grid import grids_in
from testigo.vision.layout import Layout, Rect, layout_from_plain
from testigo.vision.load import Pixels, decode
from testigo.vision.outline import blank_of, outline, straight_size, straighten, whole
from testigo.vision.page import NotThisForm, find_pages, flatten, reference_of

Answer = tuple[dict[str, object], tuple[bytes, ...]]

_LEAST_SIDE = 8.0


def designed(asked: Mapping[str, object], data: bytes) -> Answer:
    """The answer to one request of the designer; `data` is the picture that it is about.

    - `outline`: `corners` (4, 2) of the sheet, in pixels of the upright photo (the whole photo where `found` is
      false), and its `size`.
    - `straighten`: the sheet with these corners as a PNG.
    - `grid`: the printed rows and cells in a part of a straight page, as x, y, width, height, rows, cells and gap.
    - `blank`: a straight page without what is written in it, as a grey PNG.
    - `sample`: `data` is that blank (its first `blank` bytes) and a photo. The first page found in it as a JPEG, the
      marks of its cells and, where there is a digit model, `ink`; `why` where no page is found.

    Raises:
        BadPhoto: a picture does not decode, or the corners make no sheet.
    """
    match asked:
        case {"what": "outline", "orient": int(orient)}:
            return _outline(decode(data, orient=orient, colour="grey"))
        case {"what": "straighten", "orient": int(orient), "corners": list(corners), "paper_mm": list(paper)}:
            return _straighten(decode(data, orient=orient), corners, paper)
        case {
            "what": "grid",
            "rect": [float() | int() as x, float() | int() as y, float() | int() as w, float() | int() as h],
        }:
            grids = grids_in(decode(data, colour="grey"), Rect(x, y, w, h))
            return {"grids": [[g.rect.x, g.rect.y, g.rect.w, g.rect.h, g.rows, g.cells, g.gap] for g in grids]}, ()
        case {"what": "blank", "layout": dict(layout), "more": list(more)}:
            made = blank_of(decode(data, colour="grey"), layout_from_plain(layout), [Rect(*part) for part in more])
            return {}, (_png(made),)
        case {"what": "sample", "layout": dict(layout), "blank": int(size), "orient": int(orient)}:
            blank, photo = decode(data[:size], colour="grey"), decode(data[size:], orient=orient)
            return _sample(photo, blank, layout_from_plain(layout))
    raise ValueError(f"unknown request {asked}")


def _outline(photo: Pixels) -> Answer:
    height, width = photo.shape[:2]
    found = outline(photo)
    corners = whole(photo) if found is None else found
    return {"corners": corners.round(1).tolist(), "size": [width, height], "found": found is not None}, ()


def _straighten(photo: Pixels, listed: list[object], paper: list[object]) -> Answer:
    corners = np.array(listed, np.float64)
    width, height = np.array(paper, np.float64).tolist()
    sides = np.roll(corners, -1, axis=0) - corners
    turns = sides[:, 0] * np.roll(sides, -1, axis=0)[:, 1] - sides[:, 1] * np.roll(sides, -1, axis=0)[:, 0]
    if np.linalg.norm(sides, axis=1).min() < _LEAST_SIDE or not (turns > 0).all():
        raise BadPhoto("broken", "the four corners make no sheet; expected them clockwise from its upper left corner")
    size = straight_size(corners, (width, height))
    return {"size": list(size)}, (_png(straighten(photo, corners, size)),)


def _sample(photo: Pixels, blank: Pixels, layout: Layout) -> Answer:
    reference = reference_of(blank, layout)
    found = find_pages(photo, (reference,), most=1)
    if isinstance(found, NotThisForm):
        return {"why": found.why}, ()
    flat = flatten(photo, found[0])
    cells = cut_cells(flat, reference.printed, layout) if layout.boxes else ()
    marks = [[cell.field, cell.index, cell.mark] for cell in cells]
    answer: dict[str, object] = {"turned": round(found[0].turned), "marks": marks}
    ink = _ink(flat, cells, layout)
    if ink is not None:
        answer["ink"] = ink
    return answer, (_jpeg(flat),)


def _ink(flat: Pixels, cells: Sequence[Cell], layout: Layout) -> list[list[object]] | None:
    """Of every field the logarithms of its cells' classes; None where this installation has no digit model."""
    try:
        from testigo.vision.digits import DigitReader
        from testigo.vision.free_figures import column_ink
        from testigo.vision.hand import ink_of
        from testigo.vision.strips import StripReader

        digits, strips = DigitReader(), StripReader()
    except (ImportError, FileNotFoundError):
        return None
    ink = [*ink_of(cells, digits), *(one for column in layout.columns for one in column_ink(flat, column, strips))]
    return [[field, [list(row) for row in rows]] for field, rows in ink]


def _png(pixels: Pixels) -> bytes:
    done, data = cv2.imencode(".png", pixels)
    assert done
    return data.tobytes()


def _jpeg(pixels: Pixels) -> bytes:
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 80])
    assert done
    return data.tobytes()
