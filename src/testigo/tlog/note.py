"""C2SP signed notes, checkpoints and cosignatures: strict to read, one way to write.

A note is text, an empty line, and signature lines `— <name> <base64(key id || signature)>`. A checkpoint's text is
origin, size and root, one a line. We write no extension lines and refuse notes of our own log that carry some.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from testigo.errors import BadNote
from testigo.tlog.ed25519 import is_safe_key, verify_ed25519

ED25519 = 0x01
COSIGNATURE = 0x04
MAX_NOTE_BYTES = 64 * 1024
MAX_SIGNATURES = 100
MAX_TIME = 2**63 - 1

_NAME = r"[^\s+\x00-\x1f]+"
_SIGNATURE = re.compile(rf"— ({_NAME}) ([A-Za-z0-9+/]+={{0,2}})")
_VKEY = re.compile(rf"({_NAME})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/]+={{0,2}})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key: its name, its four-byte id, its type (0x01 log, 0x04 witness), and its 32 bytes."""

    name: str
    key_id: bytes
    type: int
    public: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note: whose, and its bytes after the four of the key id."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A note that parsed; nothing is verified. `text` ends in a newline and is what was signed."""

    text: bytes
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that verified; `time` is the witness's clock in seconds since 1970, None for other keys."""

    key: VerifierKey
    time: int | None


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note with at least one signature that verified; `unknown` are names whose keys we do not have."""

    text: bytes
    verified: tuple[Verified, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's name, its number of leaves and its root (32 bytes)."""

    origin: str
    size: int
    root: bytes


def format_vkey(name: str, key_type: int, public: bytes) -> str:
    """The key as text: `<name>+<id>+<base64(type || key)>`."""
    typed = bytes([key_type]) + public
    return f"{name}+{_key_id(name, typed).hex()}+{b64encode(typed).decode()}"


def parse_vkey(text: str) -> VerifierKey:
    """The key that a vkey names.

    Raises:
        BadNote: its form, its id, its type or the key itself is wrong.
    """
    found = _VKEY.fullmatch(text)
    if found is None:
        raise BadNote(f"key: expected <name>+<8 hexadecimal digits>+<base64>, came {text[:80]!r}")
    typed = strict_base64(found[3], "key")
    if _key_id(found[1], typed).hex() != found[2]:
        raise BadNote(f"key {found[1]}: its id does not belong to its bytes")
    if typed[0] not in (ED25519, COSIGNATURE) or len(typed) != 33:
        raise BadNote(f"key {found[1]}: expected type 1 or 4 and 32 bytes, came type {typed[0]} and {len(typed) - 1}")
    if not is_safe_key(typed[1:]):
        raise BadNote(f"key {found[1]}: the bytes are no usable Ed25519 key")
    return VerifierKey(found[1], bytes.fromhex(found[2]), typed[0], typed[1:])


def key_id_of(vkey: str) -> tuple[str, bytes]:
    """Name and id of a vkey, for its signature lines."""
    key = parse_vkey(vkey)
    return key.name, key.key_id


def _key_id(name: str, typed: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + typed).digest()[:4]


def strict_base64(text: str, where: str) -> bytes:
    """The bytes of base64 text in its one spelling.

    Raises:
        BadNote: names the place.
    """
    try:
        data = b64decode(text, validate=True)
    except ValueError as error:
        raise BadNote(f"{where}: expected base64: {error}") from None
    if b64encode(data).decode() != text:
        raise BadNote(f"{where}: expected base64 in its one spelling, came {text[:40]!r}")
    return data


def parse_note(data: bytes) -> Note:
    """The parts of a signed note.

    Raises:
        BadNote: says what is malformed.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise BadNote(f"note: expected at most {MAX_NOTE_BYTES} bytes, came {len(data)}")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BadNote(f"note: expected UTF-8, byte {error.start} is none") from None
    if any(character < " " and character != "\n" for character in text):
        raise BadNote("note: expected no control characters but newlines")
    body, blank, signed = text.rpartition("\n\n")
    if not blank or not body or not signed.endswith("\n"):
        raise BadNote("note: expected text, an empty line, and signature lines that end in a newline")
    lines = signed[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise BadNote(f"note: expected at most {MAX_SIGNATURES} signatures, came {len(lines)}")
    return Note((body + "\n").encode(), tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    found = _SIGNATURE.fullmatch(line)
    if found is None:
        raise BadNote(f"note: expected a signature line `— <name> <base64>`, came {line[:60]!r}")
    data = strict_base64(found[2], "note, signature")
    if len(data) < 5:
        raise BadNote(f"note: the signature of {found[1]} is too short")
    return Signature(found[1], data[:4], data[4:])


def open_note(data: bytes, keys: Sequence[VerifierKey]) -> OpenedNote:
    """A note that at least one of these keys signed. Signatures of unknown keys are passed over.

    Raises:
        BadNote: the note is malformed, a signature under one of the keys is false, none of them signed, or two keys
            have the same name and id.
    """
    note = parse_note(data)
    known = {(key.name, key.key_id): key for key in keys}
    if len(known) < len(set(keys)):
        raise BadNote("note: two of the known keys have one name and id, so a signature would not say whose it is")
    verified: dict[tuple[str, bytes], Verified] = {}
    unknown = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            unknown.append(signature.name)
        else:
            verified[key.name, key.key_id] = _verified(key, signature.signature, note.text)
    if not verified:
        raise BadNote(f"note: none of the known keys signed it; it names {', '.join(unknown)}")
    return OpenedNote(note.text, tuple(verified.values()), tuple(unknown))


def _verified(key: VerifierKey, signature: bytes, text: bytes) -> Verified:
    if key.type == ED25519:
        if verify_ed25519(key.public, text, signature):
            return Verified(key, None)
    elif len(signature) == 72:
        time = int.from_bytes(signature[:8], "big")
        if time <= MAX_TIME and verify_ed25519(key.public, cosignature_message(time, text), signature[8:]):
            return Verified(key, time)
    raise BadNote(f"note: the signature of {key.name} is false")


def cosignature_message(time: int, text: bytes) -> bytes:
    """What a witness signs (C2SP tlog-cosignature, type 0x04); `time` is in seconds since 1970."""
    return b"cosignature/v1\ntime %d\n" % time + text


def format_note(text: bytes, signatures: Iterable[tuple[str, bytes, bytes]]) -> bytes:
    """The note of a text and its signatures: name, key id and signature bytes each."""
    lines = [f"— {name} {b64encode(key_id + signature).decode()}\n" for name, key_id, signature in signatures]
    return text + b"\n" + "".join(lines).encode()


def format_checkpoint(checkpoint: Checkpoint) -> bytes:
    """The text of a checkpoint (C2SP tlog-checkpoint)."""
    root = b64encode(checkpoint.root).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n".encode()


def parse_checkpoint(text: bytes) -> Checkpoint:
    """The checkpoint that a note's text states. Extension lines, which the format allows, are refused.

    Raises:
        BadNote: says which line is wrong.
    """
    try:
        lines = text.decode().split("\n")
    except UnicodeDecodeError as error:
        raise BadNote(f"checkpoint: expected UTF-8, byte {error.start} is none") from None
    if len(lines) != 4 or lines[3]:
        raise BadNote(f"checkpoint: expected three lines that end in a newline, came {len(lines)} parts")
    if not lines[0]:
        raise BadNote("checkpoint: expected the log's origin on line 1, came nothing")
    if not _SIZE.fullmatch(lines[1]) or int(lines[1]) >= 2**63:
        raise BadNote(f"checkpoint: expected a size in decimal on line 2, came {lines[1][:40]!r}")
    root = strict_base64(lines[2], "checkpoint, line 3")
    if len(root) != 32:
        raise BadNote(f"checkpoint: expected a root of 32 bytes on line 3, came {len(root)}")
    return Checkpoint(lines[0], int(lines[1]), root)
