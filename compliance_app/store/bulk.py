"""Writing many rows at once: ids are reserved ahead, so that rows can name each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any, TypeVar

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.orm import Session

from compliance_app.store.base import Base

# How many ids are fetched, or looked up, at a time.
CHUNK = 1_000
ROOM_KB = 64 * 1024

T = TypeVar("T")


def make_room(session: Session) -> None:
    """Let SQLite hold more in memory while many rows go to all places of its indexes."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql(f"PRAGMA cache_size = -{ROOM_KB}")


def reserve_ids(session: Session, model: type[Base], *, above: int = 0) -> Iterator[int]:
    """Return ids nobody else gets, all of them above a number, fetched as they are used.

    The caller holds the right to write: SQLite has one writer at a time and nothing is ever
    deleted, PostgreSQL's sequence never gives one twice.
    """
    if session.get_bind().dialect.name == "postgresql":
        return _from_sequence(session, model.__tablename__, above)
    highest = session.scalar(select(func.max(text("id"))).select_from(table_of(model)))
    return count(max(highest or 0, above) + 1)


def _from_sequence(session: Session, table: str, above: int) -> Iterator[int]:
    sequence = func.pg_get_serial_sequence(table, "id")
    if session.execute(select(func.nextval(sequence))).scalar_one() <= above:
        session.execute(select(func.setval(sequence, above)))
    series = select(func.nextval(sequence)).select_from(func.generate_series(1, CHUNK))
    while True:
        yield from session.scalars(series).all()


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert complete rows, given as a value for every column."""
    if rows:
        session.connection().execute(insert(table_of(model)), rows)


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Return the items in lists of at most `size`."""
    left = iter(items)
    while chunk := list(islice(left, size)):
        yield chunk


def table_of(model: type[Base]) -> Table:
    """Return the table of a model."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not stored in a table of its own.")
    return table
