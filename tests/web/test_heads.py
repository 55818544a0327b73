"""A request comes in time and in few bytes, or its line is cut: nobody holds a server by saying nothing."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sending import CHUNK, begun, photo, state
from served import Served

from testigo.web import bodies, heads

pytestmark = pytest.mark.slow  # each test waits for a time limit

HEAD = "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that waits for half a second."""
    monkeypatch.setattr(heads, "HEAD_S", 0.5)
    monkeypatch.setattr(bodies.pieces_of, "__kwdefaults__", {"idle_s": 0.5, "whole_s": 2.0})


@contextmanager
def line_to(server: Served) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        yield line


def head_of(server: Served, method: str, path: str) -> bytes:
    return HEAD.format(method=method, path=path, port=server.port).encode()


@pytest.mark.parametrize("came", [b"", b"G", b"GET / HTTP/1.1\r\nHost: 127"])
def test_a_head_that_does_not_come_to_its_end_cuts_the_line(hurried: None, phones: Served, came: bytes) -> None:
    with line_to(phones) as line:
        line.sendall(came)
        assert line.recv(1000) == b""


def test_bytes_that_trickle_do_not_make_it_wait_longer(hurried: None, phones: Served) -> None:
    with line_to(phones) as line, pytest.raises(OSError):
        trickle(line)


def trickle(line: socket.socket) -> None:
    for _ in range(400):
        line.sendall(b"X")
        time.sleep(0.05)


def test_the_second_head_on_a_line_has_to_come_in_time_as_well(hurried: None, phones: Served) -> None:
    with line_to(phones) as line:
        line.sendall(head_of(phones, "GET", "/style/people.css") + b"\r\n")
        first = bytearray()
        while b"prefers-color-scheme" not in first and b"}\n" not in first[-3:]:
            first += line.recv(65536)
        line.sendall(b"GET / HT")
        assert line.recv(1000) == b""


def test_a_body_may_take_longer_than_a_head(hurried: None, phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    path = begun(phone, len(data))
    headers = CHUNK | {
        "Authorization": f"Bearer {phone.bearer}",
        "Upload-Offset": "0",
        "Content-Length": str(len(data)),
    }
    with line_to(phones) as line:
        line.sendall(head_of(phones, "PATCH", path))
        line.sendall("".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode() + b"\r\n")
        for at in range(0, len(data), 1000):
            line.sendall(data[at : at + 1000])
            time.sleep(0.15)
        assert b" 204 " in line.recv(1000)
    assert state(phone, path)["state"] == "promised"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/enrol", "application/json"),
        ("/problem", "application/x-www-form-urlencoded"),
        ("/c/plain", "multipart/form-data; boundary=x"),
        ("/i/s" + "A" * 43, "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_does_not_come_is_not_waited_for(hurried: None, phones: Served, path: str, kind: str) -> None:
    with line_to(phones) as line:
        line.sendall(head_of(phones, "POST", path) + f"Content-Type: {kind}\r\nContent-Length: 300\r\n\r\na".encode())
        status = line.recv(1000).split(b" ", 2)[1]
        assert status == (b"400" if path == "/c/plain" else b"408")


def test_a_sender_who_hangs_up_in_the_middle_leaves_no_trace(phones: Served, capfd: pytest.CaptureFixture[str]) -> None:
    for path in ("/api/enrol", "/problem", "/c/plain"):
        with line_to(phones) as line:
            kind = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 300\r\n\r\na"
            line.sendall(head_of(phones, "POST", path) + kind)
    body = json.dumps({"token": phones.link("volunteer")[0].rpartition("/")[2]}).encode()
    assert phones.anyone().ask("POST", "/api/enrol", body).status == 200
    phones.stop()
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")


@pytest.mark.parametrize("length", [9_000, 60_000])
def test_a_head_of_more_than_eight_thousand_bytes_is_refused(phones: Served, length: int) -> None:
    for headers, path in (({"X-Long": "a" * length}, "/"), ({}, "/?" + "a" * length)):
        try:
            assert phones.anyone().get(path, **headers).status in (400, 431)
        except OSError:
            # It was cut off while it was still coming.
            continue
    assert phones.anyone().get("/", **{"X-Long": "a" * 7_000}).status == 200
