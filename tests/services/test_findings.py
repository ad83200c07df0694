"""What comes to light about gifts already judged: raised once, and every one has a way out."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from compliance_app.rules.employers import EmployerClass
from compliance_app.rules.employments import Departure
from compliance_app.rules.errors import PermissionMissingError, StateError
from compliance_app.rules.identity_errors import FoundSinceError
from compliance_app.rules.permissions import Role
from compliance_app.rules.routing import Route
from compliance_app.rules.workflow import State
from compliance_app.services import (
    approvals,
    crm_imports,
    crm_undo,
    employers,
    employments,
    gifts,
    imports,
    merging,
    recipients,
)
from compliance_app.services.recipients import NewRecipient, room_on
from compliance_app.services.replay import replay
from compliance_app.store import identity
from compliance_app.store.base import unit_of_work
from compliance_app.store.models import Gift, Recipient
from tests.conftest import CAST, EMAILS, NOON, Cast
from tests.factories import make_claim

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
DAY = date(2026, 11, 24)
ON_THE_DAY = NOON + timedelta(days=3)


def give(session: Session, cents: int, day: date, to: int = CAST.morgan) -> Gift:
    claim = make_claim(cents, to=(to,), given_on=day)
    done = gifts.submit(session, claim, giver_id=CAST.rep, actor_id=CAST.rep, at=NOON)
    return session.get_one(Gift, done.id)


WHO = {Role.SUPERVISOR: CAST.supervisor, Role.COMPLIANCE: CAST.officer}


def approved(session: Session, cents: int, day: date, to: int) -> Gift:
    return approve(session, give(session, cents, day, to))


def approve(session: Session, gift: Gift) -> Gift:
    """Let everybody approve the gift whom it waits for."""
    for role in sorted(approvals.awaited_roles(session, gift)):
        approvals.approve(session, gift.reference, actor_id=WHO[role], at=NOON, reason="Fine")
    return gift


def merged_over(session: Session, *, day: date) -> Gift:
    """Return an approved gift that is over the limit since two records are one person."""
    one, two = (
        recipients.add(session, NewRecipient(name), actor_id=None, at=NOON).id
        for name in ("Ida Rask", "Bo Dahl")
    )
    approved(session, 200_00, JUNE, one)
    gift = approved(session, 150_00, day, two)
    merging.merge(session, one, two, reason="", actor_id=CAST.officer, at=NOON)
    return gift


def sentences(session: Session) -> list[str]:
    return [one.sentence for one in identity.open_findings(session)]


def state_of(gift: Gift) -> State:
    return gift.state


def check_replay() -> None:
    with unit_of_work() as session:
        assert replay(session).differences == []


def test_a_plan_over_the_limit_since_a_merge_is_not_given_until_it_is_sent_back_and_lowered(
    app: Flask, cast: Cast
) -> None:
    with unit_of_work() as session:
        gift = merged_over(session, day=DAY)
        assert state_of(gift) == State.APPROVED
        with pytest.raises(FoundSinceError, match=r"\$350\.00"):
            gifts.mark_given(session, gift.reference, actor_id=cast.rep, at=ON_THE_DAY)
        with pytest.raises(PermissionMissingError):
            approvals.send_back(
                session, gift.reference, actor_id=cast.supervisor, at=NOON, reason="Lower it"
            )
        approvals.send_back(
            session, gift.reference, actor_id=cast.officer, at=NOON, reason="Lower it"
        )
        person = session.get_one(Recipient, gift.version.shares[0].recipient_id)
        assert (state_of(gift), room_on(session, person, DAY).running_cents) == (
            State.SENT_BACK,
            200_00,
        )
        assert identity.open_findings(session) == []
        claim = make_claim(90_00, to=(person.id,), given_on=DAY)
        gifts.amend(session, gift.reference, claim, actor_id=cast.rep, at=NOON, reason="As asked")
        approve(session, gift)
        gifts.mark_given(session, gift.reference, actor_id=cast.rep, at=ON_THE_DAY)
        assert state_of(gift) == State.GIVEN
    check_replay()


def test_giving_it_up_settles_what_came_to_light(app: Flask, cast: Cast) -> None:
    with unit_of_work() as session:
        gift = merged_over(session, day=DAY)
        assert len(identity.open_findings(session)) == 1
        gifts.cancel(session, gift.reference, actor_id=cast.rep, at=NOON)
        assert identity.open_findings(session) == []
    check_replay()


@pytest.mark.parametrize("act", ["cancel", "lower", "decline"])
def test_giving_up_another_gift_settles_what_no_longer_holds(
    app: Flask, cast: Cast, act: str
) -> None:
    with unit_of_work() as session:
        one, two = (
            recipients.add(session, NewRecipient(name), actor_id=None, at=NOON).id
            for name in ("Ida Rask", "Bo Dahl")
        )
        other = give(session, 200_00, DAY, one)
        if act != "decline":
            approve(session, other)
        gift = approved(session, 150_00, DAY, two)
        merging.merge(session, one, two, reason="", actor_id=cast.officer, at=NOON)
        assert [found.gift_id for found in identity.open_findings(session)] == [gift.id]
        if act == "cancel":
            gifts.cancel(session, other.reference, actor_id=cast.rep, at=NOON)
        elif act == "lower":
            claim = make_claim(90_00, to=(one,), given_on=DAY)
            gifts.amend(
                session, other.reference, claim, actor_id=cast.rep, at=NOON, reason="Cheaper"
            )
        else:
            approvals.decline(
                session, other.reference, actor_id=cast.officer, at=NOON, reason="Too much"
            )
        assert identity.open_findings(session) == []
        gifts.mark_given(session, gift.reference, actor_id=cast.rep, at=ON_THE_DAY)
    check_replay()


def test_an_officer_makes_a_given_gift_over_the_limit_since_a_merge_a_breach(
    app: Flask, cast: Cast
) -> None:
    with unit_of_work() as session:
        gift = merged_over(session, day=JULY)
        assert state_of(gift) == State.GIVEN
        said: dict[str, Any] = {
            "at": NOON,
            "reason": "Found by a merge",
            "remedy": "The client pays 50 dollars",
        }
        with pytest.raises(PermissionMissingError):
            approvals.record_breach(session, gift.reference, actor_id=cast.supervisor, **said)
        approvals.record_breach(session, gift.reference, actor_id=cast.officer, **said)
        assert state_of(gift) == State.BREACH
        share = gift.version.shares[0]
        assert share.assessment is not None
        assert share.assessment.excess_cents == 50_00
        assert identity.open_findings(session) == []
        other = give(session, 20_00, JULY)
        with pytest.raises(StateError):
            approvals.record_breach(session, other.reference, actor_id=cast.officer, **said)
    check_replay()


def classify(session: Session, kind: EmployerClass, since: date | None) -> None:
    employers.classify(session, 1, kind, since=since, actor_id=CAST.officer, at=NOON)


def test_a_class_that_becomes_known_late_brings_gifts_to_light(app: Flask) -> None:
    with unit_of_work() as session:
        approved(session, 20_00, date(2026, 3, 1), CAST.morgan)
        gift = approved(session, 240_00, JUNE, CAST.morgan)
        classify(session, EmployerClass.FEDERAL_AGENCY, since=date(2026, 4, 1))
        (finding,) = identity.open_findings(session)
        assert (finding.gift_id, finding.merge_id) == (gift.id, None)
        assert finding.limit_cents is not None
        assert finding.excess_cents == finding.running_cents - finding.limit_cents > 0
        classify(session, EmployerClass.INSTITUTION, since=date(2026, 4, 1))
        assert sentences(session) == []
        classify(session, EmployerClass.GOVERNMENT_PLAN, since=None)
        assert len(sentences(session)) == 2
        assert "Government pension plan" in sentences(session)[0]
    check_replay()


def test_a_corrected_employment_brings_gifts_to_light_that_the_right_firm_forbids(
    app: Flask,
) -> None:
    with unit_of_work() as session:
        employers.classify(
            session, 2, EmployerClass.FEDERAL_AGENCY, since=None, actor_id=CAST.officer, at=NOON
        )
        gift = approved(session, 240_00, JUNE, CAST.morgan)
        assert sentences(session) == []
        employments.change_employer(
            session,
            CAST.morgan,
            "Harbor Capital",
            "Treasurer",
            since=date(2026, 5, 1),
            actor_id=CAST.rep,
            at=NOON,
        )
        (finding,) = identity.open_findings(session)
        assert finding.gift_id == gift.id
    check_replay()


def test_a_gift_after_a_last_day_that_becomes_known_later_is_looked_at(app: Flask) -> None:
    with unit_of_work() as session:
        approved(session, 20_00, date(2026, 3, 1), CAST.morgan)
        approved(session, 20_00, JULY, CAST.morgan)
        plan = approved(session, 20_00, DAY, CAST.morgan)

        def say(departure: Departure | None, last_day: date | None) -> None:
            employments.depart(
                session, CAST.morgan, departure, last_day=last_day, actor_id=CAST.rep, at=NOON
            )

        say(Departure.DIED, JUNE)
        said = "The recipient died on June 1, 2026, before the day of the gift."
        assert sentences(session) == [said, said]
        with pytest.raises(FoundSinceError, match="died on June 1"):
            gifts.mark_given(session, plan.reference, actor_id=CAST.rep, at=ON_THE_DAY)
        say(None, None)
        assert sentences(session) == []
        gifts.mark_given(session, plan.reference, actor_id=CAST.rep, at=ON_THE_DAY)
    check_replay()


def test_amending_and_importing_flag_a_gift_after_a_last_day(app: Flask) -> None:
    with unit_of_work() as session:
        plan = approved(session, 20_00, DAY, CAST.morgan)
        employments.depart(
            session, CAST.morgan, Departure.DIED, last_day=JUNE, actor_id=CAST.rep, at=NOON
        )
        claim = make_claim(25_00, given_on=DAY)
        gifts.amend(session, plan.reference, claim, actor_id=CAST.rep, at=NOON, reason="More")
        content = (
            "given_on,giver_email,recipient_name,recipient_email,category,description,cost,state\n"
            f"2026-07-01,{EMAILS['rep']},Morgan Ellery,morgan@northgate.example,"
            "merchandise,Pen,5.00,given\n"
        )
        imports.import_gifts(session, content.encode(), imports.Options(), actor_id=None, at=NOON)
        for gift in session.query(Gift):
            assert "departed" in {flag["code"] for flag in gift.version.flags}
        assert plan.route is Route.COMPLIANCE
    check_replay()


def test_a_new_employer_in_a_crm_s_file_brings_plans_to_light_and_undoing_settles_them(
    app: Flask,
) -> None:
    with unit_of_work() as session:
        kind = EmployerClass.FEDERAL_AGENCY
        employers.classify(session, 2, kind, since=None, actor_id=CAST.officer, at=NOON)
        plan = approved(session, 240_00, DAY, CAST.morgan)
        given = approved(session, 40_00, JUNE, CAST.morgan)
        choice = crm_imports.Choice("hubspot")
        content = (
            b"Record ID,First Name,Last Name,Email,Job Title,Company Name\n"
            b"7,Morgan,Ellery,morgan@northgate.example,,Harbor Capital\n"
        )
        made, _ = crm_imports.import_file(
            session,
            content,
            "contacts.csv",
            choice,
            partial=False,
            actor_id=CAST.officer,
            at=NOON,
        )
        (finding,) = identity.open_findings(session)
        assert finding.gift_id == plan.id
        assert [firm_of(session, one.id) for one in (plan, given)] == [2, 1]
        crm_undo.undo(session, made.id, actor_id=CAST.officer, at=NOON)
        assert sentences(session) == []
        assert firm_of(session, plan.id) == 1
    check_replay()


def firm_of(session: Session, gift_id: int) -> int | None:
    session.expire_all()
    return session.get_one(Gift, gift_id).version.shares[0].employer_id


def test_a_negotiation_recorded_late_brings_the_gifts_of_its_days_to_light(app: Flask) -> None:
    by: dict[str, Any] = {"actor_id": CAST.officer, "at": NOON}
    with unit_of_work() as session:
        for day in (JUNE, JULY, DAY):
            give(session, 20_00, day)
        give(session, 20_00, JULY, CAST.ravi)
        days: dict[str, Any] = {"started_on": date(2026, 6, 15), "ended_on": None}
        row = employers.negotiate(session, 1, "Custody mandate", **days, **by)
        said = "Business with the recipient's employer is being negotiated at this time."
        assert [(one.given_on, one.sentence) for one in identity.open_findings(session)] == [
            (DAY, said),
            (JULY, said),
        ]
        days = {"started_on": JUNE, "ended_on": date(2026, 6, 30)}
        employers.change_negotiation(session, row.id, "Custody mandate", **days, **by)
        (finding,) = identity.open_findings(session)
        assert finding.given_on == JUNE
    check_replay()


def test_deals_of_a_file_bring_gifts_to_light_and_undoing_settles_them(app: Flask) -> None:
    content = (
        b"Opportunity ID,Opportunity Name,Stage,Account Name,Created Date\n"
        b"006000000000001,Mandate,Negotiation/Review,Harbor Capital,2026-06-15\n"
    )
    by: dict[str, Any] = {"actor_id": CAST.officer, "at": NOON}
    with unit_of_work() as session:
        give(session, 20_00, JULY, CAST.ravi)
        choice = crm_imports.Choice("salesforce")
        made, _ = crm_imports.import_file(
            session, content, "deals.csv", choice, partial=False, **by
        )
        (finding,) = identity.open_findings(session)
        assert finding.given_on == JULY
        crm_undo.undo(session, made.id, **by)
        assert sentences(session) == []
    check_replay()
