"""Nobody is told that a gift is kept before the disk has it."""

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from compliance_app.services import gifts
from compliance_app.store.base import Mode, db, unit_of_work
from tests.conftest import NOON, Cast
from tests.factories import make_claim


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_commit_is_in_the_log_on_disk_when_the_unit_of_work_ends(app: Flask, cast: Cast) -> None:
    written: list[str] = []

    def note(_session: Session) -> None:
        written.append(str(ask("pg_current_wal_insert_lsn()")))

    with unit_of_work() as session:
        gifts.submit(session, make_claim(), giver_id=cast.rep, actor_id=cast.rep, at=NOON)
        event.listen(session, "after_commit", note)
    assert ask(f"pg_current_wal_flush_lsn() >= '{written[0]}'::pg_lsn") is True


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_waits_for_the_disk_at_every_commit(app: Flask) -> None:
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("synchronous_commit", "on"),
        ("transaction_isolation", "read committed"),
        ("lock_timeout", "30s"),
        ("idle_in_transaction_session_timeout", "10min"),
    ],
)
def test_a_session_does_not_depend_on_the_servers_defaults(
    app: Flask, name: str, value: str
) -> None:
    with db.engine.connect().execution_options(mode=Mode.WRITING) as connection, connection.begin():
        database = db.engine.url.database
        weak = "SET default_transaction_isolation = serializable"
        connection.execute(text(f'ALTER DATABASE "{database}" {weak}'))
        connection.execute(text(f'ALTER DATABASE "{database}" SET synchronous_commit = off'))
    db.engine.dispose()
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql(f"SHOW {name}").scalar() == value


def ask(expression: str) -> object:
    with db.engine.connect() as connection:
        answer: object = connection.execute(text(f"SELECT {expression}")).scalar_one()
    return answer
