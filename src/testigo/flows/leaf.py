"""The hash by which the log knows a record."""

from testigo.core.ids import Digest
from testigo.core.records import Record, encode_record
from testigo.tlog.merkle import leaf_hash


def leaf_of(record: Record) -> Digest:
    """The leaf hash of this record (RFC 6962, 2.1), whether it is sealed or not."""
    return Digest(leaf_hash(encode_record(record)).hex())
