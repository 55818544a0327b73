"""Inference for sums that form no tree: the best reading by integer programming, the posterior by importance sampling.

Best reading: one binary for every number of every field and one for every state of a sum (holds, breaks, unknown),
maximising the sum of logarithms, solved by HiGHS (scipy.optimize.milp) without a gap; the second best is the best after
the first is cut off. The solver works within tolerances, so every candidate is weighed again exactly. Two readings are
known beforehand, from the sample; numbers with which no reading can weigh as much as the lesser of them are left out.
What a reading with a number can weigh at most is its max-marginal under a tree of sums times the greatest factors of
the other ones; of several trees, such that each sum is in one, the least counts.

Posterior: readings are drawn exactly from the posterior under a largest part of the sums that forms a tree, found
greedily (on the way from the roots to the leaves every field is drawn given those above it), and weighed by the factors
of the other sums. That is importance sampling with the mass of the proposal known exactly, so the mean weight estimates
the whole mass (A. B. Owen, "Monte Carlo theory, methods and examples", 2013, section 9.1). The two best readings are
taken out of the sample and added exactly, so no probability exceeds 1 and what matters most has no sampling error.
What n draws never met has, with 95% confidence, at most 3/n of the proposal's mass (the rule of three: J. A. Hanley,
A. Lippman-Hand, JAMA 249 (1983) 1743), and weighs no more than the greatest factors of the other sums make of that.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np
from scipy import optimize, sparse

from testigo.errors import BadUsage
from testigo.stats.fields import FieldValues
from testigo.stats.partial_sums import Floats, Weighted
from testigo.stats.sum_samples import draw
from testigo.stats.sum_tree import downward, upward
from testigo.stats.sums import Inference, Reading, Sum, log_weight, tree_part, unexamined_mass

Row = tuple[dict[int, float], float, float]
"""A linear constraint: factors by column, and the bounds below and above."""

LEAST = 1e-300
ERRORS_ALLOWED = 3.0
"""The mass may be wrong by so many standard errors of the sample: they count as mass that was not examined."""
UNMET = 3.0
SLACK = 1e-6


def infer_any(fields: Sequence[FieldValues], sums: Sequence[Sum], *, seed: int, samples: int) -> Inference:
    """The inference for any set of sums; marginals and masses are estimates, the same for the same seed.

    Raises:
        BadUsage: fewer than two samples.
    """
    if samples < 2:
        raise BadUsage(f"samples: expected 2 or more, came {samples}")
    tree = tree_part(sums, len(fields))
    within = [sums[number] for number in tree]
    others = [one for number, one in enumerate(sums) if number not in tree]
    said = [Weighted(one.values, one.weights, one.absent) for one in fields]
    up = upward(said, within, np.add)
    drawn = draw(within, up, np.random.default_rng(seed), samples)
    greatest = _greatest(others)
    most = _most(said, sums, tree)
    for number in range(len(sums)):
        if number not in tree:
            other = _most(said, sums, tree_part(sums, len(fields), number))
            most = [np.minimum(one, beside) for one, beside in zip(most, other, strict=True)]
    known = _best_two(fields, sums, list(drawn), most)
    masses = {reading: math.exp(log) for reading, log in known}
    tree_mass = math.exp(up.log_mass)
    total = squares = 0.0
    for reading, times in drawn.items():
        weight = _weight(others, reading)
        if reading not in masses:
            masses[reading] = tree_mass * weight * times / samples
            total, squares = total + weight * times, squares + weight**2 * times
    whole = sum(masses.values())
    deviation = math.sqrt(max(squares / samples - (total / samples) ** 2, 0.0) / samples)
    marginals: list[dict[int | None, float]] = [{None: 0.0} for _ in fields]
    for reading, mass in masses.items():
        for marginal, value in zip(marginals, reading, strict=True):
            marginal[value] = marginal.get(value, 0.0) + mass / whole
    breaking = sum(mass for reading, mass in masses.items() if any(one.holds(reading) is False for one in sums))
    open_mass = tree_mass * (ERRORS_ALLOWED * deviation + greatest * UNMET / samples)
    tops = [masses[reading] / whole for reading, _ in known]
    return Inference(
        known[0][0],
        tops[0],
        tops[1] if len(tops) > 1 else 0.0,
        math.log(whole),
        tuple(marginals),
        min(breaking / whole, 1.0),
        min(unexamined_mass(fields, up.lost, math.log(whole)) + open_mass / (open_mass + whole), 1.0),
    )


def best_reading(fields: Sequence[FieldValues], sums: Sequence[Sum], without: Sequence[Reading] = ()) -> Reading | None:
    """The most probable reading that is none of `without`, within the solver's tolerances; None where there is none."""
    options = [_options(one) for one in fields]
    starts = [0, *accumulate(len(some) for some in options)]
    columns = [{value: start + n for n, value in enumerate(some)} for start, some in zip(starts, options, strict=False)]
    if any(value not in place for other in without for place, value in zip(columns, other, strict=True)):
        raise BadUsage("milp: expected readings that the fields can say")
    logs = [math.log(said.of(value)) for said, some in zip(fields, options, strict=True) for value in some]
    rows: list[Row] = [(dict.fromkeys(place.values(), 1.0), 1.0, 1.0) for place in columns]
    for number, one in enumerate(sums):
        holds = starts[-1] + 3 * number
        logs += [math.log(max(weight, LEAST)) for weight in (one.gain + one.breaks, one.breaks, one.unknown)]
        rows += _rows_of(one, holds, columns)
    for other in without:
        named = [place[value] for place, value in zip(columns, other, strict=True)]
        rows.append((dict.fromkeys(named, 1.0), -math.inf, len(fields) - 1.0))
    entries = [(line, column, factor) for line, (row, _, _) in enumerate(rows) for column, factor in row.items()]
    lines, places, factors = zip(*entries, strict=True)
    matrix = sparse.csr_array((factors, (lines, places)), shape=(len(rows), len(logs)))
    solved = optimize.milp(
        -np.array(logs),
        integrality=np.ones(len(logs)),
        bounds=optimize.Bounds(0, 1),
        constraints=optimize.LinearConstraint(matrix, [row[1] for row in rows], [row[2] for row in rows]),
        options={"mip_rel_gap": 0.0},
    )
    if solved.x is None:
        return None
    return tuple(
        some[int(np.argmax(solved.x[start : start + len(some)]))] for start, some in zip(starts, options, strict=False)
    )


def _rows_of(one: Sum, holds: int, columns: Sequence[Mapping[int | None, int]]) -> list[Row]:
    """One of holds, breaks and unknown; unknown where a field says no number; within the bounds where it holds."""
    breaks, unknown = holds + 1, holds + 2
    absent = [columns[field][None] for field, _ in one.terms if None in columns[field]]
    rows: list[Row] = [({holds: 1.0, breaks: 1.0, unknown: 1.0}, 1.0, 1.0)]
    rows += [({unknown: 1.0, column: -1.0}, 0.0, math.inf) for column in absent]
    rows.append(({unknown: 1.0, **dict.fromkeys(absent, -1.0)}, -math.inf, 0.0))
    total: dict[int, float] = {}
    least = most = 0.0
    for field, factor in one.terms:
        figures = {column: float(factor * value) for value, column in columns[field].items() if value is not None}
        total |= figures
        # No number adds nothing, hence the 0.
        least, most = least + min([0.0, *figures.values()]), most + max([0.0, *figures.values()])
    if one.high is not None and most > one.high:
        rows.append(({**total, holds: most - one.high}, -math.inf, most))
    if one.low is not None and least < one.low:
        rows.append(({**total, holds: least - one.low}, least, math.inf))
    return rows


def _options(said: FieldValues) -> list[int | None]:
    some: list[int | None] = [int(value) for value, weight in zip(said.values, said.weights, strict=True) if weight > 0]
    return [*some, None] if said.absent > 0 else some


def _greatest(sums: Sequence[Sum]) -> float:
    return math.prod(max(one.gain + one.breaks, one.unknown) for one in sums)


def _most(said: Sequence[Weighted], sums: Sequence[Sum], tree: Sequence[int]) -> list[Floats]:
    """Of every field, logarithms of what a reading with this number, and last with none, can weigh at most."""
    within = [sums[number] for number in tree]
    log_greatest = math.log(_greatest([one for number, one in enumerate(sums) if number not in tree]))
    up = upward(said, within, np.maximum)
    found = []
    for belief in downward(said, within, up, np.maximum):
        weights = np.append(belief.weights, belief.absent)
        with np.errstate(divide="ignore"):
            found.append(np.log(weights / weights.max()) + (up.log_mass + log_greatest))
    return found


def _best_two(
    fields: Sequence[FieldValues], sums: Sequence[Sum], sampled: Sequence[Reading], most: Sequence[Floats]
) -> list[tuple[Reading, float]]:
    """The two best readings with the logarithms of their weights, weighed exactly; one where there is no other."""
    weighed = {reading: log_weight(fields, sums, reading) for reading in sampled}
    first = max(weighed, key=lambda reading: weighed[reading])
    for place, options in enumerate(map(_options, fields)):
        # Readings next to the best one, so that there is a second one even where the sample has only one.
        for value in sorted(options, key=fields[place].of)[-2:]:
            beside = (*first[:place], value, *first[place + 1 :])
            weighed[beside] = log_weight(fields, sums, beside)
    least = min(sorted(weighed.values())[-2:]) - SLACK if len(weighed) > 1 else -math.inf
    narrowed = [_able(one, bound, least) for one, bound in zip(fields, most, strict=True)]
    found: list[Reading] = []
    while len(found) < 2:
        best = best_reading(narrowed, sums, found)
        if best is None:
            break
        found.append(best)
        weighed[best] = log_weight(fields, sums, best)
    return sorted(weighed.items(), key=lambda one: -one[1])[:2]


def _able(said: FieldValues, most: Floats, least: float) -> FieldValues:
    """The field without what no reading that weighs `least` can say; its masses stay as they are."""
    able = most[:-1] >= least
    absent = said.absent if most[-1] >= least else 0.0
    return FieldValues(said.values[able], said.weights[able], absent, 0.0, 0.0)


def _weight(sums: Sequence[Sum], reading: Reading) -> float:
    return math.prod(one.weight(reading) for one in sums)
