"""Claims about transcriptions of the same sheets: how often two sources say exactly the same."""

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from testigo.assessment.case import ACCEPTED, Case
from testigo.assessment.claims import Claim, Value, rounded
from testigo.assessment.columns import Figures
from testigo.core.election import Contest
from testigo.stats.agreement import clopper_pearson, sample_for
from testigo.stats.keyers import consensus

FEWEST_SOURCES = 3
"""With two sources nobody can say which of them errs."""
REMAINING = (0.01, 0.001)
"""Rates of remaining errors for which the size of a third reading is told."""
MOST_LISTED = 200
"""Stations that differ are listed one by one up to here; all of them stand in the tables of the bundle."""


def agreement_claims(case: Case, contest: Contest, collections: Mapping[str, Figures]) -> Iterator[Claim]:
    """Every pair of sources at the stations that both have."""
    sources = [collections[name] for name in case.sources if name in collections and name != ACCEPTED]
    for here, there in combinations(sources, 2):
        claim = _pair(case, contest, here, there)
        if claim is not None:
            yield claim


def _pair(case: Case, contest: Contest, here: Figures, there: Figures) -> Claim | None:
    common, left, right = np.intersect1d(here.rows, there.rows, assume_unique=True, return_indices=True)
    if not len(common):
        return None
    a, b = here.votes[left], there.votes[right]
    differs = a != b
    sheets = differs.any(axis=1)
    low, high = clopper_pearson(int(sheets.sum()), len(common))
    ordered = np.argsort(-here.totals, kind="stable")
    first, second = int(ordered[0]), int(ordered[1]) if len(ordered) > 1 else int(ordered[0])
    margin = (b[:, first] - b[:, second]) - (a[:, first] - a[:, second])
    fields: list[Value] = []
    for number, choice in enumerate(contest.choices):
        wrong = int(differs[:, number].sum())
        rate = clopper_pearson(wrong, len(common))
        fields.append({"choice": choice.id, "differ": wrong, "low": rounded(rate[0]), "high": rounded(rate[1])})
    cells: list[Value] = [
        {
            "station": case.stations.codes[common[row]],
            "choice": contest.choices[number].id,
            "here": int(a[row, number]),
            "there": int(b[row, number]),
        }
        for row, number in zip(*np.nonzero(differs), strict=True)
    ]
    values: Mapping[str, Value] = {
        "here": here.id,
        "there": there.id,
        "common": len(common),
        "differ": int(sheets.sum()),
        "cells": int(differs.size),
        "cells_differ": int(differs.sum()),
        "rate": rounded(int(sheets.sum()) / len(common)),
        "low": rounded(low),
        "high": rounded(high),
        "margin_net": int(margin.sum()),
        "margin_abs": int(np.abs(margin).sum()),
        "fields": fields,
        "listed": cells[:MOST_LISTED],
        "third_reading": [{"at_most": rate, "sample": sample_for(rate)} for rate in REMAINING],
    }
    return Claim("agreement", contest.id, here.id, len(common), values, part=there.id)


def reliability_claims(case: Case, contest: Contest, collections: Mapping[str, Figures]) -> Iterator[Claim]:
    """How often each of three or more sources states what all of them together make likeliest, cell by cell."""
    sources = [collections[name] for name in case.sources if name in collections]
    if len(sources) < FEWEST_SOURCES:
        return
    choices = len(contest.choices)
    item = np.concatenate([(one.rows[:, None] * choices + np.arange(choices)).ravel() for one in sources])
    stated = np.concatenate([one.votes.ravel() for one in sources])
    keyer = np.repeat(np.arange(len(sources)), [one.votes.size for one in sources])
    several = np.bincount(item)[item] > 1
    if not several.any():
        return
    numbers = np.unique(item[several], return_inverse=True)[1].astype(np.int64)
    found = consensus(numbers, keyer[several].astype(np.int64), stated[several], int(stated.max()) + 2)
    rows: list[Value] = [
        {
            "source": one.id,
            "cells": skill.keyed,
            "right": rounded(skill.share),
            "low": rounded(skill.low),
            "high": rounded(skill.high),
        }
        for one, skill in zip(sources, found.skills, strict=False)
    ]
    n = len(np.unique(item[several] // choices))
    yield Claim("reliability", contest.id, "", n, {"sources": rows, "cells": len(found.values)})
