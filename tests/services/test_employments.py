"""A recipient's work over time: the sum stays theirs, each gift knows the employer of its day."""

from datetime import date, timedelta

import pytest
from flask import Flask

from compliance_app.rules.employments import Departure
from compliance_app.rules.errors import InputError, NotFoundError
from compliance_app.rules.routing import Route
from compliance_app.services import employments, gifts
from compliance_app.services.recipients import room_on
from compliance_app.services.replay import replay
from compliance_app.store.base import frozen_reading, unit_of_work
from compliance_app.store.models import Gift, Recipient
from tests.conftest import CAST, NOON
from tests.factories import make_claim

LATER = NOON + timedelta(hours=1)
MAY_4, MAY_5 = date(2026, 5, 4), date(2026, 5, 5)


def give(day: date) -> str:
    with unit_of_work() as session:
        claim = make_claim(20_00, given_on=day)
        return gifts.submit(session, claim, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON).reference


def move_to_harbor(since: date = MAY_5) -> None:
    with unit_of_work() as session:
        employments.change_employer(
            session,
            CAST.morgan,
            "Harbor Capital",
            "Treasurer",
            since=since,
            actor_id=CAST.rep,
            at=LATER,
        )


def told() -> list[tuple[str, str]]:
    with unit_of_work() as session:
        rows = session.query(Gift).order_by(Gift.id)
        return [
            (
                gift.version.given_on.isoformat(),
                gift.version.shares[0].employer.name,
            )
            for gift in rows
            if gift.version.shares[0].employer
        ]


def flags_of(reference: str) -> list[str]:
    with unit_of_work() as session:
        gift = session.query(Gift).filter_by(reference=reference).one()
        return [flag["code"] for flag in gift.version.flags if flag["code"] != "late_entry"]


def test_each_gift_knows_the_employer_of_its_day_whenever_the_change_was_known(
    app: Flask,
) -> None:
    give(date(2026, 1, 10))
    give(date(2026, 8, 10))
    move_to_harbor()
    give(date(2026, 3, 10))
    give(date(2026, 10, 10))
    assert told() == [
        ("2026-01-10", "Northgate Pension Trust"),
        ("2026-08-10", "Harbor Capital"),
        ("2026-03-10", "Northgate Pension Trust"),
        ("2026-10-10", "Harbor Capital"),
    ]


def test_the_sum_follows_the_person_to_the_new_employer(app: Flask) -> None:
    give(date(2026, 1, 10))
    move_to_harbor()
    give(date(2026, 10, 10))
    with unit_of_work() as session:
        room = room_on(session, session.get_one(Recipient, CAST.morgan), date(2026, 11, 21))
        assert room.prior_cents == 40_00


def test_a_gift_after_somebody_left_is_flagged_until_the_new_employer_is_known(app: Flask) -> None:
    with unit_of_work() as session:
        employments.end_employment(
            session, CAST.morgan, last_day=MAY_4, actor_id=CAST.rep, at=LATER
        )
    assert flags_of(give(MAY_4)) == []
    assert "left_employer" in flags_of(give(date(2026, 6, 20)))
    move_to_harbor(date(2026, 7, 1))
    assert "left_employer" in flags_of(give(date(2026, 6, 25)))
    assert "left_employer" not in flags_of(give(date(2026, 9, 1)))


@pytest.mark.parametrize(
    ("departure", "words"),
    [(Departure.DIED, "died"), (Departure.LEFT_INDUSTRY, "left the industry")],
)
def test_no_gift_after_somebody_s_last_day_goes_without_a_flag(
    app: Flask, departure: Departure, words: str
) -> None:
    with unit_of_work() as session:
        employments.depart(
            session, CAST.morgan, departure, last_day=MAY_4, actor_id=CAST.rep, at=LATER
        )
    assert flags_of(give(MAY_4)) == []
    late = give(MAY_5)
    with unit_of_work() as session:
        gift = session.query(Gift).filter_by(reference=late).one()
        assert gift.route is Route.COMPLIANCE
        assert f"The recipient {words} on May 4, 2026, before the day of the gift." in [
            flag["sentence"] for flag in gift.version.flags
        ]


def test_somebody_who_comes_back_to_the_industry_is_no_longer_flagged(app: Flask) -> None:
    with unit_of_work() as session:
        employments.depart(
            session,
            CAST.morgan,
            Departure.LEFT_INDUSTRY,
            last_day=MAY_4,
            actor_id=CAST.rep,
            at=LATER,
        )
    move_to_harbor(date(2026, 9, 1))
    assert "departed" in flags_of(give(date(2026, 8, 1)))
    assert "departed" not in flags_of(give(date(2026, 10, 1)))


def test_a_correction_takes_the_place_of_an_entry_and_gifts_follow_it(app: Flask) -> None:
    move_to_harbor(MAY_5)
    give(date(2026, 5, 20))
    with unit_of_work() as session:
        morgan = session.get_one(Recipient, CAST.morgan)
        northgate, harbor = morgan.employments
        employments.correct(
            session,
            northgate.id,
            "Northgate Pension Trust",
            "Manager",
            started_on=None,
            ended_on=date(2026, 6, 30),
            actor_id=CAST.officer,
            at=LATER,
        )
    with unit_of_work() as session:
        employments.correct(
            session,
            harbor.id,
            "Harbor Capital",
            "Treasurer",
            started_on=date(2026, 7, 1),
            ended_on=None,
            actor_id=CAST.officer,
            at=LATER,
        )
    assert told() == [("2026-05-20", "Northgate Pension Trust")]
    with unit_of_work() as session, pytest.raises(NotFoundError):
        employments.correct(
            session,
            harbor.id,
            "",
            "",
            started_on=None,
            ended_on=None,
            actor_id=CAST.officer,
            at=LATER,
        )


def test_a_life_at_work_is_rebuilt_from_the_trail(app: Flask) -> None:
    give(date(2026, 8, 10))
    move_to_harbor()
    with unit_of_work() as session:
        employments.depart(
            session, CAST.morgan, Departure.DIED, last_day=MAY_5, actor_id=CAST.rep, at=LATER
        )
    with unit_of_work() as session:
        employments.depart(session, CAST.morgan, None, last_day=None, actor_id=CAST.rep, at=LATER)
    with frozen_reading() as session:
        assert replay(session).differences == []


def test_a_day_that_has_not_come_is_no_last_day(app: Flask) -> None:
    with unit_of_work() as session, pytest.raises(InputError, match="once it has happened"):
        employments.depart(
            session,
            CAST.morgan,
            Departure.DIED,
            last_day=date(2026, 12, 1),
            actor_id=CAST.rep,
            at=NOON,
        )
