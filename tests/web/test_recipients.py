from datetime import date

import pytest
from flask import Flask

from compliance_app.rules.facts import Category, RecipientClass
from compliance_app.services import approvals, gifts
from compliance_app.store import finding
from compliance_app.store import recipients as store
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Recipient
from tests.conftest import EMAILS, NOON, Cast
from tests.factories import make_claim
from tests.page import Page


@pytest.fixture
def rep(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["rep"])


@pytest.fixture
def officer(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["officer"])


@pytest.fixture
def ledger(cast: Cast) -> None:
    """Give Morgan three gifts in 2026: two of Rita's, one of Theo's, and a declined one."""
    for cents, day, giver in (
        (40_00, date(2026, 11, 12), cast.rep),
        (60_00, date(2026, 11, 24), cast.other_rep),
        (10_00, date(2026, 12, 24), cast.rep),
        (250_00, date(2026, 12, 26), cast.rep),
    ):
        with unit_of_work() as session:
            gift = gifts.submit(
                session, make_claim(cents, given_on=day), giver_id=giver, actor_id=giver, at=NOON
            )
        if cents == 250_00:
            with unit_of_work() as session:
                approvals.decline(
                    session, gift.reference, actor_id=cast.officer, at=NOON, reason="No"
                )


def sent(**changes: str) -> dict[str, str]:
    return {
        "name": "Zoe New",
        "email": "zoe@acme.example",
        "employer": "Acme Pension",
        "title": "Trustee",
        "recipient_class": "erisa_fiduciary",
        **changes,
    }


def test_the_page_counts_as_the_law_of_its_limit_does(officer: Page, cast: Cast) -> None:
    with unit_of_work() as session:
        session.get_one(Recipient, cast.morgan).recipient_class = RecipientClass.ERISA_FIDUCIARY
    for cents, day, category in (
        (40_00, date(2026, 11, 12), Category.MERCHANDISE),
        (90_00, date(2026, 11, 13), Category.ENTERTAINMENT),
    ):
        claim = make_claim(cents, given_on=day, category=category, host_present=True)
        with unit_of_work() as session:
            gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON)
    officer.get("/recipients/1")
    assert officer.words("tbody td[data-name=Total]") == ["$130.00", "$40.00"]
    assert officer.words("tbody .value") == ["$90.00", "$40.00"]
    assert officer.words(".limit .amount") == ["$120.00 left"]
    assert "Under Rule 3220: $40.00 of $300.00." in officer.text
    assert officer.words(".details dd")[-1] == "$130.00"


def test_the_ledger_runs_up_to_the_total_of_the_year(officer: Page, ledger: None) -> None:
    officer.get("/recipients/1")
    assert officer.words("tbody td[data-name=Total]") == ["", "$110.00", "$100.00", "$40.00"]
    assert "$190.00 left" in officer.said
    assert "Rita Rep $50.00 Theo Marsh $60.00" not in officer.said
    assert "Theo Marsh $60.00 Rita Rep $50.00" in officer.said


def test_an_executive_does_not_see_who_else_gave_what(rep: Page, ledger: None) -> None:
    rep.get("/recipients/1")
    assert "Theo Marsh" not in rep.text
    assert "G-2026-000002" not in rep.text
    assert "Not shown to you Another associated person" in rep.said
    assert "$60.00" in rep.said
    assert "$190.00 left" in rep.said


def test_a_supervisor_sees_the_gifts_of_their_chain(app: Flask, ledger: None) -> None:
    supervisor = Page(app).sign_in(EMAILS["supervisor"]).get("/recipients/1")
    assert "Theo Marsh" in supervisor.said
    assert "Another associated person" not in supervisor.said


def test_another_year_has_a_ledger_and_a_limit_of_its_own(officer: Page, ledger: None) -> None:
    officer.get("/recipients/1?year=2025")
    assert "Limit in 2025 $100.00 left" in officer.said
    assert "No gift to Morgan Ellery in 2025." in officer.said


@pytest.mark.parametrize("year", ["x", "-1", "99999999999999999999", "\u0662\u0660\u0662\u0665"])
def test_a_year_that_is_none_shows_this_one(officer: Page, year: str) -> None:
    assert "Limit in 2026" in officer.get(f"/recipients/1?year={year}").said


def test_a_recipient_who_does_not_exist_is_not_found(rep: Page) -> None:
    rep.get("/recipients/999", status=404)


def test_a_merged_record_leads_to_the_person_who_goes_on(rep: Page, cast: Cast) -> None:
    with unit_of_work() as session:
        session.get_one(Recipient, cast.ravi).merged_into_id = cast.morgan
    assert rep.get(f"/recipients/{cast.ravi}", status=302).location == "/recipients/1"


def test_the_type_ahead_says_what_is_left_on_the_chosen_day(rep: Page, ledger: None) -> None:
    rep.get("/recipients/search?q=mor&day=2026-11-30")
    assert rep.words("li[role=option]") == [
        "ME Morgan Ellery Manager, Northgate Pension Trust $190.00 left",
        "Add “mor” as a new recipient",
    ]


@pytest.mark.parametrize("words", ["%25", "_", "%00", "a" * 400, "%20"])
def test_a_search_is_taken_by_its_letters(rep: Page, words: str) -> None:
    rep.get(f"/recipients/search?q={words}&day=x")
    assert "Morgan" not in rep.text
    rep.get(f"/recipients?q={words}")


def test_a_search_finds_by_the_start_of_any_name(rep: Page) -> None:
    rep.get("/recipients?q=shan")
    assert rep.words("tbody a") == ["Ravi Shankaran"]


def test_recipients_are_listed_by_name_page_by_page(rep: Page, cast: Cast) -> None:
    with unit_of_work() as session:
        for number in range(24):
            session.add(
                Recipient(name=f"Abe {number:02}", name_key=f"abe {number:02}", created_at=NOON)
            )
    assert rep.get("/recipients").words("tbody a")[23:] == ["Abe 23", "Morgan Ellery"]
    rep.get(rep.find("a[rel=next]")[0].get("href", ""))
    assert rep.words("tbody a") == ["Ravi Shankaran"]


def test_a_recipient_is_added_with_what_the_rules_see_in_them(rep: Page) -> None:
    rep.post("/recipients", sent(), on="/recipients/new")
    added = store.find_by_email(db.session(), "zoe@acme.example")
    assert added is not None
    assert (added.name, added.recipient_class) == ("Zoe New", RecipientClass.ERISA_FIDUCIARY)
    assert "Zoe New is added." in rep.follow().said


def test_a_pasted_name_is_kept_with_plain_spaces(rep: Page) -> None:
    rep.post("/recipients", sent(name="Zoe\N{NO-BREAK SPACE}New"), on="/recipients/new")
    (found,) = finding.search(db.session(), "Zoe New", count=10)
    assert found.name == "Zoe New"


@pytest.mark.parametrize(
    ("name", "typed", "status", "sentence"),
    [
        ("name", "Zoe\N{ZERO WIDTH SPACE}", 422, "This holds an invisible control character"),
        ("name", "", 422, "Give the person's name."),
        ("name", "Zoe\x00", 422, "This holds an invisible control character; type it again."),
        ("name", "z" * 301, 422, "This has 301 characters; shorten it to 300 or fewer."),
        ("email", "not an address", 422, "is not an e-mail address such as ana@firm.example."),
        ("email", "MORGAN@northgate.example", 409, "belongs to Morgan Ellery already."),
        ("title", "t" * 201, 422, "This has 201 characters; shorten it to 200 or fewer."),
    ],
)
def test_a_recipient_who_cannot_be_added_is_explained(
    rep: Page, name: str, typed: str, status: int, sentence: str
) -> None:
    rep.post("/recipients", sent(**{name: typed}), on="/recipients/new", status=status)
    assert sentence in rep.said
    assert finding.search(db.session(), "Zoe", count=10) == []


def test_a_namesake_at_the_same_employer_must_be_confirmed(rep: Page) -> None:
    twin = sent(name="Morgan Ellery", employer="northgate pension TRUST", email="")
    rep.post("/recipients", twin, on="/recipients/new", status=409)
    assert "This person may be in the register already" in rep.said
    rep.post("/recipients", {**twin, "confirmed_new": "y"}, on="/recipients/new")
    assert len(finding.search(db.session(), "Morgan Ellery", count=10)) == 2


def test_who_only_reads_adds_nobody(app: Flask) -> None:
    auditor = Page(app).sign_in(EMAILS["auditor"])
    auditor.get("/recipients/new", status=403)
    auditor.post("/recipients", sent(), status=403)
