"""Gifts: numbering, locking, lists for people, and the record the trail keeps of one."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from compliance_app.store.base import Base
from compliance_app.store.bulk import among, chunks
from compliance_app.store.models import (
    Gift,
    GiftVersion,
    Recipient,
    Share,
)
from compliance_app.store.prepared import Prepared, Question, ask
from compliance_app.store.told import assessment_told

# The form of the references this register gives itself, with the number in it.
OWN_REFERENCE = re.compile(r"G-[0-9]{4}-([0-9]{6,})")


def own_reference(gift_id: int, at: datetime) -> str:
    """Return the reference this register gives a gift that is logged at the moment."""
    return f"G-{at.year}-{gift_id:06d}"


def lock_gift(session: Session, reference: str) -> Gift | None:
    """Lock and return the gift; it is locked before any recipient is."""
    return session.scalar(
        select(Gift)
        .where(Gift.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def find_by_reference(session: Session, reference: str) -> Gift | None:
    """Return the gift with everything a page shows of it."""
    return session.scalar(
        select(Gift)
        .where(Gift.reference == reference)
        .options(
            selectinload(Gift.versions)
            .selectinload(GiftVersion.shares)
            .options(selectinload(Share.assessment), selectinload(Share.employer)),
            selectinload(Gift.decisions),
        )
    )


def get_by_reference(session: Session, reference: str) -> Gift:
    """Return the gift, which is in the register, with everything a page shows of it."""
    gift = find_by_reference(session, reference)
    if gift is None:
        raise LookupError(f"Gift {reference} is not in the register.")
    return gift


def find_by_submission(session: Session, key: str) -> Gift | None:
    """Return the gift that this form made."""
    return session.scalar(select(Gift).where(Gift.submission_key == key))


def lock_submission(session: Session, key: str) -> None:
    """Let the same form sent twice at once wait for its twin, until the commit."""
    ask(session, *twin_held_off(session, key))


def twin_held_off(session: Session, key: str | None) -> tuple[Question, ...]:
    """Return the question that locks a form's key where there is more than one writer."""
    if key is None or session.get_bind().dialect.name == "sqlite":
        return ()
    return (_KEY(key=key),)


_KEY = Prepared(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("key", type_=String), 0)))
)


def is_of(person_id: int) -> ColumnElement[bool]:
    """Return what makes a gift a person's own: they gave it, logged it or took it over."""
    return or_(
        Gift.giver_id == person_id,
        Gift.logged_by_id == person_id,
        Gift.handed_to_id == person_id,
    )


def document_of(gift: Gift) -> dict[str, object]:
    """Return the full state of a gift as the trail keeps it: enough to rebuild its rows."""
    version = gift.version
    return {
        "gift": row_document(gift),
        "version": row_document(version),
        "shares": [row_document(share) for share in version.shares],
        # An amendment frees the room that the shares of the version before it held.
        "earlier_shares": [
            row_document(share) for earlier in gift.versions[:-1] for share in earlier.shares
        ],
        "assessments": [
            assessment_told(row_document(share.assessment))
            for share in version.shares
            if share.assessment
        ],
        "decisions": [row_document(decision) for decision in gift.decisions],
    }


def ids_by_reference(session: Session, references: Iterable[str]) -> dict[str, int]:
    """Return the numbers of gifts by what people call them."""
    return {
        reference: number
        for some in chunks(sorted(set(references)))
        for reference, number in session.execute(
            select(Gift.reference, Gift.id).where(Gift.reference.in_(some))
        )
    }


def given_to(session: Session, hashes: Iterable[str]) -> dict[int, set[str]]:
    """Return the gifts of these rows as people call them, by whom they are for."""
    found: dict[int, set[str]] = {}
    person_id = func.coalesce(Recipient.merged_into_id, Recipient.id)
    statement = (
        select(person_id, Gift.reference)
        .join(Share, Share.recipient_id == Recipient.id)
        .join(Gift, Gift.id == Share.gift_id)
    )
    for some in chunks(sorted(set(hashes))):
        for one, reference in session.execute(statement.where(Gift.row_sha256.in_(some))):
            found.setdefault(one, set()).add(reference)
    return found


def row_document(row: Base, *, without: frozenset[str] = frozenset()) -> dict[str, object]:
    """Return a row's columns as JSON values, but for those that must never leave the table."""
    return {
        column.key: json_value(getattr(row, column.key))
        for column in row.__mapper__.column_attrs
        if column.key not in without
    }


def known_hashes(session: Session, hashes: Iterable[str]) -> set[str]:
    """Return which of these imported rows are in the register."""
    return _known(session, Gift.row_sha256, hashes)


def known_references(session: Session, references: Iterable[str]) -> set[str]:
    """Return which of these references the register has."""
    return _known(session, Gift.reference, references)


def _known(session: Session, column: InstrumentedAttribute[Any], values: Iterable[str]) -> set[str]:
    return {
        known
        for some in chunks(sorted(set(values)))
        for known in session.scalars(select(column).where(among(session, column, some)))
    }


def json_value(value: object) -> object:
    """Return a column's value as JSON holds it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
