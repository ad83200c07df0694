"""Logging a gift as it happens: on a phone, by keys alone, with a bad line, and signing in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from compliance_app.services import gifts
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Gift
from tests.browser.conftest import NO_TRANSITION, Enter
from tests.conftest import EMAILS, NOON, PASSWORD, Cast
from tests.factories import make_claim

PNG = b"\x89PNG\r\n\x1a\n a photograph of a receipt"


def logged() -> list[Gift]:
    db.session.rollback()
    return db.session.query(Gift).order_by(Gift.id).all()


def fill(page: Page, *, value: str = "48") -> None:
    page.goto("/gifts/new")
    page.get_by_label("Who is it for?").press_sequentially("mor")
    expect(page.get_by_role("option").first).to_contain_text("Morgan Ellery")
    page.keyboard.press("Enter")
    expect(page.locator("#cost")).to_be_focused()
    page.keyboard.type(value)
    page.get_by_label("Describe it").fill("Fountain pen")


def reference_on(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Gift G-2026-000001 is logged")


def without(complaints: list[str], *expected: str) -> None:
    """Forget what Chromium itself notes of a refused or lost request, and nothing else."""
    expected = (*expected, NO_TRANSITION)
    left = [line for line in complaints if not any(one in line for one in expected)]
    complaints.clear()
    assert left == []


@pytest.fixture
def small(tmp_path: Path) -> Path:
    photo = tmp_path / "receipt.png"
    photo.write_bytes(PNG)
    return photo


def test_a_gift_is_logged_by_keys_alone_in_twenty_keystrokes(enter: Enter, cast: Cast) -> None:
    with unit_of_work() as session:
        claim = make_claim(10_00)
        gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON)
    page = enter("rep")
    page.goto("/gifts/new")
    expect(page.get_by_label("Who is it for?")).to_be_focused()
    # One's own contacts are there before a word is typed.
    expect(page.get_by_role("option")).to_have_count(1)
    strokes = ["ArrowDown", "Enter", *"48", "Enter", *"Fountain pen", "Enter"]
    for number, key in enumerate(strokes):
        page.keyboard.press(key)
        if number == 1:
            expect(page.locator("#cost")).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gift G-2026-000002 is logged")
    assert len(strokes) == 18


def test_a_phone_takes_the_receipt_at_once_and_names_a_wrong_one(
    enter: Enter, complaints: list[str], small: Path, tmp_path: Path
) -> None:
    page = enter("rep", width=390, has_touch=True, is_mobile=True)
    fill(page)
    page.get_by_label("Photograph the receipt").set_input_files(small)
    expect(page.locator(".receipt")).to_contain_text("receipt.png")
    program = tmp_path / "invoice.pdf"
    program.write_bytes(b"MZ a program")
    page.locator("#receipt").set_input_files(program)
    expect(page.locator(".receipts .error")).to_contain_text("is no photo or PDF inside")
    photo = tmp_path / "huge.jpg"
    photo.write_bytes(b"\xff\xd8\xff" + bytes(30 * 1024 * 1024))
    page.locator("#receipt").set_input_files(photo)
    expect(page.locator(".receipts .error")).to_contain_text("huge.jpg has 30.0 MB")
    page.locator(".dock").get_by_role("button").click()
    reference_on(page)
    assert [one.file_name for one in logged()[0].attachments] == ["receipt.png"]
    without(complaints, "422")


def test_two_clicks_on_send_are_one_gift(enter: Enter) -> None:
    page = enter("rep")
    fill(page)
    page.locator(".actions .primary").dblclick()
    reference_on(page)
    assert len(logged()) == 1


def test_what_was_typed_survives_a_lost_line_and_the_second_try_is_the_same_gift(
    enter: Enter, complaints: list[str]
) -> None:
    page = enter("rep", width=390)
    fill(page)
    page.context.set_offline(True)
    page.locator(".dock").get_by_role("button").click()
    failed = page.get_by_role("alert")
    expect(failed).to_contain_text("Everything you typed is still here")
    page.context.set_offline(False)

    def lose_the_answer(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route("**/gifts", lose_the_answer, times=1)
    page.locator(".dock").get_by_role("button").click()
    expect(failed).to_be_visible()
    expect(page.get_by_label("Describe it")).to_have_value("Fountain pen")
    page.locator(".dock").get_by_role("button").click()
    reference_on(page)
    assert len(logged()) == 1
    without(complaints, "ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_RESET")


def test_a_session_that_ends_in_the_middle_costs_nothing_that_was_typed(
    app: Flask, enter: Enter, complaints: list[str]
) -> None:
    page = enter("rep")
    fill(page)
    app.config["CLOCK"] = lambda: NOON + timedelta(hours=13)
    page.locator(".actions .primary").click()
    expect(page.get_by_text("nothing you typed is lost")).to_be_visible()
    page.get_by_label("E-mail").fill(EMAILS["rep"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".picked")).to_contain_text("Morgan Ellery")
    expect(page.get_by_label("Value", exact=True)).to_have_value("48")
    expect(page.get_by_label("Describe it")).to_have_value("Fountain pen")
    page.locator(".actions .primary").click()
    reference_on(page)
    without(complaints, "401")


def test_what_was_begun_waits_on_the_other_device(enter: Enter) -> None:
    phone, desk = enter("rep", width=390), enter("rep")
    fill(phone)
    phone.get_by_role("link", name="My gifts").last.click()
    begun = desk.get_by_role("link", name="Fountain pen")
    # The phone sends it while it leaves the page, so nobody waits for it there.
    for _ in range(20):
        desk.goto("/gifts/new")
        if begun.count():
            break
        desk.wait_for_timeout(100)
    begun.click()
    expect(desk.locator(".picked")).to_contain_text("Morgan Ellery")
    desk.locator(".actions .primary").click()
    reference_on(desk)
    desk.goto("/gifts/new")
    expect(desk.get_by_role("link", name="Fountain pen")).to_have_count(0)


def test_a_refused_form_keeps_the_focus_and_what_was_typed(
    enter: Enter, complaints: list[str]
) -> None:
    page = enter("rep")
    fill(page, value="4x")
    page.locator(".actions .primary").click()
    summary = page.get_by_role("alert").first
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(page.locator("#cost")).to_be_focused()
    page.locator("#cost").fill("48")
    page.locator(".actions .primary").click()
    reference_on(page)
    without(complaints, "422")


def test_what_cannot_be_taken_back_asks_once_more(enter: Enter, cast: Cast) -> None:
    with unit_of_work() as session:
        claim = make_claim(250_00)
        gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON)
    page = enter("rep", width=390)
    page.goto("/gifts/G-2026-000001")
    page.locator("summary", has_text="Withdraw").click()
    expect(page.get_by_text("This cannot be taken back")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_text("is withdrawn; its room is free again")).to_be_visible()


def test_after_signing_out_the_back_button_shows_nothing(enter: Enter) -> None:
    page = enter("rep")
    fill(page)
    page.goto("/account")
    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_url("**/sign-in")
    page.go_back()
    page.wait_for_url("**/sign-in**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.fixture
def stranger(chromium: Browser, address: str, complaints: list[str]) -> Iterator[Page]:
    context = chromium.new_context(base_url=address)
    page = context.new_page()
    page.on("console", lambda line: complaints.append(line.text))
    yield page
    context.close()


def test_the_second_factor_from_the_picture_to_the_code_and_the_lock_out(
    app: Flask, enter: Enter, stranger: Page, complaints: list[str]
) -> None:
    page = enter("officer")
    page.goto("/account")
    page.get_by_role("link", name="Set it up").click()
    expect(page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    secret = page.locator("span.hash").inner_text().replace(" ", "")
    page.get_by_role("textbox", name="Code").fill(pyotp.TOTP(secret).at(NOON))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator(".codes li")).to_have_count(10)

    def type_password() -> None:
        stranger.goto("/sign-in")
        stranger.get_by_label("E-mail").fill(EMAILS["officer"])
        stranger.get_by_label("Password").fill(PASSWORD)
        stranger.get_by_role("button", name="Sign in").click()

    moment = NOON + timedelta(minutes=1)
    app.config["CLOCK"] = lambda: moment
    type_password()
    expect(stranger.get_by_label("Code")).to_be_focused()
    stranger.keyboard.type(pyotp.TOTP(secret).at(moment))
    stranger.keyboard.press("Enter")
    stranger.wait_for_url("**/")
    stranger.goto("/account")
    stranger.get_by_role("button", name="Sign out").first.click()
    type_password()
    for _ in range(5):
        stranger.get_by_label("Code").fill("000000")
        stranger.get_by_role("button", name="Sign in").click()
        expect(stranger.locator("#code-error")).to_be_visible()
    stranger.get_by_label("Code").fill("000000")
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger.get_by_role("alert")).to_contain_text("Too many wrong passwords")
    without(complaints, "401", "429")


def test_the_chosen_theme_is_there_before_the_page_is_painted(enter: Enter) -> None:
    page = enter("rep", color_scheme="light")
    page.goto("/account")
    page.get_by_role("radio", name="Dark").check()
    page.get_by_role("button", name="Keep this").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 19, 27)"


# How far the page moved under the reader since it was opened.
SHIFT = """new Promise((said) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) sum += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => said(sum), 100);
})"""
PAGES = (
    "/gifts/new",
    "/gifts/new?recipient=1",
    "/gifts/G-2026-000001",
    "/gifts/G-2026-000001/logged",
    "/gifts/G-2026-000001/amend",
    "/account",
    "/account/second-factor",
)


@pytest.mark.parametrize(
    ("pages", "width", "more"),
    [
        pytest.param(PAGES, 1440, {"color_scheme": "dark"}, id="desk, dark"),
        pytest.param(PAGES, 320, {"color_scheme": "light"}, id="phone, light"),
        pytest.param(
            PAGES[1:3],
            720,
            {"device_scale_factor": 2, "forced_colors": "active"},
            id="forced, 200%",
        ),
    ],
)
def test_none_of_these_pages_bars_anybody_scrolls_sideways_or_asks_too_much(
    enter: Enter, cast: Cast, pages: tuple[str, ...], width: int, more: dict[str, object]
) -> None:
    with unit_of_work() as session:
        claim = make_claim(290_00, to=(cast.morgan, cast.ravi))
        gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON)
    page = enter("rep", width=width, **more)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    # The user's own colors are not ours to judge.
    rules = {"rules": {"color-contrast": {"enabled": "forced_colors" not in more}}}
    found = []
    for address in pages:
        asked.clear()
        page.goto(address, wait_until="networkidle")
        if len({one for one in asked if "/recipients/search" not in one}) > 5:
            found.append(f"{address} asks for {asked}")
        found += [
            f"{address}: {wrong['id']} at {wrong['nodes'][0]['target']}"
            for wrong in Axe().run(page, options=rules).response["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{address} scrolls sideways")
        if (shift := page.evaluate(SHIFT)) > 0:
            found.append(f"{address} shifts by {shift}")
    assert found == []
