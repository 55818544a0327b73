"""The tables: the journal, and the views that `rebuild` makes anew from the log."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

METADATA = MetaData()

LEAF = Table(
    "leaf",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("number", BigInteger, unique=True, nullable=True),
    Column("kind", String(16), nullable=False, index=True),
    Column("entry", LargeBinary, nullable=False),
)
"""One record; `number` is null while it waits for the next seal."""

HEAD = Table(
    "head",
    METADATA,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", String(64), nullable=False),
)
"""Every sealed size: written before anything is signed, so that no second root can be signed for it."""

ABOUT = Table(
    "about",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("station", String(64), primary_key=True),
    Index("about_station", "station"),
)
"""Which stations a record concerns."""

PHOTO = Table(
    "photo",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("sha256", String(64), nullable=False, index=True),
)

READING = Table(
    "reading",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("photo", String(64), nullable=False, index=True),
    Column("reader", String(32), nullable=False),
    Column("version", String(32), nullable=False),
)

KEYED = Table(
    "keyed",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("photo", String(64), nullable=False, index=True),
)
"""Entries and rulings, by the photo that they are about."""

BESIDE = Table(
    "beside",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("photo", String(64), primary_key=True),
    Index("beside_photo", "photo"),
)
"""The photos of other pages that entries and rulings name beside the one that they are about."""

REPORT = Table(
    "report",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("source", String(64), nullable=False, index=True),
    Column("taken", Integer, nullable=False),
)
"""`taken` is 1 for a row that takes part, 0 for one that is kept apart."""

SUPERSEDED = Table(
    "superseded",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("old", String(64), nullable=False, index=True),
)

TAKEN = Table(
    "taken",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("source", String(64), nullable=False),
    Column("table_sha256", String(64), nullable=False),
)
"""Tables that were taken in to their end."""

RESULT = Table(
    "result",
    METADATA,
    Column("station", String(64), primary_key=True),
    Column("contest", String(64), primary_key=True),
    Column("digest", String(64), nullable=False),
)
"""The result in force."""

CHANGED = Table("changed", METADATA, Column("station", String(64), primary_key=True))
"""A work list, not a fact: stations whose evidence changed since the last seal."""

VIEWS = (ABOUT, PHOTO, READING, KEYED, BESIDE, REPORT, SUPERSEDED, TAKEN, RESULT)
"""What the log alone determines."""
