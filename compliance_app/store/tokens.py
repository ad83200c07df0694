"""The tokens of programs: found by the hash of what they send, listed for their person."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from compliance_app.rules.permissions import Role
from compliance_app.store.models import ApiToken, Person
from compliance_app.store.prepared import Prepared, ask


class Holder(NamedTuple):
    """Whom a token acts as, and whether it and they may still come in."""

    person_id: int
    name: str
    role: Role
    active: bool
    access_ends_on: date | None
    scope_kind: str | None
    scope_key: str | None
    revoked_at: datetime | None


def find_holder(session: Session, token_sha256: str) -> Holder | None:
    """Return whose token has this hash."""
    [found] = ask(session, _HOLDER(sha256=token_sha256))
    return found[0] if found else None


# Built once: every call of a program asks it.
_HOLDER = Prepared(
    select(
        ApiToken.person_id,
        Person.name,
        Person.role,
        Person.active,
        Person.access_ends_on,
        Person.scope_kind,
        Person.scope_key,
        ApiToken.revoked_at,
    )
    .join(Person, Person.id == ApiToken.person_id)
    .where(ApiToken.token_sha256 == bindparam("sha256")),
    Holder,
)


def list_tokens(session: Session, person_id: int) -> Sequence[ApiToken]:
    """Return the person's tokens that are still good, newest first."""
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id.desc())
    ).all()
