"""Parts of the tables that somebody took away or put in are named."""

import pytest
from flask import Flask

from compliance_app.store import maintenance
from compliance_app.store.base import db, unit_of_work


@pytest.mark.parametrize(
    ("statements", "problem"),
    [
        pytest.param(
            ["DROP INDEX ix_trail_event_subject_number"],
            "The index ix_trail_event_subject_number of the table trail_event is missing.",
            id="an index",
        ),
        pytest.param(
            ["ALTER TABLE gift ADD COLUMN extra TEXT"],
            "A column extra was put into the table gift.",
            id="a column more",
        ),
        pytest.param(
            ["ALTER TABLE comment RENAME COLUMN text TO words"],
            "The column text of the table comment is missing.",
            id="a column",
        ),
        pytest.param(["DROP TABLE comment"], "The table comment is missing.", id="a table"),
    ],
)
def test_a_part_of_the_tables_that_is_not_as_it_was_made_is_named(
    app: Flask, statements: list[str], problem: str
) -> None:
    assert maintenance.check(db.engine).problems == ()
    with unit_of_work() as session:
        for statement in statements:
            session.connection().exec_driver_sql(statement)
    assert maintenance.check(db.engine).problems[0] == f"{problem} Restore a backup."
