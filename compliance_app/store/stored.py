"""What SQLite stores in place of what its columns are for, which it does not refuse by itself.

A number that became a text, or a text that became a blob, can read like the value it took the
place of, and be passed over by every comparison and index.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Boolean, ColumnElement, Integer, Select, Table, func, or_, select
from sqlalchemy.orm import Session

_AS_WORDS = {
    "null": "nothing",
    "integer": "a whole number",
    "real": "a fraction",
    "text": "a text",
    "blob": "bytes",
}


class Misfit(NamedTuple):
    """A value of another kind than its column is for."""

    table: str
    key: Any
    column: str
    holds: str
    wants: str


def misfits(session: Session, tables: Iterable[Table]) -> Iterator[Misfit]:
    """Yield every value of the tables that is of another kind than its column is for."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for table in tables:
        width = len(table.primary_key)
        for row in map(tuple, session.execute(_unfit(table))):
            number = row[0] if width == 1 else row[:width]
            for column, kind in zip(table.columns, row[width:], strict=True):
                if kind not in _fitting(column):
                    wants = _AS_WORDS[_fitting(column)[0]]
                    yield Misfit(table.name, number, column.name, _AS_WORDS[kind], wants)


@cache
def _unfit(table: Table) -> Select[*tuple[Any, ...]]:
    """Return the question for the key and the kinds of the rows of which one does not fit."""
    kinds = [func.typeof(column) for column in table.columns]
    unfit = or_(
        *(kind.not_in(_fitting(one)) for one, kind in zip(table.columns, kinds, strict=True))
    )
    key = list(table.primary_key)
    return select(*key, *kinds).where(unfit).order_by(*key)


def sentence_of(one: Misfit) -> str:
    """Return the sentence for a value of the wrong kind."""
    noun = one.table.replace("_", " ").capitalize()
    return f"{noun} {one.key}: {one.column} holds {one.holds}, not {one.wants}."


@contextmanager
def any_text(session: Session) -> Iterator[None]:
    """Let SQLite hand out texts that are none: every sign that cannot be is read as U+FFFD."""
    driver: Any = session.connection().connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    before, driver.text_factory = driver.text_factory, _readable
    try:
        yield
    finally:
        driver.text_factory = before


def _fitting(column: ColumnElement[Any]) -> tuple[str, ...]:
    kind = "integer" if isinstance(column.type, Boolean | Integer) else "text"
    return (kind, "null") if getattr(column, "nullable", False) else (kind,)


def _readable(raw: bytes) -> str:
    return str(raw, "utf-8", "replace")
