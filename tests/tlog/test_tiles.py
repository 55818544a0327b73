from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from testigo.errors import BadRecord
from testigo.tlog.merkle import leaf_hash, levels_of, root_of
from testigo.tlog.tiles import (
    MAX_ENTRY,
    decode_entries,
    encode_entries,
    entries_path,
    entry_tiles,
    hash_tiles,
    split_hashes,
    tile_path,
    tiles_in,
    tiles_of,
)

ENTRIES = [b"leaf %d" % number for number in range(1100)]
HASHES = [leaf_hash(entry) for entry in ENTRIES]


def written(sizes: list[int]) -> dict[str, bytes]:
    """What lies in a log's folder after it grew to each of these sizes in turn."""
    files: dict[str, bytes] = {}
    for before, size in pairwise([0, *sizes]):
        files |= hash_tiles(HASHES[:size], from_size=before)
        files |= bundles_of(size, from_size=before)
    return files


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (tile_path(0, 0), "tile/0/000"),
        (tile_path(0, 999, 5), "tile/0/999.p/5"),
        (tile_path(1, 1000), "tile/1/x001/000"),
        (tile_path(0, 1234067), "tile/0/x001/x234/067"),
        (tile_path(63, 1234067, 255), "tile/63/x001/x234/067.p/255"),
        (entries_path(1234067, 1), "tile/entries/x001/x234/067.p/1"),
    ],
)
def test_paths_are_those_of_the_specification(path: str, expected: str) -> None:
    assert path == expected


@pytest.mark.parametrize(("level", "index", "width"), [(0, -1, 256), (0, 0, 0), (0, 0, 257), (64, 0, 1), (-1, 0, 1)])
def test_a_tile_that_cannot_be_has_no_path(level: int, index: int, width: int) -> None:
    with pytest.raises(BadRecord, match="tile: expected"):
        tile_path(level, index, width)


def test_a_tree_of_70_000_has_the_tiles_that_the_specification_counts() -> None:
    tiles = list(tiles_of(70_000))
    assert [tile for tile in tiles if tile[2] < 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert [tile for tile in tiles if tile[2] == 256] == [*((0, index, 256) for index in range(273)), (1, 0, 256)]


@pytest.mark.parametrize(
    ("size", "tiles"),
    [
        (0, []),
        (1, [(0, 0, 1)]),
        (255, [(0, 0, 255)]),
        (256, [(0, 0, 256), (1, 0, 1)]),
        (257, [(0, 0, 256), (0, 1, 1), (1, 0, 1)]),
        (65_536, [*((0, index, 256) for index in range(256)), (1, 0, 256), (2, 0, 1)]),
    ],
)
def test_empty_tiles_never_exist_and_partial_ones_are_not_hashed_upward(
    size: int, tiles: list[tuple[int, int, int]]
) -> None:
    assert list(tiles_of(size)) == tiles


def test_each_hash_above_is_the_root_of_a_full_tile_below() -> None:
    files = dict(hash_tiles(HASHES))
    full = [split_hashes(files[tile_path(0, index)]) for index in range(4)]
    assert split_hashes(files["tile/1/000.p/4"]) == tuple(root_of(tile) for tile in full)
    assert [hash_ for tile in full for hash_ in tile] + list(split_hashes(files["tile/0/004.p/76"])) == HASHES


def test_entry_bundles_hold_each_entry_after_its_length() -> None:
    files = bundles_of(257)
    assert list(files) == ["tile/entries/000", "tile/entries/001.p/1"]
    assert files["tile/entries/001.p/1"] == b"\x00\x08leaf 256"


@given(st.lists(st.integers(1, len(ENTRIES)), min_size=1, max_size=6, unique=True).map(sorted))
def test_however_a_log_grows_its_last_tiles_are_those_of_one_batch(sizes: list[int]) -> None:
    grown, at_once = written(sizes), written(sizes[-1:])
    assert {path: grown.get(path) for path in at_once} == at_once
    narrower = grown.keys() - at_once.keys()
    assert all(".p/" in path for path in narrower)
    bundles = [files_of(grown, index, sizes[-1]) for index in range((sizes[-1] + 255) // 256)]
    leaves = [leaf_hash(entry) for bundle in bundles for entry in bundle]
    assert root_of(leaves) == levels_of(HASHES).root(sizes[-1])


def files_of(files: dict[str, bytes], index: int, size: int) -> tuple[bytes, ...]:
    count = min(256, size - 256 * index)
    path = entries_path(index, count)
    return decode_entries(files[path], count, where=path)


@given(st.integers(0, len(ENTRIES)), st.integers(0, len(ENTRIES)))
@example(300, 300)
def test_a_batch_writes_nothing_that_was_there_before(one: int, other: int) -> None:
    before, size = sorted((one, other))
    there = dict(hash_tiles(HASHES[:before])) | bundles_of(before)
    new = dict(tiles_in(levels_of(HASHES[:size]), from_size=before)) | bundles_of(size, from_size=before)
    whole = dict(hash_tiles(HASHES[:size])) | bundles_of(size)
    assert new == {path: data for path, data in whole.items() if path not in there}


def bundles_of(size: int, *, from_size: int = 0) -> dict[str, bytes]:
    return dict(entry_tiles(lambda start, stop: ENTRIES[start:stop], size, from_size=from_size))


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_entries_come_back_as_they_were(entries: list[bytes]) -> None:
    assert decode_entries(encode_entries(entries), len(entries), where="bundle") == tuple(entries)


def test_the_longest_entry_of_the_format_fits_and_a_longer_one_does_not() -> None:
    longest = b"x" * MAX_ENTRY
    assert decode_entries(encode_entries([longest]), 1, where="bundle") == (longest,)
    with pytest.raises(BadRecord, match="at most 65535 bytes"):
        encode_entries([longest + b"x"])


@pytest.mark.parametrize(
    ("data", "count", "reason"),
    [
        (b"", 1, "end within entry 0"),
        (b"\x00", 1, "end within entry 0"),
        (b"\x00\x02a", 1, "end within entry 0"),
        (b"\x00\x01a\x00\x01", 2, "end within entry 1"),
        (b"\x00\x01a", 2, "end within entry 1"),
        (b"\x00\x01a\x00\x01b", 1, "came 3 bytes more"),
        (b"\x00", 0, "came 1 bytes more"),
    ],
)
def test_a_bundle_that_is_cut_or_goes_on_is_refused_by_name(data: bytes, count: int, reason: str) -> None:
    with pytest.raises(BadRecord, match=f"tile/entries/000: expected .*{reason}"):
        decode_entries(data, count, where="tile/entries/000")
