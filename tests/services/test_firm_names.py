"""A firm that is spelled differently is one firm, and what was written stays in the trail."""

import json

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance_app.services import crm_imports, employers, employments, firm_doubles, recipients
from compliance_app.services.employers import EmployerFacts
from compliance_app.services.imports import Options, import_gifts
from compliance_app.services.recipients import NewRecipient
from compliance_app.services.replay import replay
from compliance_app.store.audit import events_of
from compliance_app.store.base import frozen_reading, unit_of_work
from compliance_app.store.models import Employer, Recipient
from tests.conftest import CAST, EMAILS, NOON


def firms(session: Session) -> list[str]:
    names = select(Employer.name).where(Employer.id > 2, Employer.retired_at.is_(None))
    return list(session.scalars(names.order_by(Employer.id)))


def add(session: Session, name: str, employer: str) -> Recipient:
    return recipients.add(session, NewRecipient(name, employer=employer), actor_id=1, at=NOON)


def written(session: Session, recipient_id: int) -> str | None:
    said: dict[str, str] = json.loads(events_of(session, f"recipient:{recipient_id}")[-1].body)
    return said.get("employer_written")


def test_somebody_at_another_spelling_works_at_the_same_firm(app: Flask) -> None:
    with unit_of_work() as session:
        add(session, "Ida Rask", "Acme Corp")
        other = add(session, "Bo Dahl", "ACME Corporation")
        assert firms(session) == ["Acme Corp"]
        assert written(session, other.id) == "ACME Corporation"
        since = NOON.date()
        employments.change_employer(
            session, CAST.ravi, "Acme, Inc.", "", since=since, actor_id=1, at=NOON
        )
        assert firms(session) == ["Acme Corp"]
        assert written(session, CAST.ravi) == "Acme, Inc."
    with frozen_reading() as session:
        assert replay(session).differences == []


def test_where_two_firms_have_the_name_a_third_spelling_is_its_own(app: Flask) -> None:
    with unit_of_work() as session:
        for name in ("Acme Inc", "Acme LLC"):
            employers.add(session, EmployerFacts(name), actor_id=CAST.officer, at=NOON)
        add(session, "Ida Rask", "Acme Corp")
        assert firms(session) == ["Acme Inc", "Acme LLC", "Acme Corp"]
        assert len(firm_doubles.doubles(session)) == 3


def test_gifts_and_contacts_of_files_land_on_one_firm_and_one_person(app: Flask) -> None:
    line = "2026-07-01,{},Ida Rask,{},merchandise,Pen,5.00,given\n"
    head = "given_on,giver_email,recipient_name,employer,category,description,cost,state\n"
    first = line.format(EMAILS["rep"], "Acme Corp") + line.format(EMAILS["rep"], '"Acme, Inc."')
    again = line.format(EMAILS["rep"], "ACME Corporation").replace("07-01", "07-02")
    contacts = (
        "Record ID,First Name,Last Name,Email,Job Title,Company Name\n"
        "7,Bo,Dahl,bo@acme.example,,The Acme Company\n"
    )
    with unit_of_work() as session:
        import_gifts(session, (head + first).encode(), Options(), actor_id=None, at=NOON)
        import_gifts(session, (head + again).encode(), Options(), actor_id=None, at=NOON)
        bring(session, contacts, "hubspot")
        assert firms(session) == ["Acme Corp"]
        named = select(Recipient).where(Recipient.name.in_(["Ida Rask", "Bo Dahl"]))
        ida, bo = session.scalars(named.order_by(Recipient.id))
        assert (written(session, ida.id), written(session, bo.id)) == (None, "The Acme Company")
    with frozen_reading() as session:
        assert replay(session).differences == []


def test_firms_that_are_related_are_no_doubles_any_more(app: Flask) -> None:
    with unit_of_work() as session:
        names = ("Acme Corp", "Acme Asset Management", "Acme Group")
        by = {"actor_id": CAST.officer, "at": NOON}
        acme, part, _ = (
            employers.add(session, EmployerFacts(name), **by)  # type: ignore[arg-type]
            for name in names
        )
        assert [
            (one.one.name, one.other.name, one.why) for one in firm_doubles.doubles(session)
        ] == [
            ("Acme Corp", "Acme Group", "Nearly the same name."),
            ("Acme Group", "Acme Asset Management", "One may be a part of the other."),
            ("Acme Corp", "Acme Asset Management", "One may be a part of the other."),
        ]
        facts = EmployerFacts(part.name, parent_id=acme.id)
        employers.change(session, part.id, facts, **by)  # type: ignore[arg-type]
        assert len(firm_doubles.doubles(session)) == 2


def bring(session: Session, content: str, source: str = "salesforce") -> crm_imports.Compared:
    _, compared = crm_imports.import_file(
        session,
        content.encode(),
        "file.csv",
        crm_imports.Choice(source),
        partial=False,
        actor_id=CAST.officer,
        at=NOON,
    )
    return compared


def test_an_account_and_a_deal_of_another_spelling_are_of_the_firm_that_is_there(
    app: Flask,
) -> None:
    head = "Account ID,Account Name,Industry\n"
    with unit_of_work() as session:
        add(session, "Ida Rask", "Acme Corp")
    with unit_of_work() as session:
        done = bring(session, head + "001000000000001,Acme Corporation,Steel\n")
        assert done.planned[0].sentence.startswith("name: Acme Corporation; segment: Steel")
        assert firms(session) == ["Acme Corporation"]
        deals = "Opportunity ID,Opportunity Name,Stage,Account Name\n"
        bring(session, deals + '006000000000001,Mandate,Negotiation/Review,"Acme, Inc."\n')
        # Two accounts of one name are two firms, whichever was there.
        two = "001000000000002,Birch Inc,\n001000000000003,Birch LLC,\n"
        add(session, "Bo Dahl", "Birch")
    with unit_of_work() as session:
        bring(session, head + two)
        assert firms(session) == ["Acme Corporation", "Birch", "Birch Inc", "Birch LLC"]
    with frozen_reading() as session:
        assert replay(session).differences == []
