"""Drafts: found by the key of their form, and those of a person that are still open."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from compliance_app.store.models import Draft, Gift


def find_by_key(session: Session, key: str) -> Draft | None:
    """Return the draft of the form with this key."""
    return session.scalar(select(Draft).where(Draft.submission_key == key))


def list_open(session: Session, person_id: int) -> Sequence[Draft]:
    """Return what the person began and neither sent nor discarded, the newest first."""
    sent = exists().where(Gift.submission_key == Draft.submission_key)
    return session.scalars(
        select(Draft)
        .where(Draft.person_id == person_id, Draft.discarded_at.is_(None), ~sent)
        .order_by(Draft.saved_at.desc(), Draft.id.desc())
    ).all()
