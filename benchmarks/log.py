"""What the log costs beside bare hashing, which no log of this kind can do without.

    python benchmarks/log.py [--short]

Bare hashing is the least that RFC 6962 asks for: SHA-256 of every leaf and every node, in the shortest Python loop.
Appending makes leaf hashes, entry bundles, tiles and the root; verifying decodes the bundles, works out all tiles anew,
compares them byte for byte and finds the root; proving makes the inclusion proof of every leaf of a tree that is there.
All in memory, on one core, the best of several rounds that take turns.
"""

import argparse
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from random import Random
from time import perf_counter

from testigo.tlog.merkle import leaf_hash, levels_of
from testigo.tlog.tiles import TILE_WIDTH, decode_entries, entries_path, entry_tiles, tiles_in

ENTRY_BYTES = 205
SIZES = {30_000: 5, 1_000_000: 2}
SHORT = {5_000: 3}


def bare(entries: Sequence[bytes]) -> bytes:
    nodes = [sha256(b"\x00" + entry).digest() for entry in entries]
    while len(nodes) > 1:
        above = [sha256(b"\x01" + left + right).digest() for left, right in zip(nodes[::2], nodes[1::2], strict=False)]
        nodes = above + nodes[len(nodes) - len(nodes) % 2 :]
    return nodes[0]


def append(entries: Sequence[bytes]) -> tuple[bytes, dict[str, bytes]]:
    levels = levels_of(list(map(leaf_hash, entries)))
    files = dict(entry_tiles(lambda start, stop: entries[start:stop], len(entries)))
    files |= tiles_in(levels)
    return levels.root(), files


def verify(files: Mapping[str, bytes], size: int) -> bytes:
    hashes: list[bytes] = []
    for first in range(0, size, TILE_WIDTH):
        count = min(TILE_WIDTH, size - first)
        path = entries_path(first // TILE_WIDTH, count)
        hashes += map(leaf_hash, decode_entries(files[path], count, where=path))
    levels = levels_of(hashes)
    for path, tile in tiles_in(levels):
        if files[path] != tile:
            raise SystemExit(f"{path}: the tile is not that of the entries")
    return levels.root()


def timed(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def compare(size: int, rounds: int) -> list[str]:
    """One line for each case: leaves, seconds, leaves a second, and the time as a multiple of bare hashing."""
    random = Random(size)
    entries = [random.randbytes(ENTRY_BYTES) for _ in range(size)]
    root, files = append(entries)
    if not root == bare(entries) == verify(files, size):
        raise SystemExit("the log has another root than bare hashing finds")
    levels = levels_of([leaf_hash(entry) for entry in entries])
    cases: dict[str, Callable[[], object]] = {
        "bare hashing": lambda: bare(entries),
        "appending": lambda: append(entries),
        "verifying": lambda: verify(files, size),
        "proving": lambda: deque(map(levels.path, range(size)), maxlen=0),
    }
    best = dict.fromkeys(cases, sys.float_info.max)
    for _ in range(rounds):
        for name, work in cases.items():
            best[name] = min(best[name], timed(work))
    least = best["bare hashing"]
    return [
        f"{name:<14} {size:>9,} {seconds:>9.3f} {size / seconds:>12,.0f} {seconds / least:>12.2f}"
        for name, seconds in best.items()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help=f"only {next(iter(SHORT)):,} leaves")
    asked = parser.parse_args()
    print(f"{'case':<14} {'leaves':>9} {'seconds':>9} {'leaves/s':>12} {'time / bare':>12}")
    for size, rounds in (SHORT if asked.short else SIZES).items():
        for line in compare(size, rounds):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
