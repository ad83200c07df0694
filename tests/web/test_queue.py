from flask import Flask

from compliance_app.rules.permissions import Role
from compliance_app.services import merging, people, recipients
from compliance_app.services.people import NewPerson
from compliance_app.services.recipients import NewRecipient
from compliance_app.store.base import db, unit_of_work
from compliance_app.web.guard import Actor
from compliance_app.web.queue import number_waiting, queue_of
from tests.conftest import EMAILS, NOON, Cast
from tests.web.test_approvals import submitted


def test_a_reviewer_at_a_client_decides_on_nothing_given_to_them_or_their_other_records(
    app: Flask, cast: Cast
) -> None:
    officer = Actor("", 0, cast.officer, "Olga Officer", Role.COMPLIANCE)
    submitted(120_00, cast.rep)
    other = submitted(120_00, cast.rep, to=(cast.ravi,))
    assert number_waiting(db.session(), officer) == "2"

    with unit_of_work() as session:
        me = NewRecipient("Olga Officer", EMAILS["officer"])
        mine = recipients.add(session, me, actor_id=cast.rep, at=NOON)
        merging.merge(
            session, mine.id, cast.morgan, reason="One person.", actor_id=cast.officer, at=NOON
        )
    db.session.rollback()

    assert [one.reference for one in queue_of(db.session(), officer, NOON).items] == [other]
    assert number_waiting(db.session(), officer) == "1"


def test_nothing_waits_for_a_supervisor_of_nobody(app: Flask, cast: Cast) -> None:
    submitted(120_00, cast.rep)
    new = NewPerson(email="lone@firm.example", name="Lou Lone", role=Role.SUPERVISOR)
    with unit_of_work() as session:
        person_id = people.add(session, new, actor_id=cast.admin, at=NOON).id
    lone = Actor("", 0, person_id, "Lou Lone", Role.SUPERVISOR)

    assert queue_of(db.session(), lone, NOON).items == []
    assert number_waiting(db.session(), lone) == ""
