"""How somebody who owns the database damages the trail: first the guards must go."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from compliance_app.store.base import unit_of_work

GUARDED = ("trail_event", "trail_checkpoint")


def tamper(*statements: str) -> None:
    """Take the guards away and run the statements in one transaction."""
    with unit_of_work() as session:
        _take_guards_away(session)
        for statement in statements:
            session.connection().exec_driver_sql(statement)


def _take_guards_away(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        for table in GUARDED:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    guards = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for name in session.scalars(guards).all():
        session.execute(text(f"DROP TRIGGER {name}"))
