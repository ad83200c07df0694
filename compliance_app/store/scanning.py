"""The register as a scan reads it: everybody once, then the keys slice by slice, in order."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from compliance_app.rules.matching import Contact
from compliance_app.rules.matching.employers import parse_employer
from compliance_app.rules.matching.names import parse_name
from compliance_app.store.models import Employer, Employment, Recipient, RecipientKey

# Keys are numbers of eight bytes with a sign, spread evenly.
LEAST, SPAN = -(2**63), 2**64
ROWS = 50_000
# The largest block whose records are compared; beyond that what they share is common.
LARGEST_BLOCK = 12


def contacts(session: Session) -> Iterator[tuple[int, int, Contact]]:
    """Yield every record that is not retired: its number, who goes on for it, and what is known."""
    newest = (
        select(Employment.recipient_id, func.max(Employment.id).label("id"))
        .where(Employment.superseded_at.is_(None))
        .group_by(Employment.recipient_id)
        .subquery()
    )
    statement = (
        select(
            Recipient.id,
            func.coalesce(Recipient.merged_into_id, Recipient.id),
            Recipient.name,
            Recipient.email,
            Employment.employer_id,
            Employment.title,
        )
        .outerjoin(newest, newest.c.recipient_id == Recipient.id)
        .outerjoin(Employment, Employment.id == newest.c.id)
        .where(Recipient.retired_at.is_(None))
        .order_by(Recipient.id)
    )
    firms = {
        number: parse_employer(name)
        for number, name in session.execute(select(Employer.id, Employer.name))
    }
    rows = session.connection().execution_options(yield_per=ROWS).execute(statement)
    for number, person_id, name, email, employer_id, title in rows:
        first, middle, last, generation, office = parse_name(name)
        firm = firms.get(employer_id, "") if employer_id else ""
        yield (
            number,
            person_id,
            Contact(
                first,
                middle,
                last,
                generation,
                office,
                firm,
                email or "",
                "",
                title.lower() if title else "",
            ),
        )


def blocks(session: Session, since: int, before: int) -> Iterator[list[int]]:
    """Yield the records of each comparing key in a range, where there are several and not many."""
    statement = (
        select(RecipientKey.key, RecipientKey.recipient_id)
        .where(
            RecipientKey.key >= since,
            RecipientKey.key <= before - 1,
            RecipientKey.key % 2 == 0,
        )
        .order_by(RecipientKey.key, RecipientKey.recipient_id)
    )
    rows = session.connection().execution_options(yield_per=ROWS).execute(statement)
    for _, same in groupby(rows, key=itemgetter(0)):
        block = [number for _, number in same]
        if 1 < len(block) <= LARGEST_BLOCK:
            yield block
