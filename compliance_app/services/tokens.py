"""Tokens for programs: each acts as its person, is shown once and can be revoked at any time."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import InputError, NotFoundError
from compliance_app.services.people import may_enter, token_sha256
from compliance_app.store import audit
from compliance_app.store import tokens as store
from compliance_app.store.gifts import row_document
from compliance_app.store.models import ApiToken, Person
from compliance_app.store.tokens import Holder

# Lets a scanner of source code and logs recognize a token that leaked.
PREFIX = "t3220_"
LONGEST_NAME = 100
# What never leaves its table.
SECRET = frozenset({"token_sha256"})


def make(session: Session, person: Person, name: str, *, actor_id: int | None, at: datetime) -> str:
    """Make a token that acts as the person and return it; it can never be shown again."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise InputError(
            problems={
                "name": f"Name the program in 1 to {LONGEST_NAME} characters, such as: Expenses."
            }
        )
    if not may_enter(person, at):
        raise InputError(
            problems={
                "name": f"The access of {person.name} is closed, so no token can act as them."
            }
        )
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(token_sha256=token_sha256(token), person_id=person.id, name=plain, made_at=at)
    session.add(row)
    _record(session, row, Event.TOKEN_MADE, actor_id=actor_id, at=at)
    return token


def revoke(session: Session, token_id: int, *, actor_id: int, at: datetime) -> ApiToken:
    """Close one of the actor's own tokens. Raises NotFoundError for anybody else's."""
    row = session.get(ApiToken, token_id)
    if row is None or row.person_id != actor_id:
        raise NotFoundError(what="token")
    if row.revoked_at is None:
        row.revoked_at = at
        _record(session, row, Event.TOKEN_REVOKED, actor_id=actor_id, at=at)
    return row


def find_open(session: Session, token: str, *, at: datetime) -> Holder | None:
    """Return whom the token acts as, if it was not revoked and they may still enter."""
    holder = store.find_holder(session, token_sha256(token))
    if holder is None or holder.revoked_at is not None or not may_enter(holder, at):
        return None
    return holder


def _record(
    session: Session, row: ApiToken, event: Event, *, actor_id: int | None, at: datetime
) -> None:
    session.flush()
    audit.append(
        session,
        event,
        actor_id=actor_id,
        at=at,
        subject=f"token:{row.id}",
        body=row_document(row, without=SECRET),
    )
