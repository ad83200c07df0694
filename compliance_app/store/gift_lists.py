"""Pages of gifts: first which gifts, by the end of an index, then their shares in one query."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    bindparam,
    false,
    select,
    tuple_,
    union,
)
from sqlalchemy.orm import Session, aliased

from compliance_app.rules.assessment import Verdict
from compliance_app.rules.facts import Category
from compliance_app.rules.workflow import State
from compliance_app.store.bulk import chunks
from compliance_app.store.models import (
    Assessment,
    Employer,
    Gift,
    GiftVersion,
    Person,
    Share,
)
from compliance_app.store.models.gifts import IN_FORCE
from compliance_app.store.prepared import Prepared, ask
from compliance_app.store.recipients import same_person_ids

# What makes a gift somebody's to see: any one of these.
Ways = Sequence[ColumnElement[bool]]
# The order of a list in which days were asked for.
BY_DAY = (GiftVersion.given_on, GiftVersion.gift_id)

# Above every number of a gift.
HIGHEST = 2**63 - 1
# Far below the 500 parts a compound query of SQLite may have.
MOST_BRANCHES = 100


class Wanted(NamedTuple):
    """Which gifts; `givers` are those whose gifts the reader sees besides their own, None all."""

    givers: set[int] | None
    reader_id: int
    state: State | None = None
    giver_email: str | None = None
    recipient_id: int | None = None
    since: date | None = None
    until: date | None = None


class ListedShare(NamedTuple):
    """One share of a listed gift."""

    gift_id: int
    reference: str
    state: State
    already_given: bool
    giver: str
    giver_email: str
    logged_by: str
    logged_by_email: str
    logged_at: datetime
    given_on: date
    category: Category
    description: str
    flags: list[dict[str, Any]]
    recipient_id: int
    recipient: str
    employer: str | None
    counted_cents: int
    holds_room: bool
    verdict: Verdict
    running_cents: int
    limit_cents: int | None
    excess_cents: int


def find_gifts(
    session: Session, wanted: Wanted, *, before_id: int | None, count: int
) -> Sequence[int]:
    """Return the ids of up to `count` gifts, newest first, after the one with `before_id`.

    Where days are asked for, the newest is the one with the latest day; else the last one logged.
    """
    if wanted == Wanted(None, wanted.reader_id):
        [rows] = ask(session, _NEWEST(before=before_id or HIGHEST, count=count))
        return [row.id for row in rows]
    giver_id = None
    if wanted.giver_email is not None:
        giver_id = session.scalar(select(Person.id).where(Person.email == wanted.giver_email))
        if giver_id is None:
            return []
    by_day = (wanted.since, wanted.until) != (None, None)
    statement = _of_versions(session, select(Gift.id), wanted)
    if before_id is not None:
        statement = statement.where(after(session, before_id, by_day=by_day))
    if wanted.state is not None:
        statement = statement.where(Gift.state == wanted.state)
    if giver_id is not None:
        statement = statement.where(Gift.giver_id == giver_id)
    order = BY_DAY if by_day else (Gift.id,)
    ordered = statement.order_by(*(column.desc() for column in order)).limit(count)
    if wanted.givers is None:
        return session.scalars(ordered).all()
    ways = reach(wanted.givers, wanted.reader_id)
    return newest_of(session, ordered, ways, count, by_day=by_day)


class OverviewRow(NamedTuple):
    """One share of a gift, with no more than a list of gifts shows of it."""

    gift_id: int
    reference: str
    state: State
    giver: str
    recipient: str
    employer: str | None
    given_on: date
    category: Category
    description: str
    counted_cents: int


def list_own(
    session: Session, person_id: int, *, before_id: int | None, count: int
) -> list[OverviewRow]:
    """Return the shares of the person's own gifts, up to `count` of them, newest first."""
    [rows] = ask(session, _OWN(person_id=person_id, before=before_id or HIGHEST, count=count))
    return rows


def list_of_givers(
    session: Session, giver_ids: set[int] | None, *, before_id: int | None, count: int
) -> list[OverviewRow]:
    """Return the shares of up to `count` gifts by these givers (all where None), newest first."""
    if giver_ids is None:
        [rows] = ask(session, _ALL(before=before_id or HIGHEST, count=count))
        return rows
    ordered = select(Gift.id).order_by(Gift.id.desc()).limit(count)
    if before_id is not None:
        ordered = ordered.where(Gift.id < before_id)
    ways = [Gift.giver_id == one for one in sorted(giver_ids)]
    [rows] = ask(session, _THESE(ids=newest_of(session, ordered, ways, count)))
    return rows


def reach(givers: Iterable[int], reader_id: int) -> Ways:
    """Return what makes a gift the reader's to see; any one of these is enough."""
    own = [
        Gift.giver_id == reader_id,
        Gift.logged_by_id == reader_id,
        Gift.handed_to_id == reader_id,
    ]
    return [*own, *(Gift.giver_id == one for one in sorted(givers))]


def newest_of(
    session: Session, ordered: Select[int], ways: Ways, count: int, *, by_day: bool = False
) -> list[int]:
    """Return the newest gifts that fit one of the conditions.

    Each is asked for on its own, which reads the end of one index; asked for together, all
    gifts of all these people would be sorted for a single page.
    """
    ids: set[int] = set()
    for some in chunks(ways, MOST_BRANCHES):
        branches = (select(ordered.where(one).subquery().c.id) for one in some)
        ids.update(session.scalars(union(*branches)))
    if not by_day:
        return sorted(ids, reverse=True)[:count]
    days: dict[int, date] = {}
    for few in chunks(sorted(ids)):
        days.update(_of_days(session, GiftVersion.gift_id.in_(few)))
    return sorted(days, key=lambda gift_id: (days[gift_id], gift_id), reverse=True)[:count]


def after(session: Session, gift_id: int, *, by_day: bool) -> ColumnElement[bool]:
    """Return what is true of gifts that come after one in a list."""
    if not by_day:
        return Gift.id < gift_id
    day = _of_days(session, GiftVersion.gift_id == gift_id).get(gift_id)
    return false() if day is None else tuple_(*BY_DAY) < (day, gift_id)


def _of_days(session: Session, which: ColumnElement[bool]) -> dict[int, date]:
    """Return the days of gifts, as the version in force has them."""
    rows = session.execute(
        select(GiftVersion.gift_id, GiftVersion.given_on).where(which).order_by(GiftVersion.number)
    )
    return {row.gift_id: row.given_on for row in rows}


def _of_versions(session: Session, statement: Select[int], wanted: Wanted) -> Select[int]:
    """Narrow the gifts by what the version in force says."""
    asked = (wanted.recipient_id, wanted.since, wanted.until)
    if asked == (None, None, None):
        return statement
    statement = statement.join(GiftVersion, IN_FORCE)
    if wanted.since is not None:
        statement = statement.where(GiftVersion.given_on >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(GiftVersion.given_on <= wanted.until)
    if wanted.recipient_id is not None:
        people = same_person_ids(session, wanted.recipient_id)
        theirs = select(Share.version_id).where(Share.recipient_id.in_(people))
        statement = statement.where(GiftVersion.id.in_(theirs))
    return statement


def shares_of(session: Session, gift_ids: Sequence[int]) -> list[ListedShare]:
    """Return the shares in force of these gifts, in the order of the gifts."""
    places = {gift_id: place for place, gift_id in enumerate(gift_ids)}
    [rows] = ask(session, _SHARES(ids=list(gift_ids)))
    return sorted(rows, key=lambda row: places[row.gift_id])


def _select_shares() -> Select[*tuple[Any, ...]]:
    giver, logger = aliased(Person), aliased(Person)
    return (
        select(
            Gift.id,
            Gift.reference,
            Gift.state,
            Gift.already_given,
            giver.name,
            giver.email,
            logger.name,
            logger.email,
            Gift.logged_at,
            GiftVersion.given_on,
            GiftVersion.category,
            GiftVersion.description,
            GiftVersion.flags,
            Share.recipient_id,
            Share.recipient_name,
            Employer.name,
            Share.counted_cents,
            Share.holds_room,
            Assessment.verdict,
            Assessment.running_cents,
            Assessment.limit_cents,
            Assessment.excess_cents,
        )
        .select_from(Gift)
        .join(GiftVersion, IN_FORCE)
        .join(Share, Share.version_id == GiftVersion.id)
        .join(Assessment, Assessment.id == Share.assessment_id)
        .join(giver, giver.id == Gift.giver_id)
        .join(logger, logger.id == Gift.logged_by_id)
        .outerjoin(Employer, Employer.id == Share.employer_id)
        .where(Gift.id.in_(bindparam("ids", expanding=True)))
        .order_by(Gift.id.desc(), Share.id)
    )


# Built once: putting a statement together takes longer than answering it.
_SHARES = Prepared(_select_shares(), ListedShare)


def _overview(which: ColumnElement[bool]) -> Prepared:
    """Return the question for the shares in force of some gifts, the newest gift first."""
    statement = (
        select(
            Gift.id,
            Gift.reference,
            Gift.state,
            Person.name,
            Share.recipient_name,
            Employer.name,
            GiftVersion.given_on,
            GiftVersion.category,
            GiftVersion.description,
            Share.counted_cents,
        )
        .select_from(Gift)
        .join(GiftVersion, IN_FORCE)
        .join(Share, Share.version_id == GiftVersion.id)
        .join(Person, Person.id == Gift.giver_id)
        .outerjoin(Employer, Employer.id == Share.employer_id)
        .where(which)
        .order_by(Gift.id.desc(), Share.id)
    )
    return Prepared(statement, OverviewRow)


def _newest(whose: ColumnElement[bool] | None = None) -> Select[int]:
    statement = select(Gift.id).where(Gift.id < bindparam("before"))
    if whose is not None:
        statement = statement.where(whose)
    return statement.order_by(Gift.id.desc()).limit(bindparam("count", type_=Integer))


def _own() -> Select[int]:
    """Select a person's newest gifts, each way of being theirs by the end of its own index."""
    me: ColumnElement[int] = bindparam("person_id", type_=BigInteger)
    ways = (_newest(whose == me).subquery() for whose in OWN)
    either = union(*(select(way.c.id) for way in ways)).subquery()
    return select(either.c.id).order_by(either.c.id.desc()).limit(bindparam("count", type_=Integer))


# What makes a gift somebody's own.
OWN = (Gift.giver_id, Gift.logged_by_id, Gift.handed_to_id)
_NEWEST = Prepared(_newest())
_ALL = _overview(Gift.id.in_(_newest()))
_OWN = _overview(Gift.id.in_(_own()))
_THESE = _overview(Gift.id.in_(bindparam("ids", expanding=True)))
