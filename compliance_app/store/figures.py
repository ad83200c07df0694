"""The figures of a year: by month, the largest givers and recipients, and what came late.

They read a year's shares of everybody asked for, so faces keep what they say for a while.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, String, cast, extract, func, select
from sqlalchemy.orm import Session

from compliance_app.rules.flags import FlagCode
from compliance_app.rules.workflow import State
from compliance_app.store.models import Gift, GiftVersion, Person, Recipient, Share

NEVER_SENT = (State.DRAFT, State.DISCARDED)


class Scope(NamedTuple):
    """Whose gifts of which days; `givers` None means everybody's."""

    givers: frozenset[int] | None
    since: date
    before: date


class MonthSum(NamedTuple):
    """What counts in a month, and in how many gifts."""

    year: int
    month: int
    gifts: int
    counted_cents: int


class Top(NamedTuple):
    """Somebody with many or large gifts."""

    id: int
    name: str
    gifts: int
    counted_cents: int


class LateGift(NamedTuple):
    """A gift that was logged later than the firm's policy asks for."""

    reference: str
    giver: str
    given_on: date
    description: str


def by_month(session: Session, scope: Scope) -> list[MonthSum]:
    """Return what counts in each month that has something, in order."""
    year, month = extract("year", Share.given_on), extract("month", Share.given_on)
    statement = _counting(scope, select(year, month, func.count(Share.gift_id.distinct()), _sum()))
    rows = session.execute(statement.group_by(year, month).order_by(year, month))
    return [MonthSum(int(row[0]), int(row[1]), row[2], row[3]) for row in rows]


def top_givers(session: Session, scope: Scope, *, count: int) -> list[Top]:
    """Return who gave most, by value."""
    columns = select(Person.id, Person.name, func.count(Share.gift_id.distinct()), _sum())
    statement = _counting(scope, columns, joined=True).join(Person, Person.id == Gift.giver_id)
    ordered = statement.group_by(Person.id, Person.name).order_by(_sum().desc(), Person.id)
    return [Top._make(row) for row in session.execute(ordered.limit(count))]


def top_recipients(session: Session, scope: Scope, *, count: int) -> list[Top]:
    """Return who was given most, by value; merged records are one person."""
    person_id = func.coalesce(Recipient.merged_into_id, Recipient.id)
    columns = select(person_id, func.count(Share.gift_id.distinct()), _sum())
    statement = _counting(scope, columns).join(Recipient, Recipient.id == Share.recipient_id)
    ordered = statement.group_by(person_id).order_by(_sum().desc(), person_id).limit(count)
    rows = session.execute(ordered).all()
    names = _names(session, [row[0] for row in rows])
    return [Top(row[0], names[row[0]], row[1], row[2]) for row in rows]


def late_entries(session: Session, scope: Scope, *, count: int) -> tuple[int, list[LateGift]]:
    """Return how many gifts were logged late, and the newest of them."""
    late = cast(GiftVersion.flags, String).like(f'%"{FlagCode.LATE_ENTRY.value}"%')
    which = (
        late,
        GiftVersion.number == Gift.version_number,
        GiftVersion.given_on >= scope.since,
        GiftVersion.given_on < scope.before,
        Gift.state.not_in(NEVER_SENT),
        *_givers(scope),
    )
    total = session.scalar(
        select(func.count(Gift.id)).join(GiftVersion, GiftVersion.gift_id == Gift.id).where(*which)
    )
    newest = (
        select(Gift.reference, Person.name, GiftVersion.given_on, GiftVersion.description)
        .join(GiftVersion, GiftVersion.gift_id == Gift.id)
        .join(Person, Person.id == Gift.giver_id)
        .where(*which)
        .order_by(Gift.id.desc())
        .limit(count)
    )
    return total or 0, [LateGift._make(row) for row in session.execute(newest)]


def _counting(
    scope: Scope, columns: Select[*tuple[Any, ...]], *, joined: bool = False
) -> Select[*tuple[Any, ...]]:
    statement = columns.select_from(Share).where(
        Share.holds_room, Share.given_on >= scope.since, Share.given_on < scope.before
    )
    if joined or scope.givers is not None:
        statement = statement.join(Gift, Gift.id == Share.gift_id)
    return statement.where(*_givers(scope))


def _givers(scope: Scope) -> Sequence[ColumnElement[bool]]:
    return () if scope.givers is None else (Gift.giver_id.in_(sorted(scope.givers)),)


def _sum() -> ColumnElement[int]:
    # PostgreSQL sums large integers to a decimal.
    return cast(func.coalesce(func.sum(Share.counted_cents), 0), BigInteger)


def _names(session: Session, recipient_ids: Sequence[int]) -> dict[int, str]:
    statement = select(Recipient.id, Recipient.name).where(Recipient.id.in_(recipient_ids))
    return {row.id: row.name for row in session.execute(statement)}
