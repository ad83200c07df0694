"""Who is one person: merging two records, taking that back, and the pairs that may be one."""

from datetime import date, datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from compliance_app.api.answers import Recipient, Record
from compliance_app.api.fields import Document, Dollars, Moment, dollars, read_number
from compliance_app.api.orders import perform, respond
from compliance_app.api.recipients import recipient_now
from compliance_app.api.schemas import (
    FindingBody,
    FindingQuery,
    MergeBody,
    PairBody,
    PairQuery,
    UnmergeBody,
    read_body,
    read_query,
)
from compliance_app.clock import today
from compliance_app.rules.errors import NotFoundError
from compliance_app.rules.identity import PairState
from compliance_app.rules.money import format_decimal
from compliance_app.rules.permissions import Permission
from compliance_app.rules.workflow import State
from compliance_app.services import findings, merging, pairs
from compliance_app.services.idempotency import Answer
from compliance_app.services.merging import Merged
from compliance_app.services.recipients import room_on
from compliance_app.store import identity, models
from compliance_app.store import recipients as store
from compliance_app.store.base import db
from compliance_app.web.guard import actor, requires

bp = Blueprint("identity", __name__)


class Finding(Document):
    """A gift that came to light since something became known of its recipient."""

    id: int
    gift: str
    state: State
    recipient: Record
    given_on: date
    running: Dollars
    limit: Dollars | None
    excess: Dollars
    sentence: str
    closed_at: Moment | None
    closed_reason: str


class FindingPage(Document):
    """What came to light and nobody has dealt with, the newest first; `next` as everywhere."""

    findings: list[Finding]
    next: str | None


class Merge(Document):
    """A merge or its undoing: the two records, the people as they are now, what came to light."""

    record: Record
    into: Record
    reason: str
    merged_at: Moment
    undone_at: Moment | None
    people: list[Recipient]
    findings: list[Finding]


class Pair(Document):
    """Two records that may be one person, and from what that follows."""

    id: int
    score: int
    sentence: str
    state: PairState
    first: Recipient
    second: Recipient
    together: Dollars
    found_at: Moment
    confirmed_new_by: str | None
    reason: str


class PairPage(Document):
    """A page of pairs, the likeliest first; `next` is the cursor of the next page."""

    pairs: list[Pair]
    next: str | None


@bp.post("/v1/recipients/<recipient_id>/merge")
@requires(Permission.RECIPIENT_MERGE)
def merge(recipient_id: str) -> ResponseReturnValue:
    """Make a record one person with another; its sums follow at once."""
    body, number = read_body(MergeBody), _number(recipient_id)

    def act(work: Session, at: datetime) -> Answer:
        done = merging.merge(
            work, number, body.into, reason=body.reason, actor_id=actor().person_id, at=at
        )
        return _answer(work, done, at)

    return perform(act, body)


@bp.post("/v1/recipients/<recipient_id>/unmerge")
@requires(Permission.RECIPIENT_MERGE)
def unmerge(recipient_id: str) -> ResponseReturnValue:
    """Take the merge of a record back; both have their own sums again."""
    body, number = read_body(UnmergeBody), _number(recipient_id)

    def act(work: Session, at: datetime) -> Answer:
        done = merging.unmerge(work, number, reason=body.reason, actor_id=actor().person_id, at=at)
        return _answer(work, done, at)

    return perform(act, body)


@bp.get("/v1/recipient-pairs")
@requires(Permission.RECIPIENT_MERGE)
def index() -> ResponseReturnValue:
    """List the pairs that may be one person, the likeliest first."""
    query, reading = read_query(PairQuery), db.session()
    last = reading.get(models.RecipientPair, int(query.cursor)) if query.cursor else None
    after = (last.score, last.id) if last is not None else None
    found = identity.open_pairs(
        reading, state=PairState(query.state), after=after, count=query.limit + 1
    )
    shown = found[: query.limit]
    page = PairPage(
        pairs=[_pair(reading, one) for one in shown],
        next=str(shown[-1].id) if len(found) > query.limit else None,
    )
    return respond(page.model_dump_json())


@bp.post("/v1/recipient-pairs/<pair_id>")
@requires(Permission.RECIPIENT_MERGE)
def decide(pair_id: str) -> ResponseReturnValue:
    """Say of a pair that it is not the same person, for ever, or put it off."""
    body, number = read_body(PairBody), _number(pair_id)

    def act(work: Session, at: datetime) -> Answer:
        pair = pairs.decide(
            work,
            number,
            PairState(body.decision),
            reason=body.reason,
            actor_id=actor().person_id,
            at=at,
        )
        return Answer(200, _pair(work, pair).model_dump_json())

    return perform(act, body)


@bp.get("/v1/findings")
@requires(Permission.RECIPIENT_MERGE)
def list_findings() -> ResponseReturnValue:
    """List the gifts that came to light and that nobody has dealt with."""
    query = read_query(FindingQuery)
    before = int(query.cursor) if query.cursor else None
    found = identity.open_findings(db.session(), before_id=before, count=query.limit + 1)
    shown = found[: query.limit]
    page = FindingPage(
        findings=[_finding(one) for one in shown],
        next=str(shown[-1].id) if len(found) > query.limit else None,
    )
    return respond(page.model_dump_json())


@bp.post("/v1/findings/<finding_id>")
@requires(Permission.RECIPIENT_MERGE)
def settle(finding_id: str) -> ResponseReturnValue:
    """Say what was done about a gift that came to light; a decision on the gift says it too."""
    body, number = read_body(FindingBody), _number(finding_id)

    def act(work: Session, at: datetime) -> Answer:
        finding = identity.get_open_finding(work, number)
        if finding is None:
            raise NotFoundError(what="open finding with this number")
        findings.settle(work, finding, reason=body.reason, actor_id=actor().person_id, at=at)
        return Answer(200, _finding(finding).model_dump_json())

    return perform(act, body)


def _number(text: str) -> int:
    number = read_number(text)
    if number is None:
        raise NotFoundError(what="record with this number")
    return number


def _answer(session: Session, done: Merged, at: datetime) -> Answer:
    row = done.merge
    people = {one.merged_into_id or one.id: None for one in (row.into, row.recipient)}
    answer = Merge(
        record=Record(id=row.recipient_id, name=row.recipient.name),
        into=Record(id=row.into_id, name=row.into.name),
        reason=row.undone_reason if row.undone_at else row.reason,
        merged_at=row.merged_at,
        undone_at=row.undone_at,
        people=[
            recipient_now(session, found, at.date())
            for found in store.found_among(session, list(people))
        ],
        findings=[_finding(one) for one in done.findings],
    )
    return Answer(200, answer.model_dump_json())


def _finding(one: models.RecipientFinding) -> Finding:
    return Finding(
        id=one.id,
        gift=one.gift.reference,
        state=one.gift.state,
        recipient=Record(id=one.recipient_id, name=one.recipient.name),
        given_on=one.given_on,
        running=format_decimal(one.running_cents),
        limit=dollars(one.limit_cents),
        excess=format_decimal(one.excess_cents),
        sentence=one.sentence,
        closed_at=one.closed_at,
        closed_reason=one.closed_reason,
    )


def _pair(session: Session, pair: models.RecipientPair) -> Pair:
    day = today()
    people = {
        found.id: found
        for found in store.found_among(session, [_person(one) for one in (pair.first, pair.second)])
    }
    first, second = people[_person(pair.first)], people[_person(pair.second)]
    rooms = [
        room_on(session, session.get_one(models.Recipient, number), day).running_cents
        for number in people
    ]
    return Pair(
        id=pair.id,
        score=pair.score,
        sentence=pair.sentence,
        state=pair.state,
        first=recipient_now(session, first, day),
        second=recipient_now(session, second, day),
        together=format_decimal(sum(rooms)),
        found_at=pair.found_at,
        confirmed_new_by=pair.confirmed_new_by.name if pair.confirmed_new_by else None,
        reason=pair.reason,
    )


def _person(record: models.Recipient) -> int:
    return record.merged_into_id or record.id
