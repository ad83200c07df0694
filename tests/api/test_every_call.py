"""Who may call what: written out for every call, and compared with what really answers."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from compliance_app.api.openapi import describe
from tests.program import Program

ROOT = Path(__file__).resolve().parents[2]
# One line a call, and the people whose tokens open it; everybody else is refused.
TABLE = """
GET  /api/v1/openapi.json                      everybody
GET  /api/v1/gifts                             rep supervisor officer auditor
POST /api/v1/gifts                             rep supervisor officer
POST /api/v1/assessments                       rep supervisor officer
GET  /api/v1/gifts/{reference}                 rep supervisor officer auditor
POST /api/v1/gifts/{reference}/decision        supervisor officer
POST /api/v1/gifts/{reference}/withdraw        rep supervisor officer
GET  /api/v1/recipients                        rep supervisor officer auditor
POST /api/v1/recipients                        rep supervisor officer
GET  /api/v1/recipients/{recipient_id}         rep supervisor officer auditor
POST /api/v1/recipients/{recipient_id}/details rep supervisor officer
POST /api/v1/recipients/{recipient_id}/employments rep supervisor officer
POST /api/v1/recipients/{recipient_id}/departure rep supervisor officer
GET  /api/v1/employers                         rep supervisor officer auditor
GET  /api/v1/employers/{employer_id}           rep supervisor officer auditor
POST /api/v1/recipients/{recipient_id}/merge   officer
POST /api/v1/recipients/{recipient_id}/unmerge officer
GET  /api/v1/recipient-pairs                   officer
POST /api/v1/recipient-pairs/{pair_id}         officer
GET  /api/v1/findings                          officer
POST /api/v1/findings/{finding_id}             officer
POST /api/v1/reports/quarter/{label}           officer auditor
POST /api/v1/reports                           officer auditor
GET  /api/v1/reports/jobs/{job_id}             officer auditor
POST /api/v1/reports/jobs/{job_id}/cancel      officer auditor
GET  /api/v1/reports/{report_id}               officer auditor
"""
EVERYBODY = {"nobody", "rep", "supervisor", "officer", "auditor", "admin"}
PLACES = {
    "reference": "G-2026-000001",
    "recipient_id": "1",
    "pair_id": "1",
    "finding_id": "999",
    "job_id": "999",
    "report_id": "999",
    "label": "2026Q5",
    "employer_id": "1",
}
CONVERTER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")


def who_may() -> dict[str, set[str]]:
    lines = [line.split() for line in TABLE.strip().splitlines()]
    return {
        f"{method} {path}": EVERYBODY if people == ["everybody"] else set(people)
        for method, path, *people in lines
    }


def calls_of(app: Flask) -> list[str]:
    return [
        f"{method} " + CONVERTER.sub(r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.unknown.refuse"
    ]


def test_every_call_stands_in_the_table_and_nothing_else_does(app: Flask) -> None:
    assert sorted(calls_of(app)) == sorted(who_may())


def test_every_call_is_documented_with_the_permission_it_needs(app: Flask) -> None:
    said = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+ /api/[^`]+)` \| `?([\w:-]+)`? \|", said, flags=re.MULTILINE))
    needed = {
        f"{method.upper()} {path}": operation["description"]
        for path, operations in describe()["paths"].items()
        for method, operation in operations.items()
    }

    assert rows.pop("GET /api/v1/openapi.json") == "nothing"
    assert {call: f"Needs the permission {name}." for call, name in rows.items()} == needed


def test_every_call_is_described_and_nothing_else_is(app: Flask) -> None:
    described = [
        f"{method.upper()} {path}"
        for path, operations in describe()["paths"].items()
        for method in operations
    ]

    assert sorted(described) == sorted(set(who_may()) - {"GET /api/v1/openapi.json"})


@pytest.mark.parametrize("person", sorted(EVERYBODY))
def test_each_call_answers_exactly_the_people_of_the_table(app: Flask, person: str) -> None:
    program = Program(app, None if person == "nobody" else person)
    wrong = []
    for call, people in who_may().items():
        method, path = call.split()
        body: dict[str, str] | None = {} if method == "POST" else None
        status = program.open(method, path.format(**PLACES), body).status_code
        if (status not in {401, 403}) != (person in people):
            wrong.append(f"{call} answered {status} to {person}")

    assert wrong == []


def test_the_description_holds_only_good_schemas_and_leads_nowhere_else(app: Flask) -> None:
    document = Program(app).get("/api/v1/openapi.json")
    schemas = document["components"]["schemas"]

    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    named = set(re.findall(r'"#/components/schemas/(\w+)"', str(document).replace("'", '"')))
    assert document["openapi"] == "3.1.0"
    assert named - set(schemas) == set()
    assert {"GiftBody", "Gift", "Preview", "Problem"} <= named
