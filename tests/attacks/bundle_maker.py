"""A small, complete, signed bundle, made of record values by the program's own rules, so that it verifies.

`BundleMaker` seals batches; what an attack forges "signed so" it forges before the seal. `files` gives the bundle as a
map of path to bytes, which the other attacks change afterwards.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from election_text import ELECTION, FORM, ORIGIN, stations_csv

from testigo.core.decision import result_of
from testigo.core.election import election_from_toml
from testigo.core.form import form_from_toml
from testigo.core.ids import Digest
from testigo.core.records import Key, Record, Register, Release, decode_record, encode_record
from testigo.core.register import register_from_csv
from testigo.core.state import State, dossiers
from testigo.core.tables_out import public_tables
from testigo.core.tabulation import Tabulation, tabulate, totals_bytes
from testigo.site.bundle import bundle_files
from testigo.site.values import Published
from testigo.site.verify_alone import verify_alone_source
from testigo.tlog.merkle import leaf_hash, root_of
from testigo.tlog.note import ED25519, Checkpoint, format_checkpoint, format_note, format_vkey, key_id_of
from testigo.tlog.tiles import entry_tiles, hash_tiles
from testigo.verification.results import outcomes_of
from testigo.verification.rules import Rules

Entry = Record | bytes
"""A record, or the bytes of a leaf that no honest program would write."""


@dataclass
class Signing:
    """A test key; `vkey` is its public half."""

    key: Ed25519PrivateKey
    name: str = ORIGIN

    @property
    def vkey(self) -> str:
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return format_vkey(self.name, ED25519, public)

    def checkpoint(self, size: int, root: bytes, origin: str = ORIGIN) -> bytes:
        text = format_checkpoint(Checkpoint(origin, size, root))
        name, key_id = key_id_of(self.vkey)
        return format_note(text, [(name, key_id, self.key.sign(text))])


def signing(seed: int) -> Signing:
    """The same key every time."""
    return Signing(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def digest_of(entry: bytes) -> Digest:
    return Digest(leaf_hash(entry).hex())


def object_of(number: int) -> bytes:
    """The bytes of a photo; nobody decodes them here."""
    return f"photo {number}".encode() * (number % 7 + 1)


@dataclass
class BundleMaker:
    """A log in memory. `decide` may be replaced by an attack; `objects` are the public copies by hash."""

    signer: Signing = field(default_factory=lambda: signing(1))
    register_files: dict[str, bytes] = field(
        default_factory=lambda: {
            "election.toml": ELECTION.encode(),
            "forms/sheet/form.toml": FORM.encode(),
            "stations.csv": stations_csv().encode(),
        }
    )

    def __post_init__(self) -> None:
        self.entries: list[bytes] = []
        self.sizes: list[int] = []
        self.state = State()
        self.objects: dict[Digest, bytes] = {}
        self.totals: bytes | None = None
        election = election_from_toml(ELECTION, "election.toml")
        form = form_from_toml(FORM, "form.toml")
        register = register_from_csv(stations_csv(), election, "stations.csv")
        self.rules = Rules(election, {form.id: form}, register)

    def begin(self) -> None:
        """The first batch: the key and the rules."""
        registers = [
            Register(name, Digest(hashlib.sha256(data).hexdigest()), len(data))
            for name, data in self.register_files.items()
        ]
        self.seal([Key("log", self.signer.vkey), *registers])

    def seal(
        self,
        entries: Sequence[Entry],
        *,
        decided: bool = True,
        change: Callable[[list[bytes]], list[bytes]] = sorted_by_leaf,  # noqa: F821
    ) -> None:
        """One more batch, with the results that follow; `change` puts the batch in order (or in disorder)."""
