"""The server's socket and its loop: no access log, no header that names it, an end that waits for open answers."""

import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Self

import uvicorn
from starlette.concurrency import run_in_threadpool

from testigo.errors import BadUsage, TestigoError
from testigo.flows.desk_kept import KeptDesk
from testigo.ports import Opener, Reader, Signer, World
from testigo.private import Private
from testigo.terminal import warn
from testigo.web import sweeping
from testigo.web.app import app_of
from testigo.web.deployment import Deployment, Settings
from testigo.web.heads import MOST_HEAD, PatientProtocol
from testigo.web.spool import Spool


class Listening:
    """A bound socket; `port` is its port, also where any free one was asked for."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise BadUsage(f"{host}:{port}: cannot listen there: {error.strerror}") from None
        self._socket.listen(512)
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def server_for(
        self,
        world: World,
        private: Private,
        promises: Signer,
        reader: Reader,
        settings: Settings,
        *,
        clock: Callable[[], datetime],
        token: Callable[[], str],
        opener: Opener,
    ) -> "Server":
        """A server for this home on this socket."""
        deployment = Deployment(world, private, promises, reader, clock, token, settings, KeptDesk(world), opener)
        return Server(deployment, self._socket)


class Server:
    """A deployment that can be run once."""

    def __init__(self, deployment: Deployment, listening: socket.socket) -> None:
        self._socket = listening
        self._server = uvicorn.Server(
            uvicorn.Config(
                app_of(deployment), log_level="error", access_log=False, server_header=False, date_header=False,
                lifespan="off", ws="none", timeout_keep_alive=30, timeout_graceful_shutdown=5, limit_concurrency=2000,
                h11_max_incomplete_event_size=MOST_HEAD, http=PatientProtocol, proxy_headers=False,
                callback_notify=partial(run_in_threadpool, _swept, deployment), timeout_notify=sweeping.SWEEP_S,
            )
        )  # fmt: skip

    def run(self) -> None:
        """Answers until it is asked to end, by Ctrl-C, by SIGTERM or by `end`; returns so that more can be closed."""
        if threading.current_thread() is threading.main_thread():
            # After its own end the library raises the signal that asked for it once more.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        with suppress(KeyboardInterrupt):
            self._server.run(sockets=[self._socket])

    def end(self) -> None:
        """Has `run` return soon; may be called from another thread."""
        self._server.should_exit = True


def _swept(deployment: Deployment) -> None:
    """What goes wrong is told, and done the next time: it ends no server."""
    try:
        sweeping.sweep(deployment.private, Spool(deployment.world.home / "spool"), deployment.clock())
    except TestigoError as error:
        warn(f"testigo: {error}")
