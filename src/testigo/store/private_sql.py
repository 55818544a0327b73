"""The private store in SQL. A method is one transaction; what must happen once is one statement that changes a row."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from math import ceil

from sqlalchemy import Connection, Engine, Row, Select, Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from testigo.core.backup import Rows
from testigo.core.ids import Digest
from testigo.core.roles import Role
from testigo.errors import BrokenStore
from testigo.private import Claim, ClaimKind, Passkey, Problem, Score, Session, Upload, UploadState, Work
from testigo.store.engine import begin_alone, make_tables, one_moment
from testigo.store.private_schema import (
    CHALLENGE,
    CLAIM,
    DRAFT,
    INVITATION,
    NOTE,
    PASS,
    PASSKEY,
    PRIVATE,
    PROBLEM,
    SCORE,
    SESSION,
    SETTING,
    UPLOAD,
    WORK,
)

MOST_CHALLENGES = 1_000
"""Challenges of passkeys that wait at once."""

ROUNDED_S = 600
"""Ends of validity are kept in whole ten minutes, rounded up: they tell little of when something began."""


class SqlPrivate:
    """`private.Private` in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        make_tables(engine, PRIVATE)

    def close(self) -> None:
        """Ends the connections: to be done before somebody copies or replaces the file of a database."""
        self._engine.dispose()

    def invite(self, secret: Digest, role: Role, alias: str | None, until: datetime) -> None:
        """See `private.Private`."""
        with self._changing() as connection:
            connection.execute(insert(INVITATION).values(secret=secret, role=role, alias=alias, until=_rounded(until)))

    def enrol(self, invitation: Digest, secret: Digest, uploads: int, now: datetime, until: datetime) -> int | None:
        """See `private.Private`."""
        with self._changing() as connection:
            if _left(connection, secret, now) is None and _used_up(connection, invitation, now, staff=False):
                put = _dialect_insert(connection, PASS).values(secret=secret, uploads=uploads, until=_rounded(until))
                connection.execute(put.on_conflict_do_nothing())
            return _left(connection, secret, now)

    def sign_in(self, invitation: Digest, secret: Digest, now: datetime, until: datetime) -> Session | None:
        """See `private.Private`."""
        with self._changing() as connection:
            known = _session(connection, secret, now)
            found = None if known else _used_up(connection, invitation, now, staff=True)
            if found is not None:
                _open_session(connection, secret, found.role, found.alias, until)
            return known or _session(connection, secret, now)

    def forget_over(self, now: datetime) -> None:
        """See `private.Private`."""
        with self._changing() as connection:
            for table in (INVITATION, PASS, SESSION, CHALLENGE, CLAIM):
                connection.execute(delete(table).where(table.c.until < _seconds(now)))

    def spend(self, secret: Digest, now: datetime) -> bool:
        """See `private.Private`."""
        valid = (PASS.c.secret == secret) & (PASS.c.uploads > 0) & (PASS.c.until >= _seconds(now))
        with self._changing() as connection:
            return connection.execute(update(PASS).where(valid).values(uploads=PASS.c.uploads - 1)).rowcount == 1

    def passes_left(self, secret: Digest, now: datetime) -> int | None:
        """See `private.Private`."""
        with self._engine.connect() as connection:
            return _left(connection, secret, now)

    def open_session(self, secret: Digest, role: Role, alias: str, until: datetime) -> None:
        """See `private.Private`."""
        with self._changing() as connection:
            _open_session(connection, secret, role, alias, until)

    def session(self, secret: Digest, now: datetime) -> Session | None:
        """See `private.Private`."""
        with self._engine.connect() as connection:
            return _session(connection, secret, now)

    def end_session(self, secret: Digest) -> None:
        """See `private.Private`."""
        with self._changing() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.secret == secret))

    def end_sessions_of(self, alias: str) -> None:
        """See `private.Private`."""
        with self._changing() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.alias == alias))
            connection.execute(delete(PASSKEY).where(PASSKEY.c.alias == alias))

    def keep_challenge(self, secret: Digest, alias: str, now: datetime, until: datetime) -> bool:
        """See `private.Private`."""
        with self._changing() as connection:
            connection.execute(delete(CHALLENGE).where(CHALLENGE.c.until < _seconds(now)))
            if (connection.scalar(select(func.count()).select_from(CHALLENGE)) or 0) >= MOST_CHALLENGES:
                return False
            connection.execute(insert(CHALLENGE).values(secret=secret, alias=alias, until=_seconds(until)))
        return True

    def use_challenge(self, secret: Digest, alias: str, now: datetime) -> bool:
        """See `private.Private`."""
        found = delete(CHALLENGE).where(CHALLENGE.c.secret == secret).returning(CHALLENGE)
        with self._changing() as connection:
            row = connection.execute(found).one_or_none()
        return row is not None and row.alias == alias and row.until >= _seconds(now)

    def keep_passkey(self, passkey: Passkey) -> bool:
        """See `private.Private`."""
        with self._changing() as connection:
            put = _dialect_insert(connection, PASSKEY).values(**asdict(passkey)).on_conflict_do_nothing()
            return connection.execute(put.returning(PASSKEY.c.secret)).first() is not None

    def passkey(self, secret: Digest) -> Passkey | None:
        """See `private.Private`."""
        with self._engine.connect() as connection:
            row = connection.execute(select(PASSKEY).where(PASSKEY.c.secret == secret)).one_or_none()
        return None if row is None else Passkey(**row._mapping)

    def used_passkey(self, secret: Digest, uses: int) -> bool:
        """See `private.Private`."""
        later = (PASSKEY.c.uses < uses) | ((PASSKEY.c.uses == 0) & (uses == 0))
        with self._changing() as connection:
            changed = update(PASSKEY).where((PASSKEY.c.secret == secret) & later).values(uses=uses)
            return connection.execute(changed).rowcount == 1

    def claim(self, photo: Digest, kind: ClaimKind, alias: str, now: datetime, until: datetime) -> bool:
        """See `private.Private`."""
        values = {"photo": photo, "kind": kind, "alias": alias, "until": _seconds(until)}
        free = (CLAIM.c.alias == alias) | (CLAIM.c.until < _seconds(now))
        with self._changing() as connection:
            put = _dialect_insert(connection, CLAIM)
            taken = put.values(values).on_conflict_do_update(
                index_elements=["photo", "kind"], set_={"alias": alias, "until": _seconds(until)}, where=free
            )
            return connection.execute(taken.returning(CLAIM.c.photo)).first() is not None

    def release(self, photo: Digest, kind: ClaimKind, alias: str) -> None:
        """See `private.Private`."""
        own = (CLAIM.c.photo == photo) & (CLAIM.c.kind == kind) & (CLAIM.c.alias == alias)
        with self._changing() as connection:
            connection.execute(delete(CLAIM).where(own))

    def claims(self, now: datetime) -> tuple[Claim, ...]:
        """See `private.Private`."""
        held = select(CLAIM).where(CLAIM.c.until >= _seconds(now)).order_by(CLAIM.c.photo, CLAIM.c.kind)
        with self._engine.connect() as connection:
            return tuple(Claim(Digest(row.photo), row.kind, row.alias) for row in connection.execute(held))

    def save_draft(self, photo: Digest, alias: str, text: str) -> None:
        """See `private.Private`."""
        self._put(DRAFT, {"photo": photo, "alias": alias}, {"text": text})

    def draft(self, photo: Digest, alias: str) -> str | None:
        """See `private.Private`."""
        with self._engine.connect() as connection:
            return connection.scalar(select(DRAFT.c.text).where(DRAFT.c.photo == photo, DRAFT.c.alias == alias))

    def drop_draft(self, photo: Digest, alias: str) -> None:
        """See `private.Private`."""
        with self._changing() as connection:
            connection.execute(delete(DRAFT).where(DRAFT.c.photo == photo, DRAFT.c.alias == alias))

    def keep_note(self, photo: Digest, alias: str, text: str) -> None:
        """See `private.Private`."""
        self._put(NOTE, {"photo": photo, "alias": alias}, {"text": text})

    def notes(self, photo: Digest) -> Mapping[str, str]:
        """See `private.Private`."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(NOTE.c.alias, NOTE.c.text).where(NOTE.c.photo == photo))
            return {row.alias: row.text for row in rows}

    def drop_notes(self, photo: Digest) -> None:
        """See `private.Private`."""
        with self._changing() as connection:
            connection.execute(delete(NOTE).where(NOTE.c.photo == photo))

    def open_upload(self, upload: Upload) -> None:
        """See `private.Private`."""
        values = {column.name: getattr(upload, column.name) for column in UPLOAD.c if column.name != "expires"}
        with self._changing() as connection:
            connection.execute(insert(UPLOAD).values(**values, expires=_rounded(upload.expires)))

    def upload(self, secret: Digest) -> Upload | None:
        """See `private.Private`."""
        with self._engine.connect() as connection:
            row = connection.execute(select(UPLOAD).where(UPLOAD.c.secret == secret)).one_or_none()
        return None if row is None else _upload(row)

    def advance(self, secret: Digest, from_offset: int, to_offset: int) -> bool:
        """See `private.Private`."""
        there = (UPLOAD.c.secret == secret) & (UPLOAD.c.offset == from_offset)
        with self._changing() as connection:
            return connection.execute(update(UPLOAD).where(there).values(offset=to_offset)).rowcount == 1

    def finish(self, secret: Digest, state: UploadState, text: str) -> None:
        """See `private.Private`."""
        with self._changing() as connection:
            connection.execute(update(UPLOAD).where(UPLOAD.c.secret == secret).values(state=state, text=text))

    def drop_upload(self, secret: Digest) -> None:
        """See `private.Private`."""
        with self._changing() as connection:
            connection.execute(delete(UPLOAD).where(UPLOAD.c.secret == secret))

    def expired_uploads(self, now: datetime) -> tuple[Upload, ...]:
        """See `private.Private`."""
        over = select(UPLOAD).where(UPLOAD.c.expires < _seconds(now)).order_by(UPLOAD.c.secret)
        with self._engine.connect() as connection:
            return tuple(map(_upload, connection.execute(over)))

    def open_uploads(self, owner: Digest, now: datetime) -> int:
        """See `private.Private`."""
        under_way = (UPLOAD.c.owner == owner) & (UPLOAD.c.state == "open") & (UPLOAD.c.expires >= _seconds(now))
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(UPLOAD).where(under_way)) or 0

    def spool_bytes(self) -> int:
        """See `private.Private`."""
        with self._engine.connect() as connection:
            return int(connection.scalar(select(func.sum(UPLOAD.c.length)).where(UPLOAD.c.state == "open")) or 0)

    def report_problem(self, problem: Problem) -> None:
        """See `private.Private`."""
        with self._changing() as connection:
            values = {"id": problem.id, "station": problem.station, "kind": problem.kind, "text": problem.text}
            connection.execute(insert(PROBLEM).values(values))

    def problems(self) -> Sequence[Problem]:
        """See `private.Private`."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(PROBLEM).order_by(PROBLEM.c.id))
            return tuple(Problem(row.id, row.station, row.kind, row.text) for row in rows)

    def close_problem(self, id_: str) -> None:
        """See `private.Private`."""
        with self._changing() as connection:
            connection.execute(delete(PROBLEM).where(PROBLEM.c.id == id_))

    def put_setting(self, name: str, text: str) -> None:
        """See `private.Private`."""
        self._put(SETTING, {"name": name}, {"text": text})

    def setting(self, name: str) -> str | None:
        """See `private.Private`."""
        with self._engine.connect() as connection:
            return connection.scalar(select(SETTING.c.text).where(SETTING.c.name == name))

    def keep_score(self, score: Score) -> None:
        """See `private.Private`."""
        values = {column.name: getattr(score, column.name) for column in SCORE.c} | {"training": int(score.training)}
        with self._changing() as connection:
            connection.execute(_dialect_insert(connection, SCORE).values(values).on_conflict_do_nothing())

    def scores(self) -> tuple[Score, ...]:
        """See `private.Private`."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(SCORE).order_by(SCORE.c.alias, SCORE.c.photo))
            return tuple(Score(row.alias, Digest(row.photo), bool(row.training), row.fields, row.right) for row in rows)

    def add_work(self, alias: str, seconds: int) -> None:
        """See `private.Private`."""
        with self._changing() as connection:
            put = _dialect_insert(connection, WORK).values(alias=alias, sheets=1, seconds=seconds)
            more = {"sheets": WORK.c.sheets + 1, "seconds": WORK.c.seconds + seconds}
            connection.execute(put.on_conflict_do_update(index_elements=["alias"], set_=more))

    def work(self) -> tuple[Work, ...]:
        """See `private.Private`."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(WORK).order_by(WORK.c.alias))
            return tuple(Work(row.alias, row.sheets, row.seconds) for row in rows)

    def rows(self) -> Rows:
        """See `private.Private`."""
        with one_moment(self._engine) as connection:
            return {
                _short(table): tuple(dict(row._mapping) for row in connection.execute(_by_key(table)))
                for table in PRIVATE.sorted_tables
            }

    def replace(self, rows: Rows) -> None:
        """See `private.Private`."""
        own = {_short(table): table for table in PRIVATE.sorted_tables}
        for name, found in rows.items():
            columns = {column.name for column in own[name].c} if name in own else set[str]()
            for row in found:
                if row.keys() != columns:
                    raise BrokenStore(f"table {name}: expected the columns {sorted(columns)}, came {sorted(row)}")
        with self._changing() as connection:
            for name, table in own.items():
                connection.execute(delete(table))
                if rows.get(name):
                    connection.execute(insert(table), list(rows[name]))

    def _put(self, table: Table, key: Mapping[str, object], rest: Mapping[str, object]) -> None:
        with self._changing() as connection:
            put = _dialect_insert(connection, table).values({**key, **rest})
            connection.execute(put.on_conflict_do_update(index_elements=list(key), set_=dict(rest)))

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            begin_alone(connection)
            yield connection


def _dialect_insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _used_up(
    connection: Connection, invitation: Digest, now: datetime, *, staff: bool
) -> Row[tuple[object, ...]] | None:
    """The invitation, which is gone now; None where there was none of staff, or of a volunteer, or it had run out."""
    fits = INVITATION.c.alias.is_not(None) if staff else INVITATION.c.alias.is_(None)
    found = delete(INVITATION).where(INVITATION.c.secret == invitation, fits).returning(INVITATION)
    row = connection.execute(found).one_or_none()
    return None if row is None or row.until < now.timestamp() else row


def _left(connection: Connection, secret: Digest, now: datetime) -> int | None:
    valid = (PASS.c.secret == secret) & (PASS.c.until >= _seconds(now))
    return connection.scalar(select(PASS.c.uploads).where(valid))


def _open_session(connection: Connection, secret: Digest, role: Role, alias: str, until: datetime) -> None:
    put = _dialect_insert(connection, SESSION).values(secret=secret, role=role, alias=alias, until=_rounded(until))
    connection.execute(put.on_conflict_do_nothing())


def _session(connection: Connection, secret: Digest, now: datetime) -> Session | None:
    valid = (SESSION.c.secret == secret) & (SESSION.c.until >= _seconds(now))
    row = connection.execute(select(SESSION).where(valid)).one_or_none()
    return None if row is None else Session(row.role, row.alias)


def _short(table: Table) -> str:
    return table.name.removeprefix("private_")


def _by_key(table: Table) -> Select[tuple[object, ...]]:
    return select(table).order_by(*table.primary_key)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _rounded(at: datetime) -> int:
    return ceil(at.timestamp() / ROUNDED_S) * ROUNDED_S


def _upload(row: Row[tuple[object, ...]]) -> Upload:
    values = dict(row._mapping)
    values["expires"] = datetime.fromtimestamp(row.expires, UTC)
    return Upload(**values)
