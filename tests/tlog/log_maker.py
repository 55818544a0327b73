"""Signed logs for the tests of the log: keys, cosignatures, and the files that a log publishes."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from testigo.tlog.merkle import leaf_hash, levels_of
from testigo.tlog.note import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    cosignature_message,
    format_checkpoint,
    format_note,
    format_vkey,
    key_id_of,
)
from testigo.tlog.proof import Proof, format_proof
from testigo.tlog.tiles import entry_tiles, hash_tiles

ORIGIN = "log.example/demo"
Line = tuple[str, bytes, bytes]


@dataclass(frozen=True, slots=True)
class Pen:
    """A key of the tests, the same every time, that signs as a log (type 1) or cosigns as a witness (type 4)."""

    name: str
    type: int = ED25519

    @property
    def key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(sha256(f"{self.name} {self.type}".encode()).digest())

    @property
    def vkey(self) -> str:
        return format_vkey(self.name, self.type, self.key.public_key().public_bytes_raw())

    def line(self, text: bytes, time: int = 1_700_000_000) -> Line:
        """Name, id and signature for `format_note`; a witness signs at this time."""
        name, key_id = key_id_of(self.vkey)
        if self.type == ED25519:
            return name, key_id, self.key.sign(text)
        return name, key_id, time.to_bytes(8, "big") + self.key.sign(cosignature_message(time, text))


LOG = Pen(ORIGIN)
WITNESSES = tuple(Pen(f"witness.example/w{number}", COSIGNATURE) for number in range(1, 4))


def signed(text: bytes, *pens: Pen) -> bytes:
    return format_note(text, [pen.line(text) for pen in pens or (LOG,)])


def checkpoint_note(hashes: Sequence[bytes], *pens: Pen, origin: str = ORIGIN) -> bytes:
    root = levels_of(hashes).root()
    return signed(format_checkpoint(Checkpoint(origin, len(hashes), root)), *pens)


def entries_of(count: int) -> tuple[bytes, ...]:
    return tuple(b'{"k":"demo","number":%d}' % number for number in range(count))


def log_files(entries: Sequence[bytes], *proofs: int) -> dict[str, bytes]:
    """Every file of the log, with its checkpoint, and the proofs of these leaves as `proofs/<number>`."""
    hashes = [leaf_hash(entry) for entry in entries]
    checkpoint = checkpoint_note(hashes)
    files = dict(hash_tiles(hashes))
    files |= entry_tiles(lambda start, stop: entries[start:stop], len(entries))
    levels = levels_of(hashes)
    files |= {f"proofs/{n}": format_proof(Proof(n, levels.path(n), checkpoint, entries[n])) for n in proofs}
    return files | {"checkpoint": checkpoint}


def grown_log(entries: Sequence[bytes], *sizes: int) -> dict[str, bytes]:
    """Every file of a log that was signed at each of these sizes in turn, narrow tiles and old checkpoints too."""
    hashes = [leaf_hash(entry) for entry in entries]
    files: dict[str, bytes] = {}
    for before, size in pairwise((0, *sizes)):
        files |= hash_tiles(hashes[:size], from_size=before)
        files |= entry_tiles(lambda start, stop: entries[start:stop], size, from_size=before)
        files[f"checkpoints/{size}"] = checkpoint_note(hashes[:size])
    return files | {"checkpoint": files[f"checkpoints/{sizes[-1]}"]}
