"""Bytes in two places: what is put is held in both before anybody is told so, and either of them answers."""

from collections.abc import Iterator
from heapq import merge
from itertools import groupby

from testigo.core.ids import Digest
from testigo.errors import BrokenStore, NotFound
from testigo.ports import Blobs


class CopiedBlobs:
    """`ports.Blobs` over two others. The second is read where the first has lost a blob or holds other bytes."""

    def __init__(self, first: Blobs, second: Blobs) -> None:
        self.first = first
        self.second = second

    def put(self, data: bytes) -> Digest:
        """See `ports.Blobs`. The copy is read once more.

        Raises:
            BrokenStore: the copy came back as other bytes.
        """
        digest = self.first.put(data)
        self.second.put(data)
        if self.second.open(digest) != data:
            raise BrokenStore(f"copies: {digest} was put and came back as other bytes")
        return digest

    def open(self, digest: Digest) -> bytes:
        """See `ports.Blobs`."""
        try:
            return self.first.open(digest)
        except (NotFound, BrokenStore) as lost:
            try:
                return self.second.open(digest)
            except NotFound:
                raise lost from None

    def has(self, digest: Digest) -> bool:
        """See `ports.Blobs`."""
        return self.first.has(digest) or self.second.has(digest)

    def all(self) -> Iterator[Digest]:
        """See `ports.Blobs`."""
        return (digest for digest, _ in groupby(merge(self.first.all(), self.second.all())))
