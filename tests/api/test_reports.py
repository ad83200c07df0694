import io
import json
import zipfile

import pytest
from flask import Flask

from compliance_app.cli.report_worker import ReportWorker
from compliance_app.store.base import db
from tests.conftest import EMAILS
from tests.page import Page
from tests.program import Program

PATH = "/api/v1/reports/quarter/2026Q4"


def test_the_package_of_a_quarter_is_one_zip(app: Flask) -> None:
    Program(app, "rep").log()

    response = Program(app, "auditor").open("POST", PATH)

    assert (response.status_code, response.mimetype) == (200, "application/zip")
    assert response.headers["Content-Disposition"] == "attachment; filename=register-2026Q4.zip"
    with zipfile.ZipFile(io.BytesIO(response.data)) as package:
        names = set(package.namelist())
        manifest = json.loads(package.read("manifest.json"))
        listed = {file["name"] for file in manifest["files"]}
    assert {"register-2026Q4.pdf", "register-2026Q4.csv", "manifest.json"} <= names
    assert listed == names - {"manifest.json"}


def test_a_run_is_kept_and_a_retry_makes_no_second_one(app: Flask) -> None:
    program = Program(app, "officer")
    first = program.open("POST", PATH, key="q4")
    Program(app, "rep").log()
    second = program.open("POST", PATH, key="q4")

    assert first.data == second.data
    page = Page(app).sign_in(EMAILS["officer"])
    page.get("/reports/1/package")
    page.get("/reports/2/package", status=404)


@pytest.mark.parametrize("label", ["2026Q5", "2026", "Q3", "2026-Q3"])
def test_what_is_no_quarter_is_refused(app: Flask, label: str) -> None:
    program = Program(app, "officer")
    problem = program.refused(program.open("POST", f"/api/v1/reports/quarter/{label}"), 422)

    assert problem["problems"] == {"quarter": f"{label!r} is not a quarter. Write it as 2026Q3."}


def test_a_report_of_any_kind_is_ordered_followed_and_fetched(app: Flask) -> None:
    Program(app, "rep").log()
    program = Program(app, "auditor")
    body = {"kind": "employer-statement", "year": 2026, "about": "Northgate Pension Trust"}
    answer = program.open("POST", "/api/v1/reports", body)
    ordered = json.loads(answer.data)
    assert (answer.status_code, ordered["state"]) == (202, "waiting")
    address = f"/api/v1/reports/jobs/{ordered['id']}"

    ReportWorker(app).work_once()
    db.session.remove()

    done = json.loads(program.open("GET", address).data)
    assert (done["state"], done["percent"], done["scope"]) == (
        "done",
        100,
        "Employer: Northgate Pension Trust",
    )
    fetched = program.open("GET", f"/api/v1/reports/{done['report']}")
    with zipfile.ZipFile(io.BytesIO(fetched.data)) as package:
        assert "manifest.json" in package.namelist()
    program.refused(program.open("POST", f"{address}/cancel"), 409)


@pytest.mark.parametrize(
    ("body", "field", "why"),
    [
        ({}, "quarter", "exactly one of"),
        ({"quarter": "2026Q4", "year": 2026}, "quarter", "exactly one of"),
        ({"quarter": "2026Q9"}, "quarter", "is not a quarter"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "until", "before it begins"),
        ({"quarter": "2026Q4", "scope": "office", "about": "Atlantis"}, "office", "Nobody is in"),
    ],
)
def test_an_order_of_no_report_is_refused_at_its_field(
    app: Flask, body: dict[str, object], field: str, why: str
) -> None:
    program = Program(app, "officer")
    problem = program.refused(program.open("POST", "/api/v1/reports", body), 422)

    assert why in problem["problems"][field]
