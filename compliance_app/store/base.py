"""The database, and `unit_of_work`: the one place in the program that commits."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from compliance_app.store.in_place import check_in_place, watch
from compliance_app.store.prepared import driver_of
from compliance_app.store.turns import PATIENCE_MS, TakeTurn, no_queue, turn

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# What every session on PostgreSQL is set to, whatever the defaults of server and role are.
POSTGRESQL_SETTINGS = {
    # What is acknowledged is on disk, and on the standbys that are waited for.
    "synchronous_commit": "on",
    # A sum is added up after its recipient is locked, so it must see what was committed meanwhile.
    "default_transaction_isolation": "read\\ committed",
    "lock_timeout": f"{PATIENCE_MS}ms",
    # Frees the locks of a process whose machine went away without a word.
    "idle_in_transaction_session_timeout": "10min",
}
# What a connection to a SQLite file keeps in memory: the upper pages of a large register's indexes,
# which do not fit into the two megabytes it would take by itself.
CACHE_KB = 16 * 1024
# What the driver is told unless the address says otherwise: to notice a server that is gone.
POSTGRESQL_DRIVER = {
    "application_name": "tally3220",
    "connect_timeout": 5,
    "tcp_user_timeout": 15_000,
    # A transaction is begun by us, and as what it is for.
    "autocommit": True,
}


class Mode(Enum):
    """What a transaction is for: a unit of work, one state of the register, or looking."""

    WRITING = auto()
    FROZEN = auto()
    READING = auto()


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC; a naive one is refused rather than guessed at."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; moments are UTC.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that what was stored is UTC (SQLite keeps no zone)."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table's class."""

    # A registry, since Flask-SQLAlchemy derives from this class and would set up a bare map twice.
    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            # Sums in cents outgrow PostgreSQL's four-byte integer at 21 million dollars.
            int: BigInteger().with_variant(Integer, "sqlite"),
            datetime: UtcDateTime,
            dict[str, Any]: JSON,
            dict[str, str]: JSON,
            dict[str, int]: JSON,
            list[str]: JSON,
            list[dict[str, Any]]: JSON,
        },
    )


# A page reads on one connection while its act writes on another, so a pool with a ceiling could
# leave every thread waiting for its second; the server's threads are the ceiling.
db = SQLAlchemy(model_class=Base, engine_options={"pool_pre_ping": True, "max_overflow": -1})


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Open a session that writes; commit if the block ends, roll back if it raises.

    It waits for its turn, where there is one, at its first statement. Once this has returned,
    what was written survives the loss of power.
    """
    with db.engine.connect() as connection:
        with (
            Session(connection, expire_on_commit=False) as session,
            turn(db.engine.url) as take_turn,
        ):
            connection.execution_options(mode=Mode.WRITING, take_turn=take_turn)
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
        if connection.dialect.name == "postgresql":
            _flush(connection)


def run(
    session: Session,
    statement: Executable,
    values: Mapping[str, Any] | Sequence[Mapping[str, Any]] = MappingProxyType({}),
) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement that was built beforehand, past the session's own bookkeeping.

    Objects the session has loaded do not learn of it; what they changed is written first.
    """
    session.flush()
    return session.connection().execute(statement, values)


def _flush(connection: Connection) -> None:
    """Wait until everything that was committed so far is on disk.

    The unit's commit did not wait for that, so that the next writer had the head of the trail
    at once. The log is a prefix: when this message is kept, so is all that came before it.
    """
    connection.execution_options(mode=Mode.READING)
    connection.exec_driver_sql("SELECT pg_logical_emit_message(true, 'tally3220', '')")


@contextmanager
def before_turn(session: Session) -> Iterator[Session | None]:
    """Open a session that reads while a unit of work has not begun to wait for its turn.

    There is none where nobody waits for a turn, nor in a unit that has begun.
    """
    connection = session.get_bind()
    if (
        session.in_transaction()
        or not isinstance(connection, Connection)
        or connection.dialect.name != "sqlite"
    ):
        yield None
        return
    connection.execution_options(mode=Mode.READING)
    try:
        with Session(connection) as reading:
            yield reading
    finally:
        connection.execution_options(mode=Mode.WRITING)


@contextmanager
def frozen_reading() -> Iterator[Session]:
    """Open a session that only reads, and sees the register as it was when it began."""
    with Session(db.engine) as session:
        session.connection(execution_options={"mode": Mode.FROZEN})
        yield session


def prepare(engine: Engine) -> None:
    """Make the database durable and strict, and begin each transaction as what it is for.

    The drivers begin none by themselves. A read followed by a write in a deferred SQLite
    transaction fails at once when somebody else wrote in between, whatever the timeout; so
    whoever will write takes the lock first.
    """
    if engine.dialect.name == "sqlite":
        watch(engine)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "do_connect", _connect_postgresql)
        event.listen(engine, "connect", _set_up_postgresql)
        event.listen(engine, "begin", _begin_postgresql)


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    is_writing, patience_ms = _mode_of(connection) is Mode.WRITING, PATIENCE_MS
    if is_writing:
        take_turn: TakeTurn = connection.get_execution_options().get("take_turn", no_queue)
        patience_ms = take_turn()
        check_in_place(connection)
    if connection.info.get("patience_ms") != patience_ms:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience_ms}")
        connection.info["patience_ms"] = patience_ms
    # Straight to the driver: each request begins one, and all writers wait for who has the turn.
    with driver_of(connection) as driver:
        driver.execute("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _connect_postgresql(
    _dialect: Dialect, _record: object, _arguments: list[Any], parameters: dict[str, Any]
) -> None:
    for name, value in POSTGRESQL_DRIVER.items():
        parameters.setdefault(name, value)
    settings = (f"-c {name}={value}" for name, value in POSTGRESQL_SETTINGS.items())
    parameters["options"] = " ".join([parameters.get("options", ""), *settings])


def _set_up_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg is an extra
    # Not among the settings: a server whose default this is would pass for a standby.
    connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")


def _begin_postgresql(connection: Connection) -> None:
    """Begin a transaction, unless each statement may see what is committed when it starts."""
    match _mode_of(connection):
        case Mode.WRITING:
            connection.exec_driver_sql("BEGIN READ WRITE; SET LOCAL synchronous_commit = off")
        case Mode.FROZEN:
            connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ")


def _mode_of(connection: Connection) -> "Mode":
    mode: Mode = connection.get_execution_options().get("mode", Mode.READING)
    return mode


def database_url(url: str) -> str:
    """Return the URL with the driver we ship for it (`postgres://` is accepted)."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url
