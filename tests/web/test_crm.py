import io

import pytest
from flask import Flask

from tests.conftest import EMAILS
from tests.page import Page

CONTACTS = (
    "Record ID,First Name,Last Name,Email,Job Title,Company Name\n"
    "101,Zoe,Quill,zoe@acme.example,Trustee,Acme Pension\n"
    "102,Ken,Ito,not-an-address,Analyst,Acme Pension\n"
)


@pytest.fixture
def officer(app: Flask) -> Page:
    return Page(app).sign_in(EMAILS["officer"])


def upload(page: Page, text: str, name: str = "contacts.csv") -> None:
    data = {"file": (io.BytesIO(text.encode()), name)}
    page.post("/imports/files", data, on="/imports", status=302)


def test_a_file_is_compared_imported_and_undone(officer: Page) -> None:
    upload(officer, CONTACTS)
    address = officer.location
    officer.get(address)
    assert "Read as HubSpot, contacts. Nothing is written yet." in officer.said
    assert "1 row cannot be taken and would be left out." in officer.said
    assert officer.words("tbody .chip") == ["Left out", "Added"]
    officer.get("/recipients?q=zoe")
    assert "Nobody" in officer.said

    confirm = address.split("?")[0]
    officer.post(confirm, {"name": "contacts.csv"}, on=address, status=302)
    officer.get("/imports")
    assert "contacts.csv is import 1: 1 added, 0 updated" in officer.said
    officer.get("/recipients?q=zoe")
    assert "Zoe Quill" in officer.said

    officer.post("/imports/1/undo", {}, on="/imports", status=302)
    officer.get("/imports")
    assert "Import 1 is undone: 2 out of use, 0 set back, 0 kept." in officer.said
    officer.get("/recipients?q=zoe")
    assert "Zoe Quill" not in officer.said


def test_columns_nobody_knows_are_mapped_once(officer: Page) -> None:
    upload(officer, "Who,Mail,Firm\nZoe Quill,zoe@acme.example,Acme\n", "old list.csv")
    address = officer.location
    officer.get(address, status=422)
    assert "not a set of Salesforce or HubSpot that this register knows" in officer.said
    mapping = address.split("?")[0] + "/mapping"
    form = {"name": "Old list", "column-email": "Mail", "file_name": "old list.csv"}
    officer.post(mapping, form, status=422)
    assert "Say which column holds the full name or last name of contacts." in officer.said
    named = {**form, "column-name": "Who", "column-employer": "Firm"}
    officer.post(mapping, named, status=302)
    officer.follow()
    assert "Read as Old list, contacts. Nothing is written yet." in officer.said
    assert officer.words("tbody .chip") == ["Added"]


def test_a_file_that_is_no_table_is_refused_with_a_sentence(officer: Page) -> None:
    upload(officer, "%PDF-1.7 nothing", "letter.pdf")
    officer.get(officer.location, status=422)
    assert "This is no table of rows; export it as CSV or as XLSX." in officer.said
    officer.post("/imports/files", {}, on="/imports", status=422)
    assert officer.words("#file-error") == ["Choose a file that is not empty."]
