"""Prepared selects answer as SQLAlchemy would, and fail as it would."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import DatabaseError, IntegrityError

from compliance_app.rules.workflow import DecisionKind, State
from compliance_app.services import gifts
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Decision, Gift, GiftVersion, Recipient
from compliance_app.store.plain import plain_table, write_together
from compliance_app.store.prepared import Prepared, ask
from tests.conftest import CAST, NOON
from tests.factories import make_claim

GIFTS = Prepared(
    select(Gift.id, Gift.state, Gift.logged_at, GiftVersion.given_on, GiftVersion.flags)
    .join(GiftVersion, GiftVersion.gift_id == Gift.id)
    .where(Gift.id.in_(bindparam("ids", expanding=True)))
    .order_by(Gift.id)
)
COUNT = Prepared(select(func.count()).where(GiftVersion.given_on >= bindparam("since")))
WRONG = Prepared(select(func.no_such_function().label("answer")))


def test_rows_hold_what_the_models_hold(app: Flask) -> None:
    with unit_of_work() as session:
        made = [
            gifts.submit(
                session, make_claim(1_00), giver_id=CAST.rep, actor_id=CAST.rep, at=NOON
            ).id
            for _ in range(2)
        ]
        for ids in ([], made[:1], made):
            rows, (number,) = ask(session, GIFTS(ids=ids), COUNT(since=date(2026, 11, 24)))
            assert [row.id for row in rows] == ids
            assert tuple(number) == (2,)
        assert rows[0].state is State.APPROVED
        assert rows[0].logged_at == NOON
        assert rows[0].given_on == date(2026, 11, 24)
        assert rows[1].flags[0]["code"]


def test_what_fails_in_a_trip_is_raised_as_elsewhere_and_undoes_the_unit(app: Flask) -> None:
    def rename_and_fail() -> None:
        with unit_of_work() as session:
            session.get_one(Recipient, CAST.morgan).name = "Somebody else"
            ask(session, COUNT(since=NOON.date()), WRONG(), COUNT(since=NOON.date()))

    with pytest.raises(DatabaseError, match="no_such_function"):
        rename_and_fail()
    with unit_of_work() as session:
        assert session.get_one(Recipient, CAST.morgan).name == "Morgan Ellery"


def test_a_row_that_names_nothing_takes_the_whole_unit_along(app: Flask) -> None:
    circumstances = {"version_number": 1, "decided_at": NOON, "reason": ""}
    decision = plain_table(Decision).new(
        id=1, gift_id=404, kind=DecisionKind.APPROVE, **circumstances
    )

    def write_and_fail() -> None:
        with unit_of_work() as session:
            session.get_one(Recipient, CAST.morgan).name = "Somebody else"
            session.flush()
            write_together(session, {Decision: [decision]})

    with pytest.raises(IntegrityError):
        write_and_fail()
    with unit_of_work() as session:
        assert session.get_one(Recipient, CAST.morgan).name == "Morgan Ellery"
