from typing import Any

import pytest
from flask import Flask

from compliance_app.rules.permissions import Role
from compliance_app.services import people, tokens
from compliance_app.store.base import unit_of_work
from tests.conftest import CAST, EMAILS, NOON
from tests.page import Page
from tests.program import GIFT, Program


def test_a_token_acts_as_its_person(app: Flask) -> None:
    gift = Program(app, "rep").log()

    assert gift["giver"] == {"name": "Rita Rep", "email": "rita@firm.example"}
    assert gift["logged_by"] == gift["giver"]


def test_without_a_token_a_call_says_how_to_send_one(app: Flask) -> None:
    program = Program(app)
    response = program.open("GET", "/api/v1/gifts")

    assert program.refused(response, 401)["detail"].startswith("Send a good token in the header")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    ["Bearer t3220_nobody", "Bearer", "Basic cml0YTpyaXRh", "bearer  ", "t3220_nobody"],
)
def test_what_is_no_good_token_opens_nothing(app: Flask, header: str) -> None:
    program = Program(app)
    program.headers = {"Authorization": header}

    program.refused(program.open("GET", "/api/v1/gifts"), 401)


def test_a_cookie_opens_nothing_here(app: Flask) -> None:
    page = Page(app).sign_in(EMAILS["officer"])

    assert page.open("GET", "/api/v1/gifts").status_code == 401
    assert page.open("POST", "/api/v1/gifts", {"csrf_token": page.token()}).status_code == 401


def test_a_cookie_beside_a_token_changes_nothing(app: Flask) -> None:
    program = Program(app, "rep")
    program.client = Page(app).sign_in(EMAILS["officer"]).client

    assert program.log()["giver"]["email"] == "rita@firm.example"
    program.refused(program.open("POST", "/api/v1/reports/quarter/2026Q3"), 403)


def test_a_revoked_token_opens_nothing_from_then_on(app: Flask) -> None:
    program = Program(app, "rep")
    program.get("/api/v1/gifts")
    with unit_of_work() as session:
        tokens.revoke(session, 1, actor_id=CAST.rep, at=NOON)

    program.refused(program.open("GET", "/api/v1/gifts"), 401)


def test_a_new_role_holds_for_old_tokens(app: Flask) -> None:
    program = Program(app, "rep")
    with unit_of_work() as session:
        people.change(
            session, CAST.rep, role=Role.ADMIN, supervisor_id=None, actor_id=None, at=NOON
        )

    problem = program.refused(program.open("POST", "/api/v1/gifts", GIFT), 403)
    assert problem["code"] == "permission-missing"


def test_what_is_refused_to_a_role_is_in_the_trail(app: Flask) -> None:
    program = Program(app, "auditor")
    program.refused(program.open("POST", "/api/v1/gifts", GIFT), 403)

    said = Page(app).sign_in(EMAILS["officer"]).get("/audit").said
    assert "Attempt refused" in said


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        pytest.param("rep", ["G-2026-000001"], id="a rep sees their own"),
        pytest.param("other_rep", ["G-2026-000002"], id="and nobody else's"),
        pytest.param("supervisor", ["G-2026-000002", "G-2026-000001"], id="a supervisor the chain"),
        pytest.param("auditor", ["G-2026-000002", "G-2026-000001"], id="an auditor everybody's"),
    ],
)
def test_a_program_sees_what_its_person_sees(app: Flask, person: str, seen: list[str]) -> None:
    Program(app, "rep").log()
    Program(app, "other_rep").log(recipients=[{"id": 2}])
    program = Program(app, person)

    page: dict[str, Any] = program.get("/api/v1/gifts")

    assert [gift["reference"] for gift in page["gifts"]] == seen
    for reference in {"G-2026-000001", "G-2026-000002"} - set(seen):
        program.refused(program.open("GET", f"/api/v1/gifts/{reference}"), 404)
