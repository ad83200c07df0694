"""The keys under which recipients are found: kept whenever one is added, renamed or moves.

They follow from the records alone, so they are not in the trail; a record stays to be found
under its older names and employers, so nothing is taken away either.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from compliance_app.rules.matching import Contact, block_keys, contacts_named, rotations
from compliance_app.store.base import Base
from compliance_app.store.bulk import chunks
from compliance_app.store.models import Employment, Recipient, RecipientKey, RecipientWord
from compliance_app.store.plain import SumRow, write_together

Keys = Mapping[type[Base], Sequence[SumRow]]


def contacts_of(recipient: Recipient) -> list[Contact]:
    """Return a record as the matching sees it: for each employer, the last one first.

    One that names several people stands for each of them too.
    """
    employments: Sequence[Employment | None] = recipient.employments[::-1] or [None]
    return [
        contact
        for one in employments
        for contact in contacts_named(
            recipient.name,
            employer=one.employer.name if one else "",
            email=recipient.email or "",
            phone=recipient.phone or "",
            title=one.title if one else "",
            worked_from=one.started_on if one else None,
            worked_until=one.ended_on if one else None,
        )
    ]


def keep(session: Session, recipients: Iterable[Recipient]) -> None:
    """Keep the keys of records that were added or changed; they have their ids already."""
    keep_contacts(
        session, ((one.id, contact) for one in recipients for contact in contacts_of(one))
    )


def keep_contacts(session: Session, contacts: Iterable[tuple[int, Contact]]) -> None:
    """Keep the keys of records by their ids, as the matching sees each of them."""
    for some in chunks(contacts):
        put(session, keys_of(some))


def keys_of(contacts: Iterable[tuple[int, Contact]]) -> Keys:
    """Return the keys of records by their ids."""
    keys: set[SumRow] = set()
    words: set[SumRow] = set()
    for number, contact in contacts:
        keys.update((key, number) for key in block_keys(contact))
        words.update((text, number) for text in rotations(contact))
    return {RecipientKey: sorted(keys), RecipientWord: sorted(words)}


def put(session: Session, keys: Keys) -> None:
    """Keep these keys."""
    write_together(session, {}, sums=keys)


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
    if _has_keys(session):
        return 0
    # One pass over the words: they have no index by record, since nothing else asks so.
    has_none = Recipient.id.not_in(select(RecipientWord.recipient_id))
    ids = session.scalars(select(Recipient.id).where(has_none).order_by(Recipient.id)).all()
    for some in chunks(ids):
        keep(session, session.scalars(_with_work(some)))
        session.expunge_all()
    return len(ids)


def _has_keys(session: Session) -> bool:
    """Say whether the first record has keys; they are made for all together, so all have then."""
    first = session.scalars(select(Recipient).order_by(Recipient.id).limit(1)).one_or_none()
    if first is None:
        return True
    word = next(rotations(contacts_of(first)[0]), None)
    return word is not None and session.get(RecipientWord, (word, first.id)) is not None


def _with_work(ids: Sequence[int]) -> Select[Recipient]:
    return (
        select(Recipient)
        .where(Recipient.id.in_(ids))
        .options(selectinload(Recipient.employments).selectinload(Employment.employer))
    )
