"""A bundle in memory."""

import hashlib
from collections.abc import Mapping


class MemoryFiles:
    """`BundleFiles` over a map of path to bytes."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._files))

    def read(self, name: str) -> bytes:
        return self._files[name]

    def sha256(self, name: str) -> str:
        return hashlib.sha256(self._files[name]).hexdigest()

    def size(self, name: str) -> int:
        return len(self._files[name])
