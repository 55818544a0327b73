"""`testigo drill`: a synthetic election whose truth is known."""

from pathlib import Path

from testigo.cluster.local import cores
from testigo.commands.options import FlagOption
from testigo.errors import BadUsage
from testigo.terminal import counter, number, say

ELECTION = Path("elections/demo")


def drill_command(
    out: Path,
    *,
    stations: int = 300,
    seed: int = 1,
    no_photos: FlagOption = False,
    written: FlagOption = False,
    people: int | None = None,
    clerks: int = 8,
    election: Path = ELECTION,
    jobs: int | None = None,
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
    written
        Let the stations fill in their sheets by hand: another form, and figures that may prove unreadable.
    people
        Play the election night: so many phones send the photos to a server of this machine, which is killed once.
    clerks
        With --people: how many clerks key sheets.
    election
        The election folder whose form and rules are taken.
    jobs
        How many photos at once; all cores if not given.
    """
    try:
        from testigo_drill.folder import write_drill
    except ImportError as error:
        raise BadUsage(f"the drill needs more libraries (pip install 'testigo[drill]'): {error}") from None
    if not (election / "election.toml").is_file():
        raise BadUsage(f"--election: expected the folder of an election, such as elections/demo; came {election}")
    if stations < 1:
        raise BadUsage(f"--stations: expected 1 or more, came {stations}")
    if people is not None and (people < 1 or clerks < 2 or no_photos):
        raise BadUsage("--people: expected 1 phone and 2 clerks or more, and photos to send")
    with counter("drill") as count:
        write_drill(
            out,
            stations,
            seed,
            demo_folder=election,
            photos=not no_photos,
            written=written,
            workers=jobs or cores(),
            progress=count,
        )
    say(f"{out}: {number(stations)} stations, seed {seed}")
    if people is not None:
        from testigo.commands.people_drill import people_drill

        people_drill(out, people, clerks, seed)
        return
    say("  election/ the rules and the register; photos/ and claims.csv; tables/second.csv; truth.json")
