"""What the pages weigh, how many requests they take, and whether they jump while they come.

Run: python -m benchmarks.pages (needs Chromium). It makes a small demo, serves it and opens each
page cold. How soon a first byte comes is measured by benchmarks.reads, how soon a key is answered
by benchmarks.keystrokes.
"""

import gzip
import logging
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from compliance_app.app import create_app
from compliance_app.assets import PACKAGE
from compliance_app.clock import now
from compliance_app.rules.permissions import Role
from compliance_app.services.demo import build
from compliance_app.services.demo_firm import PASSWORD
from compliance_app.store import maintenance
from compliance_app.store import people as people_store
from compliance_app.store.base import db, unit_of_work

GIFTS, SEED = 400, 3220
MOST_CSS, MOST_JS, MOST_REQUESTS, MOST_SHIFT = 12_000, 8_000, 5, 0.02
ADDRESSES = {
    Role.AE: ("/", "/gifts", "/gifts/new?recipient=1", "/year", "/account"),
    Role.COMPLIANCE: (
        "/",
        "/approvals",
        "/recipients",
        "/recipients/1",
        "/employers/1",
        "/search?q=har",
        "/audit",
        "/policies",
        "/people",
        "/reports",
    ),
}
# Set before the page's own script: what moves without anybody having done anything.
WATCH = """
globalThis.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


class Visit(NamedTuple):
    """What one page took, opened cold."""

    address: str
    requests: int
    shift: float


def main() -> int:
    """Measure, print, and say whether every goal was met."""
    css, js = packed("css/*.css"), packed("js/*.js")
    print(f"style sheets {css:,} of {MOST_CSS:,} bytes packed, scripts {js:,} of {MOST_JS:,}")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with (
        TemporaryDirectory() as folder,
        served(folder) as (address, emails),
        sync_playwright() as playwright,
    ):
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        visits = [
            visit(browser, address, emails[role], page)
            for role, pages in ADDRESSES.items()
            for page in pages
        ]
        browser.close()
    for one in visits:
        print(f"{one.address:28} {one.requests} requests, layout shift {one.shift:.3f}")
    heaviest = max(one.requests for one in visits)
    steady = max(one.shift for one in visits) <= MOST_SHIFT
    light = css <= MOST_CSS and js <= MOST_JS and heaviest <= MOST_REQUESTS
    return 0 if light and steady else 1


def packed(which: str) -> int:
    """Return how many bytes these files are, packed."""
    files = sorted((PACKAGE / "static").glob(which))
    return len(gzip.compress(b"".join(Path(file).read_bytes() for file in files)))


@contextmanager
def served(folder: str) -> Iterator[tuple[str, dict[Role, str]]]:
    """Serve a small demo; yield its address and a sign-in for each role."""
    app = create_app(
        {
            "DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/pages.db",
            "SECRET_KEY": "a secret for measuring only",
        }
    )
    app.logger.setLevel(logging.ERROR)
    with app.app_context():
        maintenance.upgrade(db.engine)
        with unit_of_work() as session:
            build(session, gifts=GIFTS, seed=SEED, at=now())
        able = [one for one in people_store.list_people(db.session()) if one.password_hash]
        emails = {person.role: person.email for person in reversed(able)}
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", emails
    finally:
        server.shutdown()
        thread.join()


def visit(browser: Browser, address: str, email: str, page_address: str) -> Visit:
    """Open a page with nothing in the browser's memory."""
    page = entered(browser, address, email)
    state = page.context.storage_state()
    page.context.close()
    context = browser.new_context(base_url=address, storage_state=state)
    page = context.new_page()
    page.add_init_script(WATCH)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_address, wait_until="networkidle")
    shift = float(page.evaluate("globalThis.shift"))
    context.close()
    return Visit(page_address, len(asked), shift)


def entered(browser: Browser, address: str, email: str) -> Page:
    """Return a page of a browser of its own, signed in."""
    page = browser.new_context(base_url=address).new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return page


if __name__ == "__main__":
    sys.exit(main())
