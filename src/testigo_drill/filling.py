"""A form filled in by one hand: every cell with its ink, so that a cell's picture can be put in another's place."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from testigo.errors import BadUsage
from testigo_drill.hands import TUNE_HANDS, Hand
from testigo_drill.layouts import FORMS, WrittenForm
from testigo_drill.paper import blank_page, print_station
from testigo_drill.pen import Ink, ink_of, path_of
from testigo_drill.sheet import PIXELS_PER_MM

Picture = NDArray[np.uint8]
State = Literal["plain", "overwritten", "corrected"]

_FIELD_TILT = 0.02
_CORRECTED = 0.05


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, counted from 0 at the left: the mark that stands there (a digit, `-`, or nothing) and its ink.

    `overwritten`: another digit was there first, and this one was written over it. `corrected`: the other digit was
    struck out and this one written small beside it.
    """

    field: str
    index: int
    mark: str
    state: State
    inks: tuple[Ink, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A filled-in page. `signatures` are the pictures of strokes in the personal region, with where each begins."""

    form: str
    station: str
    hand: str
    cells: tuple[Cell, ...]
    signatures: tuple[Ink, ...]

    @property
    def figures(self) -> dict[str, int]:
        """What is written, in ballots, by field."""
        marks: dict[str, str] = {}
        for cell in self.cells:
            marks[cell.field] = marks.get(cell.field, "") + (cell.mark if cell.mark.isdigit() else "")
        return {field: int(digits) for field, digits in marks.items()}

    @property
    def doubtful(self) -> tuple[tuple[str, int], ...]:
        """The cells, by field and place, in which something was corrected."""
        return tuple((cell.field, cell.index) for cell in self.cells if cell.state != "plain")

    @property
    def broken(self) -> tuple[str, ...]:
        """The codes of the sums that do not hold with what is written."""
        return FORMS[self.form].broken(self.figures)

    def picture(self) -> Picture:
        """The page: blue, green, red, 7 pixels a millimetre."""
        form = FORMS[self.form]
        page = _blank(form).copy()
        print_station(page, form, self.station)
        for cell in self.cells:
            x, y = _origin(form, cell.field, cell.index)
            for ink in cell.inks:
                ink.put_on(page, x, y)
        for ink in self.signatures:
            ink.put_on(page, 0, 0)
        return page


def filled(
    form: WrittenForm,
    station: str,
    figures: Mapping[str, int],
    hand: Hand,
    rng: np.random.Generator,
    *,
    corrections: int = 0,
) -> Sheet:
    """The form as this hand fills it in; `corrections` digits were first written wrongly.

    Short figures stand at the right, with blanks, noughts or dashes before them as the writer is used to.

    Raises:
        BadUsage: a figure is negative or longer than its box.
    """
    marks: list[tuple[str, int, str]] = []
    for one in form.fields:
        if not 0 <= figures[one.field] < 10**one.cells:
            raise BadUsage(f"{form.id}.{one.field}: expected {one.cells} digits, came {figures[one.field]}")
        text = _spelled(figures[one.field], one.cells, hand)
        marks += [(one.field, index, mark) for index, mark in enumerate(text)]
    digits = [place for place, (_, _, mark) in enumerate(marks) if mark.isdigit()]
    wrong = set(rng.choice(digits, min(corrections, len(digits)), replace=False).tolist()) if corrections else set()
    cells = []
    field, lift, tilt = "", 0.0, 0.0
    for place, (name, index, mark) in enumerate(marks):
        if name != field:
            field, lift, tilt = name, hand.wander * rng.standard_normal(), _FIELD_TILT * rng.standard_normal()
        size = _cell_size(form, name)
        cells.append(_cell(name, index, mark.strip(), hand, size, lift + tilt * index, rng, wrong=place in wrong))
    return Sheet(form.id, station, hand.name, tuple(cells), tuple(_signatures(form, hand, rng)))


def written_page(
    form: WrittenForm, station: str, figures: Mapping[str, int], seed: int, rng: np.random.Generator
) -> Picture:
    """The sheet that a station of the drill with this seed fills in: always by one hand, now and then corrected.

    Writers of the group `test` fill in no drill's sheets: whoever reads those may look at them and learn.
    """
    digest = hashlib.sha256(f"{seed}/{station}/hand".encode()).digest()
    hand = TUNE_HANDS[int.from_bytes(digest[:8], "big") % len(TUNE_HANDS)]
    return filled(form, station, figures, hand, rng, corrections=int(rng.random() < _CORRECTED)).picture()


def tampered(sheet: Sheet, rng: np.random.Generator) -> tuple[Sheet, tuple[str, int]]:
    """The sheet with one digit's picture replaced by another digit's from the same sheet so that a sum breaks.

    Also the cell, by field and place. What is true of the sheet is then what the pictures say.

    Raises:
        BadUsage: no replacement breaks a sum.
    """
    plain = [place for place, cell in enumerate(sheet.cells) if cell.state == "plain" and cell.mark.isdigit()]
    pairs = [(a, b) for a in plain for b in plain if sheet.cells[a].mark != sheet.cells[b].mark]
    for pair in rng.permutation(len(pairs)):
        target, source = (sheet.cells[place] for place in pairs[pair])
        changed = replace(target, mark=source.mark, inks=source.inks)
        cells = tuple(changed if cell is target else cell for cell in sheet.cells)
        other = replace(sheet, cells=cells)
        if set(other.broken) - set(sheet.broken):
            return other, (target.field, target.index)
    raise BadUsage(f"sheet of {sheet.station}: expected two different digits and a sum that one breaks, there are none")


def _spelled(value: int, cells: int, hand: Hand) -> str:
    return str(value).rjust(cells, {"blanks": " ", "zeros": "0", "dashes": "-"}[hand.leading])


def _cell(
    field: str,
    index: int,
    mark: str,
    hand: Hand,
    size: tuple[float, float],
    lift: float,
    rng: np.random.Generator,
    *,
    wrong: bool,
) -> Cell:
    if not mark:
        return Cell(field, index, "", "plain", ())
    if not wrong:
        return Cell(field, index, mark, "plain", (hand.write(mark, size, PIXELS_PER_MM, rng, lift=lift),))
    other = str(rng.choice([digit for digit in "0123456789" if digit != mark]))
    first = hand.write(other, size, PIXELS_PER_MM, rng, lift=lift)
    if rng.random() < 0.5:
        pressed = replace(hand, pen_mm=1.35 * hand.pen_mm, pressure=min(1.0, hand.pressure + 0.1))
        over = pressed.write(mark, size, PIXELS_PER_MM, rng, lift=lift)
        return Cell(field, index, mark, "overwritten", (first, over))
    strike = hand.write("strike", size, PIXELS_PER_MM, rng, lift=lift)
    beside = hand.write(mark, (1.5 * size[0], size[1]), PIXELS_PER_MM, rng, lift=lift + 0.3, size=0.62)
    return Cell(field, index, mark, "corrected", (first, strike, beside))


def _signatures(form: WrittenForm, hand: Hand, rng: np.random.Generator) -> Iterator[Ink]:
    """A few names that nobody can read, in the form's personal region."""
    x, y, wide, high = (PIXELS_PER_MM * part for part in form.personal)
    rows = max(1, round(high / (12 * PIXELS_PER_MM)) - 1)
    for row in range(rows):
        for column in range(2):
            if rng.random() < 0.2:
                continue
            steps = int(rng.integers(9, 18))
            length = rng.uniform(0.2, 0.36) * wide
            swing = rng.uniform(0.15, 0.4) * high / (rows + 1)
            points = np.stack([np.sort(rng.random(steps)) * length, rng.normal(0, swing, steps)], axis=1)
            way = path_of(points, 0.25) + np.array(
                (x + (0.05 + 0.5 * column) * wide, y + (row + 1.2) * high / (rows + 1))
            )
            colour = hand.colour if rng.random() < 0.5 else (60, 50, 50)
            yield ink_of([way], 0.4 * PIXELS_PER_MM, rng, colour=colour, pressure=0.85, haste=0.5, unevenness=0.2)


def cell_box(form: WrittenForm, field: str, index: int) -> tuple[int, int, int, int]:
    """Left, upper, right and lower edge of a cell on the page, in pixels."""
    x, y = _origin(form, field, index)
    wide, high = _cell_size(form, field)
    return x, y, x + round(wide), y + round(high)


def _origin(form: WrittenForm, field: str, index: int) -> tuple[int, int]:
    one = form.box(field)
    return (
        round((one.box[0] + index * one.box[2] / one.cells) * PIXELS_PER_MM),
        round(one.box[1] * PIXELS_PER_MM),
    )


def _cell_size(form: WrittenForm, field: str) -> tuple[float, float]:
    one = form.box(field)
    return one.box[2] / one.cells * PIXELS_PER_MM, one.box[3] * PIXELS_PER_MM


@lru_cache(maxsize=8)
def _blank(form: WrittenForm) -> Picture:
    return blank_page(form)
