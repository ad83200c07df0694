"""An examiner reads the reports about one part of the firm, until a last day, and nothing else."""

import json
from datetime import timedelta

import pytest
from flask import Flask

from compliance_app.rules.scopes import Scope, ScopeKind
from compliance_app.services import examiners, gifts, replay
from compliance_app.services.reporting import jobs
from compliance_app.store.base import db, unit_of_work
from tests.conftest import CAST, EMAILS, NOON
from tests.factories import make_claim
from tests.page import Page
from tests.program import Program

QUARTER = {"year": "2026", "quarter": "4"}
OWN = {**QUARTER, "scope": "employer", "about": "Northgate Pension Trust"}
OTHER = {**QUARTER, "scope": "employer", "about": "Harbor Capital"}
NORTHGATE = Scope(ScopeKind.EMPLOYER, "1", "Northgate Pension Trust")
WHY = "Your account is for reports about the employer Northgate Pension Trust;"


def narrow(*, days: int = 30) -> None:
    """Let the auditor read the reports about one employer, for so many days."""
    with unit_of_work() as session:
        for to in (CAST.morgan, CAST.ravi):
            claim = make_claim(48_00, to=(to,))
            gifts.submit(session, claim, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
        examiners.limit_access(
            session,
            CAST.auditor,
            NORTHGATE,
            last_day=NOON.date() + timedelta(days=days),
            actor_id=CAST.admin,
            at=NOON,
        )


def test_an_examiner_produces_and_takes_only_reports_about_their_part(app: Flask) -> None:
    narrow()
    officer = Page(app).sign_in(EMAILS["officer"])
    officer.post("/reports", QUARTER)
    officer.post("/reports", OTHER)

    page = Page(app).sign_in(EMAILS["auditor"])
    page.post("/reports", QUARTER, status=403)
    assert WHY in page.said
    page.post("/reports", OTHER, status=403)
    page.post("/reports", OWN).follow()

    assert [row.split(" Abe")[0] for row in page.words("tbody tr")] == [
        "2026Q4 Employer: Northgate Pension Trust 1 entry"
    ]
    for number in (1, 2):
        page.get(f"/reports/{number}/package", status=404)
        page.get(f"/reports/{number}/manifest.json", status=404)
    assert "Ravi" not in page.open("GET", "/reports/3/register-2026Q4-employer-1.csv").text
    for address in ("/gifts/all", "/recipients", "/audit", "/people", "/search?q=a", "/year"):
        page.get(address, status=403)


def test_the_jobs_of_other_parts_are_not_there_for_an_examiner(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow()
    monkeypatch.setattr(jobs, "LARGE", 0)
    Page(app).sign_in(EMAILS["officer"]).post("/reports", OTHER)
    page = Page(app).sign_in(EMAILS["auditor"])
    page.post("/reports", OWN).follow()

    assert "Northgate" in page.said
    assert "Harbor Capital" not in page.get("/reports").said
    for address in ("/reports/jobs/1", "/reports/jobs/1/state"):
        page.get(address, status=404)
    page.post("/reports/jobs/1/cancel", status=404)
    page.post("/reports/jobs/2/cancel")


def test_the_interface_obeys_the_scope_too(app: Flask) -> None:
    Page(app).sign_in(EMAILS["officer"]).post("/reports", QUARTER)
    officer = Program(app, "officer").open("POST", "/api/v1/reports", {"quarter": "2026Q4"})
    program = Program(app, "auditor")
    narrow()

    problem = program.refused(program.open("POST", "/api/v1/reports/quarter/2026Q4"), 403)
    assert (problem["code"], WHY in problem["detail"]) == ("outside-scope", True)
    body = {"quarter": "2026Q4", "scope": "employer", "about": "Harbor Capital"}
    program.refused(program.open("POST", "/api/v1/reports", body), 403)
    job = f"/api/v1/reports/jobs/{json.loads(officer.data)['id']}"
    program.refused(program.open("GET", job), 404)
    program.refused(program.open("POST", f"{job}/cancel"), 404)
    program.refused(program.open("GET", "/api/v1/reports/1"), 404)
    program.refused(program.open("GET", "/api/v1/gifts"), 403)
    body["about"] = "Northgate Pension Trust"
    assert program.open("POST", "/api/v1/reports", body).status_code == 202


def test_after_the_last_day_nothing_opens(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["auditor"])
    program = Program(app, "auditor")
    narrow(days=-400)

    assert page.open("GET", "/reports").status_code == 302
    assert page.open("GET", "/reports/1/package").status_code == 302
    assert program.open("POST", "/api/v1/reports/quarter/2026Q4").status_code == 401
    assert program.open("GET", "/api/v1/reports/1").status_code == 401


def test_an_administrator_says_what_an_account_is_for(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["admin"])
    here = f"/people/{CAST.auditor}"
    page.post(f"{here}/access", {"scope": "office", "about": "Atlantis"}, on=here, status=422)
    assert "Nobody is in an office 'Atlantis'." in page.words("p#about-error")[0]
    chosen = {"scope": "employer", "about": "Harbor Capital", "until": "2027-01-31"}

    page.post(f"{here}/access", chosen, on=here).follow()

    assert page.words("p.flash") == [
        "Abe Auditor may read reports about the employer Harbor Capital."
    ]
    assert page.find("input#until")[0].get("value") == "2027-01-31"
    page.post(f"/people/{CAST.officer}/access", chosen, status=422)
    with app.app_context():
        assert replay.replay(db.session()).differences == []
    page.post(here, {"role": "compliance", "supervisor": ""}, on=here)
    Page(app).sign_in(EMAILS["auditor"]).get("/gifts/all")
