"""Photos by tus 1.0.0: resumed where they stood, promised when they are held, refused before anything is read."""

import hashlib
import socket
import time
from datetime import timedelta

from sending import (
    CHUNK,
    EXIF,
    TUS,
    PhoneReader,
    begun,
    checksum,
    create,
    patch,
    photo,
    photos_held,
    promise_in,
    sent,
    spooled,
    state,
)
from served import START, Served

from testigo.core.ids import Digest
from testigo.core.promise import deadline_after
from testigo.flows.invite import PASS_UPLOADS
from testigo.private import Upload
from testigo.web.deployment import hidden
from testigo.web.spool import Spool


def test_a_photo_in_chunks_is_promised_by_its_hash_and_recorded_as_the_phone_said(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    hash_ = hashlib.sha256(data).hexdigest()
    path = begun(phone, len(data), {"sha256": hash_, "station": "T3", "page": 2, "orient": 8})
    assert state(phone, path) == {"state": "waiting", "sha256": None, "promise": None, "code": None, "sentence": None}
    for offset in (0, 2000, 4000):
        answer = patch(phone, path, offset, data[offset : offset + 2000])
        assert (answer.status, answer.headers["upload-offset"]) == (204, str(offset + 2000))
    promise = promise_in(phones, told := state(phone, path))
    assert (promise.sha256, promise.origin) == (told["sha256"], "log.example/town") == (hash_, "log.example/town")
    assert promise.deadline == deadline_after(START.timestamp())
    (record,) = photos_held(phones)
    assert (record.sha256, record.station, record.page, record.orient) == (hash_, "T3", 2, 8)
    assert phones.world.blobs.open(Digest(hash_)) == data
    assert spooled(phones) == {}


def test_the_head_says_where_to_go_on_and_until_when(phones: Served) -> None:
    phone = phones.invited("volunteer")
    path = begun(phone, 6000)
    patch(phone, path, 0, photo(1)[:2500])
    answer = phone.ask("HEAD", path, headers=TUS)
    told = {
        name: answer.headers[name] for name in ("upload-offset", "upload-length", "upload-expires", "cache-control")
    }
    assert told == {
        "upload-offset": "2500", "upload-length": "6000", "upload-expires": "Wed, 02 Jan 2030 18:00:00 GMT",
        "cache-control": "no-store",
    }  # fmt: skip
    assert (answer.status, answer.headers["tus-resumable"]) == (200, "1.0.0")


def test_the_options_say_what_the_server_does(phones: Served) -> None:
    answer = phones.anyone().ask("OPTIONS", "/api/uploads")
    assert answer.status == 204
    assert answer.headers["tus-extension"] == "creation,checksum,expiration,termination"
    assert (answer.headers["tus-version"], answer.headers["tus-max-size"]) == ("1.0.0", "20000000")


def test_new_bytes_and_bytes_that_were_held_get_the_same_answer(phones: Served) -> None:
    first, second = phones.invited("volunteer"), phones.invited("volunteer")
    assert sent(first, photo(1)) == sent(second, photo(1))
    assert len(photos_held(phones)) == 1


def test_metadata_that_a_phone_left_in_is_gone_and_its_orientation_is_kept(phones: Served) -> None:
    data = photo(1)[:100] + EXIF + photo(1)[100:]
    promise = promise_in(phones, sent(phones.invited("volunteer"), data))
    assert promise.sha256 == hashlib.sha256(photo(1)).hexdigest() == photos_held(phones)[0].sha256
    assert photos_held(phones)[0].orient == 6
    assert not any(EXIF in path.read_bytes() for path in phones.world.home.rglob("*") if path.is_file())


def test_a_chunk_from_another_place_is_refused_and_told_the_right_one(phones: Served) -> None:
    phone = phones.invited("volunteer")
    path = begun(phone, 6000)
    patch(phone, path, 0, photo(1)[:2000])
    for wrong in (0, 1999, 4000):
        answer = patch(phone, path, wrong, photo(1)[:2000])
        assert (answer.status, answer.headers["upload-offset"]) == (409, "2000")
    assert list(spooled(phones).values()) == [2000]


def test_a_chunk_with_another_checksum_is_dropped_whole(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    path = begun(phone, len(data))
    assert patch(phone, path, 0, data[:2000], **{"Upload-Checksum": checksum(data[:2000])}).status == 204
    assert patch(phone, path, 2000, data[2000:], **{"Upload-Checksum": checksum(b"other")}).status == 460
    assert phone.ask("HEAD", path, headers=TUS).headers["upload-offset"] == "2000"
    assert list(spooled(phones).values()) == [2000]
    for wrong in ("md5 AAAA", "sha256 AAAA", "sha256", "sha256 !", "sha1 " + checksum(data)[7:]):
        assert patch(phone, path, 2000, data[2000:], **{"Upload-Checksum": wrong}).status == 400
    assert patch(phone, path, 2000, data[2000:], **{"Upload-Checksum": checksum(data[2000:])}).status == 204
    assert state(phone, path)["state"] == "promised"


def test_a_body_that_breaks_off_is_kept_as_far_as_it_came_but_not_if_it_has_a_checksum(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    for stated, kept in (({}, "3000"), ({"Upload-Checksum": checksum(data)}, "0")):
        path = begun(phone, len(data))
        half_a_request(phones.port, str(phone.bearer), path, data[:3000], len(data), stated)
        until_free(phones, path)
        assert phone.ask("HEAD", path, headers=TUS).headers["upload-offset"] == kept


def test_while_one_request_sends_a_photo_no_other_can(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    path = begun(phone, len(data))
    with socket.create_connection(("127.0.0.1", phones.port)) as slow:
        slow.sendall(request_bytes(phones.port, str(phone.bearer), path, len(data), {}) + data[:3000])
        wait_for_bytes(phones, path, 3000)
        assert patch(phone, path, 0, data).status == 423
        assert phone.ask("DELETE", path, headers=TUS).status == 423
        assert state(phone, path)["state"] == "waiting"
        slow.sendall(data[3000:])
        assert b" 204 " in slow.recv(1000)
    assert state(phone, path)["state"] == "promised"


def test_an_upload_that_has_run_out_is_gone_with_its_bytes(phones: Served) -> None:
    phone, other = phones.invited("volunteer"), phones.invited("volunteer")
    path, left = begun(phone, 6000), begun(other, 6000)
    for one, where in ((phone, path), (other, left)):
        patch(one, where, 0, photo(1)[:2000])
    assert len(spooled(phones)) == 2
    phones.clock.now += timedelta(hours=24, minutes=10)
    assert phone.ask("HEAD", path, headers=TUS).status == 410
    assert list(spooled(phones)) == [hidden(left.rpartition("/")[2])]
    assert patch(phone, path, 2000, photo(1)[2000:]).status == 410
    begun(phone, 6000)
    assert spooled(phones) == {}


def test_an_upload_that_is_ended_is_forgotten_with_its_bytes(phones: Served) -> None:
    phone = phones.invited("volunteer")
    path = begun(phone, 6000)
    patch(phone, path, 0, photo(1)[:2000])
    assert phone.ask("DELETE", path, headers=TUS).status == 204
    assert spooled(phones) == {}
    assert {phone.ask(method, path, headers=TUS).status for method in ("HEAD", "DELETE", "GET")} == {410}


def test_nobody_reaches_the_upload_of_another(phones: Served, reader: PhoneReader) -> None:
    owner, other = phones.invited("volunteer"), phones.invited("volunteer")
    path = begun(owner, 6000)
    never = "/api/uploads/" + "A" * 43
    for method in ("HEAD", "GET", "DELETE"):
        theirs, nobodys = other.ask(method, path, headers=TUS), other.ask(method, never, headers=TUS)
        assert (theirs.status, theirs.body) == (nobodys.status, nobodys.body)
        assert theirs.status == 410
    assert patch(other, path, 0, photo(1)).status == 410
    assert (spooled(phones), reader.asked) == ({}, 0)


def test_an_address_that_is_none_of_ours_is_not_there(phones: Served) -> None:
    phone, headers = phones.invited("volunteer"), CHUNK | {"Upload-Offset": "0"}
    for id_ in ("..%2f..%2fkeys%2fpromise.pem", "A" * 42, "A" * 44, "A" * 42 + ".", "%00" * 43):
        for method in ("HEAD", "PATCH", "DELETE", "GET"):
            body = b"" if method == "PATCH" else None
            assert phone.ask(method, f"/api/uploads/{id_}", body, headers).status == 404
    assert spooled(phones) == {}


def test_without_a_pass_nothing_is_read_and_no_byte_reaches_the_disk(phones: Served) -> None:
    phone, stranger = phones.invited("volunteer"), phones.anyone()
    path = begun(phone, 6000)
    before = {path: path.stat().st_size for path in phones.world.home.rglob("*") if path.is_file()}
    for bearer in (None, "A" * 43):
        stranger.bearer = bearer
        assert create(stranger, 6000).status == 403
        # Only the head of the request is sent: the answer comes without a body.
        with socket.create_connection(("127.0.0.1", phones.port)) as waiting:
            waiting.sendall(request_bytes(phones.port, str(bearer), path, 6000, {}))
            assert b" 403 " in waiting.recv(1000)
    assert {path: path.stat().st_size for path in phones.world.home.rglob("*") if path.is_file()} == before


def test_a_pass_has_four_uploads_under_way_and_so_many_in_all(phones: Served) -> None:
    phone = phones.invited("volunteer")
    paths = [begun(phone, 6000) for _ in range(4)]
    assert create(phone, 6000).status == 429
    assert phone.ask("DELETE", paths[0], headers=TUS).status == 204
    assert sent(phone, photo(1))["state"] == "promised"
    for _ in range(PASS_UPLOADS - 5):
        assert phones.private.spend(hidden(str(phone.bearer)), START)
    assert create(phone, 6000).status == 403
    assert patch(phone, paths[1], 0, photo(1)).status == 204


def test_a_full_spool_takes_no_more(phones: Served) -> None:
    phone = phones.invited("volunteer")
    hoard = Upload(Digest("ab" * 32), Digest("cd" * 32), 20_000_000_000 - 9000, None, None, 1, 1, START + timedelta(1))
    phones.private.open_upload(hoard)
    assert create(phone, 6000).status == 201
    assert create(phone, 6000).status == 507


REFUSED_CREATIONS: tuple[tuple[dict[str, str], int], ...] = (
    ({"Upload-Length": "20000001"}, 413),
    ({"Upload-Length": "0"}, 400),
    ({"Upload-Length": "+6000"}, 400),
    ({"Upload-Length": "6_000"}, 400),
    ({"Upload-Length": "٦٠٠٠".encode().decode("latin-1")}, 400),
    ({"Upload-Length": ""}, 400),
    ({"Upload-Length": "99999999999999999999"}, 400),
    ({"Upload-Defer-Length": "1"}, 400),
    ({"Upload-Concat": "partial"}, 400),
    ({"Upload-Metadata": "filename " + "A" * 248}, 400),
    ({"Tus-Resumable": "0.2.2"}, 412),
)


def test_a_creation_that_cannot_be_served_is_refused(phones: Served) -> None:
    phone = phones.invited("volunteer")
    for headers, status in REFUSED_CREATIONS:
        answer = create(phone, 6000, **headers)
        assert (headers, answer.status, answer.headers["tus-resumable"]) == (headers, status, "1.0.0")
    assert phones.private.open_uploads(hidden(str(phone.bearer)), START) == 0


def test_names_of_files_are_ignored(phones: Served) -> None:
    phone = phones.invited("volunteer")
    assert create(phone, 6000, **{"Upload-Metadata": "filename Y2FuYXJ5LmpwZw=="}).status == 201
    found = [path for path in phones.world.home.rglob("*") if path.is_file()]
    assert not any(word in path.read_bytes() for path in found for word in (b"Y2FuYXJ5", b"canary"))


REFUSED_WORDS: tuple[object, ...] = (
    {"station": "T99"}, {"station": 3}, {"page": 0}, {"page": 21}, {"page": True}, {"orient": 9}, {"orient": "6"},
    {"sha256": "AB" * 32}, {"sha256": "ab"}, {"name": "Maria"}, {"station": "T" * 600}, [1], "T1",
)  # fmt: skip


def test_what_a_phone_may_not_say_is_refused_and_costs_no_photo(phones: Served) -> None:
    phone = phones.invited("volunteer")
    for says in REFUSED_WORDS:
        assert (says, create(phone, 6000, says).status) == (says, 400)
    assert phones.private.passes_left(hidden(str(phone.bearer)), START) == PASS_UPLOADS


def test_what_does_not_begin_as_a_jpeg_is_refused_at_once_and_nothing_is_kept(
    phones: Served, reader: PhoneReader
) -> None:
    phone = phones.invited("volunteer")
    for junk in (b"GIF89a" + bytes(6000), b"\xff\xd8" + bytes(6000), b"%PDF-1.7" + bytes(6000)):
        path = begun(phone, len(junk))
        assert patch(phone, path, 0, junk[:2000]).status == 415
        told = state(phone, path)
        assert (told["state"], told["code"], told["promise"]) == ("refused", "foreign", None)
        assert patch(phone, path, 0, photo(1)[:2000]).status == 415
    assert (spooled(phones), reader.asked) == ({}, 0)


def test_a_photo_that_does_not_decode_is_refused_with_its_cause_and_not_kept(phones: Served) -> None:
    phone = phones.invited("volunteer")
    told = sent(phone, photo(1) + b"BROKEN")
    assert told["sentence"] == "the picture ends in the middle"
    assert (told["state"], told["code"], spooled(phones), photos_held(phones)) == ("refused", "broken", {}, [])


def test_bytes_that_are_not_those_announced_are_refused(phones: Served) -> None:
    told = sent(phones.invited("volunteer"), photo(1), {"sha256": "ab" * 32})
    assert (told["state"], told["code"], photos_held(phones)) == ("refused", "changed", [])


def test_more_than_announced_is_refused_and_so_are_crumbs(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    path = begun(phone, len(data))
    assert patch(phone, path, 0, data + b"more").status == 413
    assert patch(phone, path, 0, data[:500]).status == 400
    assert patch(phone, path, 0, data[:5500]).status == 204
    assert patch(phone, path, 5500, data[5500:]).status == 204


def test_bytes_behind_the_offset_that_a_crash_left_are_not_part_of_the_photo(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    path = begun(phone, len(data))
    patch(phone, path, 0, data[:2000])
    part = phones.world.home / "spool" / hidden(path.rpartition("/")[2])
    part.write_bytes(part.read_bytes() + b"left behind")
    assert patch(phone, path, 2000, data[2000:]).status == 204
    assert promise_in(phones, state(phone, path)).sha256 == hashlib.sha256(data).hexdigest()


def test_a_whole_photo_that_a_crash_left_is_received_when_its_state_is_asked(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    path = begun(phone, len(data))
    patch(phone, path, 0, data[:2000])
    secret = hidden(path.rpartition("/")[2])
    (phones.world.home / "spool" / secret).write_bytes(data)
    assert phones.private.advance(secret, 2000, len(data))
    assert phone.ask("HEAD", path, headers=TUS).headers["upload-offset"] == "6000"
    assert promise_in(phones, state(phone, path)).sha256 == hashlib.sha256(data).hexdigest()


def test_a_part_that_was_lost_ends_the_upload(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    path = begun(phone, len(data))
    patch(phone, path, 0, data[:2000])
    (phones.world.home / "spool" / hidden(path.rpartition("/")[2])).unlink()
    assert patch(phone, path, 2000, data[2000:]).status == 410
    assert spooled(phones) == {}


def request_bytes(port: int, bearer: str, path: str, length: int, headers: dict[str, str]) -> bytes:
    """The head of a PATCH, as it goes over the wire."""
    own = CHUNK | {"Host": f"127.0.0.1:{port}", "Authorization": f"Bearer {bearer}", "Upload-Offset": "0"} | headers
    lines = [f"PATCH {path} HTTP/1.1", f"Content-Length: {length}", *(f"{name}: {own[name]}" for name in own), "", ""]
    return "\r\n".join(lines).encode()


def half_a_request(port: int, bearer: str, path: str, body: bytes, length: int, headers: dict[str, str]) -> None:
    """A request whose sender hangs up in the middle."""
    with socket.create_connection(("127.0.0.1", port)) as cut:
        cut.sendall(request_bytes(port, bearer, path, length, headers) + body)
        cut.shutdown(socket.SHUT_WR)
        cut.recv(1000)


def wait_for_bytes(phones: Served, path: str, size: int) -> None:
    """Returns when so many bytes of an upload lie in its file."""
    while spooled(phones).get(hidden(path.rpartition("/")[2]), 0) < size:
        time.sleep(0.01)


def until_free(phones: Served, path: str) -> None:
    """Returns when no request holds the upload's file any more."""
    spool = Spool(phones.world.home / "spool")
    while (part := spool.hold(hidden(path.rpartition("/")[2]))) is None:
        time.sleep(0.01)
    with part:
        return
