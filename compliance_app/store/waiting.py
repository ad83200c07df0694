"""What waits for a reviewer: the gifts, their shares, and who stands where, in two trips."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, Text, bindparam, cast, func, select
from sqlalchemy.orm import Session

from compliance_app.rules.facts import Category
from compliance_app.rules.permissions import Role
from compliance_app.rules.routing import Route
from compliance_app.rules.verdicts import Verdict
from compliance_app.rules.workflow import DecisionKind, State
from compliance_app.store.models import (
    Assessment,
    Decision,
    Gift,
    GiftVersion,
    Person,
    Recipient,
    Share,
)
from compliance_app.store.models.gifts import IN_FORCE, IS_OPEN
from compliance_app.store.people import LINES, Colleague
from compliance_app.store.prepared import Answer, Prepared, Question, ask
from compliance_app.store.recipients import same_person_ids

# A select whose columns are those of the row it is made into.
AnySelect = Select[*tuple[Any, ...]]


class WaitingShare(NamedTuple):
    """One share of a gift that waits, as a list shows it."""

    gift_id: int
    reference: str
    giver: str
    recipient: str
    submitted_at: datetime | None
    category: Category
    description: str
    flags: str  # as JSON
    counted_cents: int
    verdict: Verdict | None
    prior_cents: int | None
    pending_cents: int | None
    running_cents: int | None
    limit_cents: int | None
    excess_cents: int | None


class Decider(NamedTuple):
    """Who decided, as far as it goes whose turn is next."""

    role: Role


class WaitingDecision(NamedTuple):
    """What was decided on a gift that waits."""

    version_number: int
    kind: DecisionKind
    decided_by: Decider | None


class WaitingGift(NamedTuple):
    """A gift that waits, as far as it goes who may decide on it."""

    id: int
    reference: str
    state: State
    route: Route | None
    version_number: int
    giver_id: int
    logged_by_id: int
    handed_to_id: int | None
    decisions: Sequence[WaitingDecision] = ()


class Waiting(NamedTuple):
    """The oldest gifts that wait, by their numbers, and what says who may decide on them.

    `colleagues` are the reviewer, the givers and everybody above them; `received` are gifts
    of which the reviewer is a recipient.
    """

    gifts: Mapping[int, WaitingGift]
    colleagues: Mapping[int, Colleague]
    received: set[int]


def read_waiting(
    session: Session,
    person_id: int,
    giver_ids: set[int] | None,
    *,
    count: int,
    also: Sequence[Question] = (),
) -> tuple[Waiting, list[Answer]]:
    """Return up to `count` submitted gifts by these givers (all where None), oldest first.

    What is asked beside them is answered in the same trip.
    """
    narrowed, which = giver_ids is not None, _these(giver_ids, count)
    gifts, decisions, holder, *more = ask(
        session,
        _gifts(narrowed=narrowed)(**which),
        _decisions(narrowed=narrowed)(**which),
        _HOLDER(id=person_id),
        *also,
    )
    [lines] = ask(session, LINES(ids=sorted({person_id, *(gift.giver_id for gift in gifts)})))
    decided: dict[int, list[WaitingDecision]] = {}
    for gift_id, version_number, kind, role in decisions:
        step = WaitingDecision(version_number, kind, Decider(role) if role else None)
        decided.setdefault(gift_id, []).append(step)
    waiting = Waiting(
        {gift.id: WaitingGift._make((*gift, decided.get(gift.id, ()))) for gift in gifts},
        {one.id: one for one in lines},
        _received(session, holder[0].id) if holder else set(),
    )
    return waiting, more


def shares_waiting(giver_ids: set[int] | None, *, count: int) -> Question:
    """Return the question for the shares of the same gifts, up to `count` of them."""
    return _shares(narrowed=giver_ids is not None)(**_these(giver_ids, count), most=count)


def _received(session: Session, recipient_id: int) -> set[int]:
    """Return the gifts that wait and have one of this person's records among their recipients."""
    [rows] = ask(session, _RECEIVED(ids=same_person_ids(session, recipient_id)))
    return {row.gift_id for row in rows}


def _these(giver_ids: set[int] | None, count: int) -> dict[str, object]:
    return {"count": count} if giver_ids is None else {"count": count, "givers": sorted(giver_ids)}


def _submitted(statement: AnySelect, *, narrowed: bool) -> AnySelect:
    """Narrow a select of gifts to those that wait: the oldest, all or those of some givers."""
    waiting = statement.where(IS_OPEN, Gift.state == State.SUBMITTED)
    if narrowed:
        waiting = waiting.where(Gift.giver_id.in_(bindparam("givers", expanding=True)))
    return waiting.order_by(Gift.id).limit(bindparam("count", type_=Integer))


@cache
def _gifts(*, narrowed: bool) -> Prepared:
    columns = [getattr(Gift, name) for name in WaitingGift._fields if name != "decisions"]
    return Prepared(_submitted(select(*columns), narrowed=narrowed))


@cache
def _decisions(*, narrowed: bool) -> Prepared:
    which = _submitted(select(Gift.id), narrowed=narrowed)
    return Prepared(
        select(Decision.gift_id, Decision.version_number, Decision.kind, Person.role)
        .outerjoin(Person, Person.id == Decision.decided_by_id)
        .where(Decision.gift_id.in_(which))
        .order_by(Decision.id)
    )


@cache
def _shares(*, narrowed: bool) -> Prepared:
    which = _submitted(select(Gift.id), narrowed=narrowed)
    statement = (
        select(
            Gift.id,
            Gift.reference,
            Person.name,
            Share.recipient_name,
            Gift.submitted_at,
            GiftVersion.category,
            GiftVersion.description,
            cast(GiftVersion.flags, Text),
            Share.counted_cents,
            Assessment.verdict,
            Assessment.prior_cents,
            Assessment.pending_cents,
            Assessment.running_cents,
            Assessment.limit_cents,
            Assessment.excess_cents,
        )
        .select_from(Gift)
        .join(GiftVersion, IN_FORCE)
        .join(Share, Share.version_id == GiftVersion.id)
        .join(Person, Person.id == Gift.giver_id)
        .outerjoin(Assessment, Assessment.id == Share.assessment_id)
        .where(Gift.id.in_(which))
        .order_by(Gift.id, Share.id)
        .limit(bindparam("most", type_=Integer))
    )
    return Prepared(statement, WaitingShare)


# Hardly any reviewer is at a client too.
_HOLDER = Prepared(
    select(func.coalesce(Recipient.merged_into_id, Recipient.id).label("id"))
    .join(Person, Recipient.email == func.lower(Person.email))
    .where(Person.id == bindparam("id"))
)
_RECEIVED = Prepared(
    select(Share.gift_id)
    .join(Gift, Gift.id == Share.gift_id)
    .join(GiftVersion, GiftVersion.id == Share.version_id)
    .where(
        Share.recipient_id.in_(bindparam("ids", expanding=True)),
        GiftVersion.number == Gift.version_number,
        IS_OPEN,
        Gift.state == State.SUBMITTED,
    )
)
