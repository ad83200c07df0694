"""Client firms: adding them, what they are, what is negotiated with them, who covers them.

Whoever covers an account today may keep its plain facts and negotiations; what changes the
limits or the owner of an account is for compliance.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.client_errors import (
    EmployerLoopError,
    EmployerTakenError,
    NotCoveredError,
)
from compliance_app.rules.employers import EmployerClass
from compliance_app.rules.errors import InputError, NotFoundError, PermissionMissingError
from compliance_app.rules.permissions import Permission, may
from compliance_app.rules.spans import covers, problems_of
from compliance_app.services.noticing import Watch
from compliance_app.services.people import checked_name
from compliance_app.store import audit, recipient_keys
from compliance_app.store import employers as store
from compliance_app.store import recipients as recipient_store
from compliance_app.store.base import Base
from compliance_app.store.gifts import row_document
from compliance_app.store.models import (
    Classification,
    Employer,
    Negotiation,
    Person,
)
from compliance_app.store.naming import hold_names

LONGEST_NAME = 300
LONGEST_WORD = 100
A_DAY = timedelta(days=1)
PARTS = ("classifications", "coverages", "negotiations")


@dataclass(frozen=True, slots=True)
class EmployerFacts:
    """The plain facts of a client firm."""

    name: str
    segment: str = ""
    region: str = ""
    parent_id: int | None = None


def add(session: Session, facts: EmployerFacts, *, actor_id: int | None, at: datetime) -> Employer:
    """Add a client firm. Raises EmployerTakenError where one of this name is there."""
    check_may_change_all(session, actor_id)
    name = checked_name(facts.name, longest=LONGEST_NAME)
    hold_names(session)
    _check_free(session, name)
    employer = Employer(name=name, name_key=recipient_store.key_of(name), created_at=at)
    session.add(employer)
    session.flush()
    _set_facts(session, employer, facts)
    record(session, employer, Event.EMPLOYER_ADDED, actor_id=actor_id, at=at)
    return employer


def change(
    session: Session,
    employer_id: int,
    facts: EmployerFacts,
    *,
    actor_id: int | None,
    at: datetime,
) -> Employer:
    """Set a firm's segment and region; compliance may also set its name and parent.

    Raises NotCoveredError, EmployerTakenError and EmployerLoopError.
    """
    hold_names(session)
    wanted = [employer_id, *([facts.parent_id] if facts.parent_id else [])]
    employer = get_locked(session, *wanted)
    check_may_change(session, employer, actor_id, day=at.date())
    name = checked_name(facts.name, longest=LONGEST_NAME)
    if (name, facts.parent_id) != (employer.name, employer.parent_id):
        check_may_change_all(session, actor_id)
    if recipient_store.key_of(name) != employer.name_key:
        _check_free(session, name)
    is_renamed = name != employer.name
    employer.name, employer.name_key = name, recipient_store.key_of(name)
    _set_facts(session, employer, facts)
    if is_renamed:
        recipient_keys.keep_people_of(session, employer.id)
    record(session, employer, Event.EMPLOYER_CHANGED, actor_id=actor_id, at=at)
    return employer


def classify(
    session: Session,
    employer_id: int,
    kind: EmployerClass,
    *,
    since: date | None,
    actor_id: int | None,
    at: datetime,
) -> Employer:
    """Say what the firm is from a day on, or always was; what was said of later days gives way.

    Gifts to its people keep their verdicts; what must be looked at by the new class is found.
    """
    check_may_change_all(session, actor_id)
    if problems := problems_of({"since": since}, at.date()):
        raise InputError(problems=problems)
    watch = Watch.over_firms(session, {employer_id: since})
    employer = get_locked(session, employer_id)
    given_way: list[Base] = []
    for row in list(employer.classifications):
        if since is not None and row.ended_on is not None and row.ended_on < since:
            continue
        given_way.append(row)
        if since is not None and (row.started_on is None or row.started_on < since):
            store.replace_row(session, row, at=at, ended_on=since - A_DAY)
        row.superseded_at = at
    session.add(Classification(employer_id=employer.id, employer_class=kind, started_on=since))
    record(session, employer, Event.EMPLOYER_CLASSIFIED, *given_way, actor_id=actor_id, at=at)
    watch.tell(actor_id=actor_id, at=at)
    return employer


def negotiate(
    session: Session,
    employer_id: int,
    opportunity: str,
    *,
    started_on: date,
    ended_on: date | None,
    actor_id: int | None,
    at: datetime,
) -> Negotiation:
    """Record business that is being negotiated: gifts in its days go to compliance.

    Those that were cleared or given already come to light.
    """
    watch = Watch.over_firms(session, {employer_id: started_on})
    employer = get_locked(session, employer_id)
    check_may_change(session, employer, actor_id, day=at.date())
    said = _checked_negotiation(opportunity, started_on, ended_on, at.date())
    row = Negotiation(
        employer_id=employer.id, opportunity=said, started_on=started_on, ended_on=ended_on
    )
    session.add(row)
    record(session, employer, Event.NEGOTIATION_RECORDED, actor_id=actor_id, at=at)
    watch.tell(actor_id=actor_id, at=at)
    return row


def change_negotiation(
    session: Session,
    negotiation_id: int,
    opportunity: str,
    *,
    started_on: date,
    ended_on: date | None,
    actor_id: int | None,
    at: datetime,
) -> Negotiation:
    """End or correct a negotiation by a row that takes its place; the old one stays."""
    row = session.get(Negotiation, negotiation_id)
    if row is None:
        raise NotFoundError(what="negotiation in force")
    watch = Watch.over_firms(session, {row.employer_id: min(row.started_on, started_on)})
    employer = get_locked(session, row.employer_id)
    session.refresh(row)
    if row.superseded_at is not None:
        raise NotFoundError(what="negotiation in force")
    check_may_change(session, employer, actor_id, day=at.date())
    said = _checked_negotiation(opportunity, started_on, ended_on, at.date())
    new = store.replace_row(
        session, row, at=at, opportunity=said, started_on=started_on, ended_on=ended_on
    )
    record(session, employer, Event.NEGOTIATION_CHANGED, row, actor_id=actor_id, at=at)
    watch.tell(actor_id=actor_id, at=at)
    return new


def get_locked(session: Session, employer_id: int, *others: int) -> Employer:
    """Lock the firm, and others with it, until the commit. Raises NotFoundError."""
    locked = {one.id: one for one in store.lock_employers(session, employer_id, *others)}
    if missing := {employer_id, *others} - locked.keys():
        raise NotFoundError(what=f"employer {min(missing)}")
    return locked[employer_id]


def may_change(session: Session, employer: Employer, person: Person, day: date) -> bool:
    """Say whether the person may keep the firm's plain facts: as its owner or as compliance."""
    if may(person.role, Permission.EMPLOYER_CHANGE_ALL):
        return True
    return may(person.role, Permission.EMPLOYER_CHANGE_OWN) and any(
        row.person_id == person.id and covers(row, day) for row in employer.coverages
    )


def check_may_change(
    session: Session, employer: Employer, actor_id: int | None, *, day: date
) -> None:
    """Raise NotCoveredError unless the actor may; the console may."""
    if actor_id is not None and not may_change(
        session, employer, session.get_one(Person, actor_id), day
    ):
        raise NotCoveredError(name=employer.name)


def check_may_change_all(session: Session, actor_id: int | None) -> None:
    """Raise PermissionMissingError unless the actor may change any firm; the console may."""
    needed = Permission.EMPLOYER_CHANGE_ALL
    if actor_id is not None and not may(session.get_one(Person, actor_id).role, needed):
        raise PermissionMissingError(permission=needed.value)


def record(
    session: Session,
    employer: Employer,
    event: Event,
    *given_way: Base,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Append what happened to the firm, with its full state and the rows that gave way."""
    session.flush()
    session.refresh(employer, PARTS)
    audit.append(
        session,
        event,
        actor_id=actor_id,
        at=at,
        subject=f"employer:{employer.id}",
        body=document_of(employer, *given_way),
    )


def document_of(employer: Employer, *given_way: Base) -> dict[str, object]:
    """Return the full state of a firm as the trail keeps it."""
    parts = {
        name: [
            row_document(row)
            for row in (
                *(one for one in given_way if one.__tablename__ == _table_of(name)),
                *getattr(employer, name),
            )
        ]
        for name in PARTS
    }
    return {"employer": row_document(employer), **parts}


def _table_of(part: str) -> str:
    return str(getattr(Employer, part).property.mapper.local_table.name)


def _set_facts(session: Session, employer: Employer, facts: EmployerFacts) -> None:
    problems = {
        name: f"Shorten this to {LONGEST_WORD} characters."
        for name in ("segment", "region")
        if len(getattr(facts, name).strip()) > LONGEST_WORD
    }
    if problems:
        raise InputError(problems=problems)
    _check_parent(session, employer, facts.parent_id)
    employer.segment = facts.segment.strip() or None
    employer.region = facts.region.strip() or None
    employer.parent_id = facts.parent_id


def _check_parent(session: Session, employer: Employer, parent_id: int | None) -> None:
    parent = session.get(Employer, parent_id) if parent_id is not None else None
    if parent_id is not None and parent is None:
        raise NotFoundError(what="parent firm")
    above = parent
    while above is not None:
        if above.id == employer.id:
            raise EmployerLoopError(name=parent.name if parent else above.name)
        above = store.parent_now(session, above)


def _check_free(session: Session, name: str) -> None:
    taken = recipient_store.find_employer(session, name)
    if taken is not None:
        raise EmployerTakenError(name=taken.name)


def _checked_negotiation(
    opportunity: str, started_on: date, ended_on: date | None, today: date
) -> str:
    said = " ".join(opportunity.split())
    problems = problems_of({"started_on": started_on, "ended_on": ended_on}, today)
    if not 1 <= len(said) <= LONGEST_NAME or not said.isprintable():
        problems["opportunity"] = "Name the opportunity in 1 to 300 characters."
    if ended_on is not None and ended_on < started_on:
        problems["ended_on"] = (
            f"The last day cannot lie before the first, {started_on.isoformat()}."
        )
    if problems:
        raise InputError(problems=problems)
    return said
