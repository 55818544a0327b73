"""What the whole assessment of an election costs beside one scan of its random orders, and where the time goes.

    python benchmarks/assess.py [DATA_FOLDER] [--short]

A home takes in organisers-v2.csv (Venezuela 2024) and seals it. The assessment is everything that `testigo assess`
works out and writes: claims of all layers, sentences, JSON and Markdown in two languages. The limit beside it is the
least that one of its claims cannot do without: 2,000 random orders of the stations drawn, and the votes of two choices
summed along each, with numpy.
"""

import argparse
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import numpy as np
from publish import DATA, prepared

from testigo.core.ids import FieldId
from testigo.flows.assess import assess_now, assessment_files
from testigo.ports import World

ORDERS, SHORT_ORDERS, SHORT_STATIONS = 2_000, 50, 500


def assessed(world: World) -> dict[str, float]:
    """Seconds by part, in the order in which the parts began."""
    began: list[tuple[str, float]] = []
    assessment = assess_now(world, lambda part: began.append((part, perf_counter())))
    began.append(("texts", perf_counter()))
    assessment_files(assessment, world.election)
    began.append(("", perf_counter()))
    spent: dict[str, float] = {}
    for (part, start), (_, end) in pairwise(began):
        spent[part] = spent.get(part, 0.0) + end - start
    return spent


def bare(world: World, orders: int) -> float:
    """Seconds for drawing and summing random orders."""
    choices = [choice.id for choice in world.election.contests[0].choices][:2]
    rows = [result.counts or {} for _, result in world.views.results().values()]
    votes = np.array([[row.get(FieldId(choice), 0) for choice in choices] for row in rows], np.int64)
    rng = np.random.default_rng(1)
    started = perf_counter()
    for _ in range(orders):
        np.cumsum(votes[rng.permutation(len(votes))], axis=0)
    return perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_folder", nargs="?", type=Path, default=DATA, help="where the three tables are")
    parser.add_argument("--short", action="store_true", help=f"only {SHORT_STATIONS} stations of each table")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        world = prepared(Path(name), asked.data_folder, SHORT_STATIONS if asked.short else None)
        spent = assessed(world)
        limit = bare(world, SHORT_ORDERS if asked.short else ORDERS)
        stations = len(world.views.stations_held())
    whole = sum(spent.values())
    print(f"{'part':<16} {'seconds':>9} {'share':>7}")
    for part, seconds in spent.items():
        print(f"{part:<16} {seconds:>9.2f} {seconds / whole:>7.1%}")
    print(f"{stations:,} stations: {whole:.2f} seconds, {whole / limit:.2f} of the bare random orders ({limit:.2f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
