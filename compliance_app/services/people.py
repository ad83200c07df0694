"""Associated persons: adding them, their passwords, and signing in and out."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import (
    EmailTakenError,
    InputError,
    LockedOutError,
    NotFoundError,
    PresentPasswordError,
    ReportingLoopError,
    WeakPasswordError,
)
from compliance_app.rules.permissions import Role
from compliance_app.store import audit
from compliance_app.store import people as store
from compliance_app.store.gifts import row_document
from compliance_app.store.models import Person, SignInAttempt, SignInSession
from compliance_app.store.naming import hold_names
from compliance_app.store.people import SignedIn
from compliance_app.store.tokens import Holder

SHORTEST_PASSWORD = 12
MOST_FAILURES = 5
LOCK_OUT = timedelta(minutes=15)
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
LONGEST_EMAIL = 254
# Columns that open doors; they stay in their table and never reach the trail.
SECRET_COLUMNS = frozenset({"password_hash", "totp_secret", "totp_step"})

_hasher = PasswordHasher()
# Checked against when nobody has the address, so that both answers take the same time.
_NOBODYS_HASH = _hasher.hash(secrets.token_urlsafe(32))


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What an administrator says about somebody who joins."""

    email: str
    name: str
    role: Role
    supervisor_id: int | None = None
    office: str = ""


def add(session: Session, new: NewPerson, *, actor_id: int | None, at: datetime) -> Person:
    """Add an associated person, who cannot sign in before a password is set."""
    email = checked_email(new.email)
    name = checked_name(new.name)
    hold_names(session)
    taken = store.find_by_email(session, email)
    if taken is not None:
        raise EmailTakenError(email=email, name=taken.name)
    if new.supervisor_id is not None and session.get(Person, new.supervisor_id) is None:
        raise NotFoundError(what="supervisor")
    person = Person(
        email=email,
        name=name,
        role=new.role,
        office=new.office.strip(),
        supervisor_id=new.supervisor_id,
        active=True,
        created_at=at,
    )
    session.add(person)
    return record(session, person, Event.PERSON_ADDED, actor_id=actor_id, at=at)


def change(
    session: Session,
    person_id: int,
    *,
    role: Role,
    supervisor_id: int | None,
    office: str | None = None,
    actor_id: int | None,
    at: datetime,
) -> Person:
    """Give somebody another role, supervisor or office, None for the one they are in.

    A reporting line never leads in a circle.
    """
    person = _person(session, person_id)
    if supervisor_id is not None:
        above = _person(session, supervisor_id)
        line = [above.id, *(one.id for one in store.superiors(session, above))]
        if person.id in line:
            raise ReportingLoopError(name=above.name)
    if role is not Role.ADMIN:
        _check_another_administrator(session, person, field="role", at=at)
    person.role = role
    if role is not Role.AUDITOR:
        # Only an auditor's account is narrowed; any other role says by itself what it is for.
        person.scope_kind = person.scope_key = None
    person.supervisor_id = supervisor_id
    if office is not None:
        person.office = office.strip()
    return record(session, person, Event.PERSON_CHANGED, actor_id=actor_id, at=at)


def deactivate(session: Session, person_id: int, *, actor_id: int | None, at: datetime) -> Person:
    """Close a person's access and end their sessions; their gifts stay theirs."""
    person = _person(session, person_id)
    if person.id == actor_id:
        raise InputError(problems={"person": "You cannot deactivate yourself."})
    _check_another_administrator(session, person, field="person", at=at)
    person.active = False
    store.end_sessions(session, person.id, at=at)
    return record(session, person, Event.PERSON_DEACTIVATED, actor_id=actor_id, at=at)


def set_password(
    session: Session, person_id: int, password: str, *, actor_id: int | None, at: datetime
) -> Person:
    """Set a new password and end the person's sessions. Raises WeakPasswordError."""
    person = _person(session, person_id)
    plain = password.strip()
    if len(plain) < SHORTEST_PASSWORD or len(set(plain)) < SHORTEST_PASSWORD // 2:
        raise WeakPasswordError(least=SHORTEST_PASSWORD)
    person.password_hash = _hasher.hash(password)
    store.end_sessions(session, person.id, at=at)
    return record(session, person, Event.PASSWORD_SET, actor_id=actor_id, at=at)


def change_own_password(
    session: Session, person_id: int, present: str, new: str, *, at: datetime
) -> Person:
    """Change one's own password. Raises PresentPasswordError where the present one is wrong."""
    person = _person(session, person_id)
    if not _password_fits(person, present):
        raise PresentPasswordError
    return set_password(session, person_id, new, actor_id=person_id, at=at)


def check_sign_in(session: Session, email: str, password: str, *, at: datetime) -> Person | None:
    """Return the person whom the password belongs to; None when it does not.

    Every try is kept, also a failed one, so the caller must let this be committed; where a code
    is still to come, the try ends with it. Raises LockedOutError after too many failures in a
    row, whatever the password.
    """
    # No address holds a zero byte, and PostgreSQL keeps none.
    email = email.replace("\0", "").strip().lower()[:LONGEST_EMAIL]
    failures = check_not_locked(session, email, at=at)
    person = store.find_by_email(session, email)
    good = _password_fits(person, password) and person is not None and may_enter(person, at)
    if not good or person is None or person.totp_secret is None:
        note_attempt(session, email, person, failures, succeeded=good, at=at)
    return person if good else None


def check_not_locked(session: Session, email: str, *, at: datetime) -> int:
    """Return how many tries failed in a row. Raises LockedOutError after too many."""
    failures = store.failures_in_a_row(session, email, since=at - LOCK_OUT)
    if len(failures) >= MOST_FAILURES:
        left = failures[0] + LOCK_OUT - at
        raise LockedOutError(minutes=max(1, -(-left.seconds // 60)))
    return len(failures)


def note_attempt(
    session: Session,
    email: str,
    person: Person | None,
    failures: int,
    *,
    succeeded: bool,
    at: datetime,
) -> None:
    """Keep one try to sign in; the last that is let pass leaves an event."""
    session.add(SignInAttempt(email=email, attempted_at=at, succeeded=succeeded))
    if not succeeded and person is not None and failures + 1 == MOST_FAILURES:
        record(session, person, Event.LOCKED_OUT, actor_id=None, at=at)


def may_enter(person: Person | Holder | SignedIn, at: datetime) -> bool:
    """Say whether the person's access is open at the moment."""
    ended = person.access_ends_on is not None and person.access_ends_on < at.date()
    return person.active and not ended


def open_session(
    session: Session, person: Person, *, at: datetime, hours: int, user_agent: str, address: str
) -> str:
    """Open a session for the person and return the secret token of its cookie."""
    token = secrets.token_urlsafe(32)
    row = SignInSession(
        token_sha256=token_sha256(token),
        person_id=person.id,
        signed_in_at=at,
        expires_at=at + timedelta(hours=hours),
        user_agent=user_agent[:300],
        address=address[:64],
    )
    session.add(row)
    session.flush()
    audit.append(
        session,
        Event.SIGNED_IN,
        actor_id=person.id,
        at=at,
        subject=f"session:{row.id}",
        body=row_document(row, without=frozenset({"token_sha256"})),
    )
    return token


def end_session(
    session: Session, session_id: int, *, actor_id: int, at: datetime, event: Event
) -> None:
    """End one of the actor's own sessions. Raises NotFoundError for anybody else's."""
    row = session.get(SignInSession, session_id)
    if row is None or row.person_id != actor_id:
        raise NotFoundError(what="session")
    if row.ended_at is not None:
        return
    row.ended_at = at
    session.flush()
    audit.append(
        session,
        event,
        actor_id=actor_id,
        at=at,
        subject=f"session:{row.id}",
        body=row_document(row, without=frozenset({"token_sha256"})),
    )


def token_sha256(token: str) -> str:
    """Return what is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def checked_email(email: str) -> str:
    """Return the address in lower case; raises InputError where it is none."""
    plain = email.strip().lower()
    if len(plain) > LONGEST_EMAIL or not EMAIL.fullmatch(plain) or not plain.isprintable():
        raise InputError(
            problems={"email": f"{email[:60]!r} is not an e-mail address such as ana@firm.example."}
        )
    return plain


def checked_name(name: str, *, longest: int = 200) -> str:
    """Return the name without outer spaces; raises InputError where there is none."""
    plain = " ".join(name.split())
    if not plain or len(plain) > longest or not plain.isprintable():
        raise InputError(problems={"name": f"Give a name of 1 to {longest} characters."})
    return plain


def _check_another_administrator(
    session: Session, person: Person, *, field: str, at: datetime
) -> None:
    """Raise InputError where nobody else could keep the people and settings afterwards."""
    if person.role is not Role.ADMIN or not person.active:
        return
    if not any(
        may_enter(other, at)
        for other in store.lock_with_role(session, Role.ADMIN, except_id=person.id)
    ):
        raise InputError(
            problems={
                field: f"{person.name} is the only administrator. Make somebody else one first."
            }
        )


def _password_fits(person: Person | None, password: str) -> bool:
    kept = person.password_hash if person is not None and person.password_hash else _NOBODYS_HASH
    try:
        return _hasher.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _person(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFoundError(what="person")
    return person


def record(
    session: Session, person: Person, event: Event, *, actor_id: int | None, at: datetime
) -> Person:
    """Append what happened to a person, without what opens doors, to the trail."""
    session.flush()
    audit.append(
        session,
        event,
        actor_id=actor_id,
        at=at,
        subject=f"person:{person.id}",
        body=row_document(person, without=SECRET_COLUMNS),
    )
    return person
