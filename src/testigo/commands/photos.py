"""`testigo intake` and `testigo read`."""

import csv
from collections.abc import Iterator
from pathlib import Path

from testigo.cluster.local import cores, local_executor
from testigo.commands.options import HomeOption, station_of
from testigo.core.election import Election
from testigo.core.ids import StationCode
from testigo.errors import BadTable, BadUsage
from testigo.flows.intake import files_of, intake, refusals_by_cause
from testigo.flows.read import earlier_count, read, unread_count
from testigo.flows.tune import settled_sheets
from testigo.flows.tune import tune as run_tune
from testigo.ports import World
from testigo.stats.posterior import MILLION
from testigo.stats.tuning import Step, Tally, Tuned
from testigo.terminal import number, progress, say
from testigo.wiring import home_of, open_home, photo_readers, reading_by, writing


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


def read_command(
    *,
    home: HomeOption = None,
    jobs: int | None = None,
    dask: str | None = None,
    again: bool = False,
    tune: bool = False,
    target: int = 1000,
) -> None:
    """Read every photo that was not read yet: its codes name the station, and codes or handwriting say the figures.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    jobs
        How many photos at once; all cores if not given.
    dask
        Read on a cluster: the address of its Dask scheduler, such as tcp://10.0.0.1:8786.
    again
        Read also what an earlier version of the reader read and nobody keyed. What it says now takes the place of what
        it said then; both stay in the log.
    tune
        Read the sheets again that people have settled (sources have reported their figures), and tell how sure a
        reading must be so that hardly any wrong one counts. Nothing is kept or changed.
    target
        With --tune: at most one wrong station in so many accepted ones.
    """
    world = open_home(home_of(home))
    if tune and again:
        raise BadUsage("--tune keeps nothing and --again does: expected one of them")
    if tune:
        _tune(world, dask, jobs, target)
        return
    with (
        writing(world.home),
        reading_by(world, dask=dask, jobs=jobs) as (reader, executor),
        progress("read", unread_count(world, again=again)) as step,
    ):
        done = read(world, executor, reader, step, again=again)
    told = {
        "figures": "with station and figures",
        "doubtful": "with the station, and figures that a person must look at",
        "station": "with the station only",
        "foreign": "with codes of no form of this election",
        "nothing": "with no code that could be read",
    }
    say(f"{number(sum(done.outcomes.values()))} photos read")
    for outcome, what in told.items():
        if done.outcomes.get(outcome):
            say(f"  {number(done.outcomes[outcome])} {what}")
    earlier = earlier_count(world)
    if earlier:
        say(f"{number(earlier)} photos were read by an earlier version of the reader; read --again reads them anew")
    if done.shown.get("covered"):
        say(f"{number(done.shown['covered'])} photos have a public copy in which personal data is covered")
    if done.shown.get("held"):
        say(f"{number(done.shown['held'])} photos are held and not published: personal data may stand in them")


def _tune(world: World, dask: str | None, jobs: int | None, target: int) -> None:
    if target < 1:
        raise BadUsage(f"--target: expected 1 or more, came {target}")
    settled = settled_sheets(world)
    with (
        reading_by(world, dask=dask, jobs=jobs) as (reader, executor),
        progress("read again", len(settled.photos)) as step,
    ):
        found = run_tune(world, settled, executor, reader, 1 / target, step)
    say(
        f"{number(len(settled.photos))} photos of {number(len(settled.stations))} stations that people have settled; "
        "photos of one station are one trial"
    )
    for line in tuned_lines(found, target):
        say(line)


def tuned_lines(found: Tuned, target: int) -> Iterator[str]:
    """What tuning found, stations first and photos beside them: the curve, the choice, what remains, what to write."""
    yield (
        f"{'posterior':>10} {'stations accepted':>20} {'wrong':>6} {'photos accepted':>22} {'wrong':>6}  "
        "95% interval of the share of wrong stations"
    )
    for one in found.curve:
        of, beside = one.stations, one.photos
        yield (
            f"{_ppm(one.accept_ppm):>10} {_accepted(of):>20} {number(of.wrong):>6} {_accepted(beside):>22} "
            f"{number(beside.wrong):>6}  {_interval(one)}"
        )
    chosen, other = found.chosen, found.measured
    pair = f"likelihood ratio {chosen.ratio:g}, posterior {_ppm(chosen.accept_ppm)}"
    yield f"chosen on one half: {pair}: {_counted(chosen)}"
    yield f"on the other half: {_counted(other)}, {_interval(other)}"
    if other.at_most > 1 / target:
        yield (
            f"so few stations do not show that at most 1 in {number(target)} is wrong; without a wrong one it takes "
            f"about {number(3 * target)} accepted stations"
        )
    yield "in election.toml, before setup:"
    yield f"  [reading]\n  sure_ppm = {chosen.accept_ppm}\n  least_ratio_ppm = {round(MILLION * chosen.ratio)}"


def _counted(one: Step) -> str:
    stations, photos = one.stations, one.photos
    return (
        f"{_accepted(stations)} stations accepted, {number(stations.wrong)} wrong "
        f"(photos: {_accepted(photos)}, {number(photos.wrong)} wrong)"
    )


def _accepted(one: Tally) -> str:
    share = f" ({one.accepted / one.n:.1%})" if one.n else ""
    return f"{number(one.accepted)} of {number(one.n)}{share}"


def _interval(one: Step) -> str:
    return f"{one.low:.3%} to {one.high:.3%}; at most {one.at_most:.3%}"


def _ppm(ppm: int) -> str:
    return f"{ppm / MILLION:.4f}"
