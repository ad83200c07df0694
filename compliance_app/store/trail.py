"""The trail as it lies in the table, read plainly: no damage keeps it from being read.

Moments and texts come as they are stored, even where somebody left nonsense in them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from compliance_app.rules.audit import RawEvent
from compliance_app.store.models import TrailEvent

# SQLite holds whatever bytes it is given, so they are fetched as bytes and read afterwards.
COLUMNS = {
    "sqlite": (
        "number, CAST(happened_at AS BLOB), CAST(actor AS BLOB), CAST(event AS BLOB), "
        "CAST(subject AS BLOB), CAST(body AS BLOB), CAST(previous_sha256 AS BLOB), "
        "CAST(sha256 AS BLOB)"
    ),
    "postgresql": (
        "number, to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), actor, "
        "event, subject, body, previous_sha256, sha256"
    ),
}
BATCH = 1_000
BEFORE_ALL = -(2**63)


def raw_events(
    session: Session, *, after: int = BEFORE_ALL, until: int | None = None
) -> Iterator[RawEvent]:
    """Yield the events above a number, and up to another, in their order, in flat memory."""
    while True:
        batch = _select(session, "number > :value ORDER BY number LIMIT :most", after)
        yield from (row for row in batch if until is None or row.number <= until)
        if len(batch) < BATCH or (until is not None and batch[-1].number >= until):
            return
        after = batch[-1].number


def find_raw(session: Session, number: int) -> RawEvent | None:
    """Return the event of this number."""
    found = _select(session, "number = :value LIMIT :most", number)
    return found[0] if found else None


def linked_to(session: Session, sha256: str) -> Sequence[RawEvent]:
    """Return the events that say they follow the one with this seal; it reads the whole trail."""
    return _select(session, "previous_sha256 = :value ORDER BY number LIMIT :most", sha256)


def last_number(session: Session) -> int:
    """Return the highest number there is, 0 in an empty trail."""
    return session.scalar(select(func.max(TrailEvent.number))) or 0


def latest_of_gifts(
    session: Session, *, before: datetime, below: int | None, count: int
) -> Sequence[TrailEvent]:
    """Return the last event before the moment of each gift, newest first.

    Only those older than event `below` come, so that a page goes on where the last one ended.
    """
    later = aliased(TrailEvent)
    statement = (
        select(TrailEvent)
        .where(
            TrailEvent.happened_at < before,
            TrailEvent.event.like("gift:%"),
            ~exists().where(
                later.subject == TrailEvent.subject,
                later.number > TrailEvent.number,
                later.happened_at < before,
            ),
        )
        .order_by(TrailEvent.happened_at.desc(), TrailEvent.number.desc())
        .limit(count)
    )
    edge = session.get(TrailEvent, below) if below is not None else None
    if edge is not None:
        statement = statement.where(
            TrailEvent.happened_at <= edge.happened_at,
            or_(TrailEvent.happened_at < edge.happened_at, TrailEvent.number < edge.number),
        )
    return session.scalars(statement).all()


def _select(session: Session, which: str, value: int | str) -> list[RawEvent]:
    columns = COLUMNS[session.get_bind().dialect.name]
    statement = text(f"SELECT {columns} FROM trail_event WHERE {which}")  # noqa: S608 - all from above
    rows = session.connection().execute(statement, {"value": value, "most": BATCH})
    return [_read(row) for row in rows]


def _read(row: Sequence[Any]) -> RawEvent:
    number, at, *texts = row
    day, _, time = _text(at).partition(" ")
    return RawEvent(number, f"{day}T{time}+00:00", *map(_text, texts))


def _text(stored: bytes | str | None) -> str:
    return stored if isinstance(stored, str) else str(stored or b"", "utf-8", "replace")
