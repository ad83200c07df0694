"""Finding people by what somebody types, among a million: ranges and equal keys of an index alone.

Who may be meant comes from the begun names and the blocking keys, a bounded number of rows of
each; the rules say who fits best. A merged record is found by its own name and leads to the
person that goes on.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from compliance_app.rules.matching import AFTER_ALL, Contact, Typed, fit
from compliance_app.store.models import Recipient, RecipientKey, RecipientWord
from compliance_app.store.recipients import Found, found_among, newest_employer

# How many rows are looked at: of one beginning, of one key, and whole records that are ranked.
_OF_A_BEGINNING = 60
_OF_A_KEY = 250
_RANKED = 80
_LEAST_FIT = 0.55


class Record(NamedTuple):
    """A record that may be meant, with the person that goes on for it."""

    id: int
    person_id: int
    name: str
    email: str | None
    employer: str | None


def search(session: Session, text: str, *, count: int) -> list[Found]:
    """Return the people who fit best what is typed, the best first."""
    typed = Typed.of(text)
    if not typed.beginning:
        return []
    ids = dict.fromkeys([*_begun(session, typed.beginning), *with_keys(session, typed.keys)])
    fits: dict[int, float] = {}
    for record in records(session, ids):
        contact = Contact.of(record.name, employer=record.employer or "", email=record.email or "")
        value = fit(typed, contact)
        if value >= _LEAST_FIT:
            fits[record.person_id] = max(value, fits.get(record.person_id, 0.0))
    best = sorted(fits, key=lambda person_id: (-fits[person_id], person_id))[:count]
    people = {person.id: person for person in found_among(session, best)}
    return sorted(
        people.values(), key=lambda person: (-round(fits[person.id], 2), person.name, person.id)
    )


def with_keys(session: Session, keys: Iterable[int], *, count: int = _RANKED) -> Sequence[int]:
    """Return the records with these keys, those with the most of them first."""
    ways = [_with_key(key) for key in sorted(keys)]
    if not ways:
        return ()
    rows = union_all(*ways).subquery()
    return session.scalars(
        select(rows.c.recipient_id)
        .group_by(rows.c.recipient_id)
        .order_by(func.count().desc(), rows.c.recipient_id)
        .limit(count)
    ).all()


def records(session: Session, ids: Iterable[int]) -> list[Record]:
    """Return records with the employer they have now, or had last."""
    statement = newest_employer(
        Recipient.id,
        func.coalesce(Recipient.merged_into_id, Recipient.id),
        Recipient.name,
        Recipient.email,
    ).where(Recipient.id.in_(list(ids)), Recipient.retired_at.is_(None))
    return [Record._make(row) for row in session.execute(statement)]


def _begun(session: Session, beginning: str) -> Sequence[int]:
    return session.scalars(
        select(RecipientWord.recipient_id)
        .where(RecipientWord.text >= beginning, RecipientWord.text < beginning + AFTER_ALL)
        .order_by(RecipientWord.text, RecipientWord.recipient_id)
        .limit(_OF_A_BEGINNING)
    ).all()


def _with_key(key: int) -> Select[tuple[int]]:
    some = (
        select(RecipientKey.recipient_id).where(RecipientKey.key == literal(key)).limit(_OF_A_KEY)
    ).subquery()
    return select(some.c.recipient_id)
