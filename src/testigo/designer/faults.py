"""What is still wrong with a sketch, in words that say what to do."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from testigo.core.arithmetic import parse_rule
from testigo.core.form import LEAST_SHAPE, MOST_SHAPE
from testigo.designer.sketch import Sketch, is_form_id
from testigo.errors import BadElection
from testigo.site.numbers import numbers_of
from testigo.site.words import Words

_SIGNS, _RELATIONS, _GROUP = "+ - * = <= >=", "= <= >=", "(?P<station>...)"
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that keeps the form from being saved: `part` is `name`, `sum`, `code`, `id` or `figures`; which one."""

    part: str
    index: int
    sentence: str


def faults_of(sketch: Sketch, words: Words) -> tuple[Fault, ...]:
    """Everything that is wrong, in the order of the page's steps; none where the form can be saved."""
    return tuple(_faults(sketch, words))


def _faults(sketch: Sketch, words: Words) -> Iterator[Fault]:
    if not sketch.groups:
        yield Fault("figures", 0, words.gettext("Draw at least one row of boxes."))
    if not all(box.fits_digits for box in sketch.boxes):
        asked = words.gettext(
            "Each digit needs a box %(least)s to %(most)s times as wide as high: change the number of cells, or tick "
            "“no printed cells”."
        )
        write = numbers_of(words.language).rounded
        yield Fault("figures", 0, asked % {"least": write(LEAST_SHAPE, 1), "most": write(MOST_SHAPE, 1)})
    times = Counter(sketch.names)
    for index, name in enumerate(sketch.names):
        if not _FIELD.fullmatch(name):
            yield Fault("name", index, words.gettext("Write a name of letters without accents, digits and _."))
        elif times[name] > 1:
            yield Fault("name", index, words.gettext("Two figures have this name."))
    for index, one in enumerate(sketch.sums):
        told = fault_of_sum(one.text, sketch.names, words)
        if told is not None:
            yield Fault("sum", index, told)
    for index, place in enumerate(sketch.codes):
        try:
            grouped = "station" in re.compile(place.pattern).groupindex
        except (re.error, OverflowError, RecursionError):
            grouped = False
        if not grouped:
            asked = words.gettext("Write a regular expression with a group %(group)s for the station's code.")
            yield Fault("code", index, asked % {"group": _GROUP})
    if not is_form_id(sketch.id):
        yield Fault("id", 0, words.gettext("Write a short name of letters without accents, digits, - and _."))


def fault_of_sum(text: str, names: tuple[str, ...], words: Words) -> str | None:
    """What is wrong with a sum as it was typed; None where it can be kept."""
    if not text.strip():
        return words.gettext("Write a sum such as A + B = total.")
    try:
        rule = parse_rule("typed", text, "sum")
    except BadElection:
        return _not_understood(text, words)
    unknown = sorted(rule.fields - set(names))
    if unknown:
        told = words.gettext("There is no figure called %(name)s.") % {"name": unknown[0]}
        near = difflib.get_close_matches(unknown[0], names, 1, 0.5)
        if not near:
            return told
        proposed = words.gettext("Did you mean %(name)s?") % {"name": near[0]}
        return f"{told} {proposed}"
    if not rule.fields:
        return words.gettext("A sum needs at least one figure.")
    return None


def _not_understood(text: str, words: Words) -> str:
    odd = re.sub(r"[\w.\s+*<>=-]", "", text)
    if odd:
        return words.gettext("%(sign)s is not understood: use %(signs)s.") % {"sign": odd[0], "signs": _SIGNS}
    if len(re.findall(r"<=|>=|=", text)) != 1:
        return words.gettext("Write exactly one of %(signs)s such as in A + B = total.") % {"signs": _RELATIONS}
    return words.gettext("Put + or - between two figures, and a figure or number after each sign.")
