"""The trail alone is enough to rebuild the register, and tables that say otherwise are named."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask, current_app

from compliance_app.rules.periods import quarter_of
from compliance_app.rules.permissions import Role
from compliance_app.services import approvals, gifts, people, tokens
from compliance_app.services.checkpoints import TrailDamagedError
from compliance_app.services.history import record_past
from compliance_app.services.past_gifts import PastGift
from compliance_app.services.replay import Replay, replay
from compliance_app.services.reporting import producing
from compliance_app.services.reporting.orders import Order
from compliance_app.store.base import db, frozen_reading, unit_of_work
from compliance_app.store.models import Person
from tests.conftest import CAST, NOON
from tests.factories import make_claim
from tests.tamper import tamper

LATER = NOON + timedelta(days=1)


def submit(cents: int, *, to: tuple[int, ...] = (CAST.morgan,)) -> str:
    with unit_of_work() as session:
        return gifts.submit(
            session, make_claim(cents, to=to), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON
        ).reference


def live_a_little() -> None:
    """Do what people do: clear, amend, decide, decline, withdraw, import, change, report."""
    cleared, routed = submit(40_00), submit(90_00, to=(CAST.morgan, CAST.ravi))
    declined, withdrawn = submit(150_00), submit(120_00)
    with unit_of_work() as session:
        gifts.amend(session, cleared, make_claim(30_00), reason="Typo", actor_id=CAST.rep, at=LATER)
        gifts.withdraw(session, withdrawn, actor_id=CAST.rep, at=LATER)
        approvals.approve(session, routed, actor_id=CAST.officer, at=LATER)
        approvals.decline(
            session, declined, actor_id=CAST.officer, at=LATER, reason="Too much at once"
        )
        past = PastGift(
            make_claim(25_00, given_on=date(2026, 2, 3), to=(CAST.ravi,)), CAST.rep, CAST.rep
        )
        record_past(session, [past], actor_id=None, at=LATER)
        people.change(
            session,
            CAST.other_rep,
            role=Role.SUPERVISOR,
            supervisor_id=None,
            actor_id=CAST.admin,
            at=LATER,
        )
        with producing.staged(Path(current_app.config["DATA_DIR"])) as place:
            order = Order(quarter_of("2026Q4"))
            package = producing.produce(session, order, place, firm="Northwind")
            producing.keep_run(session, package, actor_id=CAST.officer, at=LATER)


def replayed() -> Replay:
    with frozen_reading() as session:
        return replay(session)


def test_a_register_that_was_lived_in_is_rebuilt_from_its_trail(app: Flask) -> None:
    live_a_little()
    found = replayed()
    assert found.differences == []
    assert (found.events, found.rows) == (24, 45)


@pytest.mark.parametrize(
    ("statement", "difference"),
    [
        pytest.param(
            "UPDATE gift_version SET cost_cents = 100 WHERE gift_id = 1",
            "Gift version 1: cost_cents is 100 in the register, but event 14 says 4000.",
            id="a gift's cost",
        ),
        pytest.param(
            "UPDATE share SET counted_cents = 1 WHERE id = 1",
            "Share 1: counted_cents is 1 in the register, but event 14 says 4000.",
            id="a share's counted value",
        ),
        pytest.param(
            "UPDATE share SET holds_room = NOT holds_room WHERE id = 1",
            "Share 1: holds_room is false in the register, but event 14 says true.",
            id="whether a share counts",
        ),
        pytest.param(
            "UPDATE gift SET state = 'whatever' WHERE id = 1",
            'Gift 1: state is "whatever" in the register, but event 14 says "approved".',
            id="a state there is not",
        ),
        pytest.param(
            "UPDATE decision SET kind = 'approve' WHERE id = 1",
            'Decision 1: kind is "approve" in the register, but event 14 says "auto_clear".',
            id="who decided",
        ),
        pytest.param(
            "UPDATE person SET role = 'admin' WHERE id = 1",
            'Person 1: role is "admin" in the register, but event 8 says "ae".',
            id="what somebody may do",
        ),
        pytest.param(
            "UPDATE employer SET segment = 'Endowments' WHERE id = 1",
            'Employer 1: segment is "Endowments" in the register, but event 10 says null.',
            id="what a firm is",
        ),
        pytest.param(
            "DELETE FROM employment WHERE id = 2",
            "Employment 2 is missing from the register; event 13 tells of it.",
            id="where somebody works is taken out",
        ),
        pytest.param(
            "INSERT INTO employer (id, name, name_key, created_at) "
            "VALUES (0, 'Shell', 'shell', '2026-11-21 17:00:00')",
            "Employer 0 is in the register, but no event tells of it.",
            id="an employer is put in",
        ),
        pytest.param(
            "UPDATE giver_month SET counted_cents = 1 WHERE giver_id = 1",
            "Giver month (202611, 1) holds (1, 1, 0), but the gifts add up to (1, 4000, 0).",
            id="the sum of a month",
        ),
        pytest.param(
            "DELETE FROM recipient_year WHERE giver_id = 0",
            "Recipient year (0, 2026, 1) holds (0, 0), but the gifts add up to (1, 4000).",
            id="the sum of a year is taken out",
        ),
    ],
)
def test_a_change_of_the_tables_is_named(app: Flask, statement: str, difference: str) -> None:
    submit(40_00)
    tamper(statement)
    assert replayed().differences == [difference]


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        pytest.param(
            "share SET counted_cents = 4000.5",
            "Share 1: counted_cents holds a fraction, not a whole number.",
            id="a fraction",
        ),
        pytest.param(
            "giver_month SET gifts = 'one'",
            "Giver month (202611, 1): gifts holds a text, not a whole number.",
            id="a word in a sum",
        ),
        pytest.param(
            "gift SET state = CAST(state AS BLOB)",
            "Gift 1: state holds bytes, not a text.",
            id="a state in bytes",
        ),
        pytest.param(
            "gift_version SET flags = '[ ]'",
            'Gift version 1: flags is "[ ]" in the register, but event 14 says [].',
            id="a document spelled otherwise",
        ),
    ],
)
def test_what_reads_alike_but_is_stored_otherwise_is_named(
    app: Flask, change: str, difference: str
) -> None:
    on_sqlite = db.engine.name == "sqlite"
    if not on_sqlite and "flags" not in change:
        pytest.skip("PostgreSQL holds nothing but a number or a text there")
    submit(40_00)
    tamper(f"UPDATE {change}")
    assert replayed().differences[0] == difference


def test_a_moment_that_never_comes_is_named(app: Flask) -> None:
    submit(40_00)
    tamper("UPDATE gift SET submitted_at = 'infinity'")
    [found] = replayed().differences
    assert found.startswith('Gift 1: submitted_at is "infinity')


def test_nothing_is_rebuilt_from_a_damaged_trail(app: Flask) -> None:
    tamper("UPDATE trail_event SET body = 'nonsense' WHERE number = 3")
    with pytest.raises(TrailDamagedError, match="Event 3 was changed"):
        replayed()


def test_a_token_that_nobody_made_is_named(app: Flask) -> None:
    with unit_of_work() as session:
        rep = session.get_one(Person, CAST.rep)
        tokens.make(session, rep, "Expenses", actor_id=CAST.rep, at=NOON)
    assert replayed().differences == []
    tamper(
        "INSERT INTO api_token (id, token_sha256, person_id, name, made_at) "
        f"VALUES (2, 'ab', {CAST.officer}, 'Back door', '2026-11-21 17:00:00.000000')"
    )
    assert replayed().differences == ["Api token 2 is in the register, but no event tells of it."]


def test_secrets_are_neither_told_nor_compared(app: Flask) -> None:
    tamper("UPDATE person SET password_hash = 'another', totp_secret = 'too'")
    assert replayed().differences == []
