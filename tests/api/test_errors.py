from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import make_app
from tests.program import GIFT, Program

PATH = "/api/v1/gifts"


def test_an_address_that_is_no_call_is_a_problem_too(app: Flask) -> None:
    for path in ("/api/v1/nothing", "/api/", "/api/v1/gifts/", "/api/v2/gifts"):
        program = Program(app)
        assert program.refused(program.open("GET", path), 404)["code"] == "not-found"


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "TRACE"])
def test_a_method_an_address_does_not_take_is_told_which_it_takes(app: Flask, method: str) -> None:
    program = Program(app, "rep")
    response = program.open(method, PATH)

    program.refused(response, 405)
    assert response.headers["Allow"] == "GET, HEAD, POST, OPTIONS"


def test_an_address_says_what_it_takes(app: Flask) -> None:
    response = Program(app, "rep").open("OPTIONS", f"{PATH}/G-2026-000001")

    assert (response.status_code, response.headers["Allow"]) == (200, "GET, HEAD, OPTIONS")


def test_a_body_is_json_and_says_so(app: Flask) -> None:
    program = Program(app, "rep")
    with app.app_context():
        form = program.client.post(PATH, data=GIFT, headers=program.headers)
        bare = program.client.post(PATH, headers=program.headers)

    assert program.refused(form, 415) == program.refused(bare, 415)
    assert "Content-Type: application/json" in program.refused(form, 415)["detail"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"\xff"',
        b"[" * 100_000,
        b'{"description": "\\ud800"}',
        b'{"cost": NaN}',
    ],
)
def test_what_is_no_gift_is_refused(app: Flask, data: bytes) -> None:
    program = Program(app, "rep")

    assert program.refused(program.open("POST", PATH, data=data), 422)["code"] == "input"


def test_a_body_that_is_too_large_is_not_read(app: Flask) -> None:
    program = Program(app, "rep")

    problem = program.refused(program.open("POST", PATH, data=b" " * (12 * 1024 * 1024 + 1)), 413)

    assert problem["code"] == "request-entity-too-large"


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("state=lost", "state"),
        ("since=yesterday", "since"),
        ("limit=0", "limit"),
        ("limit=1000", "limit"),
        ("cursor=abc", "cursor"),
        ("recipient=99999999999999999999", "recipient"),
        ("page=2", "page"),
        ("giver=%00", "giver"),
    ],
)
def test_a_wrong_parameter_is_named(app: Flask, query: str, place: str) -> None:
    program = Program(app, "rep")
    problem = program.refused(program.open("GET", f"{PATH}?{query}"), 422)

    assert list(problem["problems"]) == [place]


def test_a_register_that_cannot_be_reached_asks_to_come_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    program = Program(make_app(tmp_path, "postgresql://nobody@127.0.0.1:1/none"))
    program.headers = {"Authorization": "Bearer t3220_any"}

    response = program.open("GET", PATH)

    problem = program.refused(response, 503)
    assert problem["code"] == "unavailable"
    assert "with the same Idempotency-Key, and it is done once" in problem["detail"]
    assert response.headers["Retry-After"] == "2"
    assert "met no database" in caplog.text


def test_a_fault_of_ours_is_a_number_and_no_traceback(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    program = Program(app, "rep")
    app.config["TIME_ZONE"] = "Nowhere/At all"
    problem = program.refused(program.open("GET", PATH), 500)

    assert problem["code"] == "failed"
    assert "Nowhere" not in problem["detail"]
    assert "ZoneInfoNotFoundError" in caplog.text
