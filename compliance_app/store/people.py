"""Associated persons, their sessions and their attempts to sign in."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from compliance_app.rules.permissions import Role
from compliance_app.store.bulk import chunks
from compliance_app.store.models import Person, RecoveryCode, SignInAttempt, SignInSession
from compliance_app.store.prepared import Prepared, ask


class Staff(NamedTuple):
    """Somebody of the firm, as far as what they do has to know."""

    id: int
    email: str
    active: bool
    name: str


def find_by_email(session: Session, email: str) -> Person | None:
    """Return the person with this e-mail address, in whatever case it is written."""
    return session.scalar(select(Person).where(Person.email == email.strip().lower()))


def email_of(session: Session, person_id: int) -> str:
    """Return the person's address, read once in a unit of work."""
    return staff_of(session, person_id).email


def staff_of(session: Session, person_id: int) -> Staff:
    """Return somebody of the firm, read once in a unit of work."""
    known = _known_staff(session)
    if person_id not in known:
        ((known[person_id],),) = ask(session, STAFF(ids=[person_id]))
    return known[person_id]


def remember_staff(session: Session, staff: Iterable[Staff]) -> None:
    """Keep people who were read with something else, for the rest of the unit of work."""
    _known_staff(session).update((one.id, one) for one in staff)


def _known_staff(session: Session) -> dict[int, Staff]:
    known: dict[int, Staff] = session.info.setdefault("staff", {})
    return known


STAFF = Prepared(
    select(Person.id, Person.email, Person.active, Person.name).where(
        Person.id.in_(bindparam("ids", expanding=True))
    ),
    Staff,
)


def by_email(session: Session, emails: Iterable[str]) -> dict[str, Person]:
    """Return the people with these addresses, by address."""
    return {
        person.email: person
        for some in chunks(sorted(set(emails)))
        for person in session.scalars(select(Person).where(Person.email.in_(some)))
    }


def names_of(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of these people, by id."""
    return {
        person_id: name
        for some in chunks(sorted(set(person_ids)))
        for person_id, name in session.execute(
            select(Person.id, Person.name).where(Person.id.in_(some))
        )
    }


def list_people(session: Session) -> Sequence[Person]:
    """Return everybody, active ones first, by name."""
    return session.scalars(
        select(Person).order_by(Person.active.desc(), Person.name, Person.id)
    ).all()


def lock_person(session: Session, person_id: int) -> Person:
    """Lock a person's row until the commit, so that no code opens twice at once."""
    return session.get_one(Person, person_id, with_for_update=True, populate_existing=True)


def open_recovery_codes(session: Session, person_id: int) -> Sequence[RecoveryCode]:
    """Return the person's codes for a lost phone that were not used yet."""
    return session.scalars(
        select(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.spent_at.is_(None))
        .order_by(RecoveryCode.id)
    ).all()


def lock_with_role(session: Session, role: Role, *, except_id: int) -> list[Person]:
    """Lock everybody of a role in ascending order; return the active ones but for one person."""
    locked = session.scalars(
        select(Person).where(Person.role == role).order_by(Person.id).with_for_update()
    ).all()
    return [person for person in locked if person.active and person.id != except_id]


def list_sessions(session: Session, person_id: int, *, at: datetime) -> Sequence[SignInSession]:
    """Return the person's sessions that are still good, newest first."""
    return session.scalars(
        select(SignInSession)
        .where(
            SignInSession.person_id == person_id,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > at,
        )
        .order_by(SignInSession.id.desc())
    ).all()


class SignedIn(NamedTuple):
    """A session, and what says whether its person may still come in."""

    session_id: int
    expires_at: datetime
    ended_at: datetime | None
    person_id: int
    name: str
    role: Role
    active: bool
    access_ends_on: date | None
    scope_kind: str | None
    scope_key: str | None
    has_second_factor: bool


def find_session(session: Session, token_sha256: str) -> SignedIn | None:
    """Return the session of a cookie's token."""
    [found] = ask(session, _SIGNED_IN(sha256=token_sha256))
    return found[0] if found else None


# Built once: every request asks it.
_SIGNED_IN = Prepared(
    select(
        SignInSession.id,
        SignInSession.expires_at,
        SignInSession.ended_at,
        Person.id,
        Person.name,
        Person.role,
        Person.active,
        Person.access_ends_on,
        Person.scope_kind,
        Person.scope_key,
        Person.totp_secret.is_not(None),
    )
    .join(Person, Person.id == SignInSession.person_id)
    .where(SignInSession.token_sha256 == bindparam("sha256")),
    SignedIn,
)


def end_sessions(session: Session, person_id: int, *, at: datetime) -> None:
    """End every session of the person."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None))
        .values(ended_at=at)
    )


def failures_in_a_row(session: Session, email: str, *, since: datetime) -> Sequence[datetime]:
    """Return when the attempts since the last good one failed, newest first."""
    last_good = session.scalar(
        select(func.max(SignInAttempt.id)).where(
            SignInAttempt.email == email, SignInAttempt.succeeded
        )
    )
    return session.scalars(
        select(SignInAttempt.attempted_at)
        .where(
            SignInAttempt.email == email,
            SignInAttempt.id > (last_good or 0),
            SignInAttempt.attempted_at >= since,
        )
        .order_by(SignInAttempt.id.desc())
    ).all()


def superiors(session: Session, person: Person) -> list[Person]:
    """Return the reporting line above a person, nearest first; a loop ends it."""
    line: list[Person] = []
    seen = {person.id}
    above = person.supervisor
    while above is not None and above.id not in seen:
        line.append(above)
        seen.add(above.id)
        above = above.supervisor
    return line


class Colleague(NamedTuple):
    """Somebody of the firm, as far as it goes who reports to whom."""

    id: int
    name: str
    email: str
    role: Role
    active: bool
    supervisor_id: int | None


def colleagues(session: Session, person_ids: Iterable[int]) -> dict[int, Colleague]:
    """Return these people and everybody above them, by id."""
    [rows] = ask(session, LINES(ids=sorted(set(person_ids))))
    return {one.id: one for one in rows}


def _select_lines() -> Select[*tuple[Any, ...]]:
    wanted: BindParameter[int] = bindparam("ids", expanding=True)
    above = select(Person.id, Person.supervisor_id).where(Person.id.in_(wanted))
    line = above.cte("line", recursive=True)
    line = line.union(
        select(Person.id, Person.supervisor_id).join(line, Person.id == line.c.supervisor_id)
    )
    columns = (getattr(Person, name) for name in Colleague._fields)
    return select(*columns).where(Person.id.in_(select(line.c.id)))


LINES = Prepared(_select_lines(), Colleague)


def chain_ids(session: Session, supervisor_id: int) -> set[int]:
    """Return the ids of everybody who reports to the supervisor, at any distance."""
    [rows] = ask(session, _CHAIN(id=supervisor_id))
    return {row.id for row in rows}


def _select_chain() -> Select[*tuple[Any, ...]]:
    mine = Person.supervisor_id == bindparam("id")
    below = select(Person.id).where(mine).cte("below", recursive=True)
    below = below.union(select(Person.id).join(below, Person.supervisor_id == below.c.id))
    return select(below.c.id)


_CHAIN = Prepared(_select_chain())
