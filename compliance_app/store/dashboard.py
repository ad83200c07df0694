"""What the first page asks of the register: the own gifts in which something is still open."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, CompoundSelect, cast, func, select, union
from sqlalchemy.orm import Session

from compliance_app.rules.workflow import State
from compliance_app.store.models import Gift, GiftVersion, Share
from compliance_app.store.models.gifts import IN_FORCE, IS_OPEN


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
    """Return up to `count` gifts in an open state that are the person's own, newest first."""
    own = _own_open(person_id).subquery()
    ids = select(own.c.id).where(own.c.state == state).order_by(own.c.id.desc()).limit(count)
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
        .join(GiftVersion, IN_FORCE)
        .join(Share, Share.version_id == GiftVersion.id)
        .where(Gift.id.in_(session.scalars(ids).all()))
        .group_by(Gift.id, GiftVersion.id)
        .order_by(Gift.id.desc())
    )
    return [OpenGift(*row) for row in session.execute(statement)]


def count_open(session: Session, person_id: int) -> dict[State, int]:
    """Return how many of the person's own gifts are in each open state."""
    own = _own_open(person_id).subquery()
    rows = session.execute(select(own.c.state, func.count()).group_by(own.c.state))
    return {row[0]: row[1] for row in rows}


def _own_open(person_id: int) -> CompoundSelect[int, State]:
    """Return the open gifts a person gave, logged or took over, each by an index of its own."""
    return union(
        *(
            select(Gift.id, Gift.state).where(IS_OPEN, whose == person_id)
            for whose in (Gift.giver_id, Gift.logged_by_id, Gift.handed_to_id)
        )
    )
