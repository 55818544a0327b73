"""Figures for forms that are filled in by hand: true ones, and ones in which the writer broke a sum."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from testigo.errors import BadUsage
from testigo_drill.layouts import WrittenForm

Figures = dict[str, int]

_TRIES = 1000


def true_figures(form: WrittenForm, rng: np.random.Generator) -> Figures:
    """Figures of an invented station, in ballots, that obey every sum of the form and fit its boxes.

    Raises:
        BadUsage: nobody said how the figures of this form come about.
    """
    if form.id not in _MAKERS:
        raise BadUsage(f"expected one of the forms {', '.join(_MAKERS)}, came {form.id}")
    figures = _MAKERS[form.id](rng)
    return {one.field: figures[one.field] for one in form.fields}


def broken_figures(form: WrittenForm, figures: Mapping[str, int], rng: np.random.Generator) -> tuple[Figures, str]:
    """Figures in which one is written wrongly so that a sum breaks, and the field that it is.

    The mistakes are those that people make: two neighbouring digits change places, a digit is copied wrongly, a total
    is off by a carry (1, 10 or 100).

    Raises:
        BadUsage: no single mistake breaks a sum of this form.
    """
    for _ in range(_TRIES):
        one = form.fields[int(rng.integers(len(form.fields)))]
        value = _MISTAKES[int(rng.integers(len(_MISTAKES)))](figures[one.field], rng)
        changed = dict(figures) | {one.field: value}
        if 0 <= value < 10**one.cells and form.broken(changed):
            return changed, one.field
    raise BadUsage(f"form {form.id}: expected sums that one mistake can break, there are none")


def _swapped(value: int, rng: np.random.Generator) -> int:
    digits = list(str(value))
    if len(digits) < 2:
        return value
    place = int(rng.integers(len(digits) - 1))
    digits[place], digits[place + 1] = digits[place + 1], digits[place]
    return int("".join(digits))


def _miscopied(value: int, rng: np.random.Generator) -> int:
    digits = list(str(value))
    place = int(rng.integers(len(digits)))
    digits[place] = str(rng.choice([digit for digit in "0123456789" if digit != digits[place]]))
    return int("".join(digits))


def _carried(value: int, rng: np.random.Generator) -> int:
    return value + int(rng.choice((-1, 1)) * rng.choice((1, 10, 100)))


_MISTAKES: tuple[Callable[[int, np.random.Generator], int], ...] = (_swapped, _miscopied, _carried)


def _split(total: int, parts: int, rng: np.random.Generator) -> list[int]:
    """A number divided unevenly among so many."""
    return [int(part) for part in rng.multinomial(total, rng.dirichlet(np.full(parts, 0.8)))]


def _counted(cast: int, rng: np.random.Generator) -> Figures:
    blank, null = int(rng.binomial(cast, 0.02)), int(rng.binomial(cast, 0.03))
    return {"cast": cast, "blank": blank, "null": null, "valid": cast - blank - null}


def _with_papers(cast: int, most: int, rng: np.random.Generator) -> Figures:
    unused = int(rng.integers(0, max(1, min(cast, most - cast))))
    return _counted(cast, rng) | {"unused": unused, "received": cast + unused}


def _of_column(rng: np.random.Generator) -> Figures:
    figures = _counted(int(rng.integers(60, 900)), rng)
    lines = ("A1", "A2", "B1", "B2", "C1", "C2", "D1", "E1")
    return figures | dict(zip(lines, _split(figures["valid"], len(lines), rng), strict=True))


def _of_blocks(rng: np.random.Generator) -> Figures:
    figures = _with_papers(int(rng.integers(300, 2600)), 4000, rng)
    for name, votes, size in zip("abc", _split(figures["valid"], 3, rng), (5, 4, 4), strict=True):
        figures[name] = votes
        figures |= {f"{name}{row}": part for row, part in enumerate(_split(votes, size, rng), 1)}
    return figures


def _of_crossed(rng: np.random.Generator) -> Figures:
    cast = int(rng.integers(80, 950))
    figures = _counted(cast, rng)
    figures |= {f"p{row}": part for row, part in enumerate(_split(figures["valid"], 5, rng), 1)}
    figures |= {"voters": cast, "women": 0, "men": 0}
    for row, both in enumerate(rng.multinomial(cast, (0.3, 0.45, 0.25)).tolist(), 1):
        women = int(rng.binomial(both, 0.52))
        figures |= {f"w{row}": women, f"m{row}": both - women, f"t{row}": both}
        figures["women"] += women
        figures["men"] += both - women
    return figures


def _of_slip(rng: np.random.Generator) -> Figures:
    figures = _with_papers(int(rng.integers(40, 500)), 999, rng)
    return figures | {f"n{row}": part for row, part in enumerate(_split(figures["valid"], 4, rng), 1)}


def _of_flat(rng: np.random.Generator) -> Figures:
    urn = int(rng.integers(50, 900))
    white, spoilt = int(rng.binomial(urn, 0.03)), int(rng.binomial(urn, 0.02))
    figures = {"urn": urn, "white": white, "spoilt": spoilt}
    figures |= {f"k{row}": part for row, part in enumerate(_split(urn - white - spoilt, 9, rng), 1)}
    sent = int(rng.integers(urn, 1000))
    # Those who took a ballot home, or brought one: what was handed out need not be what was found in the urn.
    handed = int(np.clip(urn + rng.integers(-3, 4), 0, sent))
    returned = int(rng.integers(0, min(9, sent - handed) + 1))
    return figures | {"sent": sent, "handed": handed, "returned": returned, "kept": sent - handed - returned}


def _of_cross(rng: np.random.Generator) -> Figures:
    rows, days = ("p1", "p2", "p3", "p4", "no"), ("f", "s", "u")
    shares = np.append(0.95 * rng.dirichlet(np.full(4, 0.9)), 0.05)
    figures = {f"{row}t": 0 for row in (*rows, "all")}
    for day in days:
        voted = int(rng.integers(20, 990))
        figures[f"all{day}"] = voted
        figures["allt"] += voted
        for row, part in zip(rows, rng.multinomial(voted, shares).tolist(), strict=True):
            figures[f"{row}{day}"] = part
            figures[f"{row}t"] += part
    away = int(rng.integers(30, 2500))
    return figures | {"away": away, "roll": figures["allt"] + away}


def _of_ledger(rng: np.random.Generator) -> Figures:
    total = int(rng.integers(120, 999))
    empty, proxy = int(rng.binomial(total, 0.04)), int(rng.binomial(total, 0.06))
    figures = {f"c{row}": part for row, part in enumerate(_split(total - empty, 27, rng), 1)}
    carry = sum(figures[f"c{row}"] for row in range(1, 15))
    figures |= {"carry": carry, "brought": carry, "marked": total - empty, "empty": empty}
    return figures | {"total": total, "proxy": proxy, "person": total - proxy}


_MAKERS: Mapping[str, Callable[[np.random.Generator], Figures]] = MappingProxyType(
    {
        "column": _of_column,
        "blocks": _of_blocks,
        "crossed": _of_crossed,
        "slip": _of_slip,
        "flat": _of_flat,
        "cross": _of_cross,
        "ledger": _of_ledger,
    }
)
