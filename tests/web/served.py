"""A real server on this machine for one test, and people who speak to it over HTTP and nothing else."""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from urllib.parse import urlencode

from testigo.core.roles import Role
from testigo.flows.invite import PASS_UPLOADS, invite
from testigo.ports import Opener, Reader, World
from testigo.private import Private
from testigo.web.deployment import Settings, hidden
from testigo.web.server import Listening
from testigo.wiring import open_private, photo_opener, promise_signer

START = datetime(2030, 1, 1, 18, 0, tzinfo=UTC)


@dataclass
class Clock:
    """The server's clock, which a test moves."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> dict:  # type: ignore[type-arg]
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found


@dataclass
class Person:
    """Somebody with a browser: cookies are kept, forms are sent from the server's own pages."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    bearer: str | None = None

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        sent = {"Host": f"127.0.0.1:{self.port}"} | dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.bearer is not None:
            sent.setdefault("Authorization", f"Bearer {self.bearer}")
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            if "set-cookie" in told:
                name, _, value = told["set-cookie"].partition(";")[0].partition("=")
                self.cookies[name] = value
            return Answer(answer.status, told, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Answer:
        own = {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields or {}).encode(), own | headers)


@dataclass(frozen=True)
class Served:
    """A running server. `invited` makes somebody who has used an invitation."""

    world: World
    private: Private
    clock: Clock
    port: int
    opener: Opener
    stop: Callable[[], None]

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def anyone(self) -> Person:
        return Person(self.port)

    def link(self, role: Role, count: int = 1) -> list[str]:
        made = invite(
            self.private, role, count, origin=self.origin, now=self.clock(), days=2, token=_token, hidden=hidden
        )
        return [link.address.removeprefix(self.origin) for link in made]

    def invited(self, role: Role) -> Person:
        person, (path,) = self.anyone(), self.link(role)
        if role == "volunteer":
            token = path.rpartition("/")[2]
            answer = person.ask("POST", "/api/enrol", json.dumps({"token": token}).encode())
            assert answer.json()["left"] == PASS_UPLOADS
            person.bearer = answer.json()["pass"]
        else:
            assert person.post(path).status == 303
        return person


@contextmanager
def served(world: World, reader: Reader) -> Iterator[Served]:
    """The server of a home, until the block ends."""
    clock = Clock()
    private, opener = open_private(world), photo_opener(world)
    with Listening("127.0.0.1", 0) as listening:
        settings = Settings((f"http://127.0.0.1:{listening.port}", f"http://localhost:{listening.port}"))
        server = listening.server_for(
            world, private, promise_signer(world), reader, settings, clock=clock, token=_token, opener=opener
        )
        thread = threading.Thread(target=server.run)
        thread.start()

        def stop() -> None:
            server.end()
            thread.join()

        try:
            _wait(listening.port)
            yield Served(world, private, clock, listening.port, opener, stop)
        finally:
            stop()
            private.close()  # type: ignore[attr-defined]


def _token() -> str:
    return secrets.token_urlsafe(32)


def _wait(port: int) -> None:
    for _ in range(500):
        try:
            Person(port).get("/style/people.css")
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("the server did not answer")
