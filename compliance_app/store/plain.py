"""Rows past SQLAlchemy's types: as JSON holds them, and as the driver takes many at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from functools import cache, cached_property, lru_cache
from itertools import chain
from operator import itemgetter
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import JSON, Column, Connection, Date, Enum, Table
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from compliance_app.rules.audit import canonical, moment, ready
from compliance_app.store.base import Base, UtcDateTime
from compliance_app.store.prepared import driver_of, together

PlainRow = dict[str, Any]
T = TypeVar("T")
# A row of sums: its key and what is added, in the order of the table's columns.
SumRow = tuple[int | str, ...]
# From how many rows on PostgreSQL takes them faster as a stream than one by one.
MANY = 10
# The most rows one statement inserts; while it runs in SQLite, other threads do not wait for it.
LONGEST_STATEMENT = 128
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
        return self.flatten(dict(row))

    def flatten(self, row: PlainRow) -> PlainRow:
        """Make a plain row of one that nobody else has."""
        for name, convert in self._converters:
            value = row[name]
            if value is not None:
                row[name] = convert(value)
        return row

    def new(self, **values: object) -> PlainRow:
        """Return a plain row of these values; every other column holds what it does by default."""
        return self.plain(self._defaults | values)

    def told(self, plain: PlainRow) -> dict[str, object]:
        """Return what `store.gifts.row_document` says of the same row."""
        if not self._json:
            return plain
        told = dict(plain)
        for name in self._json:
            if told[name] is not None:
                told[name] = ready(told[name])
        return told

    def insert(self, session: Session, rows: Iterable[PlainRow]) -> None:
        """Write plain rows in the session's transaction."""
        _write(session.connection(), [(self, list(rows))])

    def insert_with(self, driver: Any, rows: Sequence[PlainRow], *, server: bool) -> None:  # noqa: ANN401
        """Write plain rows through a connection of the driver."""
        values = list(map(self._values, rows))
        if not server:
            for some in _pieces(values):
                driver.execute(self._sqlite_insert(len(some)), tuple(chain.from_iterable(some)))
        elif len(values) < MANY:
            for row in values:
                driver.execute(self._postgresql_insert, row)
        else:
            with driver.cursor().copy(self._postgresql_copy) as copy:
                for row in values:
                    copy.write_row(row)

    def add_up_with(self, driver: Any, rows: Sequence[SumRow], *, server: bool) -> None:  # noqa: ANN401
        """Add rows of sums to those there are, by their key; one that is all key is put there."""
        if server and len(rows) >= MANY:
            # One short text for all of them: the driver reads each mark of a long one by itself.
            document = canonical([dict(zip(self._names, row, strict=True)) for row in rows])
            driver.execute(self._adding_document, (document,))
            return
        mark = "%s" if server else "?"
        for some in _pieces(rows):
            driver.execute(self._adding(mark, len(some)), tuple(chain.from_iterable(some)))

    def set_all_with(self, driver: Any, row: PlainRow, *, server: bool) -> None:  # noqa: ANN401
        """Set these columns in every row of the table."""
        mark = "%s" if server else "?"
        columns = ", ".join(f"{name} = {mark}" for name in row)
        # Names of our own tables and columns alone.
        driver.execute(f"UPDATE {self._name} SET {columns}", tuple(row.values()))  # noqa: S608

    @cache  # noqa: B019 - a table of ours lives as long as the program
    def _sqlite_insert(self, number: int) -> str:
        marks = ", ".join(
            _SQLITE_MOMENT if isinstance(column.type, UtcDateTime) else "?"
            for column in self._columns
        )
        return f"{self._insert} VALUES {', '.join([f'({marks})'] * number)}"

    @cached_property
    def _postgresql_insert(self) -> str:
        return f"{self._insert} VALUES ({', '.join(['%s'] * len(self._names))})"

    @cached_property
    def _postgresql_copy(self) -> str:
        return f"COPY {self._name} ({', '.join(self._names)}) FROM STDIN"

    @cache  # noqa: B019 - a table of ours lives as long as the program
    def _adding(self, mark: str, number: int) -> str:
        marks = ", ".join([mark] * len(self._names))
        values = ", ".join([f"({marks})"] * number)
        return f"{self._insert} VALUES {values} {self._on_conflict}"

    @cached_property
    def _adding_document(self) -> str:
        """Return the insert of rows that come as one JSON document."""
        columns, rows = ", ".join(self._names), f"json_populate_recordset(NULL::{self._name}, %s)"
        # Names of our own tables and columns alone.
        return f"{self._insert} SELECT {columns} FROM {rows} {self._on_conflict}"  # noqa: S608

    @cached_property
    def _on_conflict(self) -> str:
        keys = [column.name for column in self._columns if column.primary_key]
        sums = [
            f"{name} = {self._name}.{name} + excluded.{name}"
            for name in self._names
            if name not in keys
        ]
        known = f"DO UPDATE SET {', '.join(sums)}" if sums else "DO NOTHING"
        return f"ON CONFLICT ({', '.join(keys)}) {known}"

    @cached_property
    def _insert(self) -> str:
        # Names of our own tables and columns alone.
        return f"INSERT INTO {self._name} ({', '.join(self._names)})"


def write_together(
    session: Session,
    rows: Mapping[type[Base], Sequence[PlainRow]],
    single: Mapping[type[Base], PlainRow] = MappingProxyType({}),
    sums: Mapping[type[Base], Sequence[SumRow]] = MappingProxyType({}),
) -> None:
    """Insert plain rows of several tables, add sums up, set columns of the `single` row of others.

    Rows that are named come before those that name them. A few go to a server in one trip.
    """
    _write(
        session.connection(),
        [(plain_table(model), new) for model, new in rows.items()],
        [(plain_table(model), row) for model, row in single.items()],
        [(plain_table(model), added) for model, added in sums.items()],
    )


def _write(
    connection: Connection,
    inserted: Sequence[tuple[PlainTable, Sequence[PlainRow]]],
    changed: Sequence[tuple[PlainTable, PlainRow]] = (),
    sums: Sequence[tuple[PlainTable, Sequence[SumRow]]] = (),
) -> None:
    server = connection.dialect.name != "sqlite"
    few = all(len(rows) < MANY for _, rows in inserted)
    with driver_of(connection) as driver, together(driver) if few else nullcontext():
        for table, rows in inserted:
            if rows:
                table.insert_with(driver, rows, server=server)
        for table, added in sums:
            if added:
                table.add_up_with(driver, added, server=server)
        for table, row in changed:
            table.set_all_with(driver, row, server=server)


def _pieces(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut rows into pieces of a few sizes, since the driver keeps a statement for each size."""
    size, start = LONGEST_STATEMENT, 0
    while start < len(rows):
        while size > len(rows) - start:
            size //= 2
        yield rows[start : start + size]
        start += size


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
