"""The trail only grows: the database itself refuses every change of what was written."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from compliance_app.store.base import db, unit_of_work

COPY = (
    "INSERT {or_replace} INTO trail_event SELECT number, happened_at, 'mallory', event, subject, "
    "body, previous_sha256, sha256 FROM trail_event WHERE number = 3 {on_conflict}"
)
# The way of each database to put a row in the place of another.
REPLACE = {
    "sqlite": COPY.format(or_replace="OR REPLACE", on_conflict=""),
    "postgresql": COPY.format(
        or_replace="", on_conflict="ON CONFLICT (number) DO UPDATE SET actor = 'mallory'"
    ),
}
SWEEP = {
    "sqlite": "UPDATE OR REPLACE trail_event SET number = 4 WHERE number = 3",
    "postgresql": "TRUNCATE trail_event",
}


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE trail_event SET actor = 'mallory' WHERE number = 3", id="a change"),
        pytest.param("DELETE FROM trail_event WHERE number = 3", id="a removal"),
        pytest.param(REPLACE, id="a replacement"),
        pytest.param(SWEEP, id="many at a sweep"),
    ],
)
def test_the_database_refuses_to_change_the_trail(
    app: Flask, statement: str | dict[str, str]
) -> None:
    sql = statement if isinstance(statement, str) else statement[db.engine.dialect.name]
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(text(sql))
    with unit_of_work() as session:
        actors = session.scalars(text("SELECT actor FROM trail_event WHERE number IN (3, 4)"))
        assert actors.all() == ["console", "console"]


def test_the_database_refuses_to_change_a_checkpoint(app: Flask) -> None:
    with unit_of_work() as session:
        session.execute(
            text(
                "INSERT INTO trail_checkpoint (size, made_at, note) "
                "VALUES (1, '2026-11-21 17:00:00.000000', 'as it was')"
            )
        )
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(text("UPDATE trail_checkpoint SET note = 'as I like it'"))
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(text("DELETE FROM trail_checkpoint"))
