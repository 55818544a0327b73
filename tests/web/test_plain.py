"""The form for browsers without JavaScript: the pass first, the photo in memory alone, a page with the promise."""

import hashlib
import html
import re
import socket
from collections.abc import Mapping

from sending import EXIF, PhoneReader, photo, photos_held
from served import Answer, Person, Served

from testigo.flows.invite import PASS_UPLOADS
from testigo.flows.receive import opened_promise
from testigo.web.deployment import hidden
from testigo.wiring import promise_signer

BOUNDARY = "----a-boundary"
TYPE = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def form(fields: Mapping[str, str | bytes]) -> bytes:
    """A form as a browser sends it: the photo with the name of a file."""
    parts = b""
    for name, value in fields.items():
        file = '; filename="canary of Maria.jpg"\r\nContent-Type: image/jpeg' if name == "photo" else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        parts += head.encode() + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
    return parts + f"--{BOUNDARY}--\r\n".encode()


def posted(person: Person, fields: Mapping[str, str | bytes], **headers: str) -> Answer:
    return person.ask("POST", "/c/plain", form(fields), TYPE | headers)


def filled(phones: Served, **fields: str | bytes) -> dict[str, str | bytes]:
    """The form of somebody with a pass."""
    return {"pass": str(phones.invited("volunteer").bearer), "station": "T2", "page": "1", "photo": photo(1)} | fields


def test_a_photo_from_a_form_is_stripped_held_and_promised(phones: Served) -> None:
    data = photo(1)[:50] + EXIF + photo(1)[50:]
    answer = posted(phones.anyone(), filled(phones, photo=data))
    assert answer.status == 200
    found = re.search(r"<pre[^>]*>(.*?)</pre>", answer.text, re.DOTALL)
    assert found is not None
    promise = opened_promise(html.unescape(found[1]).encode(), promise_signer(phones.world).vkey)
    (record,) = photos_held(phones)
    assert promise.sha256 == record.sha256 == hashlib.sha256(photo(1)).hexdigest()
    assert (record.station, record.orient) == ("T2", 6)


def test_nothing_that_a_form_brings_along_is_kept(phones: Served) -> None:
    data = photo(1)[:50] + EXIF + photo(1)[50:]
    answer = posted(phones.anyone(), filled(phones, photo=data), **{"User-Agent": "canary-browser"})
    assert answer.status == 200
    kept = [path for path in phones.world.home.rglob("*") if path.is_file()]
    assert not any(word in path.read_bytes() for path in kept for word in (EXIF, b"canary", b"Maria"))


def test_an_invitation_on_paper_is_a_pass_for_many_photos(phones: Served) -> None:
    (path,) = phones.link("volunteer")
    token = path.rpartition("/")[2]
    for number in range(3):
        assert posted(phones.anyone(), {"pass": token, "photo": photo(number)}).status == 200
    assert phones.private.passes_left(hidden(token), phones.clock()) == PASS_UPLOADS - 3
    assert {one.station for one in photos_held(phones)} == {None}


def test_a_clerks_invitation_is_no_pass_and_stays_unused(phones: Served) -> None:
    (path,) = phones.link("clerk")
    assert posted(phones.anyone(), {"pass": path.rpartition("/")[2], "photo": photo(1)}).status == 403
    assert phones.anyone().post(path).status == 303


REFUSED: tuple[tuple[dict[str, str | bytes], int], ...] = (
    ({"pass": "A" * 43}, 403),
    ({"pass": "A" * 200}, 400),
    ({"photo": b""}, 400),
    ({"photo": b"GIF89a" + bytes(3000)}, 422),
    ({"photo": photo(1) + b"BROKEN"}, 422),
    ({"station": "T77"}, 400),
    ({"station": "T" * 70}, 400),
    ({"page": "0"}, 400),
    ({"page": "one"}, 400),
    ({"name": "Maria"}, 400),
)


def test_a_form_that_cannot_be_taken_is_told_why_and_leaves_nothing(phones: Served) -> None:
    fields = filled(phones)
    for change, status in REFUSED:
        answer = posted(phones.anyone(), fields | change)
        assert (change, answer.status, 'role="alert"' in answer.text) == (change, status, True)
    assert photos_held(phones) == []


def test_a_photo_that_is_too_large_is_refused_and_costs_nothing(phones: Served, reader: PhoneReader) -> None:
    fields = filled(phones, photo=photo(1, 20_000_100))
    assert posted(phones.anyone(), fields).status == 422
    assert phones.private.passes_left(hidden(str(fields["pass"])), phones.clock()) == PASS_UPLOADS
    assert reader.asked == 0


def test_what_does_not_begin_with_the_pass_is_no_form_of_ours(phones: Served) -> None:
    crooked = form({"pass": "A"}).replace(b"form-data", b"form-data" + b"x" * 9000)
    bodies = (
        form({"photo": photo(1), "pass": "A" * 43}),
        form({"station": "T1"}),
        form({})[:-6],
        b"",
        b"none",
        crooked,
    )
    for body in bodies:
        assert phones.anyone().ask("POST", "/c/plain", body, TYPE).status == 400


def test_another_kind_of_body_is_refused(phones: Served) -> None:
    for kind in (
        "application/json",
        "multipart/form-data",
        "multipart/mixed; boundary=x",
        f"multipart/form-data; boundary={'x' * 500}",
    ):
        assert phones.anyone().ask("POST", "/c/plain", b"x", {"Content-Type": kind}).status == 400


def test_a_form_cut_short_is_not_taken(phones: Served) -> None:
    body = form(filled(phones))
    assert phones.anyone().ask("POST", "/c/plain", body[:-100], TYPE).status == 400
    assert photos_held(phones) == []


def test_a_stranger_is_answered_before_the_photo_has_come(phones: Served) -> None:
    body = form({"pass": "A" * 43, "photo": photo(1)})
    head = f"POST /c/plain HTTP/1.1\r\nHost: 127.0.0.1:{phones.port}\r\nContent-Type: {TYPE['Content-Type']}\r\n"
    with socket.create_connection(("127.0.0.1", phones.port)) as waiting:
        waiting.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:500])
        assert b" 403 " in waiting.recv(1000)
