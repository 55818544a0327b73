"""The public files of the log in a folder."""

from pathlib import Path

from testigo.store.blobs_folder import write_whole


class FolderLog:
    """`LogFiles` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, path: str, data: bytes) -> None:
        """See `ports.LogFiles`."""
        target = self._folder / path
        if not target.exists() or target.read_bytes() != data:
            write_whole(target, data)

    def get(self, path: str) -> bytes | None:
        """See `ports.LogFiles`."""
        try:
            return (self._folder / path).read_bytes()
        except FileNotFoundError:
            return None

    def names(self) -> tuple[str, ...]:
        """See `ports.LogFiles`."""
        files = (path for path in self._folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        return tuple(sorted(path.relative_to(self._folder).as_posix() for path in files))
