"""`testigo drill OUT --people N`: an election night with a crowd of phones, and a server that is killed on the way."""

import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from testigo.core.entry import Differs
from testigo.core.records import Photo
from testigo.core.roles import Role
from testigo.errors import BadUsage
from testigo.flows.invite import invite
from testigo.terminal import number, progress, say
from testigo.wiring import make_home, open_home, open_private

HOST = "127.0.0.1"
AGAIN_PPM = 300_000
NIGHT_S = 60.0
"""Phones begin to send within so many seconds."""


def people_drill(folder: Path, phones: int, clerks: int, seed: int) -> None:
    """Plays the night of a drill against a server of its own, which is killed once; checks what stayed.

    So many phones send its photos. So many clerks, and a few adjudicators, key what no machine read surely, and what
    the seed draws.

    Raises:
        BadUsage: a photo that was promised is not in the log, or figures are not those of the truth.
    """
    from testigo_drill.clerks import Paper, waits_at_desks, work_all
    from testigo_drill.crowd import Parcel, outcomes_of, parcels_for, send_all, waits_of
    from testigo_drill.phones import Network

    home = folder / "home"
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    make_home(_with_desk(folder), home, None)
    photos = [
        Parcel(path.name, path.read_bytes(), _says(truth["photos"][path.name]))
        for path in sorted((folder / "photos").iterdir())
    ]
    hands = parcels_for(phones, photos, doubles=0.1, junk=0.2, seed=seed)
    parcels = sum(map(len, hands))
    say(f"{number(phones)} phones send {number(parcels)} files: {number(len(photos))} photos, doubles and junk")
    say(f"{number(clerks)} clerks and {number(_judges(clerks))} adjudicators; one sheet in 20 is keyed with a slip")
    port = _free_port()
    papers: dict[str, Paper] = {}
    over = threading.Event()
    people = ThreadPoolExecutor(1)
    working = people.submit(
        work_all, HOST, port, _paths(home, "clerk", clerks), _paths(home, "adjudicator", _judges(clerks)), papers,
        slips=0.05, seed=seed, done=over.is_set,
    )  # fmt: skip
    server = [_serve(home, port)]
    restarted = threading.Timer(NIGHT_S / 3, lambda: server.append(_again(server[-1], home, port)))
    restarted.start()
    start = time.monotonic()
    try:
        tokens = [path.rpartition("/")[2] for path in _paths(home, "volunteer", phones)]
        with progress("sent", parcels) as step:
            sendings = send_all(
                HOST, port, tokens, hands, network=Network(), over_s=NIGHT_S, seed=seed, sent=step,
            )  # fmt: skip
        took = time.monotonic() - start
        restarted.join()
        for one in sendings:
            place = truth["photos"].get(one.name)
            if one.outcome == "promised" and place is not None and place["station"] in truth["stations"]:
                papers[one.sha256] = Paper(place["station"], truth["stations"][place["station"]]["figures"])
        _settle(home, papers)
    finally:
        over.set()
        keyed, settled = working.result()
        people.shutdown()
        restarted.cancel()
        server[-1].terminate()
        server[-1].wait()
    waits, outcomes = waits_of(sendings), outcomes_of(sendings)
    say(f"{', '.join(f'{number(count)} {what}' for what, count in sorted(outcomes.items()))}; server killed once")
    say(f"{len(sendings) / took:.1f} files a second; a promise came after")
    say(f"  {waits.p50:.1f} s for half of the photos, {waits.p95:.1f} s for 19 of 20, {waits.most:.1f} s for all")
    desks = waits_at_desks([*keyed, *settled])
    made, ruled = (sum(one.sheets for one in some) for some in (keyed, settled))
    say(f"{number(made)} sheets keyed, {number(ruled)} settled by a third; the server answered")
    say(f"  {desks.p50:.2f} s for half of the pages, {desks.p95:.2f} s for 19 of 20")
    _check(home, truth["stations"], {one.sha256 for one in sendings if one.outcome == "promised"})


def _with_desk(folder: Path) -> Path:
    """The drill's election, with a part of all sheets drawn to be keyed though a machine read them."""
    election = folder / "people-election"
    if not election.exists():
        shutil.copytree(folder / "election", election)
        rules = (election / "election.toml").read_text("utf-8")
        (election / "election.toml").write_text(
            f'{rules}\n[desk]\nagain_ppm = {AGAIN_PPM}\nagain_seed = "drill"\n', "utf-8"
        )
    return election


def _says(photo: Mapping[str, str | None]) -> dict[str, object]:
    return {} if photo["claim"] is None else {"station": photo["claim"]}


def _judges(clerks: int) -> int:
    return max(1, clerks // 10)


def _paths(home: Path, role: Role, count: int) -> list[str]:
    """The paths of new invitations."""
    from testigo.web.deployment import hidden

    private = open_private(open_home(home))
    links = invite(
        private, role, count, origin="", now=datetime.now(UTC), days=1, token=lambda: token_urlsafe(32), hidden=hidden
    )
    return [link.address for link in links]


def _check(home: Path, truth: Mapping[str, Any], promised: set[str]) -> None:
    """Every promise is kept, and every station that was counted as it should be has the figures of the truth."""
    world = open_home(home)
    held = {record.sha256 for _, record in world.views.records() if isinstance(record, Photo)}
    if promised - held or world.journal.waiting():
        raise BadUsage(f"{len(promised - held)} promised photos are not in the log; {world.journal.waiting()} wait")
    say("every photo that was promised is in the log")
    counted, wrong = 0, []
    for (station, _), (_, result) in world.views.results().items():
        expected = truth.get(station)
        if result.status != "counted" or expected is None or expected["status"] not in ("counted", "counted-if-read"):
            continue
        counted += 1
        for choice in world.election.contests[0].choices:
            votes = sum(expected["figures"].get(line, 0) for line in choice.lines or (choice.id,))
            if result.counts.get(choice.id) != votes:
                wrong.append(f"{station} {choice.id}: {votes} on the sheet, {result.counts.get(choice.id)} counted")
    say(f"{number(counted)} stations counted that should be, {number(len(wrong))} figures differ from the truth")
    if wrong:
        raise BadUsage("; ".join(wrong[:5]))


def _settle(home: Path, papers: Mapping[str, object]) -> None:
    """Waits until everything that came in is read, and everything that people can key is settled."""
    from testigo.flows.desk_kept import desk_of
    from testigo.flows.read import unread_count

    world, first = open_home(home), None
    with progress("read and keyed", 100) as step:
        shown = 0
        while True:
            found = desk_of(world)
            left = unread_count(world)
            left += sum(photo in papers and photo not in found.drawn_again for photo in found.to_key)
            left += sum(isinstance(state, Differs) for state in found.sheets.values())
            first = max(first or 1, left)
            step(100 * (first - left) // first - shown)
            shown = 100 * (first - left) // first
            if not left:
                return
            time.sleep(2)


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
