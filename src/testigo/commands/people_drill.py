"""`testigo drill OUT --people N`: an election night with a crowd of phones, and a server that is killed on the way."""

import json
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe

from testigo.core.records import Photo
from testigo.errors import BadUsage
from testigo.flows.invite import invite
from testigo.terminal import number, progress, say
from testigo.wiring import make_home, open_home, open_private

HOST = "127.0.0.1"
NIGHT_S = 60.0
"""Phones begin to send within so many seconds."""


def people_drill(folder: Path, phones: int, seed: int) -> None:
    """Sends the photos of a drill from so many phones to a server of its own, which is killed once; checks what stayed.

    Raises:
        BadUsage: a photo that was promised is not in the log, or the totals are not those of the truth.
    """
    from testigo.web.deployment import hidden
    from testigo_drill.crowd import Parcel, outcomes_of, parcels_for, send_all, waits_of
    from testigo_drill.phones import Network

    home = folder / "home"
    world, _ = make_home(folder / "election", home, None)
    claims = dict(line.split(",")[:2] for line in (folder / "claims.csv").read_text("utf-8").splitlines()[1:])
    photos = [
        Parcel(path.name, path.read_bytes(), {"station": claims[path.name]} if path.name in claims else {})
        for path in sorted((folder / "photos").iterdir())
    ]
    hands = parcels_for(phones, photos, doubles=0.1, junk=0.2, seed=seed)
    links = invite(
        open_private(world), "volunteer", phones, origin="", now=datetime.now(UTC), days=1,
        token=lambda: token_urlsafe(32), hidden=hidden,
    )  # fmt: skip
    parcels = sum(map(len, hands))
    say(f"{number(phones)} phones send {number(parcels)} files: {number(len(photos))} photos, doubles and junk")
    port = _free_port()
    server = [_serve(home, port)]
    restarted = threading.Timer(NIGHT_S / 3, lambda: server.append(_again(server[-1], home, port)))
    restarted.start()
    start = time.monotonic()
    try:
        with progress("sent", parcels) as step:
            sendings = send_all(
                HOST, port, [link.address.rpartition("/")[2] for link in links], hands,
                network=Network(), over_s=NIGHT_S, seed=seed, sent=step,
            )  # fmt: skip
        took = time.monotonic() - start
        restarted.join()
        _settle(home)
    finally:
        restarted.cancel()
        server[-1].terminate()
        server[-1].wait()
    waits, outcomes = waits_of(sendings), outcomes_of(sendings)
    say(f"{', '.join(f'{number(count)} {what}' for what, count in sorted(outcomes.items()))}; server killed once")
    say(f"{len(sendings) / took:.1f} files a second; a promise came after")
    say(f"  {waits.p50:.1f} s for half of the photos, {waits.p95:.1f} s for 19 of 20, {waits.most:.1f} s for all")
    world = open_home(home)
    sealed = {record.sha256 for _, record in world.views.records() if isinstance(record, Photo)}
    missing = {one.sha256 for one in sendings if one.outcome == "promised"} - sealed
    if missing or world.journal.waiting():
        raise BadUsage(f"{len(missing)} photos were promised and are not in the log; {world.journal.waiting()} wait")
    say("every photo that was promised is in the log")
    _compare(folder, home)


def _compare(folder: Path, home: Path) -> None:
    """Every station that was counted from its sheet has the figures of the truth."""
    truth = json.loads((folder / "truth.json").read_text("utf-8"))["stations"]
    world = open_home(home)
    counted, wrong = 0, []
    for (station, _), (_, result) in world.views.results().items():
        expected = truth.get(station)
        if result.status != "counted" or expected is None or expected["status"] != "counted":
            continue
        counted += 1
        for choice in world.election.contests[0].choices:
            votes = sum(expected["figures"].get(line, 0) for line in choice.lines or (choice.id,))
            if result.counts.get(choice.id) != votes:
                wrong.append(f"{station} {choice.id}: {votes} on the sheet, {result.counts.get(choice.id)} counted")
    say(f"{number(counted)} stations counted that should be, {number(len(wrong))} figures differ from the truth")
    if wrong:
        raise BadUsage("; ".join(wrong[:5]))


def _settle(home: Path) -> None:
    """Waits until everything that came in is read."""
    from testigo.flows.read import VERSION, reader_of

    world = open_home(home)
    left = len(world.views.photos_unread(reader_of(world), VERSION))
    with progress("read", left) as step:
        while left:
            time.sleep(1)
            now = len(world.views.photos_unread(reader_of(world), VERSION))
            step(left - now)
            left = now


def _serve(home: Path, port: int) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable,
        "-m",
        "testigo",
        "serve",
        "--home",
        str(home),
        "--port",
        str(port),
        "--seal-minutes",
        "0.2",
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def _again(running: "subprocess.Popen[bytes]", home: Path, port: int) -> "subprocess.Popen[bytes]":
    """The server is killed as by a loss of power, and started again."""
    running.kill()
    running.wait()
    return _serve(home, port)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
    return port
