"""How somebody who owns the database damages the trail: first the guards must go."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from compliance_app.store import guards
from compliance_app.store.base import unit_of_work


def tamper(*statements: str) -> None:
    """Run the statements in one transaction without the guards, which stand again afterwards."""
    with unit_of_work() as session:
        on_postgresql = session.get_bind().dialect.name == "postgresql"
        for name, table in guards.expected(session.get_bind().dialect.name):
            order = f"ALTER TABLE {table} DISABLE TRIGGER {name}"
            session.execute(text(order if on_postgresql else f"DROP TRIGGER {name}"))
        for statement in statements:
            session.connection().exec_driver_sql(statement)
        _put_back(session, on_postgresql=on_postgresql)


def _put_back(session: Session, *, on_postgresql: bool) -> None:
    there = set(session.scalars(text(TABLES["postgresql" if on_postgresql else "sqlite"])))
    for (name, table), sql in guards.expected("postgresql" if on_postgresql else "sqlite").items():
        if table in there:
            order = f"ALTER TABLE {table} ENABLE TRIGGER {name}"
            session.connection().exec_driver_sql(order if on_postgresql else sql)


TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}
