"""A scratch register for what the trail tells, and the register's own rows read plainly."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, Self

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    LargeBinary,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from compliance_app.rules.audit import canonical, moment
from compliance_app.store.base import Base, UtcDateTime
from compliance_app.store.trail import BEFORE_ALL, next_number

BATCH = 1_000


class Told(NamedTuple):
    """A row as the last event that tells of it has it; `document` is its canonical JSON."""

    table: str
    id: int
    event: int
    document: str


class Kept(NamedTuple):
    """A row as the register has it."""

    id: int
    document: str


class Scratch:
    """A register of documents on disk that nobody else sees and that is gone when it is closed."""

    def __init__(self) -> None:
        # Without a name SQLite keeps it in a temporary file of its own.
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute(
            "CREATE TABLE told (kind TEXT, id INTEGER, event INTEGER, document TEXT, "
            "PRIMARY KEY (kind, id)) WITHOUT ROWID"
        )
        self._connection.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()

    def take(self, rows: Iterable[Told]) -> None:
        """Take rows; a later one takes the place of an earlier one of the same id."""
        self._connection.executemany("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?)", rows)

    def rows(self, table: str) -> Iterator[Told]:
        """Yield the rows of a table by id."""
        statement = "SELECT kind, id, event, document FROM told WHERE kind = ? ORDER BY id"
        yield from map(Told._make, self._connection.execute(statement, (table,)))


def kept_rows(session: Session, model: type[Base], *, without: frozenset[str]) -> Iterator[Kept]:
    """Yield the rows of a table by id, whatever nonsense a column holds."""
    columns = [column for column in model.__table__.columns if column.key not in without]
    statement = _plain_rows(session.get_bind().dialect.name, model, without)
    after = BEFORE_ALL
    while True:
        batch = session.execute(statement, {"first": next_number(after)}).all()
        for number, *values in batch:
            named = zip(columns, values, strict=True)
            yield Kept(number, canonical({one.key: _value(one, value) for one, value in named}))
        if len(batch) < BATCH:
            return
        after = batch[-1][0]


@cache
def _plain_rows(
    dialect: str, model: type[Base], without: frozenset[str]
) -> Select[*tuple[Any, ...]]:
    """Return the question for the next rows from an id on."""
    key = model.__table__.c.id
    columns = (column for column in model.__table__.columns if column.key not in without)
    statement = select(key, *(_plainly(dialect, column) for column in columns)).order_by(key)
    return statement.where(key >= bindparam("first", type_=BigInteger)).limit(BATCH)


def _plainly(dialect: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the column without its type, which may not be able to say what was put there."""
    if dialect == "sqlite":
        plain = column if _is_number(column) else cast(column, LargeBinary)
    elif isinstance(column.type, Date | UtcDateTime):
        # There is no date in Python for infinity, nor for the year 10,000.
        moment_of = func.timezone("UTC", column) if isinstance(column.type, UtcDateTime) else column
        form = "YYYY-MM-DD" if isinstance(column.type, Date) else "YYYY-MM-DD HH24:MI:SS.US"
        as_text = func.to_char(moment_of, form)
        plain = case((func.isfinite(column), as_text), else_=cast(column, Text))
    else:
        plain = cast(column, Text) if isinstance(column.type, JSON) else column
    return type_coerce(plain, NullType())


def _is_number(column: ColumnElement[Any]) -> bool:
    return isinstance(column.type, Boolean | Integer)


def _value(column: ColumnElement[Any], value: object) -> object:
    """Return what is stored as `store.gifts.json_value` says the same value."""
    if isinstance(value, bytes | memoryview):
        value = str(bytes(value), "utf-8", "replace")
    if isinstance(column.type, Boolean) and value in {0, 1}:
        return bool(value)
    if isinstance(column.type, JSON) and isinstance(value, str):
        return _parsed(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(column.type, UtcDateTime) and isinstance(value, str):
        day, _, time = value.partition(" ")
        return f"{day}T{time}+00:00"
    return value.isoformat() if isinstance(value, date) else value


def _parsed(text: str) -> object:
    """Return the document of a text, and the text itself where it is not as the program writes."""
    try:
        document = json.loads(text)
    except ValueError:
        return text
    return document if text in {json.dumps(document), canonical(document)} else text
