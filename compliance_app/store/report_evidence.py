"""What stands behind reported gifts: amendments, waits, refused attempts, and later changes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, cast, func, select
from sqlalchemy.orm import Session, aliased

from compliance_app.rules.audit import Event
from compliance_app.rules.permissions import Role
from compliance_app.store.bulk import chunks
from compliance_app.store.models import (
    Gift,
    GiftVersion,
    Person,
    Policy,
    Share,
    TrailEvent,
)


class VersionRow(NamedTuple):
    """One version of a gift: what it counted for with all its recipients, and why it was made."""

    gift_id: int
    reference: str
    number: int
    given_on: date
    made_at: datetime
    made_by: str
    reason: str
    counted_cents: int


class Reviewer(NamedTuple):
    """Somebody who decides, and whom they report to."""

    id: int
    name: str
    role: Role
    supervisor_id: int | None


def versions_of(session: Session, gift_ids: Iterable[int]) -> Iterator[VersionRow]:
    """Yield every version of those of the gifts that were amended, in order."""
    counted = (
        # PostgreSQL sums large integers to a decimal.
        select(cast(func.coalesce(func.sum(Share.counted_cents), 0), BigInteger))
        .where(Share.version_id == GiftVersion.id)
        .scalar_subquery()
    )
    statement = (
        select(
            GiftVersion.gift_id,
            Gift.reference,
            GiftVersion.number,
            GiftVersion.given_on,
            GiftVersion.made_at,
            Person.name,
            GiftVersion.reason,
            counted,
        )
        .join(Gift, Gift.id == GiftVersion.gift_id)
        .join(Person, Person.id == GiftVersion.made_by_id)
        .where(Gift.version_number > 1)
        .order_by(GiftVersion.gift_id, GiftVersion.number)
    )
    for some in chunks(sorted(set(gift_ids))):
        for row in session.execute(statement.where(GiftVersion.gift_id.in_(some))):
            yield VersionRow._make(row)


def reviewers(session: Session) -> dict[int, Reviewer]:
    """Return everybody of the firm by id, as far as a review looks at them."""
    rows = session.execute(
        select(Person.id, Person.name, Person.role, Person.supervisor_id).order_by(Person.id)
    )
    return {row.id: Reviewer._make(row) for row in rows}


def withdrawn_at(session: Session, gift_ids: Iterable[int]) -> dict[int, datetime]:
    """Return when those of the gifts that were withdrawn were."""
    found: dict[int, datetime] = {}
    for subject, at in _about(session, gift_ids, TrailEvent.event == Event.GIFT_WITHDRAWN.value):
        found[int(subject.partition(":")[2])] = at
    return found


def _about(
    session: Session, gift_ids: Iterable[int], condition: ColumnElement[bool]
) -> Iterator[tuple[str, datetime]]:
    for some in chunks(sorted(set(gift_ids))):
        yield from session.execute(
            select(TrailEvent.subject, TrailEvent.happened_at)
            .where(TrailEvent.subject.in_([f"gift:{one}" for one in some]), condition)
            .order_by(TrailEvent.number)
        )


def refusals_between(
    session: Session, *, since: datetime, before: datetime
) -> Sequence[TrailEvent]:
    """Return the attempts that were refused in [since, before), oldest first."""
    return session.scalars(
        select(TrailEvent)
        .where(
            TrailEvent.event == Event.ATTEMPT_REFUSED.value,
            TrailEvent.happened_at >= since,
            TrailEvent.happened_at < before,
        )
        .order_by(TrailEvent.number)
    ).all()


def gifts_ever_between(session: Session, *, since: date, before: date) -> set[int]:
    """Return the gifts any version of which lay in [since, before)."""
    return set(
        session.scalars(
            select(GiftVersion.gift_id).where(
                GiftVersion.given_on >= since, GiftVersion.given_on < before
            )
        )
    )


def gift_events(
    session: Session, gift_ids: Iterable[int], *, after: int, until: int
) -> list[TrailEvent]:
    """Return the events about these gifts with a number in (after, until], in order."""
    events = [
        event
        for some in chunks(sorted(set(gift_ids)))
        for event in session.scalars(
            select(TrailEvent).where(
                TrailEvent.subject.in_([f"gift:{one}" for one in some]),
                TrailEvent.number > after,
                TrailEvent.number <= until,
            )
        )
    ]
    return sorted(events, key=lambda event: event.number)


def references_of(session: Session, gift_ids: Iterable[int]) -> dict[int, str]:
    """Return the references of these gifts, by id."""
    return {
        gift_id: reference
        for some in chunks(sorted(set(gift_ids)))
        for gift_id, reference in session.execute(
            select(Gift.id, Gift.reference).where(Gift.id.in_(some))
        )
    }


def policies_until(session: Session, day: date) -> Sequence[tuple[Policy, str | None]]:
    """Return every policy version in force by a day, oldest first, with who adopted it."""
    officer = aliased(Person)
    return session.execute(
        select(Policy, officer.name)
        .outerjoin(officer, officer.id == Policy.adopted_by_id)
        .where(Policy.effective_on <= day)
        .order_by(Policy.effective_on)
    ).all()
