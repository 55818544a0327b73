"""The facts of the log, one class a kind, and their canonical bytes (docs/formats/records.md is made from here).

A record is what a leaf holds. A kind that is not in `KINDS` is counted and reported by readers of the log, never
dropped in silence; nothing that is not a record is public. No record holds a time, a person, a device or an address.
"""

import re
import types
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from testigo.core.canonical import MAX_ENTRY_BYTES, MAX_INTEGER, check_plain, spell, spelled_value, trusted_value
from testigo.core.ids import Counts, Digest, StationCode
from testigo.errors import BadRecord

MAX_COUNT = 999_999_999
_HEX64 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Register:
    """A file that the count rests on (`election.toml`, `stations.csv`, a form), by its hash."""

    name: str
    sha256: Digest
    size: int


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that we hold: its stripped master's hash. `station` is what the sender claimed, None if nothing."""

    sha256: Digest
    size: int
    media: str
    width: int
    height: int
    orient: int
    strip: str
    page: int = 1
    station: StationCode | None = None
    scan: Digest | None = None
    """The hash of the PDF whose page this is; None for a photo that came by itself."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """The public copy of a photo. `mask` is `none` where it is the master itself, `regions-1` where personal data is
    covered in it (docs/formats/mask-regions-1.md).
    """

    photo: Digest
    sha256: Digest
    size: int
    media: str
    mask: str


@dataclass(frozen=True, slots=True)
class Report:
    """One row of a source's table. `aside` names why it is kept apart (None: it takes part); `saw` what was there."""

    source: str
    table: Digest
    row: int
    station: StationCode | None = None
    counts: Counts | None = None
    aside: str | None = None
    saw: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a machine saw in one photo.

    `outcome` is `figures` (station and counts), `station` (only the station), `doubtful` (station, and figures written
    by hand that a person must look at), `foreign` (codes of no form of this election) or `nothing`. `phash` is a 64-bit
    perceptual hash in hexadecimal. A code is protected by its own error correction, so a reading of codes carries no
    probabilities; of handwriting `ppm` has that of every figure, `verdict` is `sure`, `look` (at `cells`) or `people`,
    and `proposed` are figures that nobody has confirmed: they are never counted.
    """

    photo: Digest
    reader: str
    version: str
    outcome: str
    phash: str
    form: str | None = None
    page: int = 1
    station: StationCode | None = None
    stations: tuple[str, ...] = ()
    """All the codes of stations that were seen, when they are more than one."""
    counts: Counts | None = None
    verdict: str | None = None
    ppm: Counts | None = None
    proposed: Counts | None = None
    cells: tuple[str, ...] = ()
    """Cells to look at, as field/number from the left, beginning with 1."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person keyed from one sheet, seeing no other answer. `clerk` is an alias, which names nobody.

    `counts` are the fields that could be read, `blank` those that are empty on the paper, `illegible` those that this
    person could not read. `problem` is what is wrong with the photo, None if nothing. Where one is named and no figure,
    `station` may be empty. `beside` are the photos of the sheet's other pages that this person saw with it, where pages
    came in separate photos.
    """

    photo: Digest
    clerk: str
    form: str
    station: StationCode
    counts: Counts
    page: int = 1
    blank: tuple[str, ...] = ()
    illegible: tuple[str, ...] = ()
    problem: str | None = None
    beside: tuple[Digest, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an adjudicator, who made none of the `entries` (leaf hashes), found in a photo, and those beside it that the
    entries name, and the reason.
    """

    photo: Digest
    adjudicator: str
    form: str
    station: StationCode
    counts: Counts
    reason: str
    entries: tuple[Digest, ...]
    page: int = 1
    blank: tuple[str, ...] = ()
    illegible: tuple[str, ...] = ()
    problem: str | None = None
    beside: tuple[Digest, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The counts accepted for a station and contest: which evidence (leaf hashes), by which basis of the policy.

    `status` is `counted`, `quarantined`, or `no figures` where an earlier result has lost its evidence; `replaces` is
    the leaf hash of the result that was in force before, None for the first one.
    """

    station: StationCode
    contest: str
    status: str
    basis: str
    evidence: tuple[Digest, ...]
    counts: Counts
    findings: tuple[str, ...] = ()
    replaces: Digest | None = None


@dataclass(frozen=True, slots=True)
class Withhold:
    """A photo is no longer shown; its bytes may be missing from bundles. Reasons: privacy, legal, duplicate."""

    sha256: Digest
    reason: str


@dataclass(frozen=True, slots=True)
class Supersede:
    """The record `new` corrects the record `old` (leaf hashes); both stay in the log."""

    old: Digest
    new: Digest
    reason: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something that the desk did, with its numbers: a table taken in, files refused."""

    act: str
    detail: Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Release:
    """The totals over the first `at` leaves have this hash (docs/formats/bundle.md)."""

    at: int
    totals: Digest


@dataclass(frozen=True, slots=True)
class Key:
    """A public key of this deployment and what it signs."""

    role: str
    vkey: str


Record: TypeAlias = (
    Register
    | Photo
    | Rendition
    | Report
    | Reading
    | Entry
    | Ruling
    | Result
    | Withhold
    | Supersede
    | Act
    | Release
    | Key
)

KINDS: Mapping[str, tuple[type, int]] = types.MappingProxyType(
    {kind.__name__.lower(): (kind, 1) for kind in get_args(Record)}
)
"""Kind to its class and version. What is public is what stands here."""

FieldKind = Literal["text", "number", "digest", "counts", "texts", "digests", "detail"]


@dataclass(frozen=True, slots=True)
class FieldShape:
    """How one field of a record is spelled."""

    name: str
    kind: FieldKind
    optional: bool


def shape_of(record_class: type) -> tuple[FieldShape, ...]:
    """The fields of a kind of record, in the order of the class."""
    hints = get_type_hints(record_class)
    return tuple(_field_shape(field.name, hints[field.name]) for field in fields(record_class))


def _field_shape(name: str, hint: object) -> FieldShape:
    parts = [part for part in get_args(hint) if part is not type(None)]
    optional = get_origin(hint) in (types.UnionType, Union)
    if optional:
        hint = parts[0]
    if get_origin(hint) is tuple:
        return FieldShape(name, "digests" if get_args(hint)[0] is Digest else "texts", optional=True)
    if hint == Counts:
        return FieldShape(name, "counts", optional)
    if get_origin(hint) is not None:
        return FieldShape(name, "detail", optional)
    kind: FieldKind = "number" if hint is int else "digest" if hint is Digest else "text"
    return FieldShape(name, kind, optional)


_SHAPES = types.MappingProxyType({kind: shape_of(cls) for kind, (cls, _) in KINDS.items()})
_LISTS = types.MappingProxyType(
    {kind: {s.name for s in shapes if s.kind in ("texts", "digests")} for kind, shapes in _SHAPES.items()}
)


def encode_record(record: Record) -> bytes:
    """The canonical bytes of a record: what is hashed into its leaf.

    Raises:
        BadRecord: a value is out of range, of the wrong shape, or the record is too long.
    """
    kind = type(record).__name__.lower()
    value: dict[str, object] = {"k": kind, "v": KINDS[kind][1]}
    for shape in _SHAPES[kind]:
        item = getattr(record, shape.name)
        if item is None or item == ():
            continue
        if shape.kind in ("counts", "detail"):
            item = dict(item)
        elif shape.kind in ("texts", "digests"):
            item = list(item)
        value[shape.name] = item
        _field(item, shape, kind)
    entry = spell(value)
    if len(entry) > MAX_ENTRY_BYTES:
        raise BadRecord(f"record {kind}: expected at most {MAX_ENTRY_BYTES} bytes, came {len(entry)}")
    return entry


def decode_record(entry: bytes) -> Record | None:
    """The record that these bytes spell, or None for a kind or version that this program does not know.

    Raises:
        BadRecord: the bytes are not canonical or too long, a field is missing, unknown or of the wrong shape.
    """
    if len(entry) > MAX_ENTRY_BYTES:
        raise BadRecord(f"record: expected at most {MAX_ENTRY_BYTES} bytes, came {len(entry)}")
    value = spelled_value(entry)
    if not isinstance(value, dict) or type(value.get("k")) is not str or type(value.get("v")) is not int:
        raise BadRecord("record: expected a map with the kind `k` and the version `v`")
    kind, version = value["k"], value["v"]
    known = KINDS.get(kind)
    if known is None or known[1] != version:
        check_plain(value, f"record {kind}")
        return None
    arguments: dict[str, object] = {}
    for shape in _SHAPES[kind]:
        if shape.name in value:
            arguments[shape.name] = _field(value[shape.name], shape, kind)
        elif not shape.optional:
            raise BadRecord(f"record {kind}: expected the field {shape.name}, it is missing")
    if len(value) != len(arguments) + 2:
        unknown = sorted(set(value) - set(arguments) - {"k", "v"})
        raise BadRecord(f"record {kind}: expected no other fields, came {', '.join(unknown)}")
    for name in _LISTS[kind]:
        arguments.setdefault(name, ())
    record: Record = known[0](**arguments)
    return record


def own_record(entry: bytes) -> Record | None:
    """The record of bytes that `encode_record` or `decode_record` has seen before: fast, and nothing is checked."""
    value = trusted_value(entry)
    assert isinstance(value, dict)
    kind, version = value.pop("k"), value.pop("v")
    known = KINDS.get(kind)
    if known is None or known[1] != version:
        return None
    for name in _LISTS[kind]:
        value[name] = tuple(value.get(name, ()))
    record: Record = known[0](**value)
    return record


def _field(item: object, shape: FieldShape, kind: str) -> object:
    if shape.kind == "number":
        if type(item) is int and 0 <= item <= MAX_INTEGER:
            return item
    elif shape.kind == "digest":
        if type(item) is str and _HEX64.match(item):
            return item
    elif shape.kind == "text":
        if type(item) is str and (item or not shape.optional):
            return item
    elif shape.kind in ("digests", "texts"):
        if isinstance(item, list) and item and all(type(part) is str for part in item):
            parts = tuple(item)
            if shape.kind == "texts" or all(map(_HEX64.match, parts)):
                return parts
    elif shape.kind == "counts":
        if isinstance(item, dict) and all(
            type(n) is int and 0 <= n <= MAX_COUNT and type(f) is str and f.isascii() for f, n in item.items()
        ):
            return item
    elif isinstance(item, dict):
        check_plain(item, f"record {kind}, field {shape.name}")
        return item
    raise BadRecord(f"record {kind}, field {shape.name}: expected a {shape.kind}, came {str(item)[:60]!r}")
