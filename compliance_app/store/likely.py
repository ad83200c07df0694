"""Who may be the same person as a contact, found by the blocking keys; how rare names are.

The counts are capped: beyond that a name is common, and how common no longer matters.
"""

from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from compliance_app.rules.matching import (
    Contact,
    Match,
    Rarity,
    compare,
    points_of,
    score_of,
)
from compliance_app.rules.matching.keys import comparing_keys
from compliance_app.store.finding import with_keys
from compliance_app.store.models import Employer, Employment, Recipient, RecipientWord
from compliance_app.store.recipient_keys import contacts_of
from compliance_app.store.recipients import with_work

_CANDIDATES = 60
_COUNTED = 5_000


class Likely(NamedTuple):
    """A person a contact may be, and why."""

    person_id: int
    record_id: int
    match: Match


def likely(
    session: Session, contact: Contact, *, least: int, except_id: int | None = None
) -> list[Likely]:
    """Return the people whom a contact may be, from a score on, the likeliest first."""
    ids = with_keys(session, comparing_keys(contact), count=_CANDIDATES)
    rarity = rarity_of(session, contact)
    best: dict[int, Likely] = {}
    for record in with_work(session, ids):
        person_id = record.merged_into_id or record.id
        if except_id in {record.id, person_id} or record.retired_at is not None:
            continue
        points, other = max(
            ((points_of(contact, other, rarity), other) for other in contacts_of(record)),
            key=itemgetter(0),
        )
        known = best[person_id].match.score if person_id in best else least - 1
        if score_of(points) > known:
            match = compare(contact, other, rarity)
            best[person_id] = Likely(person_id, record.id, match)
    return sorted(best.values(), key=lambda one: (-one.match.score, one.person_id))


def rarity_of(session: Session, contact: Contact) -> Rarity:
    """Return how rare the parts of a contact are in the register."""
    return Rarity(
        session.scalar(select(func.max(Recipient.id))) or 0,
        first={contact.first: _with_word(session, contact.first)},
        last={word: _with_word(session, word) for word in {contact.last, *contact.last_words}},
        employer=_with_employer(session, contact.employer),
    )


def _with_word(session: Session, word: str) -> int:
    """Count the records with a word in their name."""
    if not word:
        return 1
    some = (
        select(RecipientWord.recipient_id)
        .where(RecipientWord.text >= word + " ", RecipientWord.text < word + "!")
        .limit(_COUNTED)
        .subquery()
    )
    return max(_count(session, some), 1)


def _with_employer(session: Session, name: str) -> dict[str, int]:
    """Count the people at the firms whose name begins like the contact's employer."""
    if not name:
        return {}
    beginning = name.split(maxsplit=1)[0]
    some = (
        select(Employment.recipient_id)
        .join(Employer, Employer.id == Employment.employer_id)
        .where(Employer.name_key >= beginning, Employer.name_key < beginning + "~")
        .limit(_COUNTED)
        .subquery()
    )
    return {name: max(_count(session, some), 1)}


def _count(session: Session, some: Subquery) -> int:
    return session.scalar(select(func.count()).select_from(some)) or 0
