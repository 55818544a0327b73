"""Bytes by their hash in a folder: `ab/cd/<sha256>`, written aside, synced and renamed, so whole or not there."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from testigo.core.ids import Digest
from testigo.errors import BrokenStore, NotFound

NO_TIME = 315_532_800
"""1 January 1980: when every blob was changed, as its file says. The true time would tell when a photo came."""


def write_whole(
    path: Path,
    data: bytes,
    mode: int = 0o644,
    *,
    changed: int | None = None,
    place: Callable[[Path, Path], object] = Path.replace,
) -> None:
    """The file holds these bytes, whole or not at all, also when the machine stops meanwhile; `mode` are its rights,
    `changed` is when it says that it was changed, None for now. `place` gives the written file its name.

    Raises:
        OSError: no room or no right to write; names the file, and nothing is left behind.
    """
    made = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".aside-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(mode)
        if changed is not None:
            os.utime(aside, (changed, changed))
        place(Path(aside), path)
    except BaseException as error:
        Path(aside).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            # A write that fails does not say where.
            error.filename = str(path)
        raise
    for folder in (path.parent, *(new.parent for new in made)):
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """The names in this folder are on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class FolderBlobs:
    """`Blobs` in a folder. What a stopped writer left aside is never seen and is overwritten by nobody."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> Digest:
        """See `ports.Blobs`."""
        digest = Digest(hashlib.sha256(data).hexdigest())
        path = self._path(digest)
        if path.exists():
            # Another writer may have renamed it a moment ago, and not synced the folder yet.
            sync_folder(path.parent)
        else:
            write_whole(path, data, changed=NO_TIME)
        return digest

    def open(self, digest: Digest) -> bytes:
        """See `ports.Blobs`."""
        try:
            data = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound(f"blobs: {digest} is not held") from None
        found = hashlib.sha256(data).hexdigest()
        if found != digest:
            raise BrokenStore(f"blobs: expected {digest}, the file holds bytes of {found}")
        return data

    def has(self, digest: Digest) -> bool:
        """See `ports.Blobs`."""
        return self._path(digest).exists()

    def all(self) -> Iterator[Digest]:
        """See `ports.Blobs`."""
        for path in sorted(self._folder.glob("??/??/*")):
            if len(path.name) == 64:
                yield Digest(path.name)

    def _path(self, digest: Digest) -> Path:
        return self._folder / digest[:2] / digest[2:4] / digest
