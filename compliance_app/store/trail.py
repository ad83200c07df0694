"""The trail as it lies in the table, read plainly: no damage keeps it from being read.

Moments and texts come as they are stored, even where somebody left nonsense in them.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, inspect, or_, select, text, union_all
from sqlalchemy.orm import Session, aliased

from compliance_app.rules.audit import Event, RawEvent
from compliance_app.store.audit import as_sealed
from compliance_app.store.base import CACHE_KB
from compliance_app.store.bulk import chunks
from compliance_app.store.models import TrailCheckpoint, TrailEvent, TrailHead

# What SQLite stores otherwise than the program writes it never reads as what was sealed.
_MOMENT = (
    "CASE substr(happened_at, 11, 1) WHEN ' ' THEN replace(happened_at, ' ', 'T') || '+00:00' "
    "ELSE CAST(happened_at AS TEXT) END"
)
_TEXTS = ("actor", "event", "subject", "body", "previous_sha256", "sha256")
_ON_SQLITE = (
    _MOMENT,
    *(f"CASE typeof({one}) WHEN 'text' THEN {one} ELSE typeof({one}) END" for one in _TEXTS),
)
_FORM = """'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'"""
_ON_POSTGRESQL = (f"coalesce(to_char(happened_at AT TIME ZONE 'UTC', {_FORM}), '')", *_TEXTS)
# In bytes, so that the body need not become a text to be hashed; what is no text stays as it is.
_WALKED = (_MOMENT, *_TEXTS[:3], "iif(typeof(body) = 'text', CAST(body AS BLOB), '')", *_TEXTS[4:])
_NEXT = "SELECT number, {} FROM trail_event WHERE number >= {place} ORDER BY number LIMIT {place}"
_NEXT_ON_POSTGRESQL = _NEXT.format(", ".join(_ON_POSTGRESQL), place="%s")
# Texts and moments as they are sealed.
PLAIN = {
    "sqlite": _NEXT.format(", ".join(_ON_SQLITE), place="?"),
    "postgresql": _NEXT_ON_POSTGRESQL,
}
WALKED = {
    "sqlite": _NEXT.format(", ".join(_WALKED), place="?"),
    "postgresql": _NEXT_ON_POSTGRESQL,
}
# What is no text at all in SQLite can only be fetched as bytes.
BYTES = {
    "sqlite": ", ".join(("number", *(f"CAST({one} AS BLOB)" for one in _ON_SQLITE))),
    "postgresql": ", ".join(("number", *_ON_POSTGRESQL)),
}
READ_ONCE_KB = 500
# Few enough to stay in the processor's cache from the reading to the hashing.
BATCH = 100
_FROM = "number >= :value ORDER BY number LIMIT :most"
# Below the lowest number that either database can hold: whatever was put there is read as well.
BEFORE_ALL = -(2**63) - 1
HIGHEST = 2**63 - 1


def missing_part(session: Session) -> str:
    """Say which table or column of the trail is not there; nothing where all are."""
    there = inspect(session.connection())
    for model in (TrailEvent, TrailHead, TrailCheckpoint):
        table = model.__tablename__
        if not there.has_table(table):
            return f"The table {table}, a part of the trail, was removed from the database."
        columns = {column["name"] for column in there.get_columns(table)}
        for column in model.__table__.columns:
            if column.name not in columns:
                return f"The column {column.name} of {table} was removed or renamed."
    return ""


def raw_events(
    session: Session, *, after: int = BEFORE_ALL, until: int | None = None
) -> Iterator[RawEvent]:
    """Yield the events above a number, and up to another, in their order, in flat memory."""
    while True:
        batch = _next(session, after)
        yield from batch if until is None else (row for row in batch if row.number <= until)
        if len(batch) < BATCH or (until is not None and batch[-1].number >= until):
            return
        after = batch[-1].number


@contextmanager
def read_once(session: Session) -> Iterator[None]:
    """Let SQLite keep little in memory while a whole trail goes by.

    Its pages are not needed again, and many of them push out of the processor's cache what is.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql(f"PRAGMA cache_size = -{READ_ONCE_KB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KB}")


def sealed_rows(session: Session) -> Iterator[Sequence[Any]]:
    """Yield every event in order as a plain row with the fields of `RawEvent`.

    The body comes as it is hashed, in bytes where the driver has it so. What was stored as no
    text at all comes as it is: no seal is of that.
    """
    after = BEFORE_ALL
    while True:
        batch: Sequence[Any] | None = _fetch(session, WALKED, after)
        if batch is None:
            batch = _select(session, _FROM, next_number(after))
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1][0]


def find_raw(session: Session, number: int) -> RawEvent | None:
    """Return the event of this number."""
    found = _select(session, "number = :value LIMIT :most", number)
    return found[0] if found else None


def read_again(session: Session, row: Sequence[Any]) -> RawEvent:
    """Return the event of one of `sealed_rows` in texts, as the others come."""
    number, *fields = row
    return find_raw(session, number) or RawEvent(number, *map(text_of, fields))


def linked_to(session: Session, sha256: str) -> Sequence[RawEvent]:
    """Return the events that say they follow the one with this seal; it reads the whole trail."""
    return _select(session, "previous_sha256 = :value ORDER BY number LIMIT :most", sha256)


def last_number(session: Session) -> int:
    """Return the highest number there is, 0 in an empty trail."""
    return session.scalar(select(func.max(TrailEvent.number))) or 0


def seals(session: Session, *, until: int) -> Iterator[str]:
    """Yield the seals of the events up to a number, in their order."""
    statement = select(TrailEvent.sha256).where(TrailEvent.number <= until)
    yield from session.scalars(
        statement.order_by(TrailEvent.number).execution_options(yield_per=10_000)
    )


def numbers_about(session: Session, subjects: Iterable[str], *, until: int) -> set[int]:
    """Return the numbers of the events about these subjects, up to a number."""
    return {
        number
        for some in chunks(sorted(set(subjects)))
        for number in session.scalars(
            select(TrailEvent.number).where(
                TrailEvent.subject.in_(some), TrailEvent.number <= until
            )
        )
    }


def numbers_of_kind(session: Session, kind: str, *, until: int) -> set[int]:
    """Return the numbers of the events about everything of a kind, such as `policy`."""
    return set(
        session.scalars(
            select(TrailEvent.number).where(
                TrailEvent.subject.like(f"{kind}:%"), TrailEvent.number <= until
            )
        )
    )


def events_numbered(session: Session, numbers: Iterable[int]) -> Iterator[RawEvent]:
    """Yield the events of these numbers in their order."""
    for some in chunks(sorted(set(numbers))):
        for row in session.scalars(
            select(TrailEvent).where(TrailEvent.number.in_(some)).order_by(TrailEvent.number)
        ):
            session.expunge(row)
            yield as_sealed(row)


def merges_before(session: Session, moment: datetime, *, count: int) -> Sequence[TrailEvent]:
    """Return the merges and their undoing before a moment, newest first."""
    parts = (
        select(TrailEvent.number)
        .where(TrailEvent.event == kind.value, TrailEvent.happened_at < moment)
        .order_by(TrailEvent.number.desc())
        .limit(count)
        .subquery()
        for kind in (Event.RECIPIENT_MERGED, Event.RECIPIENT_UNMERGED)
    )
    either = union_all(*(select(part.c.number) for part in parts))
    return session.scalars(
        select(TrailEvent)
        .where(TrailEvent.number.in_(either))
        .order_by(TrailEvent.number.desc())
        .limit(count)
    ).all()


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
            # A draft that is kept may become a gift, and is none yet.
            TrailEvent.subject.like("gift:%"),
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


def next_number(number: int) -> int:
    """Return the first number above another that a database can hold."""
    return min(number + 1, HIGHEST)


def _next(session: Session, after: int) -> list[RawEvent]:
    rows = _fetch(session, PLAIN, after)
    if rows is None:
        return _select(session, _FROM, next_number(after))
    return list(map(RawEvent._make, rows))


def _fetch(session: Session, statements: Mapping[str, str], after: int) -> list[Any] | None:
    """Return the next rows past SQLAlchemy's: a whole trail is read each time.

    None where one holds what is no text at all, which only `_select` can read.
    """
    connection = session.connection()
    statement, place = statements[connection.dialect.name], (next_number(after), BATCH)
    if connection.dialect.name == "postgresql":
        return list(connection.exec_driver_sql(statement, place))
    driver: Any = connection.connection.driver_connection
    # Quicker than what a check lets it make of a text.
    before, driver.text_factory = driver.text_factory, str
    try:
        return list(driver.execute(statement, place))
    except sqlite3.DatabaseError:
        return None
    finally:
        driver.text_factory = before


def _select(session: Session, which: str, value: int | str) -> list[RawEvent]:
    connection = session.connection()
    columns = BYTES[connection.dialect.name].replace(":", "\\:")
    statement = text(f"SELECT {columns} FROM trail_event WHERE {which}")  # noqa: S608 - all from above
    rows = connection.execute(statement, {"value": value, "most": BATCH})
    return [RawEvent(number, *map(text_of, texts)) for number, *texts in rows]


def text_of(stored: bytes | str | None) -> str:
    """Return what is stored as text, whatever somebody left there."""
    if stored is None:
        return ""
    return stored if isinstance(stored, str) else str(stored, "utf-8", "replace")
