from flask import Flask

from compliance_app.rules.employers import EmployerClass
from compliance_app.services import coverage, employers
from compliance_app.store.base import unit_of_work
from tests.conftest import CAST, NOON
from tests.program import Program


def test_a_program_says_that_somebody_changed_employer(app: Flask) -> None:
    rep = Program(app, "rep")
    body = {"employer": "Harbor Capital", "title": "Treasurer", "since": "2026-11-02"}
    person = rep.post("/api/v1/recipients/1/employments", body, status=200)
    assert (person["employer"], person["title"]) == ("Harbor Capital", "Treasurer")
    early = {**body, "since": "0001-01-01"}
    response = rep.open("POST", "/api/v1/recipients/1/employments", early)
    refused = rep.refused(response, 422)
    assert refused["problems"] == {"since": "Choose a day from 1900-01-01 to 2027-11-22."}


def test_a_program_reads_what_a_firm_is_and_who_covers_it(app: Flask) -> None:
    with unit_of_work() as session:
        employers.classify(
            session, 1, EmployerClass.UNION, since=None, actor_id=CAST.officer, at=NOON
        )
        coverage.hand_over(session, 1, CAST.rep, on=NOON.date(), actor_id=CAST.officer, at=NOON)
    firm = Program(app, "auditor").get("/api/v1/employers/1")
    assert (firm["employer_class"], firm["covered_by"]) == ("union", ["rita@firm.example"])
    page = Program(app, "auditor").get("/api/v1/employers?q=pens")
    assert [one["name"] for one in page["employers"]] == ["Northgate Pension Trust"]
