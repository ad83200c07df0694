"""What customer systems brought: ids they have there, imports with their changes, mappings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, selectinload

from compliance_app.store.bulk import chunks
from compliance_app.store.gifts import json_value
from compliance_app.store.models import (
    Coverage,
    CrmChange,
    CrmImport,
    CrmMapping,
    Employer,
    Employment,
    ExternalId,
    Negotiation,
    Recipient,
    Share,
)

# One import at a time on a server of many: what it compares with must stay as it is.
IMPORT_LOCK = 3_220_708


class Job(NamedTuple):
    """One employment in force, as an import compares it."""

    employer_id: int
    employer_key: str
    title: str
    started_on: date | None
    ended_on: date | None


class Link(NamedTuple):
    """What the register knows of an id of another system."""

    id: int
    recipient_id: int | None
    employer_id: int | None
    negotiation_id: int | None
    is_retired: bool


class Contact(NamedTuple):
    """A recipient in the register, as an import compares a row with them."""

    id: int
    name: str
    email: str | None
    phone: str | None
    merged_into_id: int | None
    is_retired: bool
    jobs: tuple[Job, ...]


def lock_imports(session: Session) -> None:
    """Let another import wait until the commit; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(IMPORT_LOCK)))


def external_ids(session: Session, source: str, kind: str, ids: Iterable[str]) -> dict[str, Link]:
    """Return what the register knows of these ids of a system, by id."""
    statement = select(
        ExternalId.external_id,
        ExternalId.id,
        ExternalId.recipient_id,
        ExternalId.employer_id,
        ExternalId.negotiation_id,
        ExternalId.retired_at.is_not(None),
    ).where(ExternalId.source == source, ExternalId.kind == kind)
    return {
        external_id: Link._make(link)
        for some in chunks(sorted(set(ids) - {""}))
        for external_id, *link in session.execute(statement.where(ExternalId.external_id.in_(some)))
    }


def retired_employers(session: Session, employer_ids: Iterable[int]) -> list[Employer]:
    """Lock and return those of these firms that are out of use."""
    return [
        row
        for some in chunks(sorted(set(employer_ids)))
        for row in session.scalars(
            select(Employer)
            .where(Employer.id.in_(some), Employer.retired_at.is_not(None))
            .order_by(Employer.id)
            .with_for_update(key_share=True)
        )
    ]


def contacts(session: Session, recipient_ids: Iterable[int]) -> dict[int, Contact]:
    """Return these recipients with the work in force, by id."""
    found: dict[int, Contact] = {}
    for some in chunks(sorted(set(recipient_ids))):
        jobs = _jobs(session, some)
        rows = session.execute(
            select(
                Recipient.id,
                Recipient.name,
                Recipient.email,
                Recipient.phone,
                Recipient.merged_into_id,
                Recipient.retired_at,
            ).where(Recipient.id.in_(some))
        )
        for number, name, email, phone, merged_into_id, retired_at in rows:
            work, retired = tuple(jobs[number]), retired_at is not None
            found[number] = Contact(number, name, email, phone, merged_into_id, retired, work)
    return found


def _jobs(session: Session, recipient_ids: Sequence[int]) -> dict[int, list[Job]]:
    jobs: dict[int, list[Job]] = defaultdict(list)
    statement = (
        select(
            Employment.recipient_id,
            Employment.employer_id,
            Employer.name_key,
            Employment.title,
            Employment.started_on,
            Employment.ended_on,
        )
        .join(Employer, Employer.id == Employment.employer_id)
        .where(Employment.recipient_id.in_(recipient_ids), Employment.superseded_at.is_(None))
        .order_by(Employment.started_on.asc().nulls_first(), Employment.id)
    )
    for recipient_id, *job in session.execute(statement):
        jobs[recipient_id].append(Job._make(job))
    return jobs


def loaded(session: Session, recipient_ids: Iterable[int]) -> dict[int, Recipient]:
    """Return these recipients as they are now, with where they work, by id."""
    return {
        row.id: row
        for some in chunks(sorted(set(recipient_ids)))
        for row in session.scalars(
            select(Recipient)
            .where(Recipient.id.in_(some))
            .options(selectinload(Recipient.employments).selectinload(Employment.employer))
            .execution_options(populate_existing=True)
        )
    }


def namesakes(session: Session, keys: Iterable[str]) -> dict[tuple[str, str], int]:
    """Return the recipients in use of these names, by key of the name and of each employer."""
    statement = (
        select(Recipient.name_key, func.coalesce(Employer.name_key, ""), Recipient.id)
        .outerjoin(
            Employment,
            (Employment.recipient_id == Recipient.id) & Employment.superseded_at.is_(None),
        )
        .outerjoin(Employer, Employer.id == Employment.employer_id)
        .where(Recipient.retired_at.is_(None), Recipient.merged_into_id.is_(None))
        .order_by(Recipient.id.desc())
    )
    return {
        (name_key, employer_key): number
        for some in chunks(sorted(set(keys)))
        for name_key, employer_key, number in session.execute(
            statement.where(Recipient.name_key.in_(some))
        )
    }


def emails(session: Session, addresses: Iterable[str]) -> dict[str, int]:
    """Return whose these addresses are."""
    return {
        address: number
        for some in chunks(sorted(set(addresses) - {""}))
        for address, number in session.execute(
            select(Recipient.email, Recipient.id).where(Recipient.email.in_(some))
        )
        if address is not None
    }


def employers_by_key(session: Session, keys: Iterable[str]) -> dict[str, Employer]:
    """Return the firms of these names, by key."""
    return {
        row.name_key: row
        for some in chunks(sorted(set(keys) - {""}))
        for row in session.scalars(select(Employer).where(Employer.name_key.in_(some)))
    }


def firm_key(session: Session, employer_id: int) -> str:
    """Return the key of a firm's name."""
    return session.scalars(select(Employer.name_key).where(Employer.id == employer_id)).one()


def get_import(session: Session, import_id: int) -> CrmImport | None:
    """Lock and return an import."""
    return session.scalar(
        select(CrmImport)
        .where(CrmImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def list_imports(
    session: Session, *, before_id: int | None = None, count: int
) -> Sequence[CrmImport]:
    """Return up to `count` imports, newest first."""
    statement = select(CrmImport).order_by(CrmImport.id.desc()).limit(count)
    if before_id is not None:
        statement = statement.where(CrmImport.id < before_id)
    return session.scalars(statement).all()


def changes_of(session: Session, import_id: int) -> Iterator[CrmChange]:
    """Yield what an import changed, the last thing first."""
    below: int | None = None
    while True:
        statement = (
            select(CrmChange)
            .where(CrmChange.import_id == import_id)
            .order_by(CrmChange.id.desc())
            .limit(1_000)
        )
        if below is not None:
            statement = statement.where(CrmChange.id < below)
        rows = session.scalars(statement).all()
        yield from rows
        if not rows:
            return
        below = rows[-1].id


def used_recipients(session: Session, recipient_ids: Sequence[int]) -> set[int]:
    """Return those for whom a gift was logged, or of whom somebody decided who they are."""
    merged_into = select(Recipient.merged_into_id).where(
        Recipient.merged_into_id.in_(recipient_ids)
    )
    merged = select(Recipient.id).where(
        Recipient.id.in_(recipient_ids), Recipient.merged_into_id.is_not(None)
    )
    given = select(Share.recipient_id).where(Share.recipient_id.in_(recipient_ids))
    return {
        number
        for statement in (given, merged_into, merged)
        for number in session.scalars(statement)
        if number is not None
    }


def links_of_recipients(
    session: Session, recipient_ids: Sequence[int]
) -> dict[int, list[ExternalId]]:
    """Return the ids these recipients have elsewhere, by recipient."""
    links: dict[int, list[ExternalId]] = defaultdict(list)
    for row in session.scalars(
        select(ExternalId).where(ExternalId.recipient_id.in_(recipient_ids)).order_by(ExternalId.id)
    ):
        if row.recipient_id is not None:
            links[row.recipient_id].append(row)
    return links


def is_employer_used(session: Session, employer_id: int, *, but_owner_id: int | None) -> bool:
    """Say whether a gift, a person, an owner but this one, a deal or a subsidiary needs it."""
    return _any(
        session,
        exists().where(Share.employer_id == employer_id),
        exists().where(
            Employment.employer_id == employer_id,
            Employment.superseded_at.is_(None),
            Employment.recipient_id == Recipient.id,
            Recipient.retired_at.is_(None),
        ),
        exists().where(
            Coverage.employer_id == employer_id,
            Coverage.superseded_at.is_(None),
            Coverage.person_id != (but_owner_id or 0),
        ),
        exists().where(Negotiation.employer_id == employer_id, Negotiation.superseded_at.is_(None)),
        exists().where(Employer.parent_id == employer_id, Employer.retired_at.is_(None)),
    )


def _any(session: Session, *conditions: Any) -> bool:  # noqa: ANN401 - as `exists` makes them
    return any(session.scalar(select(one)) for one in conditions)


def external_ids_of(
    session: Session,
    *,
    recipient_id: int | None = None,
    employer_id: int | None = None,
    negotiation_id: int | None = None,
) -> Sequence[ExternalId]:
    """Return the ids that a recipient, a firm or a negotiation has elsewhere."""
    statement = select(ExternalId).order_by(ExternalId.id)
    for column, number in (
        (ExternalId.recipient_id, recipient_id),
        (ExternalId.employer_id, employer_id),
        (ExternalId.negotiation_id, negotiation_id),
    ):
        if number is not None:
            statement = statement.where(column == number)
    return session.scalars(statement).all()


def mapping(session: Session, name: str) -> CrmMapping | None:
    """Return the mapping of this name that is in force."""
    return session.scalar(
        select(CrmMapping).where(CrmMapping.name == name).order_by(CrmMapping.id.desc()).limit(1)
    )


def mappings(session: Session) -> Sequence[CrmMapping]:
    """Return every mapping in force, by name."""
    newest = select(func.max(CrmMapping.id)).group_by(CrmMapping.name)
    return session.scalars(
        select(CrmMapping).where(CrmMapping.id.in_(newest)).order_by(CrmMapping.name)
    ).all()


def work_of(jobs: Iterable[Job | Employment]) -> list[dict[str, object]]:
    """Return employments as a change keeps them."""
    names = ("employer_id", "title", "started_on", "ended_on")
    return [{name: json_value(getattr(job, name)) for name in names} for job in jobs]
