from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from compliance_app.rules.permissions import Role
from compliance_app.services import approvals, comments, recipients
from compliance_app.services.recipients import NewRecipient
from compliance_app.store.base import db, unit_of_work
from compliance_app.web.guard import Actor
from compliance_app.web.queue import queue_of
from tests.conftest import EMAILS, NOON, Cast, make_app
from tests.page import Page
from tests.program import Program
from tests.web.test_approvals import submitted


@pytest.fixture
def other(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Return another process of the same register."""
    application = make_app(tmp_path, database_url)
    yield application
    with application.app_context():
        db.engine.dispose()


def test_what_another_process_decides_leaves_the_queue_at_once(
    app: Flask, other: Flask, cast: Cast
) -> None:
    first, second = submitted(120_00, cast.rep), submitted(100_00, cast.other_rep)
    page = Page(app).sign_in(EMAILS["officer"]).get("/approvals")
    assert page.words(".queue-item .name") == ["Morgan Ellery", "Morgan Ellery"]
    assert page.words(".rail .count") == ["2 waiting"]

    with other.app_context(), unit_of_work() as session:
        approvals.decline(session, first, actor_id=cast.officer, at=NOON, reason="Too much.")

    page.get("/approvals")
    assert [one.get("data-reference") for one in page.find("li[data-reference]")] == [second]
    assert page.words(".rail .count") == ["1 waiting"]


def test_a_card_says_what_was_written_since(app: Flask, other: Flask, cast: Cast) -> None:
    reference = submitted(120_00, cast.rep)
    page = Page(app).sign_in(EMAILS["officer"]).get(f"/approvals/{reference}")
    assert "has $180.00 left" in page.said
    assert "For the closing dinner." not in page.said

    with other.app_context(), unit_of_work() as session:
        comments.add(session, reference, "For the closing dinner.", actor_id=cast.rep, at=NOON)
    submitted(100_00, cast.other_rep)

    page.get(f"/approvals/{reference}")
    assert "has $80.00 left" in page.said
    assert "For the closing dinner." in page.said


def test_a_card_is_kept_for_whom_it_was_made(app: Flask, cast: Cast) -> None:
    own = submitted(120_00, cast.second_officer)
    officer = Page(app).sign_in(EMAILS["officer"])
    giver = Page(app).sign_in(EMAILS["second_officer"])

    assert "Approve" in officer.get(f"/approvals/{own}").said
    assert "somebody else must decide on it" in giver.get(f"/approvals/{own}").said
    assert not giver.find("form.decide")


def test_a_request_becomes_due_without_any_event(app: Flask, cast: Cast) -> None:
    submitted(120_00, cast.rep)
    officer = Actor("", 0, cast.officer, "Olga Officer", Role.COMPLIANCE)
    days = (NOON, NOON + timedelta(days=5))

    counts = [queue_of(db.session(), officer, at).counts for at in days]

    assert [one["due"] for one in counts] == ["0", "1"]


def test_what_is_left_follows_gifts_and_days(app: Flask, other: Flask, cast: Cast) -> None:
    program = Program(app, "rep")
    path = "/api/v1/recipients?q=Morgan"
    assert program.get(path)["recipients"][0]["room"]["left"] == "300.00"

    with other.app_context():
        submitted(120_00, cast.other_rep)
        with unit_of_work() as session:
            recipients.add(session, NewRecipient("Morgan Ash"), actor_id=cast.rep, at=NOON)

    found = program.get(path)["recipients"]
    assert {one["name"]: one["room"]["left"] for one in found} == {
        "Morgan Ash": "300.00",
        "Morgan Ellery": "180.00",
    }
    app.config["CLOCK"] = lambda: NOON + timedelta(days=60)
    later = {one["name"]: one["room"]["left"] for one in program.get(path)["recipients"]}
    assert later == {"Morgan Ash": "300.00", "Morgan Ellery": "300.00"}
