"""A large register, made quickly: a demo is lived through once, then its history is copied.

The copies are rows alone: good to read from, but their trail does not verify.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, text
from sqlalchemy.orm import Session

from compliance_app.app import create_app
from compliance_app.services.demo import build
from compliance_app.store import derived, nodes, schema
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.bulk import table_of
from compliance_app.store.models import TrailEvent, TrailNode

AT = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
BASE = 1_000
BATCH = 65_536
OPEN = "('draft', 'submitted', 'sent_back', 'approved')"
ENDED = f"SELECT id FROM gift WHERE state NOT IN {OPEN}"
VERSIONS = f"SELECT id FROM gift_version WHERE gift_id IN ({ENDED})"
# What is copied, which of it, and the columns that another number or a sign is added to.
COPIED: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("employer", "true", ("id",), ("name", "name_key")),
    ("recipient", "merged_into_id IS NULL", ("id",), ("name", "name_key")),
    ("employer_word", "true", ("employer_id",), ("text",)),
    ("employment", "true", ("id", "recipient_id", "employer_id"), ()),
    ("recipient_key", "true", ("recipient_id",), ()),
    ("recipient_word", "true", ("recipient_id",), ("text",)),
    ("gift", f"id IN ({ENDED})", ("id",), ()),
    ("gift_version", f"id IN ({VERSIONS})", ("id", "gift_id"), ()),
    (
        "assessment",
        f"version_id IN ({VERSIONS})",
        ("id", "version_id", "recipient_id"),
        (),
    ),
    (
        "share",
        f"gift_id IN ({ENDED})",
        ("id", "gift_id", "version_id", "recipient_id", "assessment_id", "employer_id"),
        (),
    ),
    ("decision", f"gift_id IN ({ENDED})", ("id", "gift_id"), ()),
)


def fill(url: str, folder: str, gifts: int) -> None:
    """Fill an empty database with so many gifts, at least a thousand; a filled one is upgraded."""
    with create_app({"DATA_DIR": folder, "DATABASE_URL": url}, console=True).app_context():
        schema.upgrade(db.engine)
        with unit_of_work() as session:
            if _number(session.connection(), "SELECT count(*) FROM gift") >= gifts:
                return
            build(session, gifts=min(gifts, BASE), seed=3220, at=AT)
        done = min(gifts, BASE)
        while done < gifts:
            with unit_of_work() as session:
                done += _copy(session.connection(), at_most=gifts - done)
        with unit_of_work() as session:
            _derive(session.connection())
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        db.engine.dispose()


def _copy(connection: Connection, *, at_most: int) -> int:
    """Copy the whole history once more, or so many of its gifts; return how many there were."""
    highest = max(
        _number(connection, f"SELECT coalesce(max(id), 0) FROM {table}")
        for table, _, numbers, _ in COPIED
        if "id" in numbers
    )
    before = _number(connection, "SELECT count(*) FROM gift")
    for table, which, numbers, signs in COPIED:
        names = [column.name for column in db.metadata.tables[table].columns]
        values = ", ".join(_value(name, numbers, signs, highest) for name in names)
        limited = f"{which} LIMIT {at_most}" if table == "gift" else which
        if table in {"gift_version", "assessment", "share", "decision"}:
            limited = f"({which}) AND {_has_gift(table, highest)}"
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {limited}"
        )
    _copy_trail(connection, highest)
    if connection.dialect.name == "postgresql":
        for table, _, numbers, _ in COPIED:
            if "id" in numbers:
                connection.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
                        f"(SELECT max(id) FROM {table}))"
                    )
                )
    return _number(connection, "SELECT count(*) FROM gift") - before


def _derive(connection: Connection) -> None:
    """Make what is kept for reads anew, out of the copies too."""
    for model, true in derived.TRUE.items():
        table = table_of(model)
        connection.execute(delete(table))
        names = [column.name for column in table.columns]
        connection.execute(insert(table).from_select(names, true()))
    connection.execute(delete(table_of(TrailNode)))
    done, events = 0, table_of(TrailEvent)
    with Session(connection) as session:
        while seals := session.scalars(
            select(events.c.sha256)
            .where(events.c.number > done)
            .order_by(events.c.number)
            .limit(BATCH)
        ).all():
            nodes.keep(session, done, seals)
            done += len(seals)


def _has_gift(table: str, highest: int) -> str:
    """Return that the gift of a row was copied in this round, and its version for a verdict."""
    if table == "assessment":
        return f"version_id + {highest} IN (SELECT id FROM gift_version WHERE id > {highest})"
    return f"gift_id + {highest} IN (SELECT id FROM gift WHERE id > {highest})"


def _value(name: str, numbers: tuple[str, ...], signs: tuple[str, ...], highest: int) -> str:
    if name in numbers:
        return f"{name} + {highest}"
    if name in signs:
        return f"{name} || ' {highest}'"
    return {
        "reference": f"'C-' || (id + {highest})",
        "email": f"CASE WHEN email IS NULL THEN NULL ELSE (id + {highest}) || '@copy.example' END",
        "submission_key": "NULL",
        "row_sha256": "NULL",
        "merged_into_id": "NULL",
    }.get(name, name)


def _copy_trail(connection: Connection, highest: int) -> None:
    """Copy the events of gifts, under the subjects of their copies."""
    last = _number(connection, "SELECT max(number) FROM trail_event")
    connection.exec_driver_sql(
        "INSERT INTO trail_event (number, happened_at, actor, event, subject, body, "
        f"previous_sha256, sha256) SELECT row_number() OVER (ORDER BY number) + {last}, "
        f"happened_at, actor, event, 'gift:' || (CAST(substr(subject, 6) AS INTEGER) + {highest}), "
        "body, previous_sha256, sha256 FROM trail_event WHERE substr(subject, 1, 5) = 'gift:' AND "
        f"CAST(substr(subject, 6) AS INTEGER) + {highest} IN (SELECT id FROM gift)"
    )
    connection.exec_driver_sql(
        "UPDATE trail_head SET number = (SELECT max(number) FROM trail_event)"
    )


def _number(connection: Connection, statement: str) -> int:
    return int(connection.exec_driver_sql(statement).scalar_one())
