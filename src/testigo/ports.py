"""The seams: what flows ask of the world, and the World that wiring hands them.

What keeps things has an in-memory twin under `store/`; `tests/contracts` holds twin and adapter to the same words.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from testigo.core.election import Election, Source
from testigo.core.form import Form
from testigo.core.ids import AreaId, Digest, FieldId, StationCode
from testigo.core.records import Photo, Record, Report, Result
from testigo.core.register import Station, StationRegister
from testigo.core.rows import RawRow, Row
from testigo.stats.fields import ValueEvidence


class Blobs(Protocol):
    """Bytes by their SHA-256. A blob is there whole or not at all, also after a crash."""

    def put(self, data: bytes) -> Digest:
        """The name under which the bytes are now held durably; putting the same bytes again changes nothing."""

    def open(self, digest: Digest) -> bytes:
        """The bytes of this name.

        Raises:
            NotFound: it is not held.
            BrokenStore: what is held has another hash.
        """

    def has(self, digest: Digest) -> bool:
        """Whether a blob of this name is held."""

    def all(self) -> Iterator[Digest]:
        """Every name that is held, sorted."""


@dataclass(frozen=True, slots=True)
class Head:
    """A sealed size of the log and its root (32 bytes)."""

    size: int
    root: bytes


class Journal(Protocol):
    """The facts: sealed leaves by their numbers, and the spool of records that wait for the next seal."""

    def append(self, records: Iterable[Record]) -> int:
        """How many records were new; they wait in the spool, all of them or none after a crash."""

    def seal(self, results: Iterable[Record]) -> Head:
        """The head once the spool and these results are leaves, sorted by leaf hash; the old one if nothing waits."""

    def heads(self) -> tuple[Head, ...]:
        """Every head that was ever sealed, smallest first."""

    def entries(self, start: int, stop: int) -> Sequence[bytes]:
        """The bytes of the leaves `start` to `stop`, by number."""

    def leaf_hashes(self) -> Sequence[bytes]:
        """The hashes of all sealed leaves, 32 bytes each, by number."""

    def waiting(self) -> int:
        """How many records wait in the spool."""

    def beyond(self, size: int) -> Sequence[bytes]:
        """The bytes of all that is not among the first `size` leaves: later leaves and the spool, by leaf hash."""

    def restore(self, batches: Iterable[tuple[Head, Sequence[bytes]]]) -> None:
        """Replaces the sealed leaves and every view by these batches; what waits in the spool stays."""


class Views(Protocol):
    """Named questions over the journal's records, sealed or waiting."""

    def records(self) -> Iterator[tuple[Digest, Record | None]]:
        """All records with their leaf hashes: sealed ones by number, then those that wait, by hash."""

    def records_since(self, size: int, known: Container[Digest]) -> Iterator[tuple[Digest, Record | None]]:
        """The records sealed from number `size` on, by number, then those that wait, by hash; without those known."""

    def records_about(self, stations: Sequence[StationCode]) -> Iterator[tuple[Digest, Record | None]]:
        """The records that the dossiers of these stations need."""

    def photos_unread(self, reader: str, version: str | None = None) -> tuple[Digest, ...]:
        """Masters of photos that the reader has not read, sorted; with a version, that it has not read in this one."""

    def photos(self) -> Mapping[Digest, Photo]:
        """Every photo's record by its master; of several claims the first by leaf hash."""

    def photos_sealed(self, size: int) -> tuple[tuple[int, Digest], ...]:
        """The masters whose records were sealed from number `size` on, with that number, in its order."""

    def stations_held(self) -> tuple[StationCode, ...]:
        """Stations that anything is held about, sorted; also such as the register does not have."""

    def table_taken(self, source: str, table: Digest) -> bool:
        """Whether this table of this source was taken in to its end."""

    def current_reports(self, source: str) -> Mapping[StationCode, tuple[Digest, Report]]:
        """The rows of a source that take part and that nothing superseded."""

    def results(self) -> Mapping[tuple[StationCode, str], tuple[Digest, Result]]:
        """The results in force: of the latest batch for each station and contest."""

    def stations_to_decide(self) -> tuple[StationCode, ...]:
        """Stations whose evidence changed since the last seal, sorted."""


class LogFiles(Protocol):
    """The public files of the log: tiles, entry bundles, checkpoints."""

    def put(self, path: str, data: bytes) -> None:
        """Holds the bytes under this path, whole or not at all; the same bytes again change nothing."""

    def get(self, path: str) -> bytes | None:
        """The bytes under this path, None where there are none."""

    def names(self) -> tuple[str, ...]:
        """Every path that is held, sorted."""


class Signer(Protocol):
    """The log's key."""

    @property
    def vkey(self) -> str:
        """The public key as a C2SP vkey."""

    def sign(self, text: bytes) -> bytes:
        """The 64-byte Ed25519 signature of a note's text."""


class Opener(Protocol):
    """The key that opens photos sealed on phones."""

    @property
    def public(self) -> bytes:
        """The public key: 65 bytes, a point of P-256, uncompressed (SEC 1, 2.3.3)."""

    def open(self, sealed: bytes) -> bytes:
        """What was sealed for this key and this election.

        Raises:
            BadPhoto: `sealed`, it does not open.
        """


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """One code that a reader found: its symbology and its text."""

    symbology: str
    text: str


@dataclass(frozen=True, slots=True)
class InkSeen:
    """What stands in the boxes of one field: for every cell the logarithms of its classes' probabilities (14)."""

    field: FieldId
    cells: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page of a form found in a photo, with what stands in its boxes, and what words or tallies say of some.

    `codes` are those of the photo's codes that lie on this page.
    """

    form: str
    page: int
    ink: tuple[InkSeen, ...]
    evidence: tuple[ValueEvidence, ...] = ()
    codes: tuple[CodeSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader saw in one photo: codes, a 64-bit perceptual hash, and pages whose boxes were read.

    `covered` is an upright JPEG of the photo in which the personal regions of all these pages are covered, and all that
    lies beside the pages; None where no page of a form with such regions was found, or not well enough.
    """

    codes: tuple[CodeSeen, ...]
    phash: int
    pages: tuple[PageSeen, ...] = ()
    covered: bytes | None = None


class Master(Protocol):
    """A photo's master: metadata gone, pixels unchanged. `orient` is the EXIF orientation, 1 to 8, sides are pixels."""

    @property
    def data(self) -> bytes: ...
    @property
    def media(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def orient(self) -> int: ...
    @property
    def method(self) -> str: ...


@dataclass(frozen=True, slots=True)
class StraightPage:
    """A page of a form as it stands in a photo, made straight: its `jpeg` shows the form's paper from edge to edge."""

    form: str
    page: int
    jpeg: bytes


class Reader(Protocol):
    """Looks at photos in limited child processes; may be called from several threads."""

    def masters(self, data: bytes) -> tuple[Master, ...]:
        """The masters of a file: one for a photo, one a page for a PDF.

        Raises:
            BadPhoto: the file is refused; names the cause.
        """

    def read(self, data: bytes, orient: int) -> Sight:
        """What is seen in a master; nothing when the time for one photo is over or the pixels do not decode."""

    def thumbnail(self, data: bytes, orient: int, width: int) -> bytes:
        """A small upright JPEG of a master, of this width in pixels, the same bytes every time.

        Raises:
            BadPhoto: the pixels do not decode.
        """

    def straightened(self, data: bytes, orient: int) -> tuple[StraightPage, ...]:
        """The pages of known forms in a master; none where no form's page is found.

        Raises:
            BadPhoto: the pixels do not decode.
        """


class Tables(Protocol):
    """Tables in and out."""

    def rows(self, data: bytes, name: str, source: Source, election: Election) -> tuple[RawRow, ...]:
        """Every row of a table as found.

        Raises:
            BadTable: the bytes are no table, or it lacks columns.
        """

    def derive_register(
        self, tables: Sequence[tuple[Source, Sequence[Row]]], election: Election
    ) -> tuple[tuple[Station, ...], Mapping[AreaId, str], tuple[str, ...]]:
        """Stations, names of areas, and notes, from the tables of several sources in order of precedence."""

    def spelling_notes(self, rows: Sequence[Row], register: StationRegister, election: Election) -> tuple[str, ...]:
        """Where a table spells areas otherwise than the register."""

    def parquet(self, csv: bytes, numbers: frozenset[str]) -> bytes:
        """The same table as Parquet, with these columns as whole numbers; the same bytes every time."""


@dataclass(frozen=True, slots=True)
class World:
    """A deployment's home, opened: everything that a flow may touch."""

    home: Path
    election: Election
    forms: Mapping[str, Form]
    register: StationRegister
    journal: Journal
    views: Views
    blobs: Blobs
    log: LogFiles
    signer: Signer
    tables: Tables
