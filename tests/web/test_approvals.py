from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from compliance_app.rules.workflow import State
from compliance_app.services import approvals, gifts, policies
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.gifts import find_by_reference
from compliance_app.store.models import TrailEvent
from tests.conftest import EMAILS, NOON, Cast
from tests.factories import make_claim
from tests.page import Page

REASON = "The client asked us to wait."


@pytest.fixture
def officer(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["officer"])


@pytest.fixture
def supervisor(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["supervisor"])


def submitted(cents: int, giver_id: int, **more: object) -> str:
    with unit_of_work() as session:
        gift = gifts.submit(
            session,
            make_claim(cents, **more),  # type: ignore[arg-type]
            giver_id=giver_id,
            actor_id=giver_id,
            at=NOON,
        )
        return gift.reference


def state_of(reference: str) -> State:
    db.session.rollback()  # the register as it is now, not as it was at the last look
    gift = find_by_reference(db.session(), reference)
    assert gift is not None
    return gift.state


def decided(page: Page, reference: str, decision: str, status: int = 302, **more: str) -> Page:
    address = f"/approvals/{reference}"
    return page.post(address, {"decision": decision, **more}, on=address, status=status)


def refusals() -> list[str]:
    statement = select(TrailEvent.subject).where(TrailEvent.event == "attempt:refused")
    return list(db.session.scalars(statement))


def test_an_empty_queue_says_so(officer: Page) -> None:
    assert "Nothing is waiting" in officer.get("/approvals").said


def test_the_queue_shows_the_riskiest_first(officer: Page, cast: Cast) -> None:
    plain = submitted(150_00, cast.rep, to=(cast.ravi,))
    over = submitted(301_00, cast.rep)
    flagged = submitted(20_00, cast.other_rep, to=(cast.ravi,))
    officer.get("/approvals")
    assert [one.get("href") for one in officer.find("a.queue-item")] == [
        f"/approvals/{over}",
        f"/approvals/{flagged}",
        f"/approvals/{plain}",
    ]
    assert officer.words("p.large-sum small") == [over]


def test_an_officer_approves_and_the_gift_may_be_given(officer: Page, cast: Cast) -> None:
    reference = submitted(250_00, cast.rep)
    decided(officer, reference, "approve")
    assert state_of(reference) is State.APPROVED
    officer.follow()
    assert f"Approved {reference}." in officer.said
    assert "Nothing is waiting" in officer.said


def test_the_card_shows_what_the_register_says_now(officer: Page, cast: Cast) -> None:
    submitted(48_00, cast.rep, given_on=date(2026, 11, 23))
    reference = submitted(200_00, cast.other_rep)
    officer.get(f"/approvals/{reference}")
    for words in (
        "Other gifts to Morgan Ellery in this period",
        "Approved gifts $48.00",
        "This gift $200.00",
        "Total against $300 $248.00",
        "Given by Theo Marsh",
        "2 people of the firm gave to this person within 7 days (G-2026-000001).",
    ):
        assert words in officer.said


def test_the_list_narrows_to_what_is_due_and_what_is_flagged(officer: Page, cast: Cast) -> None:
    with unit_of_work() as session:
        claim = make_claim(120_00, given_on=date(2026, 12, 24), to=(cast.ravi,))
        five_days_ago = NOON - timedelta(days=5)
        old = gifts.submit(
            session, claim, giver_id=cast.rep, actor_id=cast.rep, at=five_days_ago
        ).reference
    over = submitted(301_00, cast.rep)
    shown = {}
    for show in ("all", "due", "flagged"):
        officer.get(f"/approvals?show={show}")
        shown[show] = [one.get("data-reference") for one in officer.find("ol.queue-items li")]
    assert shown == {"all": [over, old], "due": [old], "flagged": [over]}
    assert "All 2 Due today 1 Flagged 1" in officer.said


def test_the_card_tells_of_the_employer_and_of_the_givers_quarter(
    officer: Page, cast: Cast
) -> None:
    submitted(48_00, cast.rep)
    reference = submitted(150_00, cast.other_rep)
    officer.get(f"/approvals/{reference}")
    for words in (
        "At Northgate Pension Trust in this period 1 other gift to 1 person, $48.00 in all.",
        "Theo Marsh in this quarter 1 gift that counts, $150.00 in all.",
    ):
        assert words in officer.said


def test_a_script_gets_the_card_alone(app: Flask, officer: Page, cast: Cast) -> None:
    reference = submitted(150_00, cast.rep)
    address = f"/approvals/{reference}"
    with app.app_context():
        answer = officer.client.get(address, headers={"X-Fragment": "card"})
    assert "<html" not in answer.text
    assert f'action="/approvals/{reference}"' in answer.text


def test_plain_gifts_are_approved_together_and_taken_back_together(
    officer: Page, cast: Cast
) -> None:
    plain = [submitted(150_00, cast.rep), submitted(150_00, cast.rep, to=(cast.ravi,))]
    officer.get("/approvals")
    assert [one.get("value") for one in officer.find("input[name=reference]")] == plain
    officer.post("/approvals/together", {"reference": plain})
    assert "Approved 2 gifts." in officer.follow().said
    assert [state_of(one) for one in plain] == [State.APPROVED] * 2
    officer.post("/approvals/taken-back", {"reference": plain})
    assert "Taken back: 2 gifts wait for a decision again." in officer.follow().said
    assert [state_of(one) for one in plain] == [State.SUBMITTED] * 2


def test_a_flagged_gift_is_never_approved_with_others(officer: Page, cast: Cast) -> None:
    submitted(48_00, cast.rep)
    flagged = submitted(150_00, cast.other_rep)
    officer.get("/approvals")
    assert officer.find("input[name=reference]") == []
    officer.post("/approvals/together", {"reference": [flagged]})
    assert f"Gift {flagged} was not approved with the others" in officer.follow().said
    assert state_of(flagged) is State.SUBMITTED


def test_a_decision_can_be_undone_from_the_next_page(officer: Page, cast: Cast) -> None:
    reference = submitted(250_00, cast.rep)
    decided(officer, reference, "decline", reason=REASON)
    officer.follow()
    assert officer.words("div.toast button") == ["Undo this decision, within ten seconds"]
    officer.post("/approvals/taken-back", {"reference": [reference]})
    assert state_of(reference) is State.SUBMITTED


def test_over_the_limit_there_is_no_approving(officer: Page, cast: Cast) -> None:
    reference = submitted(301_00, cast.rep)
    officer.get(f"/approvals/{reference}")
    assert [one.get("value") for one in officer.find("button[name=decision]")] == [
        "send_back",
        "decline",
    ]
    decided(officer, reference, "approve", status=409, reason=REASON)
    assert f"Gift {reference} cannot be approved." in officer.said
    assert officer.words("textarea#reason") == [REASON]
    assert refusals() == ["attempt:over-limit"]
    assert state_of(reference) is State.SUBMITTED


def test_a_gift_that_was_given_over_the_limit_becomes_a_breach(officer: Page, cast: Cast) -> None:
    reference = submitted(301_00, cast.rep, given_on=date(2026, 11, 20))
    decided(officer, reference, "record_breach", status=409, reason=REASON)
    assert "Say why you name the remedy of a breach" in officer.said
    decided(officer, reference, "record_breach", reason=REASON, remedy="It was sent back.")
    assert state_of(reference) is State.BREACH


@pytest.mark.parametrize(
    ("decision", "state"), [("send_back", State.SENT_BACK), ("decline", State.DECLINED)]
)
def test_turning_down_needs_a_reason(
    officer: Page, cast: Cast, decision: str, state: State
) -> None:
    reference = submitted(250_00, cast.rep)
    decided(officer, reference, decision, status=409)
    assert "the reason is kept with the gift." in officer.said
    decided(officer, reference, decision, reason=REASON)
    assert state_of(reference) is state
    assert REASON in officer.get(f"/gifts/{reference}").said


def test_a_decision_that_does_not_exist_is_refused(officer: Page, cast: Cast) -> None:
    reference = submitted(250_00, cast.rep)
    decided(officer, reference, "bless", status=422)
    assert "Choose one of the decisions on the page." in officer.said


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("x" * 4_001, "This has 4,001 characters; shorten it to 4,000 or fewer."),
        ("no\x00", "This holds an invisible control character; type it again."),
    ],
    ids=["too long", "a null byte"],
)
def test_a_reason_that_cannot_be_kept_is_refused(
    officer: Page, cast: Cast, typed: str, sentence: str
) -> None:
    reference = submitted(250_00, cast.rep)
    decided(officer, reference, "decline", status=422, reason=typed)
    assert sentence in officer.said
    assert state_of(reference) is State.SUBMITTED


def test_nobody_decides_on_their_own_gift(officer: Page, cast: Cast) -> None:
    reference = submitted(250_00, cast.officer)
    assert "Nothing is waiting" in officer.get("/approvals").said
    officer.get(f"/approvals/{reference}")
    assert officer.find("button[name=decision]") == []
    officer.post(f"/approvals/{reference}", {"decision": "approve"}, status=409)
    assert "so somebody else must decide on it" in officer.said
    assert refusals() == ["attempt:own-decision"]


def test_a_supervisor_sees_only_what_waits_for_their_role(supervisor: Page, cast: Cast) -> None:
    reference = submitted(250_00, cast.rep)
    submitted(301_00, cast.rep, to=(cast.ravi,))
    supervisor.get("/approvals")
    assert [one.get("href") for one in supervisor.find("a.queue-item")] == [
        f"/approvals/{reference}"
    ]
    decided(supervisor, reference, "approve")
    assert state_of(reference) is State.APPROVED


def test_every_page_says_how_many_requests_wait_for_the_reader(
    app: Flask, officer: Page, supervisor: Page, cast: Cast
) -> None:
    own = submitted(250_00, cast.officer, to=(cast.ravi,))
    first, _second = submitted(250_00, cast.rep), submitted(120_00, cast.other_rep)
    assert state_of(own) is State.SUBMITTED
    assert officer.get("/recipients").words(".rail .count") == ["2 waiting"]
    assert supervisor.get("/approvals").words(".rail .count") == ["1 waiting"]
    assert "All 1" in supervisor.said
    decided(officer, first, "decline", reason=REASON)
    assert officer.get("/recipients").words(".rail .count") == ["1 waiting"]
    assert Page(app).sign_in(EMAILS["rep"]).get("/gifts").find(".count") == []


def test_a_gift_outside_the_chain_does_not_exist_for_a_supervisor(
    supervisor: Page, cast: Cast
) -> None:
    reference = submitted(250_00, cast.officer)
    supervisor.get(f"/approvals/{reference}", status=404)
    supervisor.post(f"/approvals/{reference}", {"decision": "approve"}, status=404)


def test_a_gift_for_compliance_is_not_the_supervisors_to_decide(
    supervisor: Page, cast: Cast
) -> None:
    reference = submitted(301_00, cast.rep)
    supervisor.post(
        f"/approvals/{reference}", {"decision": "decline", "reason": REASON}, status=409
    )
    assert f"Gift {reference} waits for a compliance officer, not for you." in supervisor.said


def test_the_second_of_two_decisions_is_told_that_it_came_too_late(
    officer: Page, cast: Cast
) -> None:
    reference = submitted(250_00, cast.rep)
    officer.get(f"/approvals/{reference}")
    with unit_of_work() as session:
        approvals.decline(session, reference, actor_id=cast.second_officer, at=NOON, reason=REASON)
    officer.post(f"/approvals/{reference}", {"decision": "approve"}, status=409)
    assert f"Gift {reference} is declined" in officer.said
    assert state_of(reference) is State.DECLINED


def test_past_the_firms_own_limit_two_officers_may_except(
    app: Flask, officer: Page, cast: Cast
) -> None:
    document = (
        'title = "Stricter"\nversion = "1"\n[[firm_limit]]\nfrom = 2026-03-30\namount = "250.00"\n'
    )
    with unit_of_work() as session:
        policies.adopt(session, document, reason="Stricter", actor_id=cast.officer, at=NOON)
    reference = submitted(260_00, cast.rep)
    assert "Grant exception" in officer.get(f"/approvals/{reference}").said
    decided(officer, reference, "grant_exception", reason="A jubilee")
    assert state_of(reference) is State.SUBMITTED
    decided(officer, reference, "grant_exception", status=409, reason="A jubilee")
    assert "a second officer must confirm it." in officer.said
    second = Page(app).sign_in(EMAILS["second_officer"])
    decided(second, reference, "grant_exception", reason="Agreed")
    assert state_of(reference) is State.APPROVED


@pytest.mark.parametrize("reader", ["rep", "auditor", "admin"])
def test_who_decides_on_nothing_sees_no_queue(app: Flask, reader: str) -> None:
    Page(app).sign_in(EMAILS[reader]).get("/approvals", status=403)
