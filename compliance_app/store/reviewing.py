"""What a reviewer compares a request with: gifts to the same employer, and the giver's quarter."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, case, cast, func, select
from sqlalchemy.orm import Session

from compliance_app.rules.workflow import State
from compliance_app.store.models import Gift, GiftVersion, GiverMonth, Person, Share

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
    """How many gifts to how many people, and what they count for."""

    gifts: int
    people: int
    counted_cents: int


class GiverSum(NamedTuple):
    """How many of a giver's gifts count, for how much, and how many were logged late."""

    gifts: int
    counted_cents: int
    late: int


def to_employer(
    session: Session, employer_id: int, *, since: date, before: date, except_gift_id: int
) -> Sum:
    """Add up what people of an employer were given in [since, before)."""
    statement = (
        select(
            func.count(Gift.id.distinct()),
            func.count(Share.recipient_id.distinct()),
            # PostgreSQL sums large integers to a decimal.
            cast(
                func.coalesce(func.sum(case((Share.holds_room, Share.counted_cents), else_=0)), 0),
                BigInteger,
            ),
        )
        .select_from(Share)
        .join(Gift, Gift.id == Share.gift_id)
        .join(GiftVersion, GiftVersion.id == Share.version_id)
        .where(
            Share.employer_id == employer_id,
            Share.given_on >= since,
            Share.given_on < before,
            Share.gift_id != except_gift_id,
            GiftVersion.number == Gift.version_number,
            Gift.state.not_in(NOTHING),
        )
    )
    return Sum._make(session.execute(statement).one())


def of_giver(session: Session, giver_id: int, *, since: date, before: date) -> GiverSum:
    """Return what a giver's gifts of whole months, [since, before), add up to."""
    columns = GiverMonth.gifts, GiverMonth.counted_cents, GiverMonth.late
    first, after = (day.year * 100 + day.month for day in (since, before))
    statement = select(
        # PostgreSQL sums large integers to a decimal.
        *(cast(func.coalesce(func.sum(column), 0), BigInteger) for column in columns)
    ).where(GiverMonth.giver_id == giver_id, GiverMonth.month >= first, GiverMonth.month < after)
    return GiverSum._make(session.execute(statement).one())


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
