"""C2SP tlog-tiles: where the hashes and entries of a log stand, and their bytes."""

from collections.abc import Callable, Iterator, Sequence

from testigo.errors import BadRecord
from testigo.tlog.merkle import HASH_BYTES, Levels, levels_of

TILE_WIDTH = 256
TILE_HEIGHT = 8
MAX_LEVEL = 63
MAX_ENTRY = 65_535


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """The path of a hash tile, such as `tile/0/x001/x234/067`; partial tiles end in `.p/<width>`.

    Raises:
        BadRecord: no tile has this level, index or width.
    """
    if not 0 <= level <= MAX_LEVEL:
        raise BadRecord(f"tile: expected a level from 0 to {MAX_LEVEL}, came {level}")
    return f"tile/{level}/{_place(index)}{_partial(width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """The path of an entry bundle.

    Raises:
        BadRecord: no bundle has this index or width.
    """
    return f"tile/entries/{_place(index)}{_partial(width)}"


def _place(index: int) -> str:
    if index < 0:
        raise BadRecord(f"tile: expected an index from 0, came {index}")
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups))


def _partial(width: int) -> str:
    if not 1 <= width <= TILE_WIDTH:
        raise BadRecord(f"tile: expected a width from 1 to {TILE_WIDTH}, came {width}")
    return "" if width == TILE_WIDTH else f".p/{width}"


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Every hash tile of a tree of this size, as level, index and width; no empty ones."""
    level, nodes = 0, size
    while nodes:
        for index in range((nodes + TILE_WIDTH - 1) // TILE_WIDTH):
            yield level, index, min(TILE_WIDTH, nodes - index * TILE_WIDTH)
        level, nodes = level + 1, nodes // TILE_WIDTH


def hash_tiles(leaf_hashes: Sequence[bytes], *, from_size: int = 0) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every tile that a tree of these leaves has and the tree of `from_size` leaves had not."""
    return tiles_in(levels_of(leaf_hashes), from_size=from_size)


def tiles_in(levels: Levels, *, from_size: int = 0) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every tile of a tree; of those that are new or wider since it had `from_size` leaves."""
    for level, index, width in tiles_of(levels.size):
        start = index * TILE_WIDTH
        if start + width > from_size >> (TILE_HEIGHT * level):
            tile = levels.nodes[TILE_HEIGHT * level][HASH_BYTES * start : HASH_BYTES * (start + width)]
            yield tile_path(level, index, width), tile


def entry_tiles(
    read: Callable[[int, int], Sequence[bytes]], size: int, *, from_size: int = 0
) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every entry bundle that a log of `size` entries has and one of `from_size` had not.

    `read(start, stop)` gives entries by number.
    """
    for index in range(from_size // TILE_WIDTH, (size + TILE_WIDTH - 1) // TILE_WIDTH):
        start = index * TILE_WIDTH
        width = min(TILE_WIDTH, size - start)
        if start + width > from_size:
            yield entries_path(index, width), encode_entries(read(start, start + width))


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """The bytes of an entry bundle: each entry after its length as 16 bits, big endian.

    Raises:
        BadRecord: an entry is longer than the format can say.
    """
    longest = max(map(len, entries), default=0)
    if longest > MAX_ENTRY:
        raise BadRecord(f"entry bundle: expected entries of at most {MAX_ENTRY} bytes, came one of {longest}")
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def decode_entries(data: bytes, count: int, *, where: str) -> tuple[bytes, ...]:
    """The `count` entries of a bundle, with nothing left over.

    Raises:
        BadRecord: names the bundle and the entry.
    """
    entries = []
    position, length = 0, len(data)
    for number in range(count):
        start = position + 2
        stop = start + (data[position] << 8 | data[position + 1]) if start <= length else start
        if stop > length:
            raise BadRecord(f"{where}: expected {count} entries, the bytes end within entry {number}")
        entries.append(data[start:stop])
        position = stop
    if position != length:
        raise BadRecord(f"{where}: expected nothing after {count} entries, came {length - position} bytes more")
    return tuple(entries)


def split_hashes(tile: bytes) -> tuple[bytes, ...]:
    """The hashes of a tile, 32 bytes each."""
    return tuple(tile[start : start + HASH_BYTES] for start in range(0, len(tile), HASH_BYTES))
