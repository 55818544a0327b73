"""`testigo intake` and `testigo read`."""

import csv
from pathlib import Path

from testigo.cluster.local import cores, local_executor
from testigo.commands.options import HomeOption, station_of
from testigo.core.election import Election
from testigo.core.ids import StationCode
from testigo.errors import BadTable, BadUsage
from testigo.flows.intake import files_of, intake, refusals_by_cause
from testigo.flows.read import read, unread_count
from testigo.terminal import number, progress, say
from testigo.wiring import home_of, open_home, photo_readers, writing


def intake_command(
    *places: Path,
    home: HomeOption = None,
    claims: Path | None = None,
    station: str | None = None,
    jobs: int | None = None,
) -> None:
    """Take in photos (JPEG, PNG) and scans (PDF): metadata is removed before anything is kept.

    Parameters
    ----------
    places
        Files, or folders with all that they contain.
    home
        The deployment's home; TESTIGO_HOME if not given.
    claims
        A CSV file with the columns file and station: which station its sender named for a photo.
    station
        The station that the sender named for all these photos.
    jobs
        How many photos at once; all cores if not given.
    """
    world = open_home(home_of(home))
    if not places:
        raise BadUsage("expected at least one file or folder")
    files = files_of(places)
    named = _claims(world.election, claims)
    if station is not None:
        claimed = station_of(world.election, station)
        named = dict.fromkeys((path.name for path in files), claimed) | named
    with (
        writing(world.home),
        photo_readers(world) as reader,
        local_executor(jobs or cores()) as executor,
        progress("intake", len(files)) as step,
    ):
        taken = intake(world, files, named, executor, reader, step)
    say(
        f"{number(len(files))} files: {number(taken.new)} photos new, {number(taken.held)} held already, "
        f"{number(len(taken.refused))} files refused"
    )
    for name, earlier in taken.doubles[:20]:
        say(f"  {name}: the same photo as {earlier}")
    for cause, refused in refusals_by_cause(taken.refused):
        say(f"  refused, {cause}: {number(len(refused))}")
        for one in refused[:20]:
            say(f"    {one.name}: {one.sentence}")


def _claims(election: Election, path: Path | None) -> dict[str, StationCode]:
    if path is None:
        return {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise BadTable(f"{path}: cannot be read: {error}") from None
    if rows and not {"file", "station"} <= set(rows[0]):
        raise BadTable(f"{path}: expected the columns file and station, came {', '.join(rows[0])}")
    return {row["file"]: station_of(election, row["station"], f"{path}, line {n}: ") for n, row in enumerate(rows, 2)}


def read_command(*, home: HomeOption = None, jobs: int | None = None) -> None:
    """Read every photo that was not read yet: its codes name the station and, on some forms, the figures.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    jobs
        How many photos at once; all cores if not given.
    """
    world = open_home(home_of(home))
    with (
        writing(world.home),
        photo_readers(world) as reader,
        local_executor(jobs or cores()) as executor,
        progress("read", unread_count(world)) as step,
    ):
        outcomes = read(world, executor, reader, step).outcomes
    told = {
        "figures": "with station and figures",
        "station": "with the station only",
        "foreign": "with codes of no form of this election",
        "nothing": "with no code that could be read",
    }
    say(f"{number(sum(outcomes.values()))} photos read")
    for outcome, what in told.items():
        if outcomes.get(outcome):
            say(f"  {number(outcomes[outcome])} {what}")
