"""A folder that is replaced as a whole: written beside its place, then renamed."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from testigo.errors import BadUsage

MARK = ".testigo-publication"
"""Stands in every folder that we may replace."""


@contextmanager
def replaced_folder(out: Path) -> Iterator[Callable[[str, bytes], None]]:
    """A function that writes files by their path in the folder; when the block ends well, the folder is in its place.

    After a crash or an error the folder is what it was before; what was left beside it goes with the next try.

    Raises:
        BadUsage: the folder holds something else than an earlier publication.
        OSError: no room or no right to write.
    """
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MARK).exists())):
        raise BadUsage(
            f"{out}: expected an empty place or an earlier publication, came something else; nothing is lost"
        )
    part, old = out.with_name(out.name + ".part"), out.with_name(out.name + ".old")
    if old.exists() and not out.exists():
        old.rename(out)
    for leftover in (part, old):
        if leftover.exists():
            shutil.rmtree(leftover)
    part.mkdir(parents=True)
    made = {part}

    def write(name: str, data: bytes) -> None:
        path = part / name
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.write_bytes(data)

    try:
        write(MARK, b"made by testigo publish; the next publication replaces this folder\n")
        yield write
    except OSError as error:
        # A write that fails does not say where.
        error.filename = error.filename or str(out)
        shutil.rmtree(part, ignore_errors=True)
        raise
    if out.exists():
        out.rename(old)
    part.rename(out)
    if old.exists():
        shutil.rmtree(old)
