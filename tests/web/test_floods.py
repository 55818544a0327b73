"""Ten thousand uploads that are none, and honest ones among them."""

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest
from sending import CHUNK, TUS, PhoneReader, photo, photos_held, promise_in, sent, spooled
from served import Person, Served

from testigo.flows.invite import PASS_UPLOADS

STRANGERS, PASSES, HONEST = 9_000, 25, 20
JUNK = b"GIF89a" + bytes(3000)


@pytest.mark.slow
def test_junk_is_refused_before_it_is_decoded_while_honest_photos_are_promised(
    phones: Served, reader: PhoneReader
) -> None:
    honest = phones.invited("volunteer")
    spoilers = [phones.invited("volunteer") for _ in range(PASSES)]
    promised: list[str] = []

    def honest_sends() -> float:
        begun = time.perf_counter()
        for number in range(HONEST):
            promised.append(promise_in(phones, sent(honest, photo(number))).sha256)
        return time.perf_counter() - begun

    begun = time.perf_counter()
    with ThreadPoolExecutor(8) as senders:
        sending = senders.submit(honest_sends)
        strangers = [senders.submit(_strangers_junk, phones.port, STRANGERS // 4) for _ in range(4)]
        spoiled = [senders.submit(_spoil, phones.port, spoiler) for spoiler in spoilers]
        refused = sum(one.result() for one in strangers) + sum(one.result() for one in spoiled)
        seconds, honest_seconds = time.perf_counter() - begun, sending.result()
    print(f"{refused:,} junk uploads refused at {refused / seconds:,.0f} a second; meanwhile {HONEST} honest photos at")
    print(f"{HONEST / honest_seconds:,.1f} a second, one after another")
    assert refused == STRANGERS + PASSES * PASS_UPLOADS
    assert promised == [hashlib.sha256(photo(number)).hexdigest() for number in range(HONEST)]
    assert (reader.asked, len(photos_held(phones)), spooled(phones)) == (HONEST, HONEST, {})


def _strangers_junk(port: int, count: int) -> int:
    """How many creations without a pass were refused."""
    connection, refused = HTTPConnection("127.0.0.1", port, timeout=60), 0
    head = TUS | {"Upload-Length": str(len(JUNK)), "Authorization": "Bearer " + "A" * 43}
    for _ in range(count):
        connection.request("POST", "/api/uploads", b"", head)
        answer = connection.getresponse()
        answer.read()
        refused += answer.status == 403
    connection.close()
    return refused


def _spoil(port: int, spoiler: Person) -> int:
    """How many uploads of one pass were refused by their first bytes."""
    refused = 0
    while (created := spoiler.ask("POST", "/api/uploads", b"", TUS | {"Upload-Length": str(len(JUNK))})).status == 201:
        answer = spoiler.ask("PATCH", created.headers["location"], JUNK, CHUNK | {"Upload-Offset": "0"})
        refused += answer.status == 415
    assert created.status == 403
    return refused
