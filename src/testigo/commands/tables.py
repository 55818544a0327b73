"""`testigo report`."""

from pathlib import Path

from testigo.commands.options import HomeOption
from testigo.errors import BadTable
from testigo.flows.report import TableTaken, report
from testigo.terminal import number, say
from testigo.wiring import home_of, open_home, writing


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
