"""What must never be kept is not kept: canaries go in by every way, and none is found; nor is an order of arrival."""

import base64
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest
from sending import CHUNK, TUS, PhoneReader, begun, create, patch, photo
from served import Person, Served, served
from test_sealed_uploads import sealed

from testigo.flows.publish import publish
from testigo.flows.read import read
from testigo.flows.seal import seal
from testigo.store.blobs_folder import NO_TIME
from testigo.web.problems import KINDS
from testigo.wiring import make_home, open_home, photo_readers, promise_signer

CANARIES = {
    "X-Forwarded-For": "203.0.113.77",
    "User-Agent": "CanaryBrowser/77.0 (Teal Phone)",
    "Accept-Language": "qcn-Canary",
    "Referer": "https://canary-referrer.example/",
    "Date": "Tue, 01 Jan 2030 11:11:11 CANARY",
    "X-Device": "canary-device-9f3b",
}
IN_PHOTO = b"canary-gps-48.8584N-2.2945E canary-camera-serial-5521"
FILE_NAME = "canary-IMG_20300101_senora.jpg"


def telling_photo(seed: int) -> bytes:
    """A JPEG with an EXIF segment, a comment and a trailer that tell who took it."""
    pixels = np.random.default_rng(seed).integers(0, 255, (240, 320, 3)).astype(np.uint8)
    _, made = cv2.imencode(".jpg", cv2.GaussianBlur(pixels, (0, 0), 3))
    data, exif = made.tobytes(), b"Exif\0\0" + IN_PHOTO
    app1 = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    comment = b"\xff\xfe" + (len(IN_PHOTO) + 2).to_bytes(2, "big") + IN_PHOTO
    return data[:2] + app1 + comment + data[2:] + b"trailer " + IN_PHOTO


def multipart(fields: dict[str, str], data: bytes) -> bytes:
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in fields.items()
    ]
    head = f'--x\r\nContent-Disposition: form-data; name="photo"; filename="{FILE_NAME}"\r\n'
    head += "Content-Type: image/jpeg\r\n\r\n"
    return b"".join(parts) + head.encode() + data + b"\r\n--x--\r\n"


def found_in(place: Path, needles: Sequence[bytes]) -> list[tuple[str, bytes]]:
    files = [path for path in place.rglob("*") if path.is_file()]
    assert files
    names = [(str(path), needle) for path in files for needle in needles if needle in path.name.encode()]
    return names + [(str(path), needle) for path in files for needle in _in_file(path, needles)]


def _in_file(path: Path, needles: Sequence[bytes]) -> list[bytes]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        # A running PostgreSQL takes files of its own away.
        return []
    return [needle for needle in needles if needle in data]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.thirdparty)])
def test_no_canary_is_left_in_any_file_table_log_or_bundle(
    project: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str, new_database: Callable[[], str]
) -> None:
    database = new_database() if kind == "postgres" else None
    world, _ = make_home(project / "elections" / "demo", tmp_path / "home", None, database=database)
    code = sorted(world.register.stations)[0]
    from testigo.cluster.local import local_executor

    with photo_readers(world) as reader, local_executor(1) as executor:
        with served(world, reader) as server:
            phone = server.invited("volunteer")
            data = telling_photo(1)
            path = begun(phone, len(data), {"station": code, "page": 1})
            assert patch(phone, path, 0, data, **CANARIES).status == 204
            assert phone.get(path, **CANARIES).json()["state"] == "promised"
            other = server.invited("volunteer")
            form = {"Content-Type": "multipart/form-data; boundary=x", "Origin": server.origin}
            body = multipart({"pass": str(other.bearer), "station": str(code), "page": "1"}, telling_photo(2))
            assert Person(server.port).ask("POST", "/c/plain", body, form | CANARIES).status == 200
            sent_in_every_other_way(server)
            steward = server.invited("steward")
            for page in ("/", "/board", "/nowhere", "/problem", "/api/stations/none"):
                steward.get(page, **CANARIES)
            steward.ask("PATCH", "/api/uploads/broken", b"\xff", CHUNK | CANARIES)
        assert read(world, executor, reader, lambda n: None).outcomes
        seal(world)
        publish(world, tmp_path / "out", reader, executor, lambda step: None, processes=1)
    needles = [value.encode() for value in CANARIES.values()] + [
        b"canary",
        FILE_NAME.encode(),
        b"gps-48",
        base64.b64encode(FILE_NAME.encode()),
    ]
    needles += [b"127.0.0.1"] if kind == "sqlite" else []
    assert found_in(tmp_path, needles) == []
    if database is not None:
        world.journal.close()  # type: ignore[attr-defined]
        data = Path(database.partition("?host=")[2]) / "data"
        # Tables, their dead rows and the write-ahead log.
        assert [found for place in ("base", "pg_wal") for found in found_in(data / place, needles)] == []
    printed = capfd.readouterr()
    assert not any(needle.decode() in printed.out + printed.err for needle in needles)


def sent_in_every_other_way(server: Served) -> None:
    """An enrolment, a sealed photo, one with another name in its metadata, an upload that is ended, and a report."""
    token, own = server.link("volunteer")[0].rpartition("/")[2], "p" * 43
    body = json.dumps({"token": token, "pass": own}).encode()
    assert server.anyone().ask("POST", "/api/enrol?from=canary-link", body, CANARIES).status == 200
    phone = Person(server.port, bearer=own)
    metadata = {"Upload-Metadata": "filename " + base64.b64encode(FILE_NAME.encode()).decode()}
    for data in (sealed(telling_photo(3), server.opener.public, server.world.election.origin), telling_photo(4)):
        made = create(phone, len(data), None, **CANARIES, **metadata)
        path = made.headers["location"]
        assert patch(phone, path, 0, data, **CANARIES).status == 204
        assert phone.get(path, **CANARIES).json()["state"] == "promised"
    ended = begun(phone, 9000)
    assert phone.ask("DELETE", ended, headers=TUS | CANARIES).status == 204
    assert server.anyone().post("/problem", {"kind": KINDS[0], "text": "A 7 is a 1."}, **CANARIES).status == 200
    server.invited("clerk").get("/desk", **CANARIES)


def test_another_order_of_arrival_within_the_same_batches_gives_the_same_log(town: ModuleType, tmp_path: Path) -> None:
    first = make_home(town.write_town(tmp_path / "election"), tmp_path / "one", None)[0]
    promise_signer(first)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    batches = ((1, 2, 3, 4), (5, 6, 7))
    for home, turned in (("one", False), ("two", True)):
        world = open_home(tmp_path / home)
        with served(world, PhoneReader()) as server:
            for batch in batches:
                for number in reversed(batch) if turned else batch:
                    send(server, number)
                seal(world)
    one, two = log_files(tmp_path / "one"), log_files(tmp_path / "two")
    assert len(one) > 5
    assert one == two
    # Their names and the times at which they were changed tell no order either.
    blobs = [
        {path.relative_to(place): path.stat().st_mtime for path in place.rglob("*") if path.is_file()}
        for place in (tmp_path / "one" / "blobs", tmp_path / "two" / "blobs")
    ]
    assert blobs[0] == blobs[1]
    assert set(blobs[0].values()) == {NO_TIME}


def log_files(home: Path) -> dict[Path, bytes]:
    return {path.relative_to(home): path.read_bytes() for path in (home / "log").rglob("*") if path.is_file()}


def send(server: Served, number: int) -> None:
    phone, data = server.invited("volunteer"), photo(number)
    path = begun(phone, len(data), {"station": town_station(server, number), "page": 1})
    assert patch(phone, path, 0, data).status == 204
    assert json.loads(phone.get(path).body)["state"] == "promised"


def town_station(server: Served, number: int) -> str:
    return sorted(server.world.register.stations)[number % len(server.world.register.stations)]
