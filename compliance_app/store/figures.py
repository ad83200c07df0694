"""The figures of a year: by month, the largest givers and recipients, and what came late.

They come from the sums that are kept (store/derived.py); no page adds up a year.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, cast, func, literal, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from compliance_app.rules.flags import FlagCode
from compliance_app.store.models import (
    FlaggedGift,
    Gift,
    GiftVersion,
    GiverMonth,
    Person,
    Recipient,
    RecipientYear,
    Share,
)
from compliance_app.store.models.derived import ANYBODY
from compliance_app.store.models.gifts import IN_FORCE


class Scope(NamedTuple):
    """Whose gifts of which calendar year; `givers` None means everybody's."""

    givers: frozenset[int] | None
    year: int

    @property
    def since(self) -> date:
        """Return the first day of the year."""
        return date(self.year, 1, 1)

    @property
    def before(self) -> date:
        """Return the first day that is no longer in it."""
        return date(self.year + 1, 1, 1)


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
    gifts, cents = _total(GiverMonth.gifts), _total(GiverMonth.counted_cents)
    statement = select(GiverMonth.month, gifts, cents).where(*_months(scope))
    rows = session.execute(statement.group_by(GiverMonth.month).order_by(GiverMonth.month))
    return [MonthSum(row[0] // 100, row[0] % 100, row[1], row[2]) for row in rows if row[1]]


def top_givers(session: Session, scope: Scope, *, count: int) -> list[Top]:
    """Return who gave most, by value."""
    gifts, cents = _total(GiverMonth.gifts), _total(GiverMonth.counted_cents)
    statement = (
        select(Person.id, Person.name, gifts, cents)
        .join(Person, Person.id == GiverMonth.giver_id)
        .where(*_months(scope))
        .group_by(Person.id, Person.name)
        .having(gifts > 0)
        .order_by(cents.desc(), Person.id)
        .limit(count)
    )
    return [Top._make(row) for row in session.execute(statement)]


def top_recipients(session: Session, scope: Scope, *, count: int) -> list[Top]:
    """Return who was given most, by value; merged records are one person.

    Those of one record come from the kept sums, largest first; the merged, who are few, are
    added up from their shares.
    """
    found = [*_single_records(session, scope, count), *_merged_people(session, scope, count)]
    best = sorted(found, key=lambda one: (-one.counted_cents, one.id))[:count]
    names = _names(session, [one.id for one in best])
    return [one._replace(name=names[one.id]) for one in best]


def late_entries(session: Session, scope: Scope, *, count: int) -> tuple[int, list[LateGift]]:
    """Return how many gifts were logged late, and the newest of them."""
    total = session.scalar(select(_total(GiverMonth.late)).where(*_months(scope))) or 0
    if not total:
        return 0, []
    givers = [ANYBODY] if scope.givers is None else sorted(scope.givers)
    newest = (
        select(Gift.reference, Person.name, GiftVersion.given_on, GiftVersion.description)
        .select_from(FlaggedGift)
        .join(Gift, Gift.id == FlaggedGift.gift_id)
        .join(GiftVersion, IN_FORCE)
        .join(Person, Person.id == Gift.giver_id)
        .where(
            FlaggedGift.flag == FlagCode.LATE_ENTRY.value,
            FlaggedGift.giver_id.in_(givers),
            FlaggedGift.bears > 0,
            GiftVersion.given_on >= scope.since,
            GiftVersion.given_on < scope.before,
        )
        .order_by(FlaggedGift.gift_id.desc())
        .limit(count)
    )
    return total, [LateGift._make(row) for row in session.execute(newest)]


def _single_records(session: Session, scope: Scope, count: int) -> Iterator[Top]:
    """Yield people with one record; of a single giver, or of anybody, by the end of an index."""
    givers = [ANYBODY] if scope.givers is None else sorted(scope.givers)
    person_id, gifts, cents = (
        RecipientYear.recipient_id,
        RecipientYear.gifts,
        RecipientYear.counted_cents,
    )
    which = (
        RecipientYear.giver_id.in_(givers),
        RecipientYear.year == scope.year,
        RecipientYear.gifts > 0,
        person_id.not_in(_MERGED),
        person_id.not_in(_INTO),
    )
    if len(givers) == 1:
        statement = select(person_id, literal(""), gifts, cents).where(*which)
        ordered = statement.order_by(cents.desc(), person_id)
    else:
        added = _total(cents)
        statement = select(person_id, literal(""), _total(gifts), added).where(*which)
        ordered = statement.group_by(person_id).order_by(added.desc(), person_id)
    yield from map(Top._make, session.execute(ordered.limit(count)))


def _merged_people(session: Session, scope: Scope, count: int) -> Iterator[Top]:
    """Yield people with several records, with each gift counted once."""
    person_id = func.coalesce(Recipient.merged_into_id, Recipient.id)
    cents = _total(Share.counted_cents)
    statement = (
        select(person_id, literal(""), func.count(Share.gift_id.distinct()), cents)
        .select_from(Recipient)
        .join(Share, Share.recipient_id == Recipient.id)
        .where(
            Recipient.id.in_(union(_MERGED, _INTO)),
            Share.holds_room,
            Share.given_on >= scope.since,
            Share.given_on < scope.before,
        )
    )
    if scope.givers is not None:
        statement = statement.join(Gift, Gift.id == Share.gift_id).where(*_givers(scope))
    ordered = statement.group_by(person_id).order_by(cents.desc(), person_id)
    yield from map(Top._make, session.execute(ordered.limit(count)))


def _months(scope: Scope) -> Iterator[ColumnElement[bool]]:
    yield GiverMonth.month.between(scope.year * 100 + 1, scope.year * 100 + 12)
    if scope.givers is not None:
        yield GiverMonth.giver_id.in_(sorted(scope.givers))


def _givers(scope: Scope) -> Sequence[ColumnElement[bool]]:
    return () if scope.givers is None else (Gift.giver_id.in_(sorted(scope.givers)),)


def _total(column: InstrumentedAttribute[int]) -> ColumnElement[int]:
    # PostgreSQL sums large integers to a decimal.
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def _names(session: Session, recipient_ids: Sequence[int]) -> dict[int, str]:
    statement = select(Recipient.id, Recipient.name).where(Recipient.id.in_(recipient_ids))
    return {row.id: row.name for row in session.execute(statement)}


_MERGED = select(Recipient.id).where(Recipient.merged_into_id.is_not(None))
_INTO = select(Recipient.merged_into_id).where(Recipient.merged_into_id.is_not(None))
