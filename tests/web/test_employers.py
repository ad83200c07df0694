from datetime import date

import pytest
from flask import Flask

from compliance_app.rules.employers import EmployerClass
from compliance_app.services import coverage, employers, gifts
from compliance_app.store.base import unit_of_work
from tests.conftest import CAST, EMAILS, NOON
from tests.factories import make_claim
from tests.page import Page

NORTHGATE = 1


@pytest.fixture
def officer(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["officer"])


@pytest.fixture
def rep(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["rep"])


@pytest.fixture
def lived_in(app: Flask) -> None:
    """Let Rita cover Northgate, where Morgan got two gifts of Rita's and one of Theo's."""
    with unit_of_work() as session:
        employers.classify(
            session, NORTHGATE, EmployerClass.ERISA_PLAN, since=None, actor_id=None, at=NOON
        )
        coverage.hand_over(
            session, NORTHGATE, CAST.rep, on=date(2026, 1, 1), actor_id=None, at=NOON
        )
    for cents, giver_id in ((40_00, CAST.rep), (30_00, CAST.other_rep), (25_00, CAST.rep)):
        with unit_of_work() as session:
            gifts.submit(session, make_claim(cents), giver_id=giver_id, actor_id=giver_id, at=NOON)


def test_a_firm_shows_its_people_with_what_is_left_and_its_gifts(
    officer: Page, lived_in: None
) -> None:
    officer.get("/employers/1")
    assert "ERISA plan" in officer.said
    assert "Rita Rep 1 Jan 2026 \N{EN DASH} now" in officer.said
    assert "Counted $95.00" in officer.said
    assert officer.words("td[data-name=Left]") == ["$155.00"]
    assert [officer.said.count(name) for name in ("Rita Rep", "Theo Marsh")] == [3, 1]


def test_gifts_of_others_stay_veiled_on_the_page_of_the_firm(rep: Page, lived_in: None) -> None:
    rep.get("/employers/1")
    assert rep.said.count("Another associated person") == 1
    assert "Theo" not in rep.said


def test_who_covers_a_firm_records_a_negotiation_and_ends_it(rep: Page, lived_in: None) -> None:
    form = {"opportunity": "Custody renewal", "started_on": "2026-11-01", "ended_on": ""}
    rep.post("/employers/1/negotiations", form, on="/employers/1/edit", status=302)
    rep.get("/employers/1")
    assert "In negotiation" in rep.said
    ended = {**form, "negotiation": "1", "ended_on": "2026-11-10"}
    rep.post("/employers/1/negotiations", ended, on="/employers/1/edit", status=302)
    rep.get("/employers/1")
    assert "Custody renewal 1 Nov 2026 \N{EN DASH} 10 Nov 2026" in rep.said
    assert "In negotiation" not in rep.said


def test_a_negotiation_that_ends_before_it_begins_is_refused_at_its_field(
    rep: Page, lived_in: None
) -> None:
    form = {"opportunity": "Custody", "started_on": "2026-11-05", "ended_on": "2026-11-01"}
    rep.post("/employers/1/negotiations", form, on="/employers/1/edit", status=422)
    assert rep.words("#ended_on-error") == ["The last day cannot lie before the first, 2026-11-05."]


def test_a_hand_over_says_how_many_requests_moved(officer: Page, lived_in: None) -> None:
    form = {"to": str(CAST.other_rep), "on": "2026-11-21"}
    officer.post("/employers/1/hand-over", form, on="/employers/1/edit", status=302)
    officer.follow()
    assert (
        "Theo Marsh covers Northgate Pension Trust now; 2 open requests moved along."
        in officer.said
    )


def test_a_parent_nobody_knows_and_a_circle_are_refused_at_the_field(officer: Page) -> None:
    form = {"name": "Northgate Pension Trust", "parent": "Nowhere Inc"}
    officer.post("/employers/1/edit", form, on="/employers/1/edit", status=422)
    assert officer.words("#parent-error") == [
        "No firm in the register is called Nowhere Inc. Add it first, or check the name."
    ]
    form["parent"] = "northgate pension trust"
    officer.post("/employers/1/edit", form, on="/employers/1/edit", status=409)
    assert "lead back to this firm" in officer.words("#parent-error")[0]


def test_somebody_who_does_not_cover_a_firm_is_told_whom_to_ask(rep: Page) -> None:
    rep.get("/employers/1/edit", status=409)
    assert "You do not cover Northgate Pension Trust today" in rep.said


def test_firms_are_found_by_the_beginning_of_any_word(officer: Page) -> None:
    officer.get("/employers?q=pens")
    assert officer.words("tbody a") == ["Northgate Pension Trust"]
    officer.get("/employers?q=100%25")
    assert "No firm fits" in officer.said


def test_a_class_says_how_many_gifts_came_to_light_by_it(officer: Page) -> None:
    with unit_of_work() as session:
        claim = make_claim(60_00, given_on=NOON.date().replace(month=6))
        gifts.submit(session, claim, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
    form = {"employer_class": "federal_agency", "since": "2026-01-01"}
    officer.post("/employers/1/class", form, on="/employers/1/edit")
    assert "1 gift came to light." in officer.follow().said
