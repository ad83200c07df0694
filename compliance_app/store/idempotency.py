"""The answers kept under a program's key; a key is claimed before anything is done with it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from compliance_app.store.models import IdempotencyKey


def claim(
    session: Session, *, person_id: int, route: str, key: str, order_sha256: str, at: datetime
) -> int | None:
    """Take the key and return its id, None where it is taken.

    Whoever comes second waits here until the first has committed, or takes over from one
    that failed.
    """
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    statement = insert(IdempotencyKey).values(
        person_id=person_id,
        route=route,
        key=key,
        order_sha256=order_sha256,
        status=0,
        answer="",
        made_at=at,
    )
    return session.scalar(statement.on_conflict_do_nothing().returning(IdempotencyKey.id))


def find_answer(session: Session, *, person_id: int, route: str, key: str) -> IdempotencyKey:
    """Return what is kept under a key that is taken."""
    return session.scalars(
        select(IdempotencyKey).where(
            IdempotencyKey.person_id == person_id,
            IdempotencyKey.route == route,
            IdempotencyKey.key == key,
        )
    ).one()


def keep_answer(session: Session, key_id: int, *, status: int, answer: str) -> None:
    """Keep the answer under a claimed key."""
    session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.id == key_id)
        .values(status=status, answer=answer)
    )
