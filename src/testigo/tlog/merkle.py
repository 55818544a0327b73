"""Merkle trees of RFC 6962 (section 2.1) and RFC 9162 (section 2.1): hashes, roots, and proofs both ways."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from testigo.errors import BadNote

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
MAX_TREE_SIZE = 2**63 - 1


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Levels:
    """A tree by its complete nodes: `nodes[k]` holds, 32 bytes each, the roots of the leaves i·2^k to (i + 1)·2^k.

    `edges[k]` is the root of the leaves right of the last complete node of level k; None where there are none.
    """

    size: int
    nodes: tuple[bytes, ...]
    edges: tuple[bytes | None, ...]

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves; None stands for all of them.

        Raises:
            BadNote: the tree has fewer leaves.
        """
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise BadNote(f"tree: expected a size from 0 to {self.size}, came {size}")
        found = None
        for level in range(size.bit_length()):
            if size >> level & 1:
                left = self._node(level, (size >> level) - 1)
                found = left if found is None else node_hash(left, found)
        return EMPTY_ROOT if found is None else found

    def path(self, index: int) -> tuple[bytes, ...]:
        """The inclusion proof of a leaf, sibling of the leaf first (RFC 6962, 2.1.1).

        Raises:
            BadNote: the tree has no such leaf.
        """
        if not 0 <= index < self.size:
            raise BadNote(f"tree: expected a leaf from 0 to {self.size - 1}, came {index}")
        return self._siblings(0, index)

    def consistency(self, old: int) -> tuple[bytes, ...]:
        """The proof that the first `old` leaves begin this tree (RFC 6962, 2.1.2); empty for none and for all.

        Raises:
            BadNote: the tree has fewer leaves.
        """
        if not 0 <= old <= self.size:
            raise BadNote(f"tree: expected an old size from 0 to {self.size}, came {old}")
        if old in (0, self.size):
            return ()
        level = (old & -old).bit_length() - 1
        index = (old >> level) - 1
        first = (self._node(level, index),) if index else ()
        return first + self._siblings(level, index)

    def _siblings(self, level: int, index: int) -> tuple[bytes, ...]:
        """The hashes beside the way from a complete node up to the root."""
        found = []
        for height in range(level, (self.size - 1).bit_length()):
            sibling, complete = index ^ 1, self.size >> height
            if sibling < complete:
                found.append(self.nodes[height][HASH_BYTES * sibling : HASH_BYTES * sibling + HASH_BYTES])
            elif sibling == complete and (edge := self.edges[height]) is not None:
                found.append(edge)
            index >>= 1
        return tuple(found)

    def _node(self, level: int, index: int) -> bytes:
        return self.nodes[level][HASH_BYTES * index : HASH_BYTES * (index + 1)]


def levels_of(leaf_hashes: Sequence[bytes]) -> Levels:
    """The tree over these leaf hashes, 32 bytes each.

    Raises:
        BadNote: one has another length.
    """
    _check_hashes(leaf_hashes)
    size, below = len(leaf_hashes), b"".join(leaf_hashes)
    nodes = [below]
    while len(below) >= 2 * HASH_BYTES:
        starts = range(0, len(below) - HASH_BYTES, 2 * HASH_BYTES)
        below = b"".join([sha256(b"\x01" + below[start : start + 64]).digest() for start in starts])
        nodes.append(below)
    edges: list[bytes | None] = [None]
    for level in range(size.bit_length()):
        edge = edges[level]
        if size >> level & 1:
            last = nodes[level][-HASH_BYTES:]
            edge = last if edge is None else node_hash(last, edge)
        edges.append(edge)
    return Levels(size, tuple(nodes), tuple(edges))


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root of a tree of these leaf hashes; SHA-256 of nothing where there are none."""
    return levels_of(leaf_hashes).root()


def prefix_roots(leaf_hashes: Sequence[bytes], sizes: Iterable[int]) -> dict[int, bytes]:
    """The roots of these prefixes of a tree, for little more than the cost of the largest.

    Raises:
        BadNote: a size is larger than the tree.
    """
    levels = levels_of(leaf_hashes)
    return {size: levels.root(size) for size in sizes}


def inclusion_path(index: int, leaf_hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """The inclusion proof of one leaf; whoever needs many asks `levels_of` once."""
    return levels_of(leaf_hashes).path(index)


def consistency_path(old_size: int, leaf_hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """The proof that the first `old_size` leaves begin this tree; whoever needs many asks `levels_of` once."""
    return levels_of(leaf_hashes).consistency(old_size)


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Holds when the path leads from this leaf to this root (RFC 9162, 2.1.3.2).

    Raises:
        BadNote: says why not.
    """
    _check_hashes((leaf, root, *path))
    if not 0 <= index < size <= MAX_TREE_SIZE:
        raise BadNote(f"inclusion: expected a leaf below the size, came leaf {index} of {size}")
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise BadNote("inclusion: the path is longer than the tree is high")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place & 1 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise BadNote("inclusion: the path is shorter than the tree is high")
    if found != root:
        raise BadNote("inclusion: the path leads to another root")


def verify_consistency(old: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes) -> None:
    """Holds when the tree of `size` leaves begins with the tree of `old` leaves (RFC 9162, 2.1.4.2).

    From size 0 and between equal sizes the proof is empty.

    Raises:
        BadNote: says why not.
    """
    _check_hashes((old_root, root, *path))
    if not 0 <= old <= size <= MAX_TREE_SIZE:
        raise BadNote(f"consistency: expected sizes in order, came {old} and {size}")
    if old in (0, size):
        if path or (old == 0 and old_root != EMPTY_ROOT) or (old == size and old_root != root):
            raise BadNote("consistency: expected an empty proof and the same root")
        return
    nodes = list(path) if old & (old - 1) else [old_root, *path]
    if not nodes:
        raise BadNote("consistency: the proof is empty")
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found_old = found = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise BadNote("consistency: the proof is longer than the tree is high")
        if place & 1 or place == last:
            found_old, found = node_hash(node, found_old), node_hash(node, found)
            while place & 1 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, node)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise BadNote("consistency: the proof is shorter than the tree is high")
    if found_old != old_root or found != root:
        raise BadNote("consistency: the proof leads to other roots")


def _check_hashes(hashes: Iterable[bytes]) -> None:
    lengths = set(map(len, hashes)) - {HASH_BYTES}
    if lengths:
        raise BadNote(f"tree: expected hashes of {HASH_BYTES} bytes, came one of {min(lengths)}")
