"""Whether the tables are as the migrations made them: none of their parts is gone or changed.

A table, an index that keeps no value out, or a trigger of somebody else's may stand beside ours.
"""

from collections.abc import Iterator
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from compliance_app.store.base import Base


def differences(connection: Connection) -> Iterator[str]:
    """Yield a sentence for each part of a table that is gone, was changed or was put in."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    for change in compare_metadata(context, Base.metadata):
        yield from _sentences(change[0] if isinstance(change, list) else change)


def _sentences(change: tuple[Any, ...]) -> Iterator[str]:
    """Yield what a step says that would make the tables what they must be."""
    match change:
        case ("add_table", table):
            yield f"The table {table.name} is missing."
        case ("add_column", _, table, column):
            yield f"The column {column.name} of the table {table} is missing."
        case ("remove_column", _, table, column):
            yield f"A column {column.name} was put into the table {table}."
        case ("remove_table", _) | ("remove_index", _):
            pass
        case (("add_index" | "add_constraint" | "add_fk") as step, part):
            yield f"The {NOUNS[step]} {part.name} of the table {part.table.name} is missing."
        case (("remove_constraint" | "remove_fk") as step, part):
            yield f"A {NOUNS[step]} was put on the table {part.table.name}."
        case (_, _, table, column, *_):
            yield f"The column {column} of the table {table} was changed."


NOUNS = {
    "add_index": "index",
    "add_constraint": "constraint",
    "add_fk": "reference",
    "remove_constraint": "constraint",
    "remove_fk": "reference",
}
