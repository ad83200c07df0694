"""The trail: one function appends, and every event is sealed to the one before it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event, RawEvent, canonical, moment, seal
from compliance_app.store.models import Person, TrailEvent, TrailHead

# Who acted when no person did: the firm's policy, by its own rules.
POLICY_ACTOR = "policy"
CONSOLE_ACTOR = "console"


class Act(NamedTuple):
    """One thing that happened, before it has its number and seal."""

    event: Event
    subject: str
    body: Mapping[str, object]


def append(
    session: Session,
    event: Event,
    *,
    actor_id: int | None,
    at: datetime,
    subject: str,
    body: Mapping[str, object],
) -> TrailEvent:
    """Append one event with the full state after it, in the caller's transaction.

    `actor_id` is None where the console acted for the operator of the machine.
    """
    return append_all(session, [Act(event, subject, body)], actor_id=actor_id, at=at)[0]


def append_all(
    session: Session, acts: Sequence[Act], *, actor_id: int | None, at: datetime
) -> list[TrailEvent]:
    """Append several events of one actor and moment, in the order given."""
    actor = CONSOLE_ACTOR if actor_id is None else session.get_one(Person, actor_id).email
    head = session.get_one(TrailHead, 1, with_for_update=True, populate_existing=True)
    rows: list[TrailEvent] = []
    for act in acts:
        row = TrailEvent(
            number=head.number + 1,
            happened_at=at.astimezone(UTC),
            actor=actor,
            event=act.event.value,
            subject=act.subject,
            body=canonical(act.body),
            previous_sha256=head.sha256,
            sha256="",
        )
        row.sha256 = seal_of(row)
        head.number, head.sha256 = row.number, row.sha256
        rows.append(row)
    session.add_all(rows)
    session.flush()
    return rows


def seal_of(row: TrailEvent) -> str:
    """Return the seal the row must carry."""
    return seal(_as_sealed(row))


def _as_sealed(row: TrailEvent) -> RawEvent:
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


def latest(session: Session, *, before: int | None, count: int) -> Sequence[TrailEvent]:
    """Return up to `count` events, newest first, below the number `before`."""
    statement = select(TrailEvent).order_by(TrailEvent.number.desc()).limit(count)
    if before is not None:
        statement = statement.where(TrailEvent.number < before)
    return session.scalars(statement).all()


def events_of(session: Session, subject: str) -> Sequence[TrailEvent]:
    """Return the events of one subject, such as `gift:12`, oldest first."""
    return session.scalars(
        select(TrailEvent).where(TrailEvent.subject == subject).order_by(TrailEvent.number)
    ).all()


def head(session: Session) -> TrailHead:
    """Return the last event's number and seal."""
    return session.get_one(TrailHead, 1)


def has_head(session: Session) -> bool:
    """Say whether the row is there that says where the trail ends."""
    return session.get(TrailHead, 1) is not None


def head_now(session: Session) -> int:
    """Return the last event's number as it is now, whatever the session has read before."""
    return session.scalars(select(TrailHead.number).where(TrailHead.id == 1)).one()
