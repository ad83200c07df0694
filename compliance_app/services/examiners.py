"""Examiners: auditors whose account is for reports about one part of the firm, or for some days."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import InputError, NotFoundError
from compliance_app.rules.permissions import Role
from compliance_app.rules.scopes import Scope, ScopeKind
from compliance_app.services.people import record
from compliance_app.store.models import Person


def limit_access(
    session: Session,
    person_id: int,
    scope: Scope,
    *,
    last_day: date | None,
    actor_id: int | None,
    at: datetime,
) -> Person:
    """Say what an auditor's account is for, and until when; the whole firm is no narrowing."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFoundError(what="person")
    if person.role is not Role.AUDITOR:
        raise InputError(problems={"scope": f"{person.name} is no auditor; make them one first."})
    narrowed = scope.kind is not ScopeKind.FIRM
    person.scope_kind = scope.kind.value if narrowed else None
    person.scope_key = scope.key if narrowed else None
    person.access_ends_on = last_day
    return record(session, person, Event.PERSON_CHANGED, actor_id=actor_id, at=at)


def readable(scope: Scope) -> str:
    """Say in the middle of a sentence what an account with this scope may read."""
    return "the whole register" if scope.kind is ScopeKind.FIRM else f"reports about {scope.noun}"
