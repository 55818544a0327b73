"""The text of a promise: one spelling, nothing about who and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testigo.core.ids import Digest
from testigo.core.promise import STEP_S, WITHIN_S, Promise, deadline_after, format_promise, key_name, parse_promise
from testigo.errors import BadNote
from testigo.tlog.note import parse_checkpoint

HASH = Digest("0123456789abcdef" * 4)
TEXT = b"log.example/town-2030/promise\n" + HASH.encode() + b"\n1893528000\n"


def test_a_promise_is_three_lines_and_reads_back() -> None:
    promise = Promise("log.example/town-2030", HASH, 1893528000)
    assert format_promise(promise) == TEXT
    assert parse_promise(TEXT) == promise
    assert key_name(promise.origin) == "log.example/town-2030/promise"


@given(st.integers(1, 2**53 // STEP_S), st.binary(min_size=32, max_size=32))
def test_every_promise_reads_back(steps: int, hash_: bytes) -> None:
    promise = Promise("log.example/town-2030", Digest(hash_.hex()), steps * STEP_S)
    assert parse_promise(format_promise(promise)) == promise


@given(st.integers(0, 2**42).map(lambda milliseconds: milliseconds / 1000))
def test_a_deadline_is_a_whole_step_after_the_time_that_is_allowed_and_less_than_a_step_more(now: float) -> None:
    deadline = deadline_after(now)
    assert deadline % STEP_S == 0
    assert now + WITHIN_S <= deadline < now + WITHIN_S + STEP_S


def test_all_photos_of_ten_minutes_have_one_deadline() -> None:
    start = 1_893_520_800
    assert len({deadline_after(start + second) for second in range(1, STEP_S + 1)}) == 1
    assert deadline_after(start + STEP_S + 1) == deadline_after(start + 1) + STEP_S


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TEXT.replace(b"/promise", b"/promises"), "line 1"),
        (TEXT.replace(b"log.example/town-2030/promise", b"/promise"), "line 1"),
        (TEXT.replace(b"log.example", b"log example"), "line 1"),
        (TEXT.replace(b"log.example", b"log+example"), "line 1"),
        (TEXT.replace(b"abcdef", b"ABCDEF"), "line 2"),
        (TEXT.replace(HASH.encode(), HASH[:-1].encode()), "line 2"),
        (TEXT.replace(b"1893528000", b"01893528000"), "line 3"),
        (TEXT.replace(b"1893528000", b"+1893528000"), "line 3"),
        (TEXT.replace(b"1893528000", b"1893528001"), "whole ten minutes"),
        (TEXT.replace(b"1893528000", b"0"), "line 3"),
        (TEXT.replace(b"1893528000", b"9999999999999999"), "line 3"),
        (TEXT + b"extra\n", "three lines"),
        (TEXT[:-1], "three lines"),
        (TEXT.replace(b"log", b"l\xffg"), "UTF-8"),
        (b"", "three lines"),
    ],
)
def test_what_is_spelled_otherwise_is_refused_by_its_line(text: bytes, says: str) -> None:
    with pytest.raises(BadNote, match=says):
        parse_promise(text)


def test_nothing_is_spelled_that_would_not_be_read() -> None:
    with pytest.raises(BadNote, match="whole ten minutes"):
        format_promise(Promise("log.example/town-2030", HASH, 1893528007))
    with pytest.raises(BadNote, match="three lines"):
        format_promise(Promise("log.example/\ntown", HASH, 1893528000))


def test_a_promise_is_never_a_checkpoint() -> None:
    with pytest.raises(BadNote, match="line 2"):
        parse_checkpoint(TEXT)
