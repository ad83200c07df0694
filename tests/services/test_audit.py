"""The trail: one event an act, sealed to the one before, and every damage named."""

import json

import pytest
from flask import Flask

from compliance_app.rules.errors import OwnDecisionError
from compliance_app.services import approvals, audit, gifts
from compliance_app.store import audit as store
from compliance_app.store.base import unit_of_work
from tests.conftest import NOON, Cast
from tests.factories import make_claim


def submit(cast: Cast, cents: int = 48_00) -> str:
    with unit_of_work() as session:
        return gifts.submit(
            session, make_claim(cents), giver_id=cast.rep, actor_id=cast.rep, at=NOON
        ).reference


def submit_and_approve_alone(officer: int) -> None:
    with unit_of_work() as session:
        gift = gifts.submit(
            session, make_claim(150_00), giver_id=officer, actor_id=officer, at=NOON
        )
        approvals.approve(session, gift.reference, actor_id=officer, at=NOON)


def test_a_trail_that_nobody_touched_is_whole(app: Flask, cast: Cast) -> None:
    submit(cast)
    with unit_of_work() as session:
        check = audit.verify(session)
        assert check.problem is None
        assert check.events == store.head(session).number


def test_an_event_holds_the_whole_state_after_the_act(app: Flask, cast: Cast) -> None:
    reference = submit(cast)
    with unit_of_work() as session:
        event = store.latest(session, before=None, count=1)[0]
    body = json.loads(event.body)
    assert (event.event, event.subject, event.actor) == (
        "gift:submitted",
        "gift:1",
        "rita@firm.example",
    )
    assert body["gift"]["reference"] == reference
    assert body["gift"]["state"] == "approved"
    assert body["version"]["cost_cents"] == 4800
    assert body["shares"][0]["counted_cents"] == 4800
    assert body["shares"][0]["holds_room"] is True
    assert body["assessments"][0]["document"]["verdict"] == "within_limit"
    assert body["decisions"][0]["kind"] == "auto_clear"


def test_an_act_that_is_refused_leaves_neither_change_nor_event(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        before = store.head(session).number
    with pytest.raises(OwnDecisionError):
        submit_and_approve_alone(cast.officer)
    with unit_of_work() as session:
        assert store.head(session).number == before


def test_a_refused_attempt_is_recorded(app: Flask, cast: Cast) -> None:
    error = OwnDecisionError(reference="G-1", part="gave")
    with unit_of_work() as session:
        audit.record_refusal(
            session, error, actor_id=cast.officer, at=NOON, attempted="/approvals/G-1"
        )
        event = store.latest(session, before=None, count=1)[0]
    assert event.subject == "attempt:own-decision"
    assert json.loads(event.body)["sentence"] == str(error)


def test_a_moment_is_sealed_in_utc_whatever_zone_it_was_told_in(app: Flask, cast: Cast) -> None:
    submit(cast)
    with unit_of_work() as session:
        event = store.latest(session, before=None, count=1)[0]
    assert event.happened_at.isoformat() == "2026-11-21T17:00:00+00:00"
    assert '"logged_at":"2026-11-21T17:00:00.000000+00:00"' in event.body
