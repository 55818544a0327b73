"""From the arguments of a command to a desk that can be opened: photos taken in, the election's ballots read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from testigo.core.election import Election, election_from_toml
from testigo.designer.ballot import Ballot, ballot_of, forms_of
from testigo.designer.draft import MEMORY_BYTES, Draft, Sample
from testigo.designer.server import Desk
from testigo.errors import BadElection, BadPhoto
from testigo.verification.places import ELECTION_FILE, form_name
from testigo.vision.child import ReadingChild
from testigo.vision.strip import strip
from testigo.vision.stripped import MAX_BYTES


@contextmanager
def opened_desk(photos: Sequence[Path], samples: Sequence[Path], election: Path | None) -> Iterator[Desk]:
    """A desk that is ready to serve; its decoding process ends with the context.

    Raises:
        BadElection: the election's file is missing or wrong.
        BadPhoto: a file is no photo; names it.
    """
    known = None if election is None else _election(election)
    ballots = () if known is None or election is None else _ballots(known, election)
    station = None if known is None else known.station_pattern.pattern
    with ReadingChild(memory_bytes=MEMORY_BYTES) as child:
        taken = [[_taken(path, child) for path in some] for some in (photos, samples)]
        yield Desk(Draft(child, taken[0], taken[1], (election or Path()).absolute(), ballots, station))


def _taken(path: Path, child: ReadingChild) -> Sample:
    try:
        with path.open("rb") as file:
            photo = strip(file.read(MAX_BYTES + 1))
        child.check(photo.data)
    except OSError as error:
        raise BadPhoto("broken", f"{path}: cannot be read: {error.strerror}") from None
    except BadPhoto as bad:
        raise BadPhoto(bad.cause, f"{path}: {bad}") from None
    return Sample(path.name, photo)


def _election(folder: Path) -> Election:
    path = folder / ELECTION_FILE
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadElection(f"{path}: cannot be read: {error}") from None
    return election_from_toml(text, str(path))


def _ballots(election: Election, folder: Path) -> tuple[Ballot, ...]:
    """What is offered for each form that the election names, those that are not drawn yet first."""
    names = sorted(forms_of(election), key=lambda name: (folder / form_name(name)).exists())
    return tuple(ballot_of(election, name) for name in names)
