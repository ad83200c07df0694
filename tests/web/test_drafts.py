"""What was begun: kept as it was typed, gone on with, and never lost when a session ends."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from compliance_app.services.replay import replay
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Draft, Gift
from tests.conftest import EMAILS, NOON, PASSWORD
from tests.page import Page

OURS = {"Origin": "http://localhost"}


@pytest.fixture
def database_url(template: Path, tmp_path: Path) -> str:
    """One database is enough: both keep a form the same way."""
    for file in template.glob("tally3220.db*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return f"sqlite:///{tmp_path / 'tally3220.db'}"


@pytest.fixture
def rep(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["rep"])


def begun(page: Page, **changes: object) -> dict[str, object]:
    page.get("/gifts/new")
    return {
        "csrf_token": page.find("form#gift input[name=csrf_token]")[0].get("value"),
        "submission_key": page.find("input[name=submission_key]")[0].get("value"),
        "recipients": ["1", "2"],
        "cost": "4x",
        "given_on": "2026-11-20",
        "category": "ticket",
        "description": 'Two "good" seats',
        "face_value": "80",
        "payer": "member",
        **changes,
    }


def send(page: Page, path: str, form: Mapping[str, object], **headers: str) -> TestResponse:
    with page.app.app_context():
        return page.client.post(path, data=form, headers={**OURS, **headers})


def expire(app: Flask) -> None:
    app.config["CLOCK"] = lambda: NOON + timedelta(hours=13)


def value_of(page: Page, name: str) -> str | None:
    return page.find(f"input[name={name}]")[0].get("value")


def test_a_draft_is_gone_on_with_on_another_device_as_it_was_left(app: Flask, rep: Page) -> None:
    rep.post("/gifts/drafts", begun(rep))
    assert "The draft is kept." in rep.follow().said
    phone = Page(app).sign_in(EMAILS["rep"]).get("/gifts/new")
    assert 'Two "good" seats' in phone.words("div.begun a")[0]
    phone.get("/gifts/drafts/1")
    assert value_of(phone, "cost") == "4x"
    assert value_of(phone, "description") == 'Two "good" seats'
    assert phone.words("div.picked b") == ["Morgan Ellery", "Ravi Shankaran"]
    assert phone.find("input[value=ticket]")[0].get("checked") is not None


def test_a_draft_that_is_sent_or_discarded_is_open_no_more(rep: Page) -> None:
    form = begun(rep, cost="80", recipients=["1"])
    rep.post("/gifts/drafts", form)
    rep.post("/gifts", form)
    assert rep.get("/gifts").find("section.drafts") == []
    rep.post("/gifts/drafts", begun(rep))
    rep.post("/gifts/drafts/2/discard", on="/gifts")
    assert rep.follow().find("section.drafts") == []
    rep.post("/gifts/drafts", form, status=422)
    assert "This gift is logged already" in rep.said


def test_drafts_are_in_the_trail_and_the_same_form_again_is_no_act(rep: Page) -> None:
    form = begun(rep)
    for _ in range(3):
        rep.post("/gifts/drafts", form)
    rep.post("/gifts/drafts/1/discard")
    with unit_of_work() as session:
        told = replay(session)
        assert told.differences == []
    assert db.session.get_one(Draft, 1).discarded_at == NOON


def test_a_draft_that_says_hardly_anything_is_listed_too(rep: Page) -> None:
    form = begun(rep)
    few = {name: form[name] for name in ("csrf_token", "submission_key", "recipients")}
    rep.post("/gifts/drafts", few)
    assert rep.get("/gifts").words("section.drafts a") == ["A gift"]
    rep.get("/gifts/drafts/1")
    assert rep.words("div.picked b") == ["Morgan Ellery", "Ravi Shankaran"]


def test_nobody_sees_or_takes_over_the_draft_of_somebody_else(app: Flask, rep: Page) -> None:
    form = begun(rep)
    rep.post("/gifts/drafts", form)
    other = Page(app).sign_in(EMAILS["other_rep"])
    other.get("/gifts/drafts/1", status=404)
    other.post("/gifts/drafts/1/discard", status=404)
    del form["csrf_token"]
    other.post("/gifts/drafts", form, status=422)
    assert "This form is damaged. Open a new one." in other.said


def test_a_form_sent_after_the_session_ended_comes_back_filled_after_signing_in(
    app: Flask, rep: Page
) -> None:
    form = begun(rep, cost="80")
    expire(app)
    answer = send(rep, "/gifts", form)
    assert answer.status_code == 401
    assert "nothing you typed is lost" in answer.text
    rep.take("/sign-in", answer, 401)
    sign_in = {
        "csrf_token": value_of(rep, "csrf_token"),
        "typed_path": value_of(rep, "typed_path"),
        "typed": value_of(rep, "typed"),
        "email": EMAILS["rep"],
        "password": "wrong the first time",
    }
    rep.take("/sign-in", send(rep, "/sign-in", sign_in), 401)
    sign_in = {**sign_in, "typed": value_of(rep, "typed"), "password": PASSWORD}
    rep.take("/sign-in", send(rep, "/sign-in", sign_in), 302)
    assert rep.location == "/gifts/drafts/1"
    rep.follow()
    assert value_of(rep, "description") == 'Two "good" seats'
    assert value_of(rep, "submission_key") == form["submission_key"]
    rep.post("/gifts", {**form, "csrf_token": rep.token()})
    assert db.session.get(Gift, 1) is not None


def test_any_other_form_is_shown_again_and_sent_by_one_click(app: Flask) -> None:
    rep = Page(app).sign_in(EMAILS["rep"])
    rep.post("/gifts", begun(rep, cost="250", recipients=["1"]))
    officer = Page(app).sign_in(EMAILS["officer"])
    token = officer.token()
    expire(app)
    text = "Who <else> came?"
    answer = send(officer, "/gifts/G-2026-000001/comments", {"csrf_token": token, "text": text})
    officer.take("/sign-in", answer, 401)
    sign_in = {
        "csrf_token": value_of(officer, "csrf_token"),
        "typed_path": value_of(officer, "typed_path"),
        "typed": value_of(officer, "typed"),
        "email": EMAILS["officer"],
        "password": PASSWORD,
    }
    officer.take("/sign-in", send(officer, "/sign-in", sign_in), 200)
    assert "This was not sent yet: Text Who <else> came?" in officer.said
    again = {"csrf_token": value_of(officer, "csrf_token"), "text": value_of(officer, "text")}
    # The first form of the page is the one to sign out; every form carries the same token.
    assert send(officer, "/gifts/G-2026-000001/comments", again).status_code == 302
    assert text in officer.get("/gifts/G-2026-000001").said


def test_nothing_from_another_site_and_no_password_is_carried_along(app: Flask) -> None:
    stranger = Page(app)
    form = {"cost": "1", "submission_key": "k" * 20}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        with app.app_context():
            answer = stranger.client.post("/gifts", data=form, headers=headers)
        assert answer.status_code == 401
        assert "typed_path" not in answer.text
    answer = send(stranger, "/account/password", {"new": "secret"})
    assert answer.status_code == 401
    assert "typed_path" not in answer.text


def test_a_form_of_another_session_is_shown_again_before_it_is_sent(rep: Page) -> None:
    form = begun(rep, cost="80", csrf_token="another")
    rep.take("/gifts", send(rep, "/gifts", form), 400)
    assert "This form was opened in another session, so nothing was changed yet." in rep.said
    assert value_of(rep, "cost") == "80"
    assert db.session.get(Gift, 1) is None
