"""The records of the log: one spelling each, batches in the order of the leaf hashes, no reference forwards."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from testigo.core.canonical import plain_value
from testigo.core.ids import Digest
from testigo.core.records import (
    Entry,
    Photo,
    Reading,
    Record,
    Rendition,
    Report,
    Result,
    Ruling,
    Supersede,
    decode_record,
)
from testigo.errors import BadRecord
from testigo.verification.report import Step, graded

_PHASH = re.compile(r"[0-9a-f]{0,16}\Z")


@dataclass(frozen=True, slots=True)
class Leaves:
    """The leaves by number: their hashes, and their records (None for a kind that this program does not know).

    `ends` are the sizes at which batches end, the smallest first; the last is the size of the log.
    """

    digests: Sequence[Digest]
    records: Sequence[Record | None]
    ends: tuple[int, ...]

    def batches(self) -> Iterator[tuple[int, int]]:
        """Every batch as the numbers of its first leaf and of the one after its last."""
        return zip((0, *self.ends[:-1]), self.ends, strict=True)


def decode_entries_of(entries: Sequence[bytes]) -> tuple[Step, tuple[Record | None, ...]]:
    """The step `records` and the records of these entries; None stands for those that are not understood, too."""
    records: list[Record | None] = []
    unknown: Counter[str] = Counter()
    wrong: list[str] = []
    for number, entry in enumerate(entries):
        record = None
        try:
            record = decode_record(entry)
            if record is None:
                unknown[_kind_of(entry)] += 1
            elif type(record) is Reading and not _PHASH.match(record.phash):
                record = None
                wrong.append(f"leaf {number}: record reading, field phash: expected at most 16 hexadecimal digits")
        except BadRecord as error:
            wrong.append(f"leaf {number}: {error}")
        records.append(record)
    told = ", ".join(f"{count} of the unknown kind {kind}" for kind, count in sorted(unknown.items()))
    sentence = f"{len(entries)} records in their one spelling" + (f", among them {told}" if told else "")
    return graded("records", sentence, wrong=wrong), tuple(records)


def _kind_of(entry: bytes) -> str:
    value = plain_value(entry)
    return f"{value['k']} v{value['v']}"[:60] if isinstance(value, dict) else ""


def check_batches(leaves: Leaves) -> Step:
    """Whether each batch is sorted, no leaf stands twice, and every reference is to its own batch or an earlier one."""
    numbers: dict[Digest, int] = {}
    photos: set[Digest] = set()
    wrong: list[str] = []
    for start, end in leaves.batches():
        for number in range(start, end):
            digest = leaves.digests[number]
            if number > start and digest <= leaves.digests[number - 1]:
                wrong.append(f"leaf {number}: its hash is not above that of leaf {number - 1} of the same batch")
            if digest in numbers:
                wrong.append(f"leaf {number}: the same record stands at leaf {numbers[digest]}")
            numbers.setdefault(digest, number)
            record = leaves.records[number]
            if type(record) is Photo:
                photos.add(record.sha256)
        for number in range(start, end):
            record = leaves.records[number]
            if record is not None and type(record) is not Report:
                wrong += [
                    f"leaf {number}: {what}, which no leaf up to the end of its batch is"
                    for what in _dangling(record, numbers, photos)
                ]
    return graded("batches", f"{len(leaves.ends)} batches in the order of the leaf hashes", wrong=wrong)


def _dangling(record: Record, numbers: dict[Digest, int], photos: set[Digest]) -> Iterator[str]:
    match record:
        case Result():
            named = (*record.evidence, record.replaces) if record.replaces else record.evidence
            yield from (f"the result of station {record.station} names {d}" for d in named if d not in numbers)
        case Supersede():
            yield from (f"it supersedes with {d}" for d in (record.old, record.new) if d not in numbers)
        case Rendition() if record.photo not in photos:
            yield f"it is a rendition of the photo {record.photo}"
        case Reading() if record.photo not in photos:
            yield f"it is a reading of the photo {record.photo}"
        case Entry():
            named = (record.photo, *record.beside)
            yield from (f"it is an entry from the photo {photo}" for photo in named if photo not in photos)
        case Ruling():
            named = (record.photo, *record.beside)
            yield from (f"it is a ruling on the photo {photo}" for photo in named if photo not in photos)
            yield from (f"it settles the entry {d}" for d in record.entries if d not in numbers)
