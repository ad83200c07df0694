"""Writing many rows at once: ids are reserved ahead, so that rows can name each other."""

import gc
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, count, islice
from typing import Any, TypeVar

from sqlalchemy import JSON, ColumnElement, Table, func, literal, select, text
from sqlalchemy import SQLColumnExpression as Expression
from sqlalchemy.orm import Session

from compliance_app.store.base import Base

# How many ids are fetched, or looked up, at a time.
CHUNK = 1_000
ROOM_KB = 64 * 1024
# After how many new objects cycles of them are looked for; by default after 700.
SELDOM = 500_000

T = TypeVar("T")


def make_room(session: Session) -> None:
    """Let the database take many rows well until the commit.

    SQLite holds more in memory, since they go to all places of its indexes; PostgreSQL packs
    long texts by its faster method, where it was built with it.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size = -{ROOM_KB}")
    else:
        connection.exec_driver_sql(
            "SELECT set_config(name, 'lz4', true) FROM pg_settings "
            "WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)"
        )


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look for cycles of objects seldom, while many are made of which none refers to itself."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def reserve_ids(session: Session, model: type[Base], *, above: int = 0) -> Iterator[int]:
    """Return ids nobody else gets, all of them above a number, fetched as they are used.

    The caller holds the right to write: SQLite has one writer at a time and nothing is ever
    deleted, PostgreSQL's sequence never gives one twice.
    """
    if session.get_bind().dialect.name == "postgresql":
        return _from_sequence(session, model.__tablename__, above)
    highest = session.scalar(select(func.max(text("id"))).select_from(table_of(model)))
    return count(max(highest or 0, above) + 1)


def taken_ids(session: Session, model: type[Base], number: int, *, above: int = 0) -> Iterator[int]:
    """Return so many ids as `reserve_ids` does, all of them taken now."""
    if session.get_bind().dialect.name == "postgresql":
        return chain.from_iterable(_ranges(session, model.__tablename__, number, above))
    return islice(reserve_ids(session, model, above=above), number)


def _ranges(session: Session, table: str, number: int, above: int) -> list[range]:
    """Take so many ids of a sequence; few ranges hold them, as few others take some meanwhile."""
    sequence = _sequence(session, table, above)
    places = func.generate_series(1, number).alias("place")
    one = select(func.nextval(sequence).label("id"), places.column.label("place"))
    ids = one.select_from(places).subquery().c
    first, last = func.min(ids.id), func.max(ids.id)
    rows = session.execute(select(first, last).group_by(ids.id - ids.place).order_by(first))
    return [range(first, last + 1) for first, last in rows]


def _sequence(session: Session, table: str, above: int) -> ColumnElement[str]:
    """Return the sequence of a table's ids, from which all that come are above a number."""
    sequence = func.pg_get_serial_sequence(table, "id")
    if session.execute(select(func.nextval(sequence))).scalar_one() <= above:
        session.execute(select(func.setval(sequence, above)))
    return sequence


def _from_sequence(session: Session, table: str, above: int) -> Iterator[int]:
    sequence = _sequence(session, table, above)
    series = select(func.nextval(sequence)).select_from(func.generate_series(1, CHUNK))
    while True:
        yield from session.scalars(series).all()


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Return the items in lists of at most `size`."""
    left = iter(items)
    while chunk := list(islice(left, size)):
        yield chunk


def among(session: Session, column: Expression[Any], values: Collection[str]) -> Expression[bool]:
    """Return the condition that a column holds one of many texts.

    They come as one document: of a list, each is looked at by SQLAlchemy and by the driver.
    """
    name = session.get_bind().dialect.name
    opened = func.json_each if name == "sqlite" else func.json_array_elements_text
    found = opened(literal(list(values), JSON)).table_valued("value")
    return column.in_(select(found.c.value))


def table_of(model: type[Base]) -> Table:
    """Return the table of a model."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not stored in a table of its own.")
    return table
