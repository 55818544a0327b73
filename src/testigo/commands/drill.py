"""`testigo drill`: a synthetic election whose truth is known."""

from pathlib import Path

from testigo.commands.options import FlagOption


def drill_command(
    out: Path, *, stations: int = 300, seed: int = 1, no_photos: FlagOption = False, form: Path | None = None
) -> None:
    """Make a synthetic election: register, photographed sheets, a second source's table, trouble, and the truth.

    Parameters
    ----------
    out
        The folder to write; running it again finishes what was cut short.
    stations
        How many polling stations.
    seed
        Another seed makes another election.
    no_photos
        Make no photos.
    form
        The election folder to copy; elections/demo if not given.
    """
