"""Every store in memory: what the ports mean, in the fewest words; for tests and for work that leaves nothing behind.

Nothing here is fast: each view is worked out from all records whenever it is asked for.
"""

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from testigo.core.ids import Digest, StationCode
from testigo.core.records import Photo, Record, Report, Result, decode_record, encode_record
from testigo.core.state import State, fold
from testigo.errors import BrokenStore, NotFound
from testigo.ports import Head
from testigo.store.opener import opened_by, public_bytes
from testigo.store.rows import photos_of
from testigo.tlog.merkle import leaf_hash, root_of
from testigo.tlog.note import ED25519, format_vkey


class MemoryBlobs:
    """`Blobs` in a dictionary."""

    def __init__(self) -> None:
        self.held: dict[Digest, bytes] = {}

    def put(self, data: bytes) -> Digest:
        """See `ports.Blobs`."""
        digest = Digest(hashlib.sha256(data).hexdigest())
        self.held[digest] = data
        return digest

    def open(self, digest: Digest) -> bytes:
        """See `ports.Blobs`."""
        if digest not in self.held:
            raise NotFound(f"blobs: {digest} is not held")
        found = hashlib.sha256(self.held[digest]).hexdigest()
        if found != digest:
            raise BrokenStore(f"blobs: expected {digest}, what is held has the hash {found}")
        return self.held[digest]

    def has(self, digest: Digest) -> bool:
        """See `ports.Blobs`."""
        return digest in self.held

    def all(self) -> Iterator[Digest]:
        """See `ports.Blobs`."""
        return iter(sorted(self.held))


class MemoryLog:
    """`LogFiles` in a dictionary."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    def put(self, path: str, data: bytes) -> None:
        """See `ports.LogFiles`."""
        self._files[path] = data

    def get(self, path: str) -> bytes | None:
        """See `ports.LogFiles`."""
        return self._files.get(path)

    def names(self) -> tuple[str, ...]:
        """See `ports.LogFiles`."""
        return tuple(sorted(self._files))


class MemorySigner:
    """A `Signer` whose key is gone with it. The key follows from the 32 bytes of `seed`."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._name = name

    @property
    def vkey(self) -> str:
        """See `ports.Signer`."""
        return format_vkey(self._name, ED25519, self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, text: bytes) -> bytes:
        """See `ports.Signer`."""
        return self._key.sign(text)


class MemoryOpener:
    """An `Opener` whose key is new, and gone with it."""

    def __init__(self, origin: str) -> None:
        self._key = generate_private_key(SECP256R1())
        self._origin = origin

    @property
    def public(self) -> bytes:
        """See `ports.Opener`."""
        return public_bytes(self._key)

    def open(self, sealed: bytes) -> bytes:
        """See `ports.Opener`."""
        return opened_by(self._key, self._origin, sealed)


class MemoryJournal:
    """A `Journal` in lists. Every change is made in one assignment at its end, so an error changes nothing."""

    def __init__(self) -> None:
        self._sealed: list[bytes] = []
        self._heads: tuple[Head, ...] = ()
        self._spool: dict[Digest, bytes] = {}

    def append(self, records: Iterable[Record]) -> int:
        """See `ports.Journal`."""
        spool = self._spool | self._new(map(encode_record, records))
        added = len(spool) - len(self._spool)
        self._spool = spool
        return added

    def seal(self, results: Iterable[Record]) -> Head:
        """See `ports.Journal`."""
        batch = self._spool | self._new(map(encode_record, results))
        entries = self._sealed + [batch[digest] for digest in sorted(batch)]
        head = Head(len(entries), root_of([leaf_hash(entry) for entry in entries]))
        if batch:
            self._sealed, self._heads, self._spool = entries, (*self._heads, head), {}
        return head

    def heads(self) -> tuple[Head, ...]:
        """See `ports.Journal`."""
        return self._heads

    def entries(self, start: int, stop: int) -> Sequence[bytes]:
        """See `ports.Journal`."""
        return self._sealed[start:stop]

    def leaf_hashes(self) -> Sequence[bytes]:
        """See `ports.Journal`."""
        return [leaf_hash(entry) for entry in self._sealed]

    def waiting(self) -> int:
        """See `ports.Journal`."""
        return len(self._spool)

    def beyond(self, size: int) -> Sequence[bytes]:
        """See `ports.Journal`."""
        return sorted([*self._sealed[size:], *self._spool.values()], key=_digest)

    def restore(self, batches: Iterable[tuple[Head, Sequence[bytes]]]) -> None:
        """See `ports.Journal`."""
        heads, sealed = [], []
        for head, entries in batches:
            heads.append(head)
            for entry in entries:
                decode_record(entry)
                sealed.append(entry)
        self._sealed, self._heads = sealed, tuple(heads)
        self._spool = self._new(self._spool.values())

    def sealed_records(self) -> list[tuple[Digest, Record | None]]:
        """The sealed records with their leaf hashes, by number."""
        return [(_digest(entry), decode_record(entry)) for entry in self._sealed]

    def waiting_records(self) -> list[tuple[Digest, Record | None]]:
        """The records that wait, by leaf hash."""
        return [(digest, decode_record(self._spool[digest])) for digest in sorted(self._spool)]

    def _new(self, entries: Iterable[bytes]) -> dict[Digest, bytes]:
        """The entries that are no leaves yet, by leaf hash."""
        sealed = set(map(_digest, self._sealed))
        return {digest: entry for entry in entries if (digest := _digest(entry)) not in sealed}


class MemoryViews:
    """`Views` that scan the records of a `MemoryJournal`."""

    def __init__(self, journal: MemoryJournal) -> None:
        self._journal = journal

    def records(self) -> Iterator[tuple[Digest, Record | None]]:
        """See `ports.Views`."""
        yield from self._journal.sealed_records()
        yield from self._journal.waiting_records()

    def records_since(self, size: int, known: Container[Digest]) -> Iterator[tuple[Digest, Record | None]]:
        """See `ports.Views`."""
        sealed = list(self._journal.sealed_records())[size:]
        yield from (one for one in [*sealed, *self._journal.waiting_records()] if one[0] not in known)

    def records_about(self, stations: Sequence[StationCode]) -> Iterator[tuple[Digest, Record | None]]:
        """See `ports.Views`: here all records, which are enough for any station."""
        return self.records()

    def photos_unread(self, reader: str, version: str | None = None) -> tuple[Digest, ...]:
        """See `ports.Views`."""
        state = self._state()
        own = [one for one in state.readings.values() if one.reader == reader]
        read = {one.photo for one in own if version in (None, one.version)}
        return tuple(sorted(set(state.photos) - read))

    def photos(self) -> Mapping[Digest, Photo]:
        """See `ports.Views`."""
        claims = {digest: record for digest, record in self.records() if isinstance(record, Photo)}
        return {claims[digest].sha256: claims[digest] for digest in sorted(claims, reverse=True)}

    def photos_sealed(self, size: int) -> tuple[tuple[int, Digest], ...]:
        """See `ports.Views`."""
        sealed = enumerate(self._journal.sealed_records())
        return tuple((n, one.sha256) for n, (_, one) in sealed if n >= size and isinstance(one, Photo))

    def stations_held(self) -> tuple[StationCode, ...]:
        """See `ports.Views`."""
        return _stations_of(self._state())

    def table_taken(self, source: str, table: Digest) -> bool:
        """See `ports.Views`."""
        acts = (act.detail for act in self._state().acts if act.act == "table")
        return any((detail["source"], detail["table"]) == (source, table) for detail in acts)

    def current_reports(self, source: str) -> Mapping[StationCode, tuple[Digest, Report]]:
        """See `ports.Views`."""
        state = self._state()
        return {
            report.station: (digest, report)
            for digest, report in state.reports.items()
            if report.source == source and report.station is not None
            if report.aside is None and digest not in state.superseded
        }

    def results(self) -> Mapping[tuple[StationCode, str], tuple[Digest, Result]]:
        """See `ports.Views`."""
        found = fold(self._journal.sealed_records()).results
        return {key: found[key] for key in sorted(found)}

    def stations_to_decide(self) -> tuple[StationCode, ...]:
        """See `ports.Views`: those of the records that wait, since a seal leaves none."""
        waiting = self._journal.waiting_records()
        photos = {photo for _, record in waiting for photo in photos_of(record)}
        for _ in range(2):
            concerned = [one for one in self.records() if not photos.isdisjoint(photos_of(one[1]))]
            photos |= {photo for _, record in concerned for photo in photos_of(record)}
        return _stations_of(fold([*waiting, *concerned]))

    def _state(self) -> State:
        return fold(self.records())


def _digest(entry: bytes) -> Digest:
    return Digest(leaf_hash(entry).hex())


def _stations_of(state: State) -> tuple[StationCode, ...]:
    """The stations that this evidence is about, sorted."""
    named = {report.station for report in state.reports.values() if report.aside is None}
    named |= {photo.station for photos in state.photos.values() for photo in photos}
    for reading in state.readings.values():
        named |= {reading.station, *map(StationCode, reading.stations)}
    named |= {entry.station for entry in state.entries.values()} | {one.station for one in state.rulings.values()}
    return tuple(sorted(station for station in named if station))
