"""A served register and a real Chromium, with every complaint of its console collected."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.conftest import EMAILS, PASSWORD, sqlite_url

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Chromium's note, sooner or later, that it fades nothing into its own page of a lost line.
NO_TRANSITION = "Transition was aborted because of invalid state"

Enter = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def database_url(template: Path, tmp_path: Path) -> str:
    """Return the address of a register in SQLite: a browser acts the same on either database."""
    for file in template.glob("tally3220.db*"):
        shutil.copy(file, tmp_path / file.name)
    return sqlite_url(tmp_path)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Serve the test's register on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Collect what the consoles say; a test in which one complains has failed."""
    said: list[str] = []
    yield said
    assert [line for line in said if not line.startswith(NO_TRANSITION)] == []


@pytest.fixture
def enter(chromium: Browser, address: str, complaints: list[str]) -> Iterator[Enter]:
    """Open a browser of somebody's own and sign in."""
    contexts = []

    def sign_in(
        who: str,
        *,
        width: int = 1440,
        **more: Any,  # noqa: ANN401 - whatever a browser context takes
    ) -> Page:
        context = chromium.new_context(
            base_url=address, viewport={"width": width, "height": 900}, **more
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda line: complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(EMAILS[who])
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
