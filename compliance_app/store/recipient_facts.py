"""The people a gift is for, as its judging looks at them: locked and read in one go.

Sums and locks are of the person who goes on, whichever of their records is named.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Executable, Select, bindparam, func, null, select, union_all
from sqlalchemy.orm import Session, aliased

from compliance_app.rules.employers import EmployerClass
from compliance_app.rules.employments import Departure
from compliance_app.rules.facts import RecipientClass
from compliance_app.store.base import run
from compliance_app.store.bulk import chunks
from compliance_app.store.models import (
    Classification,
    Employer,
    Employment,
    Negotiation,
    Recipient,
)


class ClassificationFacts(NamedTuple):
    """What a firm is, from and to."""

    employer_class: EmployerClass
    started_on: date | None
    ended_on: date | None


class NegotiationFacts(NamedTuple):
    """The days in which business is negotiated with a firm."""

    started_on: date | None
    ended_on: date | None


class EmployerFacts(NamedTuple):
    """A client firm, with what it was and what was negotiated with it."""

    id: int
    name: str
    classifications: tuple[ClassificationFacts, ...] = ()
    negotiations: tuple[NegotiationFacts, ...] = ()


class EmploymentFacts(NamedTuple):
    """Where somebody works or worked."""

    employer: EmployerFacts
    started_on: date | None = None
    ended_on: date | None = None


class RecipientFacts(NamedTuple):
    """A person at a client."""

    id: int
    name: str
    email: str | None
    recipient_class: RecipientClass
    departure: Departure | None = None
    departed_on: date | None = None
    merged_into_id: int | None = None
    employments: tuple[EmploymentFacts, ...] = ()


def lock_recipients(session: Session, recipient_ids: Iterable[int]) -> dict[int, RecipientFacts]:
    """Lock the people behind the given records, in ascending order, until the commit.

    Returns the person that goes on for each given id, so that merged records are one; who is
    not in the register is not in the answer.
    """
    ids = sorted(set(recipient_ids))
    while True:
        people = _people_behind(session, _LOCKED_PEOPLE, ids)
        # Whoever was merged while this waited is locked; so must be the person who goes on.
        if not any(person.merged_into_id for person in people.values()):
            return people


def people_behind(session: Session, recipient_ids: Iterable[int]) -> dict[int, RecipientFacts]:
    """Return the person that goes on for each given id, without locking anybody."""
    return _people_behind(session, _PEOPLE, sorted(set(recipient_ids)))


def lock_all(session: Session, recipient_ids: Iterable[int]) -> dict[int, RecipientFacts]:
    """Lock many people as `lock_recipients` does, in as many readings as it takes."""
    behind = people_behind(session, recipient_ids)
    locked = lock_recipients(session, {person.id for person in behind.values()})
    return {given: locked[person.id] for given, person in behind.items()}


def _people_behind(
    session: Session, statement: Select[*tuple[Any, ...]], recipient_ids: Sequence[int]
) -> dict[int, RecipientFacts]:
    people: dict[int, RecipientFacts] = {}
    for ids in chunks(recipient_ids):
        rows = run(session, statement, {"ids": ids}).all()
        employers = _employers(session, {row.employer_id: row.employer for row in rows})
        for row in rows:
            known = people.get(row.given_id) or RecipientFacts(*row[1:_PERSON_ENDS])
            if row.employer_id is not None:
                job = EmploymentFacts(employers[row.employer_id], row.started_on, row.ended_on)
                known = known._replace(employments=(*known.employments, job))
            people[row.given_id] = known
    return people


def _employers(session: Session, names: Mapping[int | None, str]) -> dict[int, EmployerFacts]:
    employers = {one: EmployerFacts(one, name) for one, name in names.items() if one is not None}
    if not employers:
        return {}
    for row in run(session, _FIRM_SPANS, {"ids": sorted(employers)}):
        firm = employers[row.employer_id]
        if row.employer_class is None:
            spans = (*firm.negotiations, NegotiationFacts(row.started_on, row.ended_on))
            employers[firm.id] = firm._replace(negotiations=spans)
        else:
            kind = ClassificationFacts(row.employer_class, row.started_on, row.ended_on)
            employers[firm.id] = firm._replace(classifications=(*firm.classifications, kind))
    return employers


def employer_facts(employer: Employer) -> EmployerFacts:
    """Return the facts of a firm that was loaded."""
    return EmployerFacts(
        employer.id,
        employer.name,
        tuple(
            ClassificationFacts(one.employer_class, one.started_on, one.ended_on)
            for one in employer.classifications
        ),
        tuple(NegotiationFacts(one.started_on, one.ended_on) for one in employer.negotiations),
    )


def _select_people() -> Select[*tuple[Any, ...]]:
    """Return the people behind records, with every place they worked at in one reading."""
    given = aliased(Recipient)
    works = (Employment.recipient_id == Recipient.id) & Employment.superseded_at.is_(None)
    return (
        select(
            given.id.label("given_id"),
            Recipient.id,
            Recipient.name,
            Recipient.email,
            Recipient.recipient_class,
            Recipient.departure,
            Recipient.departed_on,
            Recipient.merged_into_id,
            Employment.employer_id,
            Employer.name.label("employer"),
            Employment.started_on,
            Employment.ended_on,
        )
        .select_from(given)
        .join(Recipient, Recipient.id == func.coalesce(given.merged_into_id, given.id))
        .outerjoin(Employment, works)
        .outerjoin(Employer, Employer.id == Employment.employer_id)
        .where(given.id.in_(bindparam("ids", expanding=True)))
        .order_by(Recipient.id, given.id, Employment.id)
    )


def _select_spans() -> Executable:
    """Return what firms were and what was negotiated with them, in the order it was entered."""
    wanted: BindParameter[int] = bindparam("ids", expanding=True)
    return union_all(
        select(
            Classification.id,
            Classification.employer_id,
            Classification.employer_class,
            Classification.started_on,
            Classification.ended_on,
        ).where(Classification.employer_id.in_(wanted), Classification.superseded_at.is_(None)),
        select(
            Negotiation.id,
            Negotiation.employer_id,
            null(),
            Negotiation.started_on,
            Negotiation.ended_on,
        ).where(Negotiation.employer_id.in_(wanted), Negotiation.superseded_at.is_(None)),
    ).order_by("id")


_PERSON_ENDS = len(RecipientFacts._fields)
_PEOPLE = _select_people()
_LOCKED_PEOPLE = _PEOPLE.with_for_update(of=Recipient)
_FIRM_SPANS = _select_spans()
