"""Every screen on many simulated elections, clean and doctored. The refused tests run beside them, to show why.

Nothing that makes a report imports this module: it knows the refused tests.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from testigo.errors import BadUsage
from testigo.stats import refused
from testigo.stats.calibration import Calibrated, Calibration, rate_of
from testigo.stats.duplicates import duplicates
from testigo.stats.homogeneity import homogeneity, leading_choices, swaps
from testigo.stats.jump import jump
from testigo.stats.last_digit import last_digit
from testigo.stats.lattice import lattice
from testigo.stats.simulate import RECIPES, Population, clean_election, doctored

Ints = NDArray[np.int64]
_CLEAN = 0
"""The stream of clean elections; recipes have streams from 1 on, so that no election depends on how many others ran."""


@dataclass(frozen=True, eq=False, slots=True)
class _Sheets:
    """One simulated election as the screens see it; `leading` are the columns of the two leading choices."""

    votes: Ints
    valid: Ints
    centre: Ints
    leading: tuple[Ints, ...]


def _phi(sheets: _Sheets) -> bool:
    found = (homogeneity(part, sheets.valid, sheets.centre) for part in sheets.leading)
    return any(one is not None and one.reported for one in found)


def _outliers(sheets: _Sheets) -> bool:
    found = (homogeneity(part, sheets.valid, sheets.centre) for part in sheets.leading)
    return any(one is not None and one.beyond for one in found)


def _exchanged(sheets: _Sheets) -> bool:
    return bool(swaps(sheets.votes, sheets.valid, sheets.centre))


def _lattice(sheets: _Sheets) -> bool:
    return any(one is not None and one.reported for one in (lattice(part, sheets.valid) for part in sheets.leading))


def _last_digit(sheets: _Sheets) -> bool:
    return any(one is not None and one.reported for one in (last_digit(part) for part in sheets.leading))


def _duplicates(sheets: _Sheets) -> bool:
    return duplicates(sheets.votes, sheets.valid).reported


def _jump(sheets: _Sheets) -> bool:
    return jump(sheets.leading[0], sheets.leading[1], sheets.valid).reported


def _any_below(test: Callable[[Ints], float]) -> Callable[[_Sheets], bool]:
    return lambda sheets: any(test(part) < refused.LEVEL for part in sheets.leading)


def _chi_squared(sheets: _Sheets) -> bool:
    return any(
        refused.homogeneity_chi_squared(part, sheets.valid, sheets.centre) < refused.LEVEL for part in sheets.leading
    )


Screen = Callable[[_Sheets], bool]
SCREENS: Mapping[str, Screen] = MappingProxyType(
    {
        "homogeneity": _phi,
        "outliers": _outliers,
        "exchanged columns": _exchanged,
        "lattice": _lattice,
        "last-digit": _last_digit,
        "duplicates": _duplicates,
        "jump": _jump,
    }
)
"""Screens by name; each looks at the two leading choices and alarms when one of them does."""
REFUSED: Mapping[str, Screen] = MappingProxyType(
    {
        "first digit, Benford": _any_below(refused.benford_first_digit),
        "second digit, Benford": _any_below(refused.benford_second_digit),
        "last digit, uniform": _any_below(refused.last_digit_uniform),
        "homogeneity, phi = 1": _chi_squared,
    }
)
"""Refused tests by name, at a level of 5%."""


def alarms_of(votes: Ints, centre: Ints) -> Mapping[str, bool]:
    """Which screens and refused tests raise an alarm about these votes (n, choices)."""
    leading = tuple(np.ascontiguousarray(votes[:, choice]) for choice in leading_choices(votes))
    sheets = _Sheets(votes, votes.sum(axis=1, dtype=np.int64), centre, leading)
    return {name: screen(sheets) for name, screen in (*SCREENS.items(), *REFUSED.items())}


def calibrate(
    like: Population, *, clean: int, each: int, seed: int, done: Callable[[int], None] = lambda steps: None
) -> Calibration:
    """Every screen on `clean` clean elections and on `each` elections doctored by each recipe.

    The same seed gives the same elections, whatever their number. `done` is told of every election that is over.

    Raises:
        BadUsage: there is not one election of each kind.
    """
    if clean < 1 or each < 1:
        raise BadUsage(f"a calibration expects at least one election of each kind, came {clean} clean, {each} doctored")
    counts = {name: dict.fromkeys(("", *RECIPES), 0) for name in (*SCREENS, *REFUSED)}
    for recipe, votes in _elections(like, clean, each, seed):
        for name, alarm in alarms_of(votes, like.centre).items():
            counts[name][recipe] += alarm
        done(1)
    screens = tuple(
        Calibrated(
            name,
            name in REFUSED,
            rate_of(found[""], clean),
            tuple((recipe, rate_of(found[recipe], each)) for recipe in RECIPES),
        )
        for name, found in counts.items()
    )
    return Calibration(seed, len(like.votes), screens)


def _elections(like: Population, clean: int, each: int, seed: int) -> Iterator[tuple[str, Ints]]:
    """Recipe (empty for clean) and votes of every election."""
    for number in range(clean):
        yield "", clean_election(like, np.random.default_rng([seed, _CLEAN, number]))
    for stream, recipe in enumerate(RECIPES, _CLEAN + 1):
        for number in range(each):
            chance = np.random.default_rng([seed, stream, number])
            yield recipe, doctored(recipe, clean_election(like, chance), chance)[0]
