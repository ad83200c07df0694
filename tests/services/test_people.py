"""Adding people, their passwords, signing in, and being locked out."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from compliance_app.rules.audit import Event
from compliance_app.rules.errors import (
    EmailTakenError,
    InputError,
    LockedOutError,
    NotFoundError,
    PresentPasswordError,
    ReportingLoopError,
    WeakPasswordError,
)
from compliance_app.rules.permissions import Role
from compliance_app.services import people
from compliance_app.services.people import NewPerson
from compliance_app.store import audit, trail
from compliance_app.store import people as store
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Person
from tests.conftest import EMAILS, NOON, PASSWORD, Cast

REP = EMAILS["rep"]


def sign_in(email: str, password: str, *, minutes: int = 0) -> Person | None:
    with unit_of_work() as session:
        return people.check_sign_in(session, email, password, at=NOON + timedelta(minutes=minutes))


def test_the_right_password_opens(app: Flask, cast: Cast) -> None:
    person = sign_in(REP.upper(), PASSWORD)
    assert person is not None
    assert person.id == cast.rep


@pytest.mark.parametrize(
    ("email", "password"),
    [
        pytest.param(REP, "wrong", id="a wrong password"),
        pytest.param("nobody@firm.example", PASSWORD, id="an address nobody has"),
        pytest.param(REP, "", id="no password"),
    ],
)
def test_anything_else_does_not(app: Flask, email: str, password: str) -> None:
    assert sign_in(email, password) is None


@pytest.mark.parametrize("email", [REP, "nobody@firm.example"])
def test_five_failures_in_a_row_lock_the_address_for_a_quarter_of_an_hour(
    app: Flask, email: str
) -> None:
    for _ in range(5):
        assert sign_in(email, "wrong") is None
    with pytest.raises(LockedOutError) as locked:
        sign_in(email, PASSWORD)
    assert locked.value.minutes == 15
    with pytest.raises(LockedOutError) as later:
        sign_in(email, PASSWORD, minutes=14)
    assert later.value.minutes == 1


def test_the_lock_opens_by_itself(app: Flask) -> None:
    for _ in range(5):
        sign_in(REP, "wrong")
    assert sign_in(REP, PASSWORD, minutes=16) is not None


def test_a_good_sign_in_forgets_the_failures_before_it(app: Flask) -> None:
    for _ in range(4):
        sign_in(REP, "wrong")
    assert sign_in(REP, PASSWORD) is not None
    assert sign_in(REP, "wrong") is None
    assert sign_in(REP, PASSWORD) is not None


def test_a_lock_out_stands_in_the_trail(app: Flask) -> None:
    for _ in range(5):
        sign_in(REP, "wrong")
    with unit_of_work() as session:
        newest = audit.latest(session, before=None, count=1)[0]
        assert newest.event == Event.LOCKED_OUT.value


def test_who_was_deactivated_cannot_enter_and_has_no_session_left(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        person = session.get_one(Person, cast.rep)
        people.open_session(session, person, at=NOON, hours=12, user_agent="", address="")
        people.deactivate(session, cast.rep, actor_id=cast.admin, at=NOON)
        assert store.list_sessions(session, cast.rep, at=NOON) == []
    assert sign_in(REP, PASSWORD) is None


def test_the_only_administrator_stays_one(app: Flask, cast: Cast) -> None:
    only = "Ada Admin is the only administrator. Make somebody else one first."
    with pytest.raises(InputError, match=only), unit_of_work() as session:
        people.deactivate(session, cast.admin, actor_id=None, at=NOON)
    with pytest.raises(InputError, match=only), unit_of_work() as session:
        _give_role(session, cast.admin, Role.AE)


def test_an_administrator_goes_when_another_one_is_there(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        _give_role(session, cast.rep, Role.ADMIN)
        people.deactivate(session, cast.admin, actor_id=cast.rep, at=NOON)
    with unit_of_work() as session:
        assert not session.get_one(Person, cast.admin).active


def _give_role(session: Session, person_id: int, role: Role) -> None:
    people.change(session, person_id, role=role, supervisor_id=None, actor_id=None, at=NOON)


def test_nobody_deactivates_themselves(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session, pytest.raises(InputError):
        people.deactivate(session, cast.admin, actor_id=cast.admin, at=NOON)


def test_nobody_ends_the_session_of_another(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        person = session.get_one(Person, cast.rep)
        people.open_session(session, person, at=NOON, hours=12, user_agent="", address="")
        mine = store.list_sessions(session, cast.rep, at=NOON)[0]
        with pytest.raises(NotFoundError):
            people.end_session(
                session, mine.id, actor_id=cast.other_rep, at=NOON, event=Event.SESSION_REVOKED
            )


def test_an_address_belongs_to_one_person(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session, pytest.raises(EmailTakenError):
        people.add(
            session, NewPerson(REP.upper(), "Rita Again", Role.AE), actor_id=cast.admin, at=NOON
        )


@pytest.mark.parametrize("email", ["", "rita", "rita@firm", "a b@firm.example", "a\x00@b.example"])
def test_an_address_looks_like_one(app: Flask, email: str) -> None:
    with unit_of_work() as session, pytest.raises(InputError):
        people.add(session, NewPerson(email, "Rita", Role.AE), actor_id=None, at=NOON)


def test_a_reporting_line_never_leads_in_a_circle(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session, pytest.raises(ReportingLoopError):
        people.change(
            session,
            cast.supervisor,
            role=Role.SUPERVISOR,
            supervisor_id=cast.rep,
            actor_id=cast.admin,
            at=NOON,
        )


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "            "])
def test_a_password_that_is_easy_to_guess_is_refused(app: Flask, cast: Cast, password: str) -> None:
    with unit_of_work() as session, pytest.raises(WeakPasswordError):
        people.set_password(session, cast.rep, password, actor_id=cast.admin, at=NOON)


def test_the_own_password_is_changed_by_who_knows_the_present_one(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session, pytest.raises(PresentPasswordError):
        people.change_own_password(session, cast.rep, "wrong", "a whole new sentence", at=NOON)
    with unit_of_work() as session:
        people.change_own_password(session, cast.rep, PASSWORD, "a whole new sentence", at=NOON)
    assert sign_in(REP, "a whole new sentence") is not None


def test_no_secret_reaches_the_trail(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        person = people.set_password(
            session, cast.rep, "a whole new sentence", actor_id=cast.admin, at=NOON
        )
        token = people.open_session(session, person, at=NOON, hours=12, user_agent="", address="")
        bodies = "".join(str(event.body) for event in trail.raw_events(session))
    assert "argon2" not in bodies
    assert token not in bodies
    assert people.token_sha256(token) not in bodies
