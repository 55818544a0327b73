"""A small, complete, signed bundle, made of record values by the program's own rules, so that it verifies.

`BundleMaker` seals batches; what an attack forges "signed so" it forges before the seal. `files` gives the bundle as a
map of path to bytes, which the other attacks change afterwards.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from election_text import ELECTION, FORM, ORIGIN, stations_csv

from testigo.assessment.claims import Assessment
from testigo.core.decision import result_of
from testigo.core.election import election_from_toml
from testigo.core.form import form_from_toml
from testigo.core.ids import Digest
from testigo.core.records import Key, Record, Register, Release, decode_record, encode_record
from testigo.core.register import register_from_csv
from testigo.core.state import State, dossiers
from testigo.core.tables_out import public_tables
from testigo.core.tabulation import Tabulation, tabulate, totals_bytes
from testigo.errors import BadRecord
from testigo.site.bundle import bundle_files
from testigo.site.values import Published
from testigo.site.verify_alone import verify_alone_source
from testigo.tlog.merkle import leaf_hash, root_of
from testigo.tlog.note import ED25519, Checkpoint, format_checkpoint, format_note, format_vkey, key_id_of
from testigo.tlog.tiles import entry_tiles, hash_tiles
from testigo.verification.places import MANIFEST, TAG_MANIFEST
from testigo.verification.results import outcomes_of
from testigo.verification.rules import Rules

Change = Callable[[list[bytes]], list[bytes]]
Entry = Record | bytes
"""A record, or the bytes of a leaf that no honest program would write."""


@dataclass
class Signing:
    """A test key; `vkey` is its public half."""

    seed: int = 1
    name: str = ORIGIN
    kind: int = ED25519

    @property
    def key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes([self.seed]) * 32)

    @property
    def vkey(self) -> str:
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return format_vkey(self.name, self.kind, public)

    @property
    def policy(self) -> str:
        return f"log {self.vkey}\nquorum none\n"

    def checkpoint(self, entries: Sequence[bytes], origin: str = ORIGIN) -> bytes:
        root = root_of([leaf_hash(entry) for entry in entries])
        text = format_checkpoint(Checkpoint(origin, len(entries), root))
        name, key_id = id_of(self.vkey)
        return format_note(text, [(name, key_id, self.key.sign(text))])


id_of = cache(key_id_of)
verifier_source = cache(verify_alone_source)


def entry_of(entry: Entry) -> bytes:
    return entry if isinstance(entry, bytes) else encode_record(entry)


def digest_of(entry: Entry) -> Digest:
    return Digest(leaf_hash(entry_of(entry)).hex())


def sorted_by_leaf(entries: list[bytes]) -> list[bytes]:
    return sorted(entries, key=leaf_hash)


def unread(entry: bytes) -> Record | None:
    try:
        return decode_record(entry)
    except BadRecord:
        return None


class BundleMaker:
    """A log in memory; `objects` are the public copies by their hash, `totals` the bytes of the last release."""

    def __init__(self, signer: Signing | None = None) -> None:
        self.signer = signer or Signing()
        self.register_files = {
            "election.toml": ELECTION.encode(),
            "forms/sheet/form.toml": FORM.encode(),
            "stations.csv": stations_csv().encode(),
        }
        election = election_from_toml(ELECTION, "election.toml")
        form = form_from_toml(FORM, "form.toml")
        self.rules = Rules(election, {form.id: form}, register_from_csv(stations_csv(), election, "stations.csv"))
        self.state = State()
        self.entries: list[bytes] = []
        self.sizes: list[int] = []
        self.objects: dict[Digest, bytes] = {}
        self.totals: bytes | None = None

    def registers(self) -> list[Entry]:
        """The key and the rules, as records."""
        files = self.register_files.items()
        found = [Register(name, Digest(hashlib.sha256(data).hexdigest()), len(data)) for name, data in files]
        return [Key("log", self.signer.vkey), *found]

    def results_due(self) -> list[Record]:
        """The results that follow from what is in the log."""
        held = dossiers(self.state, self.rules.register, self.rules.election.desk)
        outcomes = outcomes_of(self.state, held, self.rules)
        due = [result_of(o, self.state.results.get((o.station, o.contest))) for o in outcomes]
        return [result for result in due if result is not None]

    def seal(self, entries: Sequence[Entry], *, decided: bool = True, change: Change = sorted_by_leaf) -> None:
        """One more batch, with the results that follow; `change` brings the batch in order, or out of it."""
        batch = self._taken(entries)
        if decided:
            batch += self._taken(self.results_due())
        self.entries += change(batch)
        self.sizes.append(len(self.entries))

    def _taken(self, entries: Sequence[Entry]) -> list[bytes]:
        spelled = [entry_of(entry) for entry in entries]
        for entry in spelled:
            self.state.take(digest_of(entry), unread(entry))
        return spelled

    def tabulation(self) -> Tabulation:
        results = [result for _, result in self.state.results.values()]
        register, election = self.rules.register, self.rules.election
        return tabulate(results, dossiers(self.state, register, self.rules.election.desk), register, election)

    def release(self, *, forged: bytes | None = None) -> None:
        """A last batch that names the totals, or forged ones."""
        self.totals = totals_bytes(self.tabulation()) if forged is None else forged
        totals = Digest(hashlib.sha256(self.totals).hexdigest())
        self.seal([Release(len(self.entries), totals)], decided=False)

    def log_files(self) -> Iterator[tuple[str, bytes]]:
        hashes = [leaf_hash(entry) for entry in self.entries]
        yield from entry_tiles(lambda start, stop: self.entries[start:stop], len(self.entries))
        yield from hash_tiles(hashes)
        for size in self.sizes:
            yield f"checkpoints/{size}", self.signer.checkpoint(self.entries[:size])
        yield "checkpoint", self.signer.checkpoint(self.entries)

    def published(self) -> Published:
        state, rules = self.state, self.rules
        renditions = {photo: r for photo, r in state.renditions.items() if photo not in state.withheld}
        return Published(
            election=rules.election, register=rules.register, forms=rules.forms, tabulation=self.tabulation(),
            results=state.results, outcomes={}, dossiers={}, across={}, loose=(), aside=(), superseded=frozenset(),
            acts=(), renditions=renditions, withheld=state.withheld, photos=len(state.photos),
            log_size=len(self.entries), log_root=b"", checkpoint=b"", vkey=self.signer.vkey, totals_digest="",
            assessment=Assessment(rules.election.id, len(self.entries), "0", (), ()),
            proof_of=lambda _: b"",
        )  # fmt: skip

    def files(self) -> dict[str, bytes]:
        """The bundle: path to bytes."""
        register, election = self.rules.register, self.rules.election
        outcomes = tuple(outcomes_of(self.state, dossiers(self.state, register, self.rules.election.desk), self.rules))
        return dict(
            bundle_files(
                self.published(),
                log=self.log_files(),
                register=self.register_files,
                totals=self.totals,
                tables=public_tables(self.state, register, election, self.tabulation(), outcomes),
                assessment={},
                open_object=self.objects.__getitem__,
                parquet=lambda csv: b"parquet of " + hashlib.sha256(csv).digest(),
                verifier=verifier_source(),
            )
        )


def with_new_manifests(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same files under manifests that list them as they are, as somebody who forges would write them."""
    made = {name: data for name, data in files.items() if name not in (MANIFEST, TAG_MANIFEST)}
    for manifest, mine in ((MANIFEST, lambda n: n.startswith("data/")), (TAG_MANIFEST, lambda n: n[:5] != "data/")):
        lines = [f"{hashlib.sha256(made[n]).hexdigest()}  {n}\n" for n in sorted(made) if mine(n)]
        made[manifest] = "".join(lines).encode()
    return made
