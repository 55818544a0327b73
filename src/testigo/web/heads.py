"""The head of a request from a sender who may not let the server wait either: it comes in time, or the line is cut.

uvicorn has a limit for lines that wait between two requests and none for a head that never comes to its end.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 30.0
MOST_HEAD = 8_192
"""Bytes of the request line and the headers together."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 in which a head may take `HEAD_S` seconds from the first byte, or from the beginning of the line."""

    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A line begins."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Bytes come."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._no_more()
        elif self._due is None and self.conn.trailing_data[0]:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """A line ends."""
        self._no_more()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._due = self.loop.call_later(HEAD_S, self.transport.close)

    def _no_more(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
