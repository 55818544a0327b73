"""Merkle trees of RFC 6962 (section 2.1) and RFC 9162 (section 2.1): hashes, roots, and proofs both ways."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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
    """A tree by its complete nodes: `nodes[k][i]` is the root of the leaves i·2^k to (i + 1)·2^k."""

    size: int
    nodes: tuple[Sequence[bytes], ...]
    _edges: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves; of all where it is not given."""
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise BadNote(f"tree: expected a size from 0 to {self.size}, came {size}")
        return self._range(0, size) if size else EMPTY_ROOT

    def path(self, index: int) -> tuple[bytes, ...]:
        """The inclusion proof of a leaf, sibling of the leaf first (RFC 6962, 2.1.1)."""
        if not 0 <= index < self.size:
            raise BadNote(f"tree: expected a leaf from 0 to {self.size - 1}, came {index}")
        path: list[bytes] = []
        start, stop = 0, self.size
        while stop - start > 1:
            middle = start + _split(stop - start)
            if index < middle:
                path.append(self._range(middle, stop))
                stop = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return tuple(reversed(path))

    def consistency(self, old: int) -> tuple[bytes, ...]:
        """The proof that the first `old` leaves are a prefix of the tree (RFC 6962, 2.1.2); empty for 0 and all."""
        if not 0 <= old <= self.size:
            raise BadNote(f"tree: expected an old size from 0 to {self.size}, came {old}")
        if old in (0, self.size):
            return ()
        path: list[bytes] = []
        start, stop, whole = 0, self.size, True
        while old != stop:
            middle = start + _split(stop - start)
            if old <= middle:
                path.append(self._range(middle, stop))
                stop = middle
            else:
                path.append(self._range(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self._range(start, stop))
        return tuple(reversed(path))

    def _range(self, start: int, stop: int) -> bytes:
        """The root of leaves `start` to `stop`, where `start` is a multiple of the power of two that covers them."""
        count = stop - start
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            return self.nodes[height][start >> height]
        found = self._edges.get((start, stop))
        if found is None:
            middle = start + _split(count)
            found = node_hash(self._range(start, middle), self._range(middle, stop))
            self._edges[start, stop] = found
        return found


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def levels_of(leaf_hashes: Sequence[bytes]) -> Levels:
    """The tree over these leaf hashes, 32 bytes each.

    Raises:
        BadNote: one has another length.
    """
    if any(len(leaf) != HASH_BYTES for leaf in leaf_hashes):
        raise BadNote("tree: expected leaf hashes of 32 bytes")
    digest = sha256
    nodes: list[Sequence[bytes]] = [leaf_hashes]
    while len(nodes[-1]) > 1:
        below = nodes[-1]
        pairs = zip(below[0::2], below[1::2], strict=False)
        nodes.append([digest(b"\x01" + left + right).digest() for left, right in pairs])
    return Levels(len(leaf_hashes), tuple(nodes))


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root of a tree of these leaf hashes."""
    return levels_of(leaf_hashes).root()


def prefix_roots(leaf_hashes: Sequence[bytes], sizes: Iterable[int]) -> dict[int, bytes]:
    """The roots of these prefixes of a tree, in one pass over its leaves."""
    levels = levels_of(leaf_hashes)
    return {size: levels.root(size) for size in sizes}


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
    if any(len(one) != HASH_BYTES for one in hashes):
        raise BadNote("proof: expected hashes of 32 bytes")
