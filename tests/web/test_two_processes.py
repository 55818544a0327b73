"""Two `testigo serve` on one PostgreSQL and one home: what one begins the other goes on with, and nothing is twice."""

import hashlib
import json
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sending import TUS, begun, patch, state
from served import Person
from test_canaries import telling_photo

from testigo.core.records import Photo, own_record
from testigo.core.roles import Role
from testigo.flows.invite import invite
from testigo.flows.receive import opened_promise
from testigo.ports import World
from testigo.private import Private
from testigo.web.deployment import hidden
from testigo.wiring import make_home, open_private, promise_signer

COMMAND = str(Path(sys.executable).with_name("testigo"))
pytestmark = [pytest.mark.slow, pytest.mark.thirdparty]


@dataclass(frozen=True)
class Pair:
    """A home with two servers, at these ports: the first reads and seals, the second only answers."""

    world: World
    private: Private
    ports: tuple[int, int]

    def link(self, role: Role) -> str:
        (made,) = invite(
            self.private, role, 1, origin="http://a", now=datetime.now(UTC), days=2,
            token=lambda: secrets.token_urlsafe(32), hidden=hidden,
        )  # fmt: skip
        return made.address.removeprefix("http://a")

    def phones(self) -> tuple[Person, Person]:
        """One phone, at both servers."""
        token, own = self.link("volunteer").rpartition("/")[2], secrets.token_urlsafe(32)
        body = json.dumps({"token": token, "pass": own}).encode()
        both = tuple(Person(port, bearer=own) for port in self.ports)
        assert [person.ask("POST", "/api/enrol", body).status for person in both] == [200, 200]
        return both[0], both[1]


@contextmanager
def serving(home: Path, *more: str) -> Iterator["subprocess.Popen[str]"]:
    command = [COMMAND, "serve", "--home", str(home), "--port", "0", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def port_of(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.communicate()[1]
    return int(line.strip().rpartition(":")[2])


def test_what_one_server_begins_the_other_goes_on_with_and_nothing_is_twice(
    project: Path, tmp_path: Path, new_database: Callable[[], str]
) -> None:
    home = tmp_path / "home"
    world, _ = make_home(project / "elections" / "demo", home, None, database=new_database())
    private = open_private(world)
    with ExitStack() as servers:
        for store in (world.journal, private):
            servers.callback(store.close)  # type: ignore[attr-defined]
        processes = [servers.enter_context(serving(home, *more)) for more in ((), ("--no-tending",))]
        pair = Pair(world, private, (port_of(processes[0]), port_of(processes[1])))
        invitations_are_used_once(pair)
        sessions_hold_at_both(pair)
        promised = {photo_goes_on_at_the_other(pair), *chunks_sent_to_both_at_once(pair)}
        for process in processes:
            process.send_signal(signal.SIGTERM)
        told = "".join(process.communicate(timeout=60)[1] for process in processes)
        assert [process.returncode for process in processes] == [0, 0], told[-4000:]
        assert not told, told[-4000:]
        sealed = [own_record(entry) for entry in world.journal.entries(0, world.journal.heads()[-1].size)]
        assert sorted(record.sha256 for record in sealed if isinstance(record, Photo)) == sorted(promised)
        assert (world.journal.waiting(), [*(home / "spool").iterdir()]) == (0, [])


def invitations_are_used_once(pair: Pair) -> None:
    for _ in range(10):
        token = pair.link("volunteer").rpartition("/")[2]

        def enrolled(port: int, token: str = token) -> int:
            body = json.dumps({"token": token, "pass": secrets.token_urlsafe(32)}).encode()
            return Person(port).ask("POST", "/api/enrol", body).status

        with ThreadPoolExecutor(4) as people:
            assert sorted(people.map(enrolled, pair.ports * 2)) == [200, 403, 403, 403]


def sessions_hold_at_both(pair: Pair) -> None:
    first, second = (Person(port) for port in pair.ports)
    assert first.post(pair.link("clerk")).status == 303
    second.cookies = dict(first.cookies)
    assert second.get("/desk").status == 200
    assert second.post("/leave").status == 303
    assert first.get("/desk").status == 403


def photo_goes_on_at_the_other(pair: Pair) -> str:
    one, other = pair.phones()
    data = telling_photo(1)
    path, half = begun(one, len(data)), len(data) // 2
    assert patch(one, path, 0, data[:half]).status == 204
    assert other.ask("HEAD", path, headers=TUS).headers["upload-offset"] == str(half)
    assert patch(other, path, half, data[half:]).status == 204
    assert state(one, path) == state(other, path)
    return promised_at(pair, one, path)


def chunks_sent_to_both_at_once(pair: Pair) -> Iterator[str]:
    for seed in range(2, 6):
        one, other = pair.phones()
        data = telling_photo(seed)
        path = begun(one, len(data))
        with ThreadPoolExecutor(2) as senders:
            answers = list(senders.map(lambda phone: patch(phone, path, 0, data).status, (one, other)))  # noqa: B023
        assert answers.count(204) == 1 or set(answers) == {204}
        assert set(answers) <= {204, 409, 423}
        yield promised_at(pair, other, path)


def promised_at(pair: Pair, phone: Person, path: str) -> str:
    told = state(phone, path)
    assert told["state"] == "promised"
    promise = opened_promise(told["promise"].encode(), promise_signer(pair.world).vkey)
    assert hashlib.sha256(pair.world.blobs.open(promise.sha256)).hexdigest() == promise.sha256 == told["sha256"]
    return promise.sha256
