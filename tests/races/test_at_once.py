"""The same thing asked for several times at once is done once; the others are told why not."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from compliance_app.rules.errors import RuleError
from compliance_app.rules.permissions import Role
from compliance_app.services import details, employers, employments, people
from compliance_app.services.employers import EmployerFacts
from compliance_app.services.people import NewPerson
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Employer, Negotiation, Recipient
from tests.conftest import EMAILS, NOON, Cast
from tests.page import Page
from tests.program import GIFT, Program

TIMES = 6


def at_once(app: Flask, act: Callable[[int], str]) -> Counter[str]:
    """Do something from several threads at the same moment; count what came of it."""
    together = Barrier(TIMES)

    def one(number: int) -> str:
        with app.app_context():
            together.wait()
            return act(number)

    with ThreadPoolExecutor(TIMES) as threads:
        return Counter(threads.map(one, range(TIMES)))


def told(act: Callable[..., object], *what: object, **how: object) -> str:
    """Do something in a unit of work and return how it was refused, if it was."""
    try:
        with unit_of_work() as session:
            act(session, *what, **how)
    except RuleError as error:
        return error.code
    return "done"


def test_one_new_address_is_one_person_by_program_and_by_page(app: Flask) -> None:
    programs = [Program(app, "rep") for _ in range(TIMES)]
    new = {"name": "Nora Quill", "email": "nora@quill.example", "employer": "Quill & Sons"}

    def add(number: int) -> str:
        answer = programs[number].open("POST", "/api/v1/recipients", new | {"confirmed_new": True})
        return str(json.loads(answer.text).get("code", answer.status_code))

    assert at_once(app, add) == {"201": 1, "email-taken": TIMES - 1}

    pages = [Page(app).sign_in(EMAILS["rep"]) for _ in range(TIMES)]
    form = {"name": "Vera Moss", "email": "vera@moss.example", "employer": "Moss Partners"}
    # Whoever comes late enough to see the first would be asked whether they mean her.
    form |= {"recipient_class": "institutional_client_employee", "confirmed_new": "y"}

    def send(number: int) -> str:
        page = pages[number]
        token = page.find("input[name=csrf_token]")[0].get("value")
        answer = page.client.post("/recipients", data=form | {"csrf_token": token})
        return f"{answer.status_code} {'belongs to Vera Moss' in answer.text}"

    for page in pages:
        page.get("/recipients/new")
    assert at_once(app, send) == {"302 False": 1, "409 True": TIMES - 1}


def test_gifts_at_once_to_a_newcomer_without_an_address_are_for_one_person(app: Flask) -> None:
    programs = [Program(app, "rep") for _ in range(TIMES)]
    whom = [{"name": "Tilda Newcomer", "employer": "Fresh Firm"}]
    gift = GIFT | {"cost": "100.00", "recipients": whom}

    def log(number: int) -> str:
        answer = programs[number].open("POST", "/api/v1/gifts", gift)
        return str(json.loads(answer.text)["shares"][0]["assessment"]["verdict"])

    assert at_once(app, log) == {"within_limit": 3, "exceeds_limit": TIMES - 3}
    with unit_of_work() as session:
        named = select(func.count()).where(Recipient.name == "Tilda Newcomer")
        assert session.scalar(named) == 1


def test_one_new_name_is_one_firm_whoever_brings_it(app: Flask, cast: Cast) -> None:
    by: dict[str, Any] = {"actor_id": cast.officer, "at": NOON}

    def bring(number: int) -> str:
        if number % 2:
            return told(employers.add, EmployerFacts("Birch Street Capital"), **by)
        since = date(2026, 11, 2)
        move = partial(employments.change_employer, since=since, **by)
        return told(move, (cast.morgan, cast.ravi)[number % 4 // 2], "Birch Street Capital", "")

    done = at_once(app, bring)
    assert done.keys() <= {"done", "employer-taken"}
    with unit_of_work() as session:
        named = select(func.count()).where(Employer.name == "Birch Street Capital")
        assert session.scalar(named) == 1


def test_an_address_is_corrected_to_one_that_somebody_takes_at_this_moment(
    app: Flask, cast: Cast
) -> None:
    by: dict[str, Any] = {"actor_id": cast.officer, "at": NOON}

    def correct(number: int) -> str:
        who = (cast.morgan, cast.ravi)[number % 2]
        return told(details.change, who, email="taken@now.example", **by)

    assert at_once(app, correct) == {"done": TIMES // 2, "email-taken": TIMES // 2}
    new = NewPerson("joins@firm.example", "Jo Joins", Role.AE)
    assert at_once(app, lambda _: told(people.add, new, **by)) == {
        "done": 1,
        "email-taken": TIMES - 1,
    }


def test_a_negotiation_is_replaced_by_one_row(app: Flask, cast: Cast) -> None:
    by: dict[str, Any] = {"actor_id": cast.officer, "at": NOON}
    days: dict[str, Any] = {"started_on": date(2026, 11, 2), "ended_on": None}
    with unit_of_work() as session:
        row_id = employers.negotiate(session, 1, "Custody mandate", **days, **by).id
    change = partial(employers.change_negotiation, **days, **by)
    done = at_once(app, lambda number: told(change, row_id, f"Mandate {number}"))
    assert done == {"done": 1, "not-found": TIMES - 1}
    with unit_of_work() as session:
        in_force = select(func.count()).where(Negotiation.superseded_at.is_(None))
        assert session.scalar(in_force) == 1
