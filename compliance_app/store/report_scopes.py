"""What a report can be narrowed to, found by what people call it, and as a condition on shares."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from compliance_app.rules.scopes import Scope, ScopeKind
from compliance_app.store.models import Employer, Gift, Person, Recipient, Share
from compliance_app.store.recipients import key_of

LONGEST_NUMBER = 9


def covers(scope: Scope, giver: type[Person], recipient: type[Recipient]) -> ColumnElement[bool]:
    """Return the condition that a share is in the scope; the arguments are its joined rows."""
    condition: dict[ScopeKind, Any] = {
        ScopeKind.EMPLOYER: lambda: Share.employer_id == scope.number,
        ScopeKind.GIVER: lambda: Gift.giver_id == scope.number,
        ScopeKind.OFFICE: lambda: giver.office == scope.key,
        ScopeKind.RECIPIENT: lambda: recipient.id == scope.number,
    }
    return condition[scope.kind]() if scope.kind in condition else true()


def name_of(session: Session, scope: Scope) -> str:
    """Return what the part of a scope is called now."""
    rows: dict[ScopeKind, Any] = {
        ScopeKind.EMPLOYER: Employer,
        ScopeKind.GIVER: Person,
        ScopeKind.RECIPIENT: Recipient,
    }
    model = rows.get(scope.kind)
    if model is None:
        return scope.key
    name: str | None = session.scalar(select(model.name).where(model.id == scope.number))
    return name or scope.key


def employers_called(session: Session, text: str) -> Sequence[Employer]:
    """Return the employer of this name, or of this number."""
    return session.scalars(
        select(Employer)
        .where(or_(Employer.name_key == key_of(text), Employer.id == _number(text)))
        .order_by(Employer.id)
    ).all()


def givers_called(session: Session, text: str) -> Sequence[Person]:
    """Return the associated people of this e-mail address or name, or of this number."""
    return session.scalars(
        select(Person)
        .where(
            or_(
                Person.email == text.strip().lower(),
                Person.name == text.strip(),
                Person.id == _number(text),
            )
        )
        .order_by(Person.id)
    ).all()


def recipients_called(session: Session, text: str) -> Sequence[Recipient]:
    """Return the recipients of this e-mail address or name, or of this number, merged as one."""
    person = func.coalesce(Recipient.merged_into_id, Recipient.id)
    named = select(person).where(
        or_(
            Recipient.email == text.strip().lower(),
            Recipient.name_key == key_of(text),
            Recipient.id == _number(text),
        )
    )
    return session.scalars(
        select(Recipient).where(Recipient.id.in_(named)).order_by(Recipient.id)
    ).all()


def offices(session: Session) -> Sequence[str]:
    """Return the offices people are in, by name."""
    return session.scalars(
        select(Person.office).where(Person.office != "").distinct().order_by(Person.office)
    ).all()


def list_employers(session: Session) -> Sequence[Employer]:
    """Return every employer by name."""
    return session.scalars(select(Employer).order_by(Employer.name_key, Employer.id)).all()


def _number(text: str) -> int:
    """Return the number a text is, one that no row has where it is none."""
    text = text.strip()
    is_one = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_one else -1
