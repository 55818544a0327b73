"""What tus 1.0.0 asks of every answer, of the errors too: core, creation, checksum, expiration, termination."""

import pytest
from sending import CHUNK, TUS, begun, checksum, create, patch, photo, state
from served import Answer, Person, Served

ONE = "/api/uploads/" + "A" * 43


def test_every_refusal_names_the_version_of_the_protocol(phones: Served) -> None:
    phone, stranger = phones.invited("volunteer"), phones.anyone()
    clerk = phones.invited("clerk")
    asked = [("POST", "/api/uploads"), ("PUT", "/api/uploads"), *((method, ONE) for method in METHODS)]
    for person in (stranger, clerk, phone):
        for method, path in asked:
            body = b"" if method in ("POST", "PUT", "PATCH") else None
            answer = person.ask(method, path, body, CHUNK | {"Origin": phones.origin})
            assert (method, answer.status >= 400, answer.headers.get("tus-resumable")) == (method, True, "1.0.0")


METHODS = ("HEAD", "PATCH", "DELETE", "POST", "PUT")


def test_a_request_without_the_version_or_with_another_is_not_worked_on_and_told_the_right_one(phones: Served) -> None:
    phone = phones.invited("volunteer")
    path = begun(phone, 6000)
    for version in ({}, {"Tus-Resumable": "0.2.2"}):
        for method in ("HEAD", "PATCH", "DELETE"):
            headers = {"Content-Type": CHUNK["Content-Type"], "Upload-Offset": "0"} | version
            answer = phone.ask(method, path, photo(1) if method == "PATCH" else None, headers)
            assert (answer.status, answer.headers["tus-version"]) == (412, "1.0.0")
        creation = phone.ask("POST", "/api/uploads", b"", {"Upload-Length": "6000"} | version)
        assert (creation.status, creation.headers["tus-version"]) == (412, "1.0.0")
    assert phone.ask("HEAD", path, headers=TUS).headers["upload-offset"] == "0"


def test_what_is_over_or_never_was_has_no_offset(phones: Served) -> None:
    phone = phones.invited("volunteer")
    path = begun(phone, 6000)
    assert phone.ask("DELETE", path, headers=TUS).status == 204
    for gone in (path, ONE):
        answer = phone.ask("HEAD", gone, headers=TUS)
        assert (answer.status, "upload-offset" in answer.headers, "upload-length" in answer.headers) == (
            410, False, False,
        )  # fmt: skip
        assert answer.headers["cache-control"] == "no-store"


def test_expiry_is_told_from_the_creation_to_the_last_chunk(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    made = create(phone, len(data))
    path, end = made.headers["location"], made.headers["upload-expires"]
    assert end.endswith(" GMT")
    assert phone.ask("HEAD", path, headers=TUS).headers["upload-expires"] == end
    for offset in (0, 2000, 4000):
        assert patch(phone, path, offset, data[offset : offset + 2000]).headers["upload-expires"] == end


def test_a_checksum_that_fails_and_one_that_is_not_known_are_told_apart(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    path = begun(phone, len(data))
    told = phone.ask("OPTIONS", path).headers
    assert set(told["tus-checksum-algorithm"].split(",")) >= {"sha1", "sha256"}
    assert patch(phone, path, 0, data, **{"Upload-Checksum": checksum(b"other")}).status == 460
    assert patch(phone, path, 0, data, **{"Upload-Checksum": "crc32 AAAA"}).status == 400
    assert phone.ask("HEAD", path, headers=TUS).headers["upload-offset"] == "0"


def test_a_chunk_of_another_type_is_refused(phones: Served) -> None:
    phone = phones.invited("volunteer")
    path = begun(phone, 6000)
    for kind in ("application/octet-stream", "image/jpeg"):
        answer = patch(phone, path, 0, photo(1), **{"Content-Type": kind})
        assert (answer.status, answer.headers["tus-resumable"]) == (415, "1.0.0")


def test_where_a_network_lets_only_post_through_the_method_stands_in_a_header(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    path = begun(phone, len(data))
    assert posted(phone, path, "PATCH", data, {"Upload-Offset": "0"}).status == 204
    assert posted(phone, path, "HEAD", b"", {}).headers["upload-offset"] == "6000"
    assert state(phone, path)["state"] == "promised"
    assert posted(phone, path, "DELETE", b"", {}).status == 204
    assert phone.ask("HEAD", path, headers=TUS).status == 410


@pytest.mark.parametrize("method", ["GET", "PUT", "patch", "TRACE", ""])
def test_no_other_method_can_be_said_in_a_header(phones: Served, method: str) -> None:
    phone = phones.invited("volunteer")
    assert posted(phone, begun(phone, 6000), method, b"", {}).status == 405


def test_a_stranger_gets_no_further_with_the_method_in_a_header(phones: Served) -> None:
    path = begun(phones.invited("volunteer"), 6000)
    for method in ("PATCH", "DELETE", "HEAD"):
        answer = posted(phones.anyone(), path, method, b"", {"Upload-Offset": "0"})
        assert (answer.status, answer.headers["tus-resumable"]) == (403, "1.0.0")
    assert phones.anyone().ask("POST", "/board/pause", b"", {"X-HTTP-Method-Override": "GET"}).status == 403


def posted(person: Person, path: str, method: str, body: bytes, headers: dict[str, str]) -> Answer:
    return person.ask("POST", path, body, CHUNK | {"X-HTTP-Method-Override": method} | headers)
