"""`testigo backup` and `testigo restore`."""

from pathlib import Path

from testigo.commands.options import FlagOption, HomeOption
from testigo.core.backup import backup_from_bytes, backup_to_bytes
from testigo.flows.backup import backup
from testigo.flows.restore import restore
from testigo.terminal import number, say, warn
from testigo.wiring import home_of, open_home, open_private, private_keys, restored_home, write_secret, writing


def backup_command(file: Path, *, home: HomeOption = None, with_keys: FlagOption = False) -> None:
    """Write one file of what a home holds that its log and blobs do not; nothing has to stop for it.

    Copy the home's folders election, log and blobs as well: they only grow. The file is not encrypted.

    Parameters
    ----------
    file
        The file to write; it is replaced as a whole, and only its owner may read it.
    home
        The deployment's home; TESTIGO_HOME if not given.
    with_keys
        Put the private keys in as well: whoever can read such a file can sign in the name of this log.
    """
    world = open_home(home_of(home))
    made = backup(world, open_private(world), private_keys(world.home) if with_keys else {})
    write_secret(file, backup_to_bytes(made))
    rows = sum(map(len, made.rows.values()))
    say(f"{file}: {number(rows)} rows, {number(len(made.waiting))} records that no seal holds yet")
    if made.keys:
        warn(f"note: {file} holds the log's private keys; keep it as you keep those")


def restore_command(
    file: Path, *, home: HomeOption = None, replace: FlagOption = False, without_sessions: FlagOption = False
) -> None:
    """Put a backup into a home, whose servers have ended, with the newest copies of election, log and blobs.

    Parameters
    ----------
    file
        What `testigo backup` wrote.
    home
        The home; TESTIGO_HOME if not given.
    replace
        Put it in the place of what this home knows of its people, invitations and reports.
    without_sessions
        Sign everybody out. Without it staff go on under the aliases that the log knows.
    """
    made = backup_from_bytes(file.read_bytes(), str(file))
    world = restored_home(home_of(home), made)
    with writing(world.home):
        done = restore(world, open_private(world), made, replace=replace, sessions=not without_sessions)
    say(f"{world.home}: {number(done.rows)} rows, {number(done.records)} records that wait for the next seal")
    if done.closed:
        say(f"{number(done.closed)} sessions and invitations of staff stay closed; `testigo invite` makes new ones")
    if done.lost:
        warn(f"note: {number(done.lost)} records of photos are left out, whose bytes are not in this home's blobs")
