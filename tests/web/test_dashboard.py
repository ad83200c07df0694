from flask import Flask

from compliance_app.rules.facts import Category
from compliance_app.services import approvals, gifts
from compliance_app.store.base import unit_of_work
from tests.conftest import CAST, EMAILS, NOON
from tests.factories import make_claim
from tests.page import Page


def submit(cents: int, *, giver_id: int = CAST.rep, to: tuple[int, ...] = (CAST.morgan,)) -> str:
    with unit_of_work() as session:
        gift = gifts.submit(
            session, make_claim(cents, to=to), giver_id=giver_id, actor_id=giver_id, at=NOON
        )
        return gift.reference


def home(app: Flask, who: str) -> Page:
    return Page(app).sign_in(EMAILS[who]).get("/")


def test_a_rep_without_gifts_is_asked_to_log_one(app: Flask) -> None:
    page = home(app, "rep")

    assert page.words("section h2") == ["Nothing of yours is open"]
    assert page.words("div.page-head a.primary") == ["Log a gift"]


def test_a_rep_sees_what_waits_and_what_may_be_given(app: Flask) -> None:
    submit(48_00)
    submit(150_00, to=(CAST.ravi,))

    page = home(app, "rep")

    assert page.words("section h2") == ["Approved, not yet given: 1", "Waiting for a decision: 1"]
    assert page.words("a.gift-line") == [
        "Morgan Ellery $48.00 Gift basket from Fern & Rye 24 Nov 2026",
        "Ravi Shankaran $150.00 Gift basket from Fern & Rye 24 Nov 2026",
    ]


def test_what_was_sent_back_comes_first(app: Flask) -> None:
    submit(150_00, to=(CAST.ravi,))
    reference = submit(150_00)
    with unit_of_work() as session:
        approvals.send_back(
            session, reference, actor_id=CAST.supervisor, at=NOON, reason="Which visit?"
        )

    page = home(app, "rep")

    assert page.words("section h2") == ["Sent back to you: 1", "Waiting for a decision: 1"]


def test_the_gifts_of_somebody_else_are_not_on_my_page(app: Flask) -> None:
    submit(150_00, giver_id=CAST.other_rep)

    assert "Morgan Ellery" not in home(app, "rep").said


def test_a_gift_to_several_people_is_one_line_with_its_whole_value(app: Flask) -> None:
    submit(150_00, to=(CAST.morgan, CAST.ravi))

    assert home(app, "rep").words("a.gift-line") == [
        "Morgan Ellery and 1 more $150.00 Gift basket from Fern & Rye 24 Nov 2026"
    ]


def test_a_gift_that_takes_no_room_is_said_not_to_count(app: Flask) -> None:
    with unit_of_work() as session:
        claim = make_claim(180_00, category=Category.ENTERTAINMENT, host_present=True)
        gifts.submit(session, claim, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)

    assert home(app, "rep").words("a.gift-line span.value") == ["Not counted"]


def test_a_supervisor_sees_what_waits_for_them_with_the_meter(app: Flask) -> None:
    reference = submit(150_00)

    page = home(app, "supervisor")

    assert page.find(f"a[href=/approvals/{reference}]")
    [label] = [meter.get("aria-label") for meter in page.find("svg[role=img]")]
    assert label == (
        "Morgan Ellery: $0.00 approved, $150.00 for this gift: "
        "$150.00 of the $300.00 limit, $150.00 left."
    )


def test_a_reviewer_with_nothing_to_decide_is_told_so(app: Flask) -> None:
    assert home(app, "officer").words("section h3") == ["Nothing is waiting"]


def test_nobody_is_shown_their_own_gift_to_decide(app: Flask) -> None:
    submit(150_00, giver_id=CAST.supervisor)

    assert home(app, "supervisor").words("section h3") == ["Nothing is waiting"]


def test_who_logs_no_gifts_finds_the_ways_into_the_register(app: Flask) -> None:
    assert home(app, "auditor").words("a.figure b") == [
        "Search",
        "The year",
        "All gifts",
        "Recipients",
        "Employers",
        "Reports",
        "Audit trail",
        "Policy and limits",
        "People",
    ]
    assert home(app, "admin").words("a.figure b") == ["Policy and limits", "People"]


def test_the_navigation_marks_the_page_one_is_on(app: Flask) -> None:
    page = home(app, "rep")

    assert page.words("nav[aria-label=Main] a[aria-current=page]") == ["Home"]
    page.get("/gifts/new")
    assert page.words("nav[aria-label=Main] a[aria-current=page]") == ["Log a gift"]
