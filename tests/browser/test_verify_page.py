"""The page that checks an exported trail in any browser, from the disk and without a network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from compliance_app import assets
from compliance_app.services import checkpoints, gifts
from compliance_app.services.signing import new_key, verifier_for
from compliance_app.services.trail_export import lines_of
from compliance_app.store.base import unit_of_work
from tests.conftest import CAST, NOON
from tests.factories import make_claim

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
PAGE = (assets.PACKAGE / "static" / "verify.html").as_uri()
# What a browser and this program might write differently.
ODD = 'Tab\t, "quotes", back\\slash, \u2028, \x7f, é, 𝄞, </script>'


@pytest.fixture
def page(chromium: Browser, complaints: list[str]) -> Iterator[Page]:
    context = chromium.new_context(offline=True)
    opened = context.new_page()
    opened.on("console", lambda said: complaints.append(said.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(PAGE)
    yield opened
    context.close()


def export(subject: str | None = None) -> list[str]:
    with unit_of_work() as session:
        drawn = checkpoints.draw_checkpoint(session, signing_key=KEY, at=NOON)
        checkpoints.keep(session, drawn)
        return list(lines_of(session, drawn, subject=subject))


def trail_of_two_checkpoints() -> list[str]:
    export()
    with unit_of_work() as session:
        claim = make_claim()._replace(purpose=ODD)
        gifts.submit(session, claim, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
    return export()


def verdict(page: Page, folder: Path, lines: list[str], *, key: str = "", note: str = "") -> str:
    file = folder / "trail.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    page.get_by_label("The exported trail").set_input_files(file)
    page.get_by_label("The firm's public key").fill(key)
    page.get_by_label("A checkpoint you were given").fill(note)
    page.get_by_role("button", name="Check").click()
    page.wait_for_selector(".good, .bad")
    return page.get_by_role("status").inner_text()


def test_a_whole_trail_is_proved_in_the_browser(app: Flask, page: Page, tmp_path: Path) -> None:
    said = verdict(page, tmp_path, trail_of_two_checkpoints(), key=verifier_for(KEY))
    assert "The trail is whole and in order: 14 events." in said
    assert f"signed by {verifier_for(KEY)}" in said


def test_an_excerpt_is_proved_in_the_browser(app: Flask, page: Page, tmp_path: Path) -> None:
    trail_of_two_checkpoints()
    said = verdict(page, tmp_path, export(subject="gift:1"))
    assert "Proved to be in the trail of 14 events: 1 event." in said


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("Sam Supervisor", "Som Supervisor", "Event 2 was changed after it was written."),
        ('"events":14', '"events":15', "did not grow out of the checkpoint of 13 events"),
        ("T17:00:00.000000+00:00\\n\\n", "T18:00:00.000000+00:00\\n\\n", "not signed by its key"),
        ('"proof":["', '"proof":["00', "did not grow out of the checkpoint of 13 events"),
    ],
    ids=["an event", "the length", "a checkpoint", "a proof"],
)
def test_a_change_is_named_in_the_browser(
    app: Flask, page: Page, tmp_path: Path, old: str, new: str, problem: str
) -> None:
    text = "\n".join(trail_of_two_checkpoints())
    assert old in text
    assert problem in verdict(page, tmp_path, text.replace(old, new, 1).split("\n"))


def test_another_key_or_checkpoint_is_refused_in_the_browser(
    app: Flask, page: Page, tmp_path: Path
) -> None:
    lines = trail_of_two_checkpoints()
    said = verdict(page, tmp_path, lines, key=verifier_for(new_key()))
    assert "not signed by this key" in said
    with unit_of_work() as session:
        drawn = checkpoints.draw_checkpoint(session, signing_key="", at=NOON)
    assert "whole and in order" in verdict(page, tmp_path, lines, note=drawn.note)
    head = drawn.note.splitlines()[2]
    forged = drawn.note.replace(head, f"{'A' * 43}=")
    assert "the trail was rewritten" in verdict(page, tmp_path, lines, note=forged)
