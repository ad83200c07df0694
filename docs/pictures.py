"""Takes the pictures of the README and the guides from the demo; needs Chromium.

Run: python docs/pictures.py. It makes a demo in a folder of its own, serves it on a free port,
and writes docs/images/*.png. The pictures are small on purpose; look at them before you keep them.
"""

import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from compliance_app.app import create_app
from compliance_app.clock import now
from compliance_app.rules.permissions import Role
from compliance_app.services.demo import build
from compliance_app.services.demo_firm import PASSWORD
from compliance_app.services.demo_names import FIRM
from compliance_app.store import figures, maintenance
from compliance_app.store import people as people_store
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.figures import Scope

IMAGES = Path(__file__).parent / "images"
DESK, PHONE = (1180, 740), (360, 720)
SEED, GIFTS = 3220, 2_500
# Whose page is shown: somebody who was given so much, and has some room left.
GIVEN = range(150_00, 260_00)


class Shot(NamedTuple):
    """One picture: its name, who looks, at which address, and what is done first."""

    name: str
    role: Role
    address: str
    do: Callable[[Page], object] = lambda _page: None
    size: tuple[int, int] = DESK
    scheme: str = "light"


def shots(recipient: int) -> list[Shot]:
    """Return every picture; `recipient` is somebody with little room left."""
    log = f"/gifts/new?recipient={recipient}"
    return [
        Shot("log-a-gift", Role.AE, log, _log),
        Shot("log-on-a-phone", Role.AE, log, _log, PHONE),
        Shot("my-year", Role.AE, "/year"),
        # Last of those of this person: what it types stands as a draft on the next page.
        Shot("find-a-recipient", Role.AE, "/gifts/new", _find),
        Shot("approvals", Role.COMPLIANCE, "/approvals"),
        Shot("approvals-on-a-phone", Role.COMPLIANCE, "/approvals", size=PHONE, scheme="dark"),
        Shot("a-reason", Role.COMPLIANCE, "/approvals", lambda page: page.keyboard.press("d")),
        Shot("recipient", Role.COMPLIANCE, f"/recipients/{recipient}"),
        Shot("the-year", Role.COMPLIANCE, "/year"),
        Shot("search", Role.COMPLIANCE, "/search?sign=late_entry"),
        Shot("duplicates", Role.COMPLIANCE, "/recipients/pairs"),
        Shot("trail", Role.AUDITOR, "/audit?heap=decisions"),
        Shot("check-the-trail", Role.AUDITOR, "/audit/verify"),
        Shot("as-of", Role.AUDITOR, f"/audit/as-of?day={date.today().replace(day=1)}"),  # noqa: DTZ011 - any day will do
        Shot("reports", Role.AUDITOR, "/reports"),
    ]


def main() -> None:
    """Make the demo, serve it, and take every picture."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with (
        TemporaryDirectory() as folder,
        served(folder) as (address, emails, recipient),
        sync_playwright() as playwright,
    ):
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for shot in shots(recipient):
            take(browser, address, emails[shot.role], shot)
            print(shot.name)
        browser.close()


@contextmanager
def served(folder: str) -> Iterator[tuple[str, dict[Role, str], int]]:
    """Serve a demo; yield its address, a sign-in for each role, and a recipient to show."""
    app = create_app(
        {
            "DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/demo.db",
            "SECRET_KEY": "a secret for pictures only",
            "FIRM_NAME": FIRM,
        }
    )
    app.logger.setLevel(logging.ERROR)
    with app.app_context():
        maintenance.upgrade(db.engine)
        with unit_of_work() as session:
            build(session, gifts=GIFTS, seed=SEED, at=now())
        emails = {
            person.role: person.email
            for person in reversed(people_store.list_people(db.session()))
            if person.password_hash
        }
        recipient = somebody(now().year)
    yield from _serve(app, emails, recipient)


def _serve(
    app: Flask, emails: dict[Role, str], recipient: int
) -> Iterator[tuple[str, dict[Role, str], int]]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", emails, recipient
    finally:
        server.shutdown()
        thread.join()


def somebody(year: int) -> int:
    """Return a recipient with several gifts in the year and some room left."""
    tops = figures.top_recipients(db.session(), Scope(None, year), count=100)
    return max((one for one in tops if one.counted_cents in GIVEN), key=lambda one: one.gifts).id


def take(browser: Browser, address: str, email: str, shot: Shot) -> None:
    """Sign in, do what comes first, and take one picture."""
    width, height = shot.size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme=shot.scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    page.goto(shot.address)
    shot.do(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{shot.name}.png")
    context.close()


def _log(page: Page) -> None:
    page.get_by_label("Value", exact=True).fill("32.50")
    page.get_by_label("Describe it").fill("Olive oil, two bottles")
    page.wait_for_timeout(600)
    page.evaluate("scrollTo(0, 0)")


def _find(page: Page) -> None:
    page.get_by_label("Who is it for?").press_sequentially("har")
    page.get_by_role("option").first.wait_for()


if __name__ == "__main__":
    main()
