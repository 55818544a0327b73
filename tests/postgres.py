"""A real PostgreSQL server for tests: Debian's programs, a socket in a folder, ended by its process id."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_USERS = ("postgres", "nobody")
_WAIT_S = 30.0


def programs() -> Path | None:
    """Where Debian keeps the newest server's programs; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def running_postgres() -> Iterator[str]:
    """The folder of a running server's socket. It listens on nothing else, and is gone after the block."""
    place = programs()
    assert place is not None
    user = next(name for name in _USERS if name in {entry.pw_name for entry in pwd.getpwall()})
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    # The server refuses to run as root.
    as_other = ["setpriv", "--reuid", user, "--clear-groups", "--regid", str(pwd.getpwnam(user).pw_gid)]
    prefix = as_other if os.geteuid() == 0 else []
    if prefix:
        shutil.chown(folder, user)
    run = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    subprocess.run(  # type: ignore[call-overload]
        [*prefix, str(place / "initdb"), "-D", str(folder / "data"), "-U", "testigo", "-A", "trust", "--no-sync"], **run
    )
    options = ["-D", str(folder / "data"), "-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
    server = subprocess.Popen(
        [*prefix, str(place / "postgres"), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
    )
    try:
        end = time.monotonic() + _WAIT_S
        ready = [str(place / "pg_isready"), "-q", "-h", str(folder), "-U", "testigo"]
        while subprocess.run(ready, check=False).returncode:
            assert time.monotonic() < end, "PostgreSQL did not start"
            assert server.poll() is None, "PostgreSQL ended"
            time.sleep(0.1)
        yield str(folder)
    finally:
        # At once, also where somebody still holds a line to it.
        server.send_signal(signal.SIGINT)
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)
