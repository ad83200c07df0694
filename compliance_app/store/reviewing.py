"""What a reviewer compares a request with: gifts to the same employer, and the giver's quarter."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    bindparam,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.orm import Session

from compliance_app.rules.workflow import State
from compliance_app.store.models import Gift, GiftVersion, GiverMonth, Person, Share
from compliance_app.store.prepared import Prepared, ask

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


def at_employer(
    session: Session,
    employer_id: int,
    *,
    since: date,
    before: date,
    except_gift_id: int,
    count: int,
) -> tuple[Sum, list[NearGift]]:
    """Add up what people of an employer were given in [since, before); return the newest of it."""
    within = {"employer_id": employer_id, "since": since, "before": before}
    [found], newest = ask(
        session,
        _TO_EMPLOYER(**within, except_gift_id=except_gift_id),
        _LATEST_TO_EMPLOYER(**within, except_gift_id=except_gift_id, count=count),
    )
    return Sum._make(found), newest


def of_giver(session: Session, giver_id: int, *, since: date, before: date) -> GiverSum:
    """Return what a giver's gifts of whole months, [since, before), add up to."""
    first, after = (day.year * 100 + day.month for day in (since, before))
    [[found]] = ask(session, _OF_GIVER(giver_id=giver_id, first=first, after=after))
    return GiverSum._make(found)


def _at_employer(*columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - as `select` has it
    """Select of the shares that went to people of an employer in some days, but for one gift."""
    return (
        select(*columns)
        .select_from(Share)
        .join(Gift, Gift.id == Share.gift_id)
        .join(GiftVersion, GiftVersion.id == Share.version_id)
        .where(
            Share.employer_id == bindparam("employer_id"),
            Share.given_on >= bindparam("since"),
            Share.given_on < bindparam("before"),
            Share.gift_id != bindparam("except_gift_id"),
            GiftVersion.number == Gift.version_number,
            Gift.state.not_in(NOTHING),
        )
    )


def _whole(total: ColumnElement[Any]) -> ColumnElement[int]:
    # PostgreSQL sums large integers to a decimal.
    return cast(func.coalesce(total, 0), BigInteger)


# Built once: putting a statement together takes longer than answering it.
_TO_EMPLOYER = Prepared(
    _at_employer(
        func.count(Gift.id.distinct()),
        func.count(Share.recipient_id.distinct()),
        _whole(func.sum(case((Share.holds_room, Share.counted_cents), else_=0))),
    )
)
_OF_GIVER = Prepared(
    select(
        *(
            _whole(func.sum(column))
            for column in (GiverMonth.gifts, GiverMonth.counted_cents, GiverMonth.late)
        )
    ).where(
        GiverMonth.giver_id == bindparam("giver_id"),
        GiverMonth.month >= bindparam("first"),
        GiverMonth.month < bindparam("after"),
    )
)
_LATEST_TO_EMPLOYER = Prepared(
    _at_employer(
        Gift.reference,
        Share.given_on,
        Share.recipient_name,
        Person.name,
        Gift.state,
        Share.counted_cents,
    )
    .join(Person, Person.id == Gift.giver_id)
    .order_by(Share.given_on.desc(), Share.id.desc())
    .limit(bindparam("count", type_=Integer)),
    NearGift,
)
