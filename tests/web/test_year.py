from datetime import date, timedelta

import pytest
from flask import Flask

from compliance_app.services import gifts
from compliance_app.store.base import unit_of_work
from tests.conftest import CAST, EMAILS, NOON
from tests.factories import make_claim
from tests.page import Page


def submit(cents: int, *, giver_id: int = CAST.rep, **more: object) -> str:
    with unit_of_work() as session:
        claim = make_claim(cents, **more)  # type: ignore[arg-type]
        return gifts.submit(session, claim, giver_id=giver_id, actor_id=giver_id, at=NOON).reference


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("rep", "You in 2026 $48.00 counted in 1 gift"),
        ("other_rep", "You in 2026 $90.00 counted in 1 gift"),
        ("supervisor", "Your chain in 2026 $138.00 counted in 2 gifts"),
        ("officer", "The firm in 2026 $208.00 counted in 3 gifts"),
        ("auditor", "The firm in 2026 $208.00 counted in 3 gifts"),
    ],
)
def test_everybody_sees_the_year_of_whose_gifts_they_read(app: Flask, who: str, said: str) -> None:
    submit(48_00)
    submit(90_00, giver_id=CAST.other_rep, to=(CAST.ravi,))
    submit(70_00, giver_id=CAST.officer, to=(CAST.ravi,))
    assert said in Page(app).sign_in(EMAILS[who]).get("/year").said


def test_the_year_names_who_is_near_a_limit_and_what_came_late(app: Flask) -> None:
    submit(250_00)
    submit(20_00, given_on=NOON.date() - timedelta(days=30), to=(CAST.ravi,))
    page = Page(app).sign_in(EMAILS["officer"]).get("/year")
    assert page.words("section.card a.gift-line") == ["Morgan Ellery $50.00 left"]
    assert "Logged late: 1 Gift basket from Fern & Rye Rita Rep, given 22 Oct" in page.said


def test_gifts_of_another_year_are_not_in_it(app: Flask) -> None:
    submit(40_00, given_on=date(2025, 12, 31))
    page = Page(app).sign_in(EMAILS["officer"]).get("/year")
    assert "The firm in 2026 $0.00 counted in 0 gifts" in page.said
    assert "Nobody is near" in page.said


def test_an_officer_may_look_at_their_own_year(app: Flask) -> None:
    submit(48_00)
    page = Page(app).sign_in(EMAILS["officer"]).get("/year?whose=mine")
    assert "You in 2026 $0.00" in page.said
