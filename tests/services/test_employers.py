"""Client firms: what they are decides which laws hold, and an account is handed over whole."""

from datetime import date, timedelta

import pytest
from flask import Flask

from compliance_app.rules.client_errors import (
    EmployerLoopError,
    EmployerTakenError,
    NotCoveredError,
)
from compliance_app.rules.employers import EmployerClass
from compliance_app.rules.errors import (
    InputError,
    NotAuthorError,
    OwnDecisionError,
    PermissionMissingError,
)
from compliance_app.rules.routing import Route
from compliance_app.rules.workflow import State
from compliance_app.services import approvals, coverage, employers, gifts
from compliance_app.services.employers import EmployerFacts
from compliance_app.services.replay import replay
from compliance_app.store.base import frozen_reading, unit_of_work
from compliance_app.store.gifts import get_by_reference
from compliance_app.store.models import Employer, Gift
from tests.conftest import CAST, NOON
from tests.factories import make_claim

NORTHGATE, HARBOR = 1, 2
LATER = NOON + timedelta(hours=1)


def classify(kind: EmployerClass, since: date | None = None) -> None:
    with unit_of_work() as session:
        employers.classify(session, NORTHGATE, kind, since=since, actor_id=CAST.officer, at=NOON)


def submit(cents: int, *, given_on: date = date(2026, 11, 24)) -> Gift:
    with unit_of_work() as session:
        submitted = gifts.submit(
            session,
            make_claim(cents, given_on=given_on),
            giver_id=CAST.rep,
            actor_id=CAST.rep,
            at=NOON,
        )
        gift = get_by_reference(session, submitted.reference)
        assert gift.version.shares[0].assessment is not None
        return gift


def hand_over(to_id: int, *, actor_id: int = CAST.officer) -> tuple[str, ...]:
    with unit_of_work() as session:
        done = coverage.hand_over(
            session, NORTHGATE, to_id, on=date(2026, 11, 20), actor_id=actor_id, at=LATER
        )
        return done.requests


def test_the_class_of_the_firm_on_the_day_of_the_gift_brings_its_regime(app: Flask) -> None:
    classify(EmployerClass.INSTITUTION)
    classify(EmployerClass.FEDERAL_AGENCY, since=date(2026, 11, 24))

    before = submit(30_00, given_on=date(2026, 11, 23))
    after = submit(30_00, given_on=date(2026, 11, 24))

    def decided(gift: Gift) -> tuple[str, str]:
        verdict = gift.version.shares[0].assessment
        assert verdict is not None
        return verdict.verdict.value, verdict.regime

    assert decided(before) == ("within_limit", "FINRA_3220")
    assert decided(after) == ("exceeds_limit", "US_5CFR_2635_204a_occasion")


def test_what_a_firm_was_before_stays_when_it_becomes_something_else(app: Flask) -> None:
    classify(EmployerClass.ISSUER)
    classify(EmployerClass.UNION, since=date(2026, 3, 1))
    classify(EmployerClass.ERISA_PLAN, since=date(2026, 2, 1))
    with unit_of_work() as session:
        rows = session.get_one(Employer, NORTHGATE).classifications
        assert [(row.employer_class, row.started_on, row.ended_on) for row in rows] == [
            (EmployerClass.ISSUER, None, date(2026, 1, 31)),
            (EmployerClass.ERISA_PLAN, date(2026, 2, 1), None),
        ]


def test_a_gift_to_a_state_body_goes_to_compliance_because_its_rules_vary(app: Flask) -> None:
    classify(EmployerClass.STATE_OR_LOCAL_BODY)
    gift = submit(20_00)
    assert gift.route is Route.COMPLIANCE
    assert [flag["sentence"] for flag in gift.version.flags] == [
        (
            "What people of this employer may take varies (Other state or local body); "
            "check its own rules."
        )
    ]


def test_gifts_in_the_days_of_a_negotiation_go_to_compliance(app: Flask) -> None:
    with unit_of_work() as session:
        row = employers.negotiate(
            session,
            NORTHGATE,
            "Custody renewal",
            started_on=date(2026, 11, 24),
            ended_on=None,
            actor_id=CAST.officer,
            at=NOON,
        )
    assert submit(10_00, given_on=date(2026, 11, 23)).route is Route.CLEARED
    assert submit(10_00, given_on=date(2026, 11, 24)).route is Route.COMPLIANCE
    with unit_of_work() as session:
        employers.change_negotiation(
            session,
            row.id,
            "Custody renewal",
            started_on=date(2026, 11, 24),
            ended_on=date(2026, 11, 25),
            actor_id=CAST.officer,
            at=LATER,
        )
    flags = submit(10_00, given_on=date(2026, 11, 26)).version.flags
    assert "open_negotiation" not in {flag["code"] for flag in flags}


def test_a_firm_cannot_come_to_be_above_itself(app: Flask) -> None:
    with unit_of_work() as session:
        employers.change(
            session,
            NORTHGATE,
            EmployerFacts("Northgate Pension Trust", parent_id=HARBOR),
            actor_id=CAST.officer,
            at=NOON,
        )
    with unit_of_work() as session, pytest.raises(EmployerLoopError, match="lead back"):
        employers.change(
            session,
            HARBOR,
            EmployerFacts("Harbor Capital", parent_id=NORTHGATE),
            actor_id=CAST.officer,
            at=NOON,
        )
    with unit_of_work() as session, pytest.raises(EmployerTakenError):
        employers.add(session, EmployerFacts("HARBOR  capital"), actor_id=CAST.officer, at=NOON)


def test_who_covers_an_account_may_keep_its_plain_facts_and_nobody_else_may(app: Flask) -> None:
    plain = EmployerFacts("Northgate Pension Trust", segment="Pensions")
    with unit_of_work() as session, pytest.raises(NotCoveredError):
        employers.change(session, NORTHGATE, plain, actor_id=CAST.rep, at=NOON)
    hand_over(CAST.rep)
    with unit_of_work() as session:
        employers.change(session, NORTHGATE, plain, actor_id=CAST.rep, at=LATER)
        assert session.get_one(Employer, NORTHGATE).segment == "Pensions"
    with unit_of_work() as session, pytest.raises(PermissionMissingError):
        employers.classify(
            session, NORTHGATE, EmployerClass.UNION, since=None, actor_id=CAST.rep, at=LATER
        )


def test_open_requests_move_with_the_account_and_the_giver_stays(app: Flask) -> None:
    hand_over(CAST.rep)
    waiting, cleared = submit(150_00).reference, submit(20_00).reference
    assert hand_over(CAST.other_rep) == (waiting, cleared)

    with unit_of_work() as session, pytest.raises(NotAuthorError):
        gifts.withdraw(session, waiting, actor_id=CAST.second_officer, at=LATER)
    with unit_of_work() as session:
        gift = gifts.withdraw(session, waiting, actor_id=CAST.other_rep, at=LATER)
        assert (gift.state, gift.giver_id) == (State.WITHDRAWN, CAST.rep)
    with unit_of_work() as session:
        gifts.amend(
            session,
            cleared,
            make_claim(25_00),
            reason="The other basket",
            actor_id=CAST.other_rep,
            at=LATER,
        )


def test_who_took_a_request_over_does_not_decide_on_it(app: Flask) -> None:
    hand_over(CAST.rep)
    waiting = submit(150_00).reference
    hand_over(CAST.supervisor)
    with unit_of_work() as session, pytest.raises(OwnDecisionError, match="You took over gift"):
        approvals.approve(session, waiting, actor_id=CAST.supervisor, at=LATER)


def test_a_supervisor_hands_over_what_their_people_cover(app: Flask) -> None:
    with unit_of_work() as session, pytest.raises(PermissionMissingError):
        coverage.hand_over(
            session,
            NORTHGATE,
            CAST.rep,
            on=date(2026, 11, 20),
            actor_id=CAST.supervisor,
            at=NOON,
        )
    hand_over(CAST.rep)
    assert hand_over(CAST.other_rep, actor_id=CAST.supervisor) == ()
    with unit_of_work() as session, pytest.raises(InputError, match="2026-11-21 or an earlier day"):
        coverage.hand_over(
            session,
            NORTHGATE,
            CAST.rep,
            on=date(2026, 12, 1),
            actor_id=CAST.officer,
            at=NOON,
        )


def test_everything_about_firms_is_rebuilt_from_the_trail(app: Flask) -> None:
    classify(EmployerClass.ISSUER)
    classify(EmployerClass.UNION, since=date(2026, 3, 1))
    hand_over(CAST.rep)
    submit(150_00)
    hand_over(CAST.other_rep)
    with unit_of_work() as session:
        row = employers.negotiate(
            session,
            HARBOR,
            "Mandate",
            started_on=date(2026, 1, 1),
            ended_on=None,
            actor_id=CAST.officer,
            at=NOON,
        )
    with unit_of_work() as session:
        employers.change_negotiation(
            session,
            row.id,
            "Mandate",
            started_on=date(2026, 1, 1),
            ended_on=date(2026, 2, 1),
            actor_id=CAST.officer,
            at=LATER,
        )
    with frozen_reading() as session:
        assert replay(session).differences == []
