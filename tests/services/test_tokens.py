from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance_app.rules.errors import InputError, NotFoundError
from compliance_app.services import people, tokens
from compliance_app.store import audit
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import ApiToken, Person
from tests.conftest import CAST, NOON


def make(session: Session, name: str = "Expenses") -> str:
    person = session.get_one(Person, CAST.rep)
    return tokens.make(session, person, name, actor_id=person.id, at=NOON)


def test_a_token_opens_as_its_person(work: AbstractContextManager[Session]) -> None:
    with work as session:
        found = tokens.find_open(session, make(session), at=NOON)

        assert found is not None
        assert (found.person_id, found.name) == (CAST.rep, "Rita Rep")


def test_only_the_hash_of_a_token_is_kept_and_the_trail_has_neither(
    work: AbstractContextManager[Session],
) -> None:
    with work as session:
        token = make(session)
        kept = session.scalars(select(ApiToken)).one()
        (event,) = audit.events_of(session, "token:1")

        assert kept.token_sha256 == people.token_sha256(token)
        assert (event.actor, event.subject) == ("rita@firm.example", "token:1")
        assert event.event == "token:made"
        assert token not in event.body
        assert kept.token_sha256 not in event.body


def test_a_revoked_token_opens_nothing(app: Flask) -> None:
    with unit_of_work() as session:
        token = make(session)
    with unit_of_work() as session:
        revoked = tokens.revoke(session, 1, actor_id=CAST.rep, at=NOON)

        assert revoked.revoked_at == NOON
        assert tokens.find_open(session, token, at=NOON) is None


def test_nobody_revokes_the_token_of_somebody_else(work: AbstractContextManager[Session]) -> None:
    with work as session:
        token = make(session)

        with pytest.raises(NotFoundError):
            tokens.revoke(session, 1, actor_id=CAST.officer, at=NOON)
        assert tokens.find_open(session, token, at=NOON) is not None


def test_the_token_of_a_deactivated_person_opens_nothing(
    work: AbstractContextManager[Session],
) -> None:
    with work as session:
        token = make(session)
        people.deactivate(session, CAST.rep, actor_id=CAST.admin, at=NOON)

        assert tokens.find_open(session, token, at=NOON) is None


def test_a_token_ends_with_the_access_of_its_person(work: AbstractContextManager[Session]) -> None:
    with work as session:
        token = make(session)
        session.get_one(Person, CAST.rep).access_ends_on = NOON.date()

        assert tokens.find_open(session, token, at=NOON) is not None
        assert tokens.find_open(session, token, at=NOON + timedelta(days=1)) is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "Ex\0penses"])
def test_a_token_names_its_program(work: AbstractContextManager[Session], name: str) -> None:
    with work as session, pytest.raises(InputError, match="Name the program in 1 to 100"):
        make(session, name)
