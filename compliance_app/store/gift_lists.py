"""A page of gifts for programs: first which gifts, by keyset, then their shares in one query."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select, union
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
from compliance_app.store.recipients import same_person_ids

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
    """Return the ids of up to `count` gifts, newest first, below `before_id`."""
    giver_id = None
    if wanted.giver_email is not None:
        giver_id = session.scalar(select(Person.id).where(Person.email == wanted.giver_email))
        if giver_id is None:
            return []
    statement = _of_versions(session, select(Gift.id), wanted)
    if before_id is not None:
        statement = statement.where(Gift.id < before_id)
    if wanted.state is not None:
        statement = statement.where(Gift.state == wanted.state)
    if giver_id is not None:
        statement = statement.where(Gift.giver_id == giver_id)
    ordered = statement.order_by(Gift.id.desc()).limit(count)
    if wanted.givers is None:
        return session.scalars(ordered).all()
    return newest_of(session, ordered, reach(wanted.givers, wanted.reader_id), count)


def reach(givers: Iterable[int], reader_id: int) -> list[ColumnElement[bool]]:
    """Return what makes a gift the reader's to see; any one of these is enough."""
    own = [
        Gift.giver_id == reader_id,
        Gift.logged_by_id == reader_id,
        Gift.handed_to_id == reader_id,
    ]
    return [*own, *(Gift.giver_id == one for one in sorted(givers))]


def newest_of(
    session: Session, ordered: Select[int], ways: Sequence[ColumnElement[bool]], count: int
) -> list[int]:
    """Return the newest gifts that fit one of the conditions.

    Each is asked for on its own, which reads the end of one index; asked for together, all
    gifts of all these people would be sorted for a single page.
    """
    ids: set[int] = set()
    for some in chunks(ways, MOST_BRANCHES):
        branches = (select(ordered.where(one).subquery().c.id) for one in some)
        ids.update(session.scalars(union(*branches)))
    return sorted(ids, reverse=True)[:count]


def _of_versions(session: Session, statement: Select[int], wanted: Wanted) -> Select[int]:
    """Narrow the gifts by what the version in force says."""
    asked = (wanted.recipient_id, wanted.since, wanted.until)
    if asked == (None, None, None):
        return statement
    statement = statement.join(
        GiftVersion, (GiftVersion.gift_id == Gift.id) & (GiftVersion.number == Gift.version_number)
    )
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
    """Return the shares in force of these gifts, newest gift first."""
    giver, logger = aliased(Person), aliased(Person)
    statement = (
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
        .join(
            GiftVersion,
            (GiftVersion.gift_id == Gift.id) & (GiftVersion.number == Gift.version_number),
        )
        .join(Share, Share.version_id == GiftVersion.id)
        .join(Assessment, Assessment.id == Share.assessment_id)
        .join(giver, giver.id == Gift.giver_id)
        .join(logger, logger.id == Gift.logged_by_id)
        .outerjoin(Employer, Employer.id == Share.employer_id)
        .where(Gift.id.in_(gift_ids))
        .order_by(Gift.id.desc(), Share.id)
    )
    return [ListedShare._make(row) for row in session.execute(statement)]
