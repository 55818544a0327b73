"""What one more record costs a steward's board that is kept up to date, beside a board made from the whole log again.

    python benchmarks/board.py [--short]

The night of `benchmarks/desk.py`: 25,000 photos whose readings are doubtful, half of them keyed by two people, and then
records that come one by one. The limit is the fold of the whole log. Medians; the cases take turns, and say the same.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from desk import PHOTOS, ROOT, ROUNDS, SHORT_PHOTOS, name, night

from testigo.core.records import Entry
from testigo.flows.board import board
from testigo.flows.board_kept import KeptBoard
from testigo.wiring import make_home


def main() -> int:
    """Prints both times and their ratio."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--short", action="store_true")
    photos = SHORT_PHOTOS if arguments.parse_args().short else PHOTOS
    with tempfile.TemporaryDirectory() as folder:
        world = make_home(ROOT / "elections" / "demo", Path(folder) / "home", None)[0]
        night(world, photos)
        kept, times = KeptBoard(world), {"kept": [], "anew": []}  # type: dict[str, list[float]]
        kept.present()
        form = next(iter(world.forms.values()))
        station = sorted(world.register.stations)[0]
        for number in range(0, 2 * ROUNDS, 2):
            world.journal.append([Entry(name(number), "c-99", form.id, station, dict.fromkeys(form.fields, 7))])
            begun = perf_counter()
            here = kept.present()
            between = perf_counter()
            there = board(world)
            times["kept"].append(between - begun)
            times["anew"].append(perf_counter() - between)
            if here != there:
                print("the two differ", file=sys.stderr)
                return 1
    of_kept, of_anew = median(times["kept"]), median(times["anew"])
    print(f"{'photos':>9}  {'kept, ms':>9}  {'anew, ms':>9}  anew / kept")
    print(f"{photos:>9,}  {1000 * of_kept:>9.2f}  {1000 * of_anew:>9.1f}  {of_anew / of_kept:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
