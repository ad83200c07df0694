"""The adopted versions of the firm's policy."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance_app.store.models import Policy


def in_force_on(session: Session, day: date) -> Policy | None:
    """Return the version in force on the day: the latest that took effect by then."""
    return session.scalar(
        select(Policy)
        .where(Policy.effective_on <= day)
        .order_by(Policy.effective_on.desc())
        .limit(1)
    )


def list_policies(session: Session) -> Sequence[Policy]:
    """Return every version, the newest first."""
    return session.scalars(select(Policy).order_by(Policy.effective_on.desc())).all()
