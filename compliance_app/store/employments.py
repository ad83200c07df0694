"""Where recipients worked: the rows that give way, and the gifts whose employer they decide."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from compliance_app.rules.workflow import State
from compliance_app.store.models import Employment, Gift, GiftVersion, Recipient, Share


def gifts_since(session: Session, recipient_ids: Iterable[int], first_day: date) -> Sequence[str]:
    """Return the references of gifts to these records from the day on, in the order of locks."""
    return session.scalars(
        select(Gift.reference)
        .join(Share, Share.gift_id == Gift.id)
        .join(GiftVersion, GiftVersion.id == Share.version_id)
        .where(
            Share.recipient_id.in_(list(recipient_ids)),
            Share.given_on >= first_day,
            GiftVersion.number == Gift.version_number,
            Gift.state != State.DISCARDED,
        )
        .order_by(Gift.id)
    ).all()


def who_was_given(session: Session, person_ids: Sequence[int]) -> Sequence[int]:
    """Return those of these people for whom any gift is on record, in the order of their ids."""
    person = func.coalesce(Recipient.merged_into_id, Recipient.id)
    records = select(Recipient.id).where(
        or_(Recipient.id.in_(person_ids), Recipient.merged_into_id.in_(person_ids))
    )
    statement = (
        select(person)
        .join(Share, Share.recipient_id == Recipient.id)
        .where(Share.recipient_id.in_(records))
        .distinct()
        .order_by(person)
    )
    return [row[0] for row in session.execute(statement) if row[0] is not None]


def replace_row(
    session: Session, row: Employment, *, at: datetime, ended_on: date | None
) -> Employment:
    """Let a row with another end take a row's place; the old one stays, superseded."""
    row.superseded_at = at
    new = Employment(
        recipient_id=row.recipient_id,
        employer_id=row.employer_id,
        title=row.title,
        started_on=row.started_on,
        ended_on=ended_on,
    )
    session.add(new)
    return new
