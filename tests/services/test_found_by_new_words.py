"""Whatever act changes who a person is or where they work, they are found by the new words."""

from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from compliance_app.services import (
    crm_imports,
    crm_undo,
    details,
    employers,
    employments,
    merging,
    recipients,
)
from compliance_app.services.crm_imports import Choice
from compliance_app.services.employers import EmployerFacts
from compliance_app.services.recipients import NewRecipient
from compliance_app.services.replay import replay
from compliance_app.store import finding
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Recipient
from tests.conftest import CAST, NOON

BY: dict[str, Any] = {"actor_id": CAST.officer, "at": NOON}
CONTACTS = "Record ID,First Name,Last Name,Email,Phone Number,Job Title,Company Name\r\n"
COMPANIES = "Record ID,Company name,Company owner\r\n"


def first(words: str) -> int | None:
    with unit_of_work() as session:
        found = finding.search(session, words, count=1)
        return found[0].id if found else None


def add(name: str, employer: str, email: str = "") -> int:
    with unit_of_work() as session:
        new = NewRecipient(name, email, employer)
        return recipients.add(session, new, actor_id=CAST.rep, at=NOON, confirmed_new=True).id


def bring(text: str, day: int = 0) -> int:
    with unit_of_work() as session:
        made, _ = crm_imports.import_file(
            session,
            text.encode(),
            "file.csv",
            Choice("hubspot"),
            partial=False,
            actor_id=CAST.officer,
            at=NOON + timedelta(days=day),
        )
        return made.id


def undo(import_id: int) -> None:
    with unit_of_work() as session:
        crm_undo.undo(session, import_id, **BY)


def job_of(session: Session, number: int) -> int:
    return session.get_one(Recipient, number).employments[-1].id


def test_every_act_leaves_the_person_to_be_found_by_the_new_words(app: Flask) -> None:
    # Added, with a namesake at another firm, so that only the firm tells them apart.
    add("Quentin Obermeier", employer="Somewhere Else")
    one = add("Quentin Obermeier", employer="Alder Trust", email="qo@alder.example")
    assert first("obermeier at alder") == one

    with unit_of_work() as session:
        details.change(session, one, name="Quentin Vasarely", **BY)
    assert first("quentin vasarely") == first("vasar") == one
    with unit_of_work() as session:
        details.change(session, one, email="vasarely@alder.example", phone="212 555 0142", **BY)
    assert first("vasarely@al") == first("+1 (212) 555-0142") == first("2125550142") == one

    with unit_of_work() as session:
        since = date(2026, 9, 1)
        employments.change_employer(session, one, "Birch Mutual", "Treasurer", since=since, **BY)
    other = add("Quentin Vasarely", employer="Alder Trust")
    assert (first("vasarely at birch"), first("vasarely at alder")) == (one, other)

    with unit_of_work() as session:
        span: dict[str, Any] = {"started_on": since, "ended_on": None}
        employments.correct(session, job_of(session, one), "Cedar Funds", "", **span, **BY)
    assert first("vasarely at cedar") == one

    with unit_of_work() as session:
        firm = session.get_one(Recipient, one).employments[-1].employer_id
        employers.change(session, firm, EmployerFacts("Damson Holdings"), **BY)
    assert first("vasarely at damson") == one

    bring(COMPANIES + "900,Elmwood Partners,\r\n")
    bring(CONTACTS + "901,Ottilie,Pankhurst,op@elm.example,,Clerk,Elmwood Partners\r\n")
    two = first("pankhurst at elmwood")
    assert two is not None
    changed = bring(CONTACTS + "901,Ottilie,Zabriskie,oz@fir.example,,Head,Fir Capital\r\n", 1)
    assert first("zabriskie at fir") == first("oz@fir") == first("ottilie zabriskie") == two
    undo(changed)
    assert first("pankhurst at elmwood") == first("op@elm") == two

    renamed = bring(COMPANIES + "900,Ginkgo Partners,\r\n", 2)
    add("Ottilie Pankhurst", employer="Elsewhere")
    assert first("pankhurst at ginkgo") == two
    undo(renamed)
    assert first("pankhurst at elmwood") == two

    with unit_of_work() as session:
        merging.merge(session, two, one, reason="", **BY)
    assert first("ottilie pankhurst at elmwood") == first("quentin vasarely at damson") == one
    with unit_of_work() as session:
        merging.unmerge(session, two, reason="", **BY)
    assert (first("pankhurst at elmwood"), first("vasarely at damson")) == (two, one)
    with unit_of_work() as session:
        assert replay(session).differences == []
