"""What a reviewer compares a request with: gifts to the same employer, and the giver's quarter."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, String, case, cast, func, select
from sqlalchemy.orm import Session

from compliance_app.rules.flags import FlagCode
from compliance_app.rules.workflow import State
from compliance_app.store.models import Gift, GiftVersion, Person, Share

# Never handed in, or taken back by the giver: nothing to compare with.
NOTHING = (State.DRAFT, State.DISCARDED, State.WITHDRAWN, State.CANCELLED)


class NearGift(NamedTuple):
    """One share that went to the same employer."""

    reference: str
    given_on: date
    recipient: str
    giver: str
    state: State
    counted_cents: int


class Sum(NamedTuple):
    """How many gifts to how many people, what they count for, and how many were logged late."""

    gifts: int
    people: int
    counted_cents: int
    late: int


def to_employer(
    session: Session, employer_id: int, *, since: date, before: date, except_gift_id: int
) -> Sum:
    """Add up what people of an employer were given in [since, before)."""
    return _sum(
        session,
        Share.employer_id == employer_id,
        Share.given_on >= since,
        Share.given_on < before,
        Share.gift_id != except_gift_id,
    )


def of_giver(session: Session, giver_id: int, *, since: date, before: date) -> Sum:
    """Add up what a giver gave in [since, before)."""
    return _sum(
        session, Gift.giver_id == giver_id, Share.given_on >= since, Share.given_on < before
    )


def latest_to_employer(
    session: Session,
    employer_id: int,
    *,
    since: date,
    before: date,
    except_gift_id: int,
    count: int,
) -> list[NearGift]:
    """Return the newest shares that went to people of an employer in [since, before)."""
    statement = (
        select(
            Gift.reference,
            Share.given_on,
            Share.recipient_name,
            Person.name,
            Gift.state,
            Share.counted_cents,
        )
        .join(Gift, Gift.id == Share.gift_id)
        .join(GiftVersion, GiftVersion.id == Share.version_id)
        .join(Person, Person.id == Gift.giver_id)
        .where(
            Share.employer_id == employer_id,
            Share.given_on >= since,
            Share.given_on < before,
            Share.gift_id != except_gift_id,
            GiftVersion.number == Gift.version_number,
            Gift.state.not_in(NOTHING),
        )
        .order_by(Share.given_on.desc(), Share.id.desc())
        .limit(count)
    )
    return [NearGift._make(row) for row in session.execute(statement)]


def _sum(session: Session, *which: object) -> Sum:
    late = cast(GiftVersion.flags, String).like(f'%"{FlagCode.LATE_ENTRY.value}"%')
    statement = (
        select(
            func.count(Gift.id.distinct()),
            func.count(Share.recipient_id.distinct()),
            # PostgreSQL sums large integers to a decimal.
            cast(
                func.coalesce(func.sum(case((Share.holds_room, Share.counted_cents), else_=0)), 0),
                BigInteger,
            ),
            func.count(case((late, Gift.id)).distinct()),
        )
        .select_from(Share)
        .join(Gift, Gift.id == Share.gift_id)
        .join(GiftVersion, GiftVersion.id == Share.version_id)
        .where(
            *which,  # type: ignore[arg-type]
            GiftVersion.number == Gift.version_number,
            Gift.state.not_in(NOTHING),
        )
    )
    return Sum._make(session.execute(statement).one())
