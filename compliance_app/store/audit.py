"""The trail: one function appends, and every event is sealed to the one before it.

What is appended is written last of all, when the unit of work ends, so that its head is locked
after everything else and never held by somebody who waits for another lock.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, bindparam, select, union_all
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event, RawEvent, body_sha256, canonical, moment, seal
from compliance_app.rules.audit import seal_of as seal_fields
from compliance_app.store import derived, nodes
from compliance_app.store.base import Base
from compliance_app.store.models import TrailEvent, TrailHead
from compliance_app.store.people import email_of
from compliance_app.store.plain import PlainRow, SumRow, write_together
from compliance_app.store.prepared import Prepared, ask

# Who acted when no person did: the firm's policy, by its own rules.
POLICY_ACTOR = "policy"
CONSOLE_ACTOR = "console"
# Where a session keeps what was appended until it is written.
WAITING = "trail"
# Above every number of an event.
HIGHEST = 2**63 - 1


class Act(NamedTuple):
    """One thing that happened, before it has its number and seal.

    `is_first` says that no event before it is about the same gift.
    """

    event: Event
    subject: str
    body: Mapping[str, object]
    is_first: bool = False


class End(NamedTuple):
    """The number and the seal of the last event."""

    number: int
    sha256: str


class Unsealed(NamedTuple):
    """One event before it has its number and seal, as it is sealed."""

    at: str
    actor: str
    event: str
    subject: str
    body: str


def append(
    session: Session,
    event: Event,
    *,
    actor_id: int | None,
    at: datetime,
    subject: str,
    body: Mapping[str, object],
    is_first: bool = False,
) -> None:
    """Append one event with the full state after it, in the caller's transaction.

    `actor_id` is None where the console acted for the operator of the machine.
    """
    append_all(session, [Act(event, subject, body, is_first)], actor_id=actor_id, at=at)


def append_all(
    session: Session, acts: Iterable[Act], *, actor_id: int | None, at: datetime
) -> None:
    """Append several events of one actor and moment, in the order given."""
    actor, happened_at = actor_of(session, actor_id), moment(at)
    waiting: list[Unsealed] = session.info.setdefault(WAITING, [])
    for act in acts:
        kind = act.subject.partition(":")[0]
        if kind == "gift":
            before = None if act.is_first else _told_before(session, act.subject)
            derived.note_gift(session, act.body, before)
        elif kind == "employer":
            derived.note_employer(session, act.body)
        waiting.append(
            Unsealed(happened_at, actor, act.event.value, act.subject, canonical(act.body))
        )


def _told_before(session: Session, subject: str) -> Mapping[str, Any] | None:
    """Return the full state by the last event of a subject, be it written yet or not."""
    for event in reversed(session.info[WAITING]):
        if event.subject == subject:
            return dict(json.loads(event.body))
    last = last_of(session, subject)
    return None if last is None else dict(json.loads(last.body))


def actor_of(session: Session, actor_id: int | None) -> str:
    """Return who acts, as the trail says it."""
    return CONSOLE_ACTOR if actor_id is None else email_of(session, actor_id)


class Sealed(NamedTuple):
    """Rows of the trail as they are written, and the head they leave."""

    rows: list[PlainRow]
    head: PlainRow


class TrailEnd:
    """Where the trail ends, its head locked: what comes next is sealed here, and written later."""

    def __init__(self, session: Session) -> None:
        ((head,),) = ask(session, _LOCKED_HEAD())
        self._number, self._sha256 = head

    def seal_all(self, events: Iterable[Unsealed]) -> Sealed:
        """Give events their numbers and seals."""
        rows: list[PlainRow] = []
        number, previous = self._number, self._sha256
        for at, actor, event, subject, body in events:
            number += 1
            sealed = seal_fields(number, at, actor, event, subject, body_sha256(body), previous)
            rows.append(
                {
                    "number": number,
                    "happened_at": at,
                    "actor": actor,
                    "event": event,
                    "subject": subject,
                    "body": body,
                    "previous_sha256": previous,
                    "sha256": sealed,
                }
            )
            previous = sealed
        self._number, self._sha256 = number, previous
        return Sealed(rows, {"number": number, "sha256": previous})


@listens_for(Session, "before_commit")
def write(session: Session) -> None:
    """Give what was appended its numbers and seals; do so early only with all locks held."""
    waiting: list[Unsealed] = session.info.pop(WAITING, [])
    if not waiting:
        return
    sums = derived.take(session)
    write_sealed(session, TrailEnd(session).seal_all(waiting), sums)


def write_sealed(
    session: Session, sealed: Sealed, sums: Mapping[type[Base], Sequence[SumRow]]
) -> None:
    """Write what was sealed while the head was locked, with the sums that follow from it."""
    write_together(session, {TrailEvent: sealed.rows}, {TrailHead: sealed.head}, sums)
    before = sealed.head["number"] - len(sealed.rows)
    nodes.keep(session, before, [row["sha256"] for row in sealed.rows])


def write_many(
    session: Session, acts: Iterable[Act], *, actor_id: int | None, at: datetime
) -> None:
    """Append many events and write them at once, for a bulk that holds all its locks already."""
    append_all(session, acts, actor_id=actor_id, at=at)
    write(session)


@listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(WAITING, None)
    derived.take(session)


_LOCKED_HEAD = Prepared(select(TrailHead.number, TrailHead.sha256).with_for_update())


def seal_of(row: TrailEvent) -> str:
    """Return the seal the row must carry."""
    return seal(as_sealed(row))


def as_sealed(row: TrailEvent) -> RawEvent:
    """Return the event as it is sealed and exported."""
    return RawEvent(
        number=row.number,
        at=moment(row.happened_at),
        actor=row.actor,
        event=row.event,
        subject=row.subject,
        body=row.body,
        previous=row.previous_sha256,
        sha256=row.sha256,
    )


class ListedEvent(NamedTuple):
    """One event as lists show it."""

    number: int
    happened_at: datetime
    actor: str
    event: str
    subject: str
    body: str
    sha256: str


def latest(
    session: Session,
    *,
    before: int | None,
    count: int,
    kinds: Collection[Event] = (),
    above: int = 0,
) -> list[ListedEvent]:
    """Return up to `count` events of these kinds (of any where none is named), newest first.

    They are below the number `before` and above the number `above`.
    """
    write(session)
    which = {"before": before or HIGHEST, "above": above, "count": count}
    [events] = ask(session, _latest(frozenset(kinds))(**which))
    return events


@cache
def _latest(kinds: frozenset[Event]) -> Prepared:
    """Return the question for the newest events.

    Each kind is asked for on its own, by the end of an index: rare ones would be looked for in
    the whole trail.
    """
    count: ColumnElement[int] = bindparam("count", type_=Integer)
    numbers = (
        select(TrailEvent.number)
        .where(TrailEvent.number < bindparam("before"), TrailEvent.number > bindparam("above"))
        .order_by(TrailEvent.number.desc())
        .limit(count)
    )
    if kinds:
        parts = (numbers.where(TrailEvent.event == kind.value).subquery() for kind in sorted(kinds))
        of_any = union_all(*(select(part.c.number) for part in parts)).subquery()
        numbers = select(of_any.c.number).order_by(of_any.c.number.desc()).limit(count)
    columns = (getattr(TrailEvent, name) for name in ListedEvent._fields)
    statement = select(*columns).where(TrailEvent.number.in_(numbers))
    return Prepared(statement.order_by(TrailEvent.number.desc()), ListedEvent)


def events_of(session: Session, subject: str) -> Sequence[TrailEvent]:
    """Return the events of one subject, such as `gift:12`, oldest first."""
    write(session)
    return session.scalars(
        select(TrailEvent).where(TrailEvent.subject == subject).order_by(TrailEvent.number)
    ).all()


def last_of(session: Session, subject: str) -> TrailEvent | None:
    """Return the newest event of one subject."""
    return session.scalar(
        select(TrailEvent)
        .where(TrailEvent.subject == subject)
        .order_by(TrailEvent.number.desc())
        .limit(1)
    )


def head(session: Session) -> TrailHead:
    """Return the last event's number and seal."""
    write(session)
    return session.get_one(TrailHead, 1, populate_existing=True)


def has_head(session: Session) -> bool:
    """Say whether the row is there that says where the trail ends."""
    return session.get(TrailHead, 1) is not None


def head_now(session: Session) -> int:
    """Return the last event's number as it is now, whatever the session has read before."""
    return end_now(session).number


def end_now(session: Session) -> End:
    """Return the same with its seal."""
    [[end]] = ask(session, _END())
    return End._make(end)


_END = Prepared(select(TrailHead.number, TrailHead.sha256).where(TrailHead.id == 1))
