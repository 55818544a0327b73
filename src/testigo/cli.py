"""The command line: decodes arguments, calls one flow, says what came of it."""

import csv
import json
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from testigo import __version__
from testigo.core.ids import StationCode
from testigo.errors import BadTable, BadUsage, TestigoError
from testigo.flows.prove import prove
from testigo.flows.publish import BUNDLE
from testigo.flows.rebuild import rebuild
from testigo.flows.report import TableTaken, report
from testigo.flows.seal import seal
from testigo.flows.tabulate import compare, reconcile, sources_held, tabulate
from testigo.flows.withhold import withhold
from testigo.ports import World
from testigo.says import (
    comparison_json,
    reconciliation_json,
    say_areas,
    say_comparisons,
    say_nation,
    say_reconciliations,
    tabulation_json,
)
from testigo.terminal import number, say, warn
from testigo.verification.main import main as verify
from testigo.wiring import POLICY_FILE, home_of, make_home, open_home, rebuilt_equals, writing

HomeOption = Annotated[Path | None, Parameter(name="--home")]
JsonOption = Annotated[bool, Parameter(name="--json", negative="")]

app = App(
    name="testigo",
    version=__version__,
    help="Counts an election from photographs of its polling-station tally sheets, and lets anyone check the count.",
    help_format="plaintext",
)


@app.command(name="setup")
def setup_command(election: Path, *, home: HomeOption = None, tables: Path | None = None) -> None:
    """Make a home for an election: keys, policy file, database, and a log that begins with the rules.

    Parameters
    ----------
    election
        The election's folder, with election.toml and its forms.
    home
        Where the home is made; TESTIGO_HOME if not given.
    tables
        Folder of published tables, for elections whose station register is derived from them.
    """
    world, prepared = make_home(election, home_of(home), tables)
    for note in prepared.notes:
        warn(f"note: {note}")
    say(
        f"{world.election.name}: {number(prepared.stations)} stations, "
        f"{number(len(prepared.folder.forms))} forms; home {world.home}"
    )
    say("Publish this key where people can compare it, apart from the bundle; who verifies needs it from there:")
    say(f"  {world.signer.vkey}")
    say(f"  policy file: {world.home / POLICY_FILE}")


@app.command(name="report")
def report_command(source: str, table: Path, *, home: HomeOption = None) -> None:
    """Take in a table that a source published; bad rows are listed with line and cause and kept apart.

    Parameters
    ----------
    source
        The source's id in election.toml.
    table
        A CSV or Parquet file.
    home
        The deployment's home; TESTIGO_HOME if not given.
    """
    world = open_home(home_of(home))
    try:
        data = table.read_bytes()
    except OSError as error:
        raise BadTable(f"{table}: cannot be read: {error.strerror}") from None
    with writing(world.home):
        say_table(report(world, source, str(table), data))


def say_table(taken: TableTaken) -> None:
    """What happened to a table's rows."""
    if taken.again:
        say(f"{taken.source}: this table was taken in before; nothing changes ({number(taken.rows)} rows)")
        return
    say(
        f"{taken.source}: {number(taken.rows)} rows: {number(taken.new)} new, {number(taken.unchanged)} unchanged, "
        f"{number(taken.corrected)} corrected, {number(len(taken.aside))} set aside"
    )
    for cause, count in sorted(taken.causes.items()):
        say(f"  set aside, {cause}: {number(count)}")
    for row in taken.aside[:50]:
        say(f"    line {row.line}: {row.aside}: {row.station or ''} {row.saw or ''}".rstrip())
    if len(taken.aside) > 50:
        say(f"    and {number(len(taken.aside) - 50)} more; all are in the published reports.csv")
    if taken.gone:
        say(
            f"  {number(len(taken.gone))} stations that {taken.source} stated before are no longer in the table; "
            "their earlier figures stay"
        )
    for note in taken.notes:
        say(f"  note: {note}")


@app.command(name="intake")
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
    from testigo.photos import take_photos

    world = open_home(home_of(home))
    if not places:
        raise BadUsage("expected at least one file or folder")
    take_photos(world, places, _claims(world, claims), None if station is None else _station(world, station), jobs)


def _claims(world: World, path: Path | None) -> dict[str, StationCode]:
    if path is None:
        return {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise BadTable(f"{path}: cannot be read: {error}") from None
    if rows and not {"file", "station"} <= set(rows[0]):
        raise BadTable(f"{path}: expected the columns file and station, came {', '.join(rows[0])}")
    return {row["file"]: _station(world, row["station"], f"{path}, line {n}: ") for n, row in enumerate(rows, 2)}


def _station(world: World, text: str, where: str = "") -> StationCode:
    padded = text.strip().rjust(world.election.station_pad, "0")
    if not world.election.station_pattern.fullmatch(padded):
        pattern = world.election.station_pattern.pattern
        raise BadUsage(f"{where}expected a station's code like {pattern}, came {text!r}")
    return StationCode(padded)


@app.command(name="read")
def read_command(*, home: HomeOption = None, jobs: int | None = None) -> None:
    """Read every photo that was not read yet: its codes name the station and, on some forms, the figures.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    jobs
        How many photos at once; all cores if not given.
    """
    from testigo.photos import read_photos

    read_photos(open_home(home_of(home)), jobs)


@app.command(name="seal")
def seal_command(*, home: HomeOption = None) -> None:
    """Close the batch: what waits becomes leaves of the log, with the results that follow, and is signed."""
    world = open_home(home_of(home))
    with writing(world.home):
        before = world.journal.heads()[-1].size
        head = seal(world)
    say(f"log: {number(head.size)} records ({number(head.size - before)} new), root {head.root.hex()}")


@app.command(name="tabulate")
def tabulate_command(
    *, home: HomeOption = None, by: str | None = None, source: str | None = None, json_: JsonOption = False
) -> None:
    """Totals by choice and area, with the five station counts, with and without quarantine.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    by
        A level of areas; the nation if not given.
    source
        Count one source alone (its id, or photo) instead of what the policy accepts.
    json_
        Print JSON instead of tables.
    """
    world = open_home(home_of(home))
    if by is not None and by not in world.election.areas.levels:
        raise BadUsage(f"--by: expected one of {', '.join(world.election.areas.levels)}; came {by}")
    totals = tabulate(world, source)
    if json_:
        _print_json(tabulation_json(totals, world.election, world.register, by))
    elif by is None:
        say_nation(totals, world.election)
    else:
        say_areas(totals, world.election, world.register, by)


@app.command(name="reconcile")
def reconcile_command(*sources: str, home: HomeOption = None, json_: JsonOption = False) -> None:
    """Sources against each other: stations in common, only here, only there, and every cell that differs.

    Parameters
    ----------
    sources
        Two of: a source's id, photo, result. All pairs that are held if not given.
    home
        The deployment's home; TESTIGO_HOME if not given.
    json_
        Print JSON instead of tables.
    """
    world = open_home(home_of(home))
    if len(sources) not in (0, 2):
        raise BadUsage(f"expected two sources or none, came {len(sources)}")
    held = sources or sources_held(world)
    pairs = [(a, b) for n, a in enumerate(held) for b in held[n + 1 :]]
    found = [one for a, b in pairs for one in reconcile(world, a, b)]
    if json_:
        _print_json(reconciliation_json(found))
    else:
        say_reconciliations(found)
        if not pairs:
            say("there are not two sources to compare yet")


@app.command(name="compare")
def compare_command(*, home: HomeOption = None, json_: JsonOption = False) -> None:
    """The announced result beside the documented votes, choice by choice.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    json_
        Print JSON instead of tables.
    """
    world = open_home(home_of(home))
    found = compare(world)
    if json_:
        _print_json(comparison_json(found))
    else:
        say_comparisons(found)
        if not found:
            say("this election has no announced result ([[announced]] in election.toml)")


@app.command(name="publish")
def publish_command(out: Path, *, home: HomeOption = None, jobs: int | None = None) -> None:
    """Write the public site and the bundle that anybody can check.

    Parameters
    ----------
    out
        The folder to write; an earlier publication there is replaced as a whole.
    home
        The deployment's home; TESTIGO_HOME if not given.
    jobs
        How many photos at once; all cores if not given.
    """
    from testigo.photos import publish_home

    world = open_home(home_of(home))
    made = publish_home(world, out, jobs)
    say(f"{out}: {number(made.files)} files from {number(made.head.size)} records of the log")
    say(f"  root {made.head.root.hex()}")
    say(f"  totals {made.totals}")
    say(f"  open {out / 'index.html'}; check with: testigo verify {out / BUNDLE} --policy {world.home / POLICY_FILE}")


@app.command(name="verify")
def verify_command(
    bundle: Path,
    *,
    policy: Path | None = None,
    home: HomeOption = None,
    seen: Path | None = None,
    json_: JsonOption = False,
) -> None:
    """Check a bundle: log, records, results, totals, objects, tables. Exit 0 verified, 1 failed, 2 incomplete.

    Parameters
    ----------
    bundle
        The folder that holds bagit.txt.
    policy
        File with the log's key and what must hold, from outside the bundle.
    home
        A home whose policy file is taken if none is given; TESTIGO_HOME if not given.
    seen
        A checkpoint that you kept from an earlier day.
    json_
        Print JSON instead of text.
    """
    arguments = [str(bundle), "--policy", str(policy or home_of(home) / POLICY_FILE)]
    sys.exit(verify([*arguments, *(["--seen", str(seen)] if seen else []), *(["--json"] if json_ else [])]))


@app.command(name="prove")
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
    for proven in prove(world, _station(world, station)):
        if out is None:
            sys.stdout.write(proven.proof.decode())
        else:
            out.mkdir(parents=True, exist_ok=True)
            path = out / f"{proven.station}.{proven.contest}.tlog-proof"
            path.write_bytes(proven.proof)
            say(f"{path}: record {number(proven.number)} of the log")


@app.command(name="withhold")
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


@app.command(name="rebuild")
def rebuild_command(*, home: HomeOption = None, check: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Make the database anew from the public files of the log.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    check
        Change nothing: rebuild into a spare database and say whether it equals the present one.
    """
    world = open_home(home_of(home))
    with writing(world.home):
        if check:
            different = rebuilt_equals(world)
            if different:
                raise TestigoError(f"rebuild: the database differs from the log in the tables {', '.join(different)}")
            say("rebuild: the database is what the log says")
            return
        head = rebuild(world)
    say(f"rebuild: the database was made anew from {number(head.size)} records of the log")


def _print_json(value: object) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def main() -> None:
    """Runs one command; an error of the user's is one sentence on standard error and its exit code."""
    try:
        app()
    except TestigoError as error:
        warn(f"testigo: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
