"""What the first page asks of the register: the own gifts in which something is still open."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from compliance_app.rules.workflow import State
from compliance_app.store.gifts import is_of
from compliance_app.store.models import Gift, GiftVersion, Share


class OpenGift(NamedTuple):
    """One own gift: whom it is for, and the value over all its recipients."""

    reference: str
    state: State
    given_on: date
    description: str
    recipient: str
    recipients: int
    counted_cents: int


def list_open(session: Session, person_id: int, *, state: State, count: int) -> list[OpenGift]:
    """Return up to `count` gifts in a state that the person gave or logged, newest first."""
    statement = (
        select(
            Gift.reference,
            Gift.state,
            GiftVersion.given_on,
            GiftVersion.description,
            func.min(Share.recipient_name),
            func.count(Share.id),
            # PostgreSQL sums large integers to a decimal.
            cast(func.sum(Share.counted_cents), BigInteger),
        )
        .join(
            GiftVersion,
            (GiftVersion.gift_id == Gift.id) & (GiftVersion.number == Gift.version_number),
        )
        .join(Share, Share.version_id == GiftVersion.id)
        .where(is_of(person_id), Gift.state == state)
        .group_by(Gift.id, GiftVersion.id)
        .order_by(Gift.id.desc())
        .limit(count)
    )
    return [OpenGift(*row) for row in session.execute(statement)]


def count_open(session: Session, person_id: int) -> dict[State, int]:
    """Return how many gifts that the person gave or logged are in each state."""
    statement = select(Gift.state, func.count(Gift.id)).where(is_of(person_id)).group_by(Gift.state)
    return {row[0]: row[1] for row in session.execute(statement)}
