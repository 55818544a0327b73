"""A bundle in a folder: the only place where the verifier touches a disk."""

import hashlib
import os
from pathlib import Path


class FolderFiles:
    """`BundleFiles` in a folder that nobody changes meanwhile. Links are not followed and do not count as files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = frozenset(_names_below(str(folder)))
        self._hashes: dict[str, str] = {}

    def names(self) -> tuple[str, ...]:
        """See `files.BundleFiles`."""
        return tuple(sorted(self._names))

    def read(self, name: str) -> bytes:
        """See `files.BundleFiles`."""
        return self._path(name).read_bytes()

    def sha256(self, name: str) -> str:
        """See `files.BundleFiles`."""
        if name not in self._hashes:
            with self._path(name).open("rb") as file:
                self._hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._hashes[name]

    def size(self, name: str) -> int:
        """See `files.BundleFiles`."""
        return self._path(name).stat().st_size

    def _path(self, name: str) -> Path:
        if name not in self._names:
            raise KeyError(name)
        return self._folder / name


def _names_below(folder: str) -> list[str]:
    found: list[str] = []
    for place, _, files in os.walk(folder):
        for file in files:
            path = os.path.join(place, file)
            if not os.path.islink(path) and os.path.isfile(path):
                found.append(os.path.relpath(path, folder).replace(os.sep, "/"))
    return found
