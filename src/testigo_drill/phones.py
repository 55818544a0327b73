"""Phones of a drill: they send photos over bad networks by tus 1.0.0, and go on where the server stands.

They know nothing of testigo but what goes over the wire.
"""

import base64
import hashlib
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

CHUNK = 256 * 1024
GIVES_UP_S = 240.0
_TUS = {"Tus-Resumable": "1.0.0"}
_FINAL = frozenset({400, 403, 413, 415, 422})
"""Answers after which the same bytes would be refused again."""


@dataclass(frozen=True, slots=True)
class Network:
    """How bad a phone's network is: the share of chunks that are cut off in the middle, and seconds between tries."""

    cut: float = 0.15
    wait_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Sending:
    """What became of one photo. `outcome` is `promised`, `refused` or `lost`; `sentence` says why it was refused.

    `sha256` is the hash that the promise names, empty without one. `tries` counts requests that were needed.
    """

    name: str
    outcome: str
    sha256: str
    sentence: str
    seconds: float
    tries: int


class Phone:
    """One volunteer's phone. Its clock and waits are given, so that a drill can be told to hurry."""

    def __init__(self, host: str, port: int, invitation: str, network: Network, seed: int) -> None:
        self._place = (host, port)
        self._invitation = invitation
        self._network = network
        self._chance = random.Random(seed)
        # Its own, so that it may ask again where the answer is lost.
        self._own = base64.urlsafe_b64encode(self._chance.randbytes(32)).decode().rstrip("=")
        self._pass: str | None = None
        self._tries = 0

    def send(self, name: str, data: bytes, says: Mapping[str, object]) -> Sending:
        """Sends one photo, as often as it takes."""
        start, self._tries = time.monotonic(), 0
        try:
            outcome, sha256, sentence = self._sent(data, says, start)
        except TimeoutError:
            outcome, sha256, sentence = "lost", "", "gave up"
        return Sending(name, outcome, sha256, sentence, time.monotonic() - start, self._tries)

    def _sent(self, data: bytes, says: Mapping[str, object], start: float) -> tuple[str, str, str]:
        if self._pass is None:
            body = json.dumps({"token": self._invitation, "pass": self._own}).encode()
            status, _, told = self._until(start, lambda: self._ask("POST", "/api/enrol", body, {}))
            if status != 200:
                return "lost", "", f"not enrolled: {told[:80]!r}"
            self._pass = self._own
        while True:
            place = self._begun(data, says, start)
            if not place.startswith("/"):
                return "refused", "", place
            state = self._pushed(place, data, start)
            if state is not None:
                return state

    def _begun(self, data: bytes, says: Mapping[str, object], start: float) -> str:
        """The upload's path, or why there is none."""
        headers = _TUS | {"Upload-Length": str(len(data)), "Content-Type": "application/json"}
        body = json.dumps({"sha256": hashlib.sha256(data).hexdigest(), **says}).encode()
        status, answered, told = self._until(start, lambda: self._ask("POST", "/api/uploads", body, headers))
        return answered["location"] if status == 201 else _sentence(told)

    def _pushed(self, place: str, data: bytes, start: float) -> tuple[str, str, str] | None:
        """What became of the upload; None where it is gone and must begin again."""
        while True:
            status, headers, _ = self._until(start, lambda: self._ask("HEAD", place, None, _TUS))
            if status in (404, 410):
                return None
            offset = int(headers.get("upload-offset", "0"))
            if offset < len(data):
                refused = self._patched(place, offset, data)
                if refused:
                    return "refused", "", refused
                self._check(start)
                continue
            status, _, told = self._until(start, lambda: self._ask("GET", place, None, {}))
            state = json.loads(told) if status == 200 else {}
            if state.get("state") == "promised":
                return "promised", str(state["sha256"]), ""
            if state.get("state") == "refused":
                return "refused", "", str(state.get("sentence"))
            time.sleep(self._network.wait_s)
            self._check(start)

    def _patched(self, place: str, offset: int, data: bytes) -> str:
        """Why a chunk was refused, empty where it was not. Some are sent in part, and then nothing: what came is asked
        afterwards."""
        self._tries += 1
        chunk = data[offset : offset + CHUNK]
        digest = base64.b64encode(hashlib.sha256(chunk).digest()).decode()
        headers = _TUS | {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        headers |= {"Upload-Checksum": f"sha256 {digest}", "Content-Length": str(len(chunk))}
        headers |= {"Authorization": f"Bearer {self._pass}"}
        connection = HTTPConnection(*self._place, timeout=60)
        try:
            connection.putrequest("PATCH", place)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            if self._chance.random() < self._network.cut:
                connection.send(chunk[: len(chunk) // 2])
                return ""
            connection.send(chunk)
            answer = connection.getresponse()
            told = answer.read()
            return _sentence(told) if answer.status in _FINAL else ""
        except (OSError, HTTPException):
            time.sleep(self._network.wait_s)
            return ""
        finally:
            connection.close()

    def _until(
        self, start: float, ask: Callable[[], tuple[int, dict[str, str], bytes]]
    ) -> tuple[int, dict[str, str], bytes]:
        """The first answer that is one: no network, a server that is being started again or is busy are waited for."""
        wait = self._network.wait_s
        while True:
            self._tries += 1
            try:
                answer = ask()
                if answer[0] not in (423, 429, 500, 502, 503, 507):
                    return answer
            except (OSError, HTTPException):
                pass
            self._check(start)
            time.sleep(wait * (0.5 + self._chance.random()))
            wait = min(2 * wait, 8.0)

    def _check(self, start: float) -> None:
        if time.monotonic() - start > GIVES_UP_S:
            raise TimeoutError

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        sent = dict(headers)
        if self._pass is not None:
            sent["Authorization"] = f"Bearer {self._pass}"
        connection = HTTPConnection(*self._place, timeout=60)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


def _sentence(told: bytes) -> str:
    try:
        return str(json.loads(told)["sentence"])
    except (ValueError, KeyError, TypeError):
        return f"the server answered {told[:80]!r}"
