"""The trail only grows: the database itself refuses every change of what was written."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from compliance_app.store.base import unit_of_work

COPY = "SELECT number, happened_at, 'mallory', event, subject, body, previous_sha256, sha256"


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE trail_event SET actor = 'mallory' WHERE number = 3", id="a change"),
        pytest.param("DELETE FROM trail_event WHERE number = 3", id="a removal"),
        pytest.param(
            f"INSERT OR REPLACE INTO trail_event {COPY} FROM trail_event WHERE number = 3",
            id="a replacement",
        ),
        pytest.param(
            "UPDATE OR REPLACE trail_event SET number = 4 WHERE number = 3", id="a displacement"
        ),
    ],
)
def test_the_database_refuses_to_change_the_trail(app: Flask, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(text(statement))
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
