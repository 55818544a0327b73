"""A photo that a phone has sent: checked, held, recorded, and only then promised to be in the log in time.

The order is the guarantee: bytes before record, record before promise. Whoever holds a promise holds it for bytes that
were read back from the store, and for a record that waits for the next batch. What stopped in between is done again
with the same bytes, and changes nothing that is there already.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from testigo.core.ids import Digest, StationCode
from testigo.core.promise import Promise, deadline_after, format_promise, key_name, parse_promise
from testigo.core.records import Photo
from testigo.core.sealed import SEALED_START
from testigo.errors import BadNote, BadPhoto, BrokenStore
from testigo.ports import Master, Opener, Reader, Signer, World
from testigo.tlog.note import VerifierKey, format_note, key_id_of, open_note, parse_vkey

JPEG_START = b"\xff\xd8\xff"
"""SOI and the first byte of the next marker (ISO/IEC 10918-1, B.1.1.3)."""
_JPEG = "image/jpeg"
_OTHERS: Mapping[bytes, str] = {
    b"\x89PNG": "a PNG picture", b"GIF8": "a GIF picture", b"%PDF": "a PDF", b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture", b"BM": "a BMP picture", b"<svg": "an SVG drawing", b"<?xml": "an SVG drawing",
}  # fmt: skip
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"})
"""Brands of ISO/IEC 23008-12, Annex B, and of AVIF, which is built the same way."""
_UPRIGHT = 1


@dataclass(frozen=True, slots=True)
class Sent:
    """What the sender says of a photo: the hash of the bytes, the station (each None where nothing was said), the page,
    and the orientation, 1 to 8, which the phone's own strip has taken out of the bytes.
    """

    sha256: Digest | None = None
    station: StationCode | None = None
    page: int = 1
    orient: int = _UPRIGHT


@dataclass(frozen=True, slots=True)
class Received:
    """What is promised: the master's hash, the deadline in seconds since 1970, and the signed note as text."""

    sha256: Digest
    deadline: int
    note: str


def receive(world: World, reader: Reader, signer: Signer, data: bytes, sent: Sent, now: datetime) -> Received:
    """The promise for a photo, whose master is held and whose record waits. The same for bytes that were held before.

    `now` is aware UTC. After a crash at any point the same call ends well.

    Raises:
        BadPhoto: it is refused, and nothing of it is kept; `changed` where the bytes are not those that were announced.
        BrokenStore: the store gave back other bytes; nothing is promised.
        OSError: there is no room; nothing is promised.
    """
    check_beginning(data)
    if sent.sha256 is not None and hashlib.sha256(data).hexdigest() != sent.sha256:
        raise BadPhoto("changed", f"expected bytes of the hash {sent.sha256}; they changed on their way")
    masters = reader.masters(data)
    if len(masters) != 1 or masters[0].media != _JPEG:
        raise BadPhoto("foreign", "expected one JPEG photo, came another kind of file")
    (master,) = masters
    sha256 = world.blobs.put(master.data)
    if world.blobs.open(sha256) != master.data:
        raise BrokenStore(f"blobs: {sha256} was put and came back as other bytes")
    world.journal.append([_record(sha256, master, sent)])
    return promised(signer, world.election.origin, sha256, now)


def opened(opener: Opener, data: bytes) -> bytes:
    """The photo itself: a sealed one opened, another as it came.

    Raises:
        BadPhoto: `sealed`, it does not open.
    """
    return opener.open(data) if data.startswith(SEALED_START) else data


def check_sent_beginning(data: bytes) -> None:
    """Holds when bytes begin as a JPEG or as a sealed photo does; three bytes or more decide, and nothing is opened.

    Raises:
        BadPhoto: `foreign`.
    """
    if data[: len(SEALED_START)] != SEALED_START[: len(data)]:
        check_beginning(data)


def check_beginning(data: bytes) -> None:
    """Holds when bytes begin as a JPEG does; the first three decide, and nothing is decoded.

    Raises:
        BadPhoto: `foreign`.
    """
    if not data.startswith(JPEG_START):
        raise BadPhoto("foreign", f"expected a JPEG photo, came {_kind(data)}")


def _kind(data: bytes) -> str:
    """What other file begins so, as far as its first twelve bytes tell."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a WebP picture"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "a HEIC picture; set the camera to JPEG"
    named = (name for beginning, name in _OTHERS.items() if data.startswith(beginning))
    return next(named, f"something that begins with {data[:4].hex(' ')}")


def promised(signer: Signer, origin: str, sha256: Digest, now: datetime) -> Received:
    """The signed promise for a master, as it is given at this time."""
    name, key_id = key_id_of(signer.vkey)
    if name != key_name(origin):
        raise BadNote(f"promise: expected the key {key_name(origin)}, the signer has {name}")
    deadline = deadline_after(now.timestamp())
    text = format_promise(Promise(origin, sha256, deadline))
    return Received(sha256, deadline, format_note(text, [(name, key_id, signer.sign(text))]).decode())


def opened_promise(note: bytes, vkey: str) -> Promise:
    """The promise in a note that this key signed.

    Raises:
        BadNote: the note or its text is malformed, this key did not sign it, or it is the key of another log.
    """
    key: VerifierKey = parse_vkey(vkey)
    promise = parse_promise(open_note(note, [key]).text)
    if key.name != key_name(promise.origin):
        raise BadNote(f"promise: expected a text of {key.name}, came one of {key_name(promise.origin)}")
    return promise


def _record(sha256: Digest, master: Master, sent: Sent) -> Photo:
    # What the photo itself says of its orientation wins; a phone that stripped it says it beside the bytes.
    orient = sent.orient if master.orient == _UPRIGHT else master.orient
    return Photo(
        sha256, len(master.data), master.media, master.width, master.height, orient, master.method, sent.page,
        sent.station,
    )  # fmt: skip
