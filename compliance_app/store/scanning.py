"""The register as a scan reads it: everybody once, then the keys slice by slice, in order."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.orm import Session

from compliance_app.rules.matching import LARGEST_BLOCK, Contact
from compliance_app.rules.matching.contacts import number_of
from compliance_app.rules.matching.employers import parse_employer
from compliance_app.rules.matching.names import parse_name
from compliance_app.store.models import (
    Employer,
    Employment,
    Recipient,
    RecipientKey,
    RecipientScan,
)
from compliance_app.store.prepared import stream

# The keys by which records are compared are the numbers below zero, spread evenly.
LEAST, SPAN = -(2**63), 2**63
ROWS = 20_000


def contacts(session: Session) -> Iterator[tuple[int, int, Contact]]:
    """Yield every record that is not retired: its number, who goes on for it, and what is known."""
    firms = {
        number: parse_employer(name)
        for number, name in session.execute(select(Employer.id, Employer.name))
    }
    # What many share is kept once: less memory, and nearer to the processor.
    shared: dict[str, str] = {}
    once = shared.setdefault
    rows = stream(session, _everybody(), some=ROWS)
    for number, person_id, name, email, phone, employer_id, title in rows:
        first, middle, last, generation, office = parse_name(name)
        yield (
            number,
            person_id,
            Contact(
                once(first, first),
                once(middle, middle),
                once(last, last),
                generation,
                office,
                firms.get(employer_id, ""),
                email or "",
                number_of(phone) if phone else "",
                once(low := title.lower(), low) if title else "",
            ),
        )


def _everybody() -> Select[*tuple[Any, ...]]:
    """Return the select of all records that are not retired, each with its newest employment."""
    newest = (
        select(Employment.recipient_id, func.max(Employment.id).label("id"))
        .where(Employment.superseded_at.is_(None))
        .group_by(Employment.recipient_id)
        .subquery()
    )
    return (
        select(
            Recipient.id,
            func.coalesce(Recipient.merged_into_id, Recipient.id),
            Recipient.name,
            Recipient.email,
            Recipient.phone,
            Employment.employer_id,
            Employment.title,
        )
        .outerjoin(newest, newest.c.recipient_id == Recipient.id)
        .outerjoin(Employment, Employment.id == newest.c.id)
        .where(Recipient.retired_at.is_(None))
        .order_by(Recipient.id)
    )


def blocks(session: Session, since: int, before: int) -> Iterator[list[int]]:
    """Yield the records of each comparing key in a range, where there are several and not too many.

    The database puts them together, so that the many keys of one record alone are never read.
    """
    statement = (
        select(func.aggregate_strings(cast(RecipientKey.recipient_id, Text), ","))
        .where(
            RecipientKey.key >= since,
            RecipientKey.key < before,
        )
        .group_by(RecipientKey.key)
        .having(func.count().between(2, LARGEST_BLOCK))
    )
    for (numbers,) in stream(session, statement, some=ROWS):
        yield sorted(map(int, numbers.split(",")))


def stopped(session: Session) -> RecipientScan | None:
    """Return the scan that was begun and has not finished, if there is one."""
    return session.scalar(
        select(RecipientScan)
        .where(RecipientScan.finished_at.is_(None))
        .order_by(RecipientScan.id)
        .limit(1)
    )


def lock(session: Session, scan_id: int) -> RecipientScan:
    """Return a scan as it is now, and let nobody else move it meanwhile."""
    return session.get_one(RecipientScan, scan_id, with_for_update=True, populate_existing=True)
