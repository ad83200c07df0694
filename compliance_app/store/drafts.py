"""Drafts: found by the key of their form, and those of a person that are still open."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, bindparam, exists, select
from sqlalchemy.orm import Session

from compliance_app.store.models import Draft, Gift
from compliance_app.store.prepared import Prepared, ask


def find_by_key(session: Session, key: str) -> Draft | None:
    """Return the draft of the form with this key."""
    return session.scalar(select(Draft).where(Draft.submission_key == key))


class Begun(NamedTuple):
    """A form that was begun, as lists show it."""

    id: int
    form: dict[str, Any]
    saved_at: datetime


def list_open(session: Session, person_id: int) -> list[Begun]:
    """Return what the person began and neither sent nor discarded, the newest first."""
    [begun] = ask(session, _OPEN(person_id=person_id))
    return begun


_OPEN = Prepared(
    select(Draft.id, Draft.form, Draft.saved_at)
    .where(
        Draft.person_id == bindparam("person_id", type_=BigInteger),
        Draft.discarded_at.is_(None),
        ~exists().where(Gift.submission_key == Draft.submission_key),
    )
    .order_by(Draft.saved_at.desc(), Draft.id.desc()),
    Begun,
)
