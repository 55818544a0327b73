"""An object store over HTTP for tests: moto, a protocol peer that nobody here wrote, and no store to keep anything in.

It asks for signatures: the credentials that it hands out are the only ones that open it.
"""

import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from urllib.request import Request, urlopen
from uuid import uuid4

REGION = "us-east-1"
_POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
_PIECE = 4096


@dataclass(frozen=True)
class ObjectStore:
    """A running store and the variables with which a process reaches it."""

    port: int
    key: str
    secret: str

    @property
    def variables(self) -> Mapping[str, str]:
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
        }

    def new_bucket(self) -> str:
        """Makes an empty bucket; its name."""
        name = f"b{uuid4().hex}"
        _client("s3", self.port, self.key, self.secret).create_bucket(Bucket=name)
        return name

    def held(self, bucket: str) -> dict[str, bytes]:
        """All that a bucket holds, asked by a client that nobody here wrote."""
        client = _client("s3", self.port, self.key, self.secret)
        names = [one["Key"] for one in client.list_objects_v2(Bucket=bucket).get("Contents", ())]
        return {name: client.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names}

    def fill(self, bucket: str, name: str) -> None:
        """Puts an empty object there without HTTP, for tests that need many."""
        from moto.s3.models import s3_backends

        s3_backends["123456789012"]["aws"].put_object(bucket, name, b"")

    def overwrite(self, bucket: str, name: str, data: bytes) -> None:
        _client("s3", self.port, self.key, self.secret).put_object(Bucket=bucket, Key=name, Body=data)


def _client(service: str, port: int, key: str, secret: str):  # type: ignore[no-untyped-def]
    import boto3

    return boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    )


@contextmanager
def running_object_store() -> Iterator[ObjectStore]:
    """A store on a free port of this machine, until the block ends."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        port = server.get_host_and_port()[1]
        # Before signatures are asked for, anything goes.
        iam = _client("iam", port, "first", "first")
        iam.create_user(UserName="testigo")
        iam.put_user_policy(UserName="testigo", PolicyName="all", PolicyDocument=json.dumps(_POLICY))
        made = iam.create_access_key(UserName="testigo")["AccessKey"]
        address = f"http://127.0.0.1:{port}/moto-api/reset-auth"
        with urlopen(Request(address, data=b"0", headers={"Content-Type": "text/plain"})):
            pass
        yield ObjectStore(port, made["AccessKeyId"], made["SecretAccessKey"])
    finally:
        server.stop()


class Line:
    """A line to a store that can be cut: `port` leads to it. The next `cut_puts` PUT requests are cut after some bytes
    of theirs, the next `lost_answers` reach the store and their answers are lost; `hold` makes PUTs wait until `free`.
    """

    def __init__(self, target: int) -> None:
        self.cut_puts = 0
        self.lost_answers = 0
        self.puts = 0
        self.waiting = threading.Event()
        self.free = threading.Event()
        self.free.set()
        self._target = target
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def close(self) -> None:
        """Ends all connections; afterwards nothing answers at the port."""
        self.free.set()
        # A thread that waits in accept() wakes only when somebody comes or the socket is shut down.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in list(self._open):
            _end(one)
        for thread in list(self._threads):
            thread.join()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._start(partial(self._carry, self._listener.accept()[0]))

    def _carry(self, near: socket.socket) -> None:
        far = socket.create_connection(("127.0.0.1", self._target))
        self._open += [near, far]
        lose = threading.Event()
        self._start(partial(_answers, far, near, lose))
        with suppress(OSError):
            while piece := near.recv(_PIECE):
                if piece.startswith(b"PUT "):
                    if self._is_cut():
                        far.sendall(piece[: _PIECE // 2])
                        break
                    if self._is_lost():
                        lose.set()
                    self.waiting.set()
                    self.free.wait()
                far.sendall(piece)
        for one in (near, far) if not lose.is_set() else (near,):
            _end(one)

    def _is_cut(self) -> bool:
        with self._lock:
            self.puts += 1
            self.cut_puts -= 1
            return self.cut_puts >= 0

    def _is_lost(self) -> bool:
        with self._lock:
            self.lost_answers -= 1
            return self.lost_answers >= 0


def _answers(far: socket.socket, near: socket.socket, lose: threading.Event) -> None:
    with suppress(OSError):
        while piece := far.recv(_PIECE):
            if lose.is_set():
                break
            near.sendall(piece)
    for one in (near, far):
        _end(one)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def cut_line(target: int) -> Iterator[Line]:
    """A line to the store at this port."""
    line = Line(target)
    try:
        yield line
    finally:
        line.close()
