"""One request to a desk that is serving, and its answer."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, headers with small letters, and its bytes."""

    status: int
    headers: Mapping[str, str]
    data: bytes

    @property
    def value(self) -> Any:
        """The answer's JSON."""
        return json.loads(self.data)


@dataclass(frozen=True, slots=True)
class Visit:
    """A desk that is serving, and the folder of its election."""

    address: str
    folder: Path

    def ask(
        self, path: str, body: object = None, *, method: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One request: to `path` below the token, or from the root where it begins with a slash."""
        place = urlsplit(self.address)
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection(place.netloc, timeout=60)
        target = path if path.startswith("/") else f"{place.path}en/{path}"
        connection.request(method or ("GET" if data is None else "POST"), target, data, dict(headers or {}))
        answer = connection.getresponse()
        reply = Reply(answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read())
        connection.close()
        return reply
