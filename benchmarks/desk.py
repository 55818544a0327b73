"""What one more record costs a desk that is kept up to date, beside a desk that is made from the whole log again.

    python benchmarks/desk.py [--short]

A log of 25,000 photos (a nation of Venezuela's size) whose readings are doubtful, half of them keyed by two people, and
then records that come one by one. The limit is the fold of the whole log, which is what a page would wait for without
what is kept. Medians; the cases take turns.
"""

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Protocol, TypeVar

from testigo.core.ids import Counts, Digest
from testigo.core.records import Entry, Photo, Reading, Record
from testigo.flows.desk_kept import KeptDesk, desk_of
from testigo.ports import World
from testigo.wiring import make_home

ROOT = Path(__file__).resolve().parents[1]
PHOTOS, SHORT_PHOTOS, ROUNDS = 25_000, 300, 7
T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Kept(Protocol[T_co]):
    """What is kept up to date."""

    def present(self) -> T_co:
        """As the newest record leaves it."""


def name(number: int) -> Digest:
    """The hash of a photo that nobody took."""
    return Digest(hashlib.sha256(str(number).encode()).hexdigest())


def night(world: World, photos: int) -> None:
    """Fills the log, and seals it."""
    form = next(iter(world.forms.values()))
    counts: Counts = dict.fromkeys(form.fields, 7)
    stations = sorted(world.register.stations)
    records: list[Record] = []
    for number in range(photos):
        photo, station = name(number), stations[number % len(stations)]
        records.append(Photo(photo, 10, "image/jpeg", 30, 40, 1, "jpeg-strip-1", 1, station))
        records.append(
            Reading(photo, "codes", "1", "doubtful", "0" * 16, form.id, 1, station, verdict="people", proposed=counts)
        )
        if number % 2:
            records += [
                Entry(photo, f"c-{clerk}", form.id, station, counts) for clerk in (number % 40, (number + 1) % 40)
            ]
    world.journal.append(records)
    world.journal.seal([])


def compared(
    keep: Callable[[World], Kept[T]], anew: Callable[[World], T], told: Callable[[T], object] = lambda found: found
) -> int:
    """Prints what a record costs what is kept and what is made anew, and their ratio; 1 where the two differ."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--short", action="store_true")
    photos = SHORT_PHOTOS if arguments.parse_args().short else PHOTOS
    with tempfile.TemporaryDirectory() as folder:
        world = make_home(ROOT / "elections" / "demo", Path(folder) / "home", None)[0]
        night(world, photos)
        kept = keep(world)
        kept.present()
        times: dict[str, list[float]] = {"kept": [], "anew": []}
        form = next(iter(world.forms.values()))
        station = sorted(world.register.stations)[0]
        for number in range(0, 2 * ROUNDS, 2):
            world.journal.append([Entry(name(number), "c-99", form.id, station, dict.fromkeys(form.fields, 7))])
            begun = perf_counter()
            here = kept.present()
            between = perf_counter()
            there = anew(world)
            times["kept"].append(between - begun)
            times["anew"].append(perf_counter() - between)
            if told(here) != told(there):
                print("the two differ", file=sys.stderr)
                return 1
    of_kept, of_anew = median(times["kept"]), median(times["anew"])
    print(f"{'photos':>9}  {'kept, ms':>9}  {'anew, ms':>9}  anew / kept")
    print(f"{photos:>9,}  {1000 * of_kept:>9.2f}  {1000 * of_anew:>9.1f}  {of_anew / of_kept:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(compared(KeptDesk, desk_of, lambda desk: desk.to_key))
