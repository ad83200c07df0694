"""Every page as it is seen: nothing bars anybody, nothing scrolls sideways, and what it looks like.

The pictures land in `artifacts/`, which is not kept, for whoever wants to look at them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from compliance_app.rules.periods import quarter_of
from compliance_app.services import approvals, drafts, gifts, merging, policies, recipients
from compliance_app.services.recipients import NewRecipient
from compliance_app.services.reporting import jobs
from compliance_app.services.reporting.orders import Order
from compliance_app.store.base import unit_of_work
from tests.browser.conftest import Enter
from tests.conftest import CAST, NOON, Cast
from tests.factories import make_claim

NAMES = ("Jon Fischer", "Jonathan Fischer", "Ida Rask")
ORDER = Order(quarter_of("2026Q4"))
PICTURES = Path("artifacts")
PAGES = {
    "rep": (
        "/",
        "/gifts",
        "/gifts/new?recipient=1",
        "/gifts/G-2026-000001",
        "/gifts/G-2026-000001/amend",
        "/year",
        "/account",
        "/account/second-factor",
        "/gifts/G-2026-000001/logged",
        "/gifts/drafts/1",
    ),
    "officer": (
        "/",
        "/approvals",
        "/approvals/G-2026-000002",
        "/approvals?show=due",
        "/recipients",
        "/recipients/1",
        "/recipients/new",
        "/recipients/1/work",
        "/recipients/pairs",
        "/recipients/1/same?q=fischer",
        "/recipients/1/same?with=2",
        "/imports",
        "/employers",
        "/employers/new",
        "/employers/doubles",
        "/employers/1/edit",
        "/employers/1",
        "/search?q=basket",
        "/search?state=blessed",
        "/year",
        "/gifts/all",
        "/audit",
        "/audit/13",
        "/audit/verify",
        "/audit/as-of?day=2026-11-21",
        "/policies",
        "/policies/new",
        "/policies/1",
        "/people",
        "/reports",
        "/reports/jobs/1",
        "/nothing-here",
    ),
    "admin": ("/", "/people/7", "/people/new", "/approvals"),
}
# How a page is looked at: the width, the scheme, and what else the reader has set.
LOOKS = {
    "desk": (1440, "light", {}),
    "phone": (390, "dark", {}),
    "narrow": (320, "light", {}),
    "forced colors": (820, "dark", {"forced_colors": "active"}),
    "large letters": (820, "light", {}),
}
# Colors and names do not hang on the width, so two looks are asked for all of them.
ASKED_OF_AXE = {"desk", "phone"}
# Where a picture is worth the time.
PICTURED = ("/", "/approvals", "/approvals/G-2026-000002", "/recipients/1", "/year", "/audit")


@pytest.fixture
def register(app: object, cast: Cast) -> None:
    """Put in what makes each page say something: over, flagged, plain, decided."""
    for cents, giver, to in (
        (250_00, cast.rep, (cast.morgan, cast.ravi)),
        (90_00, cast.other_rep, (cast.morgan,)),
        (120_00, cast.rep, (cast.ravi,)),
        (40_00, cast.rep, (cast.ravi,)),
    ):
        with unit_of_work() as session:
            claim = make_claim(cents, to=to)
            gifts.submit(session, claim, giver_id=giver, actor_id=giver, at=NOON)
    with unit_of_work() as session:
        approvals.approve(session, "G-2026-000001", actor_id=CAST.officer, at=NOON)
        officer: dict[str, Any] = {"actor_id": CAST.officer, "at": NOON}
        document = 'title = "Gifts"\nversion = "2"\n'
        policies.adopt(session, document, reason="Board", **officer)
        jobs.cancel(session, jobs.place(session, ORDER, **officer).id, **officer)
        form = {"description": ["Two seats"]}
        drafts.keep(session, "d" * 32, form, person_id=CAST.rep, at=NOON)
        # A pair to look at, and a gift that came to light.
        people = [recipients.add(session, NewRecipient(name), **officer).id for name in NAMES]
        for one, cents in zip(people, (20_00, 200_00, 150_00), strict=True):
            claim = make_claim(cents, to=(one,), given_on=NOON.date())
            gifts.submit(session, claim, giver_id=cast.rep, actor_id=cast.rep, at=NOON)
        merging.merge(session, people[1], people[2], reason="Same badge", **officer)


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_bars_anybody_or_scrolls_sideways(
    enter: Enter, register: None, complaints: list[str], look: str
) -> None:
    width, scheme, more = LOOKS[look]
    found: list[str] = []
    for who, addresses in PAGES.items():
        page = enter(who, width=width, color_scheme=scheme, **more)
        for address in addresses:
            page.goto(address)
            if look == "large letters":
                page.evaluate("document.documentElement.style.fontSize = '200%'")
            expect(page.locator("[aria-busy]")).to_have_count(0)
            axe = look in ASKED_OF_AXE or address in PICTURED
            found += [f"{who} {address}: {wrong}" for wrong in wrongs(page, axe=axe)]
            if who == "officer" and address in PICTURED:
                take(page, f"{address.strip('/').replace('/', '-') or 'home'}-{look}")
    page.context.clear_cookies()
    page.goto("/sign-in")
    found += [f"nobody /sign-in: {wrong}" for wrong in wrongs(page, axe=look in ASKED_OF_AXE)]
    assert found == []
    # Chromium itself notes every answer that is a refusal.
    assert [line for line in complaints if "status of 4" not in line] == []
    complaints.clear()


def wrongs(page: Page, *, axe: bool) -> Iterator[str]:
    """Yield what axe finds, and whether the page is wider than the window."""
    for wrong in Axe().run(page).response["violations"] if axe else ():
        yield f"{wrong['id']} at {wrong['nodes'][0]['target']}"
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield "scrolls sideways"


def take(page: Page, name: str) -> None:
    """Keep a picture of the page."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name.replace(', ', '-').replace(' ', '-')}.png")
