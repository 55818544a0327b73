"""`deploy/` in the hands of the real programs: Caddy, OpenSSL, systemd. None is needed to use testigo."""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from sending import CHUNK, TUS
from served import Answer

from testigo.flows.invite import invite
from testigo.web.deployment import hidden
from testigo.wiring import make_home, open_home, open_private

pytestmark = [pytest.mark.slow, pytest.mark.thirdparty]
CANARIES = {
    "User-Agent": "CanaryBrowser/77.0",
    "X-Forwarded-For": "203.0.113.77",
    "X-Real-IP": "203.0.113.78",
    "Forwarded": "for=203.0.113.79",
}
INVITATION = "/i/canary-invitation-of-somebody"


def needed(program: str) -> str:
    """The program's path; without it the test skips, and fails in CI."""
    found = shutil.which(program)
    if found is None and os.environ.get("CI"):
        pytest.fail(f"{program} is not here")
    return found or pytest.skip(f"{program} is not here")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


def ask(port: int, authority: Path, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
    """One request by TLS, trusting this authority alone."""
    context = ssl.create_default_context(cafile=authority)
    connection = HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def told_of_people(text: str) -> list[str]:
    """What a log must not hold: whatever came with a request, and Caddy's names for it."""
    needles = [*CANARIES.values(), "canary", "203.0.113", "remote_ip", "client_ip", '"uri"']
    return [needle for needle in needles if needle in text]


@contextmanager
def caddy(config: Path, folder: Path, **variables: str) -> Iterator[Path]:
    """Caddy with this configuration, and the file of what it says."""
    said = folder / "caddy.log"
    own = {"XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config")}
    with said.open("wb") as file:
        process = subprocess.Popen(
            [needed("caddy"), "run", "--config", str(config), "--adapter", "caddyfile"],
            stdout=file, stderr=file, env=os.environ | own | variables,
        )  # fmt: skip
    try:
        yield said
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int, seconds: float = 20) -> None:
    """Returns once somebody there has a certificate: a proxy listens before it has made its own."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                anybody.wrap_socket(connection, server_hostname="127.0.0.1").close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nobody answers by TLS at {port}")


def heard_by(listener: socket.socket, heard: list[bytes]) -> threading.Thread:
    """Answers one request in testigo's place, and keeps what came."""

    def answer() -> None:
        with listener, listener.accept()[0] as one:
            heard.append(one.recv(65536))
            one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    return thread


def test_the_proxy_keeps_and_passes_on_nothing_of_who_asked(project: Path, tmp_path: Path) -> None:
    port, plain = free_port(), free_port()
    listener = socket.create_server(("127.0.0.1", 0))
    config = tmp_path / "Caddyfile"
    # What this machine needs: no ports below 1024, nothing put among the system's authorities.
    own = f"{{\n\tadmin off\n\thttp_port {plain}\n\tskip_install_trust\n\tlog default"
    text = (project / "deploy" / "Caddyfile").read_text("utf-8")
    config.write_text(text.replace("{\n\tlog default", own, 1))
    assert own in config.read_text()
    site, at = f"https://127.0.0.1:{port}", f"127.0.0.1:{listener.getsockname()[1]}"
    with caddy(config, tmp_path, TESTIGO_NAME=site, TESTIGO_AT=at) as said:
        wait_for(port)
        authority = tmp_path / "data" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        heard: list[bytes] = []
        thread = heard_by(listener, heard)
        answer = ask(port, authority, "GET", INVITATION, **CANARIES)
        thread.join()
        assert answer.status == 200
        assert b"CanaryBrowser" in heard[0]
        # Who asks is the proxy's own word, to be counted for ten minutes and not kept, never that of the one who asks.
        assert re.findall(rb"(?im)^x-forwarded-for: (.*?)\r", heard[0]) == [b"127.0.0.1"]
        assert not any(name in heard[0].lower() for name in (b"x-real-ip", b"\r\nforwarded:"))
        # testigo is being started anew: Caddy answers for it, and says nothing of it.
        assert ask(port, authority, "GET", INVITATION, **CANARIES).status == 502
        with socket.create_connection(("127.0.0.1", port)) as one:
            one.sendall(b"no TLS at all, CanaryBrowser/77.0\r\n\r\n")
            one.recv(100)
    kept = "".join(path.read_text("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file())
    assert said.stat().st_size > 0
    assert told_of_people(kept) == []


def enrolled(port: int, authority: Path, link: str) -> str:
    token = json.dumps({"token": link.rpartition("/")[2]}).encode()
    pass_ = ask(port, authority, "POST", "/api/enrol", token, **CANARIES).json()["pass"]
    assert isinstance(pass_, str)
    return pass_


def promised(port: int, authority: Path, pass_: str, photo: bytes) -> Mapping[str, str]:
    own = CANARIES | TUS | {"Authorization": f"Bearer {pass_}"}
    made = ask(port, authority, "POST", "/api/uploads", b"", **own | {"Upload-Length": str(len(photo))})
    path = made.headers["location"]
    assert ask(port, authority, "PATCH", path, photo, **own | CHUNK | {"Upload-Offset": "0"}).status == 204
    return ask(port, authority, "GET", path, **own).json()


def test_a_laptop_serves_its_room_over_tls(project: Path, tmp_path: Path) -> None:
    needed("caddy")
    home, port = tmp_path / "home", free_port()
    make_home(project / "elections" / "demo", home, None)
    variables = {
        "TESTIGO_LAN_PORT": str(port), "TESTIGO_PORT": str(free_port()), "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }  # fmt: skip
    night = subprocess.Popen(
        ["sh", str(project / "deploy" / "laptop.sh"), str(home), "127.0.0.1"], env=os.environ | variables,
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert night.stdout is not None
        lines = [night.stdout.readline().strip() for _ in range(3)]
        assert lines[2] == f"https://127.0.0.1:{port}"
        wait_for(port)
        authority = tmp_path / "home-room" / "ca.crt"
        assert x509.load_pem_x509_certificate(authority.read_bytes()).fingerprint(SHA256()).hex(":").upper() in lines[1]
        world = open_home(home)
        _, picture = cv2.imencode(".jpg", np.full((600, 400), 200, np.uint8))
        (link,) = invite(open_private(world), "volunteer", 1, origin=lines[2], **now_and_tokens())
        told = promised(port, authority, enrolled(port, authority, link.address), picture.tobytes())
        assert told["state"] == "promised"
        staff = ask(port, authority, "GET", "/board", **CANARIES)
        assert (staff.status, "strict-transport" in staff.headers) == (403, False)
        # As Ctrl-C in the terminal does.
        os.killpg(night.pid, signal.SIGINT)
        assert night.wait(60) == 0
    finally:
        if night.poll() is None:
            os.killpg(night.pid, signal.SIGKILL)
        night.communicate()
    assert world.journal.waiting() == 0
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port))
    kept = "".join(path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file())
    assert told_of_people(kept) == []


def now_and_tokens() -> dict[str, Any]:
    return {"now": datetime.now(UTC), "days": 1, "token": lambda: secrets.token_urlsafe(32), "hidden": hidden}


@pytest.mark.parametrize(("address", "named"), [("10.42.0.1", "10.42.0.1/32"), ("count.internal", "count.internal")])
def test_a_rooms_authority_vouches_for_one_address_and_cannot_sign_again(
    project: Path, tmp_path: Path, address: str, named: str
) -> None:
    needed("openssl")
    made = ["sh", str(project / "deploy" / "laptop-certificate.sh"), address, str(tmp_path / "room")]
    subprocess.run(made, check=True, capture_output=True)
    assert sorted(path.name for path in (tmp_path / "room").iterdir()) == ["ca.crt", "room.crt", "room.key"]
    assert {path.stat().st_mode & 0o77 for path in (tmp_path / "room").iterdir()} == {0}
    authority = x509.load_pem_x509_certificate((tmp_path / "room" / "ca.crt").read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    permitted = [str(one.value) for one in limits.value.permitted_subtrees or ()]
    assert named in permitted
    assert sorted(type(one).__name__ for one in limits.value.permitted_subtrees or ()) == ["DNSName", "IPAddress"]
    leaf = x509.load_pem_x509_certificate((tmp_path / "room" / "room.crt").read_bytes())
    assert authority.public_key() != leaf.public_key()
    again = subprocess.run(made, check=False, capture_output=True, text=True)
    assert (again.returncode, "is there already" in again.stderr) == (3, True)


def test_systemd_understands_the_units(project: Path, tmp_path: Path) -> None:
    analyze = needed("systemd-analyze")
    for path in (*(project / "deploy").glob("*.service"), *(project / "deploy").glob("*.timer")):
        text = path.read_text("utf-8").replace("/srv/testigo/code/.venv/bin/testigo", "/bin/true")
        (tmp_path / path.name).write_text(text)
    units = sorted(str(path) for path in tmp_path.iterdir())
    verified = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")
