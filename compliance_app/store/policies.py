"""The adopted versions of the firm's policy."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance_app.store.models import Policy


def in_force_by(session: Session, day: date) -> Sequence[Policy]:
    """Return the versions that had taken effect by the day, oldest first; the last is in force."""
    return session.scalars(
        select(Policy).where(Policy.effective_on <= day).order_by(Policy.effective_on)
    ).all()


def list_policies(session: Session) -> Sequence[Policy]:
    """Return every version, the newest first."""
    return session.scalars(select(Policy).order_by(Policy.effective_on.desc())).all()
