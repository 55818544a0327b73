"""A form's rules as factors over what its fields can say: the model whose exact inference is `sum_tree` or `sum_milp`.

P(readings) is proportional to the product of every field's probability and one factor a rule,

    (1 - eps) [the rule holds] + eps / span,     1 / span where a field of it says no number,

span being the number of values that the widest field of an equation has (1 for <= and >=, which say too little to be
spread over values). That is the generative law in which the paper obeys a rule with probability 1 - eps and otherwise
states any value: eps of the sheets are wrong on paper, and a missing figure makes the other ones neither more nor less
credible than a wrong one taken eps times.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from testigo.core.arithmetic import Rule
from testigo.core.ids import FieldId
from testigo.errors import BadUsage
from testigo.stats.fields import FieldValues

Reading = tuple[int | None, ...]
"""What every field says, in the order of the fields; None is no number."""


@dataclass(frozen=True, slots=True)
class Sum:
    """low <= sum of factor x value <= high (None: no bound), as factors of the model.

    `terms` are (position of the field, factor), every field once. A reading weighs `gain` + `breaks` where the sum
    holds, `breaks` where it does not, `unknown` where a field of it says no number.
    """

    terms: tuple[tuple[int, int], ...]
    low: int | None
    high: int | None
    gain: float
    breaks: float
    unknown: float

    def holds(self, reading: Reading) -> bool | None:
        """Whether the sum holds of these numbers; None where one of them is missing."""
        total = 0
        for place, factor in self.terms:
            value = reading[place]
            if value is None:
                return None
            total += factor * value
        return (self.low is None or self.low <= total) and (self.high is None or total <= self.high)

    def weight(self, reading: Reading) -> float:
        """The sum's factor for this reading."""
        held = self.holds(reading)
        if held is None:
            return self.unknown
        return self.breaks + (self.gain if held else 0.0)


@dataclass(frozen=True, slots=True)
class Inference:
    """What the model says of one sheet; probabilities are relative to the examined readings.

    `best` is the most probable reading; `posterior` is its probability and `second` that of the most probable other
    one. `log_mass` is the logarithm of the sum of all readings' weights. `marginals[f]` maps what field f says to its
    posterior. `breaking` is the posterior mass of readings that break a sum. `unexamined` bounds the mass that was left
    out, relative to all of it.
    """

    best: Reading
    posterior: float
    second: float
    log_mass: float
    marginals: tuple[Mapping[int | None, float], ...]
    breaking: float
    unexamined: float


def sums_of(rules: Sequence[Rule], fields: Sequence[FieldId], cells: Sequence[int], eps: float) -> tuple[Sum, ...]:
    """The rules as factors. `cells` is the number of cells of every field; rules that speak of no field are left out.

    Raises:
        BadUsage: a rule speaks of a field that is not among them, or eps is not between 0 and 1.
    """
    if not 0 < eps < 1:
        raise BadUsage(f"eps: expected between 0 and 1, came {eps}")
    places = {field: place for place, field in enumerate(fields)}
    found = []
    for rule in rules:
        missing = sorted(rule.fields - set(places))
        if missing:
            raise BadUsage(f"rule {rule.code}: expected fields that were read, came {', '.join(missing)}")
        factors: dict[int, int] = {}
        beside = 0
        for side, terms in ((1, rule.left), (-1, rule.right)):
            for term in terms:
                if term.field is None:
                    beside += side * term.factor
                else:
                    place = places[term.field]
                    factors[place] = factors.get(place, 0) + side * term.factor
        if not factors:
            continue
        low = None if rule.relation == "<=" else -rule.tolerance - beside
        high = None if rule.relation == ">=" else rule.tolerance - beside
        span = 10 ** max(cells[place] for place in factors) if rule.relation == "=" else 1
        found.append(Sum(tuple(sorted(factors.items())), low, high, 1 - eps, eps / span, 1 / span))
    return tuple(found)


def without_breaking(sums: Sequence[Sum]) -> tuple[Sum, ...]:
    """The same sums when readings that break one weigh nothing: their share of the mass tells how much is broken."""
    return tuple(Sum(s.terms, s.low, s.high, s.gain + s.breaks, 0.0, s.unknown) for s in sums)


def log_weight(fields: Sequence[FieldValues], sums: Sequence[Sum], reading: Reading) -> float:
    """The logarithm of a reading's unnormalised probability; -inf where a field cannot say it."""
    masses = [values.of(value) for values, value in zip(fields, reading, strict=True)]
    masses += [one.weight(reading) for one in sums]
    return -math.inf if min(masses) <= 0 else sum(map(math.log, masses))


def unexamined_mass(fields: Sequence[FieldValues], lost: float, log_mass: float) -> float:
    """A bound on the share of readings that were not looked at.

    No factor of a rule exceeds 1, so readings that use a dropped value of field f weigh at most its tail, and readings
    that a pruned partial sum would have made weigh at most that sum's share `lost`.
    """
    out = lost + sum(values.tail for values in fields)
    return 0.0 if out <= 0 else out / (out + math.exp(max(log_mass, -700.0)))


def is_forest(sums: Sequence[Sum], fields: int) -> bool:
    """Whether fields and sums, each sum tied to its fields, form a graph without cycles."""
    return len(tree_part(sums, fields)) == len(sums)


def tree_part(sums: Sequence[Sum], fields: int, first: int | None = None) -> tuple[int, ...]:
    """Positions of sums that form a forest, taken greedily: equations before inequalities, in the order given.

    `first` is the position of a sum that must be among them; None where none must.
    """
    group = np.arange(fields)
    chosen = []
    order = sorted(range(len(sums)), key=lambda n: (n != first, sums[n].low is None or sums[n].high is None))
    for position in order:
        groups = [int(group[place]) for place, _ in sums[position].terms]
        if len(set(groups)) == len(groups):
            group[np.isin(group, groups)] = groups[0]
            chosen.append(position)
    return tuple(sorted(chosen))
