"""The review list: pairs side by side, the verdict on each, and a merge that can be undone."""

from datetime import date

import pytest
from flask import Flask

from compliance_app.services import approvals, gifts, recipients
from compliance_app.services.recipients import NewRecipient
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Gift, Recipient, RecipientPair
from tests.conftest import CAST, EMAILS, NOON
from tests.factories import make_claim
from tests.page import Page

# One database is enough for what a page shows.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ON = "/recipients/pairs"


@pytest.fixture
def officer(app: Flask) -> Page:
    """Return the officer's browser, on a register with a pair that has gifts."""
    with unit_of_work() as session:
        one, two = (
            recipients.add(
                session, NewRecipient(name, employer="Harbor Trust"), actor_id=CAST.rep, at=NOON
            ).id
            for name in ("Jon Fischer", "Jonathan Fischer")
        )
        for to, cents, day in ((one, 200_00, 6), (two, 150_00, 7)):
            claim = make_claim(cents, to=(to,), given_on=NOON.date().replace(month=day))
            gifts.submit(session, claim, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
    return Page(app).sign_in(EMAILS["officer"])


def pair() -> RecipientPair:
    db.session.expire_all()
    (row,) = db.session.query(RecipientPair).all()
    return row


def decide(officer: Page, verdict: str, status: int = 302) -> None:
    form = {"verdict": verdict, "reason": "Same badge"}
    officer.post(f"{ON}/{pair().id}", form, on=ON, status=status)


def test_a_pair_stands_side_by_side_with_gifts_and_the_sum_of_both(officer: Page) -> None:
    officer.get(ON)
    assert "Same family name; Jon is a form of Jonathan; same employer." in officer.said
    assert "$200.00" in officer.said
    assert "$150.00" in officer.said
    assert "As one person $350.00 of $300.00" in officer.said


def test_what_is_planned_counts_in_the_sum_of_both(officer: Page) -> None:
    claim = make_claim(20_00, to=(pair().second_id,), given_on=date(2026, 12, 24))
    with unit_of_work() as session:
        gifts.submit(session, claim, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
    officer.get(ON)
    assert "Counts this year, plans included $170.00 24 Dec 2026" in officer.said
    assert "As one person $370.00 of $300.00" in officer.said


def test_a_merge_raises_what_is_over_and_can_be_undone(officer: Page) -> None:
    one, two = pair().first_id, pair().second_id
    decide(officer, "into_second")
    said = officer.follow().said
    assert "Jon Fischer is Jonathan Fischer from now on. 1 gift came to light." in said
    assert "$50.00 over" in said
    officer.get(f"/recipients/{one}", status=302)
    officer.get(f"/recipients/{two}")
    assert "Also known as" in officer.said
    officer.post(f"/recipients/{one}/unmerge", {"reason": "Twins"}, on=f"/recipients/{two}")
    assert "Jon Fischer and Jonathan Fischer are two people again." in officer.follow().said
    assert db.session.get_one(Recipient, one, populate_existing=True).merged_into_id is None
    assert "Came to light" not in officer.get(ON).said


def test_two_people_are_never_asked_about_again(officer: Page) -> None:
    decide(officer, "not_same")
    assert "No pair to look at" in officer.follow().said
    for number in range(1, 17):
        officer.post(f"{ON}/scan", {}, on=ON, status=200 if number < 16 else 302)
    assert "The scan is done: 0 new pairs on the list." in officer.follow().said


def test_a_scan_that_was_left_goes_on_where_it_stood(officer: Page) -> None:
    officer.post(f"{ON}/scan", {}, on=ON, status=200)
    officer.post(f"{ON}/scan", {"scan": "1"}, status=200)
    assert "2 of 16 parts done, 0 new pairs so far." in officer.said
    assert "Continue the scan (2 of 16 parts done)" in officer.get(ON).said
    officer.post(f"{ON}/scan", {"scan": "1"}, on=ON, status=200)
    assert "3 of 16 parts done" in officer.said
    for number in range(4, 17):
        officer.post(f"{ON}/scan", {"scan": "1"}, status=200 if number < 16 else 302)
    assert "Scan the register" in officer.get(ON).said
    # A page that was left open does not begin another one.
    officer.post(f"{ON}/scan", {"scan": "1"}, on=ON, status=302)
    assert "The scan is done: 0 new pairs on the list." in officer.follow().said
    officer.post(f"{ON}/scan", {}, on=ON, status=200)
    assert "1 of 16 parts done" in officer.said
    officer.post(f"{ON}/scan", {"scan": "77"}, on=ON, status=404)


def test_a_pair_that_is_put_off_waits_elsewhere(officer: Page) -> None:
    decide(officer, "later")
    assert "No pair to look at" in officer.follow().said
    assert "Jon Fischer and Jonathan Fischer" in officer.get(f"{ON}?show=later").said


def test_a_verdict_must_be_one_of_those_offered(officer: Page) -> None:
    decide(officer, "perhaps", status=422)
    assert "Choose one of the answers offered." in officer.said


def test_what_is_over_is_settled_with_what_was_done(officer: Page) -> None:
    decide(officer, "into_first")
    address = "/recipients/findings/1"
    assert "1 gift came to light" in officer.get("/").said
    assert "1 gift came to light" in officer.get("/approvals").said
    officer.post(address, {"reason": ""}, on=ON, status=422)
    assert "Say what was done about it." in officer.said
    officer.post(address, {"reason": "The second tray was returned."}, on=ON)
    assert "Came to light" not in officer.follow().said


def test_a_given_gift_that_came_to_light_becomes_a_breach_with_one_act(officer: Page) -> None:
    with unit_of_work() as session:
        for gift in session.query(Gift):
            approvals.approve(
                session, gift.reference, actor_id=CAST.officer, at=NOON, reason="Fine"
            )
    decide(officer, "into_first")
    assert "$50.00 over the limit of $300.00 (Rule 3220(a)). Act on it" in (
        officer.get("/gifts/G-2026-000002").said
    )
    form = {"act": "breach", "reason": "The client paid 50 dollars."}
    officer.post("/recipients/findings/1", form, on=ON)
    assert "Gift G-2026-000002 is recorded as a breach." in officer.follow().said
    assert "Came to light" not in officer.said
    officer.get("/gifts/G-2026-000002")
    assert "The client paid 50 dollars." in officer.said
    officer.post("/recipients/findings/1", form, status=404)


def test_two_records_nobody_suspected_are_found_compared_and_merged(officer: Page) -> None:
    officer.get("/recipients/1/same?q=shankaran")
    assert "Ravi Shankaran" in officer.said
    on = officer.get("/recipients/1/same?with=2").address
    assert "As one person $0.00 of $300.00" in officer.said
    officer.post("/recipients/1/same", {"other": "2"}, on=on, status=422)
    assert "Choose the record that goes on." in officer.said
    form = {"other": "2", "goes_on": "other", "reason": "Changed the name"}
    officer.post("/recipients/1/same", form, on=on)
    assert "Morgan Ellery is Ravi Shankaran from now on." in officer.follow().said
    officer.get("/recipients/1", status=302)
    officer.post("/recipients/2/same", {"other": "1", "goes_on": "this"}, status=422)
    officer.get("/recipients/2/same?with=1")
    assert "This is Ravi Shankaran already." in officer.said


def test_whom_a_new_person_may_be_is_shown_first_with_the_reason(officer: Page) -> None:
    new = {
        "name": "Fischer, Johnathan",
        "email": "",
        "employer": "Harbor Trust Inc.",
        "title": "",
        "recipient_class": "institutional_client_employee",
    }
    officer.post("/recipients", new, on="/recipients/new", status=409)
    assert "Jonathan Fischer, Harbor Trust" in officer.said
    assert "Same family name" in officer.said
    officer.post("/recipients", new | {"confirmed_new": "y"}, on="/recipients/new")
    assert "Olga Officer said it is somebody else" in officer.get(ON).said


def test_a_past_day_shows_who_was_one_person_then(officer: Page) -> None:
    decide(officer, "into_second")
    one = pair().first_id
    assert "Jon Fischer merged into Jonathan Fischer" in officer.get("/audit/as-of").said
    officer.post(f"/recipients/{one}/unmerge", {"reason": "Twins"})
    assert "One person then" not in officer.get("/audit/as-of").said
