"""The keys under which recipients are found: kept whenever one is added, renamed or moves.

They follow from the records alone, so they are not in the trail; a record stays to be found
under its older names and employers, so nothing is taken away either.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, Select, Text, func, select, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, selectinload

from compliance_app.rules.matching import Contact, block_keys, rotations
from compliance_app.store.bulk import chunks
from compliance_app.store.models import Employment, Recipient, RecipientKey, RecipientWord


def contacts_of(recipient: Recipient) -> list[Contact]:
    """Return a record as the matching sees it: once for each employer, the last one first."""
    employments: Sequence[Employment | None] = recipient.employments[::-1] or [None]
    return [
        Contact.of(
            recipient.name,
            employer=one.employer.name if one else "",
            email=recipient.email or "",
            phone=recipient.phone or "",
            title=one.title if one else "",
            worked_from=one.started_on if one else None,
            worked_until=one.ended_on if one else None,
        )
        for one in employments
    ]


def keep(session: Session, recipients: Iterable[Recipient]) -> None:
    """Keep the keys of records that were added or changed; they have their ids already."""
    keep_contacts(
        session, ((one.id, contact) for one in recipients for contact in contacts_of(one))
    )


def keep_contacts(session: Session, contacts: Iterable[tuple[int, Contact]]) -> None:
    """Keep the keys of records by their ids, as the matching sees each of them."""
    for some in chunks(contacts):
        keys = {(key, number) for number, contact in some for key in block_keys(contact)}
        words = {(text, number) for number, contact in some for text in rotations(contact)}
        _insert(session, RecipientKey, "key", sorted(keys))
        _insert(session, RecipientWord, "text", sorted(words))


def keep_people_of(session: Session, employer_id: int) -> None:
    """Keep the keys of everybody who works or worked at a firm, whose name has changed."""
    session.flush()
    here = select(Employment.recipient_id).where(
        Employment.employer_id == employer_id, Employment.superseded_at.is_(None)
    )
    ids = session.scalars(select(Recipient.id).where(Recipient.id.in_(here))).all()
    for some in chunks(ids):
        keep(session, session.scalars(_with_work(some)))


def fill(session: Session) -> int:
    """Make the keys of the records that have none, and say how many there were."""
    # One pass over the words: they have no index by record, since nothing else asks so.
    has_none = Recipient.id.not_in(select(RecipientWord.recipient_id))
    ids = session.scalars(select(Recipient.id).where(has_none).order_by(Recipient.id)).all()
    for some in chunks(ids):
        keep(session, session.scalars(_with_work(some)))
        session.expunge_all()
    return len(ids)


def _with_work(ids: Sequence[int]) -> Select[Recipient]:
    return (
        select(Recipient)
        .where(Recipient.id.in_(ids))
        .options(selectinload(Recipient.employments).selectinload(Employment.employer))
    )


def _insert(
    session: Session,
    model: type[RecipientKey | RecipientWord],
    column: str,
    rows: Sequence[tuple[int | str, int]],
) -> None:
    if not rows:
        return
    if session.get_bind().dialect.name == "sqlite":
        statement = sqlite.insert(model).on_conflict_do_nothing()
        values = [{column: value, "recipient_id": number} for value, number in rows]
        session.connection().execute(statement, values)
        return
    kind = ARRAY(BigInteger if model is RecipientKey else Text)
    made = select(
        func.unnest(type_coerce([value for value, _ in rows], kind)),
        func.unnest(type_coerce([number for _, number in rows], ARRAY(BigInteger))),
    )
    session.connection().execute(
        postgresql.insert(model)
        .from_select([column, "recipient_id"], made)
        .on_conflict_do_nothing()
    )
