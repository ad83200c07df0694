"""The stories of those who review: the queue by keyboard, a race, the end of a quarter."""

from datetime import date
from pathlib import Path
from zipfile import ZipFile

from click.testing import CliRunner
from playwright.sync_api import Page, expect

from compliance_app.cli.main import tally3220
from compliance_app.rules.workflow import State
from compliance_app.services import approvals, gifts
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.gifts import find_by_reference
from tests.browser.conftest import Enter
from tests.conftest import CAST, NOON, Cast
from tests.factories import make_claim


def submitted(cents: int, giver_id: int = CAST.rep, **more: object) -> str:
    with unit_of_work() as session:
        claim = make_claim(cents, **more)  # type: ignore[arg-type]
        return gifts.submit(session, claim, giver_id=giver_id, actor_id=giver_id, at=NOON).reference


def state_of(reference: str) -> State:
    db.session.rollback()  # the register as it is now, not as it was at the last look
    gift = find_by_reference(db.session(), reference)
    assert gift is not None
    return gift.state


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim().slice(0, 40)"))


def test_an_officer_clears_the_queue_by_keyboard(enter: Enter, cast: Cast) -> None:
    # Two plain gifts by one giver to two people, and one over the limit by another.
    plain = [submitted(120_00, to=(cast.ravi,)), submitted(110_00)]
    over = submitted(301_00, cast.other_rep)
    page = enter("officer")
    page.goto("/approvals")
    toast, said = page.locator(".toast [role=status]"), page.locator("[data-said]")
    expect(page.locator("[aria-current=true]")).to_contain_text("$301.00")

    # The riskiest is declined with a reason, by a slip taken back, and declined again.
    for attempt in ("slip", "meant"):
        page.keyboard.press("d")
        expect(page.get_by_role("heading", name="Why is it declined?")).to_be_visible()
        page.keyboard.type("More than a year allows.")
        page.keyboard.press("Control+Enter")
        expect(toast).to_have_text(f"Declined {over}.")
        assert state_of(over) is State.DECLINED
        if attempt == "slip":
            page.keyboard.press("u")
            expect(page.locator(".flash")).to_contain_text("waits for a decision again")
            assert state_of(over) is State.SUBMITTED

    # The focus is on the next card, and the keys go through the list and choose.
    assert focused(page) == "Gift basket from Fern & Rye"
    page.keyboard.press("x")
    expect(said).to_have_text("1 chosen")
    page.keyboard.press("j")
    expect(said).to_have_text("2 of 2: Morgan Ellery")
    page.keyboard.press("j")
    expect(said).to_have_text("This is the last request.")
    page.keyboard.press("x")
    page.get_by_role("button", name="Approve the chosen (2)").press("Enter")
    expect(toast).to_have_text("Approved 2 gifts.")
    expect(page.locator(".pane")).to_contain_text("Nothing is waiting")
    assert [state_of(one) for one in plain] == [State.APPROVED] * 2


def test_an_approval_may_carry_a_note(enter: Enter) -> None:
    reference = submitted(150_00)
    page = enter("officer")
    page.goto("/approvals")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="What do you want to note?")).to_be_visible()
    page.keyboard.type("Agreed with the desk head.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast [role=status]")).to_have_text(f"Approved {reference}.")
    page.goto(f"/gifts/{reference}")
    expect(page.locator("main")).to_contain_text("Agreed with the desk head.")


def test_keys_can_be_turned_off_and_stay_off(enter: Enter) -> None:
    reference = submitted(150_00)
    page = enter("officer")
    page.goto("/approvals")
    page.keyboard.press("?")
    page.get_by_role("link", name="Change that on your account page").click()
    page.get_by_label("Single keys act").uncheck()
    page.locator("form", has=page.get_by_label("Single keys act")).get_by_role("button").click()
    page.goto("/approvals")
    page.keyboard.press("a")
    expect(page.locator(".pane")).to_contain_text(reference)
    assert state_of(reference) is State.SUBMITTED


def test_two_officers_race_for_the_last_dollars_and_one_is_told_why(
    enter: Enter, cast: Cast, complaints: list[str]
) -> None:
    first, second = submitted(200_00), submitted(180_00, cast.other_rep)
    with unit_of_work() as session:
        approvals.decline(session, first, actor_id=cast.officer, at=NOON, reason="Too much.")
    olga, otto = enter("officer"), enter("second_officer")
    otto.goto(f"/approvals/{second}")
    expect(otto.locator(".pane")).to_contain_text("$120.00 left")
    # While Otto reads, somebody asks for 150 dollars, which now fit, and is cleared.
    third = submitted(150_00)
    olga.goto(f"/approvals/{third}")
    olga.get_by_role("button", name="Approve", exact=True).click()
    expect(olga.locator(".toast")).to_contain_text(f"Approved {third}.")
    otto.get_by_role("button", name="Approve", exact=True).click()
    expect(otto.get_by_role("alert")).to_contain_text(f"Gift {second} cannot be approved.")
    expect(otto.get_by_role("alert")).to_contain_text("$30.00 over")
    assert (state_of(third), state_of(second)) == (State.APPROVED, State.SUBMITTED)
    # Chromium itself notes every answer that is a refusal.
    assert [line for line in complaints if "409 (CONFLICT)" not in line] == []
    complaints.clear()


def test_a_phone_shows_the_list_then_the_card_with_its_buttons(enter: Enter) -> None:
    reference = submitted(150_00)
    phone = enter("officer", width=390, has_touch=True)
    phone.goto("/approvals")
    expect(phone.locator(".pane")).to_be_hidden()
    phone.locator(".queue-item").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text(f"Gift {reference}")
    for word in ("Approve", "Send back", "Decline"):
        expect(phone.get_by_role("button", name=word, exact=True)).to_be_in_viewport()
    phone.get_by_role("button", name="Send back").tap()
    phone.get_by_label("Reason").fill("Add the invoice.")
    phone.locator("dialog").get_by_role("button", name="Send back").tap()
    expect(phone.locator(".toast")).to_contain_text(f"Sent back {reference}.")
    assert state_of(reference) is State.SENT_BACK


def test_without_a_script_the_reason_stands_beside_the_buttons(enter: Enter) -> None:
    reference = submitted(150_00)
    page = enter("officer", java_script_enabled=False)
    page.goto("/approvals")
    page.get_by_label("Reason").fill("Add the invoice.")
    page.get_by_role("button", name="Decline").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".flash")).to_contain_text("waits for a decision again")
    assert state_of(reference) is State.SUBMITTED


def test_a_quarter_ends_and_an_examiner_reads_and_verifies(
    enter: Enter, cast: Cast, tmp_path: Path
) -> None:
    reference = submitted(250_00, given_on=date(2026, 9, 10))
    officer = enter("officer")
    officer.goto(f"/approvals/{reference}")
    expect(officer.locator(".pane")).to_contain_text("logged 72 days later")
    officer.get_by_role("button", name="Approve", exact=True).click()
    officer.goto("/reports")
    officer.get_by_label("Quarter").select_option(label="July to September")
    officer.get_by_role("button", name="Produce it").click()
    expect(officer.locator(".table")).to_contain_text("2026Q3", timeout=30_000)

    examiner = enter("auditor", accept_downloads=True)
    examiner.goto("/reports")
    with examiner.expect_download() as begun:
        examiner.get_by_role("link", name="All files of 2026Q3").click()
    with ZipFile(begun.value.path()) as packed:
        packed.extractall(tmp_path / "package")
    # Offline, on the examiner's own machine.
    checked = CliRunner().invoke(tally3220, ["verify", str(tmp_path / "package")])
    assert (checked.exit_code, checked.stderr) == (0, "")
    examiner.goto(f"/gifts/{reference}")
    expect(examiner.locator("main")).to_contain_text("Olga Officer")
    examiner.get_by_role("link", name="Audit trail").first.click()
    examiner.get_by_role("link", name="Check the whole trail").click()
    expect(examiner.locator(".verdict")).to_contain_text("The trail is whole.")
    assert examiner.get_by_role("button", name="Approve", exact=True).count() == 0
