"""Exact inference where fields and sums form a tree: sum-product and max-product by sparse convolution, no FFT.

Method: belief propagation on a factor graph without cycles (F. R. Kschischang, B. J. Frey, H.-A. Loeliger, "Factor
graphs and the sum-product algorithm", IEEE Trans. Inf. Theory 47 (2001) 498, sections II and IV). The second best
reading follows from the max-marginals: it differs from the best in some field f, so its weight is the largest of the
max-marginals at values of f that the best reading does not have (D. Nilsson, Statistics and Computing 8 (1998) 159).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from testigo.stats.fields import FieldValues
from testigo.stats.partial_sums import ZERO, Partial, Weighted, added, bounds_of, joined, reach_of, window
from testigo.stats.sums import Inference, Reading, Sum, log_weight, unexamined_mass, without_breaking

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

TIE = 1e-12


@dataclass(frozen=True, eq=False, slots=True)
class Message:
    """What a sum tells a field: one weight for each of its numbers, and one for no number."""

    weights: Floats
    absent: float


@dataclass(frozen=True, eq=False, slots=True)
class Upward:
    """The way from the leaves to the roots: what the way down, or a sampler, goes on from.

    `above[s]` is the term of sum s towards the root and `below[s]` its other terms, as (field, factor); sums stand in
    `order` from the roots outwards. `heard[f]` is what field f says times all that comes from below, `said[s]` what sum
    s tells the field above, and `prefixes[s][i]` the distribution of the first i terms below it. `log_mass` is the
    logarithm of the whole mass (or of the largest weight), -inf where no reading is possible.
    """

    roots: tuple[int, ...]
    order: tuple[int, ...]
    above: Mapping[int, tuple[int, int]]
    below: Mapping[int, tuple[tuple[int, int], ...]]
    heard: tuple[Weighted, ...]
    said: Mapping[int, Message]
    prefixes: Mapping[int, tuple[Partial, ...]]
    log_mass: float
    lost: float


def infer_tree(fields: Sequence[FieldValues], sums: Sequence[Sum]) -> Inference:
    """The exact inference for sums that form a forest; exact over the listed values, `unexamined` bounds the rest."""
    said = tuple(Weighted(one.values, one.weights, one.absent) for one in fields)
    up = upward(said, sums, np.add)
    best, second = _best_two(said, sums)
    kept = upward(said, without_breaking(sums), np.add, up)
    log_best = log_weight(fields, sums, best)
    marginals = tuple(_distribution(belief) for belief in downward(said, sums, up, np.add))
    return Inference(
        best,
        math.exp(log_best - up.log_mass),
        math.exp(log_best - up.log_mass) * second,
        up.log_mass,
        marginals,
        max(0.0, -math.expm1(kept.log_mass - up.log_mass)),
        unexamined_mass(fields, up.lost, up.log_mass),
    )


def upward(fields: Sequence[Weighted], sums: Sequence[Sum], plus: np.ufunc, like: Upward | None = None) -> Upward:
    """Messages from the leaves to the roots; `plus` is np.add for masses and np.maximum for the best reading.

    `like` is what came of the same fields and sums with other weights of the sums: sums over leaves add up alike.
    """
    roots, order, above, below = _rooted(len(fields), sums)
    heard = list(fields)
    said: dict[int, Message] = {}
    prefixes: dict[int, tuple[Partial, ...]] = {}
    log_mass, lost = 0.0, 0.0
    parents = {field for field, _ in above.values()}
    for number in reversed(order):
        one, (parent, factor) = sums[number], above[number]
        children = [heard[child] for child, _ in below[number]]
        chain = [ZERO]
        reach = [*(reach_of(fields[field], times) for field, times in below[number]), reach_of(fields[parent], factor)]
        leaves = all(child not in parents for child, _ in below[number])
        for child, (_, times) in zip(children, below[number], strict=True):
            if like is not None and leaves:
                chain.append(like.prefixes[number][len(chain)])
                continue
            within = bounds_of(one.low, one.high, reach[len(chain) :])
            chain.append(added(chain[-1], child, times, plus, within))
        present, missing = _with_and_without(children, plus)
        points = -factor * heard[parent].values
        message, scale = _message(one, window(chain[-1], points, one.low, one.high, plus), present, missing, plus)
        heard[parent] = _times(heard[parent], message)
        said[number], prefixes[number] = message, tuple(chain)
        log_mass += scale
        lost += sum(part.lost for part in chain)
    for root in roots:
        whole = float(plus(heard[root].total(plus), heard[root].absent))
        log_mass += math.log(whole) if whole > 0 else -math.inf
    return Upward(roots, order, above, below, tuple(heard), said, prefixes, log_mass, lost)


def downward(fields: Sequence[Weighted], sums: Sequence[Sum], up: Upward, plus: np.ufunc) -> tuple[Weighted, ...]:
    """What every field says under all sums: marginals (np.add) or max-marginals (np.maximum), up to a factor each."""
    beliefs = list(up.heard)
    told: dict[int, Message] = {}
    for number in up.order:
        one, (parent, factor) = sums[number], up.above[number]
        # What the field above says but for this sum: itself, the sum above it, and the other sums below it.
        speaks = _times(fields[parent], told[parent]) if parent in told else fields[parent]
        for other in up.order:
            if other != number and up.above[other][0] == parent:
                speaks = _times(speaks, up.said[other])
        terms, chain = up.below[number], up.prefixes[number]
        reach = [reach_of(fields[field], times) for field, times in terms]
        suffix = added(chain[0], speaks, factor, plus, bounds_of(one.low, one.high, reach))
        for place in range(len(terms) - 1, -1, -1):
            child, times = terms[place]
            others = [up.heard[field] for at, (field, _) in enumerate(terms) if at != place]
            present, missing = _with_and_without([*others, speaks], plus)
            points = -times * up.heard[child].values
            held = joined(chain[place], suffix, points, one.low, one.high, plus)
            told[child], _ = _message(one, held, present, missing, plus)
            beliefs[child] = _times(up.heard[child], told[child])
            if place:
                within = bounds_of(one.low, one.high, reach[:place])
                suffix = added(suffix, up.heard[child], times, plus, within)
    return tuple(beliefs)


def _best_two(fields: Sequence[Weighted], sums: Sequence[Sum]) -> tuple[Reading, float]:
    """The most probable reading, and the weight of the most probable other one relative to it."""
    narrowed = list(fields)
    second = -1.0
    while True:
        beliefs = downward(narrowed, sums, upward(narrowed, sums, np.maximum), np.maximum)
        found: list[int | None] = []
        tied: tuple[int, int] | None = None
        rest = 0.0
        for place, belief in enumerate(beliefs):
            all_weights = np.append(belief.weights, belief.absent)
            top = int(np.argmax(all_weights))
            others = float(np.delete(all_weights, top).max(initial=0.0)) / float(all_weights[top])
            rest = max(rest, others)
            if others >= 1 - TIE and tied is None:
                tied = (place, top)
            found.append(None if top == len(belief.values) else int(belief.values[top]))
        second = rest if second < 0 else second
        if tied is None:
            return tuple(found), min(second, 1.0)
        # Several best readings: the tops of two fields may belong to different ones, so one field is fixed, then again.
        place, top = tied
        narrowed[place] = _only(narrowed[place], top)


def _only(said: Weighted, top: int) -> Weighted:
    if top == len(said.values):
        return Weighted(said.values[:0], said.weights[:0], said.absent)
    return Weighted(said.values[top : top + 1], said.weights[top : top + 1], 0.0)


def _distribution(belief: Weighted) -> Mapping[int | None, float]:
    total = float(belief.weights.sum()) + belief.absent
    found: dict[int | None, float] = dict(zip(belief.values.tolist(), (belief.weights / total).tolist(), strict=True))
    found[None] = belief.absent / total
    return found


def _rooted(
    fields: int, sums: Sequence[Sum]
) -> tuple[tuple[int, ...], tuple[int, ...], dict[int, tuple[int, int]], dict[int, tuple[tuple[int, int], ...]]]:
    touching: list[list[int]] = [[] for _ in range(fields)]
    for number, one in enumerate(sums):
        for place, _ in one.terms:
            touching[place].append(number)
    roots: list[int] = []
    order: list[int] = []
    above: dict[int, tuple[int, int]] = {}
    below: dict[int, tuple[tuple[int, int], ...]] = {}
    seen: set[int] = set()
    for start in range(fields):
        if start in seen:
            continue
        roots.append(start)
        seen.add(start)
        waiting = [start]
        for place in waiting:
            for number in touching[place]:
                if number in above:
                    continue
                terms = sums[number].terms
                above[number] = next(term for term in terms if term[0] == place)
                below[number] = tuple(term for term in terms if term[0] != place)
                order.append(number)
                seen |= {child for child, _ in below[number]}
                waiting += [child for child, _ in below[number]]
    return tuple(roots), tuple(order), above, below


def _times(said: Weighted, message: Message) -> Weighted:
    return Weighted(said.values, said.weights * message.weights, said.absent * message.absent)


def _with_and_without(others: Sequence[Weighted], plus: np.ufunc) -> tuple[float, float]:
    """The weight of readings in which all of these say a number, and of those in which one of them says none."""
    present, missing = 1.0, 0.0
    for said in others:
        total = said.total(plus)
        missing = float(plus(missing * float(plus(total, said.absent)), present * said.absent))
        present *= total
    return present, missing


def _message(one: Sum, held: Floats, present: float, missing: float, plus: np.ufunc) -> tuple[Message, float]:
    """A sum's message from the weight `held` of what fulfils it, and the logarithm of what it was divided by."""
    gain = one.gain if plus is np.add else one.gain + one.breaks
    weights = plus(plus(gain * held, one.breaks * present), one.unknown * missing)
    absent = one.unknown * float(plus(present, missing))
    top = max(float(weights.max(initial=0.0)), absent)
    if top <= 0:
        return Message(weights, absent), -math.inf
    return Message(weights / top, absent / top), math.log(top)
