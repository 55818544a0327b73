"""The photo commands of the CLI: apart from `cli`, so that the base install runs without the libraries for images."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from testigo.cluster.local import cores, local_executor
from testigo.core.ids import StationCode
from testigo.flows.intake import files_of, intake, refusals_by_cause
from testigo.flows.publish import Publication, publish
from testigo.flows.read import read, unread_count
from testigo.ports import World
from testigo.terminal import number, progress, say, steps
from testigo.vision.photo_reader import PhotoReaders
from testigo.wiring import writing


def take_photos(
    world: World,
    places: Sequence[Path],
    claims: Mapping[str, StationCode],
    station: StationCode | None,
    jobs: int | None,
) -> None:
    """Takes in the photos of these places and says what came of them."""
    files = files_of(places)
    claimed = dict.fromkeys((path.name for path in files), station) if station else {}
    named = {name: code for name, code in claimed.items() if code is not None} | dict(claims)
    workers = jobs or cores()
    with (
        writing(world.home),
        PhotoReaders(world.forms) as reader,
        local_executor(workers) as executor,
        progress("intake", len(files)) as step,
    ):
        taken = intake(world, files, named, executor, reader, step)
    say(
        f"{number(len(files))} files: {number(taken.new)} photos new, {number(taken.held)} held already, "
        f"{number(len(taken.refused))} files refused"
    )
    for cause, refused in refusals_by_cause(taken.refused):
        say(f"  refused, {cause}: {number(len(refused))}")
        for one in refused[:20]:
            say(f"    {one.name}: {one.sentence}")


def read_photos(world: World, jobs: int | None) -> None:
    """Reads the photos that wait and says what came of them."""
    workers = jobs or cores()
    with (
        writing(world.home),
        PhotoReaders(world.forms) as reader,
        local_executor(workers) as executor,
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


def publish_home(world: World, out: Path, jobs: int | None) -> Publication:
    """Publishes with thumbnails, saying on standard error what goes on."""
    with (
        writing(world.home),
        PhotoReaders(world.forms) as reader,
        local_executor(jobs or cores()) as executor,
        steps("publish") as step,
    ):
        return publish(world, out, reader, executor, step)
