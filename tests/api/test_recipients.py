from datetime import UTC, datetime

import pytest
from flask import Flask

from compliance_app.rules.facts import RecipientClass
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Recipient
from tests.conftest import CAST, Cast
from tests.program import Program

PATH = "/api/v1/recipients"


def test_a_person_comes_with_what_is_left_for_them_today(app: Flask) -> None:
    program = Program(app, "rep")
    program.log(given_on="2026-11-21")

    assert program.get(f"{PATH}/1") == {
        "id": 1,
        "name": "Morgan Ellery",
        "email": "morgan@northgate.example",
        "phone": None,
        "employer": "Northgate Pension Trust",
        "title": "Manager",
        "recipient_class": "institutional_client_employee",
        "merged": [],
        "room": {
            "day": "2026-11-21",
            "regime": "FINRA_3220",
            "running": "48.00",
            "pending": "0.00",
            "later": "0.00",
            "limit": "300.00",
            "left": "252.00",
            "window_start": "2026-01-01",
            "window_end": "2026-12-31",
            "rule_3220": {"running": "48.00", "later": "0.00", "limit": "300.00", "left": "252.00"},
        },
    }


def test_a_stricter_law_is_named_with_what_rule_3220_says(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        session.get_one(Recipient, cast.morgan).recipient_class = RecipientClass.ERISA_FIDUCIARY
    program = Program(app, "rep")
    program.log(given_on="2026-11-20", category="entertainment", host_present=True, cost="90.00")
    room = program.get(f"{PATH}/1")["room"]
    assert (room["regime"], room["running"], room["left"]) == ("DOL_ERISA_250", "90.00", "160.00")
    assert room["rule_3220"] == {
        "running": "0.00",
        "later": "0.00",
        "limit": "300.00",
        "left": "300.00",
    }


def test_what_is_counted_held_and_left_comes_to_the_limit(app: Flask) -> None:
    program = Program(app, "rep")
    program.log(given_on="2026-11-21", cost="48.00")
    program.log(given_on="2026-12-24", cost="20.00")
    room = program.get(f"{PATH}/1")["room"]
    parts = (room["running"], room["later"], room["left"], room["limit"])
    assert parts == ("48.00", "20.00", "232.00", "300.00")


def test_people_are_found_by_the_beginning_of_a_word_or_an_address(app: Flask) -> None:
    program = Program(app, "rep")
    found = {q: program.get(f"{PATH}?q={q}")["recipients"] for q in ("ell", "ravi@", "nobody")}

    assert {q: [one["name"] for one in people] for q, people in found.items()} == {
        "ell": ["Morgan Ellery"],
        "ravi@": ["Ravi Shankaran"],
        "nobody": [],
    }


def test_everybody_is_read_page_by_page(app: Flask) -> None:
    program = Program(app, "auditor")
    first = program.get(f"{PATH}?limit=1")
    second = program.get(f"{PATH}?limit=1&cursor={first['next']}")

    assert [one["name"] for one in first["recipients"]] == ["Morgan Ellery"]
    assert [one["name"] for one in second["recipients"]] == ["Ravi Shankaran"]
    assert second["next"] is None


def test_a_merged_record_shows_the_person_who_goes_on(app: Flask) -> None:
    with unit_of_work() as session:
        session.get_one(Recipient, CAST.ravi).merged_into_id = CAST.morgan

    assert Program(app, "rep").get(f"{PATH}/2")["name"] == "Morgan Ellery"


@pytest.mark.parametrize("number", ["99", "0", "99999999999999999999999999", "morgan", "-1"])
def test_a_number_nobody_has_is_not_found(app: Flask, number: str) -> None:
    program = Program(app, "rep")

    program.refused(program.open("GET", f"{PATH}/{number}"), 404)


def test_somebody_new_is_added(app: Flask) -> None:
    program = Program(app, "rep")
    added = program.post(
        PATH,
        {
            "name": "Ann Ash",
            "email": "Ann@County.example",
            "employer": "Lake County",
            "title": "Treasurer",
            "recipient_class": "municipal_issuer_employee",
        },
        status=201,
    )

    assert added == program.get(f"{PATH}/{added['id']}")
    assert (added["email"], added["employer"]) == ("ann@county.example", "Lake County")
    assert added["recipient_class"] == "municipal_issuer_employee"


@pytest.mark.parametrize(
    "named",
    [
        pytest.param({"name": "morgan  ellery"}, id="the name alone"),
        pytest.param(
            {"name": "Morgan Ellery", "employer": "Northgate Pension Trust"}, id="at the employer"
        ),
        pytest.param({"name": "Mo", "email": "morgan@northgate.example"}, id="the address"),
    ],
)
def test_whoever_is_like_somebody_is_named_with_them(app: Flask, named: dict[str, str]) -> None:
    program = Program(app, "rep")
    problem = program.refused(program.open("POST", PATH, named), 409)

    assert problem["code"] == "likely-duplicate"
    (duplicate,) = problem["duplicates"]
    assert 0 < duplicate.pop("score") <= 100
    assert duplicate.pop("reason").startswith("same ")
    assert duplicate == {
        "id": 1,
        "name": "Morgan Ellery",
        "email": "morgan@northgate.example",
        "employer": "Northgate Pension Trust",
    }


def test_a_namesake_is_added_once_that_is_confirmed(app: Flask) -> None:
    program = Program(app, "rep")
    body = {"name": "Morgan Ellery", "confirmed_new": True}

    added = program.post(PATH, body, key="k", status=201)
    again = program.post(PATH, body, key="k", status=201)

    assert added == again
    assert added["id"] != CAST.morgan


def test_an_address_belongs_to_one_person_whatever_is_confirmed(app: Flask) -> None:
    program = Program(app, "rep")
    body = {"name": "Mo", "email": "morgan@northgate.example", "confirmed_new": True}

    problem = program.refused(program.open("POST", PATH, body), 409)

    assert problem["code"] == "email-taken"


def test_what_is_left_follows_the_day(app: Flask) -> None:
    program = Program(app, "rep")
    program.log(given_on="2026-11-21")
    app.config["CLOCK"] = lambda: datetime(2027, 1, 1, 17, tzinfo=UTC)

    room = program.get(f"{PATH}/1")["room"]

    assert (room["running"], room["left"]) == ("0.00", "300.00")


def test_details_that_were_wrong_are_corrected_and_what_is_left_out_stays(app: Flask) -> None:
    program = Program(app, "rep")
    added = program.post(PATH, {"name": "Zoe Quill", "phone": "212 555 0142"}, status=201)
    assert added["phone"] == "212 555 0142"
    on = f"{PATH}/{added['id']}/details"
    changed = program.post(on, {"name": "Zoë Quill-Hart", "email": "zoe@acme.example"})
    assert [changed[name] for name in ("name", "email", "phone")] == [
        "Zoë Quill-Hart",
        "zoe@acme.example",
        "212 555 0142",
    ]
    assert program.post(on, {"phone": ""})["phone"] is None
    taken = program.refused(program.open("POST", on, {"email": "ravi@harbor.example"}), 409)
    assert taken["code"] == "email-taken"
