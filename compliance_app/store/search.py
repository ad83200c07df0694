"""Searching the register: gifts by reference, people, firms and words, narrowed by filters.

Everything but the words is found by an index. Words are looked for in the newest gifts that
pass the filters, so that no search reads a whole register.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, String, cast, or_, select
from sqlalchemy.orm import Session

from compliance_app.rules.facts import Category
from compliance_app.rules.flags import FlagCode
from compliance_app.rules.workflow import State
from compliance_app.store import finding
from compliance_app.store.employer_pages import list_employers
from compliance_app.store.gift_lists import newest_of, reach
from compliance_app.store.models import (
    Employer,
    Gift,
    GiftVersion,
    Person,
    SavedSearch,
    Share,
)
from compliance_app.store.recipients import Found

# In how many gifts words are looked for, and how many gifts of found people are looked at.
SCANNED = 20_000
NEAR = 900
NEVER_SENT = (State.DRAFT, State.DISCARDED)


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
    """Return the ids of up to `count` gifts that fit, newest first, below `before_id`."""
    narrowed = _narrowed(sought)
    if before_id is not None:
        narrowed = narrowed.where(Gift.id < before_id)
    newest = narrowed.order_by(Gift.id.desc())
    if not sought.text:
        if sought.givers is None:
            return list(session.scalars(newest.limit(count)))
        ways = reach(sought.givers, sought.reader_id)
        return newest_of(session, newest.limit(count), ways, count)
    seen = _seen(sought)
    found: set[int] = set()
    for which in _ways(session, sought.text, who, before_id):
        found.update(session.scalars(newest.where(which, *seen).limit(count)))
    some = narrowed.add_columns(GiftVersion.description).where(*seen)
    inner = some.order_by(Gift.id.desc()).limit(SCANNED).subquery()
    said = select(inner.c.id).where(inner.c.description.icontains(sought.text, autoescape=True))
    found.update(session.scalars(said.order_by(inner.c.id.desc()).limit(count)))
    return sorted(found, reverse=True)[:count]


def saved_by(session: Session, person_id: int) -> Sequence[SavedSearch]:
    """Return the searches a person keeps, by name."""
    return session.scalars(
        select(SavedSearch)
        .where(SavedSearch.person_id == person_id, SavedSearch.dropped_at.is_(None))
        .order_by(SavedSearch.name, SavedSearch.id)
    ).all()


def _narrowed(sought: Sought) -> Select[int]:
    statement = (
        select(Gift.id)
        .join(
            GiftVersion,
            (GiftVersion.gift_id == Gift.id) & (GiftVersion.number == Gift.version_number),
        )
        .where(Gift.state.not_in(NEVER_SENT))
    )
    if sought.state is not None:
        statement = statement.where(Gift.state == sought.state)
    if sought.category is not None:
        statement = statement.where(GiftVersion.category == sought.category)
    if sought.sign is not None:
        statement = statement.where(cast(GiftVersion.flags, String).contains(sought.sign.value))
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
