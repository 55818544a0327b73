"""The database of a home: SQLite in a file, with the settings that a crash must meet, or PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, event, inspect, make_url, select
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from testigo.errors import CannotWrite
from testigo.store.schema import HEAD, LEAF, VIEWS

_WRITERS = 0x7465_7374
"""The number of the lock that writers of one PostgreSQL database hold in turn."""


def sqlite_engine(path: Path) -> Engine:
    """An engine on this file: write-ahead log, synced commits, deleted content overwritten."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 60})

    @event.listens_for(engine, "connect")
    def _configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "cache_size=-65536"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "handle_error")
    def _explain(context: ExceptionContext) -> None:
        if isinstance(context.original_exception, sqlite3.OperationalError):
            raise CannotWrite(
                f"{path}: the database cannot be read or written: {context.original_exception}; what was taken in "
                "before is safe: make room and run the same command again"
            ) from context.original_exception

    return engine


def postgres_engine(url: str) -> Engine:
    """An engine on a PostgreSQL database, such as `postgresql://user@host/name`.

    Raises:
        CannotWrite: the driver is not installed.
    """
    try:
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    except ImportError as error:
        raise CannotWrite(f"PostgreSQL needs its driver (pip install 'testigo[pg]'): {error}") from None

    @event.listens_for(engine, "handle_error")
    def _explain(context: ExceptionContext) -> None:
        if isinstance(context.sqlalchemy_exception, OperationalError):
            raise CannotWrite(
                "the database does not answer; what was taken in before is safe: run the same command when it does"
            ) from context.original_exception

    return engine


def begin_alone(connection: Connection) -> None:
    """No other writer, in this process or another, changes anything until this transaction ends."""
    if connection.dialect.name == "sqlite":
        # The driver begins only at the first change; what was asked before could be old by then.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def make_tables(engine: Engine, tables: MetaData) -> None:
    """These tables are there; of processes that start at once one makes them."""
    if tables.tables.keys() <= set(inspect(engine).get_table_names()):
        return
    with engine.begin() as connection:
        begin_alone(connection)
        tables.create_all(connection)


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection on which every question is answered as of one moment, whatever others write meanwhile.

    SQLite is copied into memory by its backup interface, PostgreSQL answers from one snapshot.
    """
    if engine.dialect.name != "sqlite":
        with engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        ) as snapshot:
            yield snapshot
        return
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as memory:
        with engine.connect() as connection:
            held = connection.connection.driver_connection
            assert isinstance(held, sqlite3.Connection)
            held.backup(memory)
        copied = create_engine("sqlite://", creator=lambda: memory, poolclass=StaticPool)
        with copied.connect() as connection:
            yield connection


def tables_that_differ(one: Engine, other: Engine) -> tuple[str, ...]:
    """The tables whose sealed content differs between two databases; the spool and the work list are not compared."""
    return tuple(table.name for table in (LEAF, HEAD, *VIEWS) if _sealed(one, table) != _sealed(other, table))


def _sealed(engine: Engine, table: Table) -> list[tuple[object, ...]]:
    wanted = select(table)
    if table is LEAF:
        wanted = wanted.where(LEAF.c.number.is_not(None))
    elif "digest" in table.c:
        wanted = wanted.where(table.c.digest.not_in(select(LEAF.c.digest).where(LEAF.c.number.is_(None))))
    with engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(wanted))
