"""The files of uploads under way: `HOME/spool/<64 hexadecimal digits>`, gone as soon as a photo is held or refused.

A file is named after the hash of the upload's secret address, so that the folder gives no address away. Who holds a
file holds it alone, also among several server processes.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from testigo.core.ids import Digest
from testigo.errors import CannotWrite

NOT_KEPT = "the photo could not be kept: %(why)s; try again later"
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class Part:
    """The bytes of one upload so far, in the hands of one request until the context ends.

    Every method raises CannotWrite where there is no room or no right to write.
    """

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle = handle

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)

    def cut(self, size: int) -> bool:
        """Whether the file held `size` bytes or more; it holds that many now. What is behind was never told to anyone.

        A file that is shorter than what was told is no base to go on from.
        """
        if os.fstat(self._handle).st_size < size:
            return False
        os.ftruncate(self._handle, size)
        os.lseek(self._handle, size, os.SEEK_SET)
        return True

    def write(self, data: bytes) -> None:
        """Puts bytes behind the last ones."""
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(self._handle, left) :]
        except OSError as error:
            raise CannotWrite(NOT_KEPT, why=error.strerror) from None

    def sync(self) -> None:
        """Holds when the file's bytes and its name would survive a power cut."""
        try:
            os.fsync(self._handle)
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise CannotWrite(NOT_KEPT, why=error.strerror) from None

    def read(self) -> bytes:
        """All its bytes."""
        return self._path.read_bytes()

    def wipe(self) -> None:
        """The file is gone."""
        self._path.unlink(missing_ok=True)


class Spool:
    """The folder of parts, made when it is first needed, for its owner alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hold(self, secret: Digest) -> Part | None:
        """The part of this upload, an empty one if there is none; None where another request holds it."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            path = self._folder / secret
            handle = os.open(path, _FLAGS, 0o600)
        except OSError as error:
            raise CannotWrite(NOT_KEPT, why=error.strerror) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return Part(path, handle)

    def sweep(self, known: Callable[[Digest], bool]) -> None:
        """Wipes parts of uploads that nobody knows any more, as a crash can leave them; a part in use stays."""
        if not self._folder.is_dir():
            return
        for path in sorted(self._folder.iterdir()):
            secret = Digest(path.name)
            part = None if known(secret) else self.hold(secret)
            if part is not None:
                with part:
                    if not known(secret):
                        part.wipe()
