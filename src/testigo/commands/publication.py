"""`testigo publish`, `verify`, `prove` and `withhold`."""

import sys
from pathlib import Path

from testigo.cluster.local import cores, local_executor
from testigo.commands.options import HomeOption, station_of
from testigo.core.places import is_origin
from testigo.errors import BadUsage
from testigo.flows.prove import prove
from testigo.flows.publish import BUNDLE, publish
from testigo.flows.withhold import withhold
from testigo.terminal import number, say, steps
from testigo.wiring import POLICY_FILE, home_of, open_home, photo_readers, writing


def publish_command(out: Path, *, home: HomeOption = None, jobs: int | None = None, people: str | None = None) -> None:
    """Write the public site and the bundle that anybody can check.

    Parameters
    ----------
    out
        The folder to write; an earlier publication there is replaced as a whole.
    home
        The deployment's home; TESTIGO_HOME if not given.
    jobs
        How many photos at once; all cores if not given.
    people
        The address of the server where readers report a problem, such as https://count.example; the one of
        election.toml if not given, and without either the pages offer none.
    """
    if people is not None and not is_origin(people):
        raise BadUsage(f"--people: expected an address like https://count.example, came {people!r}")
    world = open_home(home_of(home))
    with (
        writing(world.home),
        photo_readers(world) as reader,
        local_executor(jobs or cores()) as executor,
        steps("publish") as step,
    ):
        made = publish(world, out, reader, executor, step, processes=jobs or cores(), people=people)
    say(f"{out}: {number(made.files)} files from {number(made.head.size)} records of the log")
    say(f"  root {made.head.root.hex()}")
    say(f"  totals {made.totals}")
    say(f"  open {out / 'index.html'}; check with: testigo verify {out / BUNDLE} --policy {world.home / POLICY_FILE}")


def prove_command(station: str, *, home: HomeOption = None, out: Path | None = None) -> None:
    """Print the proof that a station's result is in the signed log (C2SP tlog-proof).

    Parameters
    ----------
    station
        The station's code.
    home
        The deployment's home; TESTIGO_HOME if not given.
    out
        A folder to write <station>.<contest>.tlog-proof into, instead of printing.
    """
    world = open_home(home_of(home))
    for proven in prove(world, station_of(world.election, station)):
        if out is None:
            sys.stdout.write(proven.proof.decode())
        else:
            out.mkdir(parents=True, exist_ok=True)
            path = out / f"{proven.station}.{proven.contest}.tlog-proof"
            path.write_bytes(proven.proof)
            say(f"{path}: record {number(proven.number)} of the log")


def withhold_command(photo: str, reason: str, *, home: HomeOption = None) -> None:
    """Stop showing a photo; a public record says so.

    Parameters
    ----------
    photo
        The photo's hash, or the first 8 or more digits of it.
    reason
        privacy, legal or duplicate.
    home
        The deployment's home; TESTIGO_HOME if not given.
    """
    world = open_home(home_of(home))
    with writing(world.home):
        digest = withhold(world, photo, reason)
    say(f"photo {digest} is withheld from the next publication on ({reason})")
