"""Readings drawn exactly from the posterior under sums that form a forest.

The law of a sum's terms given the field above it is a mixture of what its message adds up (see `sum_tree`): the sum is
fulfilled, it is not looked at (`breaks`), or a term says no number (`unknown`). One of the three is drawn, then term by
term, each given the terms before it: ancestral sampling backwards along the messages, so no draw is rejected.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

import numpy as np

from testigo.stats.partial_sums import Floats, Weighted, window
from testigo.stats.sum_tree import Upward
from testigo.stats.sums import Reading, Sum

Generator = np.random.Generator
FULFILLED, NOT_ASKED, MISSING = range(3)
Member = dict[int, int | None]
"""One draw so far: what the fields say that were drawn already."""


def draw(sums: Sequence[Sum], up: Upward, generator: Generator, samples: int) -> Counter[Reading]:
    """How often every reading came up among so many independent draws."""
    members: list[Member] = [{} for _ in range(samples)]
    for root in up.roots:
        weights = np.append(up.heard[root].weights, up.heard[root].absent)
        for member, at in zip(members, _places(weights, generator, samples), strict=True):
            member[root] = _said(up.heard[root], at)
    for number in up.order:
        alike: dict[int | None, list[Member]] = {}
        for member in members:
            alike.setdefault(member[up.above[number][0]], []).append(member)
        for value, group in alike.items():
            _below(sums[number], up, number, value, group, generator)
    return Counter(tuple(member[field] for field in range(len(up.heard))) for member in members)


def _below(one: Sum, up: Upward, number: int, value: int | None, group: Sequence[Member], generator: Generator) -> None:
    """Draws the terms below a sum for all draws in which the field above it says `value`."""
    terms, chain = up.below[number], up.prefixes[number]
    said = [up.heard[field] for field, _ in terms]
    present = math.prod(float(each.weights.sum()) for each in said)
    start = up.above[number][1] * (value or 0)
    if value is None:
        shares = np.array([0.0, present, _missing(said)])
    else:
        held = float(window(chain[-1], np.array([-start]), one.low, one.high, np.add)[0])
        shares = np.array([one.gain * held, one.breaks * present, one.unknown * _missing(said)])
    laws: dict[tuple[int, int, int | None, bool], list[float]] = {}
    for member, kind in zip(group, _places(shares, generator, len(group)), strict=True):
        rest = start if kind == FULFILLED else None
        needs_missing = kind == MISSING
        # Of a sum that is fulfilled the terms are drawn from the last one back, as its partial sums were made.
        for place in range(len(terms) - 1, -1, -1):
            field, factor = terms[place]
            law = (place, kind, rest, needs_missing)
            if law not in laws:
                weights = np.append(said[place].weights, 0.0 if kind != MISSING else said[place].absent)
                if rest is not None:
                    points = -(rest + factor * said[place].values)
                    weights[:-1] *= window(chain[place], points, one.low, one.high, np.add)
                elif needs_missing:
                    weights *= np.append(
                        np.full(len(said[place].weights), _missing(said[:place])), _whole(said[:place])
                    )
                laws[law] = np.cumsum(weights).tolist()
            running = laws[law]
            drawn = _said(said[place], bisect_right(running, generator.random() * running[-1]))
            member[field] = drawn
            needs_missing &= drawn is not None
            if rest is not None:
                rest += factor * (drawn or 0)


def _whole(said: Sequence[Weighted]) -> float:
    return math.prod(float(each.weights.sum()) + each.absent for each in said)


def _missing(said: Sequence[Weighted]) -> float:
    """The weight of what these fields say when at least one of them says no number."""
    present, missing = 1.0, 0.0
    for each in said:
        total = float(each.weights.sum())
        missing = missing * (total + each.absent) + present * each.absent
        present *= total
    return missing


def _said(said: Weighted, at: int) -> int | None:
    return int(said.values[at]) if at < len(said.values) else None


def _places(weights: Floats, generator: Generator, size: int) -> list[int]:
    running = np.cumsum(weights)
    found: list[int] = np.searchsorted(running, generator.random(size) * running[-1], side="right").tolist()
    return found
