"""The trail only grows: the database itself refuses every change of what was written."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from compliance_app.services import audit
from compliance_app.services.replay import replay
from compliance_app.store import maintenance
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


NOTHING = "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
UNCHANGED = "FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
GONE = {
    "sqlite": ["DROP TRIGGER trail_event_no_delete"],
    "postgresql": ["ALTER TABLE trail_event DISABLE TRIGGER trail_event_no_delete"],
}
HOLLOW = {
    "sqlite": [
        "DROP TRIGGER trail_event_no_delete",
        "CREATE TRIGGER trail_event_no_delete BEFORE DELETE ON trail_event BEGIN SELECT 1; END",
    ],
    "postgresql": [f"{NOTHING} $$BEGIN RETURN NULL; END$$"],
}
MORE = {
    "sqlite": ["CREATE TRIGGER quiet AFTER INSERT ON share BEGIN SELECT 1; END"],
    "postgresql": [f"CREATE TRIGGER quiet BEFORE UPDATE ON share {UNCHANGED}"],
}
VIEW = [
    "ALTER TABLE coverage RENAME TO covered",
    "CREATE VIEW coverage AS SELECT * FROM covered WHERE id < 0",
]


@pytest.mark.parametrize(
    ("statements", "fault", "comes_back"),
    [
        pytest.param(GONE, "The guard trail_event_no_delete was ", True, id="one is gone"),
        pytest.param(HOLLOW, "The guard trail_event_no_", True, id="one does nothing"),
        pytest.param(MORE, "A trigger quiet was put on the table share.", False, id="one more"),
        pytest.param(
            {"sqlite": VIEW, "postgresql": VIEW},
            "A view was put in the place of the table coverage.",
            False,
            id="a view",
        ),
    ],
)
def test_what_was_done_to_the_guards_is_named_and_they_can_be_put_back(
    app: Flask, statements: dict[str, list[str]], fault: str, comes_back: bool
) -> None:
    with unit_of_work() as session:
        for statement in statements[db.engine.dialect.name]:
            session.connection().exec_driver_sql(statement)
    with unit_of_work() as session:
        assert str(audit.verify(session).problem).startswith(fault)
        assert replay(session).differences[0].startswith(fault)
    assert maintenance.check(db.engine).problems[0].startswith(fault)
    maintenance.upgrade(db.engine)
    assert (maintenance.check(db.engine).problems == ()) == comes_back
