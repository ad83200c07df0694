from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from compliance_app.rules.audit import canonical
from compliance_app.rules.permissions import Role
from compliance_app.rules.routing import Route
from compliance_app.rules.workflow import State
from compliance_app.services import audit, demo
from compliance_app.store import audit as trail
from compliance_app.store import schema
from compliance_app.store.base import Mode, prepare
from compliance_app.store.gifts import document_of
from compliance_app.store.models import Gift, GiftVersion, Person, Recipient, RecipientPair, Share
from tests.conftest import NOON


@contextmanager
def register(folder: Path) -> Iterator[Session]:
    """Open a new SQLite register."""
    engine = create_engine(f"sqlite:///{folder / 'register.db'}")
    prepare(engine)
    schema.upgrade(engine)
    with Session(engine, expire_on_commit=False) as session:
        session.connection(execution_options={"mode": Mode.WRITING})
        yield session
    engine.dispose()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Build one small demo for all tests that look at it."""
    with register(tmp_path_factory.mktemp("demo")) as session:
        demo.build(session, gifts=300, seed=7, at=NOON)
        yield session


def test_the_demo_s_trail_is_whole_and_says_what_the_tables_say(built: Session) -> None:
    assert audit.verify(built).problem is None
    for gift in built.scalars(select(Gift)):
        last = trail.events_of(built, f"gift:{gift.id}")[-1]
        assert last.body == canonical(document_of(gift))


def test_the_demo_is_a_firm_with_reporting_lines(built: Session) -> None:
    roles = dict(built.execute(select(Person.role, func.count()).group_by(Person.role)).all())
    unsupervised = built.scalar(
        select(func.count())
        .select_from(Person)
        .where(Person.role == Role.AE, Person.supervisor_id.is_(None))
    )
    assert roles[Role.AE] >= 80
    assert roles[Role.COMPLIANCE] >= 4
    assert unsupervised == 0
    assert built.scalar(select(func.count()).select_from(Recipient)) == 423


def test_three_people_of_the_demo_stand_in_the_register_twice(built: Session) -> None:
    pairs = built.scalars(select(RecipientPair)).all()
    assert len(pairs) >= 3
    newest = built.scalars(select(Gift).order_by(Gift.id.desc())).first()
    assert newest is not None
    assert (newest.state, newest.route) == (State.SUBMITTED, Route.COMPLIANCE)


def test_the_demo_s_gifts_reach_over_the_change_of_limit(built: Session) -> None:
    first, last = built.execute(
        select(func.min(GiftVersion.given_on), func.max(GiftVersion.given_on))
    ).one()
    assert first < date(2024, 3, 1)
    assert last > NOON.date()
    assert built.scalar(select(func.count()).select_from(Gift)) == 300


def test_the_demo_has_gifts_in_the_states_people_see(built: Session) -> None:
    states = set(built.scalars(select(Gift.state).distinct()))
    assert states >= {State.SUBMITTED, State.APPROVED, State.GIVEN, State.DECLINED}


def test_all_addresses_of_the_demo_lead_nowhere(built: Session) -> None:
    emails = [*built.scalars(select(Person.email)), *built.scalars(select(Recipient.email))]
    assert [email for email in emails if email and not email.endswith(".example")] == []


def test_a_gift_of_the_demo_to_several_is_divided(built: Session) -> None:
    several = built.scalars(
        select(Share.gift_id).group_by(Share.gift_id).having(func.count() > 1)
    ).all()
    assert len(several) > 0


def test_the_same_seed_on_the_same_day_makes_the_same_firm(built: Session, tmp_path: Path) -> None:
    with register(tmp_path) as session:
        demo.build(session, gifts=300, seed=7, at=NOON)
        assert trail.head(session).sha256 == trail.head(built).sha256
