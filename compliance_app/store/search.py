"""Searching the register: gifts by reference, people, firms and words, narrowed by filters.

Everything but the words is found by an index. Words are looked for in the newest gifts that
pass the filters, so that no search reads a whole register.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from compliance_app.rules.facts import Category
from compliance_app.rules.flags import FlagCode
from compliance_app.rules.workflow import State
from compliance_app.store import finding
from compliance_app.store.bulk import chunks
from compliance_app.store.derived import NEVER_SENT
from compliance_app.store.employer_pages import list_employers
from compliance_app.store.gift_lists import BY_DAY, after, newest_of, reach
from compliance_app.store.models import (
    Employer,
    FlaggedGift,
    Gift,
    GiftVersion,
    Person,
    SavedSearch,
    Share,
)
from compliance_app.store.models.derived import ANYBODY
from compliance_app.store.models.gifts import IN_FORCE
from compliance_app.store.recipients import Found

# In how many gifts words are looked for, and how many gifts of found people are looked at.
SCANNED = 2_000
NEAR = 900


class Sought(NamedTuple):
    """What is asked for; `givers` are those whose gifts the reader sees besides their own."""

    givers: frozenset[int] | None
    reader_id: int
    text: str = ""
    state: State | None = None
    category: Category | None = None
    sign: FlagCode | None = None
    since: date | None = None
    until: date | None = None


class Who(NamedTuple):
    """People and firms that fit the words."""

    recipients: Sequence[Found]
    employers: Sequence[Employer]
    people: Sequence[Person]


def find_who(session: Session, text: str, *, count: int) -> Who:
    """Return the recipients, employers and associated persons whose name fits."""
    people = select(Person).where(
        or_(Person.name.icontains(text, autoescape=True), Person.email == text.strip().lower())
    )
    return Who(
        finding.search(session, text, count=count),
        list_employers(session, text, after=None, count=count),
        session.scalars(people.order_by(Person.name, Person.id).limit(count)).all(),
    )


def find_gifts(
    session: Session, sought: Sought, who: Who, *, before_id: int | None, count: int
) -> list[int]:
    """Return the ids of up to `count` gifts that fit, newest first, after the one with `before_id`.

    Where days or a kind are asked for of everybody's gifts, and no words, the newest is the one
    with the latest day; else the last one logged.
    """
    narrowed = _narrowed(sought)
    by_day = _goes_by_day(sought)
    if before_id is not None:
        narrowed = narrowed.where(after(session, before_id, by_day=by_day))
    newest = narrowed.order_by(*(column.desc() for column in _order(sought, by_day=by_day)))
    if not sought.text:
        return _newest(session, newest, sought, count)
    seen = _seen(sought)
    found: set[int] = set()
    for which in _ways(session, sought.text, who, before_id):
        found.update(session.scalars(newest.where(which, *seen).limit(count)))
    if sought.givers is None:
        looked_at = newest.limit(SCANNED).subquery()
        found.update(_saying(session, select(looked_at.c.id), sought.text, count))
    else:
        for some in chunks(_newest(session, newest, sought, SCANNED)):
            found.update(_saying(session, some, sought.text, count))
    return sorted(found, reverse=True)[:count]


def _goes_by_day(sought: Sought) -> bool:
    asked = (sought.since, sought.until, sought.category) != (None, None, None)
    return asked and sought.sign is None and not sought.text and sought.givers is None


def _newest(session: Session, newest: Select[int], sought: Sought, count: int) -> list[int]:
    """Return the newest of the gifts that the reader sees."""
    if sought.givers is None:
        return list(session.scalars(newest.limit(count)))
    ways = reach(sought.givers, sought.reader_id)
    return newest_of(session, newest.limit(count), ways, count)


def _saying(
    session: Session, gift_ids: Sequence[int] | Select[int], text: str, count: int
) -> Sequence[int]:
    """Return the first of these gifts whose description holds the words."""
    says = GiftVersion.description.icontains(text, autoescape=True)
    statement = _in_force().where(Gift.id.in_(gift_ids), says)
    return session.scalars(statement.order_by(Gift.id.desc()).limit(count)).all()


def _order(sought: Sought, *, by_day: bool) -> Sequence[InstrumentedAttribute[Any]]:
    """Return the columns of the index that the list goes through."""
    if by_day:
        return BY_DAY
    return (Gift.id,) if sought.sign is None else (FlaggedGift.gift_id,)


def saved_by(session: Session, person_id: int) -> Sequence[SavedSearch]:
    """Return the searches a person keeps, by name."""
    return session.scalars(
        select(SavedSearch)
        .where(SavedSearch.person_id == person_id, SavedSearch.dropped_at.is_(None))
        .order_by(SavedSearch.name, SavedSearch.id)
    ).all()


def _in_force() -> Select[int]:
    return select(Gift.id).join(GiftVersion, IN_FORCE)


def _narrowed(sought: Sought) -> Select[int]:
    statement = _in_force().where(Gift.state.not_in(NEVER_SENT))
    if sought.state is not None:
        statement = statement.where(Gift.state == sought.state)
    if sought.category is not None:
        statement = statement.where(GiftVersion.category == sought.category)
    if sought.sign is not None:
        statement = statement.join(FlaggedGift, FlaggedGift.gift_id == Gift.id).where(
            FlaggedGift.flag == sought.sign.value,
            FlaggedGift.giver_id == ANYBODY,
            FlaggedGift.bears > 0,
        )
    if sought.since is not None:
        statement = statement.where(GiftVersion.given_on >= sought.since)
    if sought.until is not None:
        statement = statement.where(GiftVersion.given_on <= sought.until)
    return statement


def _seen(sought: Sought) -> Iterable[ColumnElement[bool]]:
    if sought.givers is None:
        return ()
    return (or_(*reach(sought.givers, sought.reader_id)),)


def _ways(
    session: Session, text: str, who: Who, before_id: int | None
) -> Iterable[ColumnElement[bool]]:
    """Yield what makes a gift fit the words but for its description."""
    yield Gift.reference == text.strip().upper()
    if who.people:
        yield Gift.giver_id.in_([person.id for person in who.people])
    for column, ids in (
        (Share.recipient_id, [one.id for one in who.recipients]),
        (Share.employer_id, [one.id for one in who.employers]),
    ):
        if ids:
            near = select(Share.gift_id).where(column.in_(ids))
            if before_id is not None:
                near = near.where(Share.gift_id < before_id)
            newest = near.order_by(Share.gift_id.desc()).limit(NEAR)
            yield Gift.id.in_(session.scalars(newest).all())
