from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from testigo.errors import BadNote
from testigo.tlog.merkle import (
    EMPTY_ROOT,
    consistency_path,
    inclusion_path,
    leaf_hash,
    levels_of,
    node_hash,
    prefix_roots,
    root_of,
    verify_consistency,
    verify_inclusion,
)

LIMIT = 200
ENTRIES = [b"leaf %d" % number for number in range(LIMIT)]
HASHES = [leaf_hash(entry) for entry in ENTRIES]

# The eight leaves and roots that Certificate Transparency implementations test each other with.
KNOWN_LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
KNOWN_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def subproof(old: int, hashes: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, section 2.1.2, word for word."""
    if old == len(hashes):
        return [] if whole else [root_of(hashes)]
    k = 1 << ((len(hashes) - 1).bit_length() - 1)
    if old <= k:
        return [*subproof(old, hashes[:k], whole=whole), root_of(hashes[k:])]
    return [*subproof(old - k, hashes[k:], whole=False), root_of(hashes[:k])]


def path_of(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 6962, section 2.1.1, word for word."""
    if len(hashes) == 1:
        return []
    k = 1 << ((len(hashes) - 1).bit_length() - 1)
    if index < k:
        return [*path_of(index, hashes[:k]), root_of(hashes[k:])]
    return [*path_of(index - k, hashes[k:]), root_of(hashes[:k])]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert root_of([]) == EMPTY_ROOT == sha256(b"").digest()


def test_leaves_and_nodes_are_hashed_apart() -> None:
    assert leaf_hash(b"L123456").hex() == sha256(b"\0L123456").hexdigest()
    assert node_hash(b"N123", b"N456").hex() == sha256(b"\1N123N456").hexdigest()


def test_the_known_roots_of_certificate_transparency_are_found() -> None:
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in KNOWN_LEAVES]
    assert [root_of(hashes[:size]).hex() for size in range(1, 9)] == list(KNOWN_ROOTS)


def test_every_root_is_the_one_that_pymerkle_finds() -> None:
    tree = InmemoryTree(algorithm="sha256")
    for size, entry in enumerate(ENTRIES, 1):
        tree.append_entry(entry)
        assert root_of(HASHES[:size]) == tree.get_root(), size


def test_every_path_is_the_one_that_pymerkle_finds() -> None:
    tree = InmemoryTree(algorithm="sha256")
    for size, entry in enumerate(ENTRIES[:100], 1):
        tree.append_entry(entry)
        levels = levels_of(HASHES[:size])
        for index in range(size):
            leaf, *path = tree.prove_inclusion(index + 1, size).path
            assert (leaf, tuple(path)) == (HASHES[index], levels.path(index)), (index, size)


def test_pymerkle_proves_the_same_beginnings() -> None:
    tree = InmemoryTree(algorithm="sha256")
    for size, entry in enumerate(ENTRIES[:100], 1):
        tree.append_entry(entry)
        levels = levels_of(HASHES[:size])
        for old in range(1, size + 1):
            # Its proofs are laid out otherwise than the RFC's, so they meet ours at the two roots.
            tree.prove_consistency(old, size).verify(levels.root(old), levels.root())


def test_every_leaf_of_every_tree_is_proven() -> None:
    for size in range(1, LIMIT + 1):
        levels = levels_of(HASHES[:size])
        root = levels.root()
        for index in range(size):
            verify_inclusion(index, size, HASHES[index], levels.path(index), root)


def test_every_beginning_of_every_tree_is_proven() -> None:
    roots = prefix_roots(HASHES, range(LIMIT + 1))
    for size in range(LIMIT + 1):
        levels = levels_of(HASHES[:size])
        for old in range(size + 1):
            verify_consistency(old, size, levels.consistency(old), roots[old], roots[size])


def test_proofs_are_those_that_the_rfc_defines() -> None:
    for size in range(1, 40):
        hashes = HASHES[:size]
        levels = levels_of(hashes)
        assert [list(levels.path(n)) for n in range(size)] == [path_of(n, hashes) for n in range(size)]
        for old in range(1, size):
            assert list(levels.consistency(old)) == subproof(old, hashes, whole=True)


def test_a_single_proof_is_the_same_as_one_of_many() -> None:
    levels = levels_of(HASHES)
    assert inclusion_path(77, HASHES) == levels.path(77)
    assert consistency_path(77, HASHES) == levels.consistency(77)


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70), st.data())
def test_roots_of_prefixes_are_those_of_the_shorter_trees(hashes: list[bytes], data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(0, len(hashes))))
    assert prefix_roots(hashes, sizes) == {size: root_of(hashes[:size]) for size in sizes}


@given(st.integers(1, LIMIT), st.data())
def test_an_inclusion_proof_with_one_bit_changed_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    levels = levels_of(HASHES[:size])
    parts = [HASHES[index], levels.root(), *levels.path(index)]
    flip(parts, data)
    with pytest.raises(BadNote):
        verify_inclusion(index, size, parts[0], parts[2:], parts[1])


@given(st.integers(2, LIMIT), st.data())
def test_a_consistency_proof_with_one_bit_changed_is_refused(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    levels = levels_of(HASHES[:size])
    parts = [levels.root(old), levels.root(), *levels.consistency(old)]
    flip(parts, data)
    with pytest.raises(BadNote):
        verify_consistency(old, size, parts[2:], parts[0], parts[1])


def flip(parts: list[bytes], data: st.DataObject) -> None:
    part, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    changed = bytearray(parts[part])
    changed[bit // 8] ^= 1 << bit % 8
    parts[part] = bytes(changed)


@pytest.mark.parametrize("size", [1, 2, 7, 8, 9, 100])
def test_a_leaf_is_not_proven_at_another_place_or_size(size: int) -> None:
    levels = levels_of(HASHES[:size])
    path, root = levels.path(size // 2), levels.root()
    for index in range(-1, size + 2):
        if index != size // 2:
            with pytest.raises(BadNote):
                verify_inclusion(index, size, HASHES[size // 2], path, root)


def test_a_path_that_is_too_long_or_too_short_is_refused() -> None:
    levels = levels_of(HASHES[:13])
    path, root = levels.path(4), levels.root()
    with pytest.raises(BadNote, match="shorter"):
        verify_inclusion(4, 13, HASHES[4], path[:-1], root)
    with pytest.raises(BadNote, match="longer"):
        verify_inclusion(4, 13, HASHES[4], (*path, root), root)
    proof, old_root = levels.consistency(6), levels.root(6)
    with pytest.raises(BadNote, match="shorter"):
        verify_consistency(6, 13, proof[:-1], old_root, root)
    with pytest.raises(BadNote, match="longer"):
        verify_consistency(6, 13, (*proof, root), old_root, root)
    with pytest.raises(BadNote, match="empty"):
        verify_consistency(6, 13, (), old_root, root)


def test_a_hash_that_is_not_32_bytes_never_verifies() -> None:
    with pytest.raises(BadNote, match="32 bytes, came one of 0"):
        verify_inclusion(0, 1, b"", (), b"")
    with pytest.raises(BadNote, match="32 bytes, came one of 0"):
        verify_consistency(0, 0, (), b"", b"")
    with pytest.raises(BadNote, match="32 bytes, came one of 31"):
        root_of([HASHES[0], HASHES[1][:31], HASHES[2] + b"!"])


def test_size_zero_is_the_beginning_of_every_tree_and_holds_no_leaf() -> None:
    verify_consistency(0, 0, (), EMPTY_ROOT, EMPTY_ROOT)
    verify_consistency(0, 9, (), EMPTY_ROOT, root_of(HASHES[:9]))
    for old_root, path in ((HASHES[0], ()), (EMPTY_ROOT, (HASHES[0],))):
        with pytest.raises(BadNote, match="empty proof"):
            verify_consistency(0, 9, path, old_root, root_of(HASHES[:9]))
    with pytest.raises(BadNote, match="below the size, came leaf 0 of 0"):
        verify_inclusion(0, 0, HASHES[0], (), EMPTY_ROOT)


@pytest.mark.parametrize(("old", "size"), [(-1, 5), (6, 5), (5, 2**63)])
def test_sizes_out_of_range_are_refused(old: int, size: int) -> None:
    with pytest.raises(BadNote, match="sizes in order"):
        verify_consistency(old, size, (HASHES[0],), HASHES[0], HASHES[0])


def test_a_tree_has_no_leaf_and_no_beginning_beyond_its_size() -> None:
    levels = levels_of(HASHES[:5])
    for ask in (levels.path, levels.root, levels.consistency):
        with pytest.raises(BadNote, match="tree: expected"):
            ask(6)
    with pytest.raises(BadNote, match="from 0 to 4, came 5"):
        levels.path(5)
