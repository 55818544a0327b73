"""What was read from a sample photo, told field by field and sum by sum."""

import numpy as np

from testigo.core.arithmetic import evaluate
from testigo.core.form import Form
from testigo.core.ids import FieldId
from testigo.designer.draft import Reply
from testigo.errors import BadPhoto
from testigo.stats.fields import CLASSES, FieldCells
from testigo.stats.posterior import SheetReading, read_sheet

_SIGNS = (*"0123456789", " ", "–", "×", "?")
_NO_MODEL = "no digit model"


def told_reading(form: Form, replies: list[tuple[int, Reply]]) -> Reply:
    """What the page shows of a sample.

    `pages`: of each page whether it was found, and why not. `fields`: name, signs as they stand in the cells, value
    (None where no number is said), how sure in per cent, marks of the cells. `sums`: whether each holds. `verdict` is
    None where this installation has no digit model, which `note` then says.
    """
    pages = [{"page": page, "why": reply.get("why"), "turned": reply.get("turned", 0)} for page, reply in replies]
    marks: dict[str, list[str]] = {}
    ink: dict[str, list[list[float]]] = {}
    model = True
    for _, reply in replies:
        if "why" in reply:
            continue
        model = model and "ink" in reply
        for field, _index, mark in _listed(reply, "marks", 3):
            marks.setdefault(str(field), []).append(str(mark))
        ink |= {str(field): rows for field, rows in _listed(reply, "ink", 2) if isinstance(rows, list)}
    read = _sheet(form, ink) if ink else None
    counts = {} if read is None else read.counts
    return {
        "pages": pages,
        "fields": [_field(name, marks.get(name, []), ink.get(name), read) for name in form.fields],
        "sums": [
            {"code": rule.code, "text": rule.text, "state": found.state, "left": found.left, "right": found.right}
            for rule in form.rules
            for found in (evaluate(rule, counts),)
        ],
        "verdict": None if read is None else read.verdict,
        "note": None if model else _NO_MODEL,
    }


def _sheet(form: Form, ink: dict[str, list[list[float]]]) -> SheetReading:
    cells = []
    for name in form.fields:
        if name in ink:
            logs = np.array(ink[name], np.float64)
            if logs.ndim != 2 or logs.shape[1] != len(CLASSES):
                raise BadPhoto("broken", "the process that decoded the photo gave an answer that is no page")
            cells.append(FieldCells(name, logs - np.log(np.exp(logs).sum(axis=1, keepdims=True))))
    return read_sheet(cells, form.rules)


def _field(name: FieldId, marks: list[str], ink: list[list[float]] | None, read: SheetReading | None) -> Reply:
    signs = None if ink is None else "".join(_SIGNS[int(np.argmax(row))] for row in ink)
    sure = None if read is None or name not in read.marginals else round(100 * read.marginals[name], 1)
    value = None if read is None else read.counts.get(name)
    return {"name": name, "signs": signs, "value": value, "sure": sure, "marks": marks}


def _listed(reply: Reply, key: str, parts: int) -> list[list[object]]:
    """The lists at a key of what the child answered; it may be in hostile hands."""
    found = reply.get(key, [])
    if not isinstance(found, list) or any(not isinstance(one, list) or len(one) != parts for one in found):
        raise BadPhoto("broken", "the process that decoded the photo gave an answer that is no page")
    return found
