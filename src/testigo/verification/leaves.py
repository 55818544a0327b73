"""The leaves of the log: every entry read, every tile of every level worked out anew and compared byte for byte."""

from base64 import b64encode
from collections.abc import Mapping, Sequence

from testigo.errors import TestigoError
from testigo.tlog.merkle import HASH_BYTES, Levels, leaf_hash, root_of
from testigo.tlog.note import Checkpoint
from testigo.tlog.tiles import (
    TILE_WIDTH,
    decode_entries,
    entries_path,
    split_hashes,
    tile_path,
    tiles_in,
    tiles_of,
)
from testigo.verification.files import BundleFiles
from testigo.verification.places import CHECKPOINT, ENTRY_TILES, LOG, TILES
from testigo.verification.report import Step, graded


def read_entries(files: BundleFiles, size: int) -> tuple[Step, Sequence[bytes]]:
    """The step `entries` and the entries of the first `size` leaves; fewer where a bundle is missing or wrong."""
    entries: list[bytes] = []
    for first in range(0, size, TILE_WIDTH):
        count = min(TILE_WIDTH, size - first)
        name = LOG + entries_path(first // TILE_WIDTH, count)
        try:
            entries += decode_entries(files.read(name), count, where=name)
        except KeyError:
            return graded("entries", "", wrong=[f"{name}: expected this entry bundle, it is missing"]), entries
        except TestigoError as error:
            return graded("entries", "", wrong=[str(error)]), entries
    return graded("entries", f"{size} entries in {(size + TILE_WIDTH - 1) // TILE_WIDTH} bundles"), entries


def check_tiles(files: BundleFiles, entries: Sequence[bytes], levels: Levels) -> Step:
    """Whether the stored tiles are exactly those of these leaves; what else lies beside them is named.

    A narrower tile that an earlier size left behind must be the beginning of the present one.
    """
    expected = {LOG + path: tile for path, tile in tiles_in(levels)}
    stored = [name for name in files.names() if name.startswith(TILES)]
    wrong = [f"{name}: expected this tile, it is missing" for name in sorted(expected.keys() - set(stored))]
    bundles = {
        LOG + entries_path(first // TILE_WIDTH, min(TILE_WIDTH, len(entries) - first)): first
        for first in range(0, len(entries), TILE_WIDTH)
    }
    for name in stored:
        if name in bundles:
            continue
        if name.startswith(ENTRY_TILES):
            problem = _older_bundle(files, name, bundles, entries)
        elif name in expected:
            problem = _difference(name, files.read(name), expected[name])
        else:
            problem = _older_tile(files, name, expected)
        if problem:
            wrong.append(problem)
    return graded("tiles", f"{len(expected)} tiles of all levels equal those of the entries", wrong=sorted(wrong))


def _difference(name: str, stored: bytes, expected: bytes) -> str:
    if stored == expected:
        return ""
    if len(stored) != len(expected):
        return f"{name}: expected {len(expected)} bytes, came {len(stored)}"
    pairs = zip(split_hashes(stored), split_hashes(expected), strict=True)
    place = next(n for n, (ours, theirs) in enumerate(pairs) if ours != theirs)
    return f"{name}: hash {place} is not that of the entries"


def _older_tile(files: BundleFiles, name: str, expected: Mapping[str, bytes]) -> str:
    present, width = _present_of(name, expected)
    if present and len(expected[present]) > HASH_BYTES * width:
        return _difference(name, files.read(name), expected[present][: HASH_BYTES * width])
    return f"{name}: no tile of this log has this name"


def _older_bundle(files: BundleFiles, name: str, bundles: Mapping[str, int], entries: Sequence[bytes]) -> str:
    present, width = _present_of(name, bundles)
    if not present or bundles[present] + width > len(entries):
        return f"{name}: no entry bundle of this log has this name"
    first = bundles[present]
    try:
        older = decode_entries(files.read(name), width, where=name)
    except TestigoError as error:
        return str(error)
    return "" if list(older) == list(entries[first : first + width]) else f"{name}: other entries than {present}"


def _present_of(name: str, names: Mapping[str, object]) -> tuple[str, int]:
    """The full or wider tile that a partial tile grew into, and its own width; empty where there is none."""
    base, _, width = name.rpartition(".p/")
    if not base or not width.isascii() or not width.isdigit() or str(int(width)) != width:
        return "", 0
    if not 0 < int(width) < TILE_WIDTH:
        return "", 0
    present = next((n for n in (base, *(f"{base}.p/{w}" for w in range(1, TILE_WIDTH))) if n in names), "")
    return present, int(width)


def hashes_of(entries: Sequence[bytes]) -> list[bytes]:
    """The leaf hashes of these entries."""
    return [leaf_hash(entry) for entry in entries]


def current_names(size: int) -> frozenset[str]:
    """The names of the tiles and entry bundles of a log of this size, without what earlier sizes left behind."""
    tiles = (tile_path(level, index, width) for level, index, width in tiles_of(size))
    bundles = (entries_path(first // TILE_WIDTH, min(TILE_WIDTH, size - first)) for first in range(0, size, TILE_WIDTH))
    return frozenset(LOG + path for path in (*tiles, *bundles))


def check_root(files: BundleFiles, hashes: Sequence[bytes], levels: Levels, checkpoint: Checkpoint) -> Step:
    """Whether the entries have the root that was signed; names those that have not, where the stored tiles tell."""
    found = levels.root()
    if found == checkpoint.root:
        return graded("root", f"the root of {len(hashes)} entries is the one that was signed")
    stored = _stored_hashes(files, checkpoint.size)
    if len(stored) == len(hashes) and root_of(stored) == checkpoint.root:
        wrong = [
            f"{LOG}{_bundle_of(n, checkpoint.size)}: entry {n % TILE_WIDTH} (leaf {n}) is not the one that was signed"
            for n, (ours, theirs) in enumerate(zip(hashes, stored, strict=True))
            if ours != theirs
        ]
        return graded("root", "", wrong=wrong)
    signed, came = b64encode(checkpoint.root).decode(), b64encode(found).decode()
    return graded("root", "", wrong=[f"{CHECKPOINT}: the root {signed} was signed, the entries have the root {came}"])


def _bundle_of(number: int, size: int) -> str:
    first = number - number % TILE_WIDTH
    return entries_path(first // TILE_WIDTH, min(TILE_WIDTH, size - first))


def _stored_hashes(files: BundleFiles, size: int) -> list[bytes]:
    """The leaf hashes as the stored tiles of the lowest level have them; none where one is missing or misshapen."""
    hashes: list[bytes] = []
    names = set(files.names())
    for level, index, width in tiles_of(size):
        name = LOG + tile_path(level, index, width)
        if level == 0 and (name not in names or files.size(name) != width * HASH_BYTES):
            return []
        if level == 0:
            hashes += split_hashes(files.read(name))
    return hashes
