from datetime import date

import pytest
from flask import Flask

from compliance_app.rules.facts import Category
from compliance_app.services import gifts
from compliance_app.services.replay import replay
from compliance_app.store.base import frozen_reading, unit_of_work
from tests.conftest import CAST, EMAILS, NOON
from tests.factories import make_claim
from tests.page import Page


def submit(cents: int, description: str, *, giver_id: int = CAST.rep, **more: object) -> str:
    with unit_of_work() as session:
        claim = make_claim(cents, **more)  # type: ignore[arg-type]
        return gifts.submit(
            session,
            claim._replace(description=description),
            giver_id=giver_id,
            actor_id=giver_id,
            at=NOON,
        ).reference


@pytest.fixture
def register(app: Flask) -> list[str]:
    return [
        submit(48_00, "Fountain pen"),
        submit(250_00, "=Basket of cheese", to=(CAST.ravi,)),
        submit(20_00, "Card", given_on=date(2026, 11, 1), category=Category.GIFT_CARD),
        submit(30_00, "Pencil case", giver_id=CAST.other_rep, to=(CAST.ravi,)),
    ]


def found(page: Page) -> list[str]:
    links = [one.get("href") or "" for one in page.find("section table a")]
    return [link.removeprefix("/gifts/") for link in links]


# What is asked, and which gifts of the register answer it, newest first.
QUESTIONS = {
    "": [3, 2, 1, 0],
    "q=PEN": [3, 2, 0],  # a pencil, a pen, and a gift at the Northgate Pension Trust
    "q=fountain": [0],
    "q=morgan": [2, 0],
    "q=harbor": [3, 1],
    "q=theo": [3],
    "q=g-2026-000002": [1],
    "state=submitted": [3, 2, 1],
    "kind=gift_card": [2],
    "sign=late_entry": [2],
    "since=2026-11-02&until=2026-11-24": [3, 1, 0],
    "q=morgan&kind=gift_card": [2],
    "q=nothing+like+it": [],
}


def test_gifts_are_found_by_what_is_known_of_them(app: Flask, register: list[str]) -> None:
    page = Page(app).sign_in(EMAILS["officer"])
    answers = {asked: found(page.get(f"/search?{asked}")) for asked in QUESTIONS}
    assert answers == {
        asked: [register[place] for place in which] for asked, which in QUESTIONS.items()
    }


def test_whom_one_may_not_read_one_does_not_find(app: Flask, register: list[str]) -> None:
    rep = Page(app).sign_in(EMAILS["other_rep"])
    assert found(rep.get("/search")) == [register[3]]
    assert found(rep.get("/search?q=morgan")) == []
    supervisor = Page(app).sign_in(EMAILS["supervisor"])
    assert found(supervisor.get("/search")) == register[::-1]


def test_recipients_employers_and_people_are_found_beside_the_gifts(app: Flask) -> None:
    officer = Page(app).sign_in(EMAILS["officer"])
    assert officer.get("/search?q=ravi").words("section h2") == ["Recipients"]
    assert officer.get("/search?q=northgate").words("section h2") == ["Employers"]
    assert officer.get("/search?q=rita").words("section h2") == ["People of the firm"]
    assert Page(app).sign_in(EMAILS["rep"]).get("/search?q=rita").words("section h2") == []


def test_what_is_found_is_handed_out_and_no_cell_runs(app: Flask, register: list[str]) -> None:
    officer = Page(app).sign_in(EMAILS["officer"])
    with app.app_context():
        answer = officer.client.get("/search.csv?q=basket")
        text = answer.text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="gifts.csv"'
    assert text.splitlines()[1] == (
        f"{register[1]},2026-11-24,Ravi Shankaran,Harbor Capital,Rita Rep,Merchandise,"
        "'=Basket of cheese,submitted,250.00,within_limit"
    )


def test_a_search_is_kept_by_name_and_dropped_again(app: Flask) -> None:
    officer = Page(app).sign_in(EMAILS["officer"])
    officer.post("/search/kept?kind=gift_card", {"name": "Cards"}, on="/search?kind=gift_card")
    assert "“Cards” is kept." in officer.follow().said
    assert [one.get("href") for one in officer.find("li.kept-one a")] == ["/search?kind=gift_card"]
    assert Page(app).sign_in(EMAILS["auditor"]).get("/search").find("li.kept-one") == []
    officer.post("/search/kept/1/drop", on="/search")
    assert officer.follow().find("li.kept-one") == []
    with frozen_reading() as session:
        assert replay(session).differences == []


def test_nobody_drops_the_search_of_another(app: Flask) -> None:
    Page(app).sign_in(EMAILS["officer"]).post("/search/kept?q=pen", {"name": "Pens"})
    Page(app).sign_in(EMAILS["rep"]).post("/search/kept/1/drop", status=404)


@pytest.mark.parametrize("asked", ["since=yesterday", "state=blessed", "q=" + "x" * 201])
def test_what_cannot_be_asked_is_said_at_its_field(app: Flask, asked: str) -> None:
    page = Page(app).sign_in(EMAILS["officer"]).get(f"/search?{asked}", status=422)
    assert page.find("div.summary a")
