import re

from playwright.sync_api import Page, expect

from compliance_app.rules.workflow import State
from compliance_app.services import gifts
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.gifts import find_by_reference
from tests.browser.conftest import Enter
from tests.conftest import NOON, Cast
from tests.factories import make_claim


def state_of(reference: str) -> State:
    db.session.rollback()  # the register as it is now, not as it was at the last look
    gift = find_by_reference(db.session(), reference)
    assert gift is not None
    return gift.state


def choose_morgan(page: Page) -> None:
    page.goto("/gifts/new")
    page.get_by_label("Who is it for?").press_sequentially("mor")
    expect(page.get_by_role("option").first).to_contain_text("Morgan Ellery")
    page.keyboard.press("Enter")
    expect(page.locator(".picked")).to_contain_text("Morgan Ellery")


def test_a_gift_goes_from_the_phone_to_the_officer_and_to_the_recipient(enter: Enter) -> None:
    phone = enter("rep", width=390, has_touch=True)
    choose_morgan(phone)
    expect(phone.locator("#cost")).to_be_focused()
    phone.keyboard.type("250")
    expect(phone.locator(".dock")).to_contain_text("$50.00 left")
    phone.get_by_label("Describe it").fill("Fountain pen")
    phone.locator(".dock").get_by_role("button", name="Send").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Gift G-2026-000001 is logged")
    expect(phone.get_by_role("main")).to_contain_text("It waits for a decision.")
    phone.get_by_role("link", name="See this gift").click()

    desk = enter("officer")
    desk.goto("/approvals")
    expect(desk.locator(".pane")).to_contain_text("Fountain pen")
    desk.get_by_role("button", name="Approve", exact=True).click()
    expect(desk.get_by_role("status")).to_have_text("Approved G-2026-000001.")

    phone.reload()
    phone.get_by_role("button", name="Mark as given").click()
    expect(phone.get_by_role("status")).to_contain_text("is marked as given")
    assert state_of("G-2026-000001") is State.GIVEN


def test_the_answer_turns_red_as_the_value_passes_the_limit(enter: Enter) -> None:
    page = enter("rep")
    choose_morgan(page)
    aside = page.get_by_role("complementary", name="Limit")
    page.get_by_label("Value", exact=True).fill("300")
    expect(aside).to_contain_text("Within the limit, with little room")
    page.get_by_label("Value", exact=True).fill("300.01")
    expect(aside).to_contain_text("$0.01 over the limit")
    expect(aside).to_contain_text("Lower the value to $300.00 or less.")
    expect(page.locator(".actions .primary")).to_have_text("Record the attempt")


def test_somebody_new_is_added_on_the_way(enter: Enter) -> None:
    page = enter("rep")
    page.goto("/gifts/new")
    page.get_by_label("Who is it for?").press_sequentially("Zoe New")
    page.get_by_role("option", name="Add “Zoe New” as a new recipient").click()
    expect(page.get_by_label("Employer", exact=True)).to_be_focused()
    page.keyboard.type("Acme Pension")
    page.get_by_label("Value", exact=True).fill("20")
    expect(page.get_by_role("complementary", name="Limit")).to_contain_text("Zoe New")
    page.get_by_label("Describe it").fill("A book")
    page.locator(".actions .primary").click()
    page.get_by_role("link", name="See this gift").click()
    expect(page.get_by_role("link", name="Zoe New")).to_be_visible()


def test_a_kind_shows_only_what_it_asks(enter: Enter) -> None:
    page = enter("rep")
    page.goto("/gifts/new")
    expect(page.get_by_label("Face value")).to_be_hidden()
    page.get_by_role("radio", name=re.compile("Ticket")).check()
    expect(page.get_by_label("Face value")).to_be_visible()
    expect(page.get_by_label("Occasion")).to_be_hidden()


def test_a_gift_is_logged_without_a_script(enter: Enter) -> None:
    page = enter("rep", java_script_enabled=False)
    page.goto("/gifts/new")
    page.get_by_label("Who is it for?").fill("mor")
    page.get_by_label("Value", exact=True).fill("48")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("radio", name=re.compile("Morgan Ellery")).check()
    page.get_by_role("button", name="Check the limit").click()
    expect(page.get_by_role("complementary", name="Limit")).to_contain_text("$252.00")
    page.get_by_label("Describe it").fill("Fountain pen")
    page.get_by_role("button", name="Log this gift").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gift G-2026-000001 is logged")


def test_two_officers_on_one_gift_and_one_is_told_why(
    enter: Enter, cast: Cast, complaints: list[str]
) -> None:
    with unit_of_work() as session:
        claim = make_claim(250_00)
        gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON)
    first, second = enter("officer"), enter("second_officer")
    for page in (first, second):
        page.goto("/approvals/G-2026-000001")
    second.get_by_role("button", name="Decline").click()
    second.get_by_label("Reason").fill("A reason that was typed")
    first.get_by_role("button", name="Approve", exact=True).click()
    expect(first.get_by_role("status")).to_be_visible()
    with second.expect_response(lambda answer: answer.request.method == "POST") as answered:
        second.locator("dialog").get_by_role("button", name="Decline").click()
    assert answered.value.status == 409
    expect(second.get_by_role("alert")).to_contain_text("is approved, so it cannot be declined")
    expect(second.get_by_role("alert")).to_contain_text("Olga Officer decided on 2026-11-21")
    # Chromium itself notes every answer that is a refusal.
    assert [line for line in complaints if "409 (CONFLICT)" not in line] == []
    complaints.clear()


def test_a_word_without_end_pushes_no_list_off_the_page(enter: Enter, cast: Cast) -> None:
    with unit_of_work() as session:
        claim = make_claim(10_00)._replace(description="x" * 500)
        gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON)
    page = enter("officer", width=1200)
    for address in ("/gifts/all", "/audit/as-of", "/recipients/1"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1200, address
