"""Every damage of the trail is named: the first event that is wrong, and what was done to it."""

import pytest
from flask import Flask
from sqlalchemy import text

from compliance_app.rules.audit import Damage, RawEvent, seal
from compliance_app.services import audit, gifts
from compliance_app.services.audit import TrailCheck
from compliance_app.store import trail
from compliance_app.store.base import db, unit_of_work
from tests.conftest import NOON, Cast
from tests.factories import make_claim
from tests.tamper import tamper

# The trail of the cast and one gift has fourteen events; the gift is the last.
SHIFT_UP = (
    "UPDATE trail_event SET number = -number - 1 WHERE number >= {first}",
    "UPDATE trail_event SET number = -number WHERE number < 0",
)
CLOSE_UP = (
    "UPDATE trail_event SET number = -number + 1 WHERE number > {first}",
    "UPDATE trail_event SET number = -number WHERE number < 0",
)
CONTENTS = ("happened_at", "actor", "event", "subject", "body")


def check_after(*statements: str) -> TrailCheck:
    tamper(*statements)
    with unit_of_work() as session:
        return audit.verify(session)


def at(statements: tuple[str, ...], first: int) -> tuple[str, ...]:
    return tuple(statement.format(first=first) for statement in statements)


def exchange(one: int, other: int) -> tuple[str, ...]:
    return (
        f"UPDATE trail_event SET number = -1 WHERE number = {one}",
        f"UPDATE trail_event SET number = {one} WHERE number = {other}",
        f"UPDATE trail_event SET number = {other} WHERE number = -1",
    )


def insert(event: RawEvent) -> str:
    return (
        "INSERT INTO trail_event (number, happened_at, actor, event, subject, body, "
        f"previous_sha256, sha256) VALUES ({event.number}, '2026-11-21 17:00:00.000000', "
        f"'{event.actor}', '{event.event}', '{event.subject}', '{event.body}', "
        f"'{event.previous}', '{event.sha256}')"
    )


def forged(number: int) -> RawEvent:
    """Return an event that was never written, with a seal and a link that fit."""
    with unit_of_work() as session:
        before = trail.find_raw(session, number - 1)
    assert before is not None
    event = before._replace(number=number, actor="mallory@firm.example", previous=before.sha256)
    return event._replace(sha256=seal(event))


@pytest.fixture(autouse=True)
def _trail(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        gifts.submit(session, make_claim(), giver_id=cast.rep, actor_id=cast.rep, at=NOON)


@pytest.mark.parametrize(
    ("statements", "kind", "event", "problem"),
    [
        pytest.param(
            ("UPDATE trail_event SET body = replace(body, 'Rita', 'Rina') WHERE number = 1",),
            Damage.CHANGED,
            1,
            "Event 1 was changed after it was written.",
            id="a body is changed",
        ),
        pytest.param(
            ("UPDATE trail_event SET actor = 'nobody' WHERE number = 3",),
            Damage.CHANGED,
            3,
            "Event 3 was changed after it was written.",
            id="an actor is changed",
        ),
        pytest.param(
            ("UPDATE trail_event SET happened_at = '2026-11-21 17:00:00.000001' WHERE number = 3",),
            Damage.CHANGED,
            3,
            "Event 3 was changed after it was written.",
            id="a moment is changed",
        ),
        pytest.param(
            ("UPDATE trail_event SET previous_sha256 = '0' WHERE number = 6",),
            Damage.CHANGED,
            6,
            "Event 6 was changed after it was written.",
            id="a link is changed",
        ),
        pytest.param(
            ("UPDATE trail_event SET sha256 = '0' WHERE number = 14",),
            Damage.CHANGED,
            14,
            "Event 14 was changed after it was written.",
            id="the last seal is changed",
        ),
        pytest.param(
            ("DELETE FROM trail_event WHERE number = 4",),
            Damage.REMOVED,
            4,
            "Event 4 is missing from the trail.",
            id="an event is taken out",
        ),
        pytest.param(
            ("DELETE FROM trail_event WHERE number BETWEEN 1 AND 3",),
            Damage.REMOVED,
            1,
            "Events 1 to 3 are missing from the trail.",
            id="the beginning is taken out",
        ),
        pytest.param(
            ("DELETE FROM trail_event WHERE number = 4", *at(CLOSE_UP, 4)),
            Damage.REMOVED,
            4,
            "Event 4 is missing from the trail.",
            id="an event is taken out and the gap is closed",
        ),
        pytest.param(
            ("DELETE FROM trail_event WHERE number > 5",),
            Damage.CUT_OFF,
            6,
            "The trail ends at event 5, but 14 were written.",
            id="the end is cut off",
        ),
        pytest.param(
            exchange(4, 9),
            Damage.REORDERED,
            4,
            "Event 4 is not in its place: it and event 9 were reordered.",
            id="two events change places",
        ),
        pytest.param(
            exchange(1, 2),
            Damage.REORDERED,
            1,
            "Event 1 is not in its place: it and event 2 were reordered.",
            id="two neighbors change places",
        ),
        pytest.param(
            ("UPDATE trail_event SET number = 20 WHERE number = 6",),
            Damage.REORDERED,
            6,
            "Event 6 is not in its place: it and event 20 were reordered.",
            id="an event is moved behind the end",
        ),
        pytest.param(
            (
                (
                    "INSERT INTO trail_event SELECT 0, happened_at, actor, event, subject, body, "
                    "previous_sha256, sha256 FROM trail_event WHERE number = 1"
                ),
            ),
            Damage.INSERTED,
            0,
            "Event 0 was inserted: it was never written there.",
            id="an event before the first",
        ),
        pytest.param(
            (
                *at(SHIFT_UP, 8),
                (
                    "INSERT INTO trail_event SELECT 8, happened_at, 'mallory', event, subject, "
                    "body, previous_sha256, sha256 FROM trail_event WHERE number = 7"
                ),
            ),
            Damage.INSERTED,
            8,
            "Event 8 was inserted: it was never written there.",
            id="an event whose seal does not fit is put in between",
        ),
        pytest.param(
            (
                *at(SHIFT_UP, 8),
                (
                    "INSERT INTO trail_event SELECT 8, happened_at, actor, event, subject, body, "
                    "previous_sha256, sha256 FROM trail_event WHERE number = 3"
                ),
            ),
            Damage.INSERTED,
            8,
            "Event 8 was inserted: it was never written there.",
            id="an event is repeated",
        ),
    ],
)
def test_damage_is_named(
    statements: tuple[str, ...], kind: Damage, event: int, problem: str
) -> None:
    check = check_after(*statements)
    assert (check.kind, check.event, check.problem) == (kind, event, problem)


def test_contents_that_changed_places_are_named_though_seals_stayed() -> None:
    swap = [
        f"UPDATE trail_event SET {column} = (SELECT {column} FROM trail_event AS other "
        "WHERE other.number = CASE trail_event.number WHEN 2 THEN 5 ELSE 2 END) "
        "WHERE number IN (2, 5)"
        for column in CONTENTS
    ]
    # One statement at a time reads what the one before it wrote, so each goes through a copy.
    copies = [
        "CREATE TABLE before_it AS SELECT * FROM trail_event",
        *(statement.replace("FROM trail_event AS", "FROM before_it AS") for statement in swap),
        "DROP TABLE before_it",
    ]
    check = check_after(*copies)
    assert (check.kind, check.event) == (Damage.REORDERED, 2)


def test_a_forged_event_with_a_seal_that_fits_is_named_where_it_was_put() -> None:
    check = check_after(*at(SHIFT_UP, 8), insert(forged(8)))
    assert (check.kind, check.event) == (Damage.INSERTED, 8)


def test_a_forged_event_behind_the_last_is_named() -> None:
    check = check_after(insert(forged(15)))
    assert (check.kind, check.event) == (Damage.INSERTED, 15)
    assert check.problem == "Event 15 was inserted: only 14 were written."


@pytest.mark.parametrize("number", [5, 14])
def test_an_event_that_was_changed_and_sealed_anew_is_named(number: int) -> None:
    event = forged(number)
    check = check_after(f"DELETE FROM trail_event WHERE number = {number}", insert(event))
    assert (check.kind, check.event) == (Damage.CHANGED, number)


def test_nonsense_in_the_table_is_named_and_not_stumbled_over(app: Flask) -> None:
    with unit_of_work() as session:
        on_sqlite = session.get_bind().dialect.name == "sqlite"
    nonsense = "CAST(x'ff00fe' AS TEXT)" if on_sqlite else "chr(65533) || chr(1)"
    check = check_after(
        f"UPDATE trail_event SET body = {nonsense}, actor = {nonsense} WHERE number = 7"
    )
    assert (check.kind, check.event) == (Damage.CHANGED, 7)


def test_a_moment_that_is_none_is_named(app: Flask) -> None:
    with unit_of_work() as session:
        on_sqlite = session.get_bind().dialect.name == "sqlite"
    never = "yesterday" if on_sqlite else "infinity"
    check = check_after(f"UPDATE trail_event SET happened_at = '{never}' WHERE number = 7")
    assert (check.kind, check.event) == (Damage.CHANGED, 7)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("happened_at = replace(happened_at, ' ', 'T')", id="a moment spelled anew"),
        pytest.param("happened_at = CAST(happened_at AS BLOB)", id="a moment in bytes"),
        pytest.param("subject = CAST(subject AS BLOB)", id="a subject in bytes"),
        pytest.param("body = CAST(body AS BLOB)", id="a body in bytes"),
        pytest.param("sha256 = CAST(sha256 AS BLOB)", id="a seal in bytes"),
        pytest.param("actor = x'ff00', body = CAST(x'ff' AS TEXT)", id="nonsense in bytes"),
    ],
)
def test_what_reads_the_same_but_is_stored_otherwise_is_named(app: Flask, change: str) -> None:
    if db.engine.name == "postgresql":
        pytest.skip("PostgreSQL stores a text or a moment in one way")
    check = check_after(f"UPDATE trail_event SET {change} WHERE number = 7")
    assert (check.kind, check.event) == (Damage.CHANGED, 7)


def test_what_is_before_the_first_wrong_event_is_counted_as_whole() -> None:
    check = check_after("UPDATE trail_event SET actor = 'nobody' WHERE number = 3")
    with unit_of_work() as session:
        second = session.scalars(text("SELECT sha256 FROM trail_event WHERE number = 2")).one()
    assert (check.events, check.head_sha256) == (2, second)


def test_a_trail_whose_end_was_taken_away_is_named() -> None:
    check = check_after("DELETE FROM trail_head")
    assert check.kind is Damage.REMOVED
    assert check.problem == "The row that says where the trail ends was removed."


def test_an_event_below_every_number_is_named(app: Flask) -> None:
    lowest = -(2**63)
    found = check_after(insert(forged(14)._replace(number=lowest)))
    assert (found.kind, found.event) == (Damage.INSERTED, lowest)


def test_an_end_of_the_trail_that_is_no_number_is_named(app: Flask) -> None:
    if db.engine.name == "postgresql":
        pytest.skip("PostgreSQL holds nothing but a number there")
    found = check_after("UPDATE trail_head SET number = 'many'")
    assert (found.kind, found.problem) == (
        Damage.CHANGED,
        "The row that says where the trail ends was changed: it holds no number.",
    )


@pytest.mark.parametrize("table", ["trail_event", "trail_head", "trail_checkpoint"])
def test_a_table_of_the_trail_that_was_dropped_is_named(table: str) -> None:
    found = check_after(f"DROP TABLE {table}")
    assert (found.kind, found.problem) == (
        Damage.REMOVED,
        f"The table {table}, a part of the trail, was removed from the database.",
    )


@pytest.mark.parametrize(
    ("table", "column"),
    [("trail_event", "body"), ("trail_head", "sha256"), ("trail_checkpoint", "note")],
)
def test_a_column_of_the_trail_that_was_renamed_is_named(table: str, column: str) -> None:
    found = check_after(f"ALTER TABLE {table} RENAME COLUMN {column} TO other")
    assert (found.kind, found.problem) == (
        Damage.REMOVED,
        f"The column {column} of {table} was removed or renamed.",
    )
