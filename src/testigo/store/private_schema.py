"""The private tables: never in a bundle or the log. Times are ends of validity, in whole seconds of POSIX time."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text

PRIVATE = MetaData()

INVITATION = Table(
    "private_invitation",
    PRIVATE,
    Column("secret", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("alias", String(64), nullable=True),
    Column("until", BigInteger, nullable=False),
)

PASS = Table(
    "private_pass",
    PRIVATE,
    Column("secret", String(64), primary_key=True),
    Column("uploads", Integer, nullable=False),
    Column("until", BigInteger, nullable=False),
)

SESSION = Table(
    "private_session",
    PRIVATE,
    Column("secret", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("alias", String(64), nullable=False, index=True),
    Column("until", BigInteger, nullable=False),
)

PASSKEY = Table(
    "private_passkey",
    PRIVATE,
    Column("secret", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("alias", String(64), nullable=False, index=True),
    Column("key", Text, nullable=False),
    Column("uses", BigInteger, nullable=False),
)

CHALLENGE = Table(
    "private_challenge",
    PRIVATE,
    Column("secret", String(64), primary_key=True),
    Column("alias", String(64), nullable=False),
    Column("until", BigInteger, nullable=False),
)

CLAIM = Table(
    "private_claim",
    PRIVATE,
    Column("photo", String(64), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("alias", String(64), primary_key=False, nullable=False),
    Column("until", BigInteger, nullable=False),
)

DRAFT = Table(
    "private_draft",
    PRIVATE,
    Column("photo", String(64), primary_key=True),
    Column("alias", String(64), primary_key=True),
    Column("text", Text, nullable=False),
)

NOTE = Table(
    "private_note",
    PRIVATE,
    Column("photo", String(64), primary_key=True),
    Column("alias", String(64), primary_key=True),
    Column("text", Text, nullable=False),
)

UPLOAD = Table(
    "private_upload",
    PRIVATE,
    Column("secret", String(64), primary_key=True),
    Column("owner", String(64), nullable=False, index=True),
    Column("length", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=True),
    Column("station", String(64), nullable=True),
    Column("page", Integer, nullable=False),
    Column("orient", Integer, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("text", Text, nullable=False),
)

PROBLEM = Table(
    "private_problem",
    PRIVATE,
    Column("id", String(64), primary_key=True),
    Column("station", String(64), nullable=True),
    Column("kind", String(64), nullable=False),
    Column("text", Text, nullable=False),
)

SETTING = Table(
    "private_setting",
    PRIVATE,
    Column("name", String(64), primary_key=True),
    Column("text", Text, nullable=False),
)

SCORE = Table(
    "private_score",
    PRIVATE,
    Column("alias", String(64), primary_key=True),
    Column("photo", String(64), primary_key=True),
    Column("training", Integer, nullable=False),
    Column("fields", Integer, nullable=False),
    Column("right", Integer, nullable=False),
)

WORK = Table(
    "private_work",
    PRIVATE,
    Column("alias", String(64), primary_key=True),
    Column("sheets", Integer, nullable=False),
    Column("seconds", BigInteger, nullable=False),
)
