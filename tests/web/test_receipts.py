"""Receipts from the form to the page that hands them out, and what is no receipt."""

import hashlib
import io
import json
from pathlib import Path

import pytest
from flask import Flask

from compliance_app.services.replay import replay
from compliance_app.store import audit as trail
from compliance_app.store.base import db, unit_of_work
from compliance_app.store.models import Gift
from tests.conftest import EMAILS
from tests.page import Page

PDF = b"%PDF-1.7\nwhat was bought"
JPEG = b"\xff\xd8\xff\xe0 a photo"
EXECUTABLE = b"MZ\x90\x00 a program"


@pytest.fixture
def database_url(template: Path, tmp_path: Path) -> str:
    """One database is enough: what is kept lies in files."""
    for file in template.glob("tally3220.db*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return f"sqlite:///{tmp_path / 'tally3220.db'}"


@pytest.fixture
def rep(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["rep"])


def send(page: Page, *files: tuple[bytes, str], status: int = 302, **changes: object) -> Page:
    page.get("/gifts/new")
    sent = {
        "submission_key": page.find("input[name=submission_key]")[0].get("value"),
        "recipients": ["1"],
        "cost": "48.00",
        "given_on": "2026-11-24",
        "category": "merchandise",
        "description": "Fountain pen",
        "payer": "member",
        "receipt": [(io.BytesIO(content), name) for content, name in files],
        **changes,
    }
    return page.post("/gifts", sent, on="/gifts/new", status=status)


def the_gift() -> Gift:
    db.session.rollback()
    return db.session.get_one(Gift, 1)


def test_a_receipt_is_kept_by_its_hash_and_its_hash_is_in_the_trail(
    rep: Page, tmp_path: Path
) -> None:
    send(rep, (PDF, "invoice.pdf"))
    kept = the_gift().attachments[0]
    sha256 = hashlib.sha256(PDF).hexdigest()
    assert (kept.file_name, kept.media_type, kept.size_bytes) == (
        "invoice.pdf",
        "application/pdf",
        24,
    )
    assert (tmp_path / "files" / sha256[:2] / sha256).read_bytes() == PDF
    with unit_of_work() as session:
        last = trail.events_of(session, "gift:1")[-1]
        assert last.event == "gift:receipt-added"
        assert json.loads(last.body)["attachments"][0]["sha256"] == sha256
        assert replay(session).differences == []


def test_a_receipt_is_handed_out_as_a_file_and_never_shown(app: Flask, rep: Page) -> None:
    send(rep, (JPEG, "<img src=x onerror=alert(1)>.jpg"))
    rep.get("/gifts/G-2026-000001")
    assert rep.words("ul.files a") == ["<img src=x onerror=alert(1)>.jpg"]
    answer = rep.open("GET", "/gifts/G-2026-000001/receipts/1")
    assert answer.data == JPEG
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "image/jpeg"
    other = Page(app).sign_in(EMAILS["other_rep"])
    assert other.open("GET", "/gifts/G-2026-000001/receipts/1").status_code == 404
    officer = Page(app).sign_in(EMAILS["officer"])
    assert officer.open("GET", "/gifts/G-2026-000001/receipts/1").data == JPEG


def test_who_decides_has_the_receipt_on_the_card(app: Flask, rep: Page) -> None:
    send(rep, (PDF, "invoice.pdf"))
    officer = Page(app).sign_in(EMAILS["officer"]).get("/approvals/G-2026-000001")
    links = officer.find("a[href=/gifts/G-2026-000001/receipts/1]")
    assert [link.text for link in links] == ["invoice.pdf"]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (EXECUTABLE, "invoice.pdf", "invoice.pdf is no photo or PDF inside, whatever its name"),
        (b"<svg onload=alert(1)>", "a.svg", "a.svg is no photo or PDF inside"),
        (b"", "empty.pdf", "empty.pdf is empty. Choose the file again."),
    ],
    ids=["a renamed executable", "markup", "nothing"],
)
def test_what_is_no_receipt_gets_its_sentence_and_what_was_typed_stays(
    rep: Page, content: bytes, name: str, sentence: str
) -> None:
    send(rep, (content, name), status=422, description="Two & a half pens")
    assert sentence in rep.said
    assert rep.find("input#description")[0].get("value") == "Two & a half pens"
    assert db.session.get(Gift, 1) is None


def test_a_photo_of_thirty_megabytes_gets_its_sentence_and_the_form_stays(rep: Page) -> None:
    rep.get("/gifts/new")
    token = rep.find("form#gift input[name=csrf_token]")[0].get("value")
    parts = (
        f'--edge\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value
        for name, more, value in (
            ("csrf_token", "", str(token).encode()),
            ("description", "", b"Two pens"),
            ("receipt", '; filename="big.jpg"', b"\xff\xd8\xff" + bytes(30 * 1024 * 1024)),
        )
    )
    with rep.app.app_context():
        answer = rep.client.post(
            "/gifts",
            data=b"\r\n".join([*parts, b"--edge--\r\n"]),
            content_type="multipart/form-data; boundary=edge",
        )
    assert answer.status_code == 422
    assert "big.jpg has 30.0 MB; a receipt may have 10 MB." in answer.text
    assert 'value="Two pens"' in answer.text


def test_a_receipt_that_arrived_is_not_asked_for_again(rep: Page) -> None:
    send(rep, (PDF, "invoice.pdf"), status=422, cost="x")
    assert rep.words("div.receipt b") == ["invoice.pdf"]
    note = rep.find("input[name=receipt_kept]")[0].get("value")
    send(rep, receipt_kept=note)
    assert [one.file_name for one in the_gift().attachments] == ["invoice.pdf"]


def test_nobody_makes_a_receipt_out_of_somebody_elses_note(app: Flask, rep: Page) -> None:
    send(rep, (PDF, "invoice.pdf"), status=422, cost="x")
    note = rep.find("input[name=receipt_kept]")[0].get("value")
    other = Page(app).sign_in(EMAILS["other_rep"])
    send(other, receipt_kept=note)
    assert the_gift().attachments == []


def test_the_same_form_sent_twice_links_a_receipt_once(rep: Page) -> None:
    rep.get("/gifts/new")
    key = rep.find("input[name=submission_key]")[0].get("value")
    for _ in range(2):
        send(rep, (PDF, "invoice.pdf"), submission_key=key)
    assert len(the_gift().attachments) == 1


def test_a_receipt_whose_file_is_gone_says_so(rep: Page, tmp_path: Path) -> None:
    send(rep, (PDF, "invoice.pdf"))
    sha256 = hashlib.sha256(PDF).hexdigest()
    (tmp_path / "files" / sha256[:2] / sha256).unlink()
    rep.get("/gifts/G-2026-000001/receipts/1", status=409)
    assert "invoice.pdf is not kept here as it was written" in rep.said
