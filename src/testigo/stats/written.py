"""From what stands in a sheet's boxes to a reading that says how sure it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from testigo.core.form import Form
from testigo.core.ids import FieldId
from testigo.core.records import Reading
from testigo.stats.fields import FieldCells, ValueEvidence
from testigo.stats.posterior import MILLION, USUAL, Thresholds, read_sheet

Ink = Sequence[Sequence[float]]
"""Of every cell of a field, from left to right, the logarithms of its classes' probabilities."""


@dataclass(frozen=True, slots=True)
class OnPaper:
    """What is weighed of a sheet: the cells of its fields, what else speaks of them, and the fields that have a place
    on the form and were not read: with such a one nothing is sure."""

    cells: tuple[FieldCells, ...]
    evidence: tuple[ValueEvidence, ...]
    unread: frozenset[FieldId]


def on_paper(form: Form, ink: Iterable[tuple[FieldId, Ink]], evidence: Iterable[ValueEvidence] = ()) -> OnPaper:
    """What was read on pages of this form, as the sums' arithmetic takes it."""
    cells = tuple(field_cells(ink))
    read = {one.field for one in cells}
    placed = {box.field for box in form.boxes} | {field for column in form.columns for field in column.fields}
    return OnPaper(cells, tuple(one for one in evidence if one.field in read), frozenset(placed - read))


def with_figures(
    reading: Reading,
    form: Form,
    ink: Iterable[tuple[FieldId, Ink]],
    evidence: Sequence[ValueEvidence] = (),
    thresholds: Thresholds = USUAL,
) -> Reading:
    """The reading of a photo's codes, completed by the figures in the boxes of its form, and by its words.

    Only a reading that is sure becomes `figures`; any other is `doubtful`, with figures that are proposed and never
    counted. A reading that has figures from a code, or no station, stays as it is.

    A rule that names a field which was not read is not asked: a figure that nobody saw speaks neither for nor against
    the others. Where the form has a place for that figure, the sheet is not wholly read, and nothing of it is sure.
    """
    if reading.outcome != "station" or reading.form != form.id:
        return reading
    found = on_paper(form, ink, evidence)
    if not found.cells:
        return reading
    sheet = read_sheet(found.cells, form.rules, found.evidence, thresholds=thresholds)
    ppm = {field: round(MILLION * part) for field, part in sheet.marginals.items()}
    if sheet.verdict == "sure" and not found.unread:
        return replace(reading, outcome="figures", counts=sheet.counts, verdict="sure", ppm=ppm)
    cells = tuple(f"{one.field}/{one.cell + 1}" for one in sheet.look_at)
    proposed = sheet.counts or None
    verdict = "look" if sheet.verdict == "sure" else sheet.verdict
    return replace(reading, outcome="doubtful", verdict=verdict, ppm=ppm, proposed=proposed, cells=cells)


def field_cells(ink: Iterable[tuple[FieldId, Ink]]) -> list[FieldCells]:
    """The cells of every field as the sums' arithmetic takes them."""
    return [FieldCells(field, _normal(cells)) for field, cells in ink]


def _normal(cells: Ink) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Rows that sum to 1: what came over a wire was rounded."""
    logs = np.array(cells, np.float64)
    return np.asarray(logs - np.log(np.exp(logs).sum(axis=1, keepdims=True)), np.float64)
