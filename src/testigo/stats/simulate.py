"""Elections like one that is given: clean ones, and such as were doctored in a known way. They calibrate the screens.

What a screen finds in them holds for this population and these recipes, not for every country or every kind of
doctoring: figures of a whole centre that were changed alike, for instance, no screen within centres can see.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from testigo.errors import BadUsage
from testigo.stats.shapes import same_length

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Generator = np.random.Generator

PHI = 1.15
"""Scatter within centres of the clean elections: variance over that of the binomial law."""
USUAL_TURNOUT = 0.6
"""Stands in for the turnout of stations whose number of voters nobody knows."""
BORROWED = 100
"""Votes with the nation's shares that are added to those of a centre before its small choices are drawn."""
DOCTORED_SHARE = 0.05
"""Part of the stations that a doctored election has changed."""
STUFFED = 0.3
SWITCHED = 0.2
ROUND_TARGETS = (40, 80)
WRITTEN_DIGITS = (0.02, 0.12, 0.13, 0.14, 0.12, 0.04, 0.11, 0.13, 0.10, 0.09)
"""How often people who invent numbers end them on 0 to 9: few noughts and fives, many small digits."""


@dataclass(frozen=True, eq=False, slots=True)
class Population:
    """The election that is imitated: `votes` (n, choices), `centre` (n,), `registered` (n,), below 1 if unknown."""

    votes: Ints
    centre: Ints
    registered: Ints

    @property
    def valid(self) -> Ints:
        """The votes of all choices at each station."""
        total: Ints = self.votes.sum(axis=1, dtype=np.int64)
        return total


def population(votes: Ints, centre: Ints, registered: Ints | None) -> Population:
    """The stations with votes; `registered` None says that nobody knows the number of voters anywhere.

    Raises:
        BadUsage: the columns have different lengths, there is one choice, or no station has votes.
    """
    same_length("population", votes=votes, centre=centre, registered=registered)
    used = votes.sum(axis=1) > 0
    if votes.shape[1] < 2 or not used.any():
        raise BadUsage(
            f"a calibration expects stations with votes for two choices; came {int(used.sum())} "
            f"stations with votes, {votes.shape[1]} choices"
        )
    known = np.full(len(votes), -1, np.int64) if registered is None else registered
    return Population(votes[used], np.unique(centre[used], return_inverse=True)[1], known[used])


def clean_election(like: Population, chance: Generator) -> Ints:
    """Votes (n, choices) of a clean election with the stations, centres and sizes of this one.

    Rates of a centre are drawn from what its votes tell (`_centre_rates`). Valid votes: binomial from the voters of the
    station. Votes: multinomial from rates that scatter between the stations of a centre so that the variance is PHI
    times that of the binomial law: Dirichlet with concentration A where (n + A)/(1 + A) = PHI.
    """
    valid = like.valid
    voters = np.where(like.registered >= valid, like.registered, np.ceil(valid / USUAL_TURNOUT).astype(np.int64))
    drawn = chance.binomial(voters, valid / voters)
    concentration = np.maximum(drawn - PHI, 1e-3) / (PHI - 1)
    rates = _centre_rates(like, chance)[like.centre]
    return chance.multinomial(drawn, _dirichlet(rates * concentration[:, None], chance)).astype(np.int64)


def _centre_rates(like: Population, chance: Generator) -> Floats:
    """Rates of every centre, (centres, choices): Dirichlet draws from its votes and a few with the nation's shares.

    First what the two leading choices have together against the rest, then each part within itself. The rest gets
    BORROWED votes of the nation: in most centres it has so few that its own zeros would stay zeros, and sheets would
    agree more often than real ones. The two leading choices get one.
    """
    nation = like.votes.sum(axis=0)
    order = np.argsort(-nation, kind="stable")
    pooled = np.stack([np.bincount(like.centre, column) for column in like.votes.T], axis=1)
    leading, rest = pooled[:, order[:2]], pooled[:, order[2:]]
    shares, others = nation[order[:2]] / nation.sum(), nation[order[2:]] / nation.sum()
    parts = np.column_stack([leading.sum(axis=1), rest.sum(axis=1)]) + BORROWED * np.array([shares.sum(), others.sum()])
    part = _dirichlet(parts, chance)
    rates = np.empty(pooled.shape)
    rates[:, order[:2]] = part[:, :1] * _dirichlet(leading + shares, chance)
    rates[:, order[2:]] = part[:, 1:] * _dirichlet(rest + BORROWED * others / max(others.sum(), 1e-300), chance)
    return rates


def _dirichlet(weights: Floats, chance: Generator) -> Floats:
    """One draw for each row of weights; a row whose gammas are all too small for a float takes its mean."""
    drawn = chance.standard_gamma(weights)
    total, weight = drawn.sum(axis=1, keepdims=True), weights.sum(axis=1, keepdims=True)
    rates: Floats = np.where(
        total > 0, drawn / np.where(total > 0, total, 1), weights / np.where(weight > 0, weight, 1)
    )
    return rates


def doctored(recipe: str, votes: Ints, chance: Generator) -> tuple[Ints, Ints]:
    """The votes after this recipe was used on DOCTORED_SHARE of the stations, and the rows that it was used on.

    Each recipe helps the choice with second most votes.

    Raises:
        BadUsage: there is no such recipe.
    """
    if recipe not in RECIPES:
        raise BadUsage(f"expected one of {', '.join(RECIPES)}; came {recipe}")
    first, second = np.argsort(-votes.sum(axis=0), kind="stable")[:2].tolist()
    rows = np.sort(chance.choice(len(votes), max(1, round(DOCTORED_SHARE * len(votes))), replace=False))
    changed = votes.copy()
    changed[rows] = RECIPES[recipe](votes, rows, (first, second), chance)
    return changed, rows


Pair = tuple[int, int]
Recipe = Callable[[Ints, Ints, Pair, Generator], Ints]


def _stuffing(votes: Ints, rows: Ints, pair: Pair, _: Generator) -> Ints:
    new = votes[rows]
    new[:, pair[1]] += np.round(STUFFED * new.sum(axis=1)).astype(np.int64)
    return new


def _switch(votes: Ints, rows: Ints, pair: Pair, _: Generator) -> Ints:
    new = votes[rows]
    moved = np.round(SWITCHED * new[:, pair[0]]).astype(np.int64)
    return _move(new, pair, moved)


def _round_targets(votes: Ints, rows: Ints, pair: Pair, chance: Generator) -> Ints:
    new = votes[rows]
    both = new[:, pair[0]] + new[:, pair[1]]
    target = np.round(chance.integers(*ROUND_TARGETS, len(rows), endpoint=True) * new.sum(axis=1) / 100)
    return _move(new, pair, np.minimum(target.astype(np.int64), both) - new[:, pair[1]])


def _invented_digits(votes: Ints, rows: Ints, pair: Pair, chance: Generator) -> Ints:
    new = votes[rows]
    written = new[:, pair[1]] // 10 * 10 + chance.choice(10, len(rows), p=WRITTEN_DIGITS)
    both = new[:, pair[0]] + new[:, pair[1]]
    return _move(new, pair, np.minimum(written, both) - new[:, pair[1]])


def _copies(votes: Ints, rows: Ints, _: Pair, chance: Generator) -> Ints:
    return votes[chance.integers(0, len(votes), len(rows))]


def _move(votes: Ints, pair: Pair, moved: Ints) -> Ints:
    """The votes once `moved` of the first choice are the second's; the totals stay."""
    votes[:, pair[0]] -= moved
    votes[:, pair[1]] += moved
    return votes


RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "stuffing": _stuffing,
        "switch": _switch,
        "round percentages": _round_targets,
        "invented digits": _invented_digits,
        "copied sheets": _copies,
    }
)
"""Ways to doctor: 30% more votes for the second choice; 20% of the leader's votes moved to it; its share set to a whole
percentage of 40 to 80; its last digit invented; all figures those of another station."""
