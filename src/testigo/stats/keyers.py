"""How reliable each keyer is, and what they say together, without knowing the truth.

The one-coin model of A. P. Dawid and A. M. Skene, Applied Statistics 28 (1979) 20: keyer k states the truth with
probability s_k, and otherwise any of the other K - 1 values alike. Give digits one by one (K = 10), or whole figures
with the number of values that they can have. Fitted by expectation and maximisation:

    weight of keyer k       w_k = ln(s_k (K - 1) / (1 - s_k))
    value c of an item      P(c) ~ exp(sum of w_k over the keyers who stated c); values that nobody stated count 1 each
    new skill of a keyer    s_k = (1 + sum of P(what k stated)) / (2 + number of items keyed by k)

The skill is for finding whom to help and what to have keyed again. It is no measure of what two keyers miss alike: the
model holds their errors for independent, and on hard cells they are not (`agreement.py`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from testigo.errors import BadUsage
from testigo.stats.shapes import same_length

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_ROUNDS = 200
_ENOUGH = 1e-7


@dataclass(frozen=True, slots=True)
class Skill:
    """A keyer's estimated share of right statements, with its interval; `keyed` is the number of statements."""

    share: float
    low: float
    high: float
    keyed: int


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the keyers say together.

    `skills` is by keyer. `values` has the likeliest value of each item, `certainty` its probability under the model,
    and `majority` the value stated most often, or -1 where several are or nobody keyed the item (then `values` is -1
    and `certainty` 0 as well).
    """

    skills: tuple[Skill, ...]
    values: Ints
    certainty: Floats
    majority: Ints


def consensus(item: Ints, keyer: Ints, stated: Ints, values: int, confidence: float = 0.95) -> Consensus:
    """Skills and consensus from statements: one row each with item and keyer (counted from 0) and what was stated.

    Stated values are from 0 to `values` - 1; a keyer states an item once. Starts from the votes, so the answer depends
    on nothing but the statements.

    Raises:
        BadUsage: columns that do not fit, values out of range, or an item keyed twice by one keyer.
    """
    rows = same_length("keyers", item=item, keyer=keyer, stated=stated)
    if values < 2 or rows == 0 or min(item.min(), keyer.min(), stated.min()) < 0 or stated.max() >= values:
        raise BadUsage(f"keyers: expected statements from 0 to {values - 1}, by keyers and of items counted from 0")
    items, keyers = int(item.max()) + 1, int(keyer.max()) + 1
    if len(np.unique(item * keyers + keyer)) < rows:
        raise BadUsage("keyers: expected one statement of a keyer about an item, came two")
    # A candidate is a value that somebody stated of an item; `own` is the candidate of each statement.
    codes, own = np.unique(item * values + stated, return_inverse=True)
    of, value = codes // values, codes % values
    unstated = values - np.bincount(of, minlength=items)
    keyed = np.bincount(keyer, minlength=keyers)
    votes = np.bincount(own, minlength=len(codes)).astype(np.float64)
    certain = votes / np.bincount(item, minlength=items)[of]
    skill = _skills(certain[own], keyer, keyed)
    for _ in range(MOST_ROUNDS):
        weight = np.log(skill * (values - 1) / (1 - skill))
        score = np.bincount(own, weight[keyer], len(codes)).astype(np.float64)
        certain = _posterior(score, of, unstated)
        new = _skills(certain[own], keyer, keyed)
        moved = float(np.abs(new - skill).max())
        skill = new
        if moved < _ENOUGH:
            break
    best = _first_of_items(-certain, of, items)
    most = _first_of_items(-votes, of, items)
    tied = np.bincount(of, votes == np.where(most >= 0, votes[most], 0.0)[of], items) > 1
    return Consensus(
        _with_intervals(skill, certain[own], keyer, keyed, confidence),
        np.where(best >= 0, value[best], -1),
        np.where(best >= 0, certain[best], 0.0),
        np.where((most >= 0) & ~tied, value[most], -1),
    )


def _skills(right: Floats, keyer: Ints, keyed: Ints) -> Floats:
    return np.asarray((1 + np.bincount(keyer, right, len(keyed))) / (2 + keyed), np.float64)


def _posterior(score: Floats, of: Ints, unstated: Ints) -> Floats:
    highest = np.full(len(unstated), 0.0)
    np.maximum.at(highest, of, score)
    raw = np.exp(score - highest[of])
    return np.asarray(raw / (np.bincount(of, raw, len(unstated)) + unstated * np.exp(-highest))[of], np.float64)


def _first_of_items(key: Floats, of: Ints, items: int) -> Ints:
    """The candidate with the least key of each item, the smallest value of equals; -1 for an item without one."""
    order = np.lexsort((key, of))
    found = np.full(items, -1, np.int64)
    present, first = np.unique(of[order], return_index=True)
    found[present] = order[first]
    return found


def _with_intervals(skill: Floats, right: Floats, keyer: Ints, keyed: Ints, confidence: float) -> tuple[Skill, ...]:
    """Exact binomial intervals at the number of statements that the information is worth.

    Of n statements whose truth is known, ln(s/(1-s)) has information n s (1 - s). That the truth is only known with
    probability P takes the sum of P (1 - P) away (T. A. Louis, J. R. Statist. Soc. B 44 (1982) 226).
    """
    lost = np.bincount(keyer, right * (1 - right), len(keyed))
    worth = np.maximum(keyed - lost / (skill * (1 - skill)), 0.0)
    tail = (1 - confidence) / 2
    low = stats.beta.ppf(tail, np.maximum(skill * worth, 1e-9), (1 - skill) * worth + 1)
    high = stats.beta.ppf(1 - tail, skill * worth + 1, np.maximum((1 - skill) * worth, 1e-9))
    rows = zip(skill.tolist(), low.tolist(), high.tolist(), keyed.tolist(), strict=True)
    return tuple(Skill(s, min(a, s), max(b, s), n) for s, a, b, n in rows)
