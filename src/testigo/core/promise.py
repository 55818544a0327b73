"""The text of a promise: "we hold these bytes, and they will be in the log before this time" (docs/formats/promise.md).

It names the log, the hash of a photo's master and a deadline, and nothing else: no station, no person, no time of
arrival. The note around it is signed by a key of its own, whose name is the first line.
"""

import re
from dataclasses import dataclass

from testigo.core.ids import Digest
from testigo.errors import BadNote

SUFFIX = "/promise"
"""Behind the log's origin: the name of the key, and the first line of the text."""

STEP_S = 600
"""Deadlines are whole multiples of ten minutes since 1970, so that they do not tell when a photo came."""

WITHIN_S = 3600
"""How long after its arrival a photo is in the log at the latest: six batches of ten minutes."""

_MAX_DEADLINE = 2**53
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DEADLINE = re.compile(r"[1-9][0-9]{0,15}")
_ORIGIN = re.compile(r"[^\s+\x00-\x1f]+")


@dataclass(frozen=True, slots=True)
class Promise:
    """The master of this hash will be in the log of this origin at the deadline, in seconds since 1970 (UTC)."""

    origin: str
    sha256: Digest
    deadline: int


def deadline_after(seconds: float) -> int:
    """The deadline for what arrives at this time, both in seconds since 1970: `WITHIN_S` later, rounded up."""
    return -int(-(seconds + WITHIN_S) // STEP_S) * STEP_S


def key_name(origin: str) -> str:
    """The name of the key that signs a log's promises."""
    return origin + SUFFIX


def format_promise(promise: Promise) -> bytes:
    """The text of a promise: three lines, the bytes that are signed.

    Raises:
        BadNote: a part is not what the format allows; says which.
    """
    text = f"{key_name(promise.origin)}\n{promise.sha256}\n{promise.deadline}\n".encode()
    parse_promise(text)
    return text


def parse_promise(text: bytes) -> Promise:
    """The promise that a note's text states.

    Raises:
        BadNote: says which line is wrong.
    """
    try:
        lines = text.decode().split("\n")
    except UnicodeDecodeError as error:
        raise BadNote(f"promise: expected UTF-8, byte {error.start} is none") from None
    if len(lines) != 4 or lines[3]:
        raise BadNote(f"promise: expected three lines that end in a newline, came {len(lines)} parts")
    origin = lines[0].removesuffix(SUFFIX)
    if origin == lines[0] or not _ORIGIN.fullmatch(origin):
        raise BadNote(f"promise: expected <origin>{SUFFIX} on line 1, came {lines[0][:80]!r}")
    if not _DIGEST.fullmatch(lines[1]):
        raise BadNote(f"promise: expected 64 hexadecimal digits in small letters on line 2, came {lines[1][:70]!r}")
    if not _DEADLINE.fullmatch(lines[2]) or int(lines[2]) > _MAX_DEADLINE:
        raise BadNote(f"promise: expected seconds since 1970 in decimal on line 3, came {lines[2][:40]!r}")
    deadline = int(lines[2])
    if deadline % STEP_S:
        raise BadNote(f"promise: expected a deadline in whole ten minutes on line 3, came {deadline}")
    return Promise(origin, Digest(lines[1]), deadline)
