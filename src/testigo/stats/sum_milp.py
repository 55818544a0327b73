"""Inference for sums that form no tree: the best reading by integer programming, the posterior by importance sampling.

Best reading: one binary for every number of every field and one for every state of a sum (holds, breaks, unknown),
maximising the sum of logarithms, solved by HiGHS (scipy.optimize.milp) without a gap; the second best is the best after
the first is cut off. The solver works within tolerances, so every candidate is weighed again exactly.

Posterior: readings are drawn exactly from the posterior under a largest part of the sums that forms a tree, found
greedily (on the way from the roots to the leaves every field is drawn given those above it), and weighed by the factors
of the other sums. That is importance sampling with the mass of the proposal known exactly, so the mean weight estimates
the whole mass (A. B. Owen, "Monte Carlo theory, methods and examples", 2013, section 9.1). The two best readings are
taken out of the sample and added exactly, so no probability exceeds 1 and what matters most has no sampling error.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np
from scipy import optimize, sparse

from testigo.errors import BadUsage
from testigo.stats.fields import FieldValues
from testigo.stats.partial_sums import Weighted
from testigo.stats.sum_samples import draw
from testigo.stats.sum_tree import upward
from testigo.stats.sums import Inference, Reading, Sum, log_weight, tree_part, unexamined_mass

Row = tuple[dict[int, float], float, float]
"""A linear constraint: factors by column, and the bounds below and above."""

LEAST = 1e-300
ERRORS_ALLOWED = 3.0
"""The mass may be wrong by so many standard errors of the sample: they count as mass that was not examined."""


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
    up = upward([Weighted(one.values, one.weights, one.absent) for one in fields], within, np.add)
    drawn = draw(within, up, np.random.default_rng(seed), samples)
    known = _best_of(fields, sums, list(drawn))
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
    tops = [masses[reading] / whole for reading, _ in known]
    return Inference(
        known[0][0],
        tops[0],
        tops[1] if len(tops) > 1 else 0.0,
        math.log(whole),
        tuple(marginals),
        min(breaking / whole, 1.0),
        min(unexamined_mass(fields, up.lost, math.log(whole)) + ERRORS_ALLOWED * tree_mass * deviation / whole, 1.0),
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
        least, most = least + min(0.0, *figures.values()), most + max(0.0, *figures.values())
    if one.high is not None and most > one.high:
        rows.append(({**total, holds: most - one.high}, -math.inf, most))
    if one.low is not None and least < one.low:
        rows.append(({**total, holds: least - one.low}, least, math.inf))
    return rows


def _options(said: FieldValues) -> list[int | None]:
    some: list[int | None] = [int(value) for value, weight in zip(said.values, said.weights, strict=True) if weight > 0]
    return [*some, None] if said.absent > 0 else some


def _best_of(
    fields: Sequence[FieldValues], sums: Sequence[Sum], sampled: Sequence[Reading]
) -> list[tuple[Reading, float]]:
    """The two best readings with the logarithms of their weights, weighed exactly; the sample may know better ones."""
    candidates = dict.fromkeys(sampled)
    first = best_reading(fields, sums)
    if first is not None:
        candidates[first] = None
        second = best_reading(fields, sums, (first,))
        if second is not None:
            candidates[second] = None
    weighed = sorted(((reading, log_weight(fields, sums, reading)) for reading in candidates), key=lambda one: -one[1])
    return [one for one in weighed[:2] if one[1] > -math.inf]


def _weight(sums: Sequence[Sum], reading: Reading) -> float:
    return math.prod(one.weight(reading) for one in sums)
