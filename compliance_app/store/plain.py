"""Rows past SQLAlchemy's types: as JSON holds them, and as the driver takes many at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property, lru_cache
from itertools import chain
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from sqlalchemy import JSON, Column, Date, Enum, Table
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from compliance_app.rules.audit import canonical, moment, ready
from compliance_app.store.base import Base, UtcDateTime

PlainRow = dict[str, Any]
# From how many rows on PostgreSQL takes them faster as a stream than one by one.
MANY = 10
# A moment is kept in SQLite as SQLAlchemy writes it there.
_SQLITE_MOMENT = "replace(substr(?, 1, 26), 'T', ' ')"
_moment = lru_cache(moment)


class PlainTable:
    """One table whose rows are written whole, with a value for every column."""

    def __init__(self, table: Table) -> None:
        self._name = table.name
        self._columns = tuple(table.columns)
        self._names = tuple(column.name for column in self._columns)
        self._values = itemgetter(*self._names)
        self._converters = tuple(
            (column.name, convert)
            for column in self._columns
            if (convert := _converter(column)) is not None
        )
        self._defaults = {
            column.name: column.default.arg
            if isinstance(column.default, ScalarElementColumnDefault)
            else None
            for column in self._columns
        }
        self._json = tuple(one.name for one in self._columns if isinstance(one.type, JSON))

    def plain(self, row: Mapping[str, Any]) -> PlainRow:
        """Return a row with texts and numbers alone; what is JSON in it is canonical text."""
        plain = dict(row)
        for name, convert in self._converters:
            value = plain[name]
            if value is not None:
                plain[name] = convert(value)
        return plain

    def new(self, **values: object) -> PlainRow:
        """Return a plain row of these values; every other column holds what it does by default."""
        return self.plain(self._defaults | values)

    def told(self, plain: PlainRow) -> dict[str, object]:
        """Return what `store.gifts.row_document` says of the same row."""
        filled = (name for name in self._json if plain[name] is not None)
        return {**plain, **{name: ready(plain[name]) for name in filled}}

    def insert(self, session: Session, rows: Iterable[PlainRow]) -> None:
        """Write plain rows in the session's transaction."""
        values = list(map(self._values, rows))
        if not values:
            return
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(self._sqlite_insert, values)
        elif len(values) < MANY:
            flat = tuple(chain.from_iterable(values))
            connection.exec_driver_sql(self.postgresql_insert(len(values)), flat)
        else:
            driver: Any = connection.connection.driver_connection
            with driver.cursor().copy(self._postgresql_copy) as copy:
                for row in values:
                    copy.write_row(row)

    def postgresql_insert(self, number: int) -> str:
        """Return the statement that inserts so many rows."""
        marks = ", ".join(["%s"] * len(self._names))
        return f"{self._insert} VALUES {', '.join([f'({marks})'] * number)}"

    def set_all(self, names: Iterable[str], mark: str) -> str:
        """Return the statement that sets these columns in every row."""
        # Names of our own tables and columns alone.
        return f"UPDATE {self._name} SET {', '.join(f'{name} = {mark}' for name in names)}"  # noqa: S608

    def values(self, rows: Iterable[PlainRow]) -> Iterator[object]:
        """Yield what such a statement takes, one row after the other."""
        return chain.from_iterable(map(self._values, rows))

    @cached_property
    def _sqlite_insert(self) -> str:
        marks = (
            _SQLITE_MOMENT if isinstance(column.type, UtcDateTime) else "?"
            for column in self._columns
        )
        return f"{self._insert} VALUES ({', '.join(marks)})"

    @cached_property
    def _postgresql_copy(self) -> str:
        return f"COPY {self._name} ({', '.join(self._names)}) FROM STDIN"

    @cached_property
    def _insert(self) -> str:
        # Names of our own tables and columns alone.
        return f"INSERT INTO {self._name} ({', '.join(self._names)})"


def write_together(
    session: Session,
    rows: Mapping[type[Base], Sequence[PlainRow]],
    single: Mapping[type[Base], PlainRow] = MappingProxyType({}),
) -> None:
    """Insert plain rows of several tables, and set columns of the `single` row of others.

    Rows that are named come before those that name them. A few of them go to PostgreSQL as one
    statement, which looks at references when it ends.
    """
    some = {model: new for model, new in rows.items() if new}
    connection = session.connection()
    if connection.dialect.name == "postgresql" and max(map(len, some.values())) < MANY:
        shape = tuple((model, len(new)) for model, new in some.items())
        statement = _together(shape, tuple((model, *row) for model, row in single.items()))
        inserted = chain(*(plain_table(model).values(new) for model, new in some.items()))
        values = (*inserted, *chain(*(row.values() for row in single.values())))
        connection.exec_driver_sql(statement, values)
        return
    for model, new in some.items():
        plain_table(model).insert(session, new)
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    for model, row in single.items():
        connection.exec_driver_sql(plain_table(model).set_all(row, mark), tuple(row.values()))


@lru_cache
def _together(
    inserted: tuple[tuple[type[Base], int], ...], single: tuple[tuple[Any, ...], ...]
) -> str:
    """Return the one statement that inserts so many rows and sets these columns."""
    parts = [plain_table(model).postgresql_insert(number) for model, number in inserted]
    parts += [plain_table(model).set_all(names, "%s") for model, *names in single]
    *before, last = parts
    named = ", ".join(f"part_{number} AS ({part})" for number, part in enumerate(before))
    return f"WITH {named} {last}" if named else last


@cache
def plain_table(model: type[Base]) -> PlainTable:
    """Return the table of a model, to be written plainly."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not stored in a table of its own.")
    return PlainTable(table)


def _converter(column: Column[Any]) -> Callable[[Any], str] | None:
    """Return how a value of the column becomes text; None where it is plain already."""
    if isinstance(column.type, Enum):
        return str
    if isinstance(column.type, UtcDateTime):
        return _moment
    if isinstance(column.type, Date):
        return date.isoformat
    return _text_of if isinstance(column.type, JSON) else None


def _text_of(value: Mapping[str, object] | Sequence[object]) -> str:
    if not value:
        return "{}" if isinstance(value, Mapping) else "[]"
    return canonical(value)
