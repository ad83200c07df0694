"""How long after a key the limit answers, in a real browser, beside the shortest answer there is.

usage: python -m benchmarks.keystrokes [--gifts N] [--keys N]
"""

import argparse
import statistics
import tempfile
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from waitress.server import create_server

from compliance_app.app import create_app
from compliance_app.clock import now
from compliance_app.rules.permissions import Role
from compliance_app.services.demo import build
from compliance_app.services.demo_firm import PASSWORD
from compliance_app.store import maintenance
from compliance_app.store.base import db, unit_of_work

# Presses a key in the value and waits until the answer beside it has changed.
VALUE = """(key) => new Promise((answered) => {
  const place = document.querySelector('.aside [data-swap="limit"]');
  const field = document.querySelector("#cost");
  const seen = new MutationObserver(() => {
    seen.disconnect();
    answered(performance.now() - pressed);
  });
  seen.observe(place, { childList: true });
  field.value = key;
  const pressed = performance.now();
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
})"""
# Types into the finder and waits until the people are there.
FINDER = """(words) => new Promise((answered) => {
  const list = document.querySelector("#found");
  const field = document.querySelector("#who");
  const seen = new MutationObserver(() => {
    seen.disconnect();
    answered(performance.now() - pressed);
  });
  seen.observe(list, { childList: true });
  field.focus();
  field.value = words;
  const pressed = performance.now();
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
})"""
FLOOR = """async () => {
  const asked = performance.now();
  await (await fetch("/healthz")).text();
  return performance.now() - asked;
}"""


def main() -> None:
    """Make a firm, serve it, press keys, and print what the answers took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--gifts", type=int, default=2_000)
    options.add_argument("--keys", type=int, default=40)
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        port, email = _serve(Path(folder), wanted.gifts)
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page(base_url=f"http://127.0.0.1:{port}")
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/")
        page.goto("/gifts/new?recipient=3")
        floor = _times(page, FLOOR, [""] * wanted.keys)
        value = _times(page, VALUE, [f"{number}.50" for number in range(1, wanted.keys + 1)])
        page.goto("/gifts/new")
        page.wait_for_timeout(500)
        finder = _times(page, FINDER, ["an", "so", "ma", "el", "jo"] * (wanted.keys // 5))
        browser.close()
    print(f"{wanted.gifts:,} gifts, {wanted.keys} keys each; milliseconds from key to answer")
    for name, times in (("floor", floor), ("limit", value), ("people", finder)):
        half, most = statistics.median(times), sorted(times)[int(len(times) * 0.95) - 1]
        print(f"{name:8} median {half:6.1f}   95th {most:6.1f}   ratio {half / _half(floor):5.1f}")


def _serve(folder: Path, gifts: int) -> tuple[int, str]:
    app = create_app(
        {
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
            "SECRET_KEY": "a secret for the benchmark only",
        }
    )
    with app.app_context():
        maintenance.upgrade(db.engine)
        with unit_of_work() as session:
            firm = build(session, gifts=gifts, seed=3220, at=now()).firm
            email = firm.by_role[Role.AE][0].email
    server: Any = create_server(app, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    return int(server.effective_port), email


def _times(page: Page, script: str, words: list[str]) -> list[float]:
    return [float(page.evaluate(script, word)) for word in words]


def _half(times: list[float]) -> float:
    return statistics.median(times)


if __name__ == "__main__":
    main()
