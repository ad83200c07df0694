"""Small statements that go to the driver itself, several of them in one trip.

What SQLAlchemy does around each statement costs more than a small one does itself. Objects the
session has loaded do not learn of it; what they changed is written first.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, Dialect, Select, TextualSelect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

AnySelect = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | TextualSelect
Values = Mapping[str, Any]
Answer = list[Any]


class Question(NamedTuple):
    """A prepared select with the values it is asked with."""

    prepared: "Prepared"
    values: Values


class Prepared:
    """A select that is compiled once; its rows have the names of its columns, or of `row`."""

    def __init__(self, statement: AnySelect, row: type[Any] | None = None) -> None:
        self._statement = statement
        names = [column.key or "" for column in statement.selected_columns]
        self._row = row or namedtuple("Row", names, rename=True)  # noqa: PYI024 - names are data
        self._forms: dict[object, Form] = {}

    def __call__(self, **values: object) -> Question:
        """Return the question with these values; a list stands for as many as it holds."""
        return Question(self, values)

    def form(self, dialect: Dialect, values: Values) -> "Form":
        """Return how it is asked of a database with lists as long as these."""
        lengths = (len(one) for one in values.values() if isinstance(one, list))
        shape = (dialect.name, *lengths)
        if shape not in self._forms:
            self._forms[shape] = Form(self._statement, dialect, values, self._row)
        return self._forms[shape]


class Form:
    """A select as one database understands it: its text, and how values go in and come out."""

    def __init__(
        self, statement: AnySelect, dialect: Dialect, values: Values, row: type[Any]
    ) -> None:
        compiled = statement.compile(dialect=dialect)
        state = compiled.construct_expanded_state(values)
        self.text = state.statement
        self._places = state.positiontup
        self._marks = state.parameter_expansion
        self._writers = {
            name: bound.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is
            for name, bound in compiled.binds.items()
        }
        named = {mark: name for name, marks in self._marks.items() for mark in marks}
        self._fixed = {
            mark: self._writers[named.get(mark, mark)](value)
            for mark, value in state.parameters.items()
        }
        self._readers = [
            (place, reader)
            for place, column in enumerate(statement.selected_columns)
            if (reader := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]
        self._named = getattr(row, "_make", row)

    def bind(self, values: Values) -> Any:  # noqa: ANN401 - as the driver takes them
        """Return the values of each mark in the text."""
        bound = dict(self._fixed)
        for name, value in values.items():
            writer, marks = self._writers[name], self._marks.get(name)
            if marks is None:
                bound[name] = writer(value)
            else:
                bound.update(zip(marks, map(writer, value), strict=True))
        return bound if self._places is None else [bound[mark] for mark in self._places]

    def read(self, rows: Iterable[Sequence[Any]]) -> Answer:
        """Return the driver's rows as SQLAlchemy would have read them."""
        return list(map(self._named, map(self._converted, rows) if self._readers else rows))

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for place, reader in self._readers:
            values[place] = reader(values[place])
        return values


def ask(session: Session, *questions: Question) -> list[Answer]:
    """Return the rows of each question; all of them are one trip to a server.

    They are asked in their order, and each sees what is committed when its turn comes.
    """
    session.flush()
    connection = session.connection()
    dialect = connection.dialect
    forms = [prepared.form(dialect, values) for prepared, values in questions]
    with driver_of(connection) as driver:
        with together(driver) if len(questions) > 1 else nullcontext():
            cursors = [
                driver.execute(form.text, form.bind(values))
                for form, (_, values) in zip(forms, questions, strict=True)
            ]
        return [form.read(cursor.fetchall()) for form, cursor in zip(forms, cursors, strict=True)]


def stream(session: Session, statement: AnySelect, *, some: int) -> Iterator[Sequence[Any]]:
    """Yield rows just as the driver has them, so many at a time, within one transaction."""
    connection = session.connection()
    form = Form(statement, connection.dialect, {}, tuple)
    # Without a name, a server would send all of them at once.
    name = {"name": "rows"} if connection.dialect.name == "postgresql" else {}
    with driver_of(connection) as driver, closing(driver.cursor(**name)) as cursor:
        cursor.execute(form.text, form.bind({}))
        while rows := cursor.fetchmany(some):
            yield from rows


@contextmanager
def driver_of(connection: Connection) -> Iterator[Any]:
    """Give the driver's own connection; its errors are raised as SQLAlchemy's."""
    driver: Any = connection.connection.driver_connection
    dialect = connection.dialect
    kind = dialect.loaded_dbapi.Error
    try:
        yield driver
    except kind as error:
        gone = dialect.is_disconnect(error, driver, None)
        if gone:
            connection.invalidate(error)
        raise DBAPIError.instance(
            None, None, error, kind, connection_invalidated=gone, dialect=dialect
        ) from error


def together(driver: Any) -> AbstractContextManager[object]:  # noqa: ANN401 - either driver's
    """Send what is run meanwhile to a server in one trip, and wait for all of it at the end."""
    pipeline: Callable[[], AbstractContextManager[object]] = getattr(
        driver, "pipeline", nullcontext
    )
    return pipeline()


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 - whatever it is
    return value
