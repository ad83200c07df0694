"""The database, and `unit_of_work`: the one place in the program that commits."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# How long a writer waits for its turn before it gives up, in milliseconds.
BUSY_TIMEOUT_MS = 30_000


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


db = SQLAlchemy(model_class=Base)


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Open a session that writes; commit if the block ends, roll back if it raises."""
    with Session(db.engine, expire_on_commit=False) as session:
        session.connection(execution_options={"writes": True})
        yield session
        session.commit()


@contextmanager
def frozen_reading() -> Iterator[Session]:
    """Open a session that only reads, and sees the register as it was when it began.

    SQLite's readers see one state anyway; PostgreSQL has to be asked for it.
    """
    frozen = {"isolation_level": "REPEATABLE READ"} if db.engine.name == "postgresql" else {}
    with Session(db.engine) as session:
        session.connection(execution_options=frozen)
        yield session


def prepare(engine: Engine) -> None:
    """Make SQLite durable, strict about foreign keys, and immediate for writers.

    A read followed by a write in a deferred transaction fails at once when somebody else
    wrote in between, whatever the timeout; so whoever will write takes the lock first.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def database_url(url: str) -> str:
    """Return the URL with the driver we ship for it (`postgres://` is accepted)."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url
