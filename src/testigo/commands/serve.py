"""`testigo serve` and `testigo invite`: the places of an election's people."""

import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from testigo.cluster.local import cores, local_executor
from testigo.commands.options import FlagOption, HomeOption
from testigo.core.ids import Digest
from testigo.core.roles import ROLES, Role
from testigo.errors import BadUsage
from testigo.flows.invite import invite
from testigo.flows.tend import Tended, tend
from testigo.ports import Head, Reader, World
from testigo.terminal import number, say, warn
from testigo.wiring import home_of, open_home, open_private, photo_opener, photo_readers, promise_signer, writing

LOCAL = "http://127.0.0.1:8080"
MOST_SEAL_MINUTES = 20
_MOST_LINKS = 2_000


def serve_command(
    *,
    home: HomeOption = None,
    port: int = 8080,
    host: str = "127.0.0.1",
    address: Annotated[list[str] | None, Parameter(consume_multiple=True, negative="")] = None,
    site: Path | None = None,
    seal_minutes: float = 10,
    no_tending: FlagOption = False,
    jobs: int | None = None,
    proxy: str | None = None,
) -> None:
    """Serve the election's people: phones, clerks, adjudicators, stewards. Ends with Ctrl-C.

    Photos that come in are read by themselves, and every ten minutes the batch is closed and signed. Make the first
    links with `testigo invite steward`.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    port
        The port to listen on; 0 for any free one, whose number is printed.
    host
        The address to listen on. Leave it, and put a server with a certificate (TLS) before it.
    address
        Under which addresses browsers reach it, such as https://count.example; http://127.0.0.1:PORT if not given.
    site
        A published site (`testigo publish`) to show as well, under /results/.
    seal_minutes
        How often the batch is closed.
    no_tending
        Only answer: another server on the same database reads and seals.
    jobs
        How many photos at once; all cores if not given.
    proxy
        The network of a TLS server on another machine, such as 10.89.7.0/24, whose X-Forwarded-For says who asks; on
        this machine it is believed anyway. Whoever asks is counted for ten minutes and never kept.
    """
    behind = _network(proxy)
    if not 0 < seal_minutes <= MOST_SEAL_MINUTES:
        raise BadUsage(f"--seal-minutes: expected at most {MOST_SEAL_MINUTES}: photos are promised within the hour")
    try:
        from testigo.web.deployment import Settings
        from testigo.web.server import Listening
    except ImportError as error:
        raise BadUsage(f"serving needs the libraries for servers (pip install 'testigo[server]'): {error}") from None
    world = open_home(home_of(home))
    # A bucket that does not answer is told now, and not to the first phone.
    world.blobs.has(Digest("0" * 64))
    with (
        _lock(world, tending=not no_tending),
        photo_readers(world) as reader,
        Listening(host, port) as listening,
    ):
        origins = tuple(address or ()) or (f"http://{host}:{listening.port}",)
        private = open_private(world)
        server = listening.server_for(
            world,
            private,
            promise_signer(world),
            reader,
            Settings(origins, site, behind),
            clock=_now,
            token=_token,
            opener=photo_opener(world),
        )
        for origin in origins:
            say(origin)
        say("end with Ctrl-C; invitations: testigo invite ROLE")
        sys.stdout.flush()
        with _tending(world, reader, seal_minutes * 60, jobs) if not no_tending else _nothing():
            server.run()


def invite_command(
    role: str,
    *,
    home: HomeOption = None,
    count: int = 1,
    days: int = 2,
    address: str = LOCAL,
    sheet: Path | None = None,
) -> None:
    """Make one-time links for people: volunteer, clerk, adjudicator, steward, observer.

    A link works once and is kept nowhere. Volunteers' links cannot be told apart, and nobody keeps who got which.

    Parameters
    ----------
    role
        volunteer, clerk, adjudicator, steward or observer.
    home
        The deployment's home; TESTIGO_HOME if not given.
    count
        How many links.
    days
        For how many days they can be used.
    address
        The server's address, such as https://count.example.
    sheet
        Write a page with QR codes to print and cut instead of printing the links here.
    """
    if role not in ROLES or not 1 <= count <= _MOST_LINKS or days < 1:
        raise BadUsage(f"expected a role ({', '.join(ROLES)}), 1 to {_MOST_LINKS} links and 1 day or more")
    from testigo.web.deployment import hidden

    known: Role = next(one for one in ROLES if one == role)
    world = open_home(home_of(home))
    links = invite(
        open_private(world),
        known,
        count,
        origin=address.rstrip("/"),
        now=_now(),
        days=days,
        token=_token,
        hidden=hidden,
    )
    if sheet is None:
        for link in links:
            say(f"{link.address}" + (f"  {link.alias}" if link.alias else ""))
        return
    from testigo.web.sheet import invitation_sheet

    sheet.write_text(invitation_sheet(links, world.election.name, world.election.language), "utf-8")
    say(f"{sheet}: {number(len(links))} invitations to print; each works once, for {number(days)} days")


def _now() -> datetime:
    return datetime.now(UTC)


def _token() -> str:
    return secrets.token_urlsafe(32)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _network(text: str | None) -> IPv4Network | IPv6Network | None:
    try:
        return None if text is None else ip_network(text)
    except ValueError as error:
        raise BadUsage(f"--proxy: expected a network such as 10.89.7.0/24, came {text!r}: {error}") from None


@contextmanager
def _lock(world: World, *, tending: bool) -> Iterator[None]:
    if not tending:
        yield
        return
    with writing(world.home):
        yield


@contextmanager
def _tending(world: World, reader: Reader, seal_every_s: float, jobs: int | None) -> Iterator[None]:
    """Reads and seals in a thread of its own until the server has ended; the last batch is closed then."""
    ending = threading.Event()

    def sealed(head: Head) -> None:
        say(f"log: {number(head.size)} records, root {head.root.hex()[:16]}")
        sys.stdout.flush()

    with local_executor(jobs or cores()) as executor:
        thread = threading.Thread(
            target=tend,
            args=(world, executor, reader),
            kwargs={
                "ended": ending.wait,
                "seconds": time.monotonic,
                "seal_every_s": seal_every_s,
                "tell": Tended(sealed, lambda sentence: warn(f"testigo: {sentence}")),
            },
            name="tending",
        )
        thread.start()
        try:
            yield
        finally:
            ending.set()
            thread.join()
